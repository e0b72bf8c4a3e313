# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which session a file of role credentials belongs to."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import role_cache
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.known_sessions import ReadableConfig
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.role_cache import (
    CachedRole,
    RoleCache,
    expiry_of,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from support.sso_files import (
    CORP,
    LEGACY,
    OTHER,
    READER,
    cli_cache,
    role_path,
    write,
    write_record,
    write_role,
)

PROFILES = """\
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = ReadOnly
[profile old]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 222233334444
sso_role_name = Admin
[profile no-session]
sso_session = nope
sso_account_id = 1
sso_role_name = Unused
[profile half]
sso_session = corp
sso_account_id = 111122223333
"""


@pytest.fixture
def config(aws_config: pathlib.Path) -> ReadableConfig:
    aws_config.write_text(aws_config.read_text() + PROFILES)
    return ReadableConfig()


def cache(config: ReadableConfig) -> RoleCache:
    return RoleCache(config, [CORP, OTHER, LEGACY])


def test_profiles_records_and_guesses(config: ReadableConfig) -> None:
    by_profile = write_role(role_path(CORP, *READER))
    by_record = write_role(cli_cache() / f"{'0' * 40}.json")
    write_record(CORP, by_record, "333344445555", "Audit")
    guessed = write_role(role_path(CORP, "444455556666", "Admin"), "444455556666")
    guessed_without_account = write_role(role_path(CORP, "222233334444", "ReadOnly"), None)
    legacy = write_role(role_path(LEGACY, "222233334444", "Admin"), "222233334444")
    unknown = write_role(role_path(OTHER, "1", "Secret"), "1")
    found = cache(config)
    assert found.roles_of(CORP) == {
        str(by_profile): CachedRole(*READER),
        str(by_record): CachedRole("333344445555", "Audit"),
        str(guessed): CachedRole("444455556666", "Admin"),
        str(guessed_without_account): CachedRole("222233334444", "ReadOnly"),
    }
    assert found.roles_of(LEGACY) == {str(legacy): CachedRole("222233334444", "Admin")}
    assert found.roles_of(OTHER) == {} and found.unattributed == [str(unknown)]


def test_the_credentials_file_overrides_profiles(config: ReadableConfig, aws_config: pathlib.Path) -> None:
    write(aws_config.parent / "credentials", "[dev]\nsso_role_name = Other\n")
    path = write_role(role_path(CORP, "111122223333", "Other"))
    assert list(cache(ReadableConfig()).roles_of(CORP)) == [str(path)]


@pytest.mark.parametrize(
    "record", ["[" * 100_000, "5", "{}", '{"account_id": 5, "role_name": "x"}', '{"role_name": []}', ""]
)
def test_a_damaged_record_is_ignored(config: ReadableConfig, record: str) -> None:
    path = write_role(cli_cache() / f"{'0' * 40}.json")
    write(pathlib.Path(state_directory(CORP), "roles", path.name), record)
    assert cache(config).roles_of(CORP) == {} and cache(config).unattributed == [str(path)]


def test_what_is_not_of_identity_center_is_no_file_of_roles(config: ReadableConfig) -> None:
    for name, content in (("a.json", "[]"), ("b.json", "{"), ("c.json", '{"ProviderType": "x"}')):
        write(cli_cache() / name, content)
    os.mkfifo(cli_cache() / "d.json")
    (cli_cache() / "e.json").mkdir()
    (cli_cache() / "f.json").symlink_to("f.json")
    assert cache(config).unattributed == []


def test_guesses_are_limited(config: ReadableConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_role(role_path(CORP, "444455556666", "Admin"), "444455556666")
    assert str(path) in cache(config).roles_of(CORP)
    monkeypatch.setattr(role_cache, "_MOST_GUESSES", 5)
    assert cache(config).unattributed == [str(path)]


@pytest.mark.parametrize("changes", [{"Expiration": None}, {"AccessKeyId": None}, {"Expiration": "soon"}])
def test_damaged_credentials_have_no_expiry(config: ReadableConfig, changes: dict) -> None:
    path = role_path(CORP, *READER)
    assert expiry_of(str(write_role(path))) is not None
    assert expiry_of(str(write_role(path, **changes))) is None
