# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directories of an AWS CLI v2 installation: reading their state, and each step of changing it.

PRIVATE to the collection.

The layout is that of AWS's own installer (exe/assets/install of aws/aws-cli), so that the installer and
C(aws update) keep working: C(v2/VERSION/{dist,bin}), C(v2/current) linked to one of the versions, and links
in *bin_dir* through C(current). Each step is one rename, so that a process killed at any moment leaves the
old CLI or the new one in place.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.compat.version import LooseVersion

from .._errors import WorkstationError
from .._files.atomic import replace_file
from .completion import completion_files

PROGRAMS = ("aws", "aws_completer")
VERSION = re.compile(r"\d+\.\d+\.\d+")
STAGING_PREFIX = ".staging-"
# AWS's installer leaves these beside the versions when it could not run the new CLI
MISPLACED = ("dist", "bin")
NOT_A_LINK = "a file or directory"


@dataclass(frozen=True)
class State:
    """All parts of an installation. Two states are compared, shown as a diff, and one turned into the other.

    *links* maps paths to targets, *completions* paths to contents.
    """

    current: str = ""
    versions: t.Tuple[str, ...] = ()
    damaged: t.Tuple[str, ...] = ()
    links: t.Dict[str, str] = field(default_factory=dict)
    completions: t.Dict[str, str] = field(default_factory=dict)
    leftovers: t.Tuple[str, ...] = ()


class Tree:
    """One installation: the versions in *install_dir* and the links in *bin_dir*."""

    def __init__(self, install_dir: str, bin_dir: str, share_dir: str) -> None:
        self.install_dir = os.path.abspath(install_dir)
        self.bin_dir = os.path.abspath(bin_dir)
        self.executable = os.path.join(self.bin_dir, "aws")
        self.versions_dir = os.path.join(self.install_dir, "v2")
        self._current = os.path.join(self.versions_dir, "current")
        self.wanted_links = {
            os.path.join(self.bin_dir, name): os.path.join(self._current, "bin", name) for name in PROGRAMS
        }
        self.wanted_completions = completion_files(os.path.join(self.bin_dir, "aws_completer"), share_dir)

    # reading

    def read(self) -> State:
        """The state on disk, without *damaged*: that a version is damaged shows only when it runs."""
        names = _names(self.versions_dir)
        return State(
            current=self._read_current(),
            versions=tuple(sorted(filter(VERSION.fullmatch, names), key=LooseVersion)),
            links={link: target for link in self.wanted_links for target in [_link_target(link)] if target},
            completions={
                path: content for path in self.wanted_completions for content in [_text(path)] if content
            },
            leftovers=tuple(
                sorted(name for name in names if name.startswith(STAGING_PREFIX) or name in MISPLACED)
            ),
        )

    def _read_current(self) -> str:
        """The version that C(current) links to, or else the target or kind of what is in its place."""
        target = _link_target(self._current)
        directory, version = os.path.split(target)
        return version if directory == self.versions_dir and VERSION.fullmatch(version) else target

    def version_directory(self, version: str) -> str:
        return os.path.join(self.versions_dir, version)

    def owns(self, target: str) -> bool:
        return target.startswith(self.install_dir + os.sep)

    # changing

    @contextlib.contextmanager
    def staging(self) -> t.Iterator[str]:
        """A temporary private directory beside the versions, on the same file system."""
        os.makedirs(self.versions_dir, exist_ok=True)
        directory = tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=self.versions_dir)
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)
            self._remove_empty_directories()

    def complete_staged(self, staged: str) -> None:
        """Add to an unpacked C(staged/dist) what AWS's installer adds."""
        os.makedirs(os.path.join(staged, "bin"))
        for name in PROGRAMS:
            os.symlink(os.path.join("..", "dist", name), os.path.join(staged, "bin", name))
        data = os.path.join(staged, "dist", "awscli", "data")
        if os.path.isdir(data):  # `aws update` reads what to replace, since 2.36.0
            with open(os.path.join(data, "install.json"), "w", encoding="utf-8") as stream:
                json.dump({"install_dir": self.install_dir, "bin_dir": self.bin_dir}, stream, indent=2)

    def adopt(self, staged: str, version: str, staging: str) -> None:
        """Make the staged tree the version directory; the previous one is removed with *staging*."""
        directory = self.version_directory(version)
        if os.path.lexists(directory):
            os.rename(directory, os.path.join(staging, "replaced"))
        os.rename(staged, directory)

    def select(self, version: str, staging: str) -> None:
        if _link_target(self._current) == NOT_A_LINK:
            self.remove_current(staging)
        _replace_link(self._current, self.version_directory(version), staging)

    def link(self, path: str, target: str) -> None:
        os.makedirs(self.bin_dir, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".aws_sso-", dir=self.bin_dir) as beside:
            _replace_link(path, target, beside)

    def require_replaceable_links(self, state: State) -> None:
        """Raises WorkstationError."""
        for path, target in state.links.items():
            if target == NOT_A_LINK:
                raise WorkstationError(
                    f"{path} is not a symlink created by AWS CLI v2. Remove it first (AWS CLI v1: pip"
                    " uninstall awscli), or set another bin_dir."
                )

    @staticmethod
    def write_completion(path: str, content: str) -> None:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        replace_file(path, content.encode(), mode=0o644)

    def discard(self, names: t.Iterable[str], staging: str) -> None:
        """Move entries of the versions directory to the staging directory, which removes them later."""
        for name in names:
            path = os.path.join(self.versions_dir, name)
            if path != staging:
                os.rename(path, os.path.join(staging, f"discarded-{name}"))

    def remove_current(self, staging: str) -> None:
        os.rename(self._current, os.path.join(staging, "old-current"))

    def _remove_empty_directories(self) -> None:
        with contextlib.suppress(OSError):
            os.rmdir(self.versions_dir)
            os.rmdir(self.install_dir)


def _names(directory: str) -> t.List[str]:
    try:
        return os.listdir(directory)
    except FileNotFoundError:
        return []


def _link_target(path: str) -> str:
    """The absolute target of the link *path*; "" if it does not exist, NOT_A_LINK if it is no link."""
    if os.path.islink(path):
        return os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
    return NOT_A_LINK if os.path.lexists(path) else ""


def _replace_link(path: str, target: str, beside: str) -> None:
    temporary = os.path.join(beside, "link")
    os.symlink(target, temporary)
    os.replace(temporary, path)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""
