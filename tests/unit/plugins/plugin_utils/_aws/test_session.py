# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS certificates are always verified, whatever the environment and the profile say about a CA bundle."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible.errors import AnsibleError
from ansible.plugins.loader import lookup_loader

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._assignments.connection import (
    AdminCredentials,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._environment import environment_with
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.start_url import resolved
from identity_center import IdentityCenter
from support.tls import Certificate, self_signed

REQUEST: dict[str, t.Any] = {"clientName": "test", "clientType": "public"}
EMPTY = [
    {},
    {"AWS_CA_BUNDLE": ""},
    {"REQUESTS_CA_BUNDLE": ""},
    {"CURL_CA_BUNDLE": ""},
    {"AWS_CA_BUNDLE": "", "REQUESTS_CA_BUNDLE": ""},
    {"AWS_CA_BUNDLE": "  "},
    {"AWS_CA_BUNDLE": "false"},
    {"AWS_CA_BUNDLE": "0", "REQUESTS_CA_BUNDLE": ""},
]
PROFILES = [
    "[default]\nca_bundle =\n",
    '[default]\nca_bundle = ""\n',
    "[default]\nca_bundle = false\n",
    "[default]\nverify = false\nverify_ssl = false\n",
    "[profile work]\nca_bundle =\n",
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def impostor(
    certificate: Certificate, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> t.Iterator[IdentityCenter]:
    """A server behind a certificate that nobody trusts, and to which all requests go."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with IdentityCenter(certificate=str(certificate.server)) as center:
        monkeypatch.setenv("AWS_ENDPOINT_URL", center.url)
        yield center


def register() -> dict[str, t.Any]:
    return client.call(client.client("sso-oidc", "eu-west-1", attempts=1), "register_client", **REQUEST)


@pytest.mark.parametrize("environment", EMPTY, ids=str)
def test_an_empty_bundle_in_the_environment_does_not_turn_verification_off(
    impostor: IdentityCenter, environment: dict[str, str]
) -> None:
    with environment_with(environment), pytest.raises(WorkstationError):
        register()
    assert impostor.requests == []


@pytest.mark.parametrize("section", PROFILES)
def test_an_empty_bundle_in_the_profile_does_not_turn_verification_off(
    impostor: IdentityCenter, aws_config: pathlib.Path, section: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws_config.write_text(section)
    if "work" in section:
        monkeypatch.setenv("AWS_PROFILE", "work")
    with pytest.raises(WorkstationError):
        register()
    assert impostor.requests == []


@pytest.mark.parametrize("environment", EMPTY, ids=str)
def test_the_credentials_of_an_administrator_are_not_requested_without_verification(
    impostor: IdentityCenter, aws_config: pathlib.Path, environment: dict[str, str]
) -> None:
    aws_config.write_text(
        "[profile keys]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n"
        "[profile admin]\nrole_arn = arn:aws:iam::111122223333:role/Admin\nsource_profile = keys\n"
        "ca_bundle =\nregion = eu-west-1\n"
    )
    with environment_with(environment), pytest.raises(WorkstationError):
        AdminCredentials(region="eu-west-1", profile="admin").connect()
    assert impostor.requests == []


def test_the_environment_of_a_lookup_does_not_turn_verification_off(
    impostor: IdentityCenter, aws_config: pathlib.Path
) -> None:
    aws_config.write_text("[profile p]\nregion = eu-west-1\n")
    lookup = lookup_loader.get("workstation.aws_sso.sso_assignments")
    with environment_with({"AWS_CA_BUNDLE": ""}), pytest.raises(AnsibleError):
        lookup.run([], session="corp", region="eu-west-1", access_key="AKIA", secret_key="secret")
    assert impostor.requests == []


@pytest.mark.parametrize("environment", EMPTY, ids=str)
def test_the_redirect_of_a_start_url_is_not_followed_without_verification(
    impostor: IdentityCenter, environment: dict[str, str]
) -> None:
    with environment_with(environment):
        assert resolved(f"{impostor.url}/start") == f"{impostor.url}/start"
    assert impostor.requests == []


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_bundle_in_the_environment_is_used(
    impostor: IdentityCenter, certificate: Certificate, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(certificate.authority))
    assert register()["clientId"]


def test_a_bundle_in_the_profile_is_used(
    impostor: IdentityCenter, certificate: Certificate, aws_config: pathlib.Path
) -> None:
    aws_config.write_text(f"[default]\nca_bundle = {certificate.authority}\n")
    assert register()["clientId"]


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_a_bundle_that_does_not_exist_is_named(
    impostor: IdentityCenter, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "/nonexistent/ca.pem")
    with pytest.raises(WorkstationError, match=f"{variable} is set to /nonexistent/ca.pem, which does not"):
        register()
