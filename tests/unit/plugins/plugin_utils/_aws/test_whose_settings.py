# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens and secrets go where the named profile or session says, whatever the active profile says."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible.errors import AnsibleError

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import start_url
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    PKCE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes import failures
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.login import sign_in_for_host
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso import logout, sessions
from identity_center import IdentityCenter
from support.logins import CORP, FakeUser, absent_user, approving_user, change, in_seconds, token_file
from support.role_credentials import ACCESS, CREDENTIALS, lookup, one, sign_in
from support.settings_of_profiles import ACTIVE_PROFILES, SESSION, active_profile, profile, services
from support.tls import Certificate, self_signed

AWS = "https://{}.eu-west-1.amazonaws.com"
DIRECT = {"session": "corp", "account_id": "111122223333", "role_name": "ReadOnly"}
LEGACY_PROFILE = """\
[profile old]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def stranger() -> t.Iterator[IdentityCenter]:
    """The server of the active profile, such as LocalStack: it must receive nothing."""
    with IdentityCenter() as emulator:
        yield emulator
        assert [entry.operation for entry in emulator.requests] == []


@pytest.fixture
def company(
    center: IdentityCenter, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> IdentityCenter:
    """The emulator, signed in to, and found only by the settings of profiles; AWS itself is out of reach."""
    sign_in(center)
    center.journal.clear()
    for variable in center.environment():
        if variable.startswith("AWS_ENDPOINT_URL"):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    return center


@pytest.fixture(params=ACTIVE_PROFILES)
def active(request: pytest.FixtureRequest, stranger: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> str:
    """The section of an active profile whose endpoint is the stranger."""
    section, variables = active_profile(request.param, stranger.url)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return section


def expire_token() -> None:
    """The next use of the token refreshes it, which sends the refresh token and the client's secret."""
    change(token_file(), expiresAt=in_seconds(-5))


def test_refresh_and_credentials_go_to_the_endpoints_of_the_profile(
    company: IdentityCenter, aws_config: pathlib.Path, active: str
) -> None:
    aws_config.write_text(SESSION + profile("p1", "services = own") + services("own", company.url) + active)
    expire_token()
    assert one("p1")["access_key"].startswith("ASIA")
    assert (company.count("CreateToken"), company.count("GetRoleCredentials")) == (1, 1)


def test_a_profile_without_an_endpoint_goes_to_aws(
    company: IdentityCenter, aws_config: pathlib.Path, active: str
) -> None:
    aws_config.write_text(SESSION + profile("p1") + active)
    with pytest.raises(AnsibleError, match=AWS.format("portal.sso")):
        one("p1")
    expire_token()
    with pytest.raises(AnsibleError, match=AWS.format("oidc")):
        one("p1")


def test_the_search_for_the_right_role_goes_there_too(
    company: IdentityCenter, aws_config: pathlib.Path, active: str
) -> None:
    wrong = profile("p1", f"endpoint_url = {company.url}").replace("ReadOnly", "Wrong")
    aws_config.write_text(SESSION + wrong + active)
    with pytest.raises(AnsibleError, match="You have: AdministratorAccess, ReadOnly"):
        one("p1")


def test_a_chain_of_roles_goes_to_the_endpoints_of_the_profile_that_is_looked_up(
    company: IdentityCenter, aws_config: pathlib.Path, active: str
) -> None:
    chained = "[profile deploy]\nrole_arn = arn:aws:iam::222233334444:role/Deploy\nsource_profile = first\n"
    aws_config.write_text(
        SESSION + profile("first") + chained + "services = own\n" + services("own", company.url) + active
    )
    one("deploy")
    assert (company.count("GetRoleCredentials"), company.count("AssumeRole")) == (1, 1)


def test_a_role_on_top_of_a_profile_goes_to_the_endpoints_of_the_profile(
    company: IdentityCenter, aws_config: pathlib.Path, active: str
) -> None:
    aws_config.write_text(SESSION + profile("p1", f"endpoint_url = {company.url}") + active)
    one("p1", role_arn="arn:aws:iam::222233334444:role/Deploy")
    assert company.count("AssumeRole") == 1


