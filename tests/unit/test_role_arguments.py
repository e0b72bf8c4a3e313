# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arguments of the roles: every option of the modules can be given, and every variable is documented."""

from __future__ import annotations

import importlib
import pathlib
import re
import typing as t

import pytest
import yaml

ROLES = pathlib.Path(__file__).resolve().parents[2] / "roles"
OF_THE_ROLE = {
    "prerequisites": set(),
    "aws_cli": set(),
    "sso_login": {"session", "start_url", "region", "registration_scopes", "list_access"},
    "sso_profiles": {
        "sessions", "profiles", "access", "profile_name", "region", "output", "options", "overrides",
        "accounts", "roles", "exclude_accounts", "exclude_roles", "default_profile", "purge", "state",
    },
}  # fmt: skip
"""The options for which the role workstation has variables of its own, by module."""
VARIABLES = {"sso_login": "workstation_login"}


def arguments(role: str) -> t.Dict[str, t.Any]:
    text = (ROLES / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    return t.cast(t.Dict[str, t.Any], yaml.safe_load(text)["argument_specs"]["main"])


def module_options(name: str) -> t.Dict[str, t.Any]:
    """The documented options of a module, with those of its documentation fragments."""
    plugins = "ansible_collections.workstation.aws_sso.plugins"
    documented = yaml.safe_load(importlib.import_module(f"{plugins}.modules.{name}").DOCUMENTATION)
    options = dict(documented.get("options", {}))
    for reference in documented.get("extends_documentation_fragment", []):
        fragment, _dot, part = reference.removeprefix("workstation.aws_sso.").partition(".")
        texts = importlib.import_module(f"{plugins}.doc_fragments.{fragment}").ModuleDocFragment
        text = getattr(texts, part.upper() or "DOCUMENTATION")
        options.update(yaml.safe_load(text).get("options", {}))
    return options


@pytest.mark.parametrize("module", sorted(OF_THE_ROLE))
def test_dictionary_accepts_every_option_of_its_module(module: str) -> None:
    variable = VARIABLES.get(module, f"workstation_{module}")
    accepted = arguments("workstation")["options"][variable]["options"]
    options = module_options(module)
    assert OF_THE_ROLE[module] <= set(options)
    assert set(accepted) == set(options) - OF_THE_ROLE[module]
    for name, option in accepted.items():
        for key in ("type", "elements", "choices"):
            assert option.get(key) == options[name].get(key), (name, key)


@pytest.mark.parametrize("role", ["workstation", "browser"])
def test_every_variable_is_in_the_readme(role: str) -> None:
    readme = (ROLES / role / "README.md").read_text(encoding="utf-8")
    rows = " ".join(line.split("|")[1] for line in readme.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", rows)) == set(arguments(role)["options"])


@pytest.mark.parametrize("role", ["workstation", "browser"])
def test_specification_has_no_deprecated_key(role: str) -> None:
    assert set(arguments(role)) == {
        "short_description", "version_added", "author", "description", "seealso", "options",
    }  # fmt: skip
