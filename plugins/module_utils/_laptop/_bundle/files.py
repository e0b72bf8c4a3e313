# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a bundle that one laptop needs, verified by the manifest.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import typing as t

from .errors import Refused
from .manifest import MANIFEST, SIGNATURE, File, Manifest
from .source import Source

_CHUNK = 1 << 20
_RESERVED = (MANIFEST, SIGNATURE, "venv", "collections", "complete")


def needed_files(manifest: Manifest, environment: str) -> t.Dict[str, str]:
    """The paths of the files that a laptop with *environment* (such as 3.12-x86_64) needs, by their names.

    These are the wheels of the environment, and all files that are no wheels of any environment; of these, a
    file with the name of another machine in its name is not needed. Raises Refused.
    """
    if environment not in manifest.environments:
        version, _dash, machine = environment.partition("-")
        raise Refused(
            f"The bundle has nothing for Python {version} on {machine}, but for"
            f" {', '.join(sorted(manifest.environments)) or 'no other either'}.",
            "Install one of these versions of Python, then run setup.sh of the bundle again. Or the"
            " administrator adds this one to workstation_bundle_pythons and workstation_bundle_machines.",
        )
    wheels = {path for paths in manifest.environments.values() for path in paths}
    wanted = {
        *manifest.environments[environment],
        *(path for path in manifest.files if path not in wheels and _is_for(path, environment, manifest)),
        *(manifest.collection, manifest.updater, manifest.company, manifest.variables),
    }
    names: t.Dict[str, str] = {}
    for path in sorted(wanted):
        name = path.rpartition("/")[2]
        if name in names or name in _RESERVED:
            raise Refused(f"The bundle has more than one file with the name {name}.")
        names[name] = path
    return names


def fetch(
    source: Source, manifest: Manifest, environment: str, directory: str, others: t.Iterable[str] = ()
) -> bool:
    """Have all needed files in *directory*, without their folders; whether something was missing.

    A file that one of the directories *others* has with the same content is linked. Raises Refused,
    Unreachable and OSError.
    """
    complete = True
    for name, path in needed_files(manifest, environment).items():
        file, destination = manifest.files[path], os.path.join(directory, name)
        if has_content(destination, file):
            continue
        complete = False
        if not any(_link(os.path.join(other, name), destination, file) for other in others):
            _download(source, path, file, destination)
    if not complete:
        sync_directory(directory)
    return not complete


def is_complete(manifest: Manifest, environment: str, directory: str) -> bool:
    """Whether *directory* has all needed files, with their content. Raises Refused."""
    return all(
        has_content(os.path.join(directory, name), manifest.files[path])
        for name, path in needed_files(manifest, environment).items()
    )


def has_content(path: str, file: File) -> bool:
    """Whether the regular file at *path* has the size and digest of *file*."""
    with contextlib.suppress(OSError):
        if os.path.islink(path) or os.stat(path).st_size != file.size:
            return False
        digest = hashlib.sha256()
        with open(path, "rb") as stream:
            for chunk in iter(lambda: stream.read(_CHUNK), b""):
                digest.update(chunk)
        return digest.hexdigest() == file.sha256
    return False


def sync_directory(path: str) -> None:
    """Make renames in a directory durable, where the file system can do this."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is_for(path: str, environment: str, manifest: Manifest) -> bool:
    name, machine = path.rpartition("/")[2], environment.partition("-")[2]
    others = {other.partition("-")[2] for other in manifest.environments} - {machine}
    return machine in name or not any(other in name for other in others)


def _link(place: str, destination: str, file: File) -> bool:
    if not has_content(place, file):
        return False
    temporary = _temporary(destination)
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        os.link(place, temporary)
        os.replace(temporary, destination)
    except OSError:  # not all file systems have hard links
        return False
    return True


def _download(source: Source, path: str, file: File, destination: str) -> None:
    """What an interrupted download left may be of other content: then it is downloaded from its start."""
    temporary = _temporary(destination)
    for goes_on in (os.path.exists(temporary), False):
        source.save(path, temporary, file.size)
        if has_content(temporary, file):
            os.replace(temporary, destination)
            return
        os.unlink(temporary)
        if not goes_on:
            break
    raise Refused(
        f"{path} in the bundle does not have the content for which the manifest was signed.",
        "Nothing was installed. The administrator must find out who changed it, and publish it again.",
    )


def _temporary(destination: str) -> str:
    directory, name = os.path.split(destination)
    return os.path.join(directory, f".{name}.part")
