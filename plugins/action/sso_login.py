# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_login: options in, one call, result out; for token_store=host also the way to the host and back."""

from __future__ import annotations

import shlex
import typing as t

from ansible.utils.display import Display

from ..module_utils._errors import WorkstationError
from ..module_utils._sso.session import SsoSession
from ..module_utils._text import format_time
from ..modules.sso_login import ARGUMENT_SPEC, CONSTRAINTS
from ..plugin_utils._action_base import Options, Result, SsoAction
from ..plugin_utils._display import TERMINAL, draw, show
from ..plugin_utils._login import browser as login_browser
from ..plugin_utils._login.access import (
    login_with_access,
    preview_login_with_access,
)
from ..plugin_utils._login.login import (
    CACHE,
    DEVICE,
    LoginOptions,
    choose_method,
    ensure_login,
    preview_login,
)
from ..plugin_utils._login.prompt import LoginUser
from ..plugin_utils._remote.answer import HostState
from ..plugin_utils._remote.login import HostSession
from ..plugin_utils._remote.token_cache import HostCache, Outcome
from ..plugin_utils._sso.access import Access
from ..plugin_utils._sso.sessions import find_session
from ..plugin_utils._sso.tokens import cached_token_or_none

display = Display()

# Connections that have no pipelining, but send files by standard input.
ALSO_PASS_INPUT = ("community.general.wsl",)


class ActionModule(SsoAction):
    argument_spec: t.ClassVar = ARGUMENT_SPEC
    constraints: t.ClassVar = CONSTRAINTS

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        if options["token_store"] == "host":
            return self._login_of_host(options, task_vars)
        return self._login_of_controller(options)

    def _login_of_controller(self, options: Options) -> Result:
        session = find_session(
            options["session"], options["start_url"], options["region"], options["registration_scopes"]
        )
        opens_browser = options["open_browser"] != "false"
        wanted = _wanted(options, choose_method(session, options["method"], opens_browser))
        access: list[Access] | None = None
        if self._task.check_mode:
            token = cached_token_or_none(session)
            ends = format_time(token.expires_at) if token else None
            if not options["list_access"]:
                return _result(session, preview_login(session, wanted), ends)
            method, access = preview_login_with_access(session, wanted)
            return _result(session, method, ends, access)
        user = _user(options["open_browser"])
        if options["list_access"]:
            login, access = login_with_access(session, wanted, user)
        else:
            login = ensure_login(session, wanted, user)
        return _result(session, login.method, format_time(login.token.expires_at), access)

    def _login_of_host(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        if options["method"] == "pkce":
            raise WorkstationError("token_store=host requires method=device: the host has no browser.")
        self._require_standard_input()
        answer = self._execute_module(
            module_name="workstation.aws_sso.sso_login", module_args=self._task.args, task_vars=task_vars
        )
        if answer.get("failed"):
            return dict(answer)
        state = HostState.of_result(answer, options)
        become = self._connection.become
        account = f"{become.get_option('become_user')}@" if become else ""
        label = account + task_vars.get("inventory_hostname", "")
        cache = HostCache(lambda program: self._run_on_host(state.python, program), state.directory)
        user = _user(self._open_browser_for_host(options), label, self._is_among_others(task_vars))
        host = HostSession(state, cache, user)
        act = host.preview if self._task.check_mode else host.ensure_login
        login = act(_wanted(options, DEVICE), options["list_access"])
        return _result(state.session, login.method, login.expires_at, login.access)

    def _open_browser_for_host(self, options: Options) -> str:
        """auto opens no browser for another host or user: who allows in it gives them their own access."""
        here = self._connection.transport == "local" and not self._connection.become
        return "false" if options["open_browser"] == "auto" and not here else str(options["open_browser"])

    def _require_standard_input(self) -> None:
        become = self._connection.become
        passes_input = self._connection.has_pipelining or self._connection.transport in ALSO_PASS_INPUT
        if not passes_input or (become and not become.pipelining):
            way = f"{self._connection.transport}{f' with {become.name}' if become else ''}"
            raise WorkstationError(
                "token_store=host requires a connection that passes standard input on, such as ssh with"
                f" sudo; {way} does not."
            )

    def _run_on_host(self, python: str, program: bytes) -> Outcome:
        outcome = self._low_level_execute_command(shlex.join([python, "-"]), in_data=program)
        return Outcome(outcome["rc"], outcome["stdout"], outcome["stderr"])

    def _is_among_others(self, task_vars: dict[str, t.Any]) -> bool:
        """Whether other hosts may run this task at the same time."""
        bounds = [len(task_vars.get("ansible_play_batch", ())), int(task_vars.get("ansible_forks", 1))]
        if self._task.throttle:
            bounds.append(int(self._task.throttle))
        return not self._task.run_once and min(bounds) > 1


def _wanted(options: Options, method: str) -> LoginOptions:
    return LoginOptions(
        method=method,
        timeout=options["timeout"],
        min_ttl=options["min_ttl"],
        force=options["force"],
        redirect_port=options["redirect_port"],
    )


def _result(
    session: SsoSession, method: str, expires_at: str | None, access: list[Access] | None = None
) -> Result:
    result = {
        "changed": method != CACHE,
        "session": session.name,
        "start_url": session.start_url,
        "region": session.region,
        "expires_at": expires_at,
        "method": method,
    }
    return result if access is None else {**result, "access": access}


def _user(open_browser: str, host: str = "", among_others: bool = False) -> LoginUser:
    wanted = open_browser == "true" or (open_browser == "auto" and login_browser.can_open())
    browser = login_browser.name()
    return LoginUser(
        show=lambda text: show(text, host if among_others else ""),
        warn=lambda text: display.warning(f"[{host}] {text}" if host else text),
        open_page=login_browser.open_page if wanted and browser else None,
        browser=browser,
        host=host,
        among_others=among_others,
        terminal=TERMINAL,
        draw=draw,
    )
