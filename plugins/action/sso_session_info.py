# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_session_info: options in, one call for each session, result out."""

from __future__ import annotations

import typing as t

from ansible.utils.display import Display

from ..plugin_utils._action.base import Options, Result, SsoAction
from ..plugin_utils._sso.info import describe
from ..plugin_utils._sso.sessions import requested_sessions

display = Display()


class ActionModule(SsoAction):
    argument_spec: t.ClassVar = {"session": {"type": "str"}}

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        sessions = requested_sessions(options["session"], display.warning)
        return {"changed": False, "sessions": [describe(session) for session in sessions]}
