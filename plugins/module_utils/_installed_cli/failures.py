# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about errors of the operating system during an installation.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import os
import typing as t

from .._errors import WorkstationError


def start_failure(error: OSError, directory: str) -> str:
    """Why a program in *directory* could not be started, as sentences."""
    if error.errno in (errno.EACCES, errno.EPERM) and os.statvfs(directory).f_flag & os.ST_NOEXEC:
        return (
            f"Programs in {directory} cannot be run, because its file system is mounted noexec. Set another"
            " install_dir, or mount it with exec."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"Programs in {directory} cannot be run: {error.strerror}. A security module such as SELinux,"
            " AppArmor or fapolicyd may not allow it: see the audit log (ausearch -m avc,fanotify)."
        )
    if error.errno == errno.ENOEXEC:
        return "The archive is for another processor architecture than that of this host."
    return f"The new AWS CLI cannot be started on this host: {error.strerror}."


@contextlib.contextmanager
def translate_errors(install_dir: str) -> t.Iterator[None]:
    """Replace errors of the operating system that have a known cause by WorkstationError."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise WorkstationError(
                f"The disk is full below {install_dir}. An installation temporarily requires about 350 MB."
            ) from error
        if error.errno == errno.EROFS:
            raise WorkstationError(
                f"The file system{where} is mounted read-only. Set install_dir and bin_dir to directories on"
                " another file system, or remount it."
            ) from error
        if error.errno == errno.EFBIG:
            raise WorkstationError(
                f"A file{where} is larger than this user may write. Raise the limit that ulimit -f shows to"
                " 1000000 or more."
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM):
            raise WorkstationError(_permission_text(install_dir, where)) from error
        raise


def _permission_text(install_dir: str, where: str) -> str:
    if os.geteuid() == 0:
        return (
            f"Root is not allowed to write to install_dir {install_dir} or to bin_dir{where}. The path may be"
            " immutable (lsattr -d shows an i), on a network file system, or protected by SELinux."
        )
    return (
        f"The user of this task cannot write to install_dir {install_dir} or to bin_dir{where}. Set become,"
        " or set directories of that user, such as ~/.local/share/aws-cli and ~/.local/bin."
    )
