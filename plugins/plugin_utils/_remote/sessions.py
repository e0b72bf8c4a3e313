# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of the user of a managed host: their state, and their end.

PRIVATE to the collection. The files are read and removed by that user on the host. The host is not trusted:
each field of its answers is checked. Its tokens are only kept in memory here, to call AWS on its behalf.
"""

from __future__ import annotations

import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import Token
from ...module_utils._text import printable
from .._display import debug
from .._sso.logout import Logout, LogoutResult, SessionTokens, Warn, end_sessions
from .connection import HostConnection
from .fields import (
    Checks,
    checked_entries,
    checked_fields,
    is_bool,
    is_path,
    is_text,
    is_time,
    list_of,
    optional,
)
from .token_cache import HostCache

RunModule = t.Callable[[str], t.Mapping[str, t.Any]]

_MOST_TOKENS = 100
_SESSION: Checks = {"name": optional(is_text), "start_url": optional(is_text), "region": optional(is_text)}
_FILE: Checks = {**_SESSION, "file": is_text}
"""The name of the token file distinguishes sessions whose names are unknown."""
_ROLE: Checks = {
    "account_id": is_text,
    "role_name": is_text,
    "role_arn": optional(is_text),
    "expires_at": optional(is_time),
}
_FACTS: Checks = {
    **_SESSION,
    "configured": is_bool,
    "logged_in": is_bool,
    "expires_at": optional(is_time),
    "refreshable": is_bool,
    "registration_expires_at": optional(is_time),
    "cached_roles": list_of(lambda role: isinstance(role, t.Mapping)),
    "problems": list_of(is_text),
}
_LOGOUT: Checks = {**_FILE, "removed": list_of(is_path), "active": is_bool}
_NOTES: Checks = {"notes": list_of(is_text)}


class HostSessions:
    """The sessions of the remote user. *run_module* executes a module of the collection on the host."""

    def __init__(self, connection: HostConnection, run_module: RunModule) -> None:
        self._connection = connection
        self._run_module = run_module

    def facts(self, name: str | None, warn: Warn) -> list[dict[str, t.Any]]:
        """What session_facts() returns on the host. Raises WorkstationError."""
        answer = self._answer("sso_session_info", warn)
        return [
            {**facts, "cached_roles": checked_entries(facts, "cached_roles", _ROLE)}
            for facts in _entries(answer, _FACTS, name)
        ]

    def preview_logout(self, name: str | None, warn: Warn) -> LogoutResult:
        """What log_out() would do, with the task in check mode. Raises WorkstationError."""
        answer = self._answer("sso_logout", warn)
        entries = _entries(answer, _LOGOUT, name)
        return _result(answer, entries, [entry["active"] for entry in entries])

    def log_out(self, name: str | None, warn: Warn) -> LogoutResult:
        """Remove the files of the host, and end its sessions at AWS. Raises WorkstationError."""
        self._connection.require_standard_input()
        holders = self._tokens(name, warn)
        answer = self._answer("sso_logout", warn)
        entries = _entries(answer, _LOGOUT, name)
        ended = dict(zip(holders, end_sessions([*holders.values()], warn)))
        return _result(answer, entries, [ended.get(entry["file"], False) for entry in entries])

    def _tokens(self, name: str | None, warn: Warn) -> dict[str, SessionTokens]:
        """The sessions with their tokens, by the names of the token files."""
        answer = self._answer("sso_session_info", lambda text: None)
        python = checked_fields(answer, {"python": is_path})["python"]
        cache = HostCache(lambda program: self._connection.run(python, program), "/")
        entries = _entries(answer, {**_FILE, "token_files": list_of(is_path)}, name)
        paths = [(entry, path) for entry in entries for path in entry["token_files"]]
        found: dict[str, list[Token]] = {entry["file"]: [] for entry in entries}
        for entry, path in paths[:_MOST_TOKENS]:
            found[entry["file"]] += self._token(cache, path, warn)
        return {
            entry["file"]: SessionTokens(_session(entry), found[entry["file"]], self._connection.label)
            for entry in entries
        }

    def _token(self, cache: HostCache, path: str, warn: Warn) -> list[Token]:
        debug(f"{self._connection.label}: reading the token in {path} to end its session")
        try:
            token = cache.read_file(path).token
        except WorkstationError as error:
            warn(f"{self._connection.label}: {error}")
            return []
        return [] if token is None else [token]

    def _answer(self, module: str, warn: Warn) -> t.Mapping[str, t.Any]:
        answer = self._run_module(f"workstation.aws_sso.{module}")
        if answer.get("failed"):
            text = printable(str(answer.get("msg") or f"The module {module} failed on the host."))
            raise WorkstationError(text)
        for text in checked_fields(answer, _NOTES)["notes"]:
            warn(f"{self._connection.label}: {text}")
        return answer


def _entries(answer: t.Mapping[str, t.Any], checks: Checks, name: str | None) -> list[dict[str, t.Any]]:
    """The sessions in *answer*, of which there must be one, if the task names one."""
    entries = checked_entries(answer, "sessions", checks)
    if name is None:
        return entries
    wanted = printable(name)
    named = [entry["start_url"] if entry["name"] is None else entry["name"] for entry in entries]
    if named != [wanted]:
        raise WorkstationError(f"The host answered for {str(named)[:100]}, not for the session {wanted}.")
    return entries


def _session(entry: t.Mapping[str, t.Any]) -> SsoSession:
    return SsoSession(entry["name"], entry["start_url"] or "", entry["region"] or "", None)


def _result(
    answer: t.Mapping[str, t.Any], entries: t.Sequence[t.Mapping[str, t.Any]], ended: t.Sequence[bool]
) -> LogoutResult:
    found = checked_fields(answer, {"removed": list_of(is_path), "errors": list_of(is_text)})
    logouts = tuple(
        Logout(_session(entry), tuple(entry["removed"]), done) for entry, done in zip(entries, ended)
    )
    return LogoutResult(logouts, tuple(found["removed"]), tuple(found["errors"]))
