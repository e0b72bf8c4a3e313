# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the files in ~/.aws: location, owner, permissions and damage.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import shlex
import stat
import typing as t

from .._files.atomic import ACCESS_CONTROL_LIST
from .._sso.token_cache import DamagedCacheFile, read_document
from .._text import shortened_list
from .config import Configuration
from .finding import CLI_FAILS, Finding

_DIRECTORIES_WITH_CACHE = ("sso", "cli")
"""Directories in ~/.aws that have a directory cache."""

_MOST_SHOWN = 3
"""How many paths a finding lists, and how many files its fix lists before it applies to all of ~/.aws."""


class _File(t.NamedTuple):
    """A file or directory; *secret* is true if it may contain keys or tokens.

    *owners* are those of the path itself and of the file that a symbolic link there leads to.
    """

    path: str
    status: os.stat_result
    owners: t.Set[int]
    secret: bool

    @property
    def others_mode(self) -> int:
        """The permissions that it grants to users other than its owner."""
        return stat.S_IMODE(self.status.st_mode) & 0o077

    @property
    def is_world_writable(self) -> bool:
        return bool(self.others_mode & stat.S_IWOTH)

    @property
    def is_group_writable(self) -> bool:
        """Whether users other than the owner can write as members of a group, or by an access control list.

        On many distributions, each user is the only member of a group of the same name, which is harmless.
        """
        if not self.others_mode & stat.S_IWGRP:
            return False
        return self._has_acl() or not _is_private_group(self.status.st_gid, self.status.st_uid)

    def _has_acl(self) -> bool:
        try:
            return bool(os.getxattr(self.path, ACCESS_CONTROL_LIST))
        except OSError:
            return False


def _is_private_group(group: int, user: int) -> bool:
    """Whether *user* is the only member of *group*: it has the name of the user, and no further members."""
    try:
        name, members = pwd.getpwuid(user).pw_name, grp.getgrgid(group)
    except KeyError:
        return False
    return members.gr_name == name and set(members.gr_mem) <= {name}


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
    home = os.path.dirname(directory)
    return [
        *found,
        *_home_findings(home),
        *_foreign_files(files, directory),
        *_open_files(files, directory),
    ]


def _files(directory: str, configuration: Configuration) -> t.Iterator[_File]:
    paths = [(directory, False), (configuration.path, False), (configuration.credentials_path, True)]
    for name in _DIRECTORIES_WITH_CACHE:
        paths += [(os.path.join(directory, name), False), (os.path.join(directory, name, "cache"), False)]
        paths += [(path, True) for path in _cache_files(directory, name)]
    for path, secret in paths:
        with contextlib.suppress(OSError):
            yield _examined(path, secret)


def _examined(path: str, secret: bool = False) -> _File:
    """Raises OSError."""
    status = os.stat(path)
    return _File(path, status, {status.st_uid, os.lstat(path).st_uid}, secret)


def _cache_files(directory: str, name: str) -> t.List[str]:
    cache = os.path.join(directory, name, "cache")
    try:
        names = sorted(os.listdir(cache))
    except OSError:
        return []
    paths = (os.path.join(cache, file) for file in names if file.endswith(".json"))
    return [path for path in paths if os.path.isfile(path)]


def _damaged_caches(directory: str, examined: t.Collection[str]) -> t.Iterator[Finding]:
    """Cache files that do not contain a valid JSON object."""
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
    """Files that do not belong to this user or, if this is root, to the user whose home directory is used.

    A configuration elsewhere may belong to root, as one that administrators provide does.
    """
    home = os.path.dirname(directory)
    owner = os.geteuid() or _owner(home)
    paths = [file.path for file in files if file.owners - {owner, _accepted_owner(file.path, home, owner)}]
    if paths:
        user = "$(id -u):$(id -g)" if owner == os.geteuid() else f"{owner}:"
        yield Finding(
            "files-foreign-owner",
            "error",
            shortened_list(paths, _MOST_SHOWN),
            "The owner is another user, as after running the AWS CLI with sudo.",
            "The AWS CLI may be unable to write tokens there, and that user can read tokens and change"
            " profiles, which can run a program (credential_process).",
            f"sudo chown -R {user} {_arguments(paths, directory)}",
        )


def _owner(path: str) -> int:
    try:
        return os.stat(path).st_uid
    except OSError:
        return 0


def _accepted_owner(path: str, home: str, owner: int) -> int:
    return owner if path.startswith(home + "/") else 0


def _home_findings(home: str) -> t.Iterator[Finding]:
    """Who may write to the home directory can replace ~/.aws, whatever its own permissions are."""
    try:
        file = _examined(home)
    except OSError:
        return
    if file.is_world_writable or file.is_group_writable:
        yield Finding(
            "home-writable",
            "error",
            home,
            "Other users have write access to the home directory.",
            "They can replace ~/.aws, read the tokens that are written there, and run programs as you.",
            f"chmod go-w {shlex.quote(home)}",
        )


def _open_files(files: t.Sequence[_File], directory: str) -> t.Iterator[Finding]:
    writable = [file.path for file in files if file.is_world_writable]
    if writable:
        yield _writable("files-world-writable", "Every user of this host has", writable, directory)
    by_group = [file.path for file in files if file.is_group_writable and not file.is_world_writable]
    if by_group:
        yield _writable("files-group-writable", "Other members of a group have", by_group, directory)
    others = [file for file in files if file.others_mode and file.path not in {*writable, *by_group}]
    secret = [file.path for file in others if file.secret]
    open_to_others = [file.path for file in others if not file.secret]
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


def _writable(id: str, who: str, paths: t.Sequence[str], directory: str) -> Finding:
    return Finding(
        id,
        "error",
        shortened_list(paths, _MOST_SHOWN),
        f"{who} write access.",
        "They can read tokens that are written there, and a profile can run a program (credential_process),"
        " so they could run programs as you.",
        f"chmod -R go= {_arguments(paths, directory)}",
    )


def _arguments(paths: t.Sequence[str], directory: str) -> str:
    """*paths* for a recursive command; if many of them are in *directory*, it replaces those."""
    topmost = [path for path in paths if not any(path.startswith(other + "/") for other in paths)]
    inside = [path for path in topmost if path == directory or path.startswith(directory + "/")]
    outside = [path for path in topmost if path not in inside]
    shown = [*([directory] if len(inside) > _MOST_SHOWN else inside), *outside]
    return " ".join(map(shlex.quote, shown))
