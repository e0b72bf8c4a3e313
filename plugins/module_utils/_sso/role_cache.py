# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which session each file of role credentials in ~/.aws/cli/cache belongs to.

PRIVATE to the collection. The name of a file is a hash of the session, account and role. So the sessions,
accounts and roles that the configuration, the records of this collection and the files mention are tried.
"""

from __future__ import annotations

import hashlib
import json
import os
import typing as t

from .._text import format_time
from .known_sessions import ReadableConfig, StoredSession, document_in
from .leftovers import existing_copies, names_in, original_name
from .session import SsoSession
from .state import state_directory
from .token_cache import time_or_none

_MOST_GUESSES = 200_000
"""Hashes; about half a second."""
_KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken")


class CachedRole(t.NamedTuple):
    """The role of a file; *role_arn* is the role that was assumed with it."""

    account_id: str
    role_name: str
    role_arn: t.Optional[str] = None


class RoleCache:
    """The files of role credentials, for the roles of *sessions*, which are all sessions that there are."""

    def __init__(self, config: ReadableConfig, sessions: t.Iterable[SsoSession]) -> None:
        self._directory = cli_cache_directory()
        self._config = config
        self._claimed = [(session, self._claimed_roles(session)) for session in sessions]
        claimed = {path for _session, roles in self._claimed for path in roles}
        unclaimed = [path for path in self._sso_files() if self._original(path) not in claimed]
        self._guessed = self._guesses(unclaimed)
        self.unattributed = [path for path in unclaimed if self._original(path) not in self._guessed]
        """The files with credentials of IAM Identity Center that belong to none of the sessions."""

    def roles_of(self, session: SsoSession) -> t.Dict[str, CachedRole]:
        """The existing files with credentials of *session*."""
        return {path: role for path, role in self._roles(session).items() if os.path.exists(path)}

    def files_of(self, session: SsoSession) -> t.List[str]:
        """The same, with all copies and with what killed writers left."""
        return existing_copies(self._roles(session))

    def _roles(self, session: SsoSession) -> t.Dict[str, CachedRole]:
        roles = next((roles for found, roles in self._claimed if found == session), {})
        guessed = {path: role for path, (found, role) in self._guessed.items() if found == session}
        return {**roles, **guessed}

    def _claimed_roles(self, session: SsoSession) -> t.Dict[str, CachedRole]:
        """The roles of the profiles and of the records of *session*, by the paths of their files."""
        roles = {}
        for settings in self._config.profiles.values():
            role = _role_of_profile(session, settings)
            if role is not None:
                roles[self._path(session, role)] = role
        directory = os.path.join(state_directory(session), "roles")
        for name in names_in(directory):
            recorded = _recorded_role(os.path.join(directory, name))
            if recorded is not None:
                roles[os.path.join(self._directory, name)] = recorded
        return roles

    def _path(self, session: SsoSession, role: CachedRole) -> str:
        return os.path.join(self._directory, role_file_name(session, role.account_id, role.role_name))

    def _sso_files(self) -> t.List[str]:
        """The files that the AWS CLI's own logout would remove, and temporary files for such files."""
        names = [name for name in names_in(self._directory) if ".json" in name]
        paths = [os.path.join(self._directory, name) for name in names]
        return [path for path in paths if document_in(path).get("ProviderType") == "sso"]

    def _original(self, path: str) -> str:
        return os.path.join(self._directory, original_name(os.path.basename(path)))

    def _guesses(self, unclaimed: t.Sequence[str]) -> t.Dict[str, t.Tuple[SsoSession, CachedRole]]:
        """The session and role of each of these files that a known session, account and role explain."""
        if not unclaimed:
            return {}
        roles = [role for _session, claimed in self._claimed for role in claimed.values()]
        roles += filter(None, map(_role_in, self._config.profiles.values()))
        names = {role.role_name for role in roles}
        sessions = [session for session, _roles in self._claimed if not isinstance(session, StoredSession)]
        accounts = {_account_in(path) for path in unclaimed}
        if "" in accounts:  # older releases of the AWS CLI do not name the account
            accounts = (accounts | {role.account_id for role in roles}) - {""}
        if len(names) * len(sessions) * len(accounts) > _MOST_GUESSES:
            return {}
        wanted = {self._original(path) for path in unclaimed}
        guesses = {}
        for session in sessions:
            for role in (CachedRole(account, name) for account in accounts for name in names):
                path = self._path(session, role)
                if path in wanted:
                    guesses[path] = (session, role)
        return guesses


def cli_cache_directory() -> str:
    """The directory in which the AWS CLI and this collection cache role credentials."""
    return os.path.join(os.path.expanduser("~"), ".aws", "cli", "cache")


def role_file_name(session: SsoSession, account_id: str, role_name: str) -> str:
    """The name of the file for a role of *session*, as role_path() of the controller's fast path has it."""
    key = {"accountId": account_id, "roleName": role_name}
    key.update({"startUrl": session.start_url} if session.name is None else {"sessionName": session.name})
    text = json.dumps(key, sort_keys=True, separators=(",", ":"))
    return hashlib.sha1(text.encode("utf-8", "surrogatepass")).hexdigest() + ".json"


def expiry_of(path: str) -> t.Optional[str]:
    """When the credentials in the file at *path* expire; None for a damaged file."""
    entry = document_in(path).get("Credentials")
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in _KEYS):
        return None
    moment = time_or_none(entry.get("Expiration"))
    return None if moment is None else format_time(moment)


def _role_of_profile(session: SsoSession, settings: t.Mapping[str, t.Any]) -> t.Optional[CachedRole]:
    if session.name is None:
        is_of_session = not settings.get("sso_session") and settings.get("sso_start_url") == session.start_url
    else:
        is_of_session = settings.get("sso_session") == session.name
    return _role_in(settings) if is_of_session else None


def _role_in(settings: t.Mapping[str, t.Any]) -> t.Optional[CachedRole]:
    account_id, role_name = settings.get("sso_account_id"), settings.get("sso_role_name")
    if isinstance(account_id, str) and isinstance(role_name, str):
        return CachedRole(account_id, role_name)
    return None


def _recorded_role(path: str) -> t.Optional[CachedRole]:
    """The role in a record that the controller wrote beside a file of credentials."""
    document = document_in(path)
    role = CachedRole(document.get("account_id", ""), document.get("role_name", ""), document.get("role_arn"))
    texts = isinstance(role.account_id, str) and isinstance(role.role_name, str)
    return role if texts and role.role_name and isinstance(role.role_arn, (str, type(None))) else None


def _account_in(path: str) -> str:
    entry = document_in(path).get("Credentials")
    account_id = entry.get("AccountId") if isinstance(entry, dict) else None
    return account_id if isinstance(account_id, str) else ""