def test_variables_have_precedence_over_the_profile(
    company: IdentityCenter, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch, active: str
) -> None:
    aws_config.write_text(SESSION + profile("p1", "endpoint_url = http://127.0.0.1:9") + active)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", company.url)
    one("p1")


def test_a_legacy_profile_has_its_own_settings_for_everything(
    company: IdentityCenter, aws_config: pathlib.Path, active: str
) -> None:
    aws_config.write_text(LEGACY_PROFILE + f"endpoint_url = {company.url}\n" + active)
    session = sessions.session_from_config("https://acme.awsapps.com/start")
    ensure_login(session, LoginOptions(DEVICE), approving_user(company).user)
    one("old")
    assert lookup(ACCESS, session.label)
    assert logout.log_out(session.label, print).sessions[0].ended
    assert company.count("Logout") == 1


def test_a_session_by_itself_is_signed_in_at_aws(
    company: IdentityCenter, aws_config: pathlib.Path, active: str
) -> None:
    aws_config.write_text(SESSION + active)
    session, user = sessions.session_from_config("corp"), absent_user()
    with pytest.raises(WorkstationError, match=AWS.format("oidc")):
        ensure_login(session, LoginOptions(DEVICE, timeout=1, force=True), user.user)
    with pytest.raises(WorkstationError, match="did not complete the sign-in"):
        ensure_login(session, LoginOptions(PKCE, timeout=1, force=True), user.user)
    assert user.pages[0].startswith(AWS.format("oidc"))


def test_a_sign_in_for_a_host_is_at_aws(
    company: IdentityCenter, aws_config: pathlib.Path, active: str
) -> None:
    aws_config.write_text(SESSION + active)
    with pytest.raises(WorkstationError, match=AWS.format("oidc")):
        sign_in_for_host(CORP, approving_user(company).user, 3)


@pytest.mark.parametrize(("name", "options"), [(CREDENTIALS, DIRECT), (ACCESS, {})])
def test_the_token_of_a_session_goes_to_aws(
    company: IdentityCenter,
    aws_config: pathlib.Path,
    active: str,
    name: str,
    options: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.rate_limit.time.sleep",
        lambda s: None,
    )
    aws_config.write_text(SESSION + active)
    with pytest.raises(AnsibleError, match=AWS.format("portal.sso")):
        lookup(name, **options)
    expire_token()
    with pytest.raises(AnsibleError, match=AWS.format("oidc")):
        lookup(name, **options)


def test_a_logout_goes_to_aws(company: IdentityCenter, aws_config: pathlib.Path, active: str) -> None:
    aws_config.write_text(SESSION + active)
    warned: list[str] = []
    logout.log_out("corp", warned.append)
    assert AWS.format("portal.sso") in warned[0] and not token_file().exists()


def test_endpoint_variables_apply_to_a_session_by_itself(
    center: IdentityCenter, aws_config: pathlib.Path, active: str
) -> None:
    aws_config.write_text(SESSION + active)
    sign_in(center)
    assert one(**DIRECT) and lookup(ACCESS) and logout.log_out("corp", print).sessions[0].ended


