# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a sign-out finds and removes, on a controller or a managed host."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.lock import locked
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import sign_out
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.sign_out import SignOut
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import (
    sign_in_record,
    state_directory,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import lock_subject
from support.sso_files import (
    CORP,
    OTHER,
    READER,
    in_seconds,
    role_path,
    write,
    write_record,
    write_role,
    write_token,
)


def removed(name: t.Optional[str] = None) -> t.List[str]:
    _files, removal = SignOut(name).remove()
    assert not removal.errors and not removal.warnings
    return [*removal.removed]


def test_find_changes_nothing_and_names_what_remove_removes(aws_config: pathlib.Path) -> None:
    token, role = write_token(), role_path(CORP, *READER)
    write_role(role)
    write_record(CORP, role, *READER)
    found = SignOut("corp").find()
    assert found.paths == [str(token), str(role)] and token.exists() and role.exists()
    assert removed("corp") == found.paths
    assert not os.path.exists(state_directory(CORP))


def test_unattributed_role_credentials_are_removed_with_the_last_token(aws_config: pathlib.Path) -> None:
    write_token()
    write_token(OTHER)
    role = write_role(role_path(CORP, "1", "unknown"))
    assert str(role) not in removed("corp")
    assert str(role) in removed()


def test_expired_token_is_removed_and_not_active(aws_config: pathlib.Path) -> None:
    write_token(expiresAt=in_seconds(-60), refreshToken=None)
    ((files,), removal) = SignOut("corp").remove()
    tokens = removal.tokens[files.session.token_path]
    assert len(tokens) == 1 and not sign_out.active_tokens(tokens)


def test_damaged_token_is_removed(aws_config: pathlib.Path) -> None:
    token = write(pathlib.Path(CORP.token_path), "{")
    assert removed("corp") == [str(token)]


def test_directory_in_place_of_a_token_stays_with_a_warning(aws_config: pathlib.Path) -> None:
    os.makedirs(CORP.token_path)
    _files, removal = SignOut("corp").remove()
    assert removal.warnings == [
        f"{CORP.token_path} is a directory, not the token of corp; it is not removed."
    ]
    assert os.path.isdir(CORP.token_path)


def test_process_that_refreshes_the_token_is_waited_for_and_named(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_out, "SECONDS_FOR_LOCKS", 0.1)
    token = write_token()
    with locked(lock_subject(CORP.token_path), 0):
        _files, removal = SignOut("corp").remove()
    assert not token.exists()
    assert removal.warnings == [
        "Another process is refreshing the token of corp, and may store it again. Sign out again when it is"
        " done."
    ]


def test_records_stay_as_long_as_files_cannot_be_removed(
    aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, role = write_token(), role_path(CORP, *READER)
    write_role(role)
    write_record(CORP, role, *READER)
    write(pathlib.Path(sign_in_record(CORP)), {})
    unlink = os.unlink

    def refuse(path: str) -> None:
        if path == str(role):
            raise PermissionError(13, "Permission denied", path)
        unlink(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", refuse)
        _files, removal = SignOut("corp").remove()
    assert [*removal.removed] == [str(token)] and len(removal.errors) == 1
    assert not os.path.exists(sign_in_record(CORP))
    assert removed("corp") == [str(role)]


def test_unknown_session_is_an_error(aws_config: pathlib.Path) -> None:
    with pytest.raises(WorkstationError, match=r"Did you mean corp\?"):
        SignOut("crop")
