# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Risk classes of roles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report import access as fleet_access
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.role_classes import (
    CLASSES,
    RoleClasses,
)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("AdministratorAccess", "administrator"),
        ("AWSAdministratorAccess", "administrator"),
        ("PLATFORM-ADMINS", "administrator"),
        ("IAMFullAccess", "administrator"),
        ("AWSOrganizationsFullAccess", "administrator"),
        ("ReadOnlyAdmin", "administrator"),
        ("DatabaseAdministrator", "write"),
        ("PowerUserAccess", "write"),
        ("Billing", "write"),
        ("", "write"),
        ("AWSReadOnlyAccess", "read"),
        ("ViewOnlyAccess", "read"),
        ("SecurityAudit", "read"),
        ("team-read-only", "read"),
    ],
)
def test_the_names_of_well_known_roles_have_a_class(role: str, expected: str) -> None:
    assert RoleClasses().class_of(role) == expected


def test_a_name_without_wildcards_takes_precedence_over_globs() -> None:
    classes = RoleClasses(write=("supportadmin", "Deploy*"), read=("Billing", "*deploy*"))
    assert classes.class_of("SupportAdmin") == "write"
    assert classes.class_of("SystemAdministrator") == "administrator"
    assert classes.class_of("billing") == "read"
    assert classes.class_of("DeployProd") == "write" and classes.class_of("AutoDeploy") == "read"


def test_of_the_same_glob_in_two_classes_the_higher_risk_counts() -> None:
    classes = RoleClasses(("Ops",), ("Ops", "x*"), ("Ops", "x*"))
    assert classes.class_of("Ops") == "administrator" and classes.class_of("xy") == "write"


def test_accounts_are_counted_once_for_each_class() -> None:
    access = fleet_access.access_set(
        [("1" * 12, "Admin"), ("1" * 12, "SubAdmin"), ("1" * 12, "ReadOnly"), ("2" * 12, "ReadOnly")]
    )
    assert RoleClasses().accounts(access) == {
        "administrator": frozenset({"1" * 12}),
        "read": frozenset({"1" * 12, "2" * 12}),
    }


@given(st.lists(st.text(max_size=8), max_size=3), st.text(max_size=12))
def test_any_globs_and_any_name_have_a_class(globs: list[str], role: str) -> None:
    classes = RoleClasses(tuple(globs), tuple(reversed(globs)), ())
    assert classes.class_of(role) in CLASSES
