# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report after an update: written here, and delivered where the company wants it.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import os
import typing as t

from ..._files.atomic import PRIVATE_FILE, replace_file
from ..._text import format_time
from .._bundle import manifest
from .._installation import trust, versions
from .._installation.paths import Paths
from .._installation.state import Outcome, Reported, State, Status
from . import report
from .delivery import deliver, is_due


def report_update(paths: Paths, state: State) -> None:
    """Write the report, and deliver it if it is due. Raises WorkstationError and OSError.

    A laptop that is offline cannot deliver it; the next report contains what has happened.
    """
    if state.status.outcome == Outcome.OFFLINE:
        return
    key = report.read_host_key(paths.host_key)
    host = report.host_name(key.public)
    now = datetime.datetime.now(datetime.timezone.utc)
    fleet, previous = report.read_fleet(paths.run_state), report.read_report(paths.report)
    document = report.document(host, key, _bundle(paths, state), _result(state), fleet, now, previous)
    digest = report.digest(document)
    delivery = _settings(paths)
    known = state.reported
    due = delivery and is_due(delivery, known.digest if known else "", known.time if known else None, digest)
    if not due and previous and digest == report.digest(previous):
        return
    envelope = report.envelope(document, key)
    replace_file(paths.report, envelope, PRIVATE_FILE)
    if delivery and due:
        deliver(envelope, host, delivery, os.environ)
        state.reported = Reported(now, digest)


def _bundle(paths: Paths, state: State) -> report.BundleState:
    name = trust.load(paths).name
    installed = versions.current(paths)
    if installed is None:
        return report.BundleState(name, available=state.available)
    found = installed.manifest
    return report.BundleState(name, found.version, found.content_id, found.serial, state.available)


def _result(state: State) -> report.Result:
    """What the last run of the playbook left to do counts until another run."""
    status: Status = state.status if state.status.outcome != Outcome.OK else state.run
    ran = format_time(state.ran) if state.ran else ""
    return report.Result(status.outcome.value, status.message, status.fix, ran)


def _settings(paths: Paths) -> t.Optional[manifest.ReportSettings]:
    """Those of the manifest that was accepted last, whose version may have failed."""
    try:
        with open(paths.manifest, "rb") as stream:
            return manifest.parse(stream.read(manifest.LARGEST_MANIFEST)).settings.report
    except (OSError, manifest.ManifestError):
        installed = versions.current(paths)
        return installed.manifest.settings.report if installed else None
