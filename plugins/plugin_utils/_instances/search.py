# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The instances of many accounts and Regions, requested in parallel; what AWS refuses is named.

PRIVATE to the collection.
"""

from __future__ import annotations

import collections
import threading
import typing as t

from ansible.errors import AnsibleError

from ...module_utils._errors import WorkstationError
from ...module_utils._sso.session import SsoSession
from ...module_utils._text import printable, shortened_list
from .._aws.paced_client import in_parallel
from .._cached_credentials import RoleCredentials
from .._credentials.profiles import CredentialSource
from .._credentials.resolve import role_credentials
from .._display import debug, show
from .._errors import RoleRefused
from .._sso.access import SKIP, Access, Filter, list_access
from .._sso.account_hosts import first_role_per_account
from .._sso.portal import Portal
from .ec2_plugin import Ec2Inventory, Found

_MIN_TTL = 900
"""Seconds; the default of the lookup sso_credentials, which so finds the same credentials in the cache."""
_THREADS = 20
"""As many accounts as the portal issues credentials for in a second, which calls of EC2 may take."""
_MOST_TO_NAME = 20
_FAILURES_TO_GIVE_UP = 3
_MOST_CAUSES = 10

Warn = t.Callable[[str], None]


class Instances(t.NamedTuple):
    """What is found, and the accounts and roles that were searched, each account once."""

    accounts: list[Access]
    found: list[Found]


class Place(t.NamedTuple):
    """A Region in an account."""

    access: Access
    region: str


class Refusal(t.NamedTuple):
    """What AWS refuses: a Region in an account, or the whole account if *region* is empty."""

    access: Access
    region: str
    reason: str

    def text(self) -> str:
        where = f" in {self.region}" if self.region else ""
        name = printable(self.access["account_name"])
        return f"{name} ({self.access['account_id']}{where}): {printable(self.reason)}".lstrip()


def choose_accounts(
    sessions: t.Iterable[SsoSession], wanted: Filter, unavailable: str, warn: Warn
) -> list[Access]:
    """Each account once, in the first of *sessions* that has it, with the role that *wanted* names first."""
    listed = [
        access for session in sessions for access in list_access(session, wanted, 0, warn, None, unavailable)
    ]
    chosen = first_role_per_account(listed, wanted.roles)
    return list({access["account_id"]: access for access in reversed(chosen)}.values())[::-1]


class Search:
    """The instances of accounts, each with the role of its entry in *accounts*, which are of *sessions*."""

    def __init__(
        self,
        sessions: t.Iterable[SsoSession],
        accounts: list[Access],
        ec2: Ec2Inventory,
        warn: Warn,
    ) -> None:
        self._sessions = {session.label: session for session in sessions}
        self._accounts = accounts
        self._ec2 = ec2
        self._warn = warn
        self._regions: dict[str, _Reachability] = collections.defaultdict(_Reachability)
        needed = {access["session"] for access in accounts}
        self._portals = {label: Portal(self._sessions[label], warn=warn) for label in needed}
        self._keys = {access["account_id"]: _SharedCredentials() for access in accounts}

    def run(self, regions: t.Sequence[str], unavailable: str) -> Instances:
        """What is found in *regions*, or in all Regions that an account has enabled.

        Raises WorkstationError if AWS refuses anything; with SKIP as *unavailable*, if it refuses everything.
        """
        with self._ec2.prepared():
            places, refusals = self._places(regions)
            found: list[Found] = []
            for _place, result in self._in_parallel(self._find, places, "Regions"):
                if isinstance(result, Refusal):
                    refusals.append(result)
                else:
                    found.append(result)
        self._report(refusals, unavailable, nothing=not found)
        return Instances(self._accounts, sorted(found, key=lambda item: (item.account_id, item.region)))

    def _places(self, regions: t.Sequence[str]) -> tuple[list[Place], list[Refusal]]:
        if regions:
            return [Place(access, region) for access in self._accounts for region in regions], []
        places, refusals = [], []
        own = [Place(access, self._sessions[access["session"]].region) for access in self._accounts]
        for (access, _region), result in self._in_parallel(self._enabled_regions, own, "accounts"):
            if isinstance(result, Refusal):
                refusals.append(result)
            else:
                places += [Place(access, region) for region in result]
        return places, refusals

    def _in_parallel(
        self, function: t.Callable[[Place], t.Any], places: list[Place], what: str
    ) -> list[tuple[Place, t.Any]]:
        return in_parallel(
            lambda place: self._result(function, place),
            places,
            lambda done, total: show(f"Instances: {done} of {total} {what}"),
            _THREADS,
        )

    def _result(self, function: t.Callable[[Place], t.Any], place: Place) -> t.Any:
        from botocore.exceptions import BotoCoreError, ClientError

        region = self._regions[place.region]
        if region.problem:
            return Refusal(place.access, place.region, region.problem)
        try:
            result = function(place)
        except RoleRefused as error:
            return Refusal(place.access, "", str(error))
        except (AnsibleError, BotoCoreError, ClientError) as error:
            debug(f"{place.access['account_id']} in {place.region}: {error}")
            region.failed(error)
            return Refusal(place.access, place.region, str(error))
        region.answered()
        return result

    def _find(self, place: Place) -> Found:
        access, region = place
        return self._ec2.find(access["account_id"], region, self._credentials(access))

    def _enabled_regions(self, place: Place) -> list[str]:
        return self._ec2.enabled_regions(place.region, self._credentials(place.access))

    def _credentials(self, access: Access) -> RoleCredentials:
        label = access["session"]
        source = CredentialSource(self._sessions[label], access["account_id"], access["role_name"])
        return self._keys[access["account_id"]].get(
            lambda: role_credentials(source, _MIN_TTL, warn=self._warn, portal=self._portals[label])
        )

    def _report(self, refusals: list[Refusal], unavailable: str, nothing: bool) -> None:
        # An account whose role is refused is refused in each Region.
        texts = list(dict.fromkeys(refusal.text() for refusal in sorted(refusals, key=_order)))
        if not texts:
            return
        listed = shortened_list(texts, _MOST_TO_NAME)
        if unavailable != SKIP or nothing:
            ids = shortened_list(
                list(dict.fromkeys(refusal.access["account_id"] for refusal in refusals)), _MOST_TO_NAME
            )
            raise WorkstationError(
                f"AWS refuses to list instances. {listed}. Choose another role with roles, exclude the"
                f" accounts with exclude_accounts ({ids}), or set unavailable to skip, which leaves them out"
                " with a warning as long as anything can be listed."
            )
        self._warn(f"Instances are missing, because AWS refuses to list them. {listed}.")


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
    from botocore.exceptions import HTTPClientError

    seen = 0
    while error is not None and seen < _MOST_CAUSES:
        if isinstance(error, HTTPClientError):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


class _SharedCredentials:
    """The credentials of an account, or the failure, from the first thread that needs them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outcome: RoleCredentials | WorkstationError | None = None

    def get(self, request: t.Callable[[], RoleCredentials]) -> RoleCredentials:
        with self._lock:
            if self._outcome is None:
                try:
                    self._outcome = request()
                except WorkstationError as error:
                    self._outcome = error
        if isinstance(self._outcome, WorkstationError):
            raise self._outcome
        return self._outcome


def _order(refusal: Refusal) -> tuple[str, str]:
    return refusal.access["account_id"], refusal.region
