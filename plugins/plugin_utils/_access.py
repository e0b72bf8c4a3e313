# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which roles the user of a session has in which accounts: the whole list, or an error.

PRIVATE to the collection.
"""

from __future__ import annotations

import concurrent.futures
import fnmatch
import hashlib
import json
import os
import time
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import (
    PRIVATE_FILE,
    replace_file,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso_session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import AwsSsoError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._portal import Account, Portal
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._role_credentials_cache import (
    state_directory,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._single_flight import one_process

_SECONDS_FOR_ANOTHER_PROCESS = 600
_THREADS = 10
"""As many as botocore keeps connections for; enough for 20 calls a second that take half a second each."""

Access = t.Dict[str, str]
"""One role in one account: session, account_id, account_name, email, role_name."""


def access_of(
    session: SsoSession,
    accounts: t.Sequence[str] = ("*",),
    roles: t.Sequence[str] = ("*",),
    cache_ttl: float = 0,
    warn: t.Callable[[str], None] = lambda text: None,
) -> list[Access]:
    """The roles of *session*, sorted, in accounts whose ID or name matches a glob of *accounts*.

    A list not older than *cache_ttl* seconds is used again. Processes that ask at once share one answer.

    Raises LoginRequired, Throttled, ServiceError, Unreachable and AwsSsoError: never a list with gaps.
    """
    listed = _shared_list(session, tuple(accounts), cache_ttl, warn)
    return [access for access in listed if matches(roles, access["role_name"])]


def matches(globs: t.Iterable[str], *names: str) -> bool:
    return any(fnmatch.fnmatchcase(name, glob) for glob in globs for name in names)


def _shared_list(
    session: SsoSession, accounts: tuple[str, ...], cache_ttl: float, warn: t.Callable[[str], None]
) -> list[Access]:
    path = _list_path(session, accounts)
    asked_at = time.time()
    known = _read_list(path, session, asked_at - cache_ttl) if cache_ttl > 0 else None
    if known is not None:
        return known
    with one_process(path, _SECONDS_FOR_ANOTHER_PROCESS):
        known = _read_list(path, session, asked_at)
        if known is not None:
            return known
        listed = _list(session, accounts, warn)
        document = {"listed_at": time.time(), "access": listed}
        replace_file(path, json.dumps(document).encode("ascii"), PRIVATE_FILE)
    return listed


def _list_path(session: SsoSession, accounts: tuple[str, ...]) -> str:
    key = json.dumps([session.region, sorted(accounts)])
    name = hashlib.sha256(key.encode("utf-8")).hexdigest()[:32] + ".json"
    return os.path.join(state_directory(session), "access", name)


def _read_list(path: str, session: SsoSession, not_before: float) -> list[Access] | None:
    """The list in the file at *path*, unless it is older, or the user of it has logged out."""
    if not os.path.exists(session.token_path):
        return None
    try:
        with open(path, "rb") as stream:
            document = json.loads(stream.read())
        return list(document["access"]) if document["listed_at"] >= not_before else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _list(session: SsoSession, globs: tuple[str, ...], warn: t.Callable[[str], None]) -> list[Access]:
    portal = Portal(session, warn=warn)
    accounts = [account for account in portal.accounts() if matches(globs, account.account_id, account.name)]
    with concurrent.futures.ThreadPoolExecutor(_THREADS) as threads:
        waiting = {threads.submit(portal.role_names, account.account_id): account for account in accounts}
        try:
            done = [(waiting[future], future.result()) for future in concurrent.futures.as_completed(waiting)]
        except AwsSsoError:
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    listed = [_access(session, account, role) for account, roles in done for role in roles]
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
