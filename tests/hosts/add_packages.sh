#!/bin/sh
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Builds a Debian root file system with packages.
# usage: add_packages.sh ROOT_FILE_SYSTEM DIRECTORY PACKAGE...      as root, in namespaces of its own

set -eu
fresh=$1
root=$2
shift 2

mkdir -p "$root"
cp -a "$fresh/." "$root"
cp /etc/resolv.conf "$root/etc/resolv.conf"
chroot "$root" sh -eu -s "$@" <<'COMMANDS'
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq --no-install-recommends "$@"
apt-get clean
rm -rf /var/lib/apt/lists/*
COMMANDS
