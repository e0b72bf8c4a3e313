# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terms and options of lookups and inventories, where Ansible's own option handling leaves something open.

PRIVATE to the collection. Ansible converts options to their types, but it ignores names that it does not
know, and passes the elements of lists on as they are: integers, vault values, nested lists, and omit.
"""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping

from ansible.errors import AnsibleOptionsError

try:
    from ansible.parsing.vault import EncryptedString as VaultValue
except ImportError:  # before ansible-core 2.19
    from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode as VaultValue  # type: ignore[no-redef]

Definitions = t.Mapping[str, t.Mapping[str, t.Any]]
_ACCOUNTS = ("account_id", "accounts", "exclude_accounts")


def lookup_options(
    plugin: t.Any, terms: t.Any, given: t.Mapping[str, t.Any]
) -> tuple[list[str], dict[str, t.Any]]:
    """The terms and the options of a lookup. Raises AnsibleOptionsError."""
    plugin.set_options(direct=plain_options(given, plugin.option_definitions))
    return texts("A term", terms), plugin.get_options()


def plain_options(given: t.Mapping[str, t.Any], definitions: Definitions) -> dict[str, t.Any]:
    """The options in *given* as Ansible can convert them all. Raises AnsibleOptionsError."""
    if not isinstance(given, Mapping):
        raise AnsibleOptionsError(f"A dictionary of {', '.join(definitions)} is required, not {given!r}.")
    refuse_unknown(given, definitions)
    return {
        name: _plain(name, value, definitions[name])
        for name, value in given.items()
        if value is not None and not _is_omitted(value)
    }


def refuse_unknown(given: t.Iterable[str], known: t.Collection[str]) -> None:
    """Raises AnsibleOptionsError for a name in *given* that is not *known*."""
    for name in given:
        if name not in known:
            from ..module_utils._text import did_you_mean  # the fast path of sso_credentials needs it rarely

            hint = did_you_mean(str(name), [option for option in known if option[0] != "_"])
            raise AnsibleOptionsError(f"There is no option '{name}'. {hint}".rstrip())


def texts(what: str, values: t.Iterable[t.Any]) -> list[str]:
    """The strings in *values*, which may be lists, vault values and integers. Raises AnsibleOptionsError."""
    found: list[str] = []
    for value in values:
        if isinstance(value, (str, int, VaultValue)) or not isinstance(value, Iterable):
            found += [] if _is_omitted(value) else [_text(what, value)]
        elif isinstance(value, Mapping):
            raise AnsibleOptionsError(f"{what} must be a string, not a dictionary.")
        else:
            found += texts(what, value)
    return found


def dictionary(what: str, value: t.Any) -> t.Mapping[t.Any, t.Any]:
    """*value*, if it is a dictionary. Raises AnsibleOptionsError without *value*, which may be a secret."""
    if isinstance(value, Mapping):
        return value
    raise AnsibleOptionsError(f"{what} must be a dictionary, not {type(value).__name__}.")


def is_encrypted(value: object) -> bool:
    """Whether *value* was encrypted with Ansible Vault where it was written."""
    return isinstance(value, VaultValue)


def _plain(name: str, value: t.Any, definition: t.Mapping[str, t.Any]) -> t.Any:
    kind = definition.get("type")
    if isinstance(value, VaultValue):
        value = str(value)
    if kind == "list" and definition.get("elements") == "str" and not isinstance(value, str):
        return texts(name, [value])
    if kind == "bool" and not isinstance(value, bool):
        return _truth(name, value)
    if kind == "int":
        return _number(name, value)
    if kind == "dict":
        return dictionary(name, value)
    if kind == "str":
        return _choice(_text(name, value), name, definition.get("choices"))
    return value


def _choice(value: str, name: str, choices: t.Sequence[str] | None) -> str:
    if choices and value not in choices:
        raise AnsibleOptionsError(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def _number(name: str, value: t.Any) -> int:
    try:
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return int(value)
    except ValueError:
        pass
    raise AnsibleOptionsError(f"{name} must be a whole number, not {value!r}.")


def _text(what: str, value: t.Any) -> str:
    if isinstance(value, VaultValue):
        return str(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise AnsibleOptionsError(f"{what} must be a string, not {type(value).__name__}.")
    text = str(value)
    if isinstance(value, int) and what in _ACCOUNTS and not (len(text) == 12 and text.isdigit()):
        raise AnsibleOptionsError(
            f"{what} must be a string of 12 digits, not the number {value}. Quote it in YAML: a number loses"
            " its leading zeros."
        )
    return text


def _truth(name: str, value: t.Any) -> bool:
    from ansible.module_utils.parsing.convert_bool import boolean

    try:
        return bool(boolean(value))
    except TypeError:
        raise AnsibleOptionsError(f"{name} must be true or false, not {value!r}.") from None


def _is_omitted(value: object) -> bool:
    """Whether this is the variable omit, which has no public type in any ansible-core."""
    if isinstance(value, str):
        return value.startswith("__omit_place_holder__")
    return type(value).__name__ == "_OmitType"
