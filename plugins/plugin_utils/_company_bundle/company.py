# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of the laptops, which become the file company.yml of a bundle.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import os
import re
import typing as t

import yaml
from ansible import context
from ansible.errors import AnsibleError
from ansible.utils.unsafe_proxy import AnsibleUnsafe
from ansible.utils.vars import load_extra_vars

from ...module_utils._errors import WorkstationError
from ...module_utils._text import printable
from .._options import is_encrypted

try:
    from ansible.template import is_trusted_as_template
except ImportError:  # before ansible-core 2.19

    def is_trusted_as_template(value: object) -> bool:
        return not isinstance(value, AnsibleUnsafe)


_NOT_FOR_LAPTOPS = re.compile(r"workstation_bundle_.*|ansible_.*|target")
_FILE_LOOKUP = re.compile(r"\b(?:lookup|query|q)\(\s*(['\"])(?:ansible\.builtin\.)?file\1")
_VAULT_LOOKUP = re.compile(r"\b(?:lookup|query|q)\(\s*(['\"])(?:ansible\.builtin\.)?unvault\1")
_ON_LAPTOPS = "workstation_bundle_files"
_TEMPLATE = re.compile(r"\{[{%#]")
_VAULT = b"$ANSIBLE_VAULT;"
_HEADER = "# The variables of the laptops, from the options -e of the playbook company_bundle.\n---\n"


def extra_variables(loader: t.Any) -> dict[str, t.Any]:
    """The variables of the options -e, without those for this playbook alone; templates are not evaluated.

    Raises WorkstationError for a file that is encrypted.
    """
    for option in context.CLIARGS.get("extra_vars") or ():
        text = str(option)
        if (
            text.startswith("@")
            and _is_vault_file(text[1:])
            and _for_laptops(loader.load_from_file(text[1:]))
        ):
            raise WorkstationError(
                f"{text[1:]} is encrypted with Ansible Vault, so it contains secrets, and everybody who can"
                " download the bundle could read them. Give the variables for laptops in a file of their"
                " own, without secrets."
            )
    return _for_laptops(load_extra_vars(loader))


def with_files(variables: t.Mapping[str, t.Any], evaluate: t.Callable[[t.Any], t.Any]) -> dict[str, t.Any]:
    """*variables* with the content of files that they look up on the controller.

    Laptops do not have these files. Those in the bundle, below workstation_bundle_files, are looked up by the
    laptops. Raises WorkstationError.
    """
    found = dict(variables)
    for name, value in variables.items():
        if _matches(_VAULT_LOOKUP, value):
            raise WorkstationError(
                f"{name} looks up a file that is encrypted with Ansible Vault, so it is a secret, and"
                " everybody who can download the bundle could read it. Remove it from the variables for"
                " laptops."
            )
        if _matches(_FILE_LOOKUP, value):
            try:
                found[name] = evaluate(value)
            except AnsibleError as error:
                raise WorkstationError(f"{name} cannot be evaluated: {error}") from error
    return found


def require_sessions(variables: t.Mapping[str, t.Any]) -> None:
    """Refuse variables with which no laptop could be set up. Raises WorkstationError."""
    if not variables.get("workstation_sessions"):
        raise WorkstationError(
            "The variables for laptops have no workstation_sessions. Describe your company in a file, such"
            " as the company.yml of the README, and add -e @company.yml to the command."
        )


def dump_variables(variables: t.Mapping[str, t.Any]) -> bytes:
    """The YAML file of *variables*, with their templates."""
    text = yaml.dump(_plain(variables), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return (_HEADER + text).encode()


def _for_laptops(variables: t.Any) -> dict[str, t.Any]:
    found = variables.items() if isinstance(variables, t.Mapping) else ()
    return {str(name): value for name, value in found if not _NOT_FOR_LAPTOPS.fullmatch(str(name))}


def _is_vault_file(path: str) -> bool:
    try:
        with open(os.path.expanduser(path), "rb") as stream:
            return stream.read(len(_VAULT)) == _VAULT
    except OSError:
        return False


def _matches(lookup: re.Pattern[str], value: t.Any) -> bool:
    """Whether *lookup* is in a template of *value*, and not for a file that laptops have."""
    if is_encrypted(value):
        return False
    if isinstance(value, str):
        return bool(lookup.search(value)) and _ON_LAPTOPS not in value
    if isinstance(value, t.Mapping):
        return any(_matches(lookup, element) for element in value.values())
    return isinstance(value, (list, tuple)) and any(_matches(lookup, element) for element in value)


class _Unsafe(str):
    """A text that is not a template although it looks like one."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: t.Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> t.Any:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", text))


def _plain(value: t.Any) -> t.Any:
    """*value* in types of Python alone: Ansible's own ones carry tags."""
    if isinstance(value, t.Mapping):
        return {_plain(name): _plain(content) for name, content in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(element) for element in value]
    if isinstance(value, str):
        unsafe = bool(_TEMPLATE.search(value)) and not is_trusted_as_template(value)
        text = str.__str__(value)  # str() returns the same object for texts of ansible-core 2.16
        return _Unsafe(text) if unsafe else text
    if value is None or isinstance(value, bool):
        return value
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    raise WorkstationError(
        f"A variable for laptops has a value that is not YAML: {printable(str(type(value)))}."
    )
