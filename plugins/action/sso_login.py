# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_login: options in, one login on the controller or for the host, result out."""

from __future__ import annotations

import functools
import typing as t

from ..module_utils._errors import WorkstationError
from ..module_utils._sso.session import SsoSession
from ..module_utils._text import printable_lines
from ..modules.sso_login import ARGUMENT_SPEC, CONSTRAINTS
from ..plugin_utils._action.base import Options, Result, SsoAction
from ..plugin_utils._login import access as controller_login
from ..plugin_utils._login.access import LoginResult
from ..plugin_utils._login.login import CACHE, DEVICE, LoginOptions, choose_method
from ..plugin_utils._login.prompt import login_user
from ..plugin_utils._remote.answer import HostState
from ..plugin_utils._remote.connection import HostConnection
from ..plugin_utils._remote.login import HostSession
from ..plugin_utils._remote.token_cache import HostCache
from ..plugin_utils._sso.sessions import find_session
from ..plugin_utils._sso.sign_in_command import how_to_sign_in_on_host


class ActionModule(SsoAction):
    ends_with_run: t.ClassVar = True
    argument_spec: t.ClassVar = ARGUMENT_SPEC
    constraints: t.ClassVar = CONSTRAINTS

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        if options["token_store"] == "host":
            return self._login_for_host(options, task_vars)
        session = find_session(
            options["session"], options["start_url"], options["region"], options["registration_scopes"]
        )
        opens_browser = options["open_browser"] != "false"
        method = functools.partial(
            choose_method, session, options["method"], opens_browser, options["browser"]
        )
        wanted = LoginOptions.from_options(options, method, str(self._task._uuid))
        if self._task.check_mode:
            return _result(session, controller_login.preview(session, wanted, options["list_access"]))
        user = login_user(options["open_browser"], options["browser"])
        return _result(session, controller_login.log_in(session, wanted, user, options["list_access"]))

    def _login_for_host(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        if options["method"] == "pkce":
            raise WorkstationError("token_store=host requires method=device: the host has no browser.")
        wanted = LoginOptions.from_options(options, DEVICE)
        connection = HostConnection(self, task_vars)
        connection.require_standard_input()
        answer = self._execute_module(
            module_name="workstation.aws_sso.sso_login", module_args=self._task.args, task_vars=task_vars
        )
        if answer.get("failed"):
            return {**answer, "msg": printable_lines(str(answer.get("msg", "")))}
        state = HostState.of_result(answer, options)
        cache = HostCache(lambda program: connection.run(state.python, program), state.directory)
        user = login_user(
            _open_browser(options, connection),
            options["browser"],
            connection.label,
            connection.is_among_others,
        )
        is_described = bool(options["start_url"])
        command = how_to_sign_in_on_host(state.session, connection.ad_hoc_target, is_described)
        host = HostSession(state, cache, user, command)
        act = host.preview if self._task.check_mode else host.ensure_login
        return _result(state.session, act(wanted, options["list_access"]))


def _open_browser(options: Options, connection: HostConnection) -> str:
    """auto opens no browser for another host or user: approving in it would give them your own access."""
    is_auto = options["open_browser"] == "auto"
    return "false" if is_auto and not connection.is_own_user else str(options["open_browser"])


def _result(session: SsoSession, login: LoginResult) -> Result:
    result = {
        "changed": login.method != CACHE,
        "session": session.name,
        "start_url": session.start_url,
        "region": session.region,
        "expires_at": login.expires_at,
        "method": login.method,
    }
    return result if login.access is None else {**result, "access": login.access}
