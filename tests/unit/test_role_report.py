# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role workstation shows at its end: the sentences that apply, and nothing else."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

REPORT = (
    pathlib.Path(__file__).resolve().parents[2] / "roles" / "workstation" / "vars" / "main" / "report.yml"
)
CONVERGED: dict[str, t.Any] = {
    "_workstation_who": "laptop",
    "_workstation_missing_logins": [],
    "_workstation_access_known": True,
    "_workstation_written": ["dev", "prod"],
    "_workstation_chosen_profile": "dev",
    "_workstation_config": {"path": "/home/jane/.aws/config"},
    "_workstation_cli": {"executable": "/usr/local/bin/aws"},
    "_workstation_variables": [],
    "_workstation_interpreter": "",
    "workstation_parts": ["network", "aws_cli", "login", "profiles", "verify"],
}
NEXT_STEPS = [
    "laptop has 2 profiles in /home/jane/.aws/config. To list them: aws configure list-profiles",
    "Next, in a new shell: aws s3 ls --profile dev, or for all commands of that shell:"
    " export AWS_PROFILE=dev",
    "The AWS CLI is /usr/local/bin/aws.",
]


def report(tmp_path: pathlib.Path, *arguments: str, **variables: t.Any) -> list[str]:
    result = tmp_path / "report.json"
    task = {
        "ansible.builtin.copy": {"content": "{{ _workstation_report | to_json }}", "dest": str(result)},
        "check_mode": False,
    }
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": sys.executable},
        "vars_files": [str(REPORT)],
        "tasks": [task],
    }
    (tmp_path / "play.json").write_text(json.dumps([play]))
    command = [sys.executable, "-m", "ansible", "playbook", str(tmp_path / "play.json"), *arguments]
    done = subprocess.run(
        [*command, "-i", "localhost,", "-e", json.dumps({**CONVERGED, **variables})],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return t.cast("list[str]", json.loads(result.read_text()))


def test_sentences_that_do_not_apply_are_left_out(tmp_path: pathlib.Path) -> None:
    assert report(tmp_path) == NEXT_STEPS
    assert report(tmp_path, _workstation_written=[]) == []


@pytest.mark.parametrize(
    ("variables", "start"),
    [
        (
            {"_workstation_interpreter": "/usr/bin/python3.12"},
            "The python3 of localhost is too old for Ansible, so this play uses /usr/bin/python3.12.",
        ),
        ({"_workstation_access_known": False}, "The accounts and roles of laptop are unknown"),
        (
            {"_workstation_cli": {"executable": "/usr/local/bin/aws", "shadowed_by": "/snap/bin/aws"}},
            "A login shell on localhost runs /snap/bin/aws, not /usr/local/bin/aws.",
        ),
        ({"_workstation_variables": ["AWS_ACCESS_KEY_ID="]}, "AWS_ACCESS_KEY_ID is set in the environment"),
        ({"_workstation_variables": ["AWS_PROFILE="]}, "AWS_PROFILE is set in the environment on localhost"),
        (
            {"workstation_parts": ["profiles"], "workstation_proxy": "http://proxy:3128"},
            "workstation_parts leaves out network",
        ),
    ],
)
def test_a_note_follows_the_next_steps(
    tmp_path: pathlib.Path, variables: dict[str, t.Any], start: str
) -> None:
    (*steps, note) = report(tmp_path, **variables)
    assert steps == NEXT_STEPS
    assert note.startswith(start)


def test_check_mode_reports_the_sign_ins_that_it_leaves_out(tmp_path: pathlib.Path) -> None:
    (sentence,) = report(tmp_path, "--check", _workstation_missing_logins=["acme"])
    assert sentence.startswith("In check mode no user signs in.") and sentence.endswith("sign-in to acme.")
