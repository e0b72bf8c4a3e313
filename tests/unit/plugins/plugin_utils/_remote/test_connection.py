# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection of a task: its host, its user, and whether it passes standard input on."""

from __future__ import annotations

import pathlib
import re
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action.base import SsoAction
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.connection import HostConnection
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.token_cache import Outcome
from support.action_plugins import OtherHost, connection_of, connection_to, new_action

LAPTOP = {"inventory_hostname": "laptop"}
FLEET = {"ansible_play_batch": ["one", "two", "three"], "ansible_forks": 5}


class Container(OtherHost):
    transport = "example.containers.container"
    has_pipelining = False


class Wsl(OtherHost):
    transport = "community.general.wsl"
    has_pipelining = False


def connection(
    plugin: t.Any = None, task_vars: t.Mapping[str, t.Any] | None = None, **keywords: t.Any
) -> HostConnection:
    return HostConnection(
        new_action(SsoAction, connection=plugin, **keywords), LAPTOP if task_vars is None else task_vars
    )


def test_the_label_is_the_host_and_the_user_of_become() -> None:
    assert connection().label == "laptop"
    assert connection(connection_to("local", "sudo")).label == "dev@laptop"


def test_only_a_local_connection_without_become_is_of_the_own_user() -> None:
    assert connection().is_own_user
    assert not connection(connection_to("local", "sudo")).is_own_user
    assert not connection(connection_of(OtherHost)).is_own_user


@pytest.mark.parametrize(
    ("variables", "keywords", "expected"),
    [
        (FLEET, {}, True),
        ({**FLEET, "ansible_play_batch": ["one"]}, {}, False),
        ({**FLEET, "ansible_forks": "1"}, {}, False),
        ({}, {}, False),
        (FLEET, {"throttle": 1}, False),
        (FLEET, {"throttle": 2}, True),
        (FLEET, {"run_once": True}, False),
    ],
)
def test_a_host_is_among_others_if_they_can_run_the_task_at_the_same_time(
    variables: dict[str, t.Any], keywords: dict[str, t.Any], expected: bool
) -> None:
    assert connection(None, variables, **keywords).is_among_others is expected


@pytest.mark.parametrize(
    "plugin",
    [
        lambda: connection_to("local"),
        lambda: connection_to("ssh"),
        lambda: connection_to("ssh", "sudo"),
        lambda: connection_of(Wsl),
    ],
    ids=["local", "ssh", "ssh with sudo", "WSL"],
)
def test_a_connection_that_passes_standard_input_on_is_accepted(plugin: t.Callable[[], t.Any]) -> None:
    connection(plugin()).require_standard_input()


@pytest.mark.parametrize(
    ("plugin", "way"),
    [
        (lambda: connection_of(Container), "example.containers.container"),
        (lambda: connection_of(Container, "sudo"), "example.containers.container with sudo"),
        (lambda: connection_to("ssh", "su"), "ssh with su"),
        (lambda: connection_of(Wsl, "su"), "community.general.wsl with su"),
    ],
    ids=["container", "container with sudo", "ssh with su", "WSL with su"],
)
def test_another_connection_is_refused_by_its_name(plugin: t.Callable[[], t.Any], way: str) -> None:
    with pytest.raises(WorkstationError, match=f"token_store=host requires .*; {re.escape(way)} does not"):
        connection(plugin()).require_standard_input()


def test_a_program_runs_on_the_host_with_its_output_and_exit_code(
    home: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    python = tmp_path / "my python"
    python.symlink_to(sys.executable)
    program = b"import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"
    outcome = connection().run(str(python), program)
    assert outcome == Outcome(3, "out\n", "err\n")
