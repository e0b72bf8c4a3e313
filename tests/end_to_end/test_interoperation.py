# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AWS CLI, boto3 and this collection use what the others wrote, without a second sign-in."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import typing as t

import pytest

from end_to_end import real_cli
from end_to_end.controller import Controller
from end_to_end.signed_in import LOGIN
from identity_center import IdentityCenter, write_browser
from support.role_credentials import user_at

TESTS = pathlib.Path(__file__).resolve().parents[1]
LOGIN_IS_NOT_NEEDED = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
      register: login
    - ansible.builtin.assert:
        that: login is not changed
"""
CREDENTIALS = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.copy:
        content: "{{ lookup('workstation.aws_sso.sso_credentials', 'dev') | to_json }}"
        dest: "{{ playbook_dir }}/credentials.json"
        mode: "0600"
"""
LOGOUT = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_logout:
        session: corp
"""
ASK_BY_BOTO3 = """\
import boto3
print(boto3.Session(profile_name="dev").client("sts").get_caller_identity()["Arn"])
"""
OTHER_PROFILE = """\
[profile other]
sso_session = corp
sso_account_id = 222233334444
sso_role_name = ReadOnly
region = eu-central-1
"""
BY_A_CODE_BESIDE_THE_BROWSER = """\
import re, sys
sys.path.insert(0, sys.argv[1])
import conftest
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import login
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.prompt import LoginUser
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.sessions import find_session
from identity_center.browser_user import BrowserUser

def show(text):
    for page in re.findall(r"\\S+user_code=\\S+", text):
        BrowserUser().visit(page)

