# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about values with quotes, comments or other characters that the AWS CLI takes as a part of them.

PRIVATE to the collection.
"""

from __future__ import annotations

import collections
import re
import typing as t

from ..._aws_config.parser import Settings
from ..._sso.endpoints import REGION
from ..._sso.session_input import InvalidSession, checked_start_url
from ..._text import ACCOUNT_ID, ROLE_NAME, shortened_list
from ..config import Configuration
from ..finding import MOST_SHOWN, Finding, for_profiles
from .keys import SSO_SESSION_KEYS

_AROUND = " \t'\"\x60<>\u200b\ufeff"
_COMMENT = re.compile(r"(?:^|\s)[#;].*", re.DOTALL)
_HOST_LABEL = re.compile(r"(?![0-9]+\Z)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)", re.ASCII)
_ORDINARY_URL = re.compile(r"[!-~]+")
_IN_NO_URL = re.compile(r"[\"'<>\\^\x60{|}]")
_OUTPUTS = ("json", "off", "table", "text", "yaml", "yaml-stream")


class Fault(t.NamedTuple):
    """What is wrong with the value of *key*, as the end of a sentence; *intended* is the value meant, or "".

    The value itself is not shown: it may be a secret in the wrong place.
    """

    key: str
    text: str
    intended: str


def _is_start_url(value: str) -> bool:
    if not _ORDINARY_URL.fullmatch(value) or _IN_NO_URL.search(value):
        return False
    try:
        checked_start_url(value)
    except InvalidSession:
        return False
    return True


def _start_url_fault(value: str) -> str:
    if not value.startswith("https://"):
        return "does not begin with https://"
    return "is not the URL of an AWS access portal, such as https://acme.awsapps.com/start"


def _is_region(value: str) -> bool:
    return REGION.fullmatch(value) is not None


_CHECKS: t.Dict[str, t.Tuple[t.Callable[[str], bool], t.Callable[[str], str]]] = {
    "sso_start_url": (_is_start_url, _start_url_fault),
    "sso_region": (_is_region, lambda _value: "is not a region such as eu-west-1"),
    "sso_account_id": (
        lambda value: ACCOUNT_ID.fullmatch(value) is not None,
        lambda _value: "is not an account ID of 12 digits",
    ),
    "sso_role_name": (
        lambda value: ROLE_NAME.fullmatch(value) is not None,
        lambda _value: "is not the name of a role, such as ReadOnly",
    ),
    "region": (
        lambda value: not value or _HOST_LABEL.fullmatch(value) is not None,
        lambda _value: "is not a region such as eu-west-1",
    ),
    "output": (
        lambda value: not value or value in _OUTPUTS,
        lambda _value: f"is not one of {', '.join(_OUTPUTS)}",
    ),
    "cli_pager": (
        lambda value: value not in ("''", '""'),
        lambda _value: "consists of quotes, which the AWS CLI takes for the name of a program",
    ),
}


def value_fault(settings: Settings, key: str) -> t.Optional[Fault]:
    """What is wrong with the value of *key*; None if it is valid, absent, or on several lines."""
    value = settings.get(key)
    if not isinstance(value, str) or "\n" in value or key not in _CHECKS:
        return None  # indented lines are a finding of their own
    is_valid, text = _CHECKS[key]
    if is_valid(value):
        return None
    intended = plain_value(key, value)
    return Fault(key, text(value) if value else "is empty", intended if is_valid(intended) else "")


def plain_value(key: str, value: str) -> str:
    """*value* without a comment behind it and without quotes or the like around it."""
    text = value.strip(_AROUND)
    for _attempt in range(2):
        text = _COMMENT.sub("", text).strip(_AROUND)
    return re.sub(r"[\s-]", "", text) if key == "sso_account_id" else text


def change_value(configuration: Configuration, kind: str, name: str, fault: Fault) -> str:
    """The fix for *fault* of the section *name*."""
    where_it_is = configuration.place(kind, name, fault.key)
    if fault.intended or fault.key == "cli_pager":
        return f"{where_it_is}, change it to {fault.key} = {fault.intended}".rstrip()
    if fault.key in ("region", "output"):
        return f"{where_it_is}, correct or delete {fault.key}"
    return f"{where_it_is}, correct {fault.key}"


def value_findings(configuration: Configuration) -> t.Iterator[Finding]:
    """Profiles with a value that is not valid; those of sessions are found with the sessions."""
    found: t.Dict[t.Tuple[str, str], t.List[t.Tuple[str, Fault]]] = collections.defaultdict(list)
    profiles = configuration.profiles
    for name, settings in profiles.items():
        for key in _CHECKS:
            if key in SSO_SESSION_KEYS and settings.get("sso_session"):
                continue  # they must be those of the session, which is checked
            fault = value_fault(settings, key)
            if fault is not None:
                found[key, fault.text].append((name, fault))
    for (key, text), faults in found.items():
        name, fault = faults[0]
        yield Finding(
            "profile-invalid-value",
            "warning" if key in ("output", "cli_pager") else "error",
            f"profile {shortened_list([name for name, _fault in faults], MOST_SHOWN)}",
            f"{key} {text}.",
            "The AWS CLI and the SDKs take the whole line as the value, with quotes and comments.",
            for_profiles(
                [name for name, _fault in faults], change_value(configuration, "profile", name, fault)
            ),
        )
