# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is recognized as a part of AWS CLI v2."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.layout import (
    VERSION,
    is_empty,
    is_leftover,
    is_version_directory,
)


def put(path: pathlib.Path, text: str = "x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    "file", ["dist/aws", "dist/awscli/data/x", "dist/aws_completer", "dist/base_library.zip"]
)
def test_part_of_an_interrupted_version_is_recognized(tmp_path: pathlib.Path, file: str) -> None:
    put(tmp_path / "2.38.5" / file)
    assert is_version_directory(str(tmp_path / "2.38.5"))


def test_links_to_missing_programs_are_recognized(tmp_path: pathlib.Path) -> None:
    (tmp_path / "2.38.5" / "bin").mkdir(parents=True)
    (tmp_path / "2.38.5" / "bin" / "aws").symlink_to("../dist/aws")
    assert is_version_directory(str(tmp_path / "2.38.5"))
    assert is_leftover(str(tmp_path / "2.38.5" / "bin"))
    put(tmp_path / "2.38.5" / "bin" / "server")
    assert not is_version_directory(str(tmp_path / "2.38.5"))
    assert not is_leftover(str(tmp_path / "2.38.5" / "bin"))


@pytest.mark.parametrize("file", ["dist/index.js", "bin/aws", "aws", "lib/aws", "dist.txt"])
def test_other_program_is_not_recognized(tmp_path: pathlib.Path, file: str) -> None:
    put(tmp_path / "1.0.0" / file)
    assert not is_version_directory(str(tmp_path / "1.0.0"))
    assert not is_leftover(str(tmp_path / "1.0.0" / "bin"))
    assert not is_leftover(str(tmp_path / "1.0.0" / "dist"))


def test_link_is_what_it_leads_to(tmp_path: pathlib.Path) -> None:
    put(tmp_path / "elsewhere" / "dist" / "aws")
    (tmp_path / "2.38.5").symlink_to("elsewhere")
    (tmp_path / "2.38.6").symlink_to("missing")
    assert is_version_directory(str(tmp_path / "2.38.5"))
    assert not is_version_directory(str(tmp_path / "2.38.6"))
    assert not is_empty(str(tmp_path / "2.38.5"))
    assert is_empty(str(tmp_path / "2.38.6"))


def test_directories_without_files_are_empty(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert is_empty(str(tmp_path / "a"))
    put(tmp_path / "a" / "b" / "c", "")
    assert not is_empty(str(tmp_path / "a"))
    assert is_empty(str(tmp_path / "a" / "b" / "c"))
    assert not is_empty(str(tmp_path / "missing"))


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2.38.5", True),
        ("2.0.0", True),
        ("02.38.5", False),
        ("2.38", False),
        ("2.38.5\n", False),
        ("\u0662.38.5", False),
        ("2.38.5.1", False),
        ("2.38." + "9" * 5000, False),
    ],
)
def test_version_is_three_plain_numbers(text: str, valid: bool) -> None:
    assert bool(VERSION.fullmatch(text)) == valid
