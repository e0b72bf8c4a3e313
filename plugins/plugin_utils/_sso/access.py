# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which roles the user of a session has in which accounts: the whole list, or an error.

PRIVATE to the collection.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import math
import os
import typing as t

from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.state import state_directory
from .._aws.paced_client import in_parallel
from .._cached_list import cached_list
from .._display import show
from .names import is_access
from .portal import Account, Portal, TokenSource

Access = t.Dict[str, str]
"""One role in one account: session, account_id, account_name, email, role_name."""


class Filter(t.NamedTuple):
    """Globs of accounts, by ID or name, and of roles; exclusions take precedence."""

    accounts: tuple[str, ...] = ("*",)
    roles: tuple[str, ...] = ("*",)
    exclude_accounts: tuple[str, ...] = ()
    exclude_roles: tuple[str, ...] = ()

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any]) -> Filter:
        """The filter in *options*, which are those of the documentation fragment _access."""
        return cls(*(tuple(options[name]) for name in cls._fields))

    def has_account(self, account_id: str, name: str) -> bool:
        return matches(self.accounts, account_id, name) and not matches(
            self.exclude_accounts, account_id, name
        )

    def has_role(self, name: str) -> bool:
        return matches(self.roles, name) and not matches(self.exclude_roles, name)


EVERYTHING = Filter()


def list_access(
    session: SsoSession,
    wanted: Filter = EVERYTHING,
    cache_ttl: float = 0,
    warn: t.Callable[[str], None] = lambda text: None,
    tokens: TokenSource | None = None,
) -> list[Access]:
    """The roles of *session* that are *wanted*, sorted.

    A list not older than *cache_ttl* seconds is used again. Processes that ask at once share one answer.
    *tokens* must be of the same user as the token in the cache of this machine.

    Raises LoginRequired, ServiceError, Unreachable and WorkstationError: never a list with gaps.
    """
    listed = cached_list(
        _list_path(session, wanted),
        cache_ttl,
        lambda: fetch_access(session, Portal(session, warn=warn, tokens=tokens), wanted),
        valid_since=lambda: _signed_in_at(session),
        is_valid=lambda entry: is_access(entry) and entry.get("session") == session.label,
    )
    return [access for access in listed if wanted.has_role(access["role_name"])]


def _signed_in_at(session: SsoSession) -> float:
    """When the token was written: another user may have signed in since a list was stored."""
    try:
        return os.stat(session.token_path).st_mtime
    except OSError:
        return math.inf


def matches(globs: t.Iterable[str], *names: str) -> bool:
    return any(fnmatch.fnmatchcase(name, glob) for glob in globs for name in names)


def _list_path(session: SsoSession, wanted: Filter) -> str:
    key = json.dumps([session.region, sorted(wanted.accounts), sorted(wanted.exclude_accounts)])
    name = hashlib.sha256(key.encode("utf-8")).hexdigest()[:32] + ".json"
    return os.path.join(state_directory(session), "access", name)


def fetch_access(
    session: SsoSession, portal: Portal, wanted: Filter = EVERYTHING, host: str = ""
) -> list[Access]:
    """The *wanted* accounts of the user of *portal*, with all roles; nothing is kept.

    Progress is shown for *host*.

    Raises LoginRequired, ServiceError, Unreachable and WorkstationError.
    """
    accounts = [
        account for account in portal.accounts() if wanted.has_account(account.account_id, account.name)
    ]
    found = in_parallel(
        lambda account: portal.role_names(account.account_id),
        accounts,
        lambda done, total: show(f"{session.label}: roles of {done} of {total} accounts", host),
    )
    listed = [_access(session, account, role) for account, roles in found for role in roles]
    return sorted(listed, key=_order)


def _access(session: SsoSession, account: Account, role_name: str) -> Access:
    return {
        "session": session.label,
        "account_id": account.account_id,
        "account_name": account.name,
        "email": account.email,
        "role_name": role_name,
    }


def _order(access: Access) -> tuple[str, ...]:
    return access["account_name"].casefold(), access["account_id"], access["role_name"].casefold()
