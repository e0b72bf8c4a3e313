# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state survives, and a damaged one is an empty one."""

from __future__ import annotations

import json
import pathlib
import stat

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.lock import LockTimeout
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import Paths
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.state import (
    FailedVersion,
    Outcome,
    Reported,
    State,
    Status,
    exclusive,
    load,
    save,
)
from support.published_bundle import NOW

STATE = State(
    serial=2**61,
    digest="ab",
    etag='"x"',
    last_modified="Thu, 26 Nov 2026 12:00:00 GMT",
    checked=NOW,
    available="2",
    applied="cd",
    system_applied="cd",
    unfinished="ef",
    failed=FailedVersion("ef", NOW, "It failed: ü."),
    ran=NOW,
    run=Status(Outcome.SIGN_IN_REQUIRED, "Sign in.", "Run x."),
    status=Status(Outcome.ROLLED_BACK, "It failed.", "Run y."),
    reported=Reported(NOW, "0123"),
)


@pytest.fixture
def paths(tmp_path: pathlib.Path) -> Paths:
    return Paths(str(tmp_path / "root"))


@pytest.mark.parametrize("state", [State(), STATE], ids=["empty", "full"])
def test_is_read_as_it_was_saved(paths: Paths, state: State) -> None:
    save(paths, state)
    assert load(paths) == state
    assert stat.S_IMODE(pathlib.Path(paths.state).stat().st_mode) == 0o600
    assert stat.S_IMODE(pathlib.Path(paths.root).stat().st_mode) == 0o700


def test_without_a_file_it_is_empty(paths: Paths) -> None:
    assert load(paths) == State()


def test_fields_of_other_versions_are_ignored_or_empty(paths: Paths) -> None:
    save(paths, STATE)
    path = pathlib.Path(paths.state)
    document = json.loads(path.read_text())
    del document["run"]
    path.write_text(json.dumps({**document, "new": 1}))
    assert load(paths).run == Status()
    assert load(paths).serial == STATE.serial


@pytest.mark.parametrize("field", sorted(vars(STATE)))
def test_a_damaged_field_is_no_error(paths: Paths, field: str) -> None:
    pathlib.Path(paths.root).mkdir()
    for value in ("null", "true", "-1.5", "NaN", '"x"', "[]", "{}", '{"outcome": "x"}', "[" * 10_000):
        pathlib.Path(paths.state).write_text(f'{{"{field}": {value}}}')
        assert isinstance(load(paths), State)


def test_only_one_process_holds_the_lock(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    with exclusive(paths):
        monkeypatch.setenv("XDG_CACHE_HOME", "/nonexistent")
        with pytest.raises(LockTimeout), exclusive(paths):
            pass
    with exclusive(paths):
        pass
