# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed versions of the bundle: one directory each, one of them in use.

PRIVATE to the collection. A directory is complete once it has a marker, which is written after everything
else is on the disk.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import typing as t

from ..._files.atomic import PRIVATE_FILE, make_private_directory, replace_file
from .._bundle import files
from .._bundle.manifest import MANIFEST, SIGNATURE, Manifest, ManifestError, parse
from .._bundle.source import Source
from .paths import Paths

COMPLETE = "complete"
"""The marker; its content is the environment, such as 3.12-x86_64."""
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)

PrepareEnvironment = t.Callable[[str, Manifest], None]
"""Create the virtual environment and install the collection in the directory of a version.

The files of the manifest are in that directory, without their folders, and maybe what an interrupted attempt
left. Raises WorkstationError or OSError.
"""


class InstalledVersion(t.NamedTuple):
    """A complete version: all its files, its virtual environment and the collection."""

    directory: str
    manifest: Manifest


def current(paths: Paths) -> t.Optional[InstalledVersion]:
    """The version in use; None if there is none."""
    with contextlib.suppress(OSError, ManifestError):
        directory = os.path.join(paths.root, os.readlink(paths.current))
        if not os.path.exists(os.path.join(directory, COMPLETE)):
            return None
        with open(os.path.join(directory, MANIFEST), "rb") as stream:
            manifest = parse(stream.read())
        if directory == directory_of(paths, manifest):
            return InstalledVersion(directory, manifest)
    return None


def directory_of(paths: Paths, manifest: Manifest) -> str:
    return os.path.join(paths.versions, f"{manifest.version}-{manifest.content_id}")


def prepare(
    paths: Paths,
    manifest: Manifest,
    environment: str,
    source: Source,
    prepare_environment: PrepareEnvironment,
) -> InstalledVersion:
    """Have a complete directory for *manifest*, the accepted one; nothing of it is in use afterwards.

    Goes on where a killed process stopped, and repairs a directory whose files were changed. Raises Refused,
    Unreachable, WorkstationError and OSError.
    """
    directory = directory_of(paths, manifest)
    version = InstalledVersion(directory, manifest)
    if _marker(directory) == environment and files.is_complete(manifest, environment, directory):
        return version
    try:
        make_private_directory(directory)
        _remove_marker(directory)
        for name, path in ((MANIFEST, paths.manifest), (SIGNATURE, paths.manifest_signature)):
            with open(path, "rb") as stream:
                replace_file(os.path.join(directory, name), stream.read(), PRIVATE_FILE)
        files.fetch(source, manifest, environment, directory, _directories(paths, directory))
        prepare_environment(directory, manifest)
        os.sync()  # thousands of files of the environment
        replace_file(os.path.join(directory, COMPLETE), environment.encode(), PRIVATE_FILE)
    except OSError as error:
        if error.errno in _NO_ROOM:  # the laptop must be usable; the files can be downloaded again
            _remove(directory)
        raise
    return version


def switch(paths: Paths, version: InstalledVersion) -> None:
    """Use *version* from now on. Raises OSError."""
    temporary = paths.current + ".new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)
    os.symlink(os.path.relpath(version.directory, paths.root), temporary)
    os.replace(temporary, paths.current)
    files.sync_directory(paths.root)


def prune(paths: Paths, keep: t.Iterable[str]) -> None:
    """Remove all versions but those in the directories *keep*, and never the one in use.

    What killed updates left in a complete version goes too: a program that such an update had started may
    have written to it until now.
    """
    in_use = os.path.realpath(paths.current)
    kept = {in_use, *map(os.path.realpath, keep)}
    for directory in _directories(paths):
        if os.path.realpath(directory) not in kept:
            _remove(directory)
        elif _marker(directory):
            _remove_hidden(directory)


def _directories(paths: Paths, without: str = "") -> t.List[str]:
    try:
        names = sorted(os.listdir(paths.versions))
    except FileNotFoundError:
        return []
    places = [os.path.join(paths.versions, name) for name in names]
    return [place for place in places if place != without]


def _marker(directory: str) -> str:
    path = os.path.join(directory, COMPLETE)
    with contextlib.suppress(OSError, ValueError), open(path, encoding="ascii") as stream:
        return stream.read(100)
    return ""


def _remove(directory: str) -> None:
    """A directory that is removed in part must not look complete."""
    with contextlib.suppress(OSError):
        _remove_marker(directory)
        shutil.rmtree(directory, ignore_errors=True)


def _remove_hidden(directory: str) -> None:
    """All files of a version have names without a dot at the start."""
    for name in os.listdir(directory):
        path = os.path.join(directory, name)
        if name.startswith(".") and os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        elif name.startswith("."):
            with contextlib.suppress(OSError):
                os.unlink(path)


def _remove_marker(directory: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(directory, COMPLETE))
        files.sync_directory(directory)
