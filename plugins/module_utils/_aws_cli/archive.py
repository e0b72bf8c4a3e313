# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The zip archive of AWS CLI v2: inspected as a whole first, then unpacked.

PRIVATE to the collection.

A signature proves who created an archive, not that it is harmless, and verification can be disabled.
Therefore no member may be outside of the directory, occur twice, or be anything but a file, a directory or a
link within the tree.
"""

from __future__ import annotations

import errno
import itertools
import os
import posixpath
import shutil
import stat
import struct
import typing as t
import zipfile
import zlib
from dataclasses import dataclass

from .._errors import WorkstationError

DISTRIBUTION = "aws/dist"
UNPACKED_LIMIT = 2 << 30
MEMBERS_LIMIT = 100_000
NAME_LIMIT = 255
"""Bytes of one name, as of Linux's file systems; AWS's longest has 48."""
PATH_LIMIT = 1024
"""Bytes of a path in the archive; AWS's longest has 97."""
DEPTH_LIMIT = 64
"""Directories in one another; AWS's archive has 6."""
LINK_LIMIT = 1024
COPY_BUFFER = 1 << 18
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,  # names that are not UTF-8, among others
    OverflowError,
    NotImplementedError,
)
"""What the library zipfile raises for archives that are not valid."""
KNOWN_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class _Member:
    """A member below C(aws/dist); *path* is relative to it."""

    info: zipfile.ZipInfo
    path: str

    @property
    def unix_mode(self) -> int:
        return self.info.external_attr >> 16

    @property
    def is_link(self) -> bool:
        return stat.S_ISLNK(self.unix_mode)


def unpack(archive_path: str, directory: str) -> None:
    """Create *directory* and unpack the CLI itself, C(aws/dist), into it, readable by all users.

    Nothing is written unless the whole archive is harmless. Raises WorkstationError and OSError.
    """
    try:
        with zipfile.ZipFile(archive_path) as archive:
            members = _inspect(archive)
            _require_room(members, os.path.dirname(directory))
            _write_members(archive, members, directory)
    except _DAMAGE as error:
        raise WorkstationError(f"The archive of the AWS CLI is damaged: {_reason(error)}.") from error
    except OSError as error:
        if error.errno != errno.EINVAL or error.filename:  # of seek(), for an offset before the file
            raise
        raise WorkstationError("The archive of the AWS CLI is damaged: an offset is not valid.") from error


def _reason(error: Exception) -> str:
    """The message of the library zipfile, without what an archive put into it."""
    text = str(error).strip().rstrip(".") or type(error).__name__
    return "".join(char if char.isprintable() else "?" for char in text)


def _inspect(archive: zipfile.ZipFile) -> t.List[_Member]:
    infos = archive.infolist()
    if len(infos) > MEMBERS_LIMIT or sum(info.file_size for info in infos) > UNPACKED_LIMIT:
        raise WorkstationError(
            f"The archive would unpack to more than {MEMBERS_LIMIT} files or {UNPACKED_LIMIT >> 20} MB."
        )
    for info in infos:
        _require_plain(info)
    _require_one_tree(infos)
    members = [
        _Member(info, posixpath.relpath(info.filename, DISTRIBUTION))
        for info in infos
        if info.filename.startswith(DISTRIBUTION + "/") and info.filename.rstrip("/") != DISTRIBUTION
    ]
    program = next((member for member in members if member.path == "aws"), None)
    if program is None:
        raise WorkstationError(f"The archive does not contain AWS CLI v2: it has no {DISTRIBUTION}/aws.")
    if not program.unix_mode & 0o111 and not program.is_link:
        raise WorkstationError(
            f"In the archive, {DISTRIBUTION}/aws is not executable, so it was packed again without the modes"
            " of its files. Use the archive as AWS publishes it."
        )
    for member in members:
        if member.is_link:
            _require_inner_target(member, _link_target(archive, member))
    return members


