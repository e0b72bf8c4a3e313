# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terraform and kubeconfigs: which account they use, with a profile and with environment variables."""

from __future__ import annotations

import base64
import json
import typing as t
import urllib.parse

import pytest
import yaml

from end_to_end import real_terraform
from end_to_end.everywhere import AWS_PROFILES, BUCKET, DEVELOPMENT, PLAYS, User
from end_to_end.needs import need

PROFILE = "ReadOnly-111122223333"


@pytest.mark.parametrize(
    "name",
    ["Run Terraform in one account", "Run Terraform in one account, with environment variables"],
)
def test_terraform_keeps_its_state_in_the_account(user: User, name: str) -> None:
    need(real_terraform.missing())
    bucket = user.moto.client("s3", DEVELOPMENT)
    bucket.delete_object(Bucket=BUCKET, Key="network.tfstate")
    user.run(PLAYS[name].text)
    state = json.load(bucket.get_object(Bucket=BUCKET, Key="network.tfstate")["Body"])
    assert state["outputs"]["name"]["value"] == "network"


def test_terraform_logs_the_token_of_the_session_with_tf_log(user: User) -> None:
    """What the guide warns of."""
    need(real_terraform.missing())
    log = user.home / "terraform.log"
    user.run(PLAYS["Run Terraform in one account"].text, TF_LOG="debug", TF_LOG_PATH=str(log))
    tokens = (json.loads(path.read_text()) for path in (user.home / ".aws/sso/cache").glob("*.json"))
    (token,) = (document["accessToken"] for document in tokens if "accessToken" in document)
    assert token in log.read_text()


def written_user(user: User, play: str = PLAYS["Write a kubeconfig"].text) -> dict[str, t.Any]:
    """The exec section of the only user in the kubeconfig that the guide's play writes."""
    kubeconfig = user.home / "kubeconfig"
    kubeconfig.unlink(missing_ok=True)
    assert "changed=1" in user.run(play)
    assert "changed=0" in user.run(play)
    document = yaml.safe_load(kubeconfig.read_text())
    assert document["current-context"] == "shop"
    (entry,) = document["users"]
    return t.cast("dict[str, t.Any]", entry["user"]["exec"])


def test_a_kubeconfig_names_the_profile_and_has_no_credentials(user: User) -> None:
    section = written_user(user)
    assert section["env"] == [{"name": "AWS_PROFILE", "value": PROFILE}]
    text = (user.home / "kubeconfig").read_text()
    assert "ASIA" not in text and "token:" not in text


def test_a_kubeconfig_without_a_profile_leaves_credentials_to_the_environment(user: User) -> None:
    lookup = f"lookup('workstation.aws_sso.sso_credentials', '{PROFILE}', format='environment')"
    environment = f'      environment: "{{{{ {lookup} }}}}"\n      register: cluster\n'
    play = PLAYS["Write a kubeconfig"].text.replace(f"          - --profile={PROFILE}\n", "")
    section = written_user(user, play.replace("      register: cluster\n", environment))
    assert not section.get("env")


@pytest.mark.parametrize(
    "aws_profile", [pytest.param("unset", marks=pytest.mark.full), "existing", "missing"]
)
def test_a_program_with_the_kubeconfig_gets_a_token_of_the_account(user: User, aws_profile: str) -> None:
    """As kubectl does: the variables of the exec section are added to those of the program."""
    section = written_user(user)
    variables = {**AWS_PROFILES[aws_profile], **{entry["name"]: entry["value"] for entry in section["env"]}}
    before = user.center.count("GetRoleCredentials")
    done = user.controller.run(section["command"], *section["args"], **variables)
    assert done.returncode == 0, done.stderr
    assert user.center.count("GetRoleCredentials") == before, "the cache of the AWS CLI is used"
    prefix, _dot, encoded = json.loads(done.stdout)["status"]["token"].partition(".")
    assert prefix == "k8s-aws-v1"
    url = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    access_key = query["X-Amz-Credential"][0].partition("/")[0]
    assert user.center.records.role_credentials[access_key].account_id == DEVELOPMENT
