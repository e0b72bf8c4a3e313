# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config import parser
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import (
    IncompleteSession,
    SsoSession,
    UnknownSession,
    inline_session,
    legacy_sessions,
    parse_scopes,
    session_in,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import Token, utc_now

CONFIG = """\
[sso-session corp]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access, codewhisperer:completions
[sso-session "no scopes"]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
[sso-session empty]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes =
[sso-session half]
sso_start_url = https://acme.awsapps.com/start
[profile old]
sso_start_url = https://old.awsapps.com/start#/
sso_region = us-east-1
[profile new]
sso_session = corp
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
"""


@pytest.fixture
def config(tmp_path: pathlib.Path) -> parser.AwsConfig:
    path = tmp_path / "config"
    path.write_text(CONFIG)
    return parser.read_config(str(path))


@pytest.mark.parametrize(
    ("name", "scopes"),
    [
        ("corp", ("sso:account:access", "codewhisperer:completions")),
        ("no scopes", None),
        ("empty", ()),
    ],
)
def test_a_session_of_the_configuration(config: parser.AwsConfig, name: str, scopes: t.Any) -> None:
    expected = SsoSession(name, "https://acme.awsapps.com/start", "eu-west-1", scopes)
    assert session_in(config, "config", name) == expected
    assert expected.label == name


def test_a_start_url_of_older_profiles_is_a_session_without_a_name(config: parser.AwsConfig) -> None:
    expected = SsoSession(None, "https://old.awsapps.com/start#/", "us-east-1", None)
    assert session_in(config, "config", expected.start_url) == expected
    assert expected.label == expected.start_url
    assert list(legacy_sessions(config)) == [expected.start_url]


def test_a_session_that_is_not_complete_names_the_missing_key(config: parser.AwsConfig) -> None:
    with pytest.raises(IncompleteSession, match=r"\[sso-session half\] in /c has no sso_region"):
        session_in(config, "/c", "half")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("crop", "Did you mean corp?"),
        ("zzz", "Its sessions are: corp, empty, half, https://old"),
        ("crop", "in /c"),
    ],
)
def test_an_unknown_session_is_answered_with_those_there_are(
    config: parser.AwsConfig, name: str, hint: str
) -> None:
    with pytest.raises(UnknownSession) as caught:
        session_in(config, "/c", name)
    assert hint in str(caught.value)


def test_without_any_session_the_text_says_how_to_get_one() -> None:
    with pytest.raises(UnknownSession, match=r"no session yet\. To add a session, run the playbook"):
        session_in(parser.AwsConfig(), "/c", "corp")


def test_an_inline_session_has_the_scope_that_brings_a_refresh_token() -> None:
    session = inline_session("corp", "https://acme.awsapps.com/start", "eu-west-1")
    assert session.registration_scopes == ("sso:account:access",)
    assert inline_session(None, "https://acme.awsapps.com/start", "eu-west-1").registration_scopes is None
    assert inline_session("corp", "https://x", "eu-west-1", []).registration_scopes == ()


@pytest.mark.parametrize(
    ("start_url", "region", "owned"),
    [
        ("https://acme.awsapps.com/start", "eu-west-1", True),
        ("https://acme.awsapps.com/start/#/", "eu-west-1", True),
        ("https://ACME.awsapps.com/start#", None, True),
        (None, None, True),
        ("https://other.awsapps.com/start", "eu-west-1", False),
        ("https://acme.awsapps.com/start", "us-east-1", False),
        ("", "", True),
        ("", "us-east-1", False),
        ("https://acme.awsapps.com/start\\#/", "eu-west-1", True),
    ],
)
def test_a_token_of_another_portal_or_region_is_not_the_sessions(
    start_url: t.Optional[str], region: t.Optional[str], owned: bool
) -> None:
    document = {"startUrl": start_url, "region": region}
    token = Token("x", utc_now(), {name: value for name, value in document.items() if value})
    assert SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1").owns(token) is owned


SSOINS = "ssoins-7223abcdef012345"
DIRECTORY = "d-9067abcdef"
DUAL_STACK = f"https://{SSOINS}.portal.eu-west-1.app.aws"


@pytest.mark.parametrize(
    ("configured", "issued_for", "owned"),
    [
        (
            DUAL_STACK,
            f"https://identitycenter.amazonaws.com/{SSOINS}",
            True,
        ),
        (
            f"{DUAL_STACK}/#/",
            f"https://{SSOINS}.eu-west-1.portal.amazonaws.com",
            True,
        ),
        (
            f"https://start.us-gov-home.awsapps.com/directory/{DIRECTORY}",
            f"https://start.us-gov-west-1.us-gov-home.awsapps.com/directory/{DIRECTORY}#/",
            True,
        ),
        (
            f"https://start.home.awsapps.cn/directory/{DIRECTORY}",
            f"https://start.cn-north-1.home.awsapps.cn/directory/{DIRECTORY.upper()}",
            True,
        ),
        (f"https://{DIRECTORY}.awsapps.com/start", f"https://{DIRECTORY}.awsapps.com/start/", True),
        (DUAL_STACK, "https://acme.awsapps.com/start", False),
        (DUAL_STACK, f"https://{DIRECTORY}.awsapps.com/start", False),
        (
            DUAL_STACK,
            DUAL_STACK.replace("2345", "2346"),
            False,
        ),
        ("https://d-1.awsapps.com/start", "https://d-2.awsapps.com/start", False),
        (f"https://{DIRECTORY}0.awsapps.com/start", f"https://{DIRECTORY}.awsapps.com/start", False),
        (f"https://acme-{DIRECTORY}.awsapps.com/start", f"https://{DIRECTORY}.awsapps.com/start", False),
        (f"https://acme.awsapps.com/start?x={SSOINS}", DUAL_STACK, False),
    ],
)
def test_a_token_of_another_start_url_with_the_same_id_is_the_sessions(
    configured: str, issued_for: str, owned: bool
) -> None:
    token = Token("x", utc_now(), {"startUrl": issued_for, "region": "eu-west-1"})
    assert SsoSession("corp", configured, "eu-west-1").owns(token) is owned
    assert not SsoSession("corp", configured, "us-west-2").owns(token)


@pytest.mark.parametrize(
    ("text", "scopes"), [("", ()), (" , ", ()), ("a", ("a",)), ("b , a,,c", ("b", "a", "c"))]
)
def test_scopes_are_split_at_commas_in_their_order(text: str, scopes: t.Tuple[str, ...]) -> None:
    assert parse_scopes(text) == scopes
