# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Custom credential types as AWX 24 accepts them, and what it injects of a credential into a job."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import tempfile
import types
import typing as t

import yaml
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

HIDDEN = "**********"
"""What AWX records instead of the value of a secret field."""

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
_FILE = re.compile(r"template(\.[a-zA-Z_][a-zA-Z0-9_]*)?\Z")
_BOOLEANS = ("multiline", "secret", "ask_at_runtime")
_TEXTS = ("id", "label", "help_text", "type", "format")
_OF_STRINGS = ("choices", "multiline", "format", "secret")
_FORBIDDEN = {"PATH", "PYTHONPATH", "VIRTUAL_ENV", "JOB_ID", "INVENTORY_ID", "REST_API_TOKEN", "CACHE"}
"""Variables that AWX sets itself; it also refuses all that begin with ANSIBLE_."""


@dataclasses.dataclass
class Injected:
    """What a job gets: *shown* is the environment as AWX records it, *arguments* are of ansible-playbook."""

    environment: dict[str, str]
    shown: dict[str, str]
    arguments: list[str]


class CredentialType:
    """The input configuration and the injector configuration, as an administrator enters them."""

    def __init__(self, inputs: str, injectors: str) -> None:
        self._inputs = yaml.safe_load(inputs)
        self._injectors = yaml.safe_load(injectors)

    def problems(self) -> list[str]:
        """Why AWX refuses this type; empty if it accepts it."""
        return [*self._problems_of_inputs(), *self._problems_of_injectors()]

    def inject(self, values: t.Mapping[str, str], private_data: pathlib.Path) -> Injected:
        """Render the injectors for a job with this private data directory."""
        missing = set(self._inputs.get("required", [])) - values.keys()
        assert not missing, f"the credential has no {missing}"
        given = {name: value for name, value in values.items() if value}
        secrets = {field["id"] for field in self._inputs["fields"] if field.get("secret")}
        shown = {name: HIDDEN if name in secrets else value for name, value in given.items()}
        files = {
            name.partition(".")[2]: self._write(_render(text, given), private_data)
            for name, text in self._injectors.get("file", {}).items()
        }
        named = types.SimpleNamespace(**{name: path for name, path in files.items() if name})
        tower = types.SimpleNamespace(filename=files.get("", named))
        variables = self._injectors.get("env", {}).items()
        extra = {
            name: _render(text, {**given, "tower": tower})
            for name, text in self._injectors.get("extra_vars", {}).items()
        }
        extra_file = self._write(yaml.safe_dump(extra), private_data)
        return Injected(
            {name: _render(text, {**given, "tower": tower}) for name, text in variables},
            {name: _render(text, {**shown, "tower": tower}) for name, text in variables},
            ["-e", f"@{extra_file}"] if extra else [],
        )

    @staticmethod
    def _write(text: str, private_data: pathlib.Path) -> str:
        """Names are random, and only the user of the job can read the files."""
        with tempfile.NamedTemporaryFile("w", dir=private_data / "env", delete=False) as stream:
            stream.write(text)
        return stream.name

    def _problems_of_inputs(self) -> t.Iterator[str]:
        yield from _unknown("the input configuration", self._inputs, {"fields", "required"})
        names = [field.get("id", "") for field in self._inputs["fields"]]
        if len(set(names)) != len(names):
            yield "field IDs are not unique"
        for name in set(self._inputs.get("required", [])) - set(names):
            yield f"{name} is required, but no field"
        for field in self._inputs["fields"]:
            yield from _problems_of_field(field)

    def _problems_of_injectors(self) -> t.Iterator[str]:
        yield from _unknown("the injector configuration", self._injectors, {"file", "env", "extra_vars"})
        files = self._injectors.get("file", {})
        if "template" in files and len(files) > 1:
            yield "several files require names such as template.one"
        for name in files:
            if not _FILE.match(name):
                yield f"{name} is no name of a file"
        for name in self._injectors.get("env", {}):
            if not _NAME.match(name) or name in _FORBIDDEN or name.startswith("ANSIBLE_"):
                yield f"the environment variable {name} is not allowed"
        for text in self._injectors.get("env", {}).values():
            if not text.isascii():
                yield "the value of an environment variable is not ASCII"
        for injector in self._injectors.values():
            for name, text in injector.items():
                yield from self._problems_of_template(name, text)

    def _problems_of_template(self, name: str, text: t.Any) -> t.Iterator[str]:
        if not isinstance(text, str):
            yield f"{name} is not a string"
            return
        files = self._injectors.get("file", {})
        named = {file.partition(".")[2]: "EXAMPLE" for file in files if "." in file}
        filename = "EXAMPLE" if "template" in files else types.SimpleNamespace(**named)
        known = {field["id"]: "EXAMPLE" for field in self._inputs["fields"]}
        try:
            _render(text, {**known, "tower": types.SimpleNamespace(filename=filename)}, StrictUndefined)
        except TemplateError as error:
            yield f"{name}: {error}"


def _render(text: str, values: t.Mapping[str, t.Any], undefined: t.Any = None) -> str:
    options = {"undefined": undefined} if undefined else {}
    return str(ImmutableSandboxedEnvironment(**options).from_string(text).render(**values))


def _unknown(where: str, found: t.Mapping[str, t.Any], known: set[str]) -> t.Iterator[str]:
    for name in found.keys() - known:
        yield f"{name} is not allowed in {where}"


def _problems_of_field(field: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    label = f"the field {field.get('id')}"
    yield from _unknown(label, field, {*_TEXTS, *_BOOLEANS, "choices", "default"})
    if not {"id", "label"} <= field.keys():
        yield f"{label} requires id and label"
    if not _NAME.match(str(field.get("id"))) or field.get("id") == "tower":
        yield f"{label} has no valid name"
    kind = field.get("type", "string")
    if kind not in ("string", "boolean"):
        yield f"{label} has the type {kind}"
    if field.get("format", "url") not in ("ssh_private_key", "url"):
        yield f"{label} has an unknown format"
    yield from _problems_of_types(label, kind, field)


def _problems_of_types(label: str, kind: str, field: t.Mapping[str, t.Any]) -> t.Iterator[str]:
    types_of_keys = {**dict.fromkeys(_TEXTS, str), **dict.fromkeys(_BOOLEANS, bool), "choices": list}
    types_of_keys["default"] = str if kind == "string" else bool
    for key, value in field.items():
        if not isinstance(value, types_of_keys.get(key, object)):
            yield f"{key} of {label} has the wrong type"
        if key in _OF_STRINGS and kind != "string":
            yield f"{label} is a boolean, which has no {key}"
