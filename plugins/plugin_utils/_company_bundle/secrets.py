# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in what is to be published.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._host.secrets import secrets_in
from ...module_utils._text import printable
from .._options import is_encrypted

_SECRET_NAME = re.compile(
    r"(?:^|[_-])(?:pass|pwd|passphrase|passcode|token|bearer|credential|credentials|pin|headers)$",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}|\beyJ[\w-]{8,}\.[\w-]+|\$ANSIBLE_VAULT;"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|aoa[a-z]{5}|hv[sbr]\.|npm_|pypi-|AIza|ATATT|ya29\.)[\w:/+=.-]{10,}"
)
_FROM_ENVIRONMENT = re.compile(
    r"\s*\{\{\s*lookup\(\s*(['\"])(?:ansible\.builtin\.)?env\1\s*,\s*(['\"])\w+\2\s*\)\s*(?:\|[^'\"{}]*)?\}\}\s*"
)
_PASSWORD_WITH_SLASH = re.compile(r"://[^[/\s?#]*:(?![0-9]*(?:[/?#\s]|$))\S*@")
_WITHOUT_SCHEME = re.compile(r"\s*[^\s:/@]+:(?!//)[^\s@]+@[\w.-]+(?::[0-9]+)?/?\s*")


def require_no_secret(variables: t.Mapping[str, t.Any]) -> None:
    """Refuse *variables* with a secret in them. Raises WorkstationError, which names where it is."""
    for place, reason in _found(variables, "", ""):
        raise WorkstationError(
            f"{printable(place)} {reason}, and everybody who can download the bundle could read it. Remove"
            " it from the variables for laptops. A value that each laptop has in its environment may be"
            " written as {{ lookup('ansible.builtin.env', 'NAME') }}."
        )


def _found(value: t.Any, place: str, name: str) -> t.Iterator[tuple[str, str]]:
    if is_encrypted(value):
        yield place, "is encrypted with Ansible Vault, so it is a secret"
    elif isinstance(value, t.Mapping):
        if value and name == "headers":
            yield place, "may contain the credentials of a server"
        for key, element in value.items():
            yield from _found(element, f"{place}.{key}" if place else str(key), str(key))
    elif isinstance(value, (list, tuple)):
        for number, element in enumerate(value):
            yield from _found(element, f"{place}[{number}]", name)
    elif isinstance(value, str) and not _FROM_ENVIRONMENT.fullmatch(value):
        yield from ((place, reason) for reason in _reasons(value, name))


def _reasons(text: str, name: str) -> t.Iterator[str]:
    if "PRIVATE KEY" in text:
        yield "contains a private key"
    if any(secrets_in(text)) or _PASSWORD_WITH_SLASH.search(text) or _WITHOUT_SCHEME.fullmatch(text):
        yield "contains a URL with a user name, a password or a signature"
    if _TOKEN.search(text):
        yield "contains a token or an access key"
    if text.strip() and (_SECRET_NAME.search(name) or any(secrets_in("x", name))):
        yield "is a secret by its name"
