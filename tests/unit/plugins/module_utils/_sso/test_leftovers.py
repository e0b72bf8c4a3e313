# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files beside those of AWS's caches that may hold a token or keys."""

from __future__ import annotations

import json
import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.leftovers import (
    existing_copies,
    is_own_file,
    names_in,
    original_name,
)
from support.sso_files import token_of

NAME = "0a1b2c3d4e5f.json"


@pytest.fixture
def token(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / NAME
    path.write_text(json.dumps(token_of()))
    return path


def copies(*paths: pathlib.Path) -> list[str]:
    return existing_copies(map(str, paths))


def test_files_that_do_not_exist_have_no_copies(tmp_path: pathlib.Path) -> None:
    assert copies(tmp_path / NAME, tmp_path / "missing" / NAME) == []


def test_what_a_killed_writer_left_is_a_copy(token: pathlib.Path) -> None:
    left = token.with_name(f".{NAME}.9f8e7d6c.aws_sso")
    left.touch()
    for other in ("notes.json", f"{NAME}.bak", ".other.json.9f8e7d6c.aws_sso", f".{NAME}.swp"):
        token.with_name(other).touch()
    assert copies(token) == [str(token), str(left)]
    token.unlink()
    assert copies(token) == [str(left)]
    assert original_name(left.name) == NAME
    assert [original_name(name) for name in (NAME, f".{NAME}.swp")] == [NAME, f".{NAME}.swp"]


def test_target_of_a_link_is_a_copy_if_it_holds_a_token(token: pathlib.Path, tmp_path: pathlib.Path) -> None:
    link = tmp_path / "cache" / NAME
    link.parent.mkdir()
    link.symlink_to(token)
    left = token.with_name(f".{NAME}.9f8e7d6c.aws_sso")
    left.touch()
    assert copies(link) == [str(link), str(token), str(left)]


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"region": "eu-west-1"}', "[" * 100000, "no JSON"])
def test_target_of_a_link_that_holds_no_secret_is_none(
    token: pathlib.Path, tmp_path: pathlib.Path, content: str
) -> None:
    token.write_text(content)
    link = tmp_path / "abc.json"
    link.symlink_to(token)
    assert copies(link) == [str(link)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")
def test_file_of_another_user_is_not_one_of_ours(token: pathlib.Path, tmp_path: pathlib.Path) -> None:
    link = tmp_path / "abc.json"
    link.symlink_to(token)
    assert is_own_file(str(token)) and not is_own_file(str(link))
    os.chown(token, 65534, -1)
    assert not is_own_file(str(token))
    assert copies(link) == [str(link)]


def test_names_are_sorted_and_an_unreadable_directory_has_none(tmp_path: pathlib.Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).touch()
    assert names_in(str(tmp_path)) == ["a", "b"]
    assert names_in(str(tmp_path / "a")) == names_in(str(tmp_path / "missing")) == []
