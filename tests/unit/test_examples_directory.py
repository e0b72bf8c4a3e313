# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The companies in examples/: their variables exist, and their READMEs name their files."""

from __future__ import annotations

import fnmatch
import pathlib
import re
import typing as t

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
DIRECTORIES = sorted(path for path in EXAMPLES.iterdir() if path.is_dir())
OWN_PREFIX = "acme_"
CONNECTION = {"ansible_user"}


def files(directory: pathlib.Path) -> list[pathlib.Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())


def text(path: pathlib.Path) -> str:
    return path.read_text(encoding="utf-8")


def documented_variables() -> set[str]:
    """Those of the role, and those that the playbooks pass to a module."""
    specification = yaml.safe_load(text(ROOT / "roles" / "workstation" / "meta" / "argument_specs.yml"))
    role = set(specification["argument_specs"]["main"]["options"])
    playbooks = "".join(text(path) for path in (ROOT / "playbooks").glob("*.yml"))
    return role | set(re.findall(r"(?<![\w.])workstation_(?:bundle|reports)_\w+", playbooks))


def names_in(directory: pathlib.Path, prefix: str) -> set[str]:
    """The names in all files but ansible.cfg, which has a section workstation_fleet_report."""
    sources = [path for path in files(directory) if path.suffix != ".cfg"]
    return {name for path in sources for name in re.findall(rf"\b{prefix}\w+", text(path))}


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_every_variable_is_documented(directory: pathlib.Path) -> None:
    found = names_in(directory, "workstation_")
    assert found and found <= documented_variables()


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_every_variable_of_a_company_is_set_and_used(directory: pathlib.Path) -> None:
    """A variable of a host that has another name is one of connections, and nothing else."""
    everything = "".join(text(path) for path in files(directory) if path.suffix in (".yml", ".md"))
    for name in names_in(directory, OWN_PREFIX):
        assert len(re.findall(rf"\b{name}\b", everything)) > 1, name
    for path in directory.rglob("group_vars/*.yml"):
        variables = yaml.load(text(path), Loader=_WithoutVault)
        assert all(name.startswith((OWN_PREFIX, "workstation_")) for name in variables), path
    hosts = {name for path in directory.rglob("hosts.yml") for name in _variables_of_hosts(_load(path))}
    assert hosts <= CONNECTION


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_the_readme_names_every_file(directory: pathlib.Path) -> None:
    readme = text(directory / "README.md")
    assert len(readme.splitlines()) <= 60
    linked = {name for name in re.findall(r"\]\(([^)]+)\)", readme) if "://" not in name}
    assert linked == {str(path.relative_to(directory)) for path in files(directory)} - {"README.md"}


def test_the_index_names_every_directory() -> None:
    linked = re.findall(r"^\| \[[^]]+]\((\S+)\)", text(EXAMPLES / "README.md"), re.MULTILINE)
    assert sorted(linked) == [f"{directory.name}/README.md" for directory in DIRECTORIES]


@pytest.mark.parametrize("path", files(EXAMPLES), ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_every_file_states_its_licence(path: pathlib.Path) -> None:
    header = text(path).splitlines()[:6]
    assert re.search(r"^(# )?SPDX-License-Identifier[:] GPL-3\.0-or-later$", "\n".join(header), re.MULTILINE)


def test_the_examples_are_part_of_the_artefact() -> None:
    ignored = yaml.safe_load(text(ROOT / "galaxy.yml"))["build_ignore"]
    for path in files(EXAMPLES):
        name = path.relative_to(ROOT)
        for part in (name, *name.parents):
            assert not [pattern for pattern in ignored if fnmatch.fnmatch(str(part), pattern)], name


def test_the_examples_accept_the_version_of_the_collection() -> None:
    version = _load(ROOT / "galaxy.yml")["version"]
    required = _load(EXAMPLES / "fleet-over-ssh" / "requirements.yml")["collections"]
    (ours,) = [entry["version"] for entry in required if entry["name"] == "workstation.aws_sso"]
    first, end = (tuple(map(int, bound.split("."))) for bound in re.findall(r"[<>]=?([\d.]+)", ours))
    assert first <= tuple(map(int, version.split("."))) < end
    assert ours in text(EXAMPLES / "pull-mode" / ".github" / "workflows" / "publish.yml")


def test_the_workflow_pins_actions() -> None:
    for path in EXAMPLES.rglob(".github/workflows/*.yml"):
        uses = re.findall(r"uses: (\S+)", text(path))
        assert uses and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in uses)


class _WithoutVault(yaml.SafeLoader):
    """Reads an encrypted value as the text that it is."""


_WithoutVault.add_constructor("!vault", lambda loader, node: loader.construct_scalar(t.cast(t.Any, node)))


def _load(path: pathlib.Path) -> t.Any:
    return yaml.load(text(path), Loader=_WithoutVault)


def _variables_of_hosts(found: t.Any) -> t.Iterator[str]:
    """The names of variables that an inventory gives to its hosts, in any group."""
    for group in (found or {}).values():
        for variables in ((group or {}).get("hosts") or {}).values():
            yield from variables or ()
        yield from _variables_of_hosts((group or {}).get("children"))
