# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_session_info: options in, the sessions of the controller or of the host out."""

from __future__ import annotations

import typing as t

from ansible.utils.display import Display

from ..module_utils._sso.known_sessions import OPTIONS
from ..module_utils._sso.session_facts import session_facts
from ..plugin_utils._action.base import Options, Result, SsoAction
from ..plugin_utils._remote.connection import HostConnection
from ..plugin_utils._remote.sessions import HostSessions

display = Display()


class ActionModule(SsoAction):
    argument_spec: t.ClassVar = OPTIONS

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        name = options["session"]
        if options["token_store"] == "host":
            host = HostSessions(HostConnection(self, task_vars), self.module_runner(task_vars))
            return {"changed": False, "sessions": host.facts(name, display.warning)}
        facts, warnings = session_facts(name)
        for text in warnings:
            display.warning(text)
        return {"changed": False, "sessions": facts}
