# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_login: options in, one call, result out; for token_store=host also the way to the host and back."""

from __future__ import annotations

import shlex
import typing as t

from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.module_utils._token_cache import format_time
from ansible_collections.workstation.aws_sso.plugins.modules.sso_login import ARGUMENT_SPEC, CONSTRAINTS
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _browser, _host_login
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._actions import Options, Result, SsoAction
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import AwsSsoError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import (
    CACHE,
    DEVICE,
    Wish,
    ensure_login,
    login_forecast,
    method_for,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._person import Person
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._progress import draw, show
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sessions import SsoSession, find_session
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._terminal import TERMINAL
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._tokens import cached_token_or_none

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
        wish = Wish(
            method=method_for(session, options["method"], options["open_browser"] != "false"),
            timeout=options["timeout"],
            min_ttl=options["min_ttl"],
            force=options["force"],
            redirect_port=options["redirect_port"],
        )
        if self._task.check_mode:
            token = cached_token_or_none(session)
            ends = format_time(token.expires_at) if token else None
            return _result(session, login_forecast(session, wish), ends)
        login = ensure_login(session, wish, _person(options["open_browser"]))
        return _result(session, login.method, format_time(login.token.expires_at))

    def _login_of_host(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        if options["method"] == "pkce":
            raise AwsSsoError("token_store=host needs method=device: no browser is on the host.")
        become = self._connection.become
        passes_input = self._connection.has_pipelining or self._connection.transport in ALSO_PASS_INPUT
        if not passes_input or (become and not become.pipelining):
            way = f"{self._connection.transport}{f' with {become.name}' if become else ''}"
            raise AwsSsoError(
                "token_store=host needs a way to the host that passes standard input on, such as ssh with"
                f" sudo; {way} does not."
            )
        state = self._execute_module(
            module_name="workstation.aws_sso.sso_login", module_args=self._task.args, task_vars=task_vars
        )
        if state.get("failed"):
            return dict(state)
        host = _host_login.HostState.of_result(state)
        if host.good_for(options["min_ttl"]) and not options["force"]:
            return _result(host.session, CACHE, host.expires_at)
        if self._task.check_mode:
            return _result(host.session, DEVICE, host.expires_at)
        user = f"{become.get_option('become_user')}@" if become else ""
        host_user = user + task_vars.get("inventory_hostname", "")
        person = _person(options["open_browser"], host_user, self._is_among_others(task_vars))
        login = _host_login.sign_in_for_host(host.session, person, options["timeout"])
        program = _host_login.storing_program(host.directory, login.files)
        outcome = self._low_level_execute_command(shlex.join([host.python, "-"]), in_data=program)
        if outcome["rc"] != 0 or _host_login.STORED not in outcome["stdout"]:
            raise AwsSsoError(f"The host did not keep the token: {outcome['stderr'].strip()}")
        return _result(host.session, DEVICE, login.expires_at)

    def _is_among_others(self, task_vars: dict[str, t.Any]) -> bool:
        """Whether other hosts may run this task at the same time."""
        bounds = [len(task_vars.get("ansible_play_batch", ())), int(task_vars.get("ansible_forks", 1))]
        if self._task.throttle:
            bounds.append(int(self._task.throttle))
        return not self._task.run_once and min(bounds) > 1


def _result(session: SsoSession, method: str, expires_at: str | None) -> Result:
    return {
        "changed": method != CACHE,
        "session": session.name,
        "start_url": session.start_url,
        "region": session.region,
        "expires_at": expires_at,
        "method": method,
    }


def _person(open_browser: str, host: str = "", among_others: bool = False) -> Person:
    wanted = open_browser == "true" or (open_browser == "auto" and _browser.can_open())
    browser = _browser.name()
    return Person(
        tell=lambda text: show(text, host if among_others else ""),
        warn=lambda text: display.warning(f"[{host}] {text}" if host else text),
        open_page=_browser.open_page if wanted and browser else None,
        browser=browser,
        host=host,
        among_others=among_others,
        terminal=TERMINAL,
        draw=draw,
    )
