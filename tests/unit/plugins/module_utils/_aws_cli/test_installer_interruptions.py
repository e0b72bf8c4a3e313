# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer on damaged installations, when it is killed, and when several run at once."""

from __future__ import annotations

import os
import typing as t

import pytest

from support.child_processes import exit_code, killed_at, start
from support.damages import (
    DAMAGES,
    missing_current,
    missing_link,
    missing_program,
    program_that_fails,
)
from support.scratch_host import VERSIONS, ScratchHost


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged_installation_is_repaired(host: ScratchHost, damage: t.Callable[[ScratchHost], None]) -> None:
    host.converge(version="2.27.1")
    whole = host.snapshot()
    damage(host)
    assert host.snapshot() != whole

    assert host.preview(version="2.27.1").changed
    assert host.converge(version="2.27.1").changed

    assert host.snapshot() == whole
    assert not host.converge(version="2.27.1").changed


@pytest.mark.parametrize("damage", [program_that_fails, missing_program, missing_link])
def test_repair_without_a_version_keeps_the_installed_one(
    host: ScratchHost, damage: t.Callable[[ScratchHost], None]
) -> None:
    host.converge(version="2.27.1")
    damage(host)
    assert host.converge().after.current == "2.27.1"


def test_version_on_disk_is_activated_when_none_is_current(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    missing_current(host)
    host.opened.clear()
    assert host.converge().after.current == "2.27.1"
    assert host.opened == []


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damaged_installation_is_removed(host: ScratchHost, damage: t.Callable[[ScratchHost], None]) -> None:
    host.converge(version="2.27.1")
    damage(host)
    assert host.converge("absent").changed
    assert not host.install_dir.exists()
    assert not host.converge("absent").changed


@pytest.mark.parametrize(
    ("before", "wanted"),
    [("2.27.1", "2.38.5"), ("2.38.5", "2.27.1"), ("", "2.38.5")],
    ids=["upgrade", "downgrade", "first installation"],
)
def test_kill_at_any_step_leaves_a_working_version_and_the_next_run_repairs(
    host: ScratchHost, before: str, wanted: str
) -> None:
    for step in range(1000):
        host.converge("absent")
        if before:
            host.converge(version=before)
        if not killed_at(step, lambda: host.converge(version=wanted)):
            break
        assert host.version() in (before, wanted), f"after step {step}"
        host.converge(version=wanted)
        assert (host.version(), host.versions()) == (wanted, [wanted]), f"after step {step}"
        assert not list(host.versions_dir.glob(".aws_sso-*"))
        assert sorted(os.listdir(host.bin_dir)) == ["aws", "aws_completer"], f"after step {step}"
        assert not host.converge(version=wanted).changed
    assert 20 < step < 1000


def test_removal_killed_at_any_step_is_completed_by_the_next_run(host: ScratchHost) -> None:
    for step in range(1000):
        host.converge(version="2.27.1")
        if not killed_at(step, lambda: host.converge("absent")):
            break
        host.converge("absent")
        assert not list(host.versions_dir.glob("*")), f"after step {step}"
        assert list(host.bin_dir.iterdir()) == []
    assert 5 < step < 1000


def test_concurrent_runs_wait_for_each_other(host: ScratchHost) -> None:
    children = [start(converge_to(host, version)) for version in VERSIONS * 2]
    assert [exit_code(child) for child in children] == [0] * len(children)
    assert host.version() in VERSIONS
    assert sorted(host.versions()) == sorted(VERSIONS)
    assert not list(host.versions_dir.glob(".aws_sso-*"))


def converge_to(host: ScratchHost, version: str) -> t.Callable[[], object]:
    return lambda: host.converge(version=version, keep_versions=len(VERSIONS))
