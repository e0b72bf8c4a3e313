# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which directory holds everything."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import (
    Paths,
    installation_paths,
)


def test_the_directory_is_below_that_for_data(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    below_home = f"{tmp_path}/.local/share/workstation-update"
    assert installation_paths({}).root == below_home
    assert installation_paths({"XDG_DATA_HOME": "relative"}).root == below_home
    assert installation_paths({"XDG_DATA_HOME": "/data"}).root == "/data/workstation-update"


def test_all_files_are_below_it() -> None:
    properties = [name for name, value in vars(Paths).items() if isinstance(value, property)]
    found = {getattr(Paths("/srv/x"), name) for name in properties}
    assert len(found) == len(properties)
    assert all(path.startswith("/srv/x/") for path in found)
