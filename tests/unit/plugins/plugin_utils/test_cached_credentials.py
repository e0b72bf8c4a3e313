# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quick look at a profile says what the parser says, or nothing."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import (
    AwsConfig,
    ConfigError,
    Document,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._cached_credentials import (
    Role,
    cached_credentials,
    plain_section,
    simple_profile_role,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.profiles import Profiles
from support.logins import CORP, token_file
from support.role_credentials import PROFILES, as_the_cli_writes, role_file

# Headers and lines on which a quick look and a parser might differ.
HEADERS = [
    "[default]",
    "[profile default]",
    "[DEFAULT]",
    "[profile a]",
    '[profile "a"]',
    "[profile 'a']",
    "[profile  a]",
    "[profile\ta]",
    "[profile a ]",
    "[profile a] # note",
    "[profile \\a]",
    "[profile b]",
    "[profile a b]",
    "[profile b a]",
    "[profiles a]",
    "[sso-session a]",
    "[services a]",
    "[a]",
    "[plugins]",
    "  [profile a]",
    "\xa0[profile a]",
    "\x0c[profile a]",
    "[]",
    "[x",
    "[]x]",
]
LINES = [
    "K = w",
    "other: v",
    "k:x = v",
    "  more = v",
    "empty =",
    "list = [v]",
    "odd = 'v' # a ]",
    "# [profile a]",
    "; k = v",
    "  # k = v",
    "nothing",
    "s3 =\n  x = y",
    "",
    "  ",
    "sso_role_name = m\u00fcller",
    "blank\x1c = \u2028 v",
]
line_ends = st.sampled_from(["\n"] * 9 + ["\r\n", "\r", ""])


def some(pool: list[str], size: int) -> st.SearchStrategy[str]:
    one_line = st.tuples(st.sampled_from(pool), line_ends).map("".join)
    return st.lists(one_line, max_size=size, unique=True).map("".join)


@settings(max_examples=600)
@given(
    before=some([*HEADERS, *LINES], 3),
    body=some(LINES, 2),
    after=some([*HEADERS, *LINES], 3),
    profile=st.sampled_from(["a", "a", "a", "b", "default", "k"]),
)
def test_what_the_quick_look_sees_is_what_the_parser_sees(
    before: str, body: str, after: str, profile: str
) -> None:
    data = f"[plain]\n{before}\n[profile a]\nk = v\n{body}\n{after}".encode()
    seen = plain_section(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), profile.encode())
    if seen is None:
        return
    try:
        parsed = AwsConfig(Document("config", data))
    except ConfigError:  # the quick look does not judge the rest of the file
        return
    assert parsed.profiles[profile] == seen


@pytest.mark.parametrize(
    "text",
    [
        "[profile a]\nk = v\n",
        "\n\n[profile a]\nk = v",
        "[profile b]\nk = w\n[profile a]\n\n# note [x]\nk = v\n[sso-session a]\nk = x\n",
        "[profile x-a]\nk = w\n[profile a]\nk = v\n[services a]\n",
        '[profile b]\nnote = it\'s "quoted" \\ [and] more\n\t; tab\n[profile a]\nk = v\n',
    ],
)
def test_plain_files_need_no_parser(text: str) -> None:
    assert plain_section(text.encode(), b"a") == {"k": "v"}


def test_5000_profiles_need_no_parser() -> None:
    text = "".join(f"[profile p{number}]\nk = {number}\n" for number in range(5000))
    assert plain_section(text.encode(), b"p4999") == {"k": "4999"}
    assert plain_section(text.encode(), b"p50000") is None


def test_roles_of_plain_profiles_are_those_of_the_full_way(aws_config: pathlib.Path) -> None:
    aws_config.write_text(PROFILES)
    for profile in ("dev", "admin", "prod", "old"):
        quick, full = simple_profile_role(profile), Profiles().source(profile).role
        assert quick is not None
        assert (quick.session, quick.account_id, quick.role_name, quick.region, quick.chain) == (
            full.session,
            full.account_id,
            full.role_name,
            full.region,
            full.chain,
        )
        assert quick.session is not None or quick.start_url == full.start_url


@pytest.mark.parametrize("profile", ["deploy", "missing", "", " dev", "dev ", "two words", "\n", "\ud800"])
def test_other_profiles_are_left_to_the_full_way(aws_config: pathlib.Path, profile: str) -> None:
    aws_config.write_text(PROFILES)
    assert simple_profile_role(profile) is None


