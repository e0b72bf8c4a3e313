# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AWS CLI uses profiles that sso_profiles took over from other tools."""

from __future__ import annotations

import pathlib

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import write_browser
from support.aws_config_file import SESSION, access
from support.config_of_tools import TOOLS
from support.module_run import run_module

ROLE = "AdministratorAccess"


def test_the_aws_cli_uses_adopted_profiles(controller: Controller, tmp_path: pathlib.Path) -> None:
    controller.environment["BROWSER"] = write_browser(str(tmp_path / "browser"))
    aws = real_cli.aws(real_cli.CURRENT)
    config = controller.home / ".aws" / "config"
    for tool in TOOLS.values():
        before = tool.text.replace("Admin", ROLE).replace("ReadOnly", "Auditor")
        controller.write_config(before)
        options = {
            "path": str(config),
            "sessions": [SESSION],
            "access": [access(role_name=ROLE), access(role_name="Auditor")],
            "profile_name": tool.profile_name,
            "adopt": True,
        }
        result = run_module("sso_profiles", options)
        assert len(result["profiles_adopted"]) == 2, result
        if tool is next(iter(TOOLS.values())):
            login = controller.run(aws, "sso", "login", "--sso-session", "acme")
            assert login.returncode == 0, login.stderr
        profile = result["profiles_adopted"][0]["name"]
        answer = controller.run(aws, "configure", "export-credentials", "--profile", profile)
        assert answer.returncode == 0, answer.stderr
        assert "ASIA" in answer.stdout
        run_module("sso_profiles", {**options, "state": "absent"})
        assert config.read_text() == before
