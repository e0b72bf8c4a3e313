# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directories of the user that a process runs as."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.directories import (
    cache_directory,
    home_directory,
)


def test_the_home_directory_is_that_of_the_environment(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_directory() == str(tmp_path)


@pytest.mark.parametrize(
    ("variable", "parent"), [("/var/cache/jane", "/var/cache/jane"), ("", "/home/jane/.cache")]
)
def test_the_cache_directory_is_below_xdg_cache_home(
    monkeypatch: pytest.MonkeyPatch, variable: str, parent: str
) -> None:
    monkeypatch.setenv("HOME", "/home/jane")
    monkeypatch.setenv("XDG_CACHE_HOME", variable)
    assert cache_directory() == parent + "/workstation.aws_sso"
