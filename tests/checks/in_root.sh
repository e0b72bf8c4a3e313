#!/bin/sh
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Runs pytest by the Python of a root file system, which stays as it is.
# usage: in_root.sh ROOT_FILE_SYSTEM COLLECTIONS WHEELS PYTEST_ARGUMENT...
#        as root, in mount and pid namespaces of its own; WHEELS holds requirements.txt and its packages

set -eu
root=$1
mount --bind "$root" "$root"
mount --bind "$2" "$root/mnt"
mount --bind "$3" "$root/srv"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
shift 3

# Not chroot, in which Linux permits no user namespaces.
mkdir "$root/tmp/old"
cd "$root"
pivot_root . tmp/old
cd /
umount -l /tmp/old

# shellcheck disable=SC2016  # the variables are those of the inner shell
exec env -i LANG=C.UTF-8 HOME=/tmp/home PATH=/tmp/venv/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    sh -eu -c '
    mkdir /tmp/home
    python3 -m venv /tmp/venv
    cd /mnt/ansible_collections/workstation/aws_sso
    pip install --quiet --no-index --find-links /srv --requirement /srv/requirements.txt
    python -V
    exec python -m pytest "$@"' sh "$@"
