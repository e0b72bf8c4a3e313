# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of the module sso_login on a host. The host is not trusted: each field is validated.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import re
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.endpoints import REGION
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.session_input import InvalidSession, checked_start_url
from ...module_utils._sso.token_cache import time_or_none, utc_now
from .._sso.sessions import find_session

_LONGEST_TEXT = 2048
_PATH = re.compile(r"/[^\x00-\x1f\x7f]*")
_START_URL = re.compile(r"https://[\x21-\x7e]+")
_SCOPE = re.compile(r"[\x21-\x7e]+")


class HostState(t.NamedTuple):
    """The state of the token of a host; it contains no secret.

    *clock_ahead* is by how many seconds the clock of the host is ahead of that of this machine, as far as the
    token shows it.
    """

    session: SsoSession
    expires_at: str | None
    seconds_left: int
    refreshable: bool
    directory: str
    python: str
    writable: bool
    clock_ahead: int = 0

    @classmethod
    def of_result(cls, result: t.Mapping[str, t.Any], options: t.Mapping[str, t.Any]) -> HostState:
        """The state in the *result* of the module, for the session in the *options* of the task.

        Where the options describe the session, the description of the host is not used. Raises
        WorkstationError.
        """
        expires_at = result.get("expires_at")
        on_host = _typed(result, "seconds_left", int)
        here = _seconds_left(on_host, time_or_none(expires_at))
        return cls(
            _described(options) or _host_session(result, options["session"]),
            None if expires_at is None else _checked("expires_at", expires_at, time_or_none(expires_at)),
            min(on_host, here),
            _typed(result, "refreshable", bool),
            _text(result, "directory", _PATH),
            _text(result, "python", _PATH),
            _typed(result, "writable", bool),
            here - on_host,
        )

    def is_valid_for(self, seconds: float) -> bool:
        """Whether the token is valid for *seconds* more, by the clocks of the host and of this machine."""
        return self.seconds_left > seconds


def _seconds_left(on_host: int, expires_at: datetime.datetime | None) -> int:
    """The seconds that the token is valid for by the clock of this machine; that of the host may be wrong."""
    return on_host if expires_at is None else int((expires_at - utc_now()).total_seconds())


def _described(options: t.Mapping[str, t.Any]) -> SsoSession | None:
    if not options["start_url"]:
        return None
    names = ("session", "start_url", "region", "registration_scopes")
    return find_session(*(options[name] for name in names))


def _host_session(result: t.Mapping[str, t.Any], wanted: str) -> SsoSession:
    """The session of the configuration of the host, which must be the one that is *wanted*."""
    name = result.get("session")
    start_url = _text(result, "start_url", _START_URL)
    _checked("start_url", start_url, _is_start_url(start_url))
    _checked("session", name, name == wanted or (name is None and start_url == wanted))
    scopes = result.get("registration_scopes")
    if scopes is not None:
        _checked("registration_scopes", scopes, isinstance(scopes, (list, tuple)))
        scopes = tuple(
            _text({"registration_scopes": scope}, "registration_scopes", _SCOPE) for scope in scopes
        )
    return SsoSession(name, start_url, _text(result, "region", REGION), scopes)


def _is_start_url(text: str) -> bool:
    try:
        checked_start_url(text)
    except InvalidSession:
        return False
    return True


def _text(result: t.Mapping[str, t.Any], field: str, pattern: t.Pattern[str]) -> str:
    value = result.get(field)
    valid = isinstance(value, str) and len(value) <= _LONGEST_TEXT and pattern.fullmatch(value)
    return str(_checked(field, value, valid))


def _typed(result: t.Mapping[str, t.Any], field: str, kind: type) -> t.Any:
    value = result.get(field)
    return _checked(field, value, isinstance(value, kind) and isinstance(value, bool) == (kind is bool))


def _checked(field: str, value: t.Any, valid: object) -> t.Any:
    if not valid:
        raise WorkstationError(
            f"The host answered with an invalid {field}: {str(value)[:100]!r}. If the session comes from the"
            " AWS configuration of the host, correct it there, or set start_url and region in the task."
        )
    return value
