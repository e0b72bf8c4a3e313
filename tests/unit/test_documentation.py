# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of the plugins claims, beside what the plugins are."""

from __future__ import annotations

import functools
import importlib
import json
import os
import pathlib
import re
import subprocess
import sys
import typing as t

import pytest
import yaml

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import atomic
from bundles.wheels import WHEELS
from checks import cores, pythons
from support import markdown_links

NAMESPACE = "workstation.aws_sso"
ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLECTIONS = t.cast(str, atomic.__file__).partition("/ansible_collections/")[0]
TARGETS = ROOT / "tests" / "integration" / "targets"
INDEX = ROOT / "docs" / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("roles/*/README.md")])
"""What users and contributors read on GitHub."""


def names(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / folder).glob("*.py"))


@functools.lru_cache(maxsize=None)
def documentation(kind: str, folder: str) -> dict[str, dict[str, t.Any]]:
    """The documentation of each plugin of a *kind*, as ansible-doc shows it to users."""
    program = pathlib.Path(sys.executable).with_name("ansible-doc")
    command = [program, "--json", "-t", kind, *(f"{NAMESPACE}.{name}" for name in names(folder))]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS}
    shown = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout
    return {name.rpartition(".")[2]: plugin["doc"] for name, plugin in json.loads(shown).items()}


def attributes_of_modules() -> dict[str, dict[str, t.Any]]:
    return {name: found["attributes"] for name, found in documentation("module", "modules").items()}


@pytest.mark.parametrize(
    ("kind", "folder"),
    [("module", "modules"), ("lookup", "lookup"), ("callback", "callback")],
)
def test_every_description_is_a_list(kind: str, folder: str) -> None:
    """ansible-console shows the first element of a description: of a string that is a letter."""
    for name, found in documentation(kind, folder).items():
        for option, definition in found["options"].items():
            assert isinstance(definition["description"], list), f"{name}: {option}"


@pytest.mark.parametrize(
    "name", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
)
def test_files_of_the_controller_have_absolute_paths(name: str) -> None:
    """Ansible looks for relative ones beside the playbook, which here is one of the collection."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for path in re.findall(r"lookup\('ansible\.builtin\.file', '([^']+)'", text):
        assert path.startswith("/"), path


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(page: pathlib.Path) -> None:
    assert list(markdown_links.broken_links(page)) == []
    assert markdown_links.undefined_references(page) == set()


def test_every_page_is_in_the_index_once() -> None:
    entries = re.findall(
        r"^- \[[^\]]+]\(([\w.-]+\.md)\): \S", INDEX.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(entries) == sorted(path.name for path in (ROOT / "docs").glob("*.md") if path != INDEX)


@pytest.mark.parametrize("name", names("modules"))
def test_every_module_documents_its_attributes(name: str) -> None:
    attributes = attributes_of_modules()[name]
    assert {"action", "async", "check_mode", "diff_mode", "idempotent"} <= attributes.keys()
    assert all(attribute["description"] for attribute in attributes.values())


@pytest.mark.parametrize("name", names("modules"))
def test_the_background_is_documented_as_the_module_or_its_action_supports_it(name: str) -> None:
    supported = True
    if name in names("action"):
        plugin = importlib.import_module(f"ansible_collections.{NAMESPACE}.plugins.action.{name}")
        supported = plugin.ActionModule._supports_async
    attributes = attributes_of_modules()[name]
    assert attributes["async"]["support"] == ("full" if supported else "none")
    assert attributes["action"]["support"] == ("full" if name in names("action") else "none")


@pytest.mark.parametrize("name", names("modules"))
def test_the_members_of_action_groups_name_them(name: str) -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    action_groups = runtime["action_groups"].items()
    groups = [f"{NAMESPACE}.{group}" for group, members in action_groups if name in members]
    documented = attributes_of_modules()[name].get("action_group", {"membership": []})
    assert documented["membership"] == groups


def test_actions_have_a_module_of_their_name() -> None:
    assert set(names("action")) <= set(names("modules"))


def uses(target: pathlib.Path) -> set[tuple[str, str]]:
    """The kind and the name of every plugin and role that an integration target uses."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in target.iterdir() if path.is_file())
    forms = {
        "modules": rf"(?:^ +|-m ){NAMESPACE}\.(\w+):?$",
        "lookup": rf"(?:lookup|query)\('{NAMESPACE}\.(\w+)'",
        "inventory": rf"^plugin: {NAMESPACE}\.(\w+)$",
        "callback": rf"ANSIBLE_CALLBACKS_ENABLED={NAMESPACE}\.(\w+)$",
        "roles": rf"name: {NAMESPACE}\.(\w+)$",
    }
    return {(kind, name) for kind, form in forms.items() for name in re.findall(form, text, re.MULTILINE)}


def test_one_integration_target_uses_every_plugin_and_role() -> None:
    folders = {path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()}
    public = sorted(folders - {"action", "doc_fragments", "module_utils", "plugin_utils"})
    there = {(kind, name) for kind in public for name in names(kind)}
    there |= {("roles", path.name) for path in (ROOT / "roles").iterdir()}
    assert there - uses(TARGETS / "every_plugin") == set()


@pytest.mark.parametrize("name", names("modules"))
def test_every_module_has_an_integration_target_of_its_own(name: str) -> None:
    covered = {path.name for path in TARGETS.iterdir()}
    for aliases in TARGETS.glob("*/aliases"):
        covered |= set(aliases.read_text(encoding="utf-8").split())
    assert name in covered


def test_the_requirements_of_ansible_test_contain_those_of_the_plugins() -> None:
    plugins, tests = (
        {line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")}
        for name in ("meta/ee-requirements.txt", "tests/unit/requirements.txt")
    )
    assert plugins <= tests


def test_the_versions_of_the_policy_of_support_are_those_that_are_tested() -> None:
    text = (ROOT / "docs" / "release.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\S[^|]*) \| ([^|]*) \|", text, re.MULTILINE))
    controllers = [version for tested in cores.PYTHONS.values() for version in tested]
    assert rows["ansible-core"] == "2.16 to 2.21"
    assert {"2.16", "2.21"} <= cores.PYTHONS.keys()
    for name, tested in (
        ("Python on the controller", controllers),
        ("Python on managed hosts", pythons.HOST_PYTHONS),
    ):
        first, last = rows[name].split(" to ")
        assert (first, last) == tuple(f(tested, key=lambda version: int(version[2:])) for f in (min, max))
    assert re.findall(r"\d+\.\d+\.\d+", rows["AWS CLI"]) == list(WHEELS)