user = LoginUser(show, len, lambda page: None)
wanted = login.LoginOptions(login.PKCE, code_after=0.1)
print(login.ensure_login(find_session("corp"), wanted, user).method)
"""
ROLE = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_"


class CliUser:
    """A user with one of the AWS CLIs, and a browser that approves sign-ins automatically."""

    def __init__(self, controller: Controller, aws: pathlib.Path, browser: str) -> None:
        self._controller = controller
        self._aws = aws
        self._browser = browser

    def with_browser(self, browser: str) -> CliUser:
        """The same place with another browser, in which another user is signed in."""
        return CliUser(self._controller, self._aws, browser)

    @property
    def home(self) -> pathlib.Path:
        return self._controller.home

    def play(self, playbook: str) -> str:
        with self._controller.play(playbook, BROWSER=self._browser) as play:
            return play.succeed()

    def play_fails(self, playbook: str) -> str:
        with self._controller.play(playbook, BROWSER=self._browser) as play:
            return play.fail()

    def credentials(self) -> t.Dict[str, str]:
        """What the lookup returns to a task."""
        self.play(CREDENTIALS)
        return t.cast(t.Dict[str, str], json.loads((self._controller.home / "credentials.json").read_text()))

    def aws(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self._controller.run(self._aws, *words, BROWSER=self._browser)

    def arn_by_aws(self) -> str:
        answer = self.aws(
            "sts", "get-caller-identity", "--profile", "dev", "--query", "Arn", "--output", "text"
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    def arn_by_boto3(self) -> str:
        answer = self._controller.run(sys.executable, "-c", ASK_BY_BOTO3)
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    def key_of_aws(self) -> str:
        """The access key ID that the AWS CLI works with."""
        answer = self.aws("configure", "export-credentials", "--profile", "dev")
        assert answer.returncode == 0, answer.stderr
        return t.cast(str, json.loads(answer.stdout)["AccessKeyId"])


@pytest.fixture(params=[real_cli.CURRENT, pytest.param(real_cli.OLD, marks=pytest.mark.full)])
def user(request: pytest.FixtureRequest, controller: Controller, tmp_path: pathlib.Path) -> CliUser:
    controller.write_config((controller.home / ".aws" / "config").read_text() + OTHER_PROFILE)
    return CliUser(controller, real_cli.aws(request.param), write_browser(str(tmp_path / "browser")))


def sign_ins(center: IdentityCenter) -> int:
    return center.count("Authorize") + center.count("StartDeviceAuthorization")


def test_token_of_sso_login_serves_aws_and_boto3(user: CliUser, center: IdentityCenter) -> None:
    user.play(LOGIN)
    assert user.arn_by_aws().startswith(ROLE)
    assert user.arn_by_boto3().startswith(ROLE)
    assert sign_ins(center) == center.count("CreateToken") == 1


def test_token_of_a_code_beside_the_browser_is_refreshed_by_aws(
    user: CliUser, controller: Controller, center: IdentityCenter
) -> None:
    """Its client is not the one in the registration file, which belongs to the browser."""
    center.set(access_token_seconds=600)  # in the window where all of them refresh
    login = controller.run(sys.executable, "-c", BY_A_CODE_BESIDE_THE_BROWSER, str(TESTS))
    assert login.stdout == "device\n", login.stderr
    center.set(access_token_seconds=3600)
    polls = center.count("CreateToken")
    assert user.arn_by_aws().startswith(ROLE)
    user.play(LOGIN_IS_NOT_NEEDED)
    assert center.count("CreateToken") == polls + 1 and center.count("RegisterClient") == 2


@pytest.mark.parametrize("how", [[], ["--use-device-code"]], ids=["pkce", "device"])
def test_token_of_aws_serves_the_collection(user: CliUser, center: IdentityCenter, how: t.List[str]) -> None:
    login = user.aws("sso", "login", "--sso-session", "corp", *how)
    assert login.returncode == 0, login.stderr
    user.play(LOGIN_IS_NOT_NEEDED)
    assert user.credentials()["access_key"].startswith("ASIA")
    assert sign_ins(center) == 1


def test_role_credentials_of_aws_serve_the_lookup(user: CliUser, center: IdentityCenter) -> None:
    user.play(LOGIN)
    key = user.key_of_aws()
    assert user.credentials()["access_key"] == key
    assert center.count("GetRoleCredentials") == 1


def test_role_credentials_of_the_lookup_serve_aws(user: CliUser, center: IdentityCenter) -> None:
    user.play(LOGIN)
    key = user.credentials()["access_key"]
    assert user.key_of_aws() == key
    assert center.count("GetRoleCredentials") == 1


def test_token_that_aws_refreshed_serves_the_lookup(user: CliUser, center: IdentityCenter) -> None:
    center.set(access_token_seconds=600)  # in the window where all of them refresh
    user.play(LOGIN)
    center.set(access_token_seconds=3600)
    user.arn_by_aws()
    user.play(LOGIN_IS_NOT_NEEDED)
    assert center.count("CreateToken") == 2
    assert sign_ins(center) == 1


def test_token_that_the_lookup_refreshed_serves_aws(user: CliUser, center: IdentityCenter) -> None:
    center.set(access_token_seconds=600)
    login = user.aws("sso", "login", "--sso-session", "corp")
    assert login.returncode == 0, login.stderr
    center.set(access_token_seconds=3600)
    user.credentials()
    assert user.arn_by_boto3().startswith(ROLE)
    assert user.arn_by_aws().startswith(ROLE)
    assert center.count("CreateToken") == 2
    assert sign_ins(center) == 1


def test_after_sso_logout_all_refuse(user: CliUser, center: IdentityCenter) -> None:
    user.play(LOGIN)
    user.arn_by_aws()
    user.play(LOGOUT)
    assert center.count("Logout") == 1
    assert user.aws("sts", "get-caller-identity", "--profile", "dev").returncode == 255
    output = user.play_fails(CREDENTIALS)
    assert (
        "ansible-playbook workstation.aws_sso.login -e target=localhost -e workstation_session=corp" in output
    )
    assert "aws sso login --sso-session corp" in output
    assert center.count("GetCallerIdentity") == 1


def test_after_logout_by_aws_the_lookup_refuses(user: CliUser) -> None:
    user.play(LOGIN)
    user.credentials()
    assert user.aws("sso", "logout").returncode == 0
    assert "aws sso login --sso-session corp" in user.play_fails(CREDENTIALS)


class TestTwoUsers:
    """alice signed in first, and bob, another user of the portal, signs in to the same session after her."""

    @pytest.fixture
    def bob(self, user: CliUser, controller: Controller, tmp_path: pathlib.Path) -> CliUser:
        controller.write_config(
            (controller.home / ".aws" / "config").read_text().replace("AdministratorAccess", "ReadOnly")
        )
        browser = write_browser(str(tmp_path / "bob"), user="bob", password="battery staple")
        return user.with_browser(browser)

    @pytest.mark.parametrize(
        ("cached_by", "how"),
        [("aws", []), ("lookup", ["--use-device-code"])],
        ids=["aws-pkce", "lookup-device"],
    )
    def test_after_a_login_by_aws_the_lookup_has_keys_of_the_other_user(
        self, user: CliUser, bob: CliUser, center: IdentityCenter, cached_by: str, how: t.List[str]
    ) -> None:
        assert user.aws("sso", "login", "--sso-session", "corp").returncode == 0
        if cached_by == "aws":
            assert user.arn_by_aws().endswith("/alice")
        assert user_at(center, user.credentials()) == "alice"
        login = bob.aws("sso", "login", "--sso-session", "corp", *how)
        assert login.returncode == 0, login.stderr
        keys = bob.credentials()
        assert user_at(center, keys) == "bob"
        assert bob.credentials() == keys
        assert bob.arn_by_aws().endswith("/bob"), "the AWS CLI uses what the lookup cached"
        assert bob.arn_by_boto3().endswith("/bob")
        assert sign_ins(center) == 2

    def test_keys_of_aws_alone_are_outdated_too(
        self, user: CliUser, bob: CliUser, center: IdentityCenter
    ) -> None:
        assert user.aws("sso", "login", "--sso-session", "corp").returncode == 0
        assert user.arn_by_aws().endswith("/alice")
        assert bob.aws("sso", "login", "--sso-session", "corp").returncode == 0
        assert bob.arn_by_aws().endswith("/alice"), "the AWS CLI itself returns them"
        assert user_at(center, bob.credentials()) == "bob"


class TestRefreshByOthers:
    @pytest.fixture(params=["reusable", "single_use"])
    def requests(self, request: pytest.FixtureRequest, center: IdentityCenter) -> int:
        """How many GetRoleCredentials a refresh by another tool may cost: a new refresh token costs one."""
        center.set(access_token_seconds=600, refresh_tokens=request.param)
        return int(request.param == "single_use")

    @pytest.mark.parametrize("tool", ["aws", "boto3"])
    def test_it_costs_at_most_one_request_and_never_the_credentials(
        self, user: CliUser, center: IdentityCenter, requests: int, tool: str
    ) -> None:
        user.play(LOGIN)
        keys = user.credentials()
        center.set(access_token_seconds=3600)
        if tool == "boto3":
            user.arn_by_boto3()
        else:
            assert user.aws("sts", "get-caller-identity", "--profile", "other").returncode == 0
        before = center.count("GetRoleCredentials")
        after = user.credentials()
        assert user_at(center, after) == "alice"
        assert (after == keys) is not bool(requests)
        assert center.count("GetRoleCredentials") == before + requests


def test_a_logout_removes_what_aws_cached_without_a_profile(
    user: CliUser, controller: Controller, center: IdentityCenter
) -> None:
    config = controller.home / ".aws" / "config"
    text = config.read_text()
    user.play(LOGIN)
    assert user.aws("sts", "get-caller-identity", "--profile", "other").returncode == 0
    config.write_text(text[: text.index("[profile other]")].replace("ReadOnly", "AdministratorAccess"))
    cache = controller.home / ".aws" / "cli" / "cache"
    assert [*cache.glob("*.json")]
    user.play(LOGOUT)
    assert not [*cache.glob("*.json")]


LOGOUT_OF_ALL = LOGOUT.replace("sso_logout:\n        session: corp\n", "sso_logout:\n")


class Logouts(t.NamedTuple):
    """What the AWS CLI's logout leaves, and what ours leaves from the same start."""

    theirs: t.Set[str]
    ours: t.Set[str]


