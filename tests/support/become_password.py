# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether ./run workstation has to ask for the password of sudo: ``become_password.py ARGUMENT...``.

The arguments are those of ansible-playbook, read as it reads them. Exits with 0 if sudo on this machine will
run and nothing provides its password yet, and otherwise, or where the arguments are wrong, with 1.
"""

from __future__ import annotations

import contextlib
import io
import sys
import typing as t

from ansible import constants as C
from ansible import context
from ansible.cli.playbook import PlaybookCLI
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.parsing.dataloader import DataLoader
from ansible.utils.vars import load_extra_vars

WITH_SUDO = {"network", "prerequisites", "aws_cli", "browser"}
"""The parts of the role workstation that use privilege escalation."""
NOTHING_RUNS = ("listhosts", "listtasks", "listtags", "syntax")
PASSWORDS = ("ansible_become_password", "ansible_become_pass", "ansible_sudo_pass")


def is_needed(arguments: list[str]) -> bool:
    PlaybookCLI(["ansible-playbook", "workstation.aws_sso.workstation", *arguments]).parse()
    options = context.CLIARGS
    if any(options.get(name) for name in NOTHING_RUNS):
        return False
    if options["become_ask_pass"] or options["become_password_file"]:
        return False
    variables: dict[str, t.Any] = load_extra_vars(DataLoader())
    if any(name in variables for name in PASSWORDS) or not is_true(variables.get("workstation_become", True)):
        return False
    if not is_this_machine(variables.get("target"), options["inventory"]):
        return False
    return bool(WITH_SUDO & selected_parts(variables, options))


def is_this_machine(target: t.Any, inventory: t.Sequence[str]) -> bool:
    """False for other machines, which have a sudo of their own."""
    default = C.config.get_config_value("DEFAULT_HOST_LIST")
    return target == "localhost" or (not target and list(inventory) == default)


def is_true(value: t.Any) -> bool:
    try:
        return bool(boolean(value))
    except TypeError:
        return True  # such as a template


def selected_parts(variables: t.Mapping[str, t.Any], options: t.Mapping[str, t.Any]) -> set[str]:
    """The parts with sudo that these variables and tags leave."""
    parts = variables.get("workstation_parts")
    selected = WITH_SUDO & set(parts) if isinstance(parts, list) else set(WITH_SUDO)
    tags = set(options["tags"])
    if not tags & {"all", "tagged"}:
        selected &= tags
    return selected - set(options["skip_tags"])


def main() -> int:
    unread = io.StringIO()  # ansible-playbook itself will complain about what is wrong
    try:
        with contextlib.redirect_stdout(unread), contextlib.redirect_stderr(unread):
            needed = is_needed(sys.argv[1:])
    except SystemExit:  # --help, or arguments that are refused
        return 1
    except Exception:  # such as an encrypted file, whose password is not asked for twice
        return 0
    return 0 if needed else 1


if __name__ == "__main__":
    sys.exit(main())