class TestCaBundle:
    @pytest.fixture
    def secure(
        self, certificate: Certificate, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> t.Iterator[IdentityCenter]:
        """The emulator behind a certificate of the company, signed in to."""
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with IdentityCenter(certificate=str(certificate.server)) as center:
            for name, value in center.environment().items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate.authority))
            user = FakeUser(lambda page: center.approve(page.partition("user_code=")[2]))
            ensure_login(CORP, LoginOptions(DEVICE), user.user)
            monkeypatch.delenv("AWS_CA_BUNDLE")
            yield center

    def test_that_of_the_profile_is_used(
        self, secure: IdentityCenter, certificate: Certificate, aws_config: pathlib.Path
    ) -> None:
        aws_config.write_text(SESSION + profile("p1", f"ca_bundle = {certificate.authority}"))
        expire_token()
        assert one("p1")["access_key"]

    def test_that_of_default_is_not_for_another_profile(
        self, secure: IdentityCenter, certificate: Certificate, aws_config: pathlib.Path
    ) -> None:
        aws_config.write_text(f"[default]\nca_bundle = {certificate.authority}\n" + SESSION + profile("p1"))
        with pytest.raises(AnsibleError, match="certificate that is not trusted"):
            one("p1")

    def test_that_of_default_is_for_a_session_by_itself(
        self, secure: IdentityCenter, certificate: Certificate, aws_config: pathlib.Path
    ) -> None:
        aws_config.write_text(f"[default]\nca_bundle = {certificate.authority}\n" + SESSION)
        assert one(**DIRECT)["access_key"] and lookup(ACCESS)

    def test_the_variable_has_precedence(
        self,
        secure: IdentityCenter,
        certificate: Certificate,
        aws_config: pathlib.Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        aws_config.write_text(SESSION + profile("p1", "ca_bundle = /nonexistent.pem"))
        monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate.authority))
        assert one("p1")["access_key"]

    @pytest.mark.parametrize("kind", ["missing", "directory", "no PEM", "empty"])
    @pytest.mark.parametrize("setting", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "profile"])
    def test_an_unusable_one_is_named_with_its_fault(
        self,
        secure: IdentityCenter,
        aws_config: pathlib.Path,
        tmp_path: pathlib.Path,
        monkeypatch: pytest.MonkeyPatch,
        kind: str,
        setting: str,
    ) -> None:
        path, fault = tmp_path / "bundle", "contains no certificates in PEM format"
        if kind == "missing":
            fault = "does not exist"
        elif kind == "directory":
            path.mkdir()
            fault = "cannot be read: Is a directory"
        else:
            path.write_text("" if kind == "empty" else "\x00\x01 not PEM\n")
        named = setting
        if setting == "profile":
            named = "ca_bundle of the profile p1"
            aws_config.write_text(SESSION + profile("p1", f"ca_bundle = {path}"))
        else:
            aws_config.write_text(SESSION + profile("p1"))
            monkeypatch.setenv(setting, str(path))
        with pytest.raises(AnsibleError) as caught:
            one("p1")
        assert f"{named} is set to {path}, which {fault}." in str(caught.value)


@pytest.mark.parametrize("variable", [True, False], ids=["variable", "profile"])
def test_fips_and_dual_stack_are_those_of_the_profile(
    company: IdentityCenter, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch, variable: bool
) -> None:
    setting = "AWS_USE_FIPS_ENDPOINT" if variable else "use_fips_endpoint of the profile p1"
    own = ("use_dualstack_endpoint = true", *(() if variable else ("use_fips_endpoint = true",)))
    aws_config.write_text(SESSION + profile("p1", *own) + "[default]\nuse_fips_endpoint = false\n")
    if variable:
        monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    with pytest.raises(AnsibleError) as caught:
        one("p1")
    assert "https://portal.sso-fips.eu-west-1.api.aws " in str(caught.value)
    assert f"Where there is none, set {setting} to false for Ansible." in str(caught.value)


