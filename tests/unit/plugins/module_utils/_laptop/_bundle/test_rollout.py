# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rings: as many laptops as the percentage says, always the same ones, and none while it is paused."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    File,
    Manifest,
    Ring,
    Rollout,
    Settings,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.rollout import (
    decide,
    percentile,
    ring_start,
)

MONDAY = datetime.datetime(2026, 11, 2, 8, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
RINGS = (Ring(1, MONDAY), Ring(10, MONDAY + DAY), Ring(100, MONDAY + 3 * DAY))
HOSTS = [f"laptop-{number:05}" for number in range(10_000)]


def manifest(rollout: Rollout) -> Manifest:
    return Manifest(
        name="acme",
        version="2",
        serial=7,
        issued=MONDAY,
        expires=MONDAY + 90 * DAY,
        files={"2/x": File("ab" * 32, 10)},
        collection="2/x",
        updater="2/x",
        company="2/x",
        variables="2/x",
        environments={},
        keys=[],
        settings=Settings(),
        rollout=rollout,
    )


def installing(rollout: Rollout, now: datetime.datetime) -> t.Set[str]:
    return {host for host in HOSTS if decide(manifest(rollout), host, now).install}


def host_at(least: float, below: float) -> str:
    return next(host for host in HOSTS if least <= percentile(host) < below)


def test_without_rings_all_install_at_once() -> None:
    assert installing(Rollout(), MONDAY) == {*HOSTS}


def test_no_host_installs_a_paused_version() -> None:
    decision = decide(manifest(Rollout(paused=True, rings=RINGS)), HOSTS[0], MONDAY + 9 * DAY)
    assert decision == (False, None, "The rollout of version 2 is paused.")
    assert not installing(Rollout(paused=True), MONDAY)


def test_rings_grow_by_their_percentages_and_keep_their_hosts() -> None:
    rollout = Rollout(rings=RINGS)
    days = [installing(rollout, MONDAY + days * DAY) for days in (-1, 0, 1, 2, 3)]
    assert not days[0] and days[1] < days[2] == days[3] < days[4] == {*HOSTS}
    assert len(days[1]) == pytest.approx(100, abs=40)
    assert len(days[2]) == pytest.approx(1000, abs=120)


def test_a_later_ring_waits_and_says_until_when() -> None:
    decision = decide(manifest(Rollout(rings=RINGS)), host_at(1, 10), MONDAY)
    assert decision.start == MONDAY + DAY
    assert decision.reason == "This laptop installs version 2 from 2026-11-03T08:00:00Z on."


def test_a_host_outside_all_rings_waits_for_a_larger_one() -> None:
    small = Rollout(rings=(Ring(0.5, MONDAY), Ring(2.5, MONDAY)))
    decision = decide(manifest(small), host_at(3, 100), MONDAY + 300 * DAY)
    assert not decision.install and decision.start is None
    assert decision.reason == "Version 2 is for 2.5 % of the laptops, without this one."


def test_the_earliest_ring_counts_whatever_their_order() -> None:
    host = host_at(0, 1)
    assert ring_start(Rollout(rings=tuple(reversed(RINGS))), host) == MONDAY
    assert ring_start(Rollout(rings=(Ring(100, MONDAY), Ring(1, MONDAY + DAY))), host) == MONDAY


def test_case_of_a_host_name_does_not_matter() -> None:
    assert percentile("LAPTOP-00042") == percentile("laptop-00042")


def test_the_next_version_starts_with_the_same_hosts() -> None:
    second = dataclasses.replace(manifest(Rollout(rings=RINGS)), version="3", serial=9)
    assert installing(Rollout(rings=RINGS), MONDAY) == {h for h in HOSTS if decide(second, h, MONDAY).install}


def test_places_never_change() -> None:
    """Of a published version: otherwise a laptop would move to another ring with an update."""
    assert [round(percentile(host), 6) for host in HOSTS[:3]] == [16.496517, 90.876749, 11.118445]


@given(st.text())
def test_every_name_has_a_place(name: str) -> None:
    assert 0 <= percentile(name) < 100
    assert ring_start(Rollout(rings=(Ring(100, MONDAY),)), name) == MONDAY
    assert ring_start(Rollout(rings=(Ring(0, MONDAY),)), name) is None


@pytest.mark.parametrize("name", ["\udcff", "\ud800", "", "x" * 10_000])
def test_unusual_names(name: str) -> None:
    assert 0 <= percentile(name) < 100
