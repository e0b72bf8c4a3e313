# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which roles the user of a session has in which accounts: the whole list, or what is missing in it.

PRIVATE to the collection.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import typing as t
import urllib.parse

from ...module_utils._access.filter import matches
from ...module_utils._access.unmatched import Comparison, compared, compared_exclusions, unmatched_texts
from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.session_input import portal_of
from ...module_utils._sso.state import state_directory
from ...module_utils._text import printable, shortened_list
from .._aws.errors import AwsRefused
from .._aws.paced_client import in_parallel
from .._cached_list import cached_list
from .._display import show
from . import comparisons
from .names import are_tags, is_access, is_account_id
from .portal import Account, Portal, TokenSource

Access = t.Dict[str, t.Any]
"""One role in one account: session, account_id, account_name, email, role_name, console_url.

With data of the organization also organizational_unit, and the dictionary tags; all others are strings. A
list of entries may also have accounts whose roles AWS refuses to list: without role_name and console_url,
with what AWS answered as *unavailable*. And it may have the comparisons of globs with all accounts, which
cannot be repeated with a list of the selected ones: *session* and *comparison*.
"""

SKIP = "skip"
"""The value of the option unavailable with which such accounts are left out; otherwise they are an error."""

UNAVAILABLE = "unavailable"
"""The key of what AWS answers instead of the roles of an account."""

_COMPARISON = "comparison"

_MOST_ACCOUNTS_TO_NAME = 20


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


class Organization(t.Protocol):
    """Organizational units and tags of accounts, and which of them are wanted."""

    @property
    def key(self) -> str:
        """What distinguishes it from others."""

    def select(self, accounts: t.Iterable[Account], region: str) -> list[Account]:
        """The accounts that are wanted, with their data; *region* is one of their partition."""

    def comparisons(self, accounts: t.Iterable[Account]) -> list[Comparison]:
        """The globs compared with the data of *accounts*, which select() has been called with."""


def list_access(
    session: SsoSession,
    wanted: Filter = EVERYTHING,
    cache_ttl: float = 0,
    warn: t.Callable[[str], None] = lambda text: None,
    tokens: TokenSource | None = None,
    unavailable: str = "fail",
    organization: Organization | None = None,
) -> list[Access]:
    """The roles of *session* that are *wanted*, sorted.

    A list not older than *cache_ttl* seconds is used again. Processes that ask at once share one answer.
    *tokens* must be of the same user as the token in the cache of this machine. With an *organization*, it
    selects accounts too, and adds its data.

    Raises LoginRequired, ServiceError, Unreachable and WorkstationError. Only if *unavailable* is SKIP, the
    list may lack accounts whose roles AWS refuses to list, and *warn* is called with their names.
    """
    entries = list_entries(session, wanted, cache_ttl, warn, tokens, unavailable, organization)
    return wanted_access(entries, wanted, warn)


def wanted_access(entries: list[Access], wanted: Filter, warn: t.Callable[[str], None]) -> list[Access]:
    """The *entries* of all sessions that are *wanted*.

    *warn* is called with the names of unavailable accounts, and with globs that match nothing in any session.
    """
    listed = available(entries, warn)
    found = [comparisons.from_json(entry[_COMPARISON]) for entry in entries if _COMPARISON in entry]
    found += compared_roles(wanted, (access["role_name"] for access in listed))
    for text in unmatched_texts(found):
        warn(text)
    return [access for access in listed if wanted.has_role(access["role_name"])]


def list_entries(
    session: SsoSession,
    wanted: Filter,
    cache_ttl: float,
    warn: t.Callable[[str], None],
    tokens: TokenSource | None,
    unavailable: str,
    organization: Organization | None = None,
) -> list[Access]:
    """As list_access(), with all roles of the accounts and, without a warning, with unavailable accounts."""

    def fetch() -> list[Access]:
        portal = Portal(session, warn=warn, tokens=tokens)
        entries = fetch_entries(session, portal, wanted, organization=organization)
        if unavailable != SKIP:
            _require_available(entries)
        return entries

    return cached_list(
        _list_path(session, wanted, organization),
        cache_ttl,
        fetch,
        valid_since=lambda: _signed_in_at(session),
        is_valid=lambda entry: (
            is_entry(entry)
            and entry["session"] == session.label
            and (unavailable == SKIP or UNAVAILABLE not in entry)
        ),
    )


def compared_roles(wanted: Filter, names: t.Iterable[str]) -> list[Comparison]:
    """The globs of *wanted* compared with the *names* of all roles."""
    roles = [(name,) for name in names]
    return [
        *compared("roles", wanted.roles, roles),
        *compared_exclusions("exclude_roles", wanted.exclude_roles, roles),
    ]


def available(entries: list[Access], warn: t.Callable[[str], None]) -> list[Access]:
    """The *entries* without the unavailable accounts, whose names *warn* is called with."""
    refused = [entry for entry in entries if UNAVAILABLE in entry]
    if refused:
        warn(
            f"AWS refuses to list the roles of {_accounts_text(refused)}. These accounts are left out of the"
            " list. They may be suspended or closed."
        )
    return [entry for entry in entries if UNAVAILABLE not in entry and _COMPARISON not in entry]


