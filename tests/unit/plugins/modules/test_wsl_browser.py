# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module wsl_browser with scope=user, in WSL and outside."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.workstation.aws_sso.plugins.module_utils._host import wsl
from support.module_run import run_module


@pytest.mark.parametrize("version", [0, 2])
def test_the_launcher_is_installed_in_wsl_only(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    monkeypatch.setattr(wsl, "_is_wsl", lambda machine, kernel: version > 0)
    lines: t.List[str] = []
    monkeypatch.setattr(basic.AnsibleModule, "debug", lambda _module, text: lines.append(text))
    preview = run_module("wsl_browser", {"scope": "user"}, check_mode=True)
    assert lines == [f"wsl_browser: WSL version {version}, launcher {home}/.local/bin/wsl-browser"]
    assert preview["wsl"] == run_module("wsl_info", {})["wsl"]
    assert preview["wsl"]["version"] == version
    assert preview["changed"] == (version > 0)
    result = run_module("wsl_browser", {"scope": "user"})
    assert result == preview
    assert (home / ".local/bin/wsl-browser").exists() == (version > 0)


def test_everything_is_removed_outside_wsl_too(home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    absent = {"scope": "user", "state": "absent"}
    monkeypatch.setattr(wsl, "_is_wsl", lambda machine, kernel: True)
    installed = run_module("wsl_browser", {"scope": "user"}, diff=True)
    assert installed["files"] == [change["after_header"] for change in installed["diff"]]
    assert str(home / ".bashrc") in installed["files"] and installed["alternatives"] == []
    monkeypatch.setattr(wsl, "_is_wsl", lambda machine, kernel: False)
    assert not run_module("wsl_browser", {"scope": "user"})["changed"]
    preview = run_module("wsl_browser", absent, check_mode=True)
    assert preview["changed"] and set(preview["files"]) == set(installed["files"])
    assert run_module("wsl_browser", absent)["files"] == preview["files"]
    assert not [path for path in home.rglob("*") if path.is_file()]
    assert not run_module("wsl_browser", absent)["changed"]
