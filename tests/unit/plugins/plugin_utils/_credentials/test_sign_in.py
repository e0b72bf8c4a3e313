# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup returns cached credentials only to the user whose sign-in obtained them."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import time

import pytest
from ansible.errors import AnsibleError

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import (
    Role,
    cached_credentials,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.sign_in import current_sign_in
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import live_token
from identity_center import IdentityCenter
from support.logins import CORP, LEGACY, change, in_seconds, token_file
from support.role_credentials import PROFILES, as_the_cli_writes, one, role_file, sign_in, user_of

READ_ONLY = "ef7c0373a8420e194e9d028ad5acc50a222b4714"
READER = Role("corp", None, "111122223333", "ReadOnly")


@pytest.fixture(autouse=True)
def profiles(aws_config: pathlib.Path) -> None:
    aws_config.write_text(PROFILES)


@pytest.fixture
def signed_in(center: IdentityCenter, profiles: None) -> IdentityCenter:
    """alice is signed in."""
    sign_in(center)
    return center


def as_another_tool_signs_in(center: IdentityCenter, user: str) -> None:
    """Sign *user* in, and write the token in place, as the AWS CLI does; nothing else shows the sign-in."""
    before = token_file().read_bytes()
    state = pathlib.Path(state_directory(CORP))
    shutil.copytree(state, f"{state}.copy", copy_function=shutil.copy2)
    sign_in(center, user=user, force=True)
    token = token_file().read_bytes()
    shutil.rmtree(state)
    os.rename(f"{state}.copy", state)
    token_file().write_bytes(before)
    token_file().write_bytes(token)


def as_another_tool_refreshes() -> None:
    """Refresh the token and write it in place, as the AWS CLI and old versions of boto3 do."""
    state = pathlib.Path(state_directory(CORP))
    shutil.copytree(state, f"{state}.copy", copy_function=shutil.copy2)
    live_token(CORP)
    shutil.rmtree(state)
    os.rename(f"{state}.copy", state)
    token_file().write_bytes(token_file().read_bytes())


class TestAnotherUser:
    @pytest.mark.parametrize("profile", ["dev", "deploy"])
    def test_a_sign_in_of_another_user_outdates_credentials(
        self, signed_in: IdentityCenter, profile: str
    ) -> None:
        keys_of_alice = one(profile)
        sign_in(signed_in, user="bob", force=True)
        keys_of_bob = one(profile)
        assert keys_of_alice["access_key"] != keys_of_bob["access_key"]
        assert profile == "deploy" or (user_of(keys_of_alice), user_of(keys_of_bob)) == ("alice", "bob")
        assert one(profile) == keys_of_bob

    def test_a_sign_in_by_another_tool_does_so_too(self, signed_in: IdentityCenter) -> None:
        assert user_of(one("dev")) == "alice"
        as_another_tool_signs_in(signed_in, "bob")
        assert user_of(one("dev")) == "bob"

    def test_credentials_that_the_aws_cli_cached_for_the_first_user_are_outdated(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        as_the_cli_writes(role_file(home, READ_ONLY))
        as_another_tool_signs_in(signed_in, "bob")
        assert user_of(one("dev")) == "bob"

    def test_a_role_that_the_other_user_does_not_have_is_refused(self, signed_in: IdentityCenter) -> None:
        assert user_of(one("admin")) == "alice"
        as_another_tool_signs_in(signed_in, "bob")
        with pytest.raises(AnsibleError, match="AdministratorAccess"):
            one("admin")

    def test_the_first_user_may_come_back(self, signed_in: IdentityCenter) -> None:
        one("dev")
        as_another_tool_signs_in(signed_in, "bob")
        one("dev")
        as_another_tool_signs_in(signed_in, "alice")
        assert user_of(one("dev")) == "alice"

    def test_a_sign_in_after_a_logout_by_hand_outdates_credentials(self, signed_in: IdentityCenter) -> None:
        one("dev")
        token_file().unlink()
        sign_in(signed_in, user="bob")
        assert user_of(one("dev")) == "bob"

    def test_two_sessions_of_one_portal_stay_apart(self, center: IdentityCenter) -> None:
        sign_in(center, user="alice")
        sign_in(center, LEGACY, user="bob")
        assert (user_of(one("dev")), user_of(one("old"))) == ("alice", "bob")
        sign_in(center, LEGACY, user="alice", force=True)
        requests = center.count("GetRoleCredentials")
        assert (user_of(one("dev")), user_of(one("old"))) == ("alice", "alice")
        assert center.count("GetRoleCredentials") == requests + 1


class TestMovedFiles:
    """Users keep the tokens of several people as files, and exchange them."""

    def test_a_token_that_is_moved_here_outdates_credentials(
        self, signed_in: IdentityCenter, tmp_path: pathlib.Path
    ) -> None:
        token_of_alice = tmp_path / "alice.json"
        shutil.copy2(token_file(), token_of_alice)
        token_file().unlink()
        sign_in(signed_in, user="bob")
        keys_of_bob = one("dev")
        shutil.copy2(token_of_alice, token_file())
        assert (user_of(keys_of_bob), user_of(one("dev"))) == ("bob", "alice")

    def test_credentials_of_the_aws_cli_are_outdated_although_they_are_newer(
        self, signed_in: IdentityCenter, tmp_path: pathlib.Path, home: pathlib.Path
    ) -> None:
        token_of_alice = tmp_path / "alice.json"
        shutil.copy2(token_file(), token_of_alice)
        token_file().unlink()
        sign_in(signed_in, user="bob")
        as_the_cli_writes(role_file(home, READ_ONLY))
        time.sleep(0.05)  # several ticks of the kernel's clock
        os.rename(token_of_alice, token_file())
        assert user_of(one("dev")) == "alice"

    def test_credentials_from_the_future_are_outdated(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        path = role_file(home, READ_ONLY)
        as_the_cli_writes(path)
        later = time.time() + 600
        os.utime(path, (later, later))
        as_another_tool_signs_in(signed_in, "bob")
        assert user_of(one("dev")) == "bob"


class TestRefresh:
    @pytest.fixture
    def signed_in(self, center: IdentityCenter, profiles: None) -> IdentityCenter:
        """alice is signed in, with a token that each use refreshes."""
        center.set(access_token_seconds=600)
        sign_in(center)
        return center

    @pytest.mark.parametrize("profile", ["dev", "deploy"])
    def test_a_refresh_outdates_nothing(self, signed_in: IdentityCenter, profile: str) -> None:
        keys = one(profile)
        for _time in range(3):
            live_token(CORP)
            assert one(profile) == keys
        assert signed_in.count("GetRoleCredentials") == 1

    def test_credentials_that_the_aws_cli_cached_outlive_refreshes(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        as_the_cli_writes(role_file(home, READ_ONLY))
        for _time in range(3):
            live_token(CORP)
            assert one("dev")["access_key"] == "ASIAFROMTHECLI"
        assert signed_in.count("GetRoleCredentials") == 0

    def test_the_refresh_of_another_tool_that_keeps_the_refresh_token_outdates_nothing(
        self, signed_in: IdentityCenter
    ) -> None:
        signed_in.set(refresh_tokens="reusable")
        keys = one("dev")
        as_another_tool_refreshes()
        assert one("dev") == keys
        assert signed_in.count("GetRoleCredentials") == 1

    def test_the_refresh_of_another_tool_costs_at_most_one_request(self, signed_in: IdentityCenter) -> None:
        one("dev")
        as_another_tool_refreshes()
        assert user_of(one("dev")) == "alice"
        one("dev")
        assert signed_in.count("GetRoleCredentials") == 2

    def test_the_second_hit_after_a_refresh_is_as_fast_as_ever(self, signed_in: IdentityCenter) -> None:
        one("dev")
        assert cached_credentials(READER, 900) is not None
        live_token(CORP)
        assert cached_credentials(READER, 900) is None
        one("dev")
        assert cached_credentials(READER, 900) is not None

    def test_without_a_state_directory_a_refresh_costs_one_request(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        shutil.rmtree(home / ".cache")
        (home / ".cache").touch()
        signed_in.set(access_token_seconds=3600)
        live_token(CORP)
        keys = one("dev")
        assert one("dev") == keys
        change(token_file(), expiresAt=in_seconds(60))
        live_token(CORP)
        assert user_of(one("dev")) == "alice"
        assert signed_in.count("GetRoleCredentials") == 2


class TestRejectedToken:
    def reject(self, center: IdentityCenter) -> None:
        """AWS ends the sign-in session: another role meets the 401, and the refresh is refused."""
        center.end_sessions()
        with pytest.raises(AnsibleError, match="AWS no longer accepts its token"):
            one("prod")
        assert not token_file().exists()

    @pytest.mark.parametrize("profile", ["dev", "deploy"])
    def test_credentials_that_are_still_valid_are_returned(
        self, signed_in: IdentityCenter, profile: str
    ) -> None:
        keys = one(profile)
        self.reject(signed_in)
        assert one(profile) == keys

    def test_also_those_that_the_aws_cli_cached(self, signed_in: IdentityCenter, home: pathlib.Path) -> None:
        as_the_cli_writes(role_file(home, READ_ONLY))
        self.reject(signed_in)
        assert one("dev")["access_key"] == "ASIAFROMTHECLI"

    def test_the_reason_is_kept(self, signed_in: IdentityCenter) -> None:
        self.reject(signed_in)
        for _time in range(2):
            with pytest.raises(AnsibleError, match=r"AWS no longer accepts its token \(.*InvalidGrant"):
                one("prod")

    def test_expired_credentials_are_not_returned(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        one("dev")
        self.reject(signed_in)
        path = role_file(home, READ_ONLY)
        document = json.loads(path.read_text())
        document["Credentials"]["Expiration"] = in_seconds(-1)
        path.write_text(json.dumps(document))
        with pytest.raises(AnsibleError, match="AWS no longer accepts its token"):
            one("dev")

    def test_a_sign_in_ends_that(self, signed_in: IdentityCenter) -> None:
        one("dev")
        self.reject(signed_in)
        sign_in(signed_in, user="bob")
        assert user_of(one("dev")) == "bob"
        token_file().unlink()
        with pytest.raises(AnsibleError, match="it has no token"):
            one("dev")

    def test_a_refused_refresh_of_an_expired_token_leaves_them_as_well(
        self, signed_in: IdentityCenter
    ) -> None:
        keys = one("dev")
        signed_in.end_sessions()
        change(token_file(), expiresAt=in_seconds(-60))
        with pytest.raises(AnsibleError, match="its refresh was refused"):
            one("prod")
        assert one("dev") == keys


class TestRecord:
    def test_it_contains_no_secret(self, signed_in: IdentityCenter) -> None:
        keys = one("dev")
        token = json.loads(token_file().read_text())
        content = "".join(
            path.read_text() for path in pathlib.Path(state_directory(CORP)).rglob("*") if path.is_file()
        )
        secrets = [token[name] for name in ("accessToken", "refreshToken", "clientSecret")]
        for secret in (*secrets, keys["secret_key"], keys["session_token"]):
            assert secret not in content

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "5",
            "{}",
            "[" * 100_000,
            '{"id": 5, "since": 0, "tokens": []}',
            '{"id": "x", "since": "x", "tokens": 1}',
        ],
        ids=lambda content: content[:30],
    )
    def test_a_damaged_record_costs_at_most_one_request(
        self, signed_in: IdentityCenter, content: str
    ) -> None:
        one("dev")
        pathlib.Path(state_directory(CORP), "sign-in.json").write_text(content)
        live_token(CORP)
        assert user_of(one("dev")) == "alice"
        assert signed_in.count("GetRoleCredentials") <= 2

    def test_a_damaged_token_belongs_to_no_sign_in(self, signed_in: IdentityCenter) -> None:
        one("dev")
        token_file().write_text("{")
        assert current_sign_in(CORP) is None
        with pytest.raises(AnsibleError, match="its token is unusable"):
            one("dev")
