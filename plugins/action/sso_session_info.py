# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_session_info: options in, one call for each session, result out."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._actions import errors_fail_the_task
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._session_info import describe
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sessions import sessions_to_visit

ARGUMENT_SPEC = {"session": {"type": "str"}}

display = Display()


class ActionModule(ActionBase):
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(ARGUMENT_SPEC)  # type: ignore[no-untyped-call]
        with errors_fail_the_task():
            sessions = sessions_to_visit(options["session"], display.warning)
            return {"changed": False, "sessions": [describe(session) for session in sessions]}
