# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_login: options in, one call, result out."""

from __future__ import annotations

import typing as t

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.module_utils._token_cache import format_time
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _browser
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._actions import errors_fail_the_task
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import (
    CACHE,
    Wish,
    ensure_login,
    login_forecast,
    method_for,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._person import Person
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sessions import SsoSession, find_session
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._tokens import cached_token_or_none

ARGUMENT_SPEC: dict[str, dict[str, t.Any]] = {
    "session": {"type": "str"},
    "start_url": {"type": "str"},
    "region": {"type": "str"},
    "registration_scopes": {"type": "list", "elements": "str"},
    "method": {"type": "str", "choices": ["auto", "pkce", "device"], "default": "auto"},
    "open_browser": {"type": "str", "choices": ["auto", "true", "false"], "default": "auto"},
    "redirect_port": {"type": "int", "default": 0},
    "timeout": {"type": "int", "default": 600},
    "min_ttl": {"type": "int", "default": 900},
    "force": {"type": "bool", "default": False},
}

display = Display()


class ActionModule(ActionBase):
    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        super().run(tmp, task_vars)
        _validated, options = self.validate_argument_spec(  # type: ignore[no-untyped-call]
            ARGUMENT_SPEC,
            required_one_of=[["session", "start_url"]],
            required_together=[["start_url", "region"]],
        )
        with errors_fail_the_task():
            session = find_session(
                options["session"], options["start_url"], options["region"], options["registration_scopes"]
            )
            wish = _wish(session, options)
            if self._task.check_mode:
                method = login_forecast(session, wish)
                token = cached_token_or_none(session)
            else:
                login = ensure_login(session, wish, _person(options["open_browser"]))
                method, token = login.method, login.token
        return {
            "changed": method != CACHE,
            "session": session.name,
            "start_url": session.start_url,
            "region": session.region,
            "expires_at": format_time(token.expires_at) if token else None,
            "method": method,
        }


def _wish(session: SsoSession, options: dict[str, t.Any]) -> Wish:
    return Wish(
        method=method_for(session, options["method"], options["open_browser"] != "false"),
        timeout=options["timeout"],
        min_ttl=options["min_ttl"],
        force=options["force"],
        redirect_port=options["redirect_port"],
    )


def _person(open_browser: str) -> Person:
    wanted = open_browser == "true" or (open_browser == "auto" and _browser.can_open())
    return Person(
        tell=lambda text: display.display(text, color="bright yellow"),
        warn=display.warning,
        open_page=_browser.open_page if wanted else lambda url: None,
    )
