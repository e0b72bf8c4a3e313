# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_logout: options in, one sign-out on the controller or for the host, result out."""

from __future__ import annotations

import typing as t

from ansible.utils.display import Display

from ..module_utils._sso.known_sessions import OPTIONS
from ..plugin_utils._action.base import Options, Result, SsoAction
from ..plugin_utils._remote.connection import HostConnection
from ..plugin_utils._remote.sessions import HostSessions
from ..plugin_utils._sso.logout import LogoutResult, log_out, preview_logout

display = Display()


class ActionModule(SsoAction):
    argument_spec: t.ClassVar = OPTIONS

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        acts = (log_out, preview_logout)
        if options["token_store"] == "host":
            host = HostSessions(HostConnection(self, task_vars), self.module_runner(task_vars))
            acts = (host.log_out, host.preview_logout)
        return _result(acts[bool(self._task.check_mode)](options["session"], display.warning))


def _result(outcome: LogoutResult) -> Result:
    result: Result = {
        "changed": bool(outcome.removed),
        "removed": list(outcome.removed),
        "ended": any(logout.ended for logout in outcome.sessions),
        "sessions": [
            {
                "name": logout.session.name,
                "start_url": logout.session.start_url or None,
                "region": logout.session.region or None,
                "removed": list(logout.removed),
                "ended": logout.ended,
            }
            for logout in outcome.sessions
        ],
    }
    if outcome.errors:
        result.update(failed=True, msg=" ".join(outcome.errors))
    return result
