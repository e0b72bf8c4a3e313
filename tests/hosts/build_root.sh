#!/bin/sh
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Builds the root file system of a fresh Debian with a user "dev", plus the ssh server that the tests reach it by.
# usage: build_root.sh SUITE DIRECTORY      as root, in mount and pid namespaces of its own

set -eu
suite=$1
root=$2
here=$(dirname "$0")

machines_mirror() {  # empty on a machine that is no Debian: debootstrap then knows a mirror itself
    apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1
}

machines_way_to_the_mirror() {
    apt-config dump 2>/dev/null | grep -E '^Acquire::(https?::Proxy|Check-)' || true
    if [ -n "${http_proxy:-}" ]; then
        printf 'Acquire::http::Proxy "%s";\n' "$http_proxy"
    fi
}

mirror=$(machines_mirror)
script=$suite
[ -e "/usr/share/debootstrap/scripts/$suite" ] || script=sid  # a suite that is newer than this debootstrap
debootstrap --variant=minbase "$suite" "$root" "$mirror" "$script"
cp /etc/resolv.conf "$root/etc/resolv.conf"
machines_way_to_the_mirror >"$root/etc/apt/apt.conf.d/90machine"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"  # nothing here starts services
chmod 755 "$root/usr/sbin/policy-rc.d"

chroot "$root" sh -eu <<'COMMANDS'
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq --no-install-recommends sudo openssh-server
useradd --create-home --uid 1000 --shell /bin/bash --password '*' dev  # sshd refuses "!", a locked account
echo 'dev ALL=(ALL) NOPASSWD:ALL' >/etc/sudoers.d/dev
printf '[user]\ndefault=dev\n' >/etc/wsl.conf
apt-get clean
rm -rf /var/lib/apt/lists/*
COMMANDS

gcc -shared -fPIC -O1 -Wall -o "$root/usr/lib/wsl2_uname.so" "$here/wsl2_uname.c"
echo /usr/lib/wsl2_uname.so >"$root/etc/ld.so.preload"
