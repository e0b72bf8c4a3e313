# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints and CA bundles of profiles: the AWS CLI, boto3 and the lookup send tokens to the same servers."""

from __future__ import annotations

import pathlib
import sys
import typing as t

import pytest

from end_to_end import real_cli
from end_to_end.controller import Controller
from end_to_end.signed_in import LOGIN
from identity_center import IdentityCenter, write_browser
from support.settings_of_profiles import ACTIVE_PROFILES, SESSION, active_profile, profile, services
from support.tls import self_signed

CREDENTIALS = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.assert:
        that: lookup('workstation.aws_sso.sso_credentials', 'p1').access_key is search('^ASIA')
"""
BY_BOTO3 = """\
import boto3
boto3.Session(profile_name="p1").get_credentials().get_frozen_credentials()
"""
USES = ["aws", "boto3", "lookup"]


class Workplace:
    """A signed-in user, whose calls go only where the AWS configuration sends them."""

    def __init__(self, controller: Controller, center: IdentityCenter, browser: str) -> None:
        self._controller = controller
        with controller.play(LOGIN, BROWSER=browser) as play:
            play.succeed()
        center.set(access_token_seconds=3600)
        center.journal.clear()
        for name in [name for name in controller.environment if name.startswith("AWS_ENDPOINT_URL")]:
            del controller.environment[name]
        controller.environment["HTTPS_PROXY"] = "http://127.0.0.1:9"

    def succeeds(self, use: str, **variables: str) -> bool:
        """Whether *use* of the profile "p1" gets credentials."""
        if use == "lookup":
            with self._controller.play(CREDENTIALS, **variables) as play:
                return "failed=0" in play.end()
        program: t.Tuple[str | pathlib.Path, ...] = (sys.executable, "-c", BY_BOTO3)
        if use == "aws":
            words = ("configure", "export-credentials", "--profile", "p1")
            program = (real_cli.aws(real_cli.CURRENT), *words)
        return self._controller.run(*program, **variables).returncode == 0


@pytest.fixture
def workplace(controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path) -> Workplace:
    center.set(access_token_seconds=600)  # so that the next use refreshes the token
    return Workplace(controller, center, write_browser(str(tmp_path / "browser")))


@pytest.fixture
def stranger() -> t.Iterator[IdentityCenter]:
    with IdentityCenter() as emulator:
        yield emulator


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", ACTIVE_PROFILES)
def test_the_active_profile_has_no_say(
    workplace: Workplace,
    controller: Controller,
    center: IdentityCenter,
    stranger: IdentityCenter,
    kind: str,
    use: str,
) -> None:
    section, variables = active_profile(kind, stranger.url)
    controller.write_config(SESSION + profile("p1", "services = own") + services("own", center.url) + section)
    assert workplace.succeeds(use, **variables)
    assert (center.count("CreateToken"), center.count("GetRoleCredentials")) == (1, 1)
    assert not stranger.requests


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("own", ["services = own", "endpoint_url = {url}"])
def test_endpoints_of_the_profile_are_used_and_variables_have_precedence(
    workplace: Workplace,
    controller: Controller,
    center: IdentityCenter,
    own: str,
    use: str,
) -> None:
    wrong = "http://127.0.0.1:9"
    controller.write_config(SESSION + profile("p1", own.format(url=wrong)) + services("own", wrong))
    variables = dict.fromkeys(("AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC"), center.url)
    assert not workplace.succeeds(use)
    assert workplace.succeeds(use, **variables)
    assert center.count("GetRoleCredentials") == 1


@pytest.mark.parametrize("use", USES)
def test_the_ca_bundle_is_that_of_the_profile(
    controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path, use: str
) -> None:
    workplace = Workplace(controller, center, write_browser(str(tmp_path / "browser")))
    certificate = self_signed(tmp_path)
    with IdentityCenter(certificate=str(certificate.server)) as secure:
        secure._api = center._api  # the same tokens, behind a certificate of the company
        controller.environment["AWS_ENDPOINT_URL"] = secure.url
        bundle = f"ca_bundle = {certificate.authority}"
        controller.write_config(f"[default]\n{bundle}\n{SESSION}{profile('p1')}")
        assert not workplace.succeeds(use), "that of [default] is for no other profile"
        controller.write_config(SESSION + profile("p1", bundle))
        assert workplace.succeeds(use)
