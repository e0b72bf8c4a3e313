# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An organization with units and tags that moto serves, whose accounts the emulator's users can access."""

from __future__ import annotations

import contextlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._organization.options import (
    organization_from_options,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._organization.organization import (
    Organization,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.portal import Account
from identity_center import IdentityCenter
from identity_center.world import Account as WorldAccount
from identity_center.world import Assignment, PermissionSet, User, World
from support.company import KEYS, REGION, Company
from support.role_credentials import sign_in

NO_FILTERS: dict[str, t.Any] = {
    "organization": None,
    "organizational_units": [],
    "exclude_organizational_units": [],
    "account_tags": {},
    "exclude_account_tags": {},
}
HOSTILE = "{{ lookup('pipe', 'touch FILE') }}"
LISTS = ("ListRoots", "ListOrganizationalUnitsForParent", "ListAccountsForParent", "ListTagsForResource")


def populate(company: Company) -> dict[str, str]:
    """Fill *company*: log in the root, dev in Sandbox, prod in Workloads/Production. Returns IDs by names."""
    ids = {name: company.account(name) for name in ("dev", "log", "prod")}
    workloads = company.unit("Workloads")
    company.move(ids["prod"], company.unit("Production", workloads))
    company.move(ids["dev"], company.unit("Sandbox"))
    company.tag(ids["prod"], {"environment": "production", "cost center": "4711"})
    company.tag(ids["dev"], {"environment": "sandbox-1", "empty": ""})
    return ids


def organization(warn: t.Callable[[str], None] = lambda text: None, **options: t.Any) -> Organization:
    """The organization for these options, by default with keys as credentials, and without a cache."""
    given = {**NO_FILTERS, "organization": {**KEYS, "cache_ttl": 0}, **options}
    found = organization_from_options(given, warn)
    assert found
    return found


def accounts(ids: t.Mapping[str, str]) -> list[Account]:
    return [Account(account_id, name, f"{name}@example.com") for name, account_id in ids.items()]


def data(selected: t.Iterable[Account]) -> dict[str, t.Mapping[str, t.Any]]:
    """The data of accounts by their names."""
    return {account.name: account.organization for account in selected}


def selected(ids: t.Mapping[str, str], **options: t.Any) -> list[str]:
    """The names of the accounts that these options select."""
    return sorted(data(organization(**options).select(accounts(ids), REGION)))


def organization_calls(company: Company) -> list[int]:
    """How often the root, units, accounts and tags were listed."""
    return [company.count(operation) for operation in LISTS]


def world_of(ids: t.Mapping[str, str], role: str = "ReadOnly") -> World:
    """Two users with a role in each account; alice has another one in log, which reads the organization."""
    return World(
        users=(User("alice", "correct horse", ("staff",)), User("bob", "battery staple", ("staff",))),
        accounts=tuple(
            WorldAccount(account_id, name, f"{name}@example.com") for name, account_id in ids.items()
        ),
        permission_sets=(PermissionSet(role), PermissionSet("OrganizationReader")),
        assignments=(
            *(Assignment("staff", account_id, role) for account_id in ids.values()),
            Assignment("alice", ids["log"], "OrganizationReader"),
        ),
    )


READER = "organization-reader"
"""The profile in the examples of the documentation that reads the organization."""


@contextlib.contextmanager
def organization_of(world: World) -> t.Iterator[dict[str, str]]:
    """An organization with the accounts of *world* in Workloads/Production; yields variables to use it."""
    with Company() as company:
        unit = company.unit("Production", company.unit("Workloads"))
        for account in world.accounts:
            company.account(account.name or "", chosen_id=account.id)
            company.move(account.id, unit)
            company.tag(account.id, {"environment": "production", "team": f"team-{account.id}"})
        yield company.environment()


@contextlib.contextmanager
def signed_in(ids: t.Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> t.Iterator[IdentityCenter]:
    """The emulator with these accounts, where alice is signed in."""
    with IdentityCenter(world_of(ids)) as center:
        for name, value in center.environment().items():
            monkeypatch.setenv(name, value)
        sign_in(center)
        yield center
        assert not center.mistakes and not center.invalid_requests
