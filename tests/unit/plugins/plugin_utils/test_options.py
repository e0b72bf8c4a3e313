# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What plays give to the lookups as terms and options: vault values, omit, tagged strings, numbers, typos."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import typing as t

import pytest
import yaml
from ansible.errors import AnsibleError

import ansible_collections.workstation.aws_sso as collection
from identity_center import IdentityCenter
from support.role_credentials import ACCESS, PROFILES, lookup, sign_in

SECRETS = {
    "vaulted_account": "111122223333",
    "vaulted_role": "ReadOnly",
    "vaulted_session": "corp",
    "vaulted_profile": "dev",
    "vaulted_arn": "arn:aws:iam::222233334444:role/Audit",
    "vaulted_id": "acme-audit",
    "vaulted_url": "https://acme.awsapps.com/start",
    "vaulted_globs": "Prod*,Dev*",
}
PLAY = {
    "hosts": "localhost",
    "gather_facts": False,
    "vars_files": ["vault.yml"],
    "vars": {
        "credentials": "workstation.aws_sso.sso_credentials",
        "access": "workstation.aws_sso.sso_access",
        "assignments": "workstation.aws_sso.sso_assignments",
        "names": ["dev", "prod"],
        "region": "eu-west-1",
    },
}


class Plays:
    """Runs plays in the scratch home, whose vault.yml has a vault value for each of SECRETS."""

    def __init__(self, home: pathlib.Path) -> None:
        self.home = home
        (home / "password").write_text("secret\n")
        (home / "collections/ansible_collections/workstation").mkdir(parents=True)
        (home / "collections/ansible_collections/workstation/aws_sso").symlink_to(
            pathlib.Path(__file__).parents[4]
        )
        self.vault = "".join(self._encrypted(name, value) for name, value in SECRETS.items())
        (home / "vault.yml").write_text(self.vault)

    def _encrypted(self, name: str, value: str) -> str:
        return self.ansible("vault", "encrypt_string", "--name", name, value).stdout.rstrip() + "\n"

    def ansible(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(pathlib.Path(collection.__path__[0]).parents[2]),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_VAULT_PASSWORD_FILE": str(self.home / "password"),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
        }
        return subprocess.run(
            [sys.executable, "-m", "ansible", command, *arguments],
            env={**os.environ, **environment},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def check(self, *conditions: str) -> None:
        """Runs a task that asserts each of *conditions*."""
        self.play([{"ansible.builtin.assert": {"that": list(conditions)}}])

    def play(self, tasks: list[dict[str, t.Any]]) -> str:
        (self.home / "play.yml").write_text(yaml.safe_dump([{**PLAY, "tasks": tasks}]))
        done = self.ansible("playbook", "play.yml")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def plays(home: pathlib.Path, aws_config: pathlib.Path, center: IdentityCenter) -> Plays:
    aws_config.write_text(PROFILES)
    sign_in(center)
    return Plays(home)


def test_vault_values_are_accepted_everywhere(plays: Plays) -> None:
    plays.check(
        "lookup(credentials, vaulted_profile) == lookup(credentials, 'dev')",
        "lookup(credentials, session=vaulted_session, account_id=vaulted_account, role_name=vaulted_role)"
        " == lookup(credentials, session='corp', account_id='111122223333', role_name='ReadOnly')",
        "lookup(credentials, 'dev', role_arn=vaulted_arn, external_id=vaulted_id)"
        " == lookup(credentials, 'dev', role_arn='arn:aws:iam::222233334444:role/Audit',"
        " external_id='acme-audit')",
        "query(access, vaulted_session, accounts=[vaulted_account], roles=[vaulted_role]) | length == 1",
        "query(access, 'corp', accounts=vaulted_globs) | length == 4",
        "query(access, 'corp', exclude_accounts=[vaulted_account]) | length == 3",
        "query(access, sessions=[{'name': vaulted_session, 'start_url': vaulted_url, 'region': region}])"
        " | length == 5",
    )


def test_omitted_options_and_elements_have_their_defaults(plays: Plays) -> None:
    plays.check(
        "lookup(credentials, 'dev', role_arn=omit, min_ttl=omit, cache=omit) == lookup(credentials, 'dev')",
        "query(access, 'corp', accounts=omit, cache_ttl=omit, query=nothing | default(omit)) | length == 5",
        "query(access, 'corp', accounts=['Prod*', omit]) | length == 2",
        "query(access, sessions=[{'name': 'corp', 'start_url': 'https://acme.awsapps.com/start',"
        " 'region': region, 'registration_scopes': omit}]) | length == 5",
    )


def test_lists_formatted_strings_and_numbers(plays: Plays) -> None:
    plays.check(
        "query(credentials, names) == query(credentials, 'dev', 'prod')",
        "query(credentials, names | map('string')) == query(credentials, 'dev', 'prod')",
        "lookup(credentials, '%s' | format('dev')) == lookup(credentials, names[0])",
        "lookup(credentials, session='corp', account_id=111122223333, role_name='Read' ~ 'Only')"
        " == lookup(credentials, session='corp', account_id='111122223333', role_name='ReadOnly')",
        "query(access, ['corp']) == query(access, 'corp')",
        "query(access, 'corp', accounts=[111122223333]) | length == 2",
        "query(access, 'corp', accounts=111122223333) | length == 2",
        "query(access, 'corp', exclude_accounts=[111122223333], exclude_roles=['Admin*']) | length == 2",
        "query(access, 'corp', accounts='Prod*,Dev*') | length == 4",
        "query(access, 'corp', cache_ttl='60') | length == 5",
    )


ACCOUNT = "must be a string of 12 digits, not the number"
REFUSALS = {
    "query(access, 'corp', role=['ReadOnly'])": "There is no option 'role'. Did you mean roles",
    "query(access, 'corp', acounts=['x'])": "There is no option 'acounts'. Did you mean accounts",
    "query(access, 'corp', nonsense=1)": "There is no option 'nonsense'.",
    "query(assignments, session='corp', acounts=['x'])": "Did you mean accounts",
    "query(assignments, session='corp', exclude_role=['x'])": "Did you mean exclude_roles",
    "query(credentials, 'dev', fromat='details')": "There is no option 'fromat'. Did you mean format",
    "query(access, sessions=[{'name': 'corp', 'sso_region': region}])": "There is no option 'sso_region'.",
    "query(access, sessions=['corp'])": "A dictionary of name, start_url",
    "query(access, 'corp', accounts=[1402433619])": f"accounts {ACCOUNT} 1402433619. Quote it in YAML",
    "query(access, 'corp', exclude_accounts=[11122223333])": f"exclude_accounts {ACCOUNT} 11122223333.",
    "query(access, 'corp', accounts=[true])": "accounts must be a string, not bool.",
    "query(access, 'corp', accounts=[{'id': 1}])": "accounts must be a string, not a dictionary.",
    "query(access, 'corp', cache_ttl='soon')": "cache_ttl must be a whole number, not 'soon'.",
    "query(assignments, session='corp', accounts=[12345])": f"accounts {ACCOUNT} 12345.",
}


def test_what_cannot_be_meant_is_refused_with_what_to_do(plays: Plays) -> None:
    tasks = [
        {"ansible.builtin.debug": {"msg": f"{{{{ {text} }}}}"}, "ignore_errors": True} for text in REFUSALS
    ]
    said = "".join(plays.play(tasks).split())
    for message in REFUSALS.values():
        assert "".join(message.split()) in said.replace('\\"', '"'), message
    assert said.count("...ignoring") == len(REFUSALS)


@pytest.mark.parametrize("value", ["vaulted_account", "vaulted_globs"])
def test_vault_values_in_an_inventory(plays: Plays, value: str) -> None:
    encrypted = plays._encrypted("accounts", SECRETS[value]).replace("\n", "\n  ")
    text = encrypted.replace("accounts: ", "accounts:\n  - ") if value == "vaulted_account" else encrypted
    source = plays.home / "corp.sso_accounts.yml"
    source.write_text(f"plugin: workstation.aws_sso.sso_accounts\nsessions: [corp]\n{text.rstrip()}\n")
    listed = plays.ansible("inventory", "-i", str(source), "--graph")
    assert "--ReadOnly-111122223333" in listed.stdout, listed.stderr
    assert "--ReadOnly-012345678901" not in listed.stdout


@pytest.mark.parametrize("name", ["environment", "organization"])
def test_a_dictionary_that_is_none_is_not_shown(name: str) -> None:
    with pytest.raises(AnsibleError, match=f"{name} must be a dictionary, not str") as caught:
        lookup(ACCESS, **{name: "password=secret"})
    assert "password" not in str(caught.value)
