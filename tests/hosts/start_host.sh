#!/bin/sh
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Makes the file system of a fresh WSL2 distribution, reports its own pid to the outside, and becomes its process 1.
# usage: start_host.sh ROOT_FILE_SYSTEM NAME MOUNT_POINT      as process 1 of new mount, pid, uts and ipc namespaces

set -eu
lower=$1
name=$2
mount_point=$3
windows=$(dirname "$0")/windows
release=6.6.87.2-microsoft-standard-WSL2

new_root() {  # all that the host ever writes is memory of this namespace: it is gone when process 1 is
    mount -t tmpfs -o mode=755 host "$mount_point"
    mkdir "$mount_point/upper" "$mount_point/work" "$mount_point/root"
    mount -t overlay -o "lowerdir=$lower,upperdir=$mount_point/upper,workdir=$mount_point/work" \
        overlay "$mount_point/root"
    cd "$mount_point/root"
}

kernel_file_systems() {
    mount -t proc proc proc
    mount -t sysfs -o ro sysfs sys
    mount -t tmpfs -o mode=755 tmpfs run
    mount -t tmpfs -o mode=1777 tmpfs tmp
    mount -t tmpfs -o mode=755 tmpfs dev
    for device in null:3 zero:5 full:7 random:8 urandom:9; do
        mknod -m 666 "dev/${device%:*}" c 1 "${device#*:}"
    done
    mknod -m 666 dev/tty c 5 0
    mkdir dev/pts dev/shm
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
    mount -t tmpfs -o mode=1777 tmpfs dev/shm
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
    ln -s /proc/self/fd/0 dev/stdin
    ln -s /proc/self/fd/1 dev/stdout
    ln -s /proc/self/fd/2 dev/stderr
}

show() {  # show TEXT FILE: the kernel's FILE says TEXT here
    text=$mount_point/$(basename "$2")
    printf '%s\n' "$1" >"$text"
    mount --bind "$text" "$2"
}

look_of_wsl2() {
    show "$release" proc/sys/kernel/osrelease
    show "Linux version $release (root@439a258ad544) (gcc (GCC) 11.2.0) #1 SMP PREEMPT_DYNAMIC" proc/version
    mkdir -m 777 run/WSL
    : >run/WSL/1_interop
    mount -t tmpfs -o mode=755 binfmt_misc proc/sys/fs/binfmt_misc
    printf 'enabled\ninterpreter /init\nflags: PF\noffset 0\nmagic 4d5a\n' >proc/sys/fs/binfmt_misc/WSLInterop
    install -m 755 "$windows/wslinfo" "$windows/wslpath" usr/bin
}

drive_c() {
    mkdir -p mnt/c
    mount -t tmpfs -o mode=777 "C:\\" mnt/c
    system32=mnt/c/Windows/System32
    mkdir -p "$system32/WindowsPowerShell/v1.0" mnt/c/Users/dev
    install -m 777 "$windows/cmd.exe" "$system32"
    install -m 777 "$windows/recorder" "$system32/rundll32.exe"
    install -m 777 "$windows/recorder" "$system32/WindowsPowerShell/v1.0/powershell.exe"
    : >mnt/c/calls
    chmod 666 mnt/c/calls
}

identity() {
    hostname "$name"
    echo "$name" >etc/hostname
    printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >etc/hosts
    cp /etc/resolv.conf etc/resolv.conf
    install -d -m 755 run/sshd
    for home in root home/dev; do
        install -d -m 700 "$home/.ssh"
        printf '%s\n' "$AUTHORIZED_KEY" >"$home/.ssh/authorized_keys"
    done
    chown -R 1000:1000 home/dev/.ssh
}

read -r pid _ </proc/self/stat  # as the outside numbers it, for /proc is still the outside's
new_root
kernel_file_systems
look_of_wsl2
drive_c
identity
mkdir run/outside
pivot_root . run/outside
cd /
umount -l run/outside
rmdir run/outside
echo "$pid"
# A shell that waits, and not sleep alone: process 1 must reap the processes whose parents are gone.
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c 'sleep infinity & wait' </dev/null >/dev/null 2>&1
