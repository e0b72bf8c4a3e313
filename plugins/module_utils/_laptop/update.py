# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An update, from the request for the manifest to the report.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import typing as t

from ._bundle.manifest import Manifest
from ._installation.paths import Paths
from ._installation.state import State, Status


class Laptop(t.NamedTuple):
    """*host* is the name in reports and for the rollout, *environment* such as 3.12-x86_64."""

    host: str
    environment: str


class Options(t.NamedTuple):
    """*scheduled*: nobody is there to answer a question. *check*: change nothing, and say what is available.

    *retry*: install a version again whose run failed.
    """

    scheduled: bool = False
    check: bool = False
    retry: bool = False


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


PrepareEnvironment = t.Callable[[str, Manifest], None]
"""Create the virtual environment and install the collection in the directory of a version.

The files of the manifest are in that directory, without their folders. What an interrupted attempt left was
removed. Raises WorkstationError or OSError.
"""
RunPlaybook = t.Callable[[Run], RunResult]
"""Run the playbook. Raises WorkstationError or OSError, as if the run had failed."""
ApplySettings = t.Callable[[Manifest], None]
"""After a version was switched to: update the timer or login-shell hook, and the command."""
AfterUpdate = t.Callable[[State], None]
"""After each update, with the new state: write and deliver the report, or write the notice.

It may change *reported*. Errors are shown, and do not change the outcome.
"""


class Tools(t.NamedTuple):
    """What an update calls; *show* prints a line for a person."""

    prepare_environment: PrepareEnvironment
    run_playbook: RunPlaybook
    apply_settings: ApplySettings
    after_update: t.Sequence[AfterUpdate]
    show: t.Callable[[str], None]
    now: t.Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.timezone.utc)


class Result(t.NamedTuple):
    """The status, and the exit status of the command."""

    status: Status
    exit_status: int


def update(paths: Paths, laptop: Laptop, options: Options, tools: Tools) -> Result:
    """Install the bundle if there is something new, and run its playbook if that is due.

    Raises WorkstationError if the laptop is not set up, or if another update is running.
    """
    raise NotImplementedError