def both_logouts(user: CliUser, center: IdentityCenter, config: str) -> Logouts:
    """Sign out with *config* after the AWS CLI signed in and cached credentials; by it, and by us."""
    home = user.home
    left = []
    original = (home / ".aws" / "config").read_text()
    for by_the_cli in (True, False):
        (home / ".aws" / "config").write_text(original)
        login = user.aws("sso", "login", "--sso-session", "corp")
        assert login.returncode == 0, login.stderr
        user.key_of_aws()
        (home / ".aws" / "config").write_text(config)
        before = center.count("Logout", 200)
        if by_the_cli:
            assert user.aws("sso", "logout").returncode == 0
        else:
            user.play(LOGOUT_OF_ALL)
        assert center.count("Logout", 200) == before + 1
        assert not center.records.access_tokens and not center.records.refresh_tokens
        left.append({str(path) for path in (home / ".aws").rglob("*.json")})
    return Logouts(*left)


SECTION = """\
[sso-session corp]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
"""


@pytest.mark.parametrize(
    "config",
    [
        SECTION,
        SECTION.replace("sso_region = eu-west-1\n", ""),
        SECTION.replace("acme", "d-1234567890"),
        SECTION.replace("corp", "renamed"),
        "",
    ],
    ids=["no profile", "no region", "other URL", "renamed", "empty"],
)
def test_a_logout_of_all_sessions_leaves_what_aws_leaves(
    user: CliUser, center: IdentityCenter, config: str
) -> None:
    """The token, and the credentials of a role that no profile has any more, are gone."""
    logouts = both_logouts(user, center, config)
    assert logouts.ours == logouts.theirs
    assert not [path for path in logouts.ours if "/cli/cache/" in path]


