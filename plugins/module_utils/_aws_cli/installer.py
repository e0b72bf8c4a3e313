# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs, upgrades, downgrades, repairs and removes AWS CLI v2 on a host.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import typing as t
from dataclasses import dataclass, field, replace

from ansible.module_utils.compat.version import LooseVersion

from .._errors import WorkstationError
from .._files.lock import locked
from .._host.commands import RunCommand
from .._installed_cli.failures import start_failure, translate_errors
from .._installed_cli.other_programs import identify
from .._installed_cli.record import is_complete
from .._text import shortened_list
from .archive import unpack
from .completion import is_managed
from .download import DownloadFailed
from .layout import VERSION
from .source import Bundle, NoVersionFile, Source
from .tree import State, Tree
from .urls import displayable, is_url

LOCK_SECONDS = 1800
"""How long to wait for another task on the same host, which may download 70 MB over a slow connection."""
VERSION_OUTPUT = re.compile(rf"aws-cli/({VERSION.pattern})[\s+]")
UNKNOWN_VERSION = "the version in the archive"
NO_BUNDLE = Bundle("")


class DoesNotRun(WorkstationError):
    """The new AWS CLI does not run on this host; the old one stays."""


@dataclass(frozen=True)
class DesiredState:
    """The options that define the desired state; *version* None accepts any working version.

    No version older than *minimum_version* is accepted.
    """

    state: str
    version: t.Optional[str]
    keep_versions: int
    completion: bool
    minimum_version: t.Optional[str] = None

    def accepts(self, version: str) -> bool:
        """Whether *version* is not older than the minimum."""
        return not self.minimum_version or LooseVersion(version) >= LooseVersion(self.minimum_version)

    def require_accepted(self, version: str, subject: str) -> None:
        """Refuse a *version* that is too old; *subject* is the beginning of a sentence about it.

        Raises WorkstationError.
        """
        if not self.accepts(version):
            raise WorkstationError(
                f"{subject} AWS CLI {version}, which is older than minimum_version {self.minimum_version}."
                " Use a mirror or an archive that is up to date, or lower minimum_version."
            )


