# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor knows of both files, and where an editor opens them."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.config import Configuration


def configuration(directory: pathlib.Path, config: str, credentials: str = "") -> Configuration:
    (directory / "config").write_text(config)
    (directory / "credentials").write_text(credentials)
    names = {"AWS_CONFIG_FILE": "config", "AWS_SHARED_CREDENTIALS_FILE": "credentials"}
    return Configuration({variable: str(directory / name) for variable, name in names.items()})


@pytest.mark.parametrize(
    ("kind", "name", "key", "file", "line"),
    [
        ("profile", "a", "", "config", 3),
        ("profile", "a", "region", "credentials", 4),
        ("profile", "a", "output", "config", 4),
        ("profile", "a", "cli_pager", "config", 2),
        ("profile", "a", "ca_bundle", "credentials", 2),
        ("profile", "b", "", "credentials", 5),
        ("profile", "b", "region", "credentials", 5),
        ("profile", "default", "output", "config", 8),
        ("session", "s", "sso_region", "config", 10),
        ("session", "s", "cli_pager", "config", 2),
        ("profile", "gone", "region", "config", None),
    ],
)
def test_the_place_is_the_line_that_takes_effect(
    tmp_path: pathlib.Path, kind: str, name: str, key: str, file: str, line: t.Optional[int]
) -> None:
    found = configuration(
        tmp_path,
        "[DEFAULT]\ncli_pager =\n[profile a]\noutput = json\nregion = x\n"
        "[default]\n[profile default]\noutput = text\n"
        "[sso-session s]\nsso_region = eu-west-1\n",
        "[DEFAULT]\nca_bundle = x\n[a]\nregion = y\n[b]\n",
    )
    position = "" if line is None else f"line {line} of "
    assert found.place(kind, name, key) == f"in {position}{tmp_path / file}"


def test_the_credentials_file_takes_precedence(tmp_path: pathlib.Path) -> None:
    found = configuration(tmp_path, "[profile a]\nregion = x\noutput = json\n", "[a]\nregion = y\n[b]\n")
    assert found.profiles == {"a": {"region": "y", "output": "json"}, "b": {}}
    assert found.config.profiles["a"]["region"] == "x"
    assert found.profile_names == ["a", "b"]


def test_a_file_that_cannot_be_parsed_counts_as_empty(tmp_path: pathlib.Path) -> None:
    found = configuration(tmp_path, "[profile a]\n[profile a]\n", "[b]\n")
    assert not found.readable and found.profile_names == ["b"]
    assert [error.line for error in found.errors] == [2]
    assert configuration(tmp_path, "", "x\n").readable