def _require_plain(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    _require_plain_name(name)
    if info.flag_bits & 0x1:
        raise WorkstationError(f"The archive contains an encrypted member: {name!r}.")
    if info.compress_type not in KNOWN_COMPRESSION:
        raise WorkstationError(f"The archive contains a member with an unknown compression: {name!r}.")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
        raise WorkstationError(
            f"The archive contains a member that is not a file, directory or link: {name!r}."
        )
    if stat.S_ISDIR(kind) != info.is_dir() and kind:
        raise WorkstationError(
            f"The archive contains a member that is both a file and a directory: {name!r}."
        )


def _require_plain_name(name: str) -> None:
    parts = name.rstrip("/").split("/")
    if "\0" in name or "\\" in name or any(part in ("", ".", "..") for part in parts):
        raise WorkstationError(
            f"The archive contains a member that could escape from its directory: {name!r}."
        )
    encoded = [len(part.encode("utf-8", "surrogateescape")) for part in parts]
    if max(encoded) > NAME_LIMIT or sum(encoded) + len(parts) > PATH_LIMIT or len(parts) > DEPTH_LIMIT:
        raise WorkstationError(f"The archive contains a member whose name is too long: {name[:80]!r}.")


def _require_one_tree(infos: t.Sequence[zipfile.ZipInfo]) -> None:
    """Refuse duplicate names, and members below anything but a directory, such as a link."""
    leaves = {info.filename for info in infos if not info.is_dir()}
    directories = {info.filename.rstrip("/") for info in infos if info.is_dir()}
    if len(leaves) + len(directories) != len(infos):
        raise WorkstationError("The archive contains two members with the same name.")
    for info in infos:
        parent = posixpath.dirname(info.filename.rstrip("/"))
        while parent:
            directories.add(parent)
            parent = posixpath.dirname(parent)
    both = leaves & directories
    if both:
        raise WorkstationError(f"The archive contains members below a file or a link: {sorted(both)[0]!r}.")


def _link_target(archive: zipfile.ZipFile, member: _Member) -> str:
    if member.info.file_size > LINK_LIMIT:
        raise WorkstationError(f"The archive contains a link that is too long: {member.path!r}.")
    return os.fsdecode(archive.read(member.info))


def _require_inner_target(member: _Member, target: str) -> None:
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(member.path), target))
    after_the_climb = itertools.dropwhile(lambda part: part in ("", ".", ".."), target.split("/"))
    climbs_through_a_link = ".." in after_the_climb
    leaves = target.startswith("/") or resolved.split("/")[0] == ".." or climbs_through_a_link
    if leaves or not target or "\0" in target:
        raise WorkstationError(
            f"The archive contains a link that leaves its tree: {member.path!r} to {target!r}."
        )


def _require_room(members: t.Sequence[_Member], directory: str) -> None:
    needed = sum(member.info.file_size for member in members)
    free = shutil.disk_usage(directory).free
    if needed > free:
        raise WorkstationError(
            f"Unpacking requires {(needed >> 20) + 1} MB below {directory}, but {free >> 20} MB are free."
            " Free some space, or set another install_dir."
        )


def _write_members(archive: zipfile.ZipFile, members: t.Sequence[_Member], directory: str) -> None:
    directories = {posixpath.dirname(member.path) for member in members if not member.info.is_dir()}
    directories.update(member.path for member in members if member.info.is_dir())
    for relative in sorted(directories):
        os.makedirs(os.path.join(directory, relative), exist_ok=True)
    for member in members:
        path = os.path.join(directory, member.path)
        if member.is_link:
            os.symlink(_link_target(archive, member), path)
        elif not member.info.is_dir():
            _write_file(archive, member, path)


def _write_file(archive: zipfile.ZipFile, member: _Member, path: str) -> None:
    mode = 0o755 if member.unix_mode & 0o111 else 0o644
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb", buffering=0) as target, archive.open(member.info) as source:
        shutil.copyfileobj(source, target, COPY_BUFFER)