@dataclass
class InstallResult:
    """What was changed, or would be."""

    before: State
    after: State
    source: str = ""
    verified_by: str = ""
    warnings: t.List[str] = field(default_factory=list)
    replaced_links: t.Dict[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def previous_version(self) -> str:
        """The version that was current before; "" if there was none or it is repaired."""
        current = self.before.current
        return current if current in self.before.versions and current not in self.before.damaged else ""

    @property
    def removed_versions(self) -> t.List[str]:
        return [version for version in self.before.versions if version not in self.after.versions]

    def keep(self, processes: t.Mapping[str, t.Sequence[int]]) -> None:
        """Do not remove the versions that *processes* run from, which maps versions to process IDs."""
        versions = sorted([*self.after.versions, *processes], key=LooseVersion)
        self.after = replace(self.after, versions=tuple(versions))
        self.warnings += map(_kept_warning, processes.items())


class Installer:
    """Turns the state of a tree into the desired one.

    *run* executes a program with a scratch home directory, returns its exit code, output and errors, and
    raises OSError for one that cannot be started. *debug* receives the decisions.
    """

    def __init__(
        self,
        tree: Tree,
        source: Source,
        desired: DesiredState,
        run: RunCommand,
        debug: t.Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._tree = tree
        self._source = source
        self._desired = desired
        self._run = run
        self._debug = debug
        self._latest = ""
        self._not_run = ""
        self._found_working: t.Dict[str, bool] = {}
        self.executable = tree.executable
        self.progress_path = tree.progress_path
        self.architecture = source.architecture

    def record(self, version: str) -> t.Dict[str, str]:
        """The record of the installation of *version*; empty if there is none."""
        return self._tree.record(version) if VERSION.fullmatch(version) else {}

    def describe(self, state: State) -> str:
        """A state as lines of text, to be shown as a diff."""
        wanted = self._tree.wanted_completions
        lines = [
            *(f"version {version}{' (damaged)' * (version in state.damaged)}" for version in state.versions),
            *(f"current {version}" for version in [state.current] if version),
            *(f"link {path} -> {target}" for path, target in sorted(state.links.items())),
            *(
                f"completion {path}{' (other content)' * (text != wanted.get(path))}"
                for path, text in sorted(state.completions.items())
            ),
            *(f"leftover {name}" for name in state.leftovers),
            *(f"not usable by all users {path}" for path in state.closed),
        ]
        return "".join(line + "\n" for line in lines)

    def preview(self) -> InstallResult:
        """What converge() would change; changes nothing. Raises WorkstationError and OSError."""
        with translate_errors(self._tree.install_dir):
            before, version = self._examine()
            source = self._needed_bundle(before, version)
            if version is None:
                version = self._source.named_version() or UNKNOWN_VERSION
            if version:
                self._require_possible(before, version)
                self._require_usable_directories(before, version)
            return self._result(before, version, source)

    def converge(self) -> InstallResult:
        """Ensure the desired state. Raises WorkstationError, LockTimeout and OSError."""
        with translate_errors(self._tree.install_dir):
            before, version = self._examine()
            if version is not None:
                result = self._result(before, version)
                if not result.changed:
                    return result
            with locked(self._tree.install_dir, LOCK_SECONDS), _open_umask():
                before, version = self._examine()
                self._require_usable_directories(before, version)
                with self._tree.staging() as staging:
                    return self._change(before, version, staging)

    def _examine(self) -> t.Tuple[State, t.Optional[str]]:
        """The state, and the desired version: "" for none, None for the one that the archive contains."""
        self._found_working.clear()
        state = self._tree.read()
        if self._desired.state == "absent":
            return state, ""
        version = self._target_version(state)
        state = replace(state, closed=self._tree.closed(state))
        if version in state.versions and not self._works(version):
            state = replace(state, damaged=(version,))
        self._debug(
            f"aws_cli: versions {list(state.versions)}, damaged {list(state.damaged)}, current"
            f" {state.current or 'none'}, desired {version or 'that of the archive'}"
        )
        return state, version

    def _target_version(self, state: State) -> t.Optional[str]:
        if self._desired.version:
            return self._desired.version
        if self._desired.state == "latest":
            return self._latest_version(state)
        acceptable = [version for version in state.versions if self._desired.accepts(version)]
        if state.current in acceptable and (self._source.location is None or self._works(state.current)):
            return state.current
        if self._source.location is not None:
            return None
        ready = (version for version in reversed(acceptable) if self._works(version))
        return next(ready, None) or self._latest_version(state)

    def _latest_version(self, state: State) -> t.Optional[str]:
        """The latest available version, or a newer one that works here: a mirror may lag behind.

        None for the version in the archive of a mirror that does not say which one that is.
        """
        try:
            self._latest = self._latest or self._source.latest_version()
        except NoVersionFile as error:
            return self._version_without_a_number(state, error)
        version = state.current if self._is_newer(state, self._latest) else self._latest
        self._desired.require_accepted(
            version, f"The latest version below {displayable(self._source.base_url)} is"
        )
        return version

    def _is_newer(self, state: State, version: str) -> bool:
        """Whether the current version works and is newer than *version*."""
        newer = state.current in state.versions and LooseVersion(state.current) > LooseVersion(version)
        return newer and self._works(state.current)

    def _version_without_a_number(self, state: State, missing: NoVersionFile) -> t.Optional[str]:
        """The current version if it was installed from the one archive of the mirror, else None."""
        archive = self._source.without_versions()
        try:
            signature = archive.signature_sha256()
        except DownloadFailed:
            raise missing from None
        if archive.verifier is None:
            raise WorkstationError(f"{missing} Without it, verify_signature must be true.")
        self._source = archive
        known = state.current in state.versions and self.record(state.current).get("signature_sha256")
        return state.current if known == signature and self._works(state.current) else None

    def _require_possible(self, before: State, version: str) -> None:
        """Refuse a *version* that is too old or that would replace other files. Raises WorkstationError."""
        if VERSION.fullmatch(version):
            self._desired.require_accepted(version, "The archive contains")
        self._tree.require_free(before, version)

    def _result(
        self, before: State, version: str, source: str = "", bundle: Bundle = NO_BUNDLE
    ) -> InstallResult:
        dropped = self._dropped(before, version)
        processes = self._tree.processes(dropped)
        after = self._after(before, version, [name for name in dropped if name not in processes])
        links = self._tree.foreign_links(before, after)
        warnings = [bundle.warning, self._link_warning(links), *map(_kept_warning, processes.items())]
        warnings += map(_barrier_warning, self._tree.barriers() if after.current else ())
        return InstallResult(before, after, source, bundle.verified_by, list(filter(None, warnings)), links)

    def _link_warning(self, links: t.Mapping[str, str]) -> str:
        """The warning about *links* to another program that works."""
        path = next((path for path, target in sorted(links.items()) if os.path.exists(target)), "")
        if not path:
            return ""
        other = identify(path)
        kind, advice = (f", installed by {other.kind}", f" {other.advice}.") if other.kind else ("", "")
        return (
            f"{path} is a link to another program, {links[path]}{kind}. It is replaced by a link to the AWS"
            f" CLI in {self._tree.install_dir}.{advice}"
        )

    def _dropped(self, before: State, version: str) -> t.List[str]:
        """The versions that are not needed beside *version*, oldest first."""
        others = [other for other in before.versions if other != version]
        most = self._desired.keep_versions - 1 if version else 0
        return others[: max(0, len(others) - most)]

    def _require_usable_directories(self, before: State, version: t.Optional[str]) -> None:
        """Refuse directories that cannot be changed as required. Raises WorkstationError and OSError."""
        after = self._after(before, UNKNOWN_VERSION if version is None else version, ())
        if version != "" and before != after:
            self._tree.require_usable(before, after)

    def _after(self, before: State, version: str, removed: t.Container[str]) -> State:
        others = [other for other in before.versions if other != version and other not in removed]
        if not version:
            return State(
                versions=tuple(others),
                links={path: target for path, target in before.links.items() if not self._tree.owns(target)},
                completions={path: text for path, text in before.completions.items() if not is_managed(text)},
            )
        kept = [*others, version]
        completions = before.completions
        if self._desired.completion:
            foreign = {path: text for path, text in completions.items() if not is_managed(text)}
            completions = {**self._tree.wanted_completions, **foreign}
        return State(
            current=version,
            versions=tuple(sorted(kept, key=LooseVersion)) if VERSION.fullmatch(version) else tuple(kept),
            links=self._tree.wanted_links,
            completions=completions,
        )

    def _needed_bundle(self, before: State, version: t.Optional[str]) -> str:
        """The displayable location of the archive that *version* requires; "" if it requires none."""
        if version == "" or (version in before.versions and version not in before.damaged):
            return ""
        location = self._source.archive_location(version)
        return displayable(location) if is_url(location) else location

    def _change(self, before: State, version: t.Optional[str], staging: str) -> InstallResult:
        bundle = NO_BUNDLE
        if version is None or version:
            expected = version or self._source.named_version() or UNKNOWN_VERSION
            self._require_possible(before, expected)
            self._tree.require_changeable(before, self._after(before, expected, ()))
        source = self._needed_bundle(before, version)
        if source or version is None:
            self._debug(f"aws_cli: installing from {source}")
            bundle = self._obtain(version, staging)
            self._debug(f"aws_cli: archive verified by {bundle.verified_by or 'nothing'}")
            staged = os.path.join(staging, "tree")
            version = self._stage(bundle.path, version, staged)
            self._tree.write_record(
                staged,
                {
                    "version": version,
                    "source": source,
                    "verified_by": bundle.verified_by,
                    **bundle.provenance,
                },
            )
            self._require_possible(before, version)
            if self._desired.state == "latest" and self._is_newer(before, version):
                version = before.current
            elif version in before.versions and self._works(version):
                self._tree.adopt_record(staged, version)
            else:
                self._tree.adopt(staged, version, staging)
        result = self._result(before, version, source, bundle)
        self._apply(result, staging)
        return result

    def _obtain(self, version: t.Optional[str], staging: str) -> Bundle:
        """The verified archive of *version*. Raises WorkstationError and OSError."""
        try:
            return self._source.obtain(version, staging)
        except WorkstationError as error:
            if not self._not_run:
                raise
            raise WorkstationError(f"{error} The archive is required because {self._not_run}.") from error

    def _stage(self, bundle_path: str, expected: t.Optional[str], staged: str) -> str:
        """Unpack an archive to *staged* and return the version that its CLI reports.

        It must be *expected*: a mirror could offer a signed archive of an old version as a new one.
        Raises DoesNotRun and WorkstationError.
        """
        os.mkdir(staged)
        unpack(bundle_path, os.path.join(staged, "dist"))
        os.unlink(bundle_path)
        self._tree.complete_staged(staged)
        version = self._reported_version(staged)
        if expected not in (None, version):
            raise WorkstationError(
                f"The archive contains AWS CLI {version}, not the requested version {expected}."
            )
        return version

    def _apply(self, result: InstallResult, staging: str) -> None:
        """Make the changes of *result*, in an order that leaves a working CLI whenever it is killed."""
        before, after = result.before, result.after
        self._tree.remove_interrupted_links()
        if after.current and after.current != before.current:
            self._tree.select(after.current, staging)
        for path, target in after.links.items():
            if target != before.links.get(path):
                self._tree.link(path, target)
        for path, content in after.completions.items():
            if content != before.completions.get(path):
                self._tree.write_completion(path, content)
        for path in [*(before.links.keys() - after.links), *(before.completions.keys() - after.completions)]:
            os.unlink(path)
        if before.current and not after.current:
            self._tree.remove_current(staging)
        removed = result.removed_versions
        gone = {self._tree.version_directory(version) for version in removed}
        for path in before.closed:
            if path not in gone:
                self._tree.open_to_all(path)
        started = self._tree.processes(removed)  # before the links were changed
        result.keep(started)
        self._tree.discard([*result.removed_versions, *before.leftovers], staging)

    def _works(self, version: str) -> bool:
        if version not in self._found_working:
            self._found_working[version] = self._runs_as(version)
        return self._found_working[version]

    def _runs_as(self, version: str) -> bool:
        directory = self._tree.version_directory(version)
        if not os.path.exists(os.path.join(directory, "bin", "aws_completer")):
            return False  # written last by AWS's installer: without it, that one was interrupted
        untrusted = self._tree.untrusted_file(version)
        if untrusted:
            self._not_run = f"version {version} is not run as root: {untrusted}"
            self._debug(f"aws_cli: {self._not_run}")
            return False
        names = self._tree.contents(version).names
        if names is not None and not is_complete(directory, names):
            return False
        try:
            return self._reported_version(directory) == version
        except DoesNotRun:
            return False

    def _reported_version(self, directory: str) -> str:
        """The version that the CLI in a version directory reports. Raises DoesNotRun."""
        executable = os.path.join(directory, "bin", "aws")
        try:
            status, output, errors = self._run([executable, "--version"])
        except OSError as error:
            raise DoesNotRun(start_failure(error, self._tree.install_dir)) from error
        reported = VERSION_OUTPUT.match(output)
        if status != 0 or not reported:
            reason = (errors or output).strip() or f"exit code {status}"
            raise DoesNotRun(f"The new AWS CLI does not run on this host: {reason.rstrip('.')}.")
        return reported.group(1)


def _kept_warning(kept: t.Tuple[str, t.Sequence[int]]) -> str:
    version, processes = kept
    listed = shortened_list(list(map(str, processes)), most=3)
    return (
        f"AWS CLI {version} is not removed yet, because it is running (process ID {listed})."
        " Run this task again when it has finished."
    )


def _barrier_warning(directory: str) -> str:
    return (
        f"Only root can use this AWS CLI, because other users cannot enter {directory}. Allow it with"
        f" chmod a+x {shlex.quote(directory)}, or set other directories in install_dir and bin_dir."
    )


@contextlib.contextmanager
def _open_umask() -> t.Iterator[None]:
    """Installed files are readable by all users of the host, whatever the umask of the installing user is."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)
