# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules with `async`: each does what its documentation says of it."""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

import pytest
import yaml

from end_to_end.controller import Controller

MODULES = pathlib.Path(__file__).resolve().parents[2] / "plugins" / "modules"
SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
BACKGROUND: t.Dict[str, t.Dict[str, t.Any]] = {
    "sso_profiles": {"sessions": [SESSION]},
    "workstation_info": {"sessions": [], "timeout": 1},
    "workstation_network": {"proxy": "this is not a URL"},
    "wsl_browser": {"scope": "user"},
    "wsl_info": {},
}
"""The modules that can run in the background, with options that change the scratch home only."""


def tasks(names: t.Iterable[str]) -> t.Iterator[t.Dict[str, t.Any]]:
    for name in names:
        yield {
            f"workstation.aws_sso.{name}": BACKGROUND.get(name, {}),
            "async": 60,
            "poll": 1,
            "ignore_errors": True,
            "register": f"result_of_{name}",
        }
        content = f"{{{{ result_of_{name} | to_json }}}}"
        copy = {"content": content, "dest": f"{{{{ playbook_dir }}}}/{name}.json", "mode": "0600"}
        yield {"ansible.builtin.copy": copy}


@pytest.mark.full
def test_modules_run_in_the_background_or_say_that_they_cannot(controller: Controller) -> None:
    names = sorted(path.stem for path in MODULES.glob("*.py"))
    play = {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks(names))}
    controller.environment["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable
    directory = f"ansible_async_dir={controller.home / 'async'}"
    with controller.play(yaml.safe_dump([play]), "-e", directory) as running:
        running.succeed()
    for name in names:
        result = json.loads((controller.home / f"{name}.json").read_text())
        if name in BACKGROUND:
            assert result["ansible_job_id"] and result["finished"], name
            assert result.get("failed", False) is (name == "workstation_network"), (name, result["msg"])
        else:
            assert result["failed"] and "ansible_job_id" not in result, name
            assert "async" in result["msg"], (name, result["msg"])


def test_the_documentation_names_the_same_modules() -> None:
    documented = {
        path.stem
        for path in MODULES.glob("*.py")
        if "- workstation.aws_sso._attributes.module\n" in path.read_text(encoding="utf-8")
    }
    assert documented == set(BACKGROUND)
