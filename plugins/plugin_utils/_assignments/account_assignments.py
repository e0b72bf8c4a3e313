# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which user or group is assigned which permission set in which account.

PRIVATE to the collection. There are two strategies, and the size of the organization decides which one takes
fewer calls: one for each user and group, or one for each permission set in each account that it is
provisioned in.
"""

from __future__ import annotations

import typing as t

from .._aws.paced_client import in_parallel
from .._sso import names
from .connection import AdminClient, NotAllowed

Wanted = t.Callable[[str], bool]
OnProgress = t.Callable[[int, int, str], None]


class Principal(t.NamedTuple):
    """Who an assignment is for; *kind* is USER or GROUP."""

    kind: str
    principal_id: str


class AccountAssignment(t.NamedTuple):
    """One assignment."""

    principal: Principal
    account_id: str
    role_name: str


class _ProvisionedPermissionSet(t.NamedTuple):
    """A permission set in an account that it is provisioned in."""

    account_id: str
    permission_set: str


class AccountAssignments:
    """The assignments of an instance in accounts and with roles that are wanted.

    *on_progress* is called with how many of how many calls are done, and what they list.
    """

    def __init__(
        self,
        sso_admin: AdminClient,
        instance_arn: str,
        is_wanted_account: Wanted,
        is_wanted_role: Wanted,
        on_progress: OnProgress = lambda done, total, what: None,
    ) -> None:
        self._sso_admin = sso_admin
        self._instance: dict[str, t.Any] = {"InstanceArn": instance_arn}
        self._is_wanted_account = is_wanted_account
        self._is_wanted_role = is_wanted_role
        self._on_progress = on_progress
        self._role_names: dict[str, str] = {}

    def list_for(self, principals: t.Collection[Principal]) -> set[AccountAssignment]:
        """Every wanted assignment of *principals*. Raises what AdminClient raises.

        AWS allows only the management account to list by principal. If it refuses, the other strategy is
        used.
        """
        permission_sets = list(
            self._sso_admin.pages("list_permission_sets", "PermissionSets", **self._instance)
        )
        if len(principals) > len(permission_sets):
            provisioned = self._provisioned(permission_sets)
            if len(provisioned) < len(principals):
                return self._by_permission_set(provisioned, principals)
        try:
            return self._by_principal(principals)
        except NotAllowed:
            return self._by_permission_set(self._provisioned(permission_sets), principals)

    def _by_principal(self, principals: t.Collection[Principal]) -> set[AccountAssignment]:
        found = in_parallel(self._assigned_to, principals, self._progress_listener("users and groups"))
        assigned = [item for _principal, items in found for item in items]
        return self._wanted(assigned, principals)

    def _by_permission_set(
        self, provisioned: t.Collection[_ProvisionedPermissionSet], principals: t.Collection[Principal]
    ) -> set[AccountAssignment]:
        found = in_parallel(
            self._assigned_at, provisioned, self._progress_listener("permission sets in accounts")
        )
        assigned = [item for _provisioned, items in found for item in items]
        return self._wanted(assigned, principals)

    def _wanted(
        self, assigned: t.Iterable[t.Mapping[str, str]], principals: t.Collection[Principal]
    ) -> set[AccountAssignment]:
        wanted = [item for item in assigned if self._is_wanted_account(item["AccountId"])]
        self._load_role_names({item["PermissionSetArn"] for item in wanted})
        assignments = (
            AccountAssignment(
                Principal(item["PrincipalType"], item["PrincipalId"]),
                names.account_id(item["AccountId"]),
                self._role_names[item["PermissionSetArn"]],
            )
            for item in wanted
        )
        return {
            assignment
            for assignment in assignments
            if assignment.principal in principals and self._is_wanted_role(assignment.role_name)
        }

    def _provisioned(self, permission_sets: t.Collection[str]) -> list[_ProvisionedPermissionSet]:
        self._load_role_names(permission_sets)
        wanted = [arn for arn in permission_sets if self._is_wanted_role(self._role_names[arn])]
        return [
            _ProvisionedPermissionSet(account_id, arn)
            for arn, account_ids in in_parallel(self._accounts_with, wanted)
            for account_id in account_ids
            if self._is_wanted_account(account_id)
        ]

    def _load_role_names(self, permission_sets: t.Iterable[str]) -> None:
        unknown = [arn for arn in permission_sets if arn not in self._role_names]
        self._role_names.update(in_parallel(self._role_name, unknown))

    def _role_name(self, permission_set: str) -> str:
        answer = self._sso_admin.call(
            "describe_permission_set", PermissionSetArn=permission_set, **self._instance
        )
        return names.role_name(answer["PermissionSet"].get("Name"))

    def _accounts_with(self, permission_set: str) -> list[str]:
        listed = self._sso_admin.pages(
            "list_accounts_for_provisioned_permission_set",
            "AccountIds",
            PermissionSetArn=permission_set,
            **self._instance,
        )
        return [names.account_id(item) for item in listed]

    def _assigned_to(self, principal: Principal) -> list[dict[str, str]]:
        return list(
            self._sso_admin.pages(
                "list_account_assignments_for_principal",
                "AccountAssignments",
                PrincipalType=principal.kind,
                PrincipalId=principal.principal_id,
                **self._instance,
            )
        )

    def _assigned_at(self, provisioned: _ProvisionedPermissionSet) -> list[dict[str, str]]:
        return list(
            self._sso_admin.pages(
                "list_account_assignments",
                "AccountAssignments",
                AccountId=provisioned.account_id,
                PermissionSetArn=provisioned.permission_set,
                **self._instance,
            )
        )

    def _progress_listener(self, what: str) -> t.Callable[[int, int], None]:
        return lambda done, total: self._on_progress(done, total, what)
