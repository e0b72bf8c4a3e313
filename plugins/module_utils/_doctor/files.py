# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the files in ~/.aws: location, owner, permissions and damage.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import stat
import typing as t

from .._sso.token_cache import DamagedCacheFile, read_document
from .._text import shortened_list
from .config import Configuration
from .finding import CLI_FAILS, Finding

_DIRECTORIES_WITH_CACHE = ("sso", "cli")
"""Directories in ~/.aws that have a directory cache."""

_MOST_SHOWN = 3
"""How many paths a finding lists, and how many files its fix lists before it applies to all of ~/.aws."""


class _File(t.NamedTuple):
    """A file or directory; *secret* is true if it may contain keys or tokens."""

    path: str
    status: os.stat_result
    secret: bool

    @property
    def others_mode(self) -> int:
        """The permissions that it grants to users other than its owner."""
        return stat.S_IMODE(self.status.st_mode) & 0o077


def file_findings(
    configuration: Configuration,
    on_windows: t.Callable[[str], bool],
    examined: t.Collection[str],
) -> t.List[Finding]:
    """What is wrong with the files of *configuration* and with the caches.

    *on_windows* says whether a path is on a Windows drive. *examined* are paths of cache files whose contents
    are examined elsewhere.
    """
    directory = os.path.join(os.path.expanduser("~"), ".aws")
    found = [*_damaged_caches(directory, examined)]
    if on_windows(os.path.realpath(directory)):
        found.append(_on_windows(directory))
        return found  # a drive mounted without the option "metadata" has neither modes nor owners
    files = list(_files(directory, configuration))
    return [*found, *_foreign_files(files, directory), *_open_files(files, directory)]


def _files(directory: str, configuration: Configuration) -> t.Iterator[_File]:
    paths = [(directory, False), (configuration.path, False), (configuration.credentials_path, True)]
    for name in _DIRECTORIES_WITH_CACHE:
        paths += [(os.path.join(directory, name), False), (os.path.join(directory, name, "cache"), False)]
        paths += [(path, True) for path in _cache_files(directory, name)]
    for path, secret in paths:
        with contextlib.suppress(OSError):
            yield _File(path, os.stat(path), secret)


def _cache_files(directory: str, name: str) -> t.List[str]:
    cache = os.path.join(directory, name, "cache")
    try:
        names = sorted(os.listdir(cache))
    except OSError:
        return []
    paths = (os.path.join(cache, file) for file in names if file.endswith(".json"))
    return [path for path in paths if os.path.isfile(path)]


def _damaged_caches(directory: str, examined: t.Collection[str]) -> t.Iterator[Finding]:
    for name in _DIRECTORIES_WITH_CACHE:
        for path in _cache_files(directory, name):
            if path in examined:
                continue
            try:
                read_document(path)
            except DamagedCacheFile as error:
                yield Finding(
                    "cache-damaged",
                    "warning",
                    path,
                    f"It {error.reason}.",
                    CLI_FAILS,
                    f"rm {shlex.quote(path)}",
                )
            except OSError:
                continue  # it belongs to another user, which is a finding of its own


def _on_windows(directory: str) -> Finding:
    return Finding(
        "directory-on-windows",
        "warning",
        directory,
        "It is on a Windows drive.",
        "Linux file permissions do not protect it there, and Windows programs ignore them.",
        "mv ~/.aws ~/.aws.windows && cp -rL ~/.aws.windows ~/.aws && chmod -R go= ~/.aws",
    )


def _foreign_files(files: t.Sequence[_File], directory: str) -> t.Iterator[Finding]:
    if os.geteuid() == 0:
        return
    paths = [file.path for file in files if file.status.st_uid != os.geteuid()]
    if paths:
        yield Finding(
            "files-foreign-owner",
            "error",
            shortened_list(paths, _MOST_SHOWN),
            "The owner is another user, as after running the AWS CLI with sudo.",
            "The AWS CLI can neither read nor write tokens there.",
            f"sudo chown -R $(id -u):$(id -g) {_arguments(paths, directory)}",
        )


def _open_files(files: t.Sequence[_File], directory: str) -> t.Iterator[Finding]:
    writable: t.List[str] = []
    secret: t.List[str] = []
    open_to_others: t.List[str] = []
    for file in files:
        if file.others_mode & stat.S_IWOTH:
            writable.append(file.path)
        elif file.others_mode:
            (secret if file.secret else open_to_others).append(file.path)
    if writable:
        yield Finding(
            "files-world-writable",
            "error",
            shortened_list(writable, _MOST_SHOWN),
            "Every user of this host has write access.",
            "A profile can run a program (credential_process), so other users could run programs as you.",
            f"chmod -R go= {_arguments(writable, directory)}",
        )
    if secret:
        yield Finding(
            "secrets-too-permissive",
            "warning",
            shortened_list(secret, _MOST_SHOWN),
            "Permissions are more open than 0600.",
            "Other users of this host could use the keys or tokens inside.",
            f"chmod -R go= {_arguments(secret, directory)}",
        )
    if open_to_others:
        yield Finding(
            "files-too-permissive",
            "info",
            shortened_list(open_to_others, _MOST_SHOWN),
            "Permissions are more open than 0700 for directories or 0600 for files.",
            "Other users of this host can see your accounts, roles and sessions, but no secret.",
            f"chmod -R go= {_arguments(open_to_others, directory)}",
        )


def _arguments(paths: t.Sequence[str], directory: str) -> str:
    """*paths* for a command line; if many of them are in *directory*, it replaces those."""
    inside = [path for path in paths if path == directory or path.startswith(directory + "/")]
    outside = [path for path in paths if path not in inside]
    shown = [*([directory] if len(inside) > _MOST_SHOWN else inside), *outside]
    return " ".join(map(shlex.quote, shown))
