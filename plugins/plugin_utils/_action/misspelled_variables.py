# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings about variables whose names resemble those of the collection's roles and playbooks.

PRIVATE to the collection.

Ansible ignores a variable that nothing uses, so that a misspelled one would silently select the default.
"""

from __future__ import annotations

import pathlib
import typing as t

from ...module_utils._text import printable, suggestion
from .._display import display

VARIABLES: t.Mapping[str, tuple[str, ...]] = {
    "browser_": ("launcher", "scope", "state"),
    "workstation_": (
        "access", "accounts", "aws_cli", "become", "ca_certificates", "default_profile", "environment",
        "exclude_accounts", "exclude_roles", "login", "no_proxy", "output", "parts", "pipelining",
        "prerequisites", "profile_name", "profile_options", "profile_overrides", "profiles", "proxy",
        "purge", "region", "roles", "sessions", "sso_profiles", "users", "verify_profile",
        "doctor_fail_on", "login_force", "login_method", "profile", "session",
        "bundle_aws_cli", "bundle_directory", "bundle_expire_days", "bundle_files", "bundle_interactive",
        "bundle_interval", "bundle_key", "bundle_machine", "bundle_machines", "bundle_name",
        "bundle_next_keys", "bundle_paused", "bundle_pythons", "bundle_random_delay_minutes",
        "bundle_report", "bundle_requirements", "bundle_rerun_days", "bundle_rings", "bundle_sign_only",
        "bundle_url", "bundle_version",
        "reports_administrator_roles", "reports_bundle", "reports_csv", "reports_directory",
        "reports_expected", "reports_html", "reports_json", "reports_keep_days", "reports_keys",
        "reports_new_hosts", "reports_read_roles", "reports_title", "reports_write_roles",
    ),
}  # fmt: skip
"""The variables of the roles and playbooks, by prefix: arguments of the role workstation, then the others."""

_SIMILARITY = 0.82
"""Of five letters one may be too much or missing, but none may be another one: ports are not parts."""

_COLLECTION = str(pathlib.Path(__file__).resolve().parents[3])


def warn_of_misspelled_variables(variables: t.Iterable[str], task_path: str) -> None:
    """Show a warning for each of *variables* whose name resembles one of the collection, once in a run.

    Elsewhere than in the roles and playbooks of this collection, where *task_path* is, they have no meaning.
    """
    for prefix, known in VARIABLES.items():
        for variable in variables:
            if variable.startswith(prefix) and variable[len(prefix) :] not in known:
                similar = _most_similar(variable[len(prefix) :], known)
                if similar and _is_of_this_collection(task_path):
                    hint = suggestion([prefix + similar])
                    display.warning(f"There is no variable {printable(variable)}. {hint}")


def _most_similar(name: str, known: t.Sequence[str]) -> str:
    """The one of *known* that a user who typed *name* most likely meant; empty if there is none."""
    import difflib  # needed for variables of others only, and slow to import

    transposed = [each for each in known if sorted(each) == sorted(name)]
    return next(iter([*transposed, *difflib.get_close_matches(name, known, n=1, cutoff=_SIMILARITY)]), "")


def _is_of_this_collection(task_path: str) -> bool:
    return str(pathlib.Path(task_path).resolve()).startswith(f"{_COLLECTION}/")
