# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An update, from the request for the manifest to the report.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import functools
import time
import typing as t

from .._errors import WorkstationError
from .._files.errors import file_error_text
from .._files.lock import LockTimeout
from ._bundle.acceptance import CLOCK_TOLERANCE
from ._bundle.errors import Refused, Unreachable
from ._bundle.manifest import Manifest
from ._bundle.rollout import decide
from ._bundle.source import PATIENT_PAUSES, PAUSES, Source
from ._installation import state as states
from ._installation import trust as trusts
from ._installation import versions
from ._installation.follower import Follower
from ._installation.paths import Paths
from ._installation.state import FailedVersion, Outcome, State, Status
from ._installation.versions import InstalledVersion, PrepareEnvironment

_TRY_AGAIN = datetime.timedelta(hours=12)
"""After a run that failed, or that requires a sign-in; the daily timer has a random delay."""

_ANOTHER_UPDATE = "Another update is running on this laptop; this one changed nothing."
_AGAIN = "run workstation-update"
_EXIT_STATUS = {
    Outcome.FAILED: 1,
    Outcome.ROLLED_BACK: 1,
    Outcome.REFUSED: 1,
    Outcome.SIGN_IN_REQUIRED: 3,
    Outcome.PASSWORD_REQUIRED: 3,
}


class Laptop(t.NamedTuple):
    """*host* is the name in reports and for the rollout, *environment* such as 3.12-x86_64."""

    host: str
    environment: str


class Options(t.NamedTuple):
    """*scheduled*: nobody is there to answer a question. *check*: change nothing, and say what is available.

    *retry*: install a version again whose run failed. *repair*: run the playbook even if nothing is due.
    """

    scheduled: bool = False
    check: bool = False
    retry: bool = False
    repair: bool = False


class Run(t.NamedTuple):
    """A run of the playbook of the version in *directory*.

    *system_applied* is whether the tasks of this version for the whole system have run before.
    """

    directory: str
    manifest: Manifest
    scheduled: bool
    system_applied: bool


class RunResult(t.NamedTuple):
    """The outcome OK, FAILED, SIGN_IN_REQUIRED or PASSWORD_REQUIRED.

    *system_applied* is whether the tasks for the whole system have run now.
    """

    status: Status
    system_applied: bool


RunPlaybook = t.Callable[[Run], RunResult]
"""Run the playbook. Raises WorkstationError or OSError, as if the run had failed."""
ApplySettings = t.Callable[[Manifest], None]
"""After a version was switched to: update the timer or login-shell hook, and the command.

Called again by the next update if it raised WorkstationError or OSError, or if the process was killed.
"""
AfterUpdate = t.Callable[[State], None]
"""After each update, with the new state: write and deliver the report, or write the notice.

It may change *reported*. Raises WorkstationError or OSError, which are shown and do not change the outcome.
"""


class Tools(t.NamedTuple):
    """What an update calls; *show* prints a line for a person."""

    prepare_environment: PrepareEnvironment
    run_playbook: RunPlaybook
    apply_settings: ApplySettings
    after_update: t.Sequence[AfterUpdate]
    show: t.Callable[[str], None]
    now: t.Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.timezone.utc)
    sleep: t.Callable[[float], None] = time.sleep


class Result(t.NamedTuple):
    """The status, and the exit status of the command."""

    status: Status
    exit_status: int


def update(paths: Paths, laptop: Laptop, options: Options, tools: Tools) -> Result:
    """Install the bundle if there is something new, and run its playbook if that is due.

    Raises WorkstationError if the laptop is not set up, and OSError if there is no room for the state.
    """
    trust = trusts.load(paths)
    try:
        with states.exclusive(paths):
            return _Update(paths, trust, laptop, options, tools).result()
    except LockTimeout:
        return Result(Status(message=_ANOTHER_UPDATE), 0 if options.scheduled else 1)


