# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module wsl_info returns the facts of this host, and changes nothing."""

from __future__ import annotations

import pathlib
from dataclasses import asdict

from ansible_collections.workstation.aws_sso.plugins.module_utils._host import wsl
from support.module_run import run_module


def test_the_facts_of_this_host_are_returned_in_check_mode_too(home: pathlib.Path) -> None:
    expected = asdict(wsl.detect())
    for check_mode in (False, True):
        result = run_module("wsl_info", {}, check_mode)
        assert not result["changed"]
        facts = result["wsl"]
        assert {**facts, "distribution": "", "networking_mode": ""} == {
            **expected,
            "distribution": "",
            "networking_mode": "",
        }
