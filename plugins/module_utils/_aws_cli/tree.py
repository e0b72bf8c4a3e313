# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directories of an AWS CLI v2 installation: reading their state, and each step of changing it.

PRIVATE to the collection.

The layout is that of AWS's own installer (exe/assets/install of aws/aws-cli), so that the installer and
C(aws update) keep working: C(v2/VERSION/{dist,bin}), C(v2/current) linked to one of the versions, and links
in *bin_dir* through C(current). Each step is one rename, so that a process killed at any moment leaves the
old CLI or the new one in place. As root, nothing is read, run or written where another user could exchange
it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import typing as t
from dataclasses import dataclass, field

from ansible.module_utils.compat.version import LooseVersion

from .._errors import WorkstationError
from .._files.atomic import replace_file
from .._host.trusted_paths import Untrusted
from .._installed_cli.contents import (
    Contents,
    contents,
    is_closed,
    open_directory_to_all,
    open_to_all,
)
from .._installed_cli.directories import (
    closed_directory_above,
    make_trusted_directory,
    require_directory,
    require_trusted,
    require_writable,
)
from .._installed_cli.other_programs import identify
from .._installed_cli.processes import processes_in
from .._installed_cli.record import RECORD, read_facts, write_record
from .._text import shortened_list
from .completion import completion_files, is_managed
from .layout import (
    OWN_PREFIX,
    PROGRAMS,
    VERSION,
    is_empty,
    is_leftover,
    is_version_directory,
    names,
)
from .local_files import read_file

NOT_A_LINK = "a file or directory"
NOT_A_COMPLETION = "not a completion file"
LARGEST_COMPLETION = 1 << 16
"""Bytes; ours have 300."""
_MOUNTED = ("lost+found",)  # in the root of a file system, which may be mounted at the directory


@dataclass(frozen=True)
class State:
    """All parts of an installation. Two states are compared, shown as a diff, and one turned into the other.

    *links* maps paths to targets, *completions* paths to contents. *closed* are the paths that root installed
    and other users cannot use.
    """

    current: str = ""
    versions: t.Tuple[str, ...] = ()
    damaged: t.Tuple[str, ...] = ()
    links: t.Dict[str, str] = field(default_factory=dict)
    completions: t.Dict[str, str] = field(default_factory=dict)
    leftovers: t.Tuple[str, ...] = ()
    closed: t.Tuple[str, ...] = ()


