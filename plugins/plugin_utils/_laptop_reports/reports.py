# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges the reports of laptops into the fleet report.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import os
import typing as t
import uuid

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.token_cache import utc_now
from ...module_utils._text import format_time
from .._fleet_report.report import Files, exclusive, read_state, require_valid, write_fleet
from .._fleet_report.state import Reports, Run
from .current_bundle import current_bundle
from .keys import Keys
from .merge import Merge, Source

PLAYBOOK = "fleet_report.yml"


class Options(t.NamedTuple):
    """*keys* is the path of the file of keys, *bundle* as in current_bundle()."""

    directory: str
    keys: str
    files: Files
    expected: t.Sequence[str] = ()
    bundle: str = ""
    new_hosts: bool = True


def merge_reports(options: Options, check_mode: bool = False) -> tuple[dict[str, t.Any], list[str]]:
    """Returns the result of the module, and warnings. Raises WorkstationError."""
    _require_valid(options)
    bundle = current_bundle(options.bundle)
    expected = {host.lower() for host in options.expected}
    now = format_time(utc_now())
    run = Run(uuid.uuid4().hex, now, now, [PLAYBOOK], check_mode)
    with exclusive(options.files):
        state = read_state(options.files.json, check_mode)
        keys = Keys(options.keys)
        merge = Merge(state.fleet, run, Source(options.directory, keys, options.keys, options.new_hosts))
        merge.fleet.reports = reports = merge.reports(expected, bundle)
        if not check_mode:
            keys.save()
        warnings = write_fleet(options.files, merge.fleet, state)
    return _result(merge, reports), warnings


def _require_valid(options: Options) -> None:
    require_valid(options.files)
    if not options.keys:
        raise WorkstationError(
            "The option keys is empty: without the file of keys, each laptop could report for the others."
        )
    files = options.files
    written = [path for path in (files.json, files.html, files.csv) if path]
    if not written:
        raise WorkstationError("The options html, json and csv are empty, so there is nothing to write.")
    paths = [os.path.realpath(path) for path in (options.keys, *written)]
    if len({*paths}) != len(paths):
        raise WorkstationError("The options html, json, csv and keys must be different files.")


def _result(merge: Merge, reports: Reports) -> dict[str, t.Any]:
    laptops = {name: host.laptop for name, host in sorted(merge.fleet.hosts.items()) if host.laptop}
    return {
        "changed": bool(merge.new),
        "hosts": len(laptops),
        "new_reports": sorted(merge.new),
        "never_seen": reports.never_seen,
        "outdated": [name for name, laptop in laptops.items() if reports.is_outdated(name, laptop)],
        "not_yet": reports.not_yet,
        "problems": [
            {"host": name, "outcome": laptop.outcome, "message": laptop.message, "fix": laptop.fix}
            for name, laptop in laptops.items()
            if laptop.outcome not in ("ok", "offline")
        ],
        "refused": [dataclasses.asdict(refused) for refused in reports.refused],
        "refused_count": reports.refused_count,
    }
