# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks on this machine: the first hour, bad input, and failures that are explained."""

from __future__ import annotations

import datetime
import json
import pathlib
import re
import subprocess
import sys
import typing as t

import pytest

from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser

CLI = pathlib.Path(__file__).parents[1] / "integration" / "targets" / "setup_identity_center" / "files"
PLAYBOOKS = ("workstation", "login", "logout", "whoami", "doctor")
WRITE = "Write the sessions and the profiles"
COMPANY = {
    "workstation_sessions": [
        {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
    ],
    "workstation_become": False,
    "workstation_parts": ["login", "profiles", "verify"],
}
HOSTS = """\
[laptops]
laptop-1
laptop-2
[laptops:vars]
ansible_connection=local
ansible_python_interpreter={{ ansible_playbook_python }}
[empty]
"""


class Company:
    """A home with company.json and hosts.ini, and the AWS CLI as far as these playbooks call it."""

    def __init__(self, controller: Controller, browser: str) -> None:
        self.controller = controller
        self.home = controller.home
        self._variables = {
            "BROWSER": browser,
            "PATH": f"{CLI}:{controller.environment['PATH']}",
        }
        (self.home / "company.json").write_text(json.dumps(COMPANY))
        (self.home / "hosts.ini").write_text(HOSTS)

    @property
    def config(self) -> str:
        path = self.home / ".aws" / "config"
        return path.read_text() if path.exists() else ""

    def play(
        self,
        name: str,
        *arguments: t.Any,
        fails: bool = False,
        environment: t.Optional[t.Dict[str, str]] = None,
    ) -> str:
        """The output of a playbook of the collection; dictionaries become extra variables."""
        words = [
            word
            for argument in arguments
            for word in (["-e", json.dumps(argument)] if isinstance(argument, dict) else [str(argument)])
        ]
        playbook = name if "\n" in name else f"workstation.aws_sso.{name}"
        with self.controller.play(playbook, *words, **{**self._variables, **(environment or {})}) as play:
            return play.fail() if fails else play.succeed()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return self.controller.run(*command, **self._variables)

    def set_up(self, *arguments: t.Any, **keywords: t.Any) -> str:
        return self.play("workstation", "-e", "@company.json", *arguments, **keywords)


@pytest.fixture
def company(controller: Controller, tmp_path: pathlib.Path) -> Company:
    (controller.home / ".aws" / "config").unlink()
    return Company(controller, write_browser(str(tmp_path / "browser")))


def message(output: str) -> str:
    """The sentence of a failed task, as users read it."""
    (found,) = re.findall(r'^fatal: .*"msg": (".*?[^\\]")', output, re.MULTILINE)
    return t.cast(str, json.loads(found))


def tasks_run(output: str) -> t.Set[str]:
    """The tasks that were not skipped."""
    found = re.findall(r"^TASK \[(?:.* : )?(.*)] \**\n(?:.*\n)*?(ok|changed|skipping|fatal):", output, re.M)
    return {name for name, outcome in found if outcome in ("ok", "changed")}


def test_the_first_hour_on_a_fresh_host(company: Company, center: IdentityCenter) -> None:
    """In the order of README, from nothing; see faults of the first --check, of whoami, and of the end."""
    forecast = company.set_up("--check", "--diff")
    assert "known after the sign-in to acme" in forecast and "+[sso-session acme]" in forecast
    assert not company.config and not center.count("CreateToken")

    output = company.set_up()
    assert "AdministratorAccess-111122223333 is arn:aws:sts::111122223333:" in output
    assert f"localhost has 5 profiles in {company.home}/.aws/config" in output
    assert "aws sts get-caller-identity --profile AdministratorAccess-111122223333" in output
    assert "export AWS_PROFILE=AdministratorAccess-111122223333" in output
    assert " changed=0 " in company.set_up()
    assert "5 profiles" not in company.set_up("--check") and company.config

    assert "AdministratorAccess-111122223333 is arn:" in company.play("whoami")
    selected = {"AWS_PROFILE": "ReadOnly-222233334444"}
    assert "ReadOnly-222233334444 is arn:" in company.play("whoami", environment=selected)
    chosen = company.play("whoami", {"workstation_profile": "ReadOnly-111122223333"}, environment=selected)
    assert "ReadOnly-111122223333 is arn:" in chosen

    assert " changed=1 " in company.play("logout")
    assert "workstation.aws_sso.login" in message(company.play("whoami", fails=True))
    assert " changed=1 " in company.play("login", {"workstation_session": "acme"})
    company.play("whoami")


def test_login_reads_the_company_before_there_is_a_session(company: Company) -> None:
    unknown = company.set_up("--tags", "profiles", fails=True)
    assert "workstation.aws_sso.login -e @company.yml" in message(unknown)
    company.play("login", "-e", "@company.json")
    company.set_up("--tags", "profiles")
    assert company.config.count("[profile ") == 5


def test_whoami_in_the_morning(company: Company, center: IdentityCenter) -> None:
    """The token has expired in the night, and is refreshed without a sign-in."""
    company.set_up()
    cache = company.home / ".aws" / "sso" / "cache"
    (token,) = [path for path in cache.iterdir() if "accessToken" in json.loads(path.read_text())]
    document = json.loads(token.read_text())
    expiry = datetime.datetime.strptime(document["expiresAt"], "%Y-%m-%dT%H:%M:%SZ")
    local = f"({expiry + datetime.timedelta(hours=5, minutes=30):%H:%M} UTC+0530)"
    india = {"TZ": "<+0530>-5:30"}
    output = company.play("whoami", environment=india)
    assert re.search(
        rf"signed in; the token expires in (59|60) minutes {re.escape(local)} and is renewed", output
    )
    token.write_text(json.dumps({**document, "refreshToken": ""}))
    output = company.play("whoami", environment=india)
    assert f" minutes {local}, and then a sign-in is required" in output and "renewed" not in output
    document = {**document, "expiresAt": "2026-01-01T00:00:00Z"}
    token.write_text(json.dumps(document))
    output = company.play("whoami")
    assert "AdministratorAccess-111122223333 is arn:" in output
    assert "the token expired at 2026-01-01T00:00:00Z and is refreshed at its next use" in output
    assert "not signed in" not in output
    token.write_text(json.dumps({**document, "refreshToken": ""}))
    output = company.play("whoami", fails=True)
    assert "acme (https://acme.awsapps.com/start): not signed in" in output


def test_sessions_that_cannot_be_signed_in_to_do_not_stop_the_login(company: Company) -> None:
    """A section without a region, and a token whose section was renamed."""
    company.set_up("--tags", "login,profiles")
    section = "[sso-session broken]\nsso_start_url = https://x.awsapps.com/start\n"
    config = company.home / ".aws" / "config"
    config.write_text(config.read_text() + section)
    cache = company.home / ".aws" / "sso" / "cache"
    (token,) = [path for path in cache.iterdir() if "accessToken" in json.loads(path.read_text())]
    (cache / f"{'a' * 40}.json").write_text(token.read_text())
    assert "changed=0" in company.play("login")
    output = company.play("whoami")
    assert "has no sso_region" in output
    assert "changed=1" in company.play("logout") and not token.exists()
    assert not (cache / f"{'a' * 40}.json").exists()


@pytest.mark.parametrize("playbook", ["login", "logout", "whoami"])
def test_no_session(company: Company, playbook: str) -> None:
    output = message(company.play(playbook, fails=True))
    assert "~/.aws/config on localhost has no session" in output
    assert "ansible-playbook workstation.aws_sso.workstation -e @company.yml" in output


def test_no_company(company: Company) -> None:
    assert "workstation_sessions is not defined for localhost" in message(
        company.play("workstation", fails=True)
    )


NO_TARGET = "The inventory has 2 hosts, but no target was given. Add -e target=all"
WRONG_TARGETS = [
    (("--limit", "laptop-1"), NO_TARGET),
    (("--start-at-task", "Sign in"), NO_TARGET),
    (("-e", "target=laptop"), "No host of the inventory matches the target laptop."),
    (("-e", "target=empty"), "The group empty has no hosts"),
    (("-e", "target=laptop-1", "--limit", "laptop-2"), "--limit laptop-2 leaves no host of the target"),
]


@pytest.mark.parametrize(
    ("playbook", "arguments", "said"),
    [
        *((playbook, (), NO_TARGET) for playbook in PLAYBOOKS),
        *(("workstation", arguments, said) for arguments, said in WRONG_TARGETS),
    ],
)
def test_target(company: Company, playbook: str, arguments: t.Tuple[str, ...], said: str) -> None:
    """Never on this machine because the target is missing or misspelt, and never on nothing with success."""
    output = company.play(playbook, "-i", "hosts.ini", "-e", "@company.json", *arguments, fails=True)
    assert said in output and "TASK" not in output


def test_valid_targets_are_accepted(company: Company) -> None:
    for arguments, count in (
        (("-i", "hosts.ini", "-e", "target=laptops"), 2),
        (("-i", "hosts.ini", "-e", "target=all:!laptop-1"), 1),
        (("-i", "hosts.ini", "-e", "target=laptops", "--limit", "laptop-2"), 1),
        (("-i", "hosts.ini", "-e", "target=localhost"), 1),
        (("-i", "localhost,", "-c", "local", "-e", f"ansible_python_interpreter={sys.executable}"), 1),
    ):
        output = company.play("doctor", *arguments, {"workstation_doctor_fail_on": "never"})
        assert len(re.findall(r"^\S+ +: ok=", output, re.MULTILINE)) == count


def test_variables_of_other_roles_are_ignored(company: Company) -> None:
    company.set_up()
    others = {
        "session": "tmux",
        "profile": "x",
        "method": "y",
        "force": True,
        "strict": True,
        "sessions": [1],
    }
    assert " changed=0 " in company.play("login", others)
    company.play("whoami", others)
    company.play("doctor", others)


@pytest.mark.parametrize(
    ("variable", "options", "named"),
    [
        ("workstation_aws_cli", {"verison": "2.38.5"}, "workstation_aws_cli.verison"),
        ("workstation_login", {"tokn_store": "host"}, "workstation_login.tokn_store"),
        ("workstation_prerequisites", {"tolls": {}}, "workstation_prerequisites.tolls"),
        ("workstation_sso_profiles", {"pth": "~/x"}, "workstation_sso_profiles.pth"),
        ("workstation_sso_profiles", {"sessions": []}, "workstation_sso_profiles.sessions"),
        ("workstation_login", {"start_url": "https://x.example"}, "workstation_login.start_url"),
        ("workstation_login", {"timeout": "soon"}, "workstation_login"),
    ],
)
def test_an_unknown_option_is_refused(
    company: Company, variable: str, options: t.Dict[str, t.Any], named: str
) -> None:
    output = company.set_up({variable: options}, fails=True)
    assert named in output
    assert not tasks_run(output) and not company.config


MISSPELLED = """\
- hosts: laptops
  gather_facts: false
  vars: {workstation_regoin: eu-west-1}
  roles: [workstation.aws_sso.workstation]
"""


def test_a_misspelled_variable_is_one_warning_wherever_it_comes_from(company: Company) -> None:
    with (company.home / "hosts.ini").open("a") as inventory:
        inventory.write("[laptops:vars]\nworkstation_role=ReadOnly\nworkstation_owner=jane\n")
    arguments = ["-i", "hosts.ini", "-e", "@company.json", {"workstation_acounts": ["1*"]}, "--check"]
    output = " ".join(company.play(MISSPELLED, *arguments).split())
    for variable, meant in (("regoin", "region"), ("role", "roles"), ("acounts", "accounts")):
        sentence = f"There is no variable workstation_{variable}. Did you mean workstation_{meant}?"
        assert output.count(sentence) == 1
    assert output.count("There is no variable") == 3
    output = company.play("doctor", {"workstation_doctor_fail_no": "never"})
    assert "Did you mean workstation_doctor_fail_on?" in " ".join(output.split())


def test_options_reach_the_modules_with_their_types(company: Company) -> None:
    output = company.set_up(
        {
            "seconds": 7,
            "workstation_login": {"timeout": "{{ seconds * 60 }}", "method": "device"},
            "workstation_sso_profiles": {"path": "~/other/config", "backup": True},
            "workstation_exclude_roles": ["Admin*"],
            "workstation_exclude_accounts": ["222233334444"],
            "workstation_profile_overrides": [{"accounts": ["0*"], "region": "us-east-1"}],
            "workstation_parts": ["login", "profiles"],
        }
    )
    assert "7 minutes" in output
    written = (company.home / "other" / "config").read_text()
    assert re.findall(r"^\[profile (.*)]$", written, re.MULTILINE) == [
        "ReadOnly-111122223333",
        "ReadOnly-012345678901",
    ]
    assert written.count("region = us-east-1") == 1 and not company.config


def test_parts_are_tags(company: Company) -> None:
    assert WRITE not in tasks_run(company.set_up("--tags", "login"))
    assert company.config == ""
    assert WRITE in (profiles := tasks_run(company.set_up("--tags", "profiles")))
    assert not profiles & {"Sign in", "Get the caller identity"}
    verified = tasks_run(company.set_up("--tags", "verify"))
    assert "Get the caller identity" in verified and not verified & {WRITE, "Sign in"}
    skipped = tasks_run(company.set_up("--skip-tags", "verify,login"))
    assert WRITE in skipped and not skipped & {"Sign in", "Get the caller identity"}
    started = tasks_run(company.set_up("--start-at-task", WRITE))
    assert {WRITE, "Get the caller identity"} <= started and "Sign in" not in started


def test_no_role_in_any_account(company: Company) -> None:
    for none in ({"workstation_accounts": ["nothing*"]}, {"workstation_exclude_roles": ["*"]}):
        said = message(company.set_up(none, fails=True))
        assert said.startswith("You are signed in to acme, but have no role in any account")
        assert "workstation_accounts" in said and "Ask an administrator of IAM Identity Center" in said


@pytest.mark.parametrize(
    ("operation", "fault", "said"),
    [
        ("GetRoleCredentials", "forbidden", "does not have this role"),
        pytest.param("GetRoleCredentials", "revoked", "No user is signed in", marks=pytest.mark.full),
        pytest.param("GetCallerIdentity", "cut_before", "AWS cannot be reached", marks=pytest.mark.full),
    ],
)
def test_failures_of_the_identity_are_explained(
    company: Company, center: IdentityCenter, operation: str, fault: str, said: str
) -> None:
    company.set_up("--skip-tags", "verify")
    center.faults.add(operation, fault)
    for playbook, arguments in (("workstation", ["-e", "@company.json"]), ("whoami", [])):
        output = message(company.play(playbook, *arguments, fails=True))
        assert said in output and "ansible-playbook workstation.aws_sso.doctor" in output
        assert "{" not in output and "Traceback" not in output


def test_a_missing_aws_cli_is_explained_with_each_command_on_a_line_of_its_own(company: Company) -> None:
    company.set_up("--skip-tags", "verify")
    hidden = {"PATH": company.controller.environment["PATH"], "AWS_PROFILE": "ReadOnly-111122223333"}
    said = message(company.play("whoami", fails=True, environment=hidden))
    assert said.splitlines()[-6:] == [
        "The AWS CLI is not installed there; the part aws_cli installs it.",
        "aws: AWS CLI v2 is not installed.",
        "Fix: ansible localhost --become -m workstation.aws_sso.aws_cli -a state=latest",
        "Where sudo asks for a password, add -K to the fix.",
        "For a diagnosis, run: ansible-playbook workstation.aws_sso.doctor",
        "(aws: sh: 1: exec: aws: not found)",
    ], said


def test_a_deferred_sign_in_is_the_first_of_the_next_steps(company: Company) -> None:
    access = [{"session": "acme", "account_id": "111122223333", "account_name": "one", "role_name": "Admin"}]
    deferred = {"workstation_access": access, "workstation_parts": ["profiles"]}
    output = company.set_up(deferred)
    said = (
        "Nobody is signed in to acme on localhost yet. The user first runs: aws sso login --sso-session acme"
    )
    assert output.index(said) < output.index(
        "Next, in a new shell: aws sts get-caller-identity --profile Admin-111122223333"
    )
    company.play("login")
    assert "Nobody is signed in" not in company.set_up(deferred)
    without = company.set_up(deferred, environment={"PATH": company.controller.environment["PATH"]})
    assert "aws s3" not in without and "aws configure" not in without and "AWS_PROFILE=Admin-" in without


def test_a_wrong_clock_is_explained(company: Company, center: IdentityCenter) -> None:
    center.set(clock_skew_seconds=1200)
    output = message(company.set_up(fails=True))
    assert "the clock of the host is wrong" in output and "workstation.aws_sso.doctor" in output


def test_variables_that_take_precedence(company: Company) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "hush-hush"}
    output = company.set_up(environment=keys)
    assert "AWS_ACCESS_KEY_ID is set in the environment on localhost" in output
    assert "unset AWS_ACCESS_KEY_ID" in output and "hush-hush" not in output
    assert "AWS_PROFILE is set" in company.set_up(environment={"AWS_PROFILE": "nope"})
    (company.home / ".bashrc").write_text("# AWS_ACCESS_KEY_ID=x\nexport AWS_PROFILE=nope\n")
    output = company.set_up()
    assert "AWS_PROFILE is set" in output and "AWS_ACCESS_KEY_ID" not in output
    output = company.play("whoami", environment=keys)
    assert "AWS_ACCESS_KEY_ID: " in output and '"Fix: unset AWS_ACCESS_KEY_ID' in output
    assert "nope" in message(company.play("whoami", fails=True, environment={"AWS_PROFILE": "nope"}))


