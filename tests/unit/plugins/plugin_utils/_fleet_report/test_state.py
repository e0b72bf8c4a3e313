# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state file: written, read, and damaged."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.state import (
    StateError,
    dump_state,
    load_state,
)
from support.fleets import (
    FIRST,
    SECOND,
    company_run,
    read_state,
)


def test_the_state_is_read_as_it_was_written(tmp_path: pathlib.Path) -> None:
    company_run(FIRST, 60, 4).write(tmp_path)
    company_run(SECOND, 60, 4, later=True).write(tmp_path)
    data = (tmp_path / "fleet.json").read_bytes()
    fleet = load_state(data)
    assert dump_state(fleet, read_state(tmp_path)["changes"]) == data
    assert fleet.hosts["laptop-049.acme.example"].status == "unreachable"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    directory = tmp_path_factory.mktemp("fleet")
    company_run(FIRST, 2, 2).write(directory)
    return (directory / "fleet.json").read_bytes()


@given(st.data())
def test_a_damaged_state_is_refused_or_readable(written: bytes, data: st.DataObject) -> None:
    document = json.loads(written)
    place: t.Any = document
    path = []
    while isinstance(place, (dict, list)) and place and (not path or data.draw(st.booleans())):
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        path.append((place, key))
        place = place[key]
    parent, key = path[-1]
    parent[key] = data.draw(st.sampled_from([None, 7, "x", [], {}, [7], {"x": 7}]))
    try:
        fleet = load_state(json.dumps(document).encode())
    except StateError:
        return
    assert load_state(dump_state(fleet)).hosts == fleet.hosts
