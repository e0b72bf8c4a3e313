# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check of a workstation finds in the files below ~/.aws: their place, owners, modes and damage.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
import typing as t

from .._sso.token_cache import (
    DamagedCacheFile,
    read_document,
)
from .config import (
    Configuration,
)
from .finding import (
    Finding,
    enumerated,
)

_TOOLS_WITH_CACHE = ("sso", "cli")


class _File(t.NamedTuple):
    path: str
    found: os.stat_result
    secret: bool

    @property
    def others_may(self) -> int:
        """What its mode allows to anybody but the owner."""
        return stat.S_IMODE(self.found.st_mode) & 0o077


def file_findings(
    configuration: Configuration,
    on_windows: t.Callable[[str], bool],
    known_damage: t.Collection[str],
) -> t.List[Finding]:
    """*known_damage* are files of the caches that another part of the check looks into."""
    directory = os.path.join(os.path.expanduser("~"), ".aws")
    found = [*_damaged_caches(directory, known_damage)]
    if on_windows(os.path.realpath(directory)):
        found.append(_on_windows(directory))
        return found  # without the mount option "metadata", modes and owners there are none
    files = list(_files(directory, configuration))
    return [*found, *_of_others(files, directory), *_wide(files, directory)]


def _files(directory: str, configuration: Configuration) -> t.Iterator[_File]:
    paths = [(directory, False), (configuration.path, False), (configuration.credentials_path, True)]
    for tool in _TOOLS_WITH_CACHE:
        paths += [(os.path.join(directory, tool), False), (os.path.join(directory, tool, "cache"), False)]
        paths += [(path, True) for path in _cached_documents(directory, tool)]
    for path, secret in paths:
        with contextlib.suppress(OSError):
            yield _File(path, os.stat(path), secret)


def _cached_documents(directory: str, tool: str) -> t.List[str]:
    cache = os.path.join(directory, tool, "cache")
    try:
        names = sorted(os.listdir(cache))
    except OSError:
        return []
    paths = (os.path.join(cache, name) for name in names if name.endswith(".json"))
    return [path for path in paths if os.path.isfile(path)]


def _damaged_caches(directory: str, known: t.Collection[str]) -> t.Iterator[Finding]:
    for tool in _TOOLS_WITH_CACHE:
        for path in _cached_documents(directory, tool):
            if path in known:
                continue
            try:
                read_document(path)
            except DamagedCacheFile as error:
                yield Finding(
                    "cache-damaged",
                    "warning",
                    path,
                    f"It {error.reason}.",
                    "The AWS CLI fails on it with an unhelpful error.",
                    f"rm {shlex.quote(path)}",
                )
            except OSError:
                continue  # of another owner, which is told


def _on_windows(directory: str) -> Finding:
    return Finding(
        "directory-on-windows",
        "warning",
        directory,
        "It is on a Windows drive.",
        "File modes have no effect there, and Windows programs write to it without Linux file permissions.",
        "mv ~/.aws ~/.aws.windows && cp -rL ~/.aws.windows ~/.aws && chmod -R go= ~/.aws",
    )


def _of_others(files: t.Sequence[_File], directory: str) -> t.Iterator[Finding]:
    if os.geteuid() == 0:
        return
    paths = [file.path for file in files if file.found.st_uid != os.geteuid()]
    if paths:
        yield Finding(
            "files-foreign-owner",
            "error",
            enumerated(paths, 3),
            "They belong to another user, for example after sudo aws.",
            "The AWS CLI can neither read nor write tokens there.",
            f"sudo chown -R $(id -u):$(id -g) {_arguments(paths, directory)}",
        )


def _wide(files: t.Sequence[_File], directory: str) -> t.Iterator[Finding]:
    writable: t.List[str] = []
    readable: t.List[str] = []
    listable: t.List[str] = []
    for file in files:
        if file.others_may & stat.S_IWOTH:
            writable.append(file.path)
        elif file.others_may:
            (readable if file.secret else listable).append(file.path)
    if writable:
        yield Finding(
            "files-world-writable",
            "error",
            enumerated(writable, 3),
            "Every user of this host can write to it.",
            "A profile can run a program (credential_process), so other users could run one as you.",
            f"chmod -R go= {_arguments(writable, directory)}",
        )
    if readable:
        yield Finding(
            "secrets-too-permissive",
            "warning",
            enumerated(readable, 3),
            "Its mode is wider than 0600.",
            "It contains keys or tokens that other users of this host can use.",
            f"chmod -R go= {_arguments(readable, directory)}",
        )
    if listable:
        yield Finding(
            "files-too-permissive",
            "info",
            enumerated(listable, 3),
            "Modes are wider than 0700 for directories and 0600 for files.",
            "Other users can see your accounts, roles and sessions, but no secrets.",
            f"chmod -R go= {_arguments(listable, directory)}",
        )


def _arguments(paths: t.Sequence[str], directory: str) -> str:
    """The paths for a command; *directory* stands for its own files if they are many."""
    inside = [path for path in paths if path == directory or path.startswith(directory + "/")]
    outside = [path for path in paths if path not in inside]
    shown = [*([directory] if len(inside) > 3 else inside), *outside]
    return " ".join(map(shlex.quote, shown))
