# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for instances, with a stand-in for aws_ec2: what is called, how often, and what is said."""

from __future__ import annotations

import contextlib
import pathlib
import subprocess
import sys
import threading
import typing as t

import pytest
from ansible.errors import AnsibleError
from botocore.exceptions import ClientError, EndpointConnectionError

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import RoleCredentials
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._instances.ec2_plugin import Found
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._instances.search import Instances, Search
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.access import Filter
from identity_center import IdentityCenter
from identity_center.world import big_world
from support import simulated_aws
from support.logins import CORP, LEGACY
from support.role_credentials import PROFILES, sign_in
from support.sso_files import write_token

READER = Filter(roles=("ReadOnly",))
TESTS = pathlib.Path(__file__).resolve().parents[4]


class Ec2:
    """In place of aws_ec2: an empty Region, or *failure* in those in *failing*; records what is *called*."""

    def __init__(self, failure: Exception | None = None, failing: t.Container[str] = ()) -> None:
        self.called: list[tuple[str, str]] = []
        self.access_keys: set[str] = set()
        self._failure = failure
        self._failing = failing
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def prepared(self) -> t.Iterator[None]:
        yield

    def find(self, account_id: str, region: str, credentials: RoleCredentials) -> Found:
        with self._lock:
            self.called.append((account_id, region))
            self.access_keys.add(credentials.access_key_id)
        if self._failure is not None and region in self._failing:
            raise self._failure
        return Found(account_id, region, [], {})

    def enabled_regions(self, region: str, credentials: RoleCredentials) -> list[str]:
        return [region, "eu-north-1"]


def search(
    ec2: Ec2,
    *regions: str,
    unavailable: str = "fail",
    wanted: Filter = READER,
    sessions: t.Any = (CORP,),
    warn: t.Callable[[str], None] = lambda text: None,
) -> Instances:
    return Search(wanted, None, regions, t.cast(t.Any, ec2), warn).run(sessions, unavailable)


@pytest.fixture
def signed_in(center: IdentityCenter, aws_config: pathlib.Path) -> IdentityCenter:
    sign_in(center)
    return center


def test_credentials_are_requested_once_for_all_regions_of_an_account(signed_in: IdentityCenter) -> None:
    ec2 = Ec2()
    search(ec2, "eu-west-1", "eu-west-2", "eu-west-3")
    assert len(ec2.called) == 9 and len(ec2.access_keys) == 3
    assert signed_in.count("GetRoleCredentials") == 3
    search(ec2, "eu-west-1")
    assert signed_in.count("GetRoleCredentials") == 3, "they are cached"


def test_without_regions_those_that_an_account_has_enabled_are_searched(signed_in: IdentityCenter) -> None:
    ec2 = Ec2()
    search(ec2, wanted=READER._replace(accounts=("Production",)))
    assert sorted(ec2.called) == [("222233334444", "eu-north-1"), ("222233334444", "eu-west-1")]


def test_an_account_of_two_sessions_is_searched_in_the_first(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    aws_config.write_text(PROFILES)
    sign_in(signed_in, LEGACY)
    ec2 = Ec2()
    found = search(ec2, "eu-west-1", sessions=(CORP, LEGACY))
    assert len(ec2.called) == 3 and {access["session"] for access in found.accounts} == {"corp"}
    assert search(ec2, "eu-west-1", sessions=(LEGACY, CORP)).accounts[0]["session"] == LEGACY.label


def test_accounts_without_a_wanted_role_are_not_an_error(signed_in: IdentityCenter) -> None:
    found = search(Ec2(), "eu-west-1", wanted=Filter(roles=("NoSuchRole",)))
    assert (found.accounts, found.found) == ([], [])


def test_a_region_that_cannot_be_reached_is_given_up(
    center: IdentityCenter, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with IdentityCenter(big_world(40)) as big:
        for name, value in big.environment().items():
            monkeypatch.setenv(name, value)
        sign_in(big)
        failure = AnsibleError("Failed to describe instances: Could not connect to the endpoint URL")
        failure.__context__ = EndpointConnectionError(endpoint_url="https://ec2.ap-east-1.amazonaws.com")
        ec2, warnings = Ec2(failure, ["ap-east-1"]), []
        search(ec2, "eu-west-1", "ap-east-1", unavailable="skip", wanted=Filter(), warn=warnings.append)
    blocked = [region for _account, region in ec2.called].count("ap-east-1")
    assert 3 <= blocked <= 23, "those that were in progress, of 40"
    assert "not requested, after 3 failures: Failed to describe instances" in warnings[0]
    assert "and 20 more" in warnings[0]


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "AuthFailure", "RequestLimitExceeded"])
def test_a_region_that_answers_is_requested_in_each_account(signed_in: IdentityCenter, code: str) -> None:
    failure = ClientError({"Error": {"Code": code, "Message": "no"}}, "DescribeInstances")
    ec2, warnings = Ec2(failure, ["ap-east-1"]), []
    search(ec2, "eu-west-1", "ap-east-1", unavailable="skip", warn=warnings.append)
    assert len(ec2.called) == 6
    assert warnings[0].count(code) == 3 and "Log Archive (012345678901 in ap-east-1): " in warnings[0]


