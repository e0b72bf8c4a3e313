# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module wsl_browser tells of the host."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host import wsl
from support.module_run import run_module


@pytest.mark.parametrize("version", [0, 2])
def test_it_tells_wsl_as_wsl_info_does_and_acts_by_it(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    monkeypatch.setattr(wsl, "_is_wsl", lambda machine, kernel: version > 0)
    preview = run_module("wsl_browser", {"scope": "user"}, check_mode=True)
    assert preview["wsl"] == run_module("wsl_info", {})["wsl"]
    assert preview["wsl"]["version"] == version
    assert preview["changed"] == (version > 0)
    result = run_module("wsl_browser", {"scope": "user"})
    assert result == preview
    assert (home / ".local/bin/wsl-browser").exists() == (version > 0)
