# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of a role from the cache or from AWS, and how long they are used."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client as aws_client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import read_credentials
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.cache import cache_path
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.profiles import (
    CredentialSource,
    ProfileError,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.resolve import (
    find_source,
    role_credentials,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes import failures
from identity_center import IdentityCenter
from support.logins import CORP, LEGACY, in_seconds, token_file
from support.role_credentials import DEPLOY, PROFILES, as_the_cli_writes, sign_in

READER = CredentialSource(CORP, "111122223333", "ReadOnly")
ADMIN = CredentialSource(CORP, "111122223333", "AdministratorAccess")
DEPLOYER = READER.assuming(({"RoleArn": DEPLOY},))
DIRECT: dict[str, t.Any] = {
    "session": "corp",
    "start_url": None,
    "region": None,
    "account_id": "111122223333",
    "role_name": "ReadOnly",
}


@pytest.fixture(autouse=True)
def config(aws_config: pathlib.Path) -> pathlib.Path:
    aws_config.write_text(PROFILES)
    return aws_config


@pytest.fixture
def signed_in(center: IdentityCenter, config: pathlib.Path) -> IdentityCenter:
    sign_in(center)
    return center


def expire_in(source: CredentialSource, seconds: float) -> None:
    """Change the end of cached credentials."""
    path = pathlib.Path(cache_path(source))
    document = json.loads(path.read_text())
    document["Credentials"]["Expiration"] = in_seconds(seconds)
    path.write_text(json.dumps(document))


class TestSource:
    def test_a_profile_is_found_in_the_configuration(self) -> None:
        assert find_source("dev", {}) == READER._replace(region="eu-central-1")

    def test_an_unknown_profile_is_an_error(self) -> None:
        with pytest.raises(ProfileError, match="Did you mean dev"):
            find_source("dve", DIRECT)

    def test_an_empty_profile_is_not_replaced_by_the_direct_options(self) -> None:
        with pytest.raises(ProfileError):
            find_source("", DIRECT)

    def test_an_account_and_a_role_are_those_of_a_session_of_the_configuration(self) -> None:
        assert find_source(None, DIRECT) == READER

    def test_a_start_url_and_a_region_replace_the_configuration(self, config: pathlib.Path) -> None:
        config.unlink()
        direct = {**DIRECT, "session": None, "start_url": LEGACY.start_url, "region": "eu-west-1"}
        assert find_source(None, direct) == CredentialSource(LEGACY, "111122223333", "ReadOnly")

    def test_an_unknown_session_is_an_error(self) -> None:
        with pytest.raises(WorkstationError, match=r"no \[sso-session crop\].*Did you mean corp"):
            find_source(None, {**DIRECT, "session": "crop"})


class TestCache:
    def test_new_credentials_are_stored_and_used_again(self, signed_in: IdentityCenter) -> None:
        issued = role_credentials(READER, 900)
        stored = read_credentials(cache_path(READER))
        assert stored is not None and stored.secret_access_key == issued.secret_access_key
        assert role_credentials(READER, 900).access_key_id == issued.access_key_id
        assert signed_in.count("GetRoleCredentials") == 1

    @pytest.mark.parametrize(("seconds", "used"), [(950, True), (850, False)])
    def test_cached_credentials_are_used_if_they_are_valid_for_min_ttl(
        self, signed_in: IdentityCenter, seconds: float, used: bool
    ) -> None:
        as_the_cli_writes(pathlib.Path(cache_path(READER)), seconds)
        assert (role_credentials(READER, 900).access_key_id == "ASIAFROMTHECLI") is used

    def test_without_the_cache_nothing_is_read_or_stored(self, signed_in: IdentityCenter) -> None:
        path = pathlib.Path(cache_path(READER))
        as_the_cli_writes(path)
        before = path.read_bytes()
        for source in (READER, DEPLOYER):
            assert role_credentials(source, 900, cache=False).access_key_id != "ASIAFROMTHECLI"
        assert list(path.parent.iterdir()) == [path] and path.read_bytes() == before

    @pytest.mark.parametrize("source", [READER, DEPLOYER], ids=["role", "assumed role"])
    def test_cached_credentials_of_a_signed_out_session_are_ignored(
        self, signed_in: IdentityCenter, source: CredentialSource
    ) -> None:
        role_credentials(source, 900)
        token_file().unlink()
        with pytest.raises(LoginRequired, match="it has no token"):
            role_credentials(source, 900)

    def test_an_unusable_cache_directory_is_a_warning_with_its_fix(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        (home / ".aws" / "cli").touch()
        warnings: list[str] = []
        for source in (READER, ADMIN):
            assert role_credentials(source, 900, warn=warnings.append).access_key_id
        text = (
            "Role credentials are not cached, so each lookup requests new ones from AWS."
            f" {home}/.aws/cli/cache: Not a directory. A file exists where a directory is needed: move it"
            " away, then run the task again. To use no cache, and without this warning, set cache to false."
        )
        assert warnings == [text, text]
        assert signed_in.count("GetRoleCredentials") == 2

    def test_each_decision_is_shown_as_debug_output(
        self, signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown: list[str] = []
        monkeypatch.setattr(Display, "vvv", lambda self, text, host=None: shown.append(text))
        path = cache_path(READER)
        where = f"workstation.aws_sso: ReadOnly in 111122223333 (corp): cached credentials in {path}"
        role_credentials(READER, 900)
        assert where.replace("cached", "no cached") in shown
        expire_in(READER, 1000)
        role_credentials(READER, 900)
        assert shown[-1].startswith(f"{where} are valid for ") and shown[-1].endswith("seconds, used")
        expire_in(READER, 100)
        role_credentials(READER, 900)
        assert any(text.startswith(where) and "renewed: 900 are required" in text for text in shown)
        token_file().unlink()
        with pytest.raises(LoginRequired):
            role_credentials(READER, 900)
        assert f"{where} are ignored, the session is signed out" in shown


class TestAssumedRole:
    def test_an_assumed_role_uses_cached_credentials_of_the_role_that_assumes_it(
        self, signed_in: IdentityCenter
    ) -> None:
        role_credentials(READER, 900)
        assumed = role_credentials(DEPLOYER, 900)
        assert assumed.account_id == "222233334444"
        assert signed_in.count("GetRoleCredentials") == 1

    def test_the_role_that_assumes_needs_to_be_valid_for_one_call_only(
        self, signed_in: IdentityCenter
    ) -> None:
        role_credentials(READER, 900)
        expire_in(READER, 120)
        role_credentials(DEPLOYER, 900)
        assert signed_in.count("GetRoleCredentials") == 1
        expire_in(READER, 30)
        expire_in(DEPLOYER, 30)
        role_credentials(DEPLOYER, 900)
        assert signed_in.count("GetRoleCredentials") == 2


class TestShortLifetime:
    @pytest.fixture(autouse=True)
    def ten_minutes(self, signed_in: IdentityCenter) -> None:
        signed_in.set(credential_seconds=600)

    def test_a_lifetime_below_min_ttl_is_a_warning_with_its_limit(self) -> None:
        warnings: list[str] = []
        role_credentials(READER, 900, warn=warnings.append)
        assert warnings == [
            "Credentials of ReadOnly in the account 111122223333 are valid for 10 minutes, less than the 15"
            " minutes of min_ttl. The limit is the session duration of its permission set in IAM Identity"
            " Center."
        ]

    def test_a_short_duration_of_an_assumed_role_is_a_warning_with_the_option(self) -> None:
        warnings: list[str] = []
        source = READER.assuming(({"RoleArn": DEPLOY, "DurationSeconds": 900},))
        role_credentials(source, 1800, warn=warnings.append)
        assert warnings == [
            f"Credentials of {DEPLOY} are valid for 15 minutes, less than the 30 minutes of min_ttl."
            " Set a longer duration or a smaller min_ttl."
        ]

    def test_cached_credentials_have_the_same_warning_which_ansible_shows_once(
        self, signed_in: IdentityCenter
    ) -> None:
        warnings: list[str] = []
        for _number in range(3):
            role_credentials(READER, 900, warn=warnings.append)
        assert signed_in.count("GetRoleCredentials") == 1
        assert len(warnings) == 3 and len(set(warnings)) == 1

    def test_a_min_ttl_within_the_lifetime_is_no_warning(self) -> None:
        role_credentials(READER, 300, warn=pytest.fail)

    @pytest.mark.parametrize(("seconds", "requests"), [(460, 1), (440, 2)])
    def test_credentials_are_renewed_after_a_quarter_of_a_lifetime_below_min_ttl(
        self, signed_in: IdentityCenter, seconds: float, requests: int
    ) -> None:
        role_credentials(READER, 900)
        expire_in(READER, seconds)
        role_credentials(READER, 900)
        assert signed_in.count("GetRoleCredentials") == requests


class TestClock:
    """The clock of the emulator is behind, so that of this machine is ahead of it."""

    def test_credentials_that_have_expired_on_arrival_are_refused_with_the_skew(
        self, signed_in: IdentityCenter
    ) -> None:
        signed_in.set(clock_skew_seconds=-70 * 60)
        for cache in (True, False):
            with pytest.raises(Unreachable, match="clock of this machine is 70 minutes ahead of AWS's"):
                role_credentials(READER, 900, cache)
        assert not pathlib.Path(cache_path(READER)).exists()

    def test_a_lifetime_that_the_clock_shortens_is_a_warning_with_the_skew(
        self, signed_in: IdentityCenter
    ) -> None:
        signed_in.set(clock_skew_seconds=-50 * 60)
        warnings: list[str] = []
        role_credentials(READER, 900, warn=warnings.append)
        (warning,) = warnings
        assert warning.startswith(
            "Credentials of ReadOnly in the account 111122223333 are valid for 10 minutes, less than the 15"
            " minutes of min_ttl. The clock of this machine is 50 minutes ahead of AWS's. Correct it: "
        )

    def test_expired_credentials_of_a_service_with_the_same_time_are_not_from_aws(
        self, signed_in: IdentityCenter
    ) -> None:
        signed_in.set(credential_seconds=-60)
        with pytest.raises(Unreachable, match="shows no difference between the clocks"):
            role_credentials(READER, 900)


class TestFailures:
    """Lookups that need the same service at once share its failure, whatever role they are for."""

    @pytest.mark.parametrize(
        ("operation", "source"),
        [("GetRoleCredentials", READER), ("AssumeRole", DEPLOYER)],
        ids=["the portal", "STS"],
    )
    @pytest.mark.parametrize("cache", [True, False])
    def test_a_silent_service_is_asked_by_one_lookup_for_all(
        self,
        signed_in: IdentityCenter,
        monkeypatch: pytest.MonkeyPatch,
        operation: str,
        source: CredentialSource,
        cache: bool,
    ) -> None:
        monkeypatch.setattr(aws_client, "READ_TIMEOUT", 0.5)
        monkeypatch.setattr(failures, "_SLOW_SECONDS", 0.5)
        signed_in.faults.add(operation, "hang")
        reasons: list[str] = []
        for _lookup in range(4):
            with pytest.raises(Unreachable) as caught:
                role_credentials(source, 900, cache=cache)
            reasons.append(str(caught.value))
        assert all("does not answer" in reason for reason in reasons)
        assert sum("another request failed with this" in reason for reason in reasons) == 3
        assert signed_in.count(operation) <= 3
        signed_in.faults.clear()
        monkeypatch.setattr(failures, "_SECONDS_TO_REMEMBER", 0)
        assert role_credentials(source, 900, cache=cache).seconds_left() > 0
