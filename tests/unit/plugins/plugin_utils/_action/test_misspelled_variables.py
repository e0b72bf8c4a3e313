# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings about variables whose names resemble those of the roles and playbooks."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action import misspelled_variables
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action.base import (
    Options,
    Result,
    SsoAction,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action.private_environment import (
    PrivateModuleAction,
)
from support.action_plugins import new_action

COLLECTION = pathlib.Path(misspelled_variables.__file__).parents[3]
ROLE = COLLECTION / "roles" / "workstation" / "tasks" / "user.yml"
PLAYBOOK = COLLECTION / "playbooks" / "doctor.yml"


class Example(SsoAction):
    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        return {}


class ExampleModule(PrivateModuleAction):
    def _execute_module(self, *_arguments: t.Any, **_options: t.Any) -> t.Any:
        return {}


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warnings that are shown, but for those of ansible-core about this test."""
    shown: list[str] = []

    def warning(text: str, **_options: t.Any) -> None:
        shown.extend([text] if text.startswith("There is no variable") else [])

    monkeypatch.setattr(misspelled_variables.display, "warning", warning)
    return shown


def run(*variables: str, path: pathlib.Path = ROLE, action: type[t.Any] = Example) -> None:
    """Run *action* in the file *path* with *variables*."""
    plugin = new_action(action)
    plugin._task.get_path = lambda: f"{path}:7"
    plugin.run(task_vars=dict.fromkeys(variables, "a value"))


@pytest.mark.parametrize("path", [ROLE, PLAYBOOK])
@pytest.mark.parametrize("action", [Example, ExampleModule])
@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("workstation_role", "workstation_roles"),
        ("workstation_regoin", "workstation_region"),
        ("workstation_rolse", "workstation_roles"),
        ("workstation_acounts", "workstation_accounts"),
        ("workstation_Region", "workstation_region"),
        ("workstation_ca_certificate", "workstation_ca_certificates"),
        ("workstation_profile_overides", "workstation_profile_overrides"),
        ("workstation_doctor_fail", "workstation_doctor_fail_on"),
        ("workstation_bundle_direcotry", "workstation_bundle_directory"),
        ("workstation_reports_keep_day", "workstation_reports_keep_days"),
        ("browser_lancher", "browser_launcher"),
    ],
)
def test_a_misspelled_variable_is_a_warning(
    warnings: list[str], path: pathlib.Path, action: type[t.Any], variable: str, meant: str
) -> None:
    run("inventory_hostname", variable, meant, path=path, action=action)
    assert warnings == [f"There is no variable {variable}. Did you mean {meant}?"]


@pytest.mark.parametrize(
    "variable",
    ["workstation_owner", "workstation_ports", "workstation_name", "workstation_group", "workstation_team",
     "workstation_os", "workstation_type", "workstation_", "workstation", "my_workstation_role",
     "_workstation_profile", "browser_version", "browser"],
)  # fmt: skip
def test_variables_of_users_are_no_warning(warnings: list[str], variable: str) -> None:
    run(variable)
    assert not warnings


def test_the_variables_of_the_collection_are_no_warning(warnings: list[str]) -> None:
    run(*(prefix + name for prefix, names in misspelled_variables.VARIABLES.items() for name in names))
    assert not warnings


def test_tasks_elsewhere_are_no_warning(warnings: list[str], tmp_path: pathlib.Path) -> None:
    run("workstation_role", path=tmp_path / "site.yml")
    assert not warnings


def test_a_hostile_name_stays_on_one_line(warnings: list[str]) -> None:
    run("workstation_exclude_roles\n\x1b")
    assert warnings == [
        "There is no variable workstation_exclude_roles??. Did you mean workstation_exclude_roles?"
    ]


@given(st.sampled_from([*misspelled_variables.VARIABLES["workstation_"]]), st.data())
def test_a_letter_too_much_is_always_noticed(name: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(name)))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz_"))
    typed = f"workstation_{name[:position]}{letter}{name[position:]}"
    with pytest.MonkeyPatch.context() as monkeypatch:
        shown: list[str] = []
        monkeypatch.setattr(misspelled_variables.display, "warning", shown.append)
        misspelled_variables.warn_of_misspelled_variables([typed], f"{ROLE}:7")
    is_another = typed.partition("_")[2] in misspelled_variables.VARIABLES["workstation_"]
    assert len(shown) == (0 if is_another else 1)
