# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role workstation shows at its end: the sentences that apply, and nothing else."""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

VARIABLES = pathlib.Path(__file__).resolve().parents[2] / "roles" / "workstation" / "vars" / "main"
CONVERGED: dict[str, t.Any] = {
    "_workstation_who": "laptop",
    "_workstation_missing_logins": [],
    "_workstation_access_known": True,
    "_workstation_written": ["dev", "prod"],
    "_workstation_chosen_profile": "dev",
    "_workstation_config": {"path": "/home/jane/.aws/config"},
    "_workstation_cli": {"executable": "/usr/local/bin/aws"},
    "_workstation_variables": [],
    "_workstation_host": {"stdout_lines": []},
    "_workstation_host_lines": [],
    "_workstation_forecast_sign_ins": [],
    "_workstation_stores_token": True,
    "_workstation_is_operator": False,
    "_workstation_identity": {"rc": 0},
    "_workstation_user": {},
    "_workstation_arguments": " -i hosts.ini -e target=laptop",
    "_workstation_interpreter": "",
    "workstation_sessions": [{"name": "acme"}],
    "workstation_parts": ["network", "aws_cli", "login", "profiles", "verify"],
}
NEXT_STEPS = [
    "laptop has 2 profiles in /home/jane/.aws/config. To list them: aws configure list-profiles",
    "Next, in a new shell: aws sts get-caller-identity --profile dev, or for all commands of that shell:"
    " export AWS_PROFILE=dev",
    "The AWS CLI is /usr/local/bin/aws.",
]


def report(tmp_path: pathlib.Path, *arguments: str, **variables: t.Any) -> list[str]:
    found = value(tmp_path, "report", "_workstation_report", *arguments, **CONVERGED | variables)
    return t.cast("list[str]", found)


