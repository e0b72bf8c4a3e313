# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The supported versions of ansible-core, each with the tests of it: sanity, units and integration."""

from __future__ import annotations

import functools

from .ansible_test import integration, sanity, units
from .part import Part, path_without_shims
from .pythons import interpreter, virtual_environment

PYTHONS = {
    "2.16.0": ("3.10", "3.11", "3.12"),
    "2.16": ("3.10", "3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.14", "3.13", "3.12"),
}
"""Those that each ansible-core runs on; the first that this machine has is taken."""
UNITS_ON = "2.16"
TOP_LEVEL = (
    "tests/unit/test_check.py",
    "tests/unit/test_documentation.py",
    "tests/unit/test_role_arguments.py",
)
# Code of hosts does not depend on the controller's ansible-core; what the plugins call does little.
CONTROLLER_TESTS = ("tests/unit/plugins", "--ignore=tests/unit/plugins/module_utils", *TOP_LEVEL)
PLUGIN_TESTS = (
    *(f"tests/unit/plugins/{kind}" for kind in ("action", "callback", "inventory", "lookup")),
    *(f"tests/unit/plugins/plugin_utils/{name}" for name in ("_action", "_processes", "test_display.py")),
    "tests/unit/plugins/plugin_utils/test_options.py",
    "--ignore=tests/unit/plugins/action/test_aws_cli.py",  # the integration tests install the AWS CLI
    *TOP_LEVEL,
)
# ansible-test forks for every test, so that all of them would take it many times as long as pytest. It
# imports all, and runs one file of each folder.
BY_ANSIBLE_TEST = (
    "tests/unit/plugins/plugin_utils/_sso/test_sessions.py",
    "tests/unit/plugins/module_utils/_host/test_tools.py",
    "tests/unit/identity_center/test_emulator_sts.py",
)
# Covered by the parts sanity, integration and unit, or between the oldest and the newest core, which every
# run tests.
ONLY_IN_FULL = ("2.16.0", "2.18", "2.20", "2.21")
# Their answers depend on the version of ansible-core. Without --full the others are left to the newest one.
SANITY_OF_EVERY_CORE = (
    "action-plugin-docs",
    "ansible-doc",
    "compile",
    "import",
    "runtime-metadata",
    "validate-modules",
    "yamllint",
)

# Each plugin and role, and what depends most on how Ansible reads inventories and runs tasks.
TARGETS_OF_EVERY_CORE = ("every_plugin", "inventory_sso_accounts", "role_workstation", "sso_login")


def check_core(version: str, part: Part) -> None:
    python = virtual_environment(part, interpreter(*PYTHONS[version]), f"core-{version}")
    integration(part, python, *([] if part.full else TARGETS_OF_EVERY_CORE))
    chosen = [] if part.full else [word for test in SANITY_OF_EVERY_CORE for word in ("--test", test)]
    sanity(part, python, *chosen)
    if part.full or version == UNITS_ON:
        units(part, python, "--collect-only")
        units(part, python, *BY_ANSIBLE_TEST)
        tests = CONTROLLER_TESTS if part.full else (*PLUGIN_TESTS, "-m", "not full")
        part.pytest(python, *tests, PATH=f"{python.parent}:{path_without_shims()}")


CHECKS = {f"core-{version}": functools.partial(check_core, version) for version in PYTHONS}
EXTRA = tuple(f"core-{version}" for version in ONLY_IN_FULL)