def test_doctor(company: Company) -> None:
    company.controller.write_config("[profile\n")
    failed = company.play("doctor", fails=True)
    assert "config-unparseable" in message(failed)
    company.play("doctor", {"workstation_doctor_fail_on": "never"})
    (company.home / ".aws" / "config").unlink()
    company.play("doctor")
    strict = {"workstation_doctor_fail_on": "warning"}
    assert "session-missing" in message(company.play("doctor", strict, fails=True))


def test_the_doctor_knows_the_sessions_of_the_company_before_they_are_written(
    company: Company, center: IdentityCenter
) -> None:
    """What it prints for a host of an inventory is typed into a shell; then there is nothing to report."""
    (company.home / "company.yml").write_text((company.home / "company.json").read_text())
    host = ["-e", "@company.yml", "-i", "hosts.ini", "-e", "target=laptop-2"]
    strict = {"workstation_doctor_fail_on": "warning"}
    output = company.play("doctor", *host, strict, fails=True)
    assert "session-not-configured" in message(output)
    assert not company.config and center.count("CreateToken", status=401) == 1  # the endpoints were called
    fixes = [json.loads(line.strip(" ,")) for line in output.splitlines() if '"    fix: ' in line]
    assert "HOST" not in str(fixes)
    fix = next(fix for fix in fixes if "ansible-playbook" in fix).replace("    fix: ", "")
    assert fix.endswith(f" -i {company.home}/hosts.ini -e target=laptop-2")
    done = company.run("sh", "-c", fix)
    assert done.returncode == 0, done.stdout
    company.play("doctor", *host, strict)
    output = company.play("doctor", "-e", "@company.yml", {"workstation_session": "acme"})
    assert "[session-" not in output


def test_private_role_variables(company: Company) -> None:
    private = {"ANSIBLE_PRIVATE_ROLE_VARS": "true"}
    company.set_up(environment=private)
    assert " changed=0 " in company.set_up(environment=private)
    company.play("whoami", environment=private)


NOT_LEAKING = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.import_role:
        name: workstation.aws_sso.workstation
      when: false
    - ansible.builtin.assert:
        that:
          - not (ansible_pipelining | default(false) | bool)
          - ansible_become is undefined
"""


def test_settings_of_other_tasks_are_kept(company: Company) -> None:
    company.play(NOT_LEAKING, "-e", "@company.json")
