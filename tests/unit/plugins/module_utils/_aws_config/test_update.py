# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates of the AWS configuration file while other processes write it or the update is killed."""

from __future__ import annotations

import configparser
import contextlib
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
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import (
    ConfigError,
    read_config,
)
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


FOREIGN = {f"profile foreign-{number}": {"region": "eu-west-1", "output": "json"} for number in range(400)}


def write_with_configparser(path: pathlib.Path) -> None:
    """As many tools do: truncate, then write piece by piece."""
    writer = configparser.ConfigParser()
    writer.read_dict(FOREIGN)
    with path.open("w") as stream:
        writer.write(stream)


def write_in_pieces(path: pathlib.Path, pause: float) -> None:
    text = "".join(f"[{name}]\nregion = eu-west-1\noutput = json\n" for name in FOREIGN)
    with path.open("w", buffering=1) as stream:
        for start in range(0, len(text), 8192):
            time.sleep(pause)
            stream.write(text[start : start + 8192])
            stream.flush()


@pytest.mark.parametrize("delay", [0.0, 0.002, 0.005, 0.01])
@pytest.mark.parametrize("pause", [None, 0.002, 0.02, 0.07])
def test_what_another_program_is_writing_is_not_lost(
    config: ConfigFile, pause: t.Optional[float], delay: float
) -> None:
    config.text = ACME

    def write() -> None:
        if pause is None:
            write_with_configparser(config.path)
        else:
            write_in_pieces(config.path, pause)

    pid = fork(write)
    time.sleep(delay)
    config.run(sessions=[SESSION], profiles=[profile_entry()])
    assert os.waitpid(pid, 0)[1] == 0
    config.run(sessions=[SESSION], profiles=[profile_entry()])
    profiles = set(read_config(str(config.path)).profiles)
    assert profiles == {"p", *(name.partition(" ")[2] for name in FOREIGN)}


def test_a_program_that_writes_while_the_file_is_replaced_is_not_lost(
    config: ConfigFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has opened and truncated the old file, which is no longer there when it writes."""
    config.text = ACME
    replace = os.replace
    writers = iter([config.path.open])

    def replace_under_a_writer(*arguments: t.Any, **options: t.Any) -> None:
        with contextlib.ExitStack() as stack:
            for open_file in writers:
                stream = stack.enter_context(open_file("w"))
                replace(*arguments, **options)
                stream.write(ACME + "[profile theirs]\nk = v\n")
                return
            replace(*arguments, **options)

    monkeypatch.setattr(os, "replace", replace_under_a_writer)
    config.run(profiles=[profile_entry()])
    assert set(read_config(str(config.path)).profiles) == {"theirs", "p"}


def test_a_file_that_another_program_has_left_incomplete_is_an_error_after_a_second(
    config: ConfigFile,
) -> None:
    config.text = broken = ACME + "[profile x]\nregi"
    os.utime(config.path)
    with pytest.raises(ConfigError, match="line 7: The line is neither"):
        config.run(profiles=[profile_entry()])
    assert config.text == broken


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
        assert len(os.listdir(config.path.parent)) <= 2
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
