# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instances of many accounts and Regions, requested in parallel; what AWS refuses is named.

PRIVATE to the collection.
"""

from __future__ import annotations

import collections
import concurrent.futures
import typing as t

from ansible.errors import AnsibleError

from ...module_utils._access.unmatched import Comparison
from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._text import printable, shortened_list
from .._aws.paced_client import in_parallel
from .._cached_credentials import RoleCredentials
from .._credentials.profiles import CredentialSource
from .._credentials.resolve import role_credentials
from .._display import ProgressTimer, debug, show
from .._errors import RoleRefused
from .._sso.access import (
    SKIP,
    UNAVAILABLE,
    Access,
    Filter,
    Organization,
    compared_roles,
    entries_of,
    wanted_accounts,
)
from .._sso.account_hosts import first_role_per_account
from .._sso.portal import Account, Portal
from .ec2_plugin import Ec2Inventory, Found

_MIN_TTL = 900
"""Seconds; the default of the lookup sso_credentials, which so finds the same credentials in the cache."""
_THREADS = 20
"""As many accounts as the portal issues credentials for in a second, which calls of EC2 may take."""
_MOST_TO_NAME = 20
_FAILURES_TO_GIVE_UP = 3
_MOST_CAUSES = 10

Result = t.TypeVar("Result")
Warn = t.Callable[[str], None]


class Instances(t.NamedTuple):
    """What is found, and the accounts and roles that were searched, each account once.

    *comparisons* are those of the globs with all accounts and roles.
    """

    accounts: list[Access]
    found: list[Found]
    comparisons: t.Sequence[Comparison] = ()


class Refusal(t.NamedTuple):
    """What cannot be listed: a Region in an account, or the whole account if *region* is empty.

    *network* is whether there was no response.
    """

    account_id: str
    account_name: str
    region: str
    reason: str
    network: bool = False

    def text(self) -> str:
        where = f" in {self.region}" if self.region else ""
        return f"{printable(self.account_name)} ({self.account_id}{where}): {printable(self.reason)}".lstrip()


class Search:
    """The instances of the accounts that *wanted* and *organization* select, in *regions* or in all enabled.

    In each account, the role is used that matches the first possible glob. An account is searched in the
    first of the sessions that has it with such a role.
    """

    def __init__(
        self,
        wanted: Filter,
        organization: Organization | None,
        regions: t.Sequence[str],
        ec2: Ec2Inventory,
        warn: Warn,
    ) -> None:
        self._wanted = wanted
        self._organization = organization
        self._regions = regions
        self._ec2 = ec2
        self._warn = warn
        self._accounts: dict[str, Access] = {}
        self._role_names: set[str] = set()
        self._comparisons: list[Comparison] = []
        self._refusals: list[Refusal] = []
        self._reachable: dict[str, _Reachability] = collections.defaultdict(_Reachability)
        self._threads = concurrent.futures.ThreadPoolExecutor(_THREADS)
        self._in_regions: list[concurrent.futures.Future[Found | None]] = []

    def run(self, sessions: t.Iterable[SsoSession], unavailable: str) -> Instances:
        """What is found in *sessions*.

        Raises WorkstationError if anything is refused; with SKIP as *unavailable*, if everything is.
        """
        with self._ec2.prepared(), self._threads:
            try:
                for session in sessions:
                    self._search_session(session)
                found = self._results()
            except BaseException:
                self._threads.shutdown(wait=False, cancel_futures=True)
                raise
        self._report(unavailable, nothing=not found)
        accounts = sorted(self._accounts.values(), key=lambda access: access["account_id"])
        roles = compared_roles(self._wanted, sorted(self._role_names))
        found.sort(key=lambda item: (item.account_id, item.region))
        return Instances(accounts, found, self._comparisons + roles)

    def _search_session(self, session: SsoSession) -> None:
        """Instances are listed while the next accounts wait for the portal, which takes most of the time."""
        portal = Portal(session, warn=self._warn)
        listed, comparisons = wanted_accounts(session, portal, self._wanted, self._organization)
        self._comparisons += comparisons
        accounts = [account for account in listed if account.account_id not in self._accounts]
        in_parallel(
            lambda account: self._search_account(session, portal, account),
            accounts,
            lambda done, total: show(f"{session.label}: credentials of {done} of {total} accounts"),
        )

    def _search_account(self, session: SsoSession, portal: Portal, account: Account) -> None:
        entries = entries_of(session, portal, account)
        refused = [entry[UNAVAILABLE] for entry in entries if UNAVAILABLE in entry]
        if refused:
            self._refuse(account.account_id, account.name, "", refused[0])
            return
        self._role_names.update(entry["role_name"] for entry in entries)
        roles = [entry for entry in entries if self._wanted.has_role(entry["role_name"])]
        for access in first_role_per_account(roles, self._wanted.roles):
            source = CredentialSource(session, account.account_id, access["role_name"])
            try:
                keys = role_credentials(source, _MIN_TTL, warn=self._warn, portal=portal)
            except RoleRefused as error:
                self._refuse(account.account_id, account.name, "", str(error))
                return
            self._accounts[account.account_id] = access
            for region in self._regions or self._enabled_regions(access, session.region, keys):
                self._in_regions.append(self._threads.submit(self._search_region, access, region, keys))

    def _search_region(self, access: Access, region: str, keys: RoleCredentials) -> Found | None:
        return self._attempt(access, region, lambda: self._ec2.find(access["account_id"], region, keys))

    def _enabled_regions(self, access: Access, region: str, keys: RoleCredentials) -> list[str]:
        return self._attempt(access, region, lambda: self._ec2.enabled_regions(region, keys)) or []

    def _attempt(self, access: Access, region: str, call: t.Callable[[], Result]) -> Result | None:
        """The result of *call*; None if it is refused."""
        from botocore.exceptions import BotoCoreError, ClientError

        reachable = self._reachable[region]
        reason, network = reachable.problem, bool(reachable.problem)
        if not reason:
            try:
                result = call()
            except (AnsibleError, BotoCoreError, ClientError) as error:
                debug(f"{access['account_id']} in {region}: {error}")
                reachable.failed(error)
                reason, network = str(error), _is_of_network(error)
            else:
                reachable.answered()
                return result
        self._refuse(access["account_id"], access["account_name"], region, reason, network)
        return None

    def _refuse(
        self, account_id: str, account_name: str, region: str, reason: str, network: bool = False
    ) -> None:
        self._refusals.append(Refusal(account_id, account_name, region, reason, network))

    def _results(self) -> list[Found]:
        timer = ProgressTimer()
        found = []
        for done, future in enumerate(concurrent.futures.as_completed(self._in_regions), 1):
            result = future.result()
            if result is not None:
                found.append(result)
            if timer.is_due:
                show(f"Instances in {done} of {len(self._in_regions)} Regions of accounts are listed")
        return found

    def _report(self, unavailable: str, nothing: bool) -> None:
        refusals = sorted(self._refusals)
        if not refusals:
            return
        listed = shortened_list([refusal.text() for refusal in refusals], _MOST_TO_NAME)
        if unavailable == SKIP and not nothing:
            self._warn(f"Instances are missing, which could not be listed. {listed}.")
            return
        raise WorkstationError(
            f"Instances could not be listed. {listed}. {_advice(refusals)}, or set unavailable to skip, which"
            " leaves them out with a warning as long as anything can be listed."
        )


def _advice(refusals: t.Sequence[Refusal]) -> str:
    """What to do about *refusals*, without the end of the last sentence."""
    regions = sorted({refusal.region for refusal in refusals if refusal.network})
    network = (
        "Check the network and the proxy between the controller and EC2 in"
        f" {shortened_list(regions, _MOST_TO_NAME)}, choose other Regions with regions"
    )
    accounts = list(dict.fromkeys(refusal.account_id for refusal in refusals if not refusal.network))
    if not accounts:
        return network
    roles = (
        "Choose another role with roles, exclude the accounts with exclude_accounts"
        f" ({shortened_list(accounts, _MOST_TO_NAME)})"
    )
    return f"{network}. {roles}" if regions else roles


class _Reachability:
    """Whether a Region can be reached at all: a firewall blocks it for each account, with a long timeout."""

    def __init__(self) -> None:
        self._failures = 0
        self._has_answered = False
        self.problem = ""

    def answered(self) -> None:
        self._has_answered = True

    def failed(self, error: BaseException) -> None:
        if not _is_of_network(error):
            self.answered()
            return
        self._failures += 1
        if self._failures >= _FAILURES_TO_GIVE_UP and not self._has_answered:
            self.problem = f"not requested, after {self._failures} failures: {error}"


def _is_of_network(error: BaseException | None) -> bool:
    """Whether *error*, or what it was raised for, is that there was no response."""
    from botocore.exceptions import ConnectionError as NotConnected
    from botocore.exceptions import HTTPClientError

    seen = 0
    while error is not None and seen < _MOST_CAUSES:
        if isinstance(error, (NotConnected, HTTPClientError)):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False
