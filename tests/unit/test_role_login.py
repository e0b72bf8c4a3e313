# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the sign-in in the role workstation, on a laptop that updates itself as well."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

LOGIN = pathlib.Path(__file__).resolve().parents[2] / "roles" / "workstation" / "vars" / "main" / "login.yml"


def login_options(tmp_path: pathlib.Path, *cases: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """The options for each of the variables in *cases*."""
    tasks = [
        {
            "ansible.builtin.copy": {
                "content": "{{ _workstation_login_options | to_json }}",
                "dest": str(tmp_path / f"{number}.json"),
            },
            "vars": {"_workstation_token_store": "controller", **case},
        }
        for number, case in enumerate(cases)
    ]
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": sys.executable},
        "vars_files": [str(LOGIN)],
        "tasks": tasks,
    }
    (tmp_path / "play.json").write_text(json.dumps([play]))
    subprocess.run(
        [sys.executable, "-m", "ansible", "playbook", str(tmp_path / "play.json"), "-i", "localhost,"],
        check=True,
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    return [json.loads((tmp_path / f"{number}.json").read_text()) for number in range(len(cases))]


def test_run_that_nobody_watches_asks_nobody_to_sign_in(tmp_path: pathlib.Path) -> None:
    options = {"min_ttl": 60, "force": True, "token_store": "controller"}
    own, alone, alone_by_text, watched = login_options(
        tmp_path,
        {"workstation_login": options},
        {"workstation_login": options, "workstation_bundle_interactive": False},
        {"workstation_login": {}, "workstation_bundle_interactive": "false"},
        {"workstation_login": options, "workstation_bundle_interactive": True},
    )
    assert own == watched == {"min_ttl": 60, "force": True}
    assert alone == {"min_ttl": 60, "force": False, "interactive": False}
    assert alone_by_text == {"force": False, "interactive": False}
