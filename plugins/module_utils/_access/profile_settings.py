# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Region, output and options of generated profiles; their values may contain fields of the account and role.

PRIVATE to the collection. Pure functions: nothing here reads a file.
"""

from __future__ import annotations

import functools
import re
import typing as t

from .._aws_config.parser import Settings
from .._aws_config.validation import InputError, checked_options, region_and_output, replace_unprintable
from .templates import Entry, Parts, parse_value

_COMMENT_START = re.compile(r"(^|\s)[#;]+")


class ProfileSettings:
    """The options region, output and options of the module itself, or of one of its overrides."""

    def __init__(self, given: t.Mapping[str, t.Any], source: str) -> None:
        """Check what does not depend on an entry. *source* is the place in messages. Raises InputError."""
        values = {name: given.get(name) for name in ("region", "output", "options")}
        place = f"{source[0].upper()}{source[1:]}: " if source else ""
        parsed = {name: _parsed(value, place + name) for name, value in values.items()}
        options = parsed["options"] or {}
        self._options = {name: value for name, value in options.items() if _has_template(value)}
        self._templates = {name: parsed[name] for name in ("region", "output") if _has_template(parsed[name])}
        samples = {
            "options": _rendered(options, _ValueTemplate.sample),
            **dict.fromkeys(self._templates, "x"),
        }
        self._settings = _checked({**values, **samples}, source)

    def for_entry(self, entry: Entry) -> Settings:
        """The keys of the profile for *entry*. Raises InputError."""
        if not self._options and not self._templates:
            return self._settings
        found = {name: template.render(entry) for name, template in self._templates.items()}
        for name, value in found.items():
            if not value:
                raise InputError(f"{name} {self._templates[name].sample()!r} is empty for this profile.")
        options = _rendered(self._options, lambda template: template.render(entry))
        return {**self._settings, **_checked({**found, "options": options}, "")}


class _ValueTemplate:
    """A value with fields."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def sample(self) -> str:
        """The value with the names of the fields, without their transforms."""
        return "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in self._parts)

    def render(self, entry: Entry) -> str:
        """The value for *entry*; what a value must not contain is replaced in the text of each field."""
        texts = [part if isinstance(part, str) else _safe(part.text(entry)) for part in self._parts]
        return "".join(texts).strip()


def _parsed(value: t.Any, place: str) -> t.Any:
    """*value* with a template in place of each string that has fields; *place* is its name in messages."""
    if isinstance(value, str):
        parts = parse_value(value, place)
        return value if parts is None else _ValueTemplate(parts)
    if isinstance(value, t.Mapping):
        return {name: _parsed(content, f"{place}.{name}") for name, content in value.items()}
    return value


def _rendered(value: t.Any, render: t.Callable[[_ValueTemplate], str]) -> t.Any:
    if isinstance(value, _ValueTemplate):
        return render(value)
    if isinstance(value, t.Mapping):
        return {name: _rendered(content, render) for name, content in value.items()}
    return value


def _has_template(value: t.Any) -> bool:
    if isinstance(value, t.Mapping):
        return any(map(_has_template, value.values()))
    return isinstance(value, _ValueTemplate)


def _checked(values: t.Mapping[str, t.Any], source: str) -> Settings:
    return {**region_and_output(values, source), **checked_options(values["options"], source)}


@functools.lru_cache(maxsize=1024)
def _safe(text: str) -> str:
    return _COMMENT_START.sub(r"\1-", replace_unprintable(text, "-").strip())
