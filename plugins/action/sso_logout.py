# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_logout: options in, one call for each session, result out."""

from __future__ import annotations

import typing as t

from ansible.utils.display import Display

from ..plugin_utils._action.base import Options, Result, SsoAction
from ..plugin_utils._sso.logout import (
    Logout,
    log_out,
    preview_logout,
)
from ..plugin_utils._sso.sessions import requested_sessions

display = Display()


class ActionModule(SsoAction):
    argument_spec: t.ClassVar = {"session": {"type": "str"}}

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        sessions = requested_sessions(options["session"], display.warning)
        if self._task.check_mode:
            logouts = [preview_logout(session) for session in sessions]
        else:
            logouts = [log_out(session, display.warning) for session in sessions]
        return {
            "changed": any(logout.removed for logout in logouts),
            "sessions": [_described(logout) for logout in logouts],
        }


def _described(logout: Logout) -> Result:
    return {
        "name": logout.session.name,
        "start_url": logout.session.start_url,
        "region": logout.session.region,
        "removed": list(logout.removed),
        "ended": logout.ended,
    }
