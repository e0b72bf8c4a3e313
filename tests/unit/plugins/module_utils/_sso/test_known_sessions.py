# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of a configuration and of a cache in any state."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import ConfigError
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.known_sessions import (
    KnownSession,
    ReadableConfig,
    StoredSession,
    find_sessions,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import (
    SsoSession,
    UnknownSession,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from support.sso_files import CORP, LEGACY, OTHER, write, write_registration, write_token


def find(name: t.Optional[str] = None) -> t.List[KnownSession]:
    return find_sessions(name, ReadableConfig())


def test_a_session_is_found_by_its_token(aws_config: pathlib.Path) -> None:
    path = write_token(OTHER)
    unnamed = StoredSession(
        name=None,
        start_url=OTHER.start_url,
        region=OTHER.region,
        registration_scopes=None,
        file_name=path.name,
    )
    assert find("other") == [KnownSession(OTHER, configured=False)]
    assert find() == [KnownSession(CORP), KnownSession(unnamed, configured=False)]
    assert unnamed.token_path == str(path) and unnamed.label == OTHER.start_url


def test_a_start_url_is_found_by_its_token(aws_config: pathlib.Path) -> None:
    write_token(LEGACY)
    assert find(LEGACY.start_url) == [KnownSession(LEGACY, configured=False)]
    assert find()[1:] == [KnownSession(LEGACY, configured=False)]


@pytest.mark.parametrize("content", ["{", "[]", '{"accessToken": "x", "expiresAt": "2026-01-01T00:00:00Z"}'])
def test_a_damaged_token_is_found_by_the_name_of_its_session(aws_config: pathlib.Path, content: str) -> None:
    write(pathlib.Path(SsoSession("crop", "", "").token_path), content)
    assert find("crop") == [KnownSession(SsoSession("crop", "", ""), configured=False)]
    assert find() == [KnownSession(CORP)]


def test_a_session_of_which_only_records_are_left_is_found(aws_config: pathlib.Path) -> None:
    os.makedirs(state_directory(OTHER))
    assert find("other") == [KnownSession(SsoSession("other", "", ""), configured=False)]


@pytest.mark.parametrize("name", ["crop", "", "https://nowhere.awsapps.com/start"])
def test_a_session_of_which_there_is_nothing_is_unknown(aws_config: pathlib.Path, name: str) -> None:
    with pytest.raises(UnknownSession, match="There is no"):
        find(name)


def test_other_files_are_no_sessions(aws_config: pathlib.Path) -> None:
    token = write_token(CORP)
    write_registration(OTHER)
    for name in ("kiro-auth-token.json", "aws-toolkit-vscode-client-id-eu-west-1.json", "notes.tmp"):
        token.with_name(name).write_text('{"accessToken": "x"}')
    os.mkfifo(token.with_name("c" * 40 + ".json"))
    token.with_name("d" * 40 + ".json").mkdir()
    token.with_name("e" * 40 + ".json").symlink_to("nowhere")
    assert find() == [KnownSession(CORP)]


@pytest.mark.parametrize("missing", ["sso_region", "sso_start_url"])
def test_an_incomplete_section_is_completed_by_its_token(aws_config: pathlib.Path, missing: str) -> None:
    lines = [line for line in aws_config.read_text().splitlines(True) if not line.startswith(missing)]
    aws_config.write_text("".join(lines))
    (before,) = find("corp")
    assert not before.configured and before.problem.endswith(f"has no {missing}.")
    write_token(CORP)
    assert find() == [KnownSession(CORP, False, before.problem)]


def test_an_unreadable_configuration_is_an_error_only_where_it_matters(aws_config: pathlib.Path) -> None:
    aws_config.write_text("nonsense\n")
    assert find() == []
    with pytest.raises(ConfigError):
        find("corp")
    write_token(CORP)
    assert find("corp") == [KnownSession(CORP, configured=False)]


def test_an_unreadable_credentials_file_is_reported(aws_config: pathlib.Path) -> None:
    write(aws_config.parent / "credentials", "[dev\n")
    config = ReadableConfig()
    assert [type(error) for error in config.errors] == [ConfigError] and config.config.sessions
    with pytest.raises(WorkstationError, match="credentials, line 1"):
        raise config.errors[0]