@pytest.mark.parametrize(
    ("region", "variables", "host"),
    [
        ("us-gov-west-1", {"AWS_USE_FIPS_ENDPOINT": "true"}, "portal.sso.us-gov-west-1.amazonaws.com"),
        ("eu-west-1", {"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "portal.sso.eu-west-1.api.aws"),
        ("us-iso-east-1", {}, "portal.sso.us-iso-east-1.c2s.ic.gov"),
        ("eu-west-1", {}, "portal.sso.eu-west-1.amazonaws.com"),
    ],
)
def test_errors_name_the_host_that_was_called(
    home: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    region: str,
    variables: dict[str, str],
    host: str,
) -> None:
    session = SsoSession("corp", "https://acme.awsapps.com/start", region)
    for name, value in {**variables, "HTTPS_PROXY": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unreachable) as caught:
        client.call(client.session_client("sso", session), "logout", accessToken="token")
    assert f"https://{host} cannot be reached" in str(caught.value) and "FIPS" not in str(caught.value)


class TestDualStackPortal:
    """A portal of app.aws is signed in to, and used, by the endpoints for IPv4 and IPv6."""

    SESSION = SsoSession("dual", "https://ssoins-1.portal.us-east-2.app.aws", "us-east-2")

    @pytest.fixture(autouse=True)
    def proxy(self, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """No service can be reached; each call tries, even after a failure that took long."""
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        monkeypatch.setattr(failures, "_SECONDS_TO_REMEMBER", 0)
        monkeypatch.setattr(logout, "SECONDS_FOR_AWS", 60.0)
        aws_config.write_text(
            "[sso-session dual]\nsso_start_url = https://ssoins-1.portal.us-east-2.app.aws\n"
            "sso_region = us-east-2\n" + profile("p1").replace("corp", "dual")
        )

    def token(self, seconds: float, **fields: str) -> None:
        path = token_file(self.SESSION)
        path.parent.mkdir(parents=True, exist_ok=True)
        token = {"accessToken": "t", "expiresAt": in_seconds(seconds), **fields}
        path.write_text(json.dumps(token))

    @pytest.mark.parametrize(
        ("variable", "suffix"),
        [(None, "api.aws"), ("", "api.aws"), ("true", "api.aws"), ("false", "amazonaws.com")],
    )
    def test_every_call(self, monkeypatch: pytest.MonkeyPatch, variable: str | None, suffix: str) -> None:
        if variable is not None:
            monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", variable)
        oidc, portal = f"https://oidc.us-east-2.{suffix} ", f"https://portal.sso.us-east-2.{suffix} "
        user = absent_user().user
        for method in (DEVICE, PKCE):
            with pytest.raises(WorkstationError, match=oidc):
                ensure_login(self.SESSION, LoginOptions(method, timeout=1), user)
        with pytest.raises(WorkstationError, match=oidc):
            sign_in_for_host(self.SESSION, user, 1)
        self.token(3600)
        with pytest.raises(AnsibleError, match=portal):
            one("p1")
        warned: list[str] = []
        logout.log_out("dual", warned.append)
        assert portal in warned[0]
        self.token(-1, clientId="c", clientSecret="s", refreshToken="r", registrationExpiresAt=in_seconds(60))
        with pytest.raises(AnsibleError, match=oidc):
            one("p1")

    def test_a_setting_of_the_profile_has_precedence(self, aws_config: pathlib.Path) -> None:
        aws_config.write_text(aws_config.read_text() + "use_dualstack_endpoint = false\n")
        self.token(3600)
        with pytest.raises(AnsibleError, match=r"https://portal\.sso\.us-east-2\.amazonaws\.com "):
            one("p1")

    def test_an_endpoint_of_the_profile_has_precedence(self, aws_config: pathlib.Path) -> None:
        aws_config.write_text(aws_config.read_text() + "endpoint_url = http://127.0.0.1:9\n")
        self.token(3600)
        with pytest.raises(AnsibleError, match=r"http://127\.0\.0\.1:9 cannot be reached"):
            one("p1")

    def test_a_start_url_that_redirects_to_such_a_portal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def redirect(method: str, url: str) -> tuple[int, str]:
            return (302, self.SESSION.start_url) if "example.com" in url else (200, "")

        monkeypatch.setattr(start_url, "_fetch", redirect)
        session = SsoSession("dual", "https://aws.example.com", "us-east-2")
        for sign_in_there in (
            lambda user: ensure_login(session, LoginOptions(DEVICE, timeout=1), user),
            lambda user: sign_in_for_host(session, user, 1),
        ):
            with pytest.raises(WorkstationError, match=r"https://oidc\.us-east-2\.api\.aws "):
                sign_in_there(absent_user().user)