def test_the_advice_for_a_region_without_a_response_is_the_network(signed_in: IdentityCenter) -> None:
    failure = AnsibleError("Could not connect to the endpoint URL")
    failure.__context__ = EndpointConnectionError(endpoint_url="https://ec2.ap-east-1.amazonaws.com")
    with pytest.raises(WorkstationError) as caught:
        search(Ec2(failure, ["ap-east-1"]), "eu-west-1", "ap-east-1")
    assert "Check the network and the proxy between the controller and EC2 in ap-east-1" in str(caught.value)
    assert "another role" not in str(caught.value) and "exclude_accounts" not in str(caught.value)


def test_the_advice_for_a_refusal_is_another_role(signed_in: IdentityCenter) -> None:
    refusal = ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": "no"}}, "DescribeInstances")
    with pytest.raises(WorkstationError, match=r"Choose another role with roles, exclude the") as caught:
        search(Ec2(refusal, ["ap-east-1"]), "eu-west-1", "ap-east-1")
    assert "network" not in str(caught.value)


def test_control_characters_of_names_and_reasons_are_not_shown(signed_in: IdentityCenter) -> None:
    with pytest.raises(WorkstationError) as caught:
        search(Ec2(AnsibleError("no\x1b[31m\nyes"), ["eu-west-1"]), "eu-west-1")
    assert "\x1b" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_token_that_is_rejected_ends_the_search(signed_in: IdentityCenter) -> None:
    signed_in.faults.add("GetRoleCredentials", "revoked")
    signed_in.faults.add("CreateToken", "invalid_grant")
    with pytest.raises(LoginRequired):
        search(Ec2(), "eu-west-1", unavailable="skip")


def test_a_failure_of_our_own_is_not_hidden(signed_in: IdentityCenter) -> None:
    with pytest.raises(ZeroDivisionError):
        search(Ec2(ZeroDivisionError(), ["eu-west-1"]), "eu-west-1", unavailable="skip")


def test_progress_is_shown(
    signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_display, "SECONDS_BETWEEN_PROGRESS", 0.0)
    search(Ec2(), "eu-west-1")
    shown = capsys.readouterr().err
    assert "corp: credentials of 3 of 3 accounts" in shown
    assert "Instances in 3 of 3 Regions of accounts are listed" in shown


def test_the_portal_never_has_to_refuse_a_call(home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the limits of AWS, for 40 accounts, which is more than the first burst."""
    (home / ".aws").mkdir()
    write_token(CORP)
    command = [sys.executable, "-m", "support.simulated_aws", "40", "1", "0.01"]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as aws:
        assert aws.stdout is not None
        url = aws.stdout.readline().strip()
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        try:
            ec2 = Ec2()
            search(ec2, "eu-west-1")
            assert simulated_aws.counts(url) == {
                "accounts": 1,
                "roles": 40,
                "credentials": 40,
            }
        finally:
            aws.terminate()
    assert len(ec2.called) == 40
