# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unpacking of wheels and collections, whose digests were verified.

PRIVATE to the collection. Only what the packages of a bundle have is supported: modules, and metadata.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tarfile
import typing as t
import zipfile
import zlib

from ..._errors import WorkstationError

_DATA = re.compile(r"[^/]+\.data/(purelib|platlib)/(.+)")
_OTHER_DATA = re.compile(r"[^/]+\.data/")
_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, ValueError, KeyError, TypeError)


def unpack_wheel(path: str, site_packages: str) -> None:
    """Install the wheel at *path*, without its scripts. Raises WorkstationError and OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = _DATA.sub(r"\2", member.filename)
                if member.is_dir() or _OTHER_DATA.match(name):
                    continue
                with archive.open(member) as content:
                    _write(content, _place(site_packages, name))
    except _DAMAGED as error:
        raise _unusable(path, error) from None


def unpack_collection(path: str, collections: str) -> None:
    """Install the tarball of a collection at *path* as ansible-galaxy would, in *collections*.

    Raises WorkstationError and OSError.
    """
    scratch = os.path.join(collections, "unpacked")
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content:
                    place = _place(scratch, member.name)
                    _write(content, place)
                    os.chmod(place, 0o755 if member.mode & 0o100 else 0o644)
        with open(os.path.join(scratch, "MANIFEST.json"), encoding="utf-8") as stream:
            information = json.load(stream)["collection_info"]
        names = [information["namespace"], information["name"]]
        if not all(map(_NAME.fullmatch, names)):
            raise ValueError("its name is not valid")
    except (*_DAMAGED, FileNotFoundError) as error:
        raise _unusable(path, error) from None
    namespace = os.path.join(collections, "ansible_collections", names[0])
    os.makedirs(namespace)
    os.rename(scratch, os.path.join(namespace, names[1]))


def _place(directory: str, name: str) -> str:
    if not name or name.startswith("/") or ".." in name.split("/"):
        raise ValueError("it contains a path that is not allowed")
    return os.path.join(directory, name)


def _write(content: t.IO[bytes], place: str) -> None:
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "wb") as stream:
        shutil.copyfileobj(content, stream, 1 << 20)


def _unusable(path: str, error: Exception) -> WorkstationError:
    return WorkstationError(
        f"{os.path.basename(path)} of the company bundle cannot be unpacked: {error}. Report this to those"
        " who publish the bundle."
    )
