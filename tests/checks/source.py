# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Static checks of the source: style, types, the documentation site, and both linters of Ansible."""

from __future__ import annotations

import pathlib

from .part import ROOT, Part, git
from .pythons import partner_python

TYPED = (
    "adversary",
    "bundles",
    "check.py",
    "checks",
    "demo.py",
    "documentation",
    "end_to_end",
    "hosts",
    "identity_center",
    "support",
    "trial.py",
)


def check_style(part: Part) -> None:
    part.run("ruff", "check", ".")
    part.run("ruff", "format", "--check", ".")
    scripts = [name for name in git("ls-files").splitlines() if is_shell_script(ROOT / name)]
    part.run("shellcheck", *scripts)
    part.run("yamllint", "--strict", ".")
    part.run("antsibull-changelog", "lint")
    part.run("reuse", "lint")


def is_shell_script(path: pathlib.Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        first = stream.readline()
    return first.startswith(b"#!") and (b"/sh" in first or b"bash" in first)


def check_types(part: Part) -> None:
    tree = part.collection_tree()
    collection = pathlib.Path("ansible_collections/workstation/aws_sso")
    config = f"--config-file={ROOT / 'pyproject.toml'}"
    part.run("mypy", config, collection / "plugins", cwd=tree, MYPYPATH=str(tree))
    part.run("mypy", config, *TYPED, cwd=ROOT / "tests", MYPYPATH=str(tree))


def check_docs(part: Part) -> None:
    from documentation.site import build_site

    build_site(part)


def check_lint(part: Part) -> None:
    _lint(part, pathlib.Path("ansible-lint"))
    tools = partner_python(part).parent
    _lint(part, tools / "ansible-lint", PATH=f"{tools}:/usr/bin:/bin")


def _lint(part: Part, program: pathlib.Path, **environment: str) -> None:
    part.run(
        program, "--profile", "production", "--offline", "--strict",
        cwd=part.collection_copy(), ANSIBLE_COLLECTIONS_PATH=str(part.scratch / "copy"), **environment,
    )  # fmt: skip