def test_a_logout_continues_past_an_unusable_file_as_aws_does(user: CliUser, center: IdentityCenter) -> None:
    cache = user.home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    (cache / f"{'a' * 40}.json").write_text('{"accessToken": ')
    (cache / f"{'b' * 40}.json").symlink_to("nowhere")
    logouts = both_logouts(user, center, SECTION)
    assert logouts.ours == logouts.theirs


def test_a_logout_of_one_session_removes_only_what_aws_cached_for_it(
    user: CliUser, center: IdentityCenter
) -> None:
    """`aws sso logout` signs out of all sessions; ours leaves the other session with its credentials."""
    config = user.home / ".aws" / "config"
    second = config.read_text().replace("corp", "second").replace("[profile ", "[profile second-")
    config.write_text(config.read_text() + second)
    for session, profile in (("corp", "dev"), ("second", "second-dev")):
        assert user.aws("sso", "login", "--sso-session", session).returncode == 0
        assert user.aws("configure", "export-credentials", "--profile", profile).returncode == 0
    user.play(LOGOUT)
    calls = center.count("GetRoleCredentials")
    assert user.aws("configure", "export-credentials", "--profile", "dev").returncode != 0
    assert user.aws("configure", "export-credentials", "--profile", "second-dev").returncode == 0
    assert center.count("GetRoleCredentials") == calls


SSOINS = "ssoins-7223abcdef012345"


@pytest.mark.parametrize("issued_for", [f"https://identitycenter.amazonaws.com/{SSOINS}", ""])
def test_a_token_of_another_start_url_of_the_instance_serves_all(
    user: CliUser, center: IdentityCenter, controller: Controller, issued_for: str
) -> None:
    """After a move to the dual-stack portal, in the same region, nobody has to sign in again."""
    user.play(LOGIN)
    token = controller.home / ".aws" / "sso" / "cache" / "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
    token.write_text(json.dumps({**json.loads(token.read_text()), "startUrl": issued_for}))
    config = controller.home / ".aws" / "config"
    config.write_text(
        config.read_text().replace(
            "https://acme.awsapps.com/start", f"https://{SSOINS}.portal.eu-west-1.app.aws"
        )
    )
    user.play(LOGIN_IS_NOT_NEEDED)
    assert user.credentials()["access_key"].startswith("ASIA")
    assert user.arn_by_aws().startswith(ROLE)
    assert user.arn_by_boto3().startswith(ROLE)
    assert sign_ins(center) == 1
