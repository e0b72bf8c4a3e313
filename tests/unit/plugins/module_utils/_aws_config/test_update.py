# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of the AWS configuration file while other processes write it or the update is killed."""

from __future__ import annotations

import os
import pathlib
import random
import signal
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config import (
    update as aws_config_update,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import read_config
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.planner import Plan
from support.aws_config_file import ACME, SESSION, ConfigFile, access_entries, profile_entry


def test_new_file_has_the_sections_and_mode_0600(config: ConfigFile) -> None:
    config.path.parent.rmdir()
    plan = config.run(
        sessions=[SESSION], profiles=[profile_entry(region="eu-west-1", options={"s3": {"a": "b"}})]
    )
    assert config.text == ACME + (
        "\n[profile p]\n# managed by workstation.aws_sso\nsso_session = acme\nsso_account_id = 111122223333\n"
        "sso_role_name = ReadOnly\nregion = eu-west-1\ns3 =\n    a = b\n"
    )
    assert (plan.added, plan.changed) == (
        {"sso-session": ["acme"], "profile": ["p"]},
        {"sso-session": [], "profile": []},
    )
    assert os.stat(config.path).st_mode & 0o777 == 0o600
    assert config.run(sessions=[SESSION], profiles=[profile_entry(region="eu-west-1")]).data is None


def test_check_mode_predicts_the_changes_and_writes_nothing(
    config: ConfigFile, tmp_path: pathlib.Path
) -> None:
    options: t.Dict[str, t.Any] = {"sessions": [SESSION], "access": access_entries(3)}
    predicted = config.run(check_mode=True, **options)
    assert os.listdir(tmp_path) == [".aws"]
    assert os.listdir(config.path.parent) == []
    done = config.run(**options)
    assert (predicted.data, predicted.added) == (done.data, done.added)
    assert predicted.data == config.path.read_bytes()


def test_changes_of_another_program_during_an_update_are_kept(
    config: ConfigFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.text = ACME
    plan_changes = aws_config_update.plan_changes
    writes = iter(["[profile theirs]\nregion = 1\n", "[profile more]\nregion = 2\n"])

    def plan_while_others_write(*arguments: t.Any) -> Plan:
        with config.path.open("a") as stream:
            stream.write(next(writes, ""))
        return plan_changes(*arguments)

    monkeypatch.setattr(aws_config_update, "plan_changes", plan_while_others_write)
    config.run(profiles=[profile_entry()])
    assert set(read_config(str(config.path)).profiles) == {"theirs", "more", "p"}


def test_new_empty_file_is_read_again_until_it_is_written(
    config: ConfigFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_config_update, "_WRITE_GAP", 60.0)
    config.text = ""

    def write() -> None:
        time.sleep(0.05)
        config.text = ACME

    pid = fork(write)
    config.run(profiles=[profile_entry()])
    os.waitpid(pid, 0)
    assert config.text.startswith(ACME)
    assert config.profile("p")["sso_session"] == "acme"


def test_concurrent_updates_are_all_kept(config: ConfigFile) -> None:
    config.text = ACME
    pids = [
        fork(lambda number=number: config.run(profiles=[profile_entry(f"p{number}")])) for number in range(20)
    ]
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * 20
    assert set(read_config(str(config.path)).profiles) == {f"p{number}" for number in range(20)}


def test_killed_update_leaves_the_old_or_the_new_file_and_no_temporary_file(config: ConfigFile) -> None:
    old = ACME + "[profile mine]\nk = v\n"
    config.text = old
    entries = access_entries(200)
    config.run(access=entries)
    new = config.text
    chance = random.Random(1)
    outcomes = set()
    for _attempt in range(60):
        config.text = old
        pid = fork(lambda: config.run(access=entries))
        time.sleep(chance.uniform(0.0, 0.03))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        outcomes.add(config.text)
        assert set(os.listdir(config.path.parent)) <= {"config", ".config.aws_sso"}
    assert outcomes <= {old, new}
    assert old in outcomes
    config.run(access=entries)
    assert config.text == new


def fork(action: t.Callable[[], t.Any]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            action()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return pid
