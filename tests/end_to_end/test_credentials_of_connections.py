# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection aws_ssm: whose credentials it uses, what session-manager-plugin gets, and what is shown."""

from __future__ import annotations

import json
import urllib.parse

import pytest

from end_to_end.everywhere import BY_PROFILE, DEVELOPMENT, PLAYS, User

WITH_PROFILE = PLAYS["Configure instances over Session Manager"].text
WITH_KEYS = PLAYS["Configure instances over Session Manager, with keys"].text
PROFILE = "ReadOnly-111122223333"


def run(user: User, play: str, *options: str, **variables: str) -> str:
    user.plugin.forget()
    return user.run(play, "-i", str(user.home / BY_PROFILE), *options, **variables)


@pytest.mark.parametrize("play", [WITH_PROFILE, WITH_KEYS], ids=["profile", "keys"])
def test_a_task_runs_on_the_instance_and_a_file_is_copied_to_it(user: User, play: str) -> None:
    run(user, play)
    instance = user.plugin.home(user.instances[DEVELOPMENT])
    assert (instance / "motd").read_text() == "Managed by Ansible\n"
    (instance / "motd").unlink()
    operations = [request.operation for request in user.requests() if request.service == "ssm"]
    assert operations.count("StartSession") == operations.count("TerminateSession") == 2


def test_the_name_of_the_connection_in_community_aws_works_too(user: User) -> None:
    run(user, WITH_KEYS.replace("amazon.aws.aws_ssm", "community.aws.aws_ssm"))


@pytest.mark.parametrize(
    ("aws_profile", "passed"),
    [("other", {"AWS_PROFILE": "other"}), ("missing", {})],
    ids=["other", "missing"],
)
def test_session_manager_plugin_gets_no_keys_but_the_aws_profile_of_ansible(
    user: User, aws_profile: str, passed: dict[str, str]
) -> None:
    run(user, WITH_KEYS, AWS_PROFILE=aws_profile)
    started = user.plugin.started()
    assert len(started) == 2
    for arguments, environment in started:
        assert arguments[3] == ""
        names = ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        assert {name: environment[name] for name in names if name in environment} == passed
        given = json.dumps([arguments, environment])
        assert not [text for keys in user.cached_keys() for text in keys.values() if text in given]


def test_session_manager_plugin_gets_the_name_of_the_profile(user: User) -> None:
    run(user, WITH_PROFILE, AWS_PROFILE="other")
    assert {arguments[3] for arguments, _environment in user.plugin.started()} == {PROFILE}


def test_the_output_has_presigned_urls_at_the_highest_verbosity_and_never_a_secret_key(user: User) -> None:
    shown = run(user, WITH_KEYS, "-vvvv")
    keys = user.cached_keys()
    assert keys and "token-of-the-ssm-session" in shown
    secrets = [text for entry in keys for text in entry.values()]
    quoted = [urllib.parse.quote(secret, safe="") for secret in secrets]
    assert not [secret for secret in {*secrets, *quoted} if secret in shown]
    shown = run(user, WITH_KEYS, "-vvvvv")
    assert "X-Amz-Security-Token=" in shown
    assert not [entry for entry in keys if entry["SecretAccessKey"] in shown]


def test_the_lookup_needs_one_request_for_role_credentials_and_boto3_many(user: User) -> None:
    def requested(play: str) -> int:
        before = user.center.count("GetRoleCredentials")
        with user.play(play, "-i", f"{user.instances[DEVELOPMENT]},") as running:
            running.succeed()
        return user.center.count("GetRoleCredentials") - before

    for entry in user.cache.glob("*.json"):
        entry.unlink()
    everywhere = ("hosts: aws_ec2", "hosts: all")
    assert requested(WITH_KEYS.replace(*everywhere)) == 1
    assert requested(WITH_KEYS.replace(*everywhere)) == 0
    assert requested(WITH_PROFILE.replace(*everywhere)) > 3
