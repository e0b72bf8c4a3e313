# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in options are neither logged nor returned, whether the options are accepted or refused."""

from __future__ import annotations

import json
import pathlib
import syslog
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.secrets import secrets_in
from support.module_run import run_module

BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
KEY = f"-----BEGIN PRIVATE KEY-----\n{BODY}\n-----END PRIVATE KEY-----\n"
TRUNCATED = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n"
PGP = f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{BODY}\n-----END PGP PRIVATE KEY BLOCK-----\n"
SESSION = {"name": "corp", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> t.List[str]:
    """The lines of the system log."""
    lines: t.List[str] = []
    monkeypatch.setattr(basic, "has_journal", False, raising=False)
    monkeypatch.setattr(syslog, "syslog", lambda priority, message: lines.append(message))
    return lines


@pytest.mark.parametrize("key", [KEY, TRUNCATED, PGP, KEY.replace("\n", "\r\n"), KEY.replace("\n", "\\n")])
@pytest.mark.parametrize(
    ("module", "option"),
    [
        ("workstation_network", lambda key: {"ca_certificates": key}),
        ("workstation_network", lambda key: {"proxy": key}),
        ("workstation_network", lambda key: {"no_proxy": [key]}),
        ("workstation_network", lambda key: {"ca_certificates": key, "unknown": True}),
        ("workstation_network", lambda key: {"ca_certificates": [key], "scope": "nobody"}),
        ("sso_profiles", lambda key: {"options": {"x": key}, "access": []}),
        ("sso_profiles", lambda key: {"sessions": [{**SESSION, "start_url": key}]}),
        ("prerequisites", lambda key: {"packages": {"git": key}, "tools": {"git": key}}),
        ("workstation_info", lambda key: {"sessions": [{**SESSION, "start_url": key}]}),
    ],
)
def test_a_private_key_is_neither_logged_nor_returned(
    home: pathlib.Path, log: t.List[str], module: str, option: t.Callable[[str], t.Dict[str, t.Any]], key: str
) -> None:
    result = run_module(module, option(key))
    assert BODY not in json.dumps(result)
    assert BODY not in "\n".join(log)


def test_a_private_key_is_refused_by_the_name_of_its_option(home: pathlib.Path, log: t.List[str]) -> None:
    result = run_module("workstation_network", {"ca_certificates": KEY, "scope": "user"})
    assert result["failed"] and result["msg"].startswith("ca_certificates contains a private key")
    assert any("Invoked with" in line for line in log)
    assert not list(home.iterdir())


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("workstation_network", {"proxy": "http://jane:pass-w0rd@proxy.example.com:3128", "scope": "user"}),
        ("workstation_network", {"proxy": "jane:pass-w0rd@proxy.example.com:3128"}),
        ("workstation_network", {"proxy": "http://jane:pass-w0rd@p:1", "no_proxy": ["a b"]}),
        ("workstation_network", {"ca_certificates": "https://jane:pass-w0rd@mirror.example.com/ca.pem"}),
        ("prerequisites", {"packages": {"git": "https://jane:pass-w0rd@mirror.example.com/git.rpm"}}),
        ("prerequisites", {"packages": {"git": "https://m.example.com/git.rpm?X-Amz-Signature=pass-w0rd"}}),
        ("sso_profiles", {"options": {"aws_secret_access_key": "pass-w0rd"}, "access": []}),
        ("sso_profiles", {"profiles": [{"name": "dev", "options": {"AWS_SESSION_TOKEN": "pass-w0rd"}}]}),
        ("sso_profiles", {"sessions": [{**SESSION, "start_url": "https://jane:pass-w0rd@acme.example.com"}]}),
        ("workstation_info", {"sessions": ["https://jane:pass-w0rd@acme.example.com/start"]}),
    ],
)
def test_credentials_are_neither_logged_nor_returned(
    home: pathlib.Path, log: t.List[str], module: str, options: t.Dict[str, t.Any]
) -> None:
    result = run_module(module, options)
    assert "pass-w0rd" not in json.dumps(result)
    assert log and "pass-w0rd" not in "\n".join(log)


@pytest.mark.parametrize(
    "value",
    [
        "/etc/ssl/ca.pem",
        "http://proxy.example.com:3128",
        "jane@example.com",
        {"region": "eu-west-1"},
        5,
        None,
    ],
)
def test_ordinary_values_are_not_hidden(value: t.Any) -> None:
    assert list(secrets_in({"option": value})) == []
