# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What workstation-update --status prints."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop import status
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import trust
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import Paths
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.state import (
    FailedVersion,
    Outcome,
    State,
    Status,
    save,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._schedule import schedule
from support.laptops import NOW
from support.published_bundle import Key


@pytest.fixture
def paths(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("HOME", str(tmp_path))
    paths = Paths(str(tmp_path / "data"))
    trust.establish(paths, trust.Trust("acme", "https://setup.example"), Key(tmp_path).allowed_signers)
    return paths


def test_laptop_before_its_first_update(paths: Paths) -> None:
    assert status.status_lines(paths) == [
        "Company bundle: acme, from https://setup.example",
        "Installed:      no version",
        "Available:      unknown",
        "Last check:     never",
        "Last run:       never",
        f"Updates:        start {schedule.description(paths)}",
        f"Output:         of the last run: {paths.run_log}",
    ]


@pytest.mark.parametrize("outcome", [*Outcome])
def test_every_outcome_is_explained(paths: Paths, outcome: Outcome) -> None:
    run = Status(outcome, "What happened.\x1b[2J", "What to do.") if outcome != Outcome.OK else Status()
    save(paths, State(ran=NOW, checked=NOW, available="2", run=run, status=run))
    lines = status.status_lines(paths)
    assert lines[2:4] == ["Available:      2", "Last check:     2026-05-01T12:00:00Z"]
    assert lines[4].startswith("Last run:       2026-05-01T12:00:00Z, ")
    expected = [] if outcome == Outcome.OK else ["Run:            What happened.?[2J What to do."]
    assert lines[5:-2] == expected


def test_version_that_failed(paths: Paths) -> None:
    refused = Status(Outcome.REFUSED, "The signature is wrong.", "Nothing was changed.")
    save(paths, State(failed=FailedVersion("1", NOW, "It is broken."), status=refused))
    assert status.status_lines(paths)[5:-2] == [
        "Failed version: It is broken. To try it again: workstation-update --retry",
        "Last update:    refused the company bundle. The signature is wrong. Nothing was changed.",
    ]


def test_laptop_that_is_not_set_up(tmp_path: pathlib.Path) -> None:
    with pytest.raises(WorkstationError, match="does not follow a company bundle"):
        status.status_lines(Paths(str(tmp_path)))
