# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages for files that cannot be read or written."""

from __future__ import annotations

import errno
import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.errors import (
    file_error_cure,
    file_error_text,
    foreign_path,
    is_permission_error,
    return_to_owner,
)

AGAIN = "then run the task again."


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def as_another_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, the files of this user belong to another user."""
    another = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: another)


def denied(path: str) -> OSError:
    return PermissionError(errno.EACCES, "Permission denied", path)


@pytest.mark.parametrize(
    ("code", "reason", "fix"),
    [
        (errno.ENOSPC, "No space left on device", f"The disk is full: free some space, {AGAIN}"),
        (errno.EDQUOT, "Disk quota exceeded", f"Your disk quota is used up: free some space, {AGAIN}"),
        (
            errno.ENOTDIR,
            "Not a directory",
            f"A file exists where a directory is needed: move it away, {AGAIN}",
        ),
        (
            errno.EROFS,
            "Read-only file system",
            "The file system is mounted read-only: remount it, or choose another path.",
        ),
    ],
)
def test_a_message_has_the_file_the_reason_and_the_fix(code: int, reason: str, fix: str) -> None:
    error = OSError(code, os.strerror(code), "/a/file")
    assert file_error_text(error) == f"/a/file: {reason}. {fix}"
    assert file_error_cure(error, "/a/file") == fix


def test_a_message_ends_with_the_reason_if_no_fix_is_known() -> None:
    assert file_error_text(OSError(errno.EIO, "Input/output error", "/a")) == "/a: Input/output error."
    assert file_error_cure(OSError(errno.EIO, "Input/output error"), "/a") == ""


def test_the_file_of_an_error_takes_precedence_over_the_given_path() -> None:
    assert file_error_text(OSError(errno.EIO, "Broken", "/a"), "/b") == "/a: Broken."
    assert file_error_text(OSError(errno.EIO, "Broken"), "/b") == "/b: Broken."
    assert file_error_text(OSError(errno.EIO, "Broken")) == "Broken."


def test_a_file_name_in_bytes_is_shown_as_text() -> None:
    assert file_error_text(OSError(errno.EIO, "Broken", b"/caf\xc3\xa9")) == "/caf\u00e9: Broken."


def test_a_file_descriptor_is_not_shown_as_a_file_name() -> None:
    with pytest.raises(OSError) as caught:
        os.stat(10**6)
    assert caught.value.filename == 10**6
    assert file_error_text(caught.value, "/a") == "/a: Bad file descriptor."


def test_an_error_without_a_reason_is_shown_by_its_text_or_type() -> None:
    assert file_error_text(OSError("not like this"), "/a") == "/a: not like this."
    assert file_error_text(TimeoutError(), "/a") == "/a: TimeoutError."


def test_an_error_of_the_collection_gets_the_path_and_one_full_stop() -> None:
    assert file_error_text(WorkstationError("It has no section."), "/a") == "/a: It has no section."
    assert file_error_text(WorkstationError("It has no section"), "/a") == "/a: It has no section."


@pytest.mark.parametrize(
    ("code", "expected"),
    [(errno.EACCES, True), (errno.EPERM, True), (errno.EROFS, False), (errno.ENOENT, False)],
)
def test_a_permission_error_is_recognized_by_its_number(code: int, expected: bool) -> None:
    assert is_permission_error(OSError(code, "x")) is expected


def test_the_fix_of_the_caller_for_a_missing_permission_takes_precedence() -> None:
    text = file_error_text(denied("/etc/file"), permission="Use become.")
    assert text == "/etc/file: Permission denied. Use become."
    assert file_error_text(OSError(errno.EIO, "Broken", "/a"), permission="Use become.") == "/a: Broken."


def test_a_missing_permission_for_an_unknown_file_has_no_fix() -> None:
    assert file_error_text(PermissionError(errno.EACCES, "Permission denied")) == "Permission denied."


def test_a_mode_that_denies_access_to_the_owner_is_changed_with_chmod(home: pathlib.Path) -> None:
    path = home / "my file"
    path.touch()
    path.chmod(0o444)
    assert file_error_cure(denied(str(path)), str(path)) == (
        f"Its mode denies access to its owner: chmod u+rwX '{path}'"
    )


def test_a_file_of_another_user_is_returned_with_the_outermost_foreign_directory(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = home / ".aws" / "sso" / "token.json"
    path.parent.mkdir(parents=True)
    path.touch()
    as_another_user(monkeypatch)
    assert file_error_cure(denied(str(path)), str(path)) == (
        f"If a command under sudo created it, return it to its owner: {return_to_owner(str(home / '.aws'))}"
    )


def test_a_file_that_cannot_be_examined_is_returned_to_its_owner(home: pathlib.Path) -> None:
    path = str(home / "missing")
    assert file_error_cure(denied(path), path).endswith(return_to_owner(path))


def test_the_command_for_the_owner_quotes_the_path_and_leaves_ids_to_the_shell() -> None:
    assert return_to_owner("/a b") == """sudo chown -R "$(id -u):$(id -g)" '/a b'"""


def test_with_the_root_directory_as_home_only_the_path_itself_is_checked(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container with an arbitrary user ID."""
    monkeypatch.setenv("HOME", "/")
    assert foreign_path(str(tmp_path)) is None
    owner = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: owner)
    assert foreign_path(str(tmp_path)) == str(tmp_path)


def test_there_is_no_foreign_path_among_own_files(home: pathlib.Path) -> None:
    (home / "own").mkdir()
    assert foreign_path(str(home / "own" / "missing")) is None


def test_outside_the_home_directory_only_the_path_itself_can_be_foreign(
    home: pathlib.Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    as_another_user(monkeypatch)
    assert foreign_path(str(outside)) == str(outside)
    assert foreign_path(str(outside / "missing")) is None


def test_the_home_directory_itself_is_not_returned_as_the_parent_of_a_file(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_another_user(monkeypatch)
    assert foreign_path(str(home / "missing")) is None