@pytest.mark.parametrize(
    ("session", "found"),
    [
        ("[sso-session s]\nsso_start_url = x\nsso_region = y\n", True),
        ("[sso-session s]\nsso_start_url = x\nregion = eu-west-1\n", True),
        ("[sso-session s]\nsso_start_url = x\nregion = us-east-1\n", False),
        ("[sso-session s]\nsso_region = y\n", False),
        ("[sso-session t]\nsso_start_url = x\n", False),
    ],
)
def test_a_session_that_is_missing_or_contradicts_is_left_to_the_full_way(
    aws_config: pathlib.Path, session: str, found: bool
) -> None:
    profile = "sso_session = s\nsso_account_id = 1\nsso_role_name = r\nregion = eu-west-1\n"
    aws_config.write_text(f"{session}[profile p]\n{profile}")
    assert (simple_profile_role("p") is not None) == found


def test_a_profile_in_the_credentials_file_is_left_to_the_full_way(aws_config: pathlib.Path) -> None:
    aws_config.write_text(PROFILES)
    (aws_config.parent / "credentials").write_text("[dev]\nsso_role_name = Other\n")
    assert simple_profile_role("dev") is None
    assert Profiles().source("dev").role_name == "Other"
    assert simple_profile_role("prod") is not None


def test_the_environment_says_where_the_files_are(
    aws_config: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").write_text(PROFILES)
    monkeypatch.setenv("PLACE", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", "$PLACE/elsewhere")
    role = simple_profile_role("dev")
    assert role is not None and role.account_id == "111122223333"


class TestHit:
    ROLE = Role("corp", CORP.start_url, "111122223333", "ReadOnly")

    @pytest.fixture(autouse=True)
    def cached(self, home: pathlib.Path) -> None:
        self.path = role_file(home, "ef7c0373a8420e194e9d028ad5acc50a222b4714")
        token_file().parent.mkdir(parents=True)
        token_file().write_text("{}")
        self.write()

    def write(self, seconds: float = 3600, **changes: t.Any) -> None:
        """A file of the AWS CLI that the full path has bound to the token."""
        as_the_cli_writes(self.path, seconds, **changes)
        self.bind()

    def bind(self) -> None:
        times = token_file().stat()
        os.utime(self.path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def test_bound_credentials_are_returned(self) -> None:
        credentials = cached_credentials(self.ROLE, 900)
        assert credentials is not None and credentials.access_key_id == "ASIAFROMTHECLI"

    def test_min_ttl_is_their_minimum_remaining_lifetime(self) -> None:
        self.write(seconds=890)
        assert cached_credentials(self.ROLE, 900) is None
        assert cached_credentials(self.ROLE, 800) is not None

    def test_after_a_logout_they_are_not_returned(self) -> None:
        token_file().unlink()
        assert cached_credentials(self.ROLE, 900) is None

    def test_a_write_to_either_file_leaves_them_to_the_full_path(self) -> None:
        token_file().write_text("{}")
        assert cached_credentials(self.ROLE, 900) is None
        self.write()
        assert cached_credentials(self.ROLE, 900) is not None
        as_the_cli_writes(self.path)
        assert cached_credentials(self.ROLE, 900) is None

    def test_another_role_has_other_credentials(self) -> None:
        assert cached_credentials(Role("corp", "", "111122223333", "Other"), 900) is None
        assert cached_credentials(Role(None, CORP.start_url, "111122223333", "ReadOnly"), 900) is None

    @pytest.mark.parametrize(
        "content",
        [
            "[" * 100_000,
            '{"Credentials":' * 50_000 + "1" + "}" * 50_000,
            '{"Credentials": []}',
            '{"Credentials": "x"}',
            "5",
            "null",
            "\ud800",
        ],
        ids=lambda content: content[:20],
    )
    def test_a_file_of_another_shape_is_left_to_the_full_path(self, content: str) -> None:
        self.path.write_bytes(content.encode("utf-8", "surrogatepass"))
        self.bind()
        assert cached_credentials(self.ROLE, 900) is None

    @pytest.mark.parametrize(
        "change",
        [
            {"Expiration": "0001-01-01T00:00:00+23:59"},
            {"Expiration": "9999-12-31T23:59:59-23:59"},
            {"Expiration": 10**30},
            {"Expiration": ["x"]},
            {"Expiration": "1970-01-01T00:00:01Z"},
            {"AccessKeyId": 5},
            {"SecretAccessKey": ["x"]},
            {"SessionToken": {}},
            {"AccountId": 111122223333},
            {"AccountId": "{{ lookup('pipe', 'id') }}"},
            {"AccountId": "11112222333"},
        ],
        ids=str,
    )
    def test_values_of_wrong_types_are_left_to_the_full_path(self, change: dict[str, t.Any]) -> None:
        self.write(**change)
        assert cached_credentials(self.ROLE, 900) is None