def _require_available(entries: list[Access]) -> None:
    refused = [entry for entry in entries if UNAVAILABLE in entry]
    if not refused:
        return
    ids = shortened_list([entry["account_id"] for entry in refused], _MOST_ACCOUNTS_TO_NAME)
    raise WorkstationError(
        f"AWS refuses to list the roles of {_accounts_text(refused)}. An account that is suspended or closed"
        f" remains in the list of accounts for a while. Exclude it with exclude_accounts ({ids}; in the role"
        " workstation: workstation_exclude_accounts), or set unavailable to skip, which leaves out such"
        " accounts with a warning."
    )


def _accounts_text(refused: list[Access]) -> str:
    """Such as: the account Production (222233334444: Forbidden: No access)."""
    texts = [
        f"{printable(entry['account_name'])} ({entry['account_id']}: {entry[UNAVAILABLE]})".lstrip()
        for entry in refused
    ]
    noun = "the account" if len(texts) == 1 else f"{len(texts)} accounts,"
    return f"{noun} {shortened_list(texts, _MOST_ACCOUNTS_TO_NAME)}"


def is_entry(entry: object) -> bool:
    """Whether *entry* of a cache has the keys and values of an entry of list_entries()."""
    if not isinstance(entry, dict) or not isinstance(entry.get("session"), str):
        return False
    if _COMPARISON in entry:
        return comparisons.is_valid(entry[_COMPARISON])
    if not isinstance(entry.get("organizational_unit", ""), str) or not are_tags(entry.get("tags", {})):
        return False
    if UNAVAILABLE not in entry:
        return is_access(entry) and isinstance(entry.get("console_url"), str)
    texts = (UNAVAILABLE, "account_id", "account_name")
    return all(isinstance(entry.get(name), str) for name in texts) and is_account_id(entry["account_id"])


def _signed_in_at(session: SsoSession) -> float:
    """When the token was written: another user may have signed in since a list was stored."""
    try:
        return os.stat(session.token_path).st_mtime
    except OSError:
        return math.inf


def _list_path(session: SsoSession, wanted: Filter, organization: Organization | None) -> str:
    key = [session.region, sorted(wanted.accounts), sorted(wanted.exclude_accounts)]
    key += [organization.key] if organization else []
    name = hashlib.sha256(json.dumps(key).encode("utf-8")).hexdigest()[:32] + ".json"
    return os.path.join(state_directory(session), "access", name)


def fetch_access(
    session: SsoSession,
    portal: Portal,
    wanted: Filter = EVERYTHING,
    host: str = "",
    warn: t.Callable[[str], None] = lambda text: None,
) -> list[Access]:
    """As fetch_entries(), without unavailable accounts, whose names *warn* is called with."""
    return available(fetch_entries(session, portal, wanted, host), warn)


def fetch_entries(
    session: SsoSession,
    portal: Portal,
    wanted: Filter,
    host: str = "",
    organization: Organization | None = None,
) -> list[Access]:
    """The *wanted* accounts of the user of *portal*, with all roles or as unavailable; nothing is kept.

    Progress is shown for *host*.

    Raises LoginRequired, ServiceError, Unreachable and WorkstationError.
    """
    accounts, globs = wanted_accounts(session, portal, wanted, organization)
    found = in_parallel(
        lambda account: entries_of(session, portal, account),
        accounts,
        lambda done, total: show(f"{session.label}: roles of {done} of {total} accounts", host),
    )
    listed = sorted((entry for _account, entries in found for entry in entries), key=_order)
    return listed + [{"session": session.label, _COMPARISON: comparisons.to_json(item)} for item in globs]


def wanted_accounts(
    session: SsoSession, portal: Portal, wanted: Filter, organization: Organization | None
) -> tuple[list[Account], list[Comparison]]:
    """The *wanted* accounts, and the globs compared with all accounts."""
    listed = portal.accounts()
    names = [(item.account_id, item.name) for item in listed]
    globs = compared("accounts", wanted.accounts, names)
    globs += compared_exclusions("exclude_accounts", wanted.exclude_accounts, names)
    accounts = [account for account in listed if wanted.has_account(account.account_id, account.name)]
    if organization is None:
        return accounts, globs
    selected = organization.select(accounts, session.region)
    return selected, globs + organization.comparisons(accounts)


def entries_of(session: SsoSession, portal: Portal, account: Account) -> list[Access]:
    """All roles in *account*, or one entry with UNAVAILABLE."""
    entry = {
        "session": session.label,
        "account_id": account.account_id,
        "account_name": account.name,
        "email": account.email,
        **account.organization,
    }
    try:
        roles = portal.role_names(account.account_id)
    except AwsRefused as error:
        if error.status not in (403, 404):
            raise
        return [{**entry, UNAVAILABLE: error.answer}]
    return [
        {**entry, "role_name": role, "console_url": console_url(session, account.account_id, role)}
        for role in roles
    ]


def console_url(session: SsoSession, account_id: str, role_name: str) -> str:
    """The shortcut link of the access portal that opens the console with a role.

    AWS documents it for all forms of start URLs: IAM Identity Center User Guide, "Creating shortcut links to
    AWS Management Console destinations". A vanity URL redirects to the portal, and browsers keep fragments.
    """
    portal = portal_of(session.start_url).rstrip("/\\")
    query = urllib.parse.urlencode(
        {"account_id": account_id, "role_name": role_name}, quote_via=urllib.parse.quote, safe=""
    )
    return f"{portal}/#/console?{query}"


def _order(access: Access) -> tuple[str, ...]:
    role_name = access.get("role_name", "")
    return access["account_name"].casefold(), access["account_id"], role_name.casefold()