class Tree:
    """One installation: the versions in *install_dir* and the links in *bin_dir*.

    Completion files are below *share_dir*; with None, they are neither read nor written.
    """

    def __init__(self, install_dir: str, bin_dir: str, share_dir: t.Optional[str]) -> None:
        self.install_dir = os.path.abspath(install_dir)
        self.bin_dir = os.path.abspath(bin_dir)
        self.executable = os.path.join(self.bin_dir, "aws")
        self.versions_dir = os.path.join(self.install_dir, "v2")
        self.progress_path = os.path.join(self.versions_dir, OWN_PREFIX + "progress")
        self._current = os.path.join(self.versions_dir, "current")
        self._contents: t.Dict[str, Contents] = {}
        self.wanted_links = {
            os.path.join(self.bin_dir, name): os.path.join(self._current, "bin", name) for name in PROGRAMS
        }
        completer = os.path.join(self.bin_dir, "aws_completer")
        self.wanted_completions = completion_files(completer, share_dir) if share_dir else {}

    # reading

    def read(self) -> State:
        """The state on disk, without *damaged* and *closed*: that a version is damaged shows when it runs.

        Raises WorkstationError for directories that another user could change, as root.
        """
        self._require_trusted()
        self._contents.clear()
        entries = names(self.versions_dir)
        versions = tuple(sorted(filter(self._is_version, entries), key=LooseVersion))
        return State(
            current=self._read_current(versions),
            versions=versions,
            links={link: target for link in self.wanted_links for target in [_link_target(link)] if target},
            completions={
                path: content for path in self.wanted_completions for content in [_text(path)] if content
            },
            leftovers=tuple(
                sorted(name for name in entries if is_leftover(os.path.join(self.versions_dir, name)))
            ),
        )

    def _is_version(self, name: str) -> bool:
        return bool(VERSION.fullmatch(name)) and is_version_directory(self.version_directory(name))

    def _read_current(self, versions: t.Sequence[str]) -> str:
        """The version that C(current) links to, or the target or kind of what is there instead.

        "" for a file, directory or link of another program.
        """
        target = _link_target(self._current)
        if target == NOT_A_LINK:
            return target if is_version_directory(self._current) or is_empty(self._current) else ""
        directory, version = os.path.split(target)
        if not VERSION.fullmatch(version):
            return target if target == self.versions_dir else ""
        if os.path.realpath(directory) == os.path.realpath(self.versions_dir) and version in versions:
            return version
        return "" if os.path.exists(target) else target

    def version_directory(self, version: str) -> str:
        return os.path.join(self.versions_dir, version)

    def contents(self, version: str) -> Contents:
        """What the directory of *version*, one of the versions of read(), contained at first sight."""
        if version not in self._contents:
            self._contents[version] = contents(self.version_directory(version))
        return self._contents[version]

    def closed(self, state: State) -> t.Tuple[str, ...]:
        """As root, the parts of *state* that not all users of the host can use."""
        if os.geteuid() != 0:
            return ()
        paths = [self.install_dir, self.versions_dir]
        if all(name.startswith(OWN_PREFIX) or name in PROGRAMS for name in names(self.bin_dir)):
            paths.append(self.bin_dir)  # it contains nothing else, so AWS's installer may have created it
        paths += [path for path, text in state.completions.items() if is_managed(text)]
        found = [path for path in paths if os.path.exists(path) and is_closed(os.stat(path))]
        for version in state.versions:
            seen = self.contents(version)
            if seen.closed and not seen.untrusted:
                found.append(self.version_directory(version))
        return tuple(sorted(found))

    def barriers(self) -> t.List[str]:
        """As root, the directories above the installation that other users cannot enter."""
        found = map(closed_directory_above, (self.install_dir, self.bin_dir))
        return list(dict.fromkeys(filter(None, found)))

    def processes(self, versions: t.Iterable[str]) -> t.Dict[str, t.List[int]]:
        """The IDs of the processes that run from each of *versions*; the others are left out."""
        return processes_in({version: self.version_directory(version) for version in versions})

    def owns(self, target: str) -> bool:
        """Whether *target* is in the directory of the versions."""
        return target.startswith(self.versions_dir + os.sep)

    # refusing

    def _require_trusted(self) -> None:
        """As root, refuse directories that another user could change. Raises WorkstationError."""
        for path in (self.versions_dir, self.bin_dir):
            require_trusted(path)
        for path in self.wanted_completions:
            require_trusted(path, "completion=false")

    def untrusted_file(self, version: str) -> t.Optional[Untrusted]:
        """As root, a file of *version* that another user could change, so that it must not be run."""
        return self.contents(version).untrusted

    def require_free(self, state: State, version: t.Optional[str]) -> None:
        """Refuse to replace files of other programs. *version* is None if it is not known yet.

        Raises WorkstationError.
        """
        for path, target in state.links.items():
            if target == NOT_A_LINK:
                raise WorkstationError(
                    f"{path} is not a symlink created by AWS CLI v2. {_removal(path)}, or set another"
                    " bin_dir."
                )
        foreign = self._foreign_entries(state)
        in_place = [name for name in foreign if name == version or self._is_foreign_current(name)]
        if in_place or (foreign and not (state.versions or state.leftovers or state.current)):
            raise WorkstationError(
                f"{self.versions_dir} contains files of another program than AWS CLI v2:"
                f" {shortened_list(in_place or foreign, most=3)}. Set another install_dir, or move them away."
            )

    def require_usable(self, before: State, after: State) -> None:
        """Refuse directories in which *before* cannot become *after*, and that would be noticed too late.

        Raises WorkstationError and OSError.
        """
        require_directory(self.versions_dir, "install_dir")
        require_directory(self.bin_dir, "bin_dir")
        directories = [self.versions_dir, *([self.bin_dir] if after.links != before.links else [])]
        for path in self.wanted_completions:
            require_directory(os.path.dirname(path), "bin_dir, or completion=false")
            if after.completions.get(path) != before.completions.get(path):
                directories.append(os.path.dirname(path))
        for directory in directories:
            require_writable(directory)

    def foreign_links(self, before: State, after: State) -> t.Dict[str, str]:
        """The links that *after* replaces, and that lead to another program; with their targets."""
        return {
            path: target
            for path, target in before.links.items()
            if target != after.links.get(path, target) and target != NOT_A_LINK and not self.owns(target)
        }

    def _foreign_entries(self, state: State) -> t.List[str]:
        """The visible entries of the directory of the versions that are not part of an AWS CLI."""
        ours = {*state.versions, *state.leftovers, *_MOUNTED, *(["current"] if state.current else [])}
        return sorted(
            name
            for name in names(self.versions_dir)
            if name not in ours
            and not name.startswith(".")
            and not is_empty(os.path.join(self.versions_dir, name))
        )

    def _is_foreign_current(self, name: str) -> bool:
        """Whether *name* is a C(current) that is no link, so that a link cannot simply replace it."""
        return name == "current" and not os.path.islink(self._current)

    # changing

    @contextlib.contextmanager
    def staging(self) -> t.Iterator[str]:
        """A temporary private directory beside the versions, on the same file system."""
        kept = {path for path in (self.versions_dir, self.install_dir) if _is_empty_directory(path)}
        make_trusted_directory(self.versions_dir)
        directory = tempfile.mkdtemp(prefix=OWN_PREFIX, dir=self.versions_dir)
        try:
            yield directory
        finally:
            with contextlib.suppress(OSError):
                os.unlink(self.progress_path)
            shutil.rmtree(directory, ignore_errors=True)
            self._remove_empty_directories(kept)

    def complete_staged(self, staged: str) -> None:
        """Add to an unpacked C(staged/dist) what AWS's installer adds."""
        os.makedirs(os.path.join(staged, "bin"))
        for name in PROGRAMS:
            os.symlink(os.path.join("..", "dist", name), os.path.join(staged, "bin", name))
        data = os.path.join(staged, "dist", "awscli", "data")
        if os.path.isdir(data):  # `aws update` reads what to replace, since 2.36.0
            path = os.path.join(data, "install.json")
            with contextlib.suppress(FileNotFoundError):  # the archive must not decide what is written to
                os.unlink(path)
            with open(path, "x", encoding="utf-8") as stream:
                json.dump({"install_dir": self.install_dir, "bin_dir": self.bin_dir}, stream, indent=2)

    @staticmethod
    def write_record(staged: str, facts: t.Mapping[str, str]) -> None:
        write_record(staged, facts, contents(staged).names or ())

    def adopt_record(self, staged: str, version: str) -> None:
        """Keep the version directory, which has the same content as the staged tree, with its record."""
        os.replace(os.path.join(staged, RECORD), os.path.join(self.version_directory(version), RECORD))

    def record(self, version: str) -> t.Dict[str, str]:
        return read_facts(os.path.join(self.version_directory(version), RECORD))

    def adopt(self, staged: str, version: str, staging: str) -> None:
        """Make the staged tree the version directory; the previous one is removed with *staging*."""
        directory = self.version_directory(version)
        if os.path.lexists(directory):
            os.rename(directory, os.path.join(staging, "replaced"))
        os.rename(staged, directory)

    def select(self, version: str, staging: str) -> None:
        if _link_target(self._current) == NOT_A_LINK:
            self.remove_current(staging)
        _replace_link(self._current, self.version_directory(version), os.path.join(staging, "link"))

    def link(self, path: str, target: str) -> None:
        make_trusted_directory(self.bin_dir)
        _replace_link(path, target, _interrupted(path))

    def require_changeable(self, before: State, after: State) -> None:
        """Create what a link would be created from, and remove it: nothing may fail when the CLI is in place.

        Raises OSError.
        """
        if after.links != before.links and os.path.isdir(self.bin_dir):
            temporary = _interrupted(self.executable)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            os.symlink(self.executable, temporary)
            os.unlink(temporary)

    def remove_interrupted_links(self) -> None:
        """Remove the links that a killed run created and did not rename."""
        for path in map(_interrupted, self.wanted_links):
            if os.path.islink(path):
                os.unlink(path)

    @staticmethod
    def write_completion(path: str, content: str) -> None:
        make_trusted_directory(os.path.dirname(path))
        replace_file(path, content.encode(), mode=0o644)

    def open_to_all(self, path: str) -> None:
        """Let all users use *path*, which closed() returned."""
        if path in (self.install_dir, self.versions_dir, self.bin_dir):
            open_directory_to_all(path)
        else:
            open_to_all(path)

    def discard(self, entries: t.Iterable[str], staging: str) -> None:
        """Move entries of the versions directory to the staging directory, which removes them later."""
        for name in entries:
            path = os.path.join(self.versions_dir, name)
            if path != staging:
                os.rename(path, os.path.join(staging, f"discarded-{name}"))

    def remove_current(self, staging: str) -> None:
        os.rename(self._current, os.path.join(staging, "old-current"))

    def _remove_empty_directories(self, kept: t.Container[str]) -> None:
        """Remove the directories that are empty now, but for those *kept* that were empty before."""
        with contextlib.suppress(OSError):
            for path in (self.versions_dir, self.install_dir):
                if path in kept:
                    return
                os.rmdir(path)


def _removal(path: str) -> str:
    other = identify(path)
    if other.removal:
        return f"It was installed by {other.kind}: remove it first with {other.removal}"
    return "Remove it first (AWS CLI v1: pip uninstall awscli)"


def _interrupted(path: str) -> str:
    """Where the link *path* is created before it is renamed."""
    return os.path.join(os.path.dirname(path), OWN_PREFIX + os.path.basename(path))


def _is_empty_directory(path: str) -> bool:
    return os.path.isdir(path) and not names(path)


def _link_target(path: str) -> str:
    """The absolute target of the link *path*; "" if it does not exist, NOT_A_LINK if it is no link."""
    if os.path.islink(path):
        return os.path.normpath(os.path.join(os.path.dirname(path), os.readlink(path)))
    return NOT_A_LINK if os.path.lexists(path) else ""


def _replace_link(path: str, target: str, temporary: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)
    os.symlink(target, temporary)
    os.replace(temporary, path)


def _text(path: str) -> str:
    """The content of a completion file; "" if it is missing."""
    try:
        return read_file(path, LARGEST_COMPLETION).decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except WorkstationError:  # something else than a file, or than such a file, which is not managed
        return NOT_A_COMPLETION