def value(tmp_path: pathlib.Path, file: str, name: str, *arguments: str, **variables: t.Any) -> t.Any:
    """The value of a variable of the role, which a *file* defines."""
    result = tmp_path / "report.json"
    task = {
        "ansible.builtin.copy": {"content": f"{{{{ {name} | to_json }}}}", "dest": str(result)},
        "check_mode": False,
    }
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": sys.executable},
        "vars_files": [str(VARIABLES / f"{file}.yml")],
        "tasks": [task],
    }
    (tmp_path / "play.json").write_text(json.dumps([play]))
    command = [sys.executable, "-m", "ansible", "playbook", str(tmp_path / "play.json"), *arguments]
    done = subprocess.run(
        [*command, "-i", "localhost,", "-e", json.dumps(variables)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(result.read_text())


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


DEFERRED: dict[str, t.Any] = {
    "_workstation_identity": {"skipped": True},
    "_workstation_host_lines": ["/usr/local/bin/aws", f"{'a' * 40}.json"],
    "_workstation_cli": {},
}
"""Profiles of given accounts and roles are written, without a sign-in and a verification."""
TOKEN = f"{hashlib.sha1(b'acme').hexdigest()}.json"


def test_a_user_who_is_not_signed_in_yet_is_shown_the_command_first(tmp_path: pathlib.Path) -> None:
    said = "Nobody is signed in to acme on laptop yet. The user first runs: aws sso login --sso-session acme"
    assert report(tmp_path, **DEFERRED) == [NEXT_STEPS[0], said, NEXT_STEPS[1]]
    on_controller = {
        "_workstation_stores_token": False,
        "_workstation_forecast_sign_ins": [{"method": "cache"}],
    }
    assert said in report(tmp_path, **DEFERRED, **on_controller)
    sessions = [{"name": "acme"}, {"name": "it's"}, {"name": "beta"}]
    lines = ["/usr/local/bin/aws", TOKEN]
    several = report(
        tmp_path, **{**DEFERRED, "workstation_sessions": sessions, "_workstation_host_lines": lines}
    )
    assert several[1] == (
        "Nobody is signed in to it's, beta on laptop yet. The user first runs:"
        """ aws sso login --sso-session 'it'"'"'s' && aws sso login --sso-session beta"""
    )


@pytest.mark.parametrize(
    "variables",
    [
        {"_workstation_host_lines": ["/usr/local/bin/aws", TOKEN]},
        {"_workstation_forecast_sign_ins": [{"method": "cache"}]},
        {"_workstation_identity": {"rc": 0}},
        {"_workstation_host": {}},
    ],
    ids=["token", "sign-in", "verified", "start-at-task"],
)
def test_a_user_who_is_signed_in_is_not_shown_how(
    tmp_path: pathlib.Path, variables: dict[str, t.Any]
) -> None:
    assert report(tmp_path, **{**DEFERRED, **variables})[:2] == NEXT_STEPS[:2]


def test_the_sign_in_of_another_user_is_not_known(tmp_path: pathlib.Path) -> None:
    jane = {"_workstation_user": {"name": "jane"}, "_workstation_who": "jane@laptop"}
    assert report(tmp_path, **DEFERRED, **jane)[1] == (
        "Unless jane@laptop is signed in to acme already, that user first runs:"
        " aws sso login --sso-session acme"
    )


def test_a_host_without_the_aws_cli_is_shown_commands_that_run_there(tmp_path: pathlib.Path) -> None:
    without = {"_workstation_cli": {}, "_workstation_identity": {"skipped": True}}
    signed_in = {**without, "_workstation_forecast_sign_ins": [{"method": "device"}]}
    steps = [
        "laptop has 2 profiles in /home/jane/.aws/config. To list them:"
        " grep -F '[profile' /home/jane/.aws/config",
        "The AWS CLI is not installed there. For programs with an AWS SDK, in a new shell:"
        " export AWS_PROFILE=dev",
    ]
    assert report(tmp_path, **signed_in) == steps
    assert report(tmp_path, **signed_in, _workstation_is_operator=True) == [
        *steps,
        "In playbooks, get the credentials of a profile with the lookup:"
        " lookup('workstation.aws_sso.sso_credentials', \"dev\")",
    ]
    assert report(tmp_path, **without) == [
        steps[0],
        "Nobody is signed in to acme on laptop yet. Add login to workstation_parts, or run:"
        " ansible-playbook workstation.aws_sso.login -e @company.yml -i hosts.ini -e target=laptop",
        steps[1],
    ]


WRONG = "Task failed: Incorrect sudo password"
TYPED = (
    " Run the command again and type it at `BECOME password:`. -K uses one password for all hosts; if theirs"
    " differ, set ansible_become_password for each host."
)


@pytest.mark.parametrize(
    ("reason", "variables", "said"),
    [
        (WRONG, {}, "The sudo password is wrong on localhost." + TYPED),
        (
            "Incorrect su password",
            {"ansible_become_method": "su"},
            "The su password is wrong on localhost." + TYPED,
        ),
        (
            "Incorrect doas password",
            {"ansible_become_method": "community.general.doas"},
            "The doas password is wrong on localhost." + TYPED,
        ),
        (
            WRONG,
            {"ansible_become_password": "hush-hush"},
            "The sudo password is wrong on localhost. Correct ansible_become_password of that host.",
        ),
        (
            "Missing sudo password",
            {},
            "Privilege escalation on localhost failed: Missing sudo password. Where sudo asks for a password,"
            " add -K to the command. For a user without sudo, set workstation_become: false, and install the"
            " AWS CLI into the home directory with install_dir and bin_dir in workstation_aws_cli.",
        ),
    ],
)
def test_a_wrong_password_has_another_fix_than_a_missing_one(
    tmp_path: pathlib.Path, reason: str, variables: dict[str, t.Any], said: str
) -> None:
    failed = {"ansible_failed_result": {"msg": reason}}
    assert value(tmp_path, "host", "_workstation_become_failure", **failed, **variables).strip() == said


@pytest.mark.parametrize("private", [False, True])
def test_the_verification_creates_directories_for_the_user_only(
    tmp_path: pathlib.Path, private: bool
) -> None:
    """The AWS CLI creates those of its cache as its umask says."""
    (tmp_path / "private").write_text("export PROXY_PASSWORD=x\n")
    variables: dict[str, t.Any] = {"_workstation_private_names": []}
    if private:
        path = {"path": str(tmp_path / "private")}
        variables = {"_workstation_private_names": ["PROXY_PASSWORD"], "_workstation_private_file": path}
    shell = value(tmp_path, "identity", "_workstation_shell", **variables)
    subprocess.run([*shell, "mkdir", "-p", str(tmp_path / "cli" / "cache")], check=True)
    for directory in ("cli", "cli/cache"):
        assert (tmp_path / directory).stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "private").exists() is not private
