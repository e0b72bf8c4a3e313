# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of variables in the README of each role, from its argument specification.

python -m documentation.role_tables    write the tables, and print which files are different now
"""

from __future__ import annotations

import json
import re
import typing as t

import yaml

from checks.part import ROOT

START = "<!-- variables: this table is written by documentation.role_tables, from meta/argument_specs.yml -->"
END = "<!-- variables: end -->"
HEAD = "| variable | type | default | |\n|---|---|---|---|\n"
MARKUP = (
    (r"O\([\w.]+\.(\w+)#\w+:([^)]*)\)", r"`\2` of `\1`"),
    (r"[MP]\((?:[\w.]+\.)?(\w+)(?:#\w+)?\)", r"`\1`"),
    (r"[OVCE]\(([^)]*)\)", r"`\1`"),
    (r"B\(([^)]*)\)", r"**\1**"),
)
"""The markup of Ansible's documentation, as far as the specifications use it, and that of Markdown."""

Options = t.Mapping[str, t.Mapping[str, t.Any]]


def table(options: Options) -> str:
    """A row for each variable, with the first paragraph of its description."""
    return HEAD + "".join(_row(name, option) for name, option in options.items())


def _row(name: str, option: t.Mapping[str, t.Any]) -> str:
    description = option["description"]
    text = description if isinstance(description, str) else description[0]
    for ansible, markdown in MARKUP:
        text = re.sub(ansible, markdown, text)
    cells = (f"`{name}`", _type(option), _default(option), " ".join(text.split()).replace("|", r"\|"))
    return f"| {' | '.join(cells)} |\n".replace("|  |", "| |")


def _type(option: t.Mapping[str, t.Any]) -> str:
    text = f"{option['type']} of {option['elements']}" if "elements" in option else str(option["type"])
    choices = ", ".join(f"`{choice}`" for choice in option.get("choices", ()))
    return f"{text}: {choices}" if choices else text


def _default(option: t.Mapping[str, t.Any]) -> str:
    if option.get("required"):
        return "required"
    if "default" not in option:
        return ""
    default = option["default"]
    if isinstance(default, list) and default == option.get("choices"):
        return "all"
    return f"`{default if isinstance(default, (str, list, dict)) else json.dumps(default)}`"


def updated(readme: str, options: Options) -> str:
    """*readme* with the table of *options* between the two marks."""
    before, start, rest = readme.partition(START)
    _old, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"The README needs a line {START} and a line {END} around its table.")
    return f"{before}{START}\n{table(options)}{END}{after}"


def main() -> None:
    for specification in sorted(ROOT.glob("roles/*/meta/argument_specs.yml")):
        readme = specification.parents[1] / "README.md"
        options = yaml.safe_load(specification.read_text(encoding="utf-8"))["argument_specs"]["main"][
            "options"
        ]
        old = readme.read_text(encoding="utf-8")
        new = updated(old, options)
        if new != old:
            readme.write_text(new, encoding="utf-8")
            print(readme)


if __name__ == "__main__":
    main()
