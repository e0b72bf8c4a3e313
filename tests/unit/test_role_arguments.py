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

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import playbook
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action import misspelled_variables
from documentation import role_tables

COLLECTION = pathlib.Path(__file__).resolve().parents[2]
ROLES = COLLECTION / "roles"
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


def table(**options: t.Any) -> t.List[str]:
    """The rows of the table of some options."""
    return role_tables.table(options).splitlines()[2:]


@pytest.mark.parametrize("role", ["workstation", "browser"])
def test_the_table_of_the_readme_is_that_of_the_specification(role: str) -> None:
    readme = ROLES / role / "README.md"
    assert role_tables.updated(readme.read_text(encoding="utf-8"), arguments(role)["options"]) == (
        readme.read_text(encoding="utf-8")
    ), "run: python -m documentation.role_tables (in the folder tests)"


def test_a_row_has_the_type_the_default_and_the_first_paragraph() -> None:
    names = {
        "type": "list",
        "elements": "str",
        "default": ["*"],
        "description": ["Names, as V(a|b).", "More."],
    }
    assert table(x_names=names) == ["| `x_names` | list of str | `['*']` | Names, as `a\\|b`. |"]
    required = {"type": "str", "required": True, "description": "See O(n.c.mod#module:opt) and M(n.c.mod)."}
    assert table(x=required) == ["| `x` | str | required | See `opt` of `mod` and `mod`. |"]
    chosen = {"type": "str", "choices": ["a", "b"], "description": "B(Which)."}
    assert table(x=chosen) == ["| `x` | str: `a`, `b` | | **Which**. |"]
    every = {
        "type": "list",
        "elements": "str",
        "choices": ["a"],
        "default": ["a"],
        "description": "P(n.c.l#lookup).",
    }
    assert table(x=every) == ["| `x` | list of str: `a` | all | `l`. |"]


def test_the_text_around_a_table_stays() -> None:
    text = f"before\n\n{role_tables.START}\n| old |\n{role_tables.END}\n\nafter\n"
    once = role_tables.updated(text, {"x": {"type": "bool", "default": True, "description": "Whether."}})
    assert once.startswith("before\n") and once.endswith("\nafter\n") and "old" not in once
    assert "| `x` | bool | `true` | Whether. |" in once


@pytest.mark.parametrize("role", ["workstation", "browser"])
def test_specification_has_no_deprecated_key(role: str) -> None:
    assert set(arguments(role)) == {
        "short_description", "version_added", "author", "description", "seealso", "options",
    }  # fmt: skip


def variables_in(*paths: pathlib.Path) -> t.Set[str]:
    """The names in files of variables that are neither those of plugins nor private to the collection."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return set(re.findall(r"(?<![\w.])workstation_\w+", text))


def test_no_variable_of_the_collection_is_taken_for_a_misspelled_one() -> None:
    known = {prefix + name for prefix, names in misspelled_variables.VARIABLES.items() for name in names}
    arguments_of_roles = {name for role in ("workstation", "browser") for name in arguments(role)["options"]}
    playbooks = [path for path in (COLLECTION / "playbooks").rglob("*") if path.suffix in (".yml", ".j2")]
    assert len(playbooks) > 8
    of_laptops = {name for name in variables_in(pathlib.Path(playbook.__file__)) if "_bundle_" in name}
    assert len(of_laptops) == 3
    assert known == arguments_of_roles | variables_in(*playbooks) | of_laptops