class _Update:
    """One update, while no other one is running."""

    def __init__(
        self, paths: Paths, trust: trusts.Trust, laptop: Laptop, options: Options, tools: Tools
    ) -> None:
        self._paths = paths
        self._laptop = laptop
        self._options = options
        self._tools = tools
        self._state = states.load(paths)
        self._idle = False
        self._source = Source(
            trust.url, pauses=PATIENT_PAUSES if options.scheduled else PAUSES, sleep=tools.sleep
        )
        self._follower = Follower(paths, trust, self._source, self._state, tools.sleep, options.check)

    def result(self) -> Result:
        status = self._status()
        if not self._options.check:
            self._state.status = status
            self._save()
            for action in self._tools.after_update:
                self._attempt(functools.partial(action, self._state))
            self._save()
        return Result(status, self._exit_status(status.outcome))

    def _exit_status(self, outcome: Outcome) -> int:
        """A failure that is known, and for which nothing was done now, is no failure of the timer."""
        if self._idle and outcome in (Outcome.FAILED, Outcome.ROLLED_BACK):
            return 0
        if outcome == Outcome.OFFLINE and not self._options.scheduled and not versions.current(self._paths):
            return 1
        return _EXIT_STATUS.get(outcome, 0)

    def _status(self) -> Status:
        try:
            return self._check() if self._options.check else self._updated()
        except Unreachable as error:
            return Status(Outcome.OFFLINE, str(error), "This laptop tries again later.")
        except Refused as error:
            return Status(Outcome.REFUSED, str(error), error.fix)
        except (WorkstationError, OSError) as error:
            return Status(Outcome.FAILED, _text(error))

    def _check(self) -> Status:
        manifest = self._follower.latest(self._tools.now())
        current = versions.current(self._paths)
        if current and current.manifest.content_id == manifest.content_id:
            return Status(message=f"Version {manifest.version} is installed, and there is no newer one.")
        decision = decide(manifest, self._laptop.host, self._tools.now())
        failed = self._failed_before(manifest)
        more = f" Its run failed before: {failed.message}" if failed else f" {decision.reason}"
        return Status(message=f"Version {manifest.version} is available.{more.rstrip()}")

    def _updated(self) -> Status:
        current = self._recover()
        try:
            manifest = self._follower.latest(self._tools.now())
        except Unreachable as error:
            if self._options.scheduled or not current or not self._is_due(current):
                raise
            self._tools.show(f"{error} Version {current.manifest.version}, which is installed, is used.")
            return self._run_current(current)
        self._state.available = manifest.version
        if current is None:
            return self._install(manifest, None)
        if current.manifest.content_id == manifest.content_id:
            return self._maintain(current, manifest)
        failed = self._failed_before(manifest)
        if failed:
            self._tools.show(f"Version {manifest.version} is not installed again, because its run failed.")
            status = self._maintain(current)
            return status if _needs_somebody(status) else _rolled_back(failed, manifest)
        decision = decide(manifest, self._laptop.host, self._tools.now())
        if not decision.install:
            self._tools.show(decision.reason)
            return self._maintain(current)
        return self._install(manifest, current)

    def _recover(self) -> t.Optional[InstalledVersion]:
        """The version in use, after what a killed update or a lost state left undone."""
        state, current = self._state, versions.current(self._paths)
        if current is None:
            state.applied = ""
            return None
        state.serial = max(state.serial, current.manifest.serial)
        if state.applied != current.manifest.content_id:
            self._apply(current)
        return current

    def _failed_before(self, manifest: Manifest) -> t.Optional[FailedVersion]:
        """The failure for which the timer does not install the version of *manifest*.

        If the version before failed after it as well, the reason may be another one: it is tried again.
        """
        state, failed = self._state, self._state.failed
        if not failed or failed.content_id != manifest.content_id:
            return None
        if self._options.retry or not (self._options.scheduled or self._options.check):
            return None
        again = state.run.outcome == Outcome.FAILED and self._has_passed(_TRY_AGAIN, failed.time)
        return None if again else failed

    def _maintain(self, current: InstalledVersion, published: t.Optional[Manifest] = None) -> Status:
        """Run the playbook of the version in use again if that is due."""
        if self._is_due(current):
            if published:
                self._prepare(published)
            return self._run_current(current)
        self._idle = True
        if self._state.run.outcome == Outcome.OK:
            self._tools.show(f"Version {current.manifest.version} is installed, and nothing is to be done.")
        return self._state.run

    def _is_due(self, current: InstalledVersion) -> bool:
        state, rerun_days = self._state, current.manifest.settings.rerun_days
        if state.unfinished or state.ran is None or self._options.repair:
            return True
        if rerun_days and self._has_passed(datetime.timedelta(days=rerun_days), state.ran):
            return True
        if state.run.outcome == Outcome.OK:
            return False
        if not self._options.scheduled or self._options.retry:
            return True
        return state.run.outcome != Outcome.PASSWORD_REQUIRED and self._has_passed(_TRY_AGAIN, state.ran)

    def _has_passed(self, time_span: datetime.timedelta, since: datetime.datetime) -> bool:
        """A time in the future was noted while the clock was wrong."""
        now = self._tools.now()
        return now - since >= time_span or since - now > CLOCK_TOLERANCE

    def _prepare(self, manifest: Manifest) -> InstalledVersion:
        tools = self._tools
        return versions.prepare(
            self._paths, manifest, self._laptop.environment, self._source, tools.prepare_environment
        )

    def _install(self, manifest: Manifest, previous: t.Optional[InstalledVersion]) -> Status:
        """Without a *previous* version, one whose run failed is used as well: the next run may succeed."""
        self._tools.show(f"Installing version {manifest.version} of the bundle {manifest.name}.")
        version = self._prepare(manifest)
        status = self._run(version)
        if status.outcome == Outcome.FAILED and previous:
            return self._roll_back(version, previous, status)
        versions.switch(self._paths, version)
        self._state.failed = None
        self._finish_run(status)
        self._apply(version)
        versions.prune(self._paths, [previous.directory] if previous else [])
        return status

    def _roll_back(self, version: InstalledVersion, previous: InstalledVersion, status: Status) -> Status:
        """*unfinished* stays in the state until the run of *previous* is complete."""
        manifest = version.manifest
        failed = FailedVersion(manifest.content_id, self._tools.now(), _sentences(status))
        self._state.failed = failed
        self._save()
        self._tools.show(f"Version {manifest.version} failed. Returning to {previous.manifest.version}.")
        again = self._run_current(previous)
        versions.prune(self._paths, [version.directory])
        if again.outcome == Outcome.FAILED:
            message = f"Version {manifest.version} and version {previous.manifest.version} failed."
            return Status(Outcome.FAILED, f"{message} {again.message}", again.fix)
        return _rolled_back(failed, manifest)

    def _run_current(self, version: InstalledVersion) -> Status:
        status = self._run(version)
        self._finish_run(status)
        return status

    def _run(self, version: InstalledVersion) -> Status:
        """Whatever ends this process, the next update runs the playbook of a version to its end."""
        state, manifest = self._state, version.manifest
        state.unfinished = manifest.content_id
        self._save()
        system_applied = state.system_applied == manifest.content_id
        run = Run(version.directory, manifest, self._options.scheduled, system_applied)
        try:
            result = self._tools.run_playbook(run)
        except (WorkstationError, OSError) as error:
            return Status(Outcome.FAILED, _text(error))
        if result.system_applied:
            state.system_applied = manifest.content_id
        return result.status

    def _finish_run(self, status: Status) -> None:
        state = self._state
        state.unfinished, state.ran, state.run = "", self._tools.now(), status
        self._save()

    def _apply(self, version: InstalledVersion) -> None:
        """The state names *version* once its settings are applied."""
        if self._attempt(lambda: self._tools.apply_settings(version.manifest)):
            self._state.applied = version.manifest.content_id
            self._save()

    def _attempt(self, action: t.Callable[[], None]) -> bool:
        try:
            action()
        except (WorkstationError, OSError) as error:
            self._tools.show(_text(error))
            return False
        return True

    def _save(self) -> None:
        states.save(self._paths, self._state)


def _rolled_back(failed: FailedVersion, manifest: Manifest) -> Status:
    message = f"Version {manifest.version} failed, so the version before it is used again: {failed.message}"
    return Status(Outcome.ROLLED_BACK, message, f"To try it again, {_AGAIN}.")


def _needs_somebody(status: Status) -> bool:
    return status.outcome in (Outcome.SIGN_IN_REQUIRED, Outcome.PASSWORD_REQUIRED, Outcome.FAILED)


def _sentences(status: Status) -> str:
    return " ".join(filter(None, [status.message, status.fix]))


def _text(error: Exception) -> str:
    return file_error_text(error, again=_AGAIN) if isinstance(error, OSError) else str(error)
