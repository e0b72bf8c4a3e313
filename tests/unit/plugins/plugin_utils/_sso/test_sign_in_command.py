# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that a message names signs in, in the situation in which the message appears."""

from __future__ import annotations

import json
import pathlib
import re
import shlex

import jinja2
import pytest
from ansible.parsing.splitter import parse_kv

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import (
    SsoSession,
    inline_session,
)
from ansible_collections.workstation.aws_sso.plugins.modules.sso_login import ARGUMENT_SPEC
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.sessions import (
    find_session,
    session_from_config,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.sign_in_command import how_to_sign_in
from support.logins import CORP, LEGACY

PLAYBOOK = ["ansible-playbook", "workstation.aws_sso.login", "-e", "target=localhost", "-e"]
OLD = f"[profile old]\nsso_start_url = {LEGACY.start_url}\nsso_region = {LEGACY.region}\n"
SPACED = "[sso-session 'my corp']\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n"


def commands(session: SsoSession) -> tuple[list[str], list[str]]:
    """The words of our command, and those of the AWS CLI if one is named."""
    text = how_to_sign_in(session)
    ours = re.match(r"Run: (.*) \(or", text)
    theirs = re.search(r"\(or: (.*)\)$", text)
    assert ours
    return shlex.split(ours[1]), shlex.split(theirs[1]) if theirs else []


def arguments(text: str) -> dict[str, str]:
    """As ansible and ansible-playbook read them."""
    return dict(json.loads(text)) if text.startswith("{") else dict(parse_kv(text))


def templated(text: str) -> str:
    """As Ansible evaluates arguments of a command line."""
    return str(jinja2.Template(text).render())


def test_a_configured_session_is_named(aws_config: pathlib.Path) -> None:
    ours, theirs = commands(session_from_config("corp"))
    assert ours == [*PLAYBOOK, "workstation_session=corp"]
    assert theirs == ["aws", "sso", "login", "--sso-session", "corp"]


def test_a_name_with_a_blank_arrives_as_it_is(aws_config: pathlib.Path) -> None:
    aws_config.write_text(SPACED)
    ours, theirs = commands(session_from_config("my corp"))
    assert ours[:-1] == PLAYBOOK and arguments(ours[-1]) == {"workstation_session": "my corp"}
    assert theirs[-1] == "my corp"


def test_a_start_url_of_profiles_names_such_a_profile(aws_config: pathlib.Path) -> None:
    aws_config.write_text(OLD)
    ours, theirs = commands(session_from_config(LEGACY.start_url))
    assert ours == [*PLAYBOOK, f"workstation_session={LEGACY.start_url}"]
    assert theirs == ["aws", "sso", "login", "--profile", "old"]


def test_of_profiles_with_the_start_url_the_one_of_the_region_is_named(aws_config: pathlib.Path) -> None:
    other = OLD.replace("old", "other").replace(LEGACY.region, "us-east-1")
    of_a_session = f"[profile new]\nsso_session = corp\nsso_start_url = {LEGACY.start_url}\n"
    aws_config.write_text(of_a_session + OLD + other + SPACED)
    assert commands(session_from_config(LEGACY.start_url))[1][-1] == "old"
    assert LEGACY.login_command({}) == "aws sso login --profile PROFILE"


@pytest.mark.parametrize("name", ["-x", "--", "-x y", "--session=$a"])
def test_a_name_is_no_option(aws_config: pathlib.Path, name: str) -> None:
    session = SsoSession(name, LEGACY.start_url, LEGACY.region)
    assert shlex.split(session.login_command({}))[3:] == [f"--sso-session={name}"]


INLINE = [
    CORP,
    LEGACY,
    inline_session("my corp", "https://acme.awsapps.com/start#/", "us-gov-west-1"),
    inline_session('it\'s "x" {{ y }}', "https://acme.awsapps.com/start?a=b&c=d", "eu-west-1"),
    inline_session("corp", "https://acme.awsapps.com/start", "eu-west-1", ["sso:account:access", "a:b"]),
]


@pytest.mark.parametrize("session", INLINE)
@pytest.mark.parametrize("config", ["", "[sso-session corp]\nsso_region = x\n", "[broken"])
def test_a_session_that_is_not_configured_is_described(
    aws_config: pathlib.Path, session: SsoSession, config: str
) -> None:
    aws_config.write_text(config)
    ours, theirs = commands(session)
    assert ours[:4] == ["ansible", "localhost", "-m", "workstation.aws_sso.sso_login"] and not theirs
    found = {name: templated(value) for name, value in arguments(ours[5]).items()}
    assert found.keys() <= ARGUMENT_SPEC.keys()
    scopes = found.get("registration_scopes")
    again = find_session(
        found.get("session"), found["start_url"], found["region"], scopes.split(",") if scopes else None
    )
    assert again == session or again.start_url == "https://acme.awsapps.com/start"
    assert "part login" in how_to_sign_in(session)


def test_a_section_of_that_name_with_another_portal_does_not_count(aws_config: pathlib.Path) -> None:
    other = inline_session("corp", "https://other.awsapps.com/start", "eu-west-1")
    assert "start_url=https://other.awsapps.com/start" in how_to_sign_in(other)
