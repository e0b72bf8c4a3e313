# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scratch workstation of which only the files and variables are examined."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor._configuration.findings import (
    config_findings,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.config import Configuration
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.examine import Report
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.proxy_and_ca import (
    proxy_and_ca_findings,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.variables import variable_findings
from support.scratch_workstation import ScratchWorkstation


class ScratchFiles(ScratchWorkstation):
    """No program runs, and nothing is called."""

    def examine(self, sessions: t.Any = None, timeout: float = 0) -> Report:
        configuration = Configuration(self.environment)
        found = [
            *config_findings(configuration),
            *variable_findings(self.environment, configuration),
            *proxy_and_ca_findings(self.environment, configuration),
        ]
        return Report(found, {})


@pytest.fixture
def host(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> ScratchFiles:
    scratch = ScratchFiles(tmp_path, "http://127.0.0.1:9")
    monkeypatch.setenv("HOME", str(scratch.home))
    return scratch
