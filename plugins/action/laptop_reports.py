# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""laptop_reports: a directory of reports in, the fleet report out."""

from __future__ import annotations

import typing as t

from ansible.utils.display import Display

from ..plugin_utils._action.base import Options, Result, SsoAction
from ..plugin_utils._fleet_report.options import report_options
from ..plugin_utils._fleet_report.report import Files
from ..plugin_utils._fleet_report.role_classes import CLASSES, RoleClasses
from ..plugin_utils._laptop_reports import reports

display = Display()


class ActionModule(SsoAction):
    argument_spec: t.ClassVar = {
        "directory": {"type": "path", "required": True},
        "html": {"type": "path", "default": "fleet.html"},
        "json": {"type": "path", "default": "fleet.json"},
        "keys": {"type": "path", "default": "fleet-keys"},
        "new_hosts": {"type": "bool", "default": True},
        "expected": {"type": "list", "elements": "str", "default": []},
        "bundle": {"type": "str", "default": ""},
        "keep_days": {"type": "int", "default": 90},
        "csv": {"type": "path", "default": ""},
        "title": {"type": "str", "default": ""},
        **{
            f"{each}_roles": {"type": "list", "elements": "str", "default": [*getattr(RoleClasses(), each)]}
            for each in CLASSES
        },
    }

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        given = reports.Options(
            directory=options["directory"],
            keys=options["keys"],
            files=Files(
                options["html"],
                options["json"],
                options["keep_days"],
                options["csv"],
                report_options(options.__getitem__),
            ),
            expected=options["expected"],
            bundle=options["bundle"],
            new_hosts=options["new_hosts"],
        )
        result, warnings = reports.merge_reports(given, self._task.check_mode)
        for text in warnings:
            display.warning(text)
        return result
