# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the names and values that are written to the AWS configuration file.

PRIVATE to the collection. Pure functions: nothing here reads a file. Every name and value is checked, because
the names of accounts and roles come from AWS and may have been chosen by an untrusted user.
"""

from __future__ import annotations

import re
import typing as t

from .._errors import WorkstationError
from .._sso.session_input import (
    InvalidSession,
    checked_region,
    checked_start_url,
    region_or_default,
)
from .._text import ACCOUNT_ID, account_id_hint
from .parser import Settings, header_for, name_in_header

CREDENTIAL_KEYS = frozenset(
    (
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "credential_process",
        "credential_source",
        "login_session",
        "role_arn",
        "source_profile",
        "web_identity_token_file",
    )
)

CHAIN_KEYS = ("role_arn", "source_profile")
"""The keys of a profile that assumes a role with the credentials of another profile."""

_SSO_KEYS = frozenset(
    (
        "sso_account_id",
        "sso_region",
        "sso_registration_scopes",
        "sso_role_name",
        "sso_session",
        "sso_start_url",
    )
)
_KEY = re.compile(r"[a-z_][a-z0-9_.-]*")
_NESTED_KEY = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_REGION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_OWNER = re.compile(r"[\w.-]+", re.ASCII)
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/(?:[\x21-\x7e]+/)?[\w+=,.@-]{1,64}", re.ASCII)
_DURATION = re.compile(r"9[0-9]{2}|[1-9][0-9]{3}|[1-3][0-9]{4}|4[0-2][0-9]{3}|43[01][0-9]{2}|43200")
_SCOPE = re.compile(r"[^\s,]+")
# Control characters and whatever some reader treats as a line break; lone surrogates cannot be encoded.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNPRINTABLE_SEQUENCE = re.compile(f"(?:{_UNPRINTABLE.pattern})+")
_COMMENT = re.compile(r"(?:^|\s)[#;]")
_NOT_IN_NAME = re.compile(r"[\[\]'\"\\]|[^\S ]|^[- ]|\s$")
_PLAIN_NAME = re.compile(r"[\w.@+%:/=,][\w.@+%:/=,-]*")
_PLAIN_VALUE = re.compile(r"[\w.@+%:/=,-]+")


class InputError(WorkstationError):
    """A session or profile that cannot be written; str() says which one, and what to do."""


def invalid(source: str, reason: str) -> InputError:
    """The error for *source*, such as "profile 'dev'"; an empty *source* is an option of the module."""
    return InputError(f"{source[0].upper()}{source[1:]}: {reason}" if source else reason)


def replace_unprintable(text: str, replacement: str) -> str:
    """*text* with *replacement* for each sequence of characters that no value must contain."""
    return _UNPRINTABLE_SEQUENCE.sub(replacement, text)


def checked_name(kind: str, name: str) -> str:
    """*name*, if every known reader reads a header with it as *name*; *kind* is profile or sso-session.

    Raises InputError.
    """
    if _PLAIN_NAME.fullmatch(name):
        return name
    if not name or _UNPRINTABLE.search(name) or _NOT_IN_NAME.search(name) or _COMMENT.search(name):
        raise InputError(
            f"{name!r} is not a valid {kind} name. A name must not be empty, start with a dash or a space, "
            "end with a space, have a word that starts with # or ;, or contain quotes, brackets, backslashes "
            "or control characters."
        )
    header = header_for(kind, name)
    if header != "default" and name_in_header(kind, header) != name:
        raise InputError(f"{name!r} is not a valid {kind} name. It would be read as a different name.")
    return name


def checked_owner(owner: t.Optional[str]) -> t.Optional[str]:
    """The option V(owner), which becomes part of a comment. Raises InputError."""
    if owner is None or _OWNER.fullmatch(owner):
        return owner
    raise InputError(f"owner must consist of letters, digits, dots, dashes and underscores, not {owner!r}.")


def sso_settings(entry: t.Mapping[str, t.Any], source: str) -> Settings:
    """The keys of a profile for the session, account_id and role_name of *entry*. Raises InputError."""
    return {
        "sso_session": checked_name("sso-session", required_string(entry, "session", source)),
        "sso_account_id": _account_id(entry, source),
        "sso_role_name": _value("role_name", required_string(entry, "role_name", source), source),
    }


def chain_settings(entry: t.Mapping[str, t.Any], source: str) -> Settings:
    """The keys of a profile for the role_arn and source_profile of *entry*. Raises InputError."""
    others = [name for name in ("session", "account_id", "role_name") if entry.get(name) is not None]
    if others:
        raise invalid(
            source,
            f"role_arn and source_profile cannot be combined with {', '.join(others)}. The profile in"
            " source_profile has the session, the account and the role to sign in with.",
        )
    options = {str(name).lower(): value for name, value in (entry.get("options") or {}).items()}
    duration = options.get("duration_seconds")
    if duration is not None and not _DURATION.fullmatch(str(duration)):
        raise invalid(source, f"duration_seconds must be a number from 900 to 43200, not {duration!r}.")
    example = "the ARN of a role, such as arn:aws:iam::111122223333:role/Deploy"
    return {
        "role_arn": _matched(_ROLE_ARN, entry, "role_arn", source, example),
        "source_profile": checked_name("profile", required_string(entry, "source_profile", source)),
    }


def session_settings(session: t.Mapping[str, t.Any], source: str) -> Settings:
    """The keys of an sso-session for an entry of the option V(sessions). Raises InputError."""
    scopes = session.get("registration_scopes") or ["sso:account:access"]
    region = region_or_default(session.get("start_url"), session.get("region"))
    return {
        "sso_start_url": _checked_by(checked_start_url, session, "start_url", source),
        "sso_region": _checked_by(checked_region, {**session, "region": region}, "region", source),
        "sso_registration_scopes": ",".join(_scope(scope, source) for scope in scopes),
        **checked_options(session.get("options"), source),
    }


def region_and_output(entry: t.Mapping[str, t.Any], source: str) -> Settings:
    """The keys for the region and output of *entry*, as far as it has them. Raises InputError."""
    settings: Settings = {}
    if entry.get("region"):
        settings["region"] = _matched(_REGION, entry, "region", source, "a region such as eu-west-1")
    if entry.get("output"):
        settings["output"] = _matched(_KEY, entry, "output", source, "an output format such as json")
    return settings


def checked_options(options: t.Optional[t.Mapping[str, t.Any]], source: str) -> Settings:
    """Additional keys of a section as they are written to the file; None removes a key. Raises InputError."""
    checked: Settings = {}
    for name, value in (options or {}).items():
        key = str(name).lower()
        if not _KEY.fullmatch(key):
            raise invalid(source, f"{name!r} in options is not a valid key of the AWS configuration file.")
        if key in _SSO_KEYS or key in CREDENTIAL_KEYS or key in ("region", "output"):
            raise invalid(source, f"options must not set {key}. {_reserved_text(key)}")
        if key in checked:
            raise invalid(source, f"options sets {key} twice. Keys are case-insensitive.")
        checked[key] = (
            _block(key, value, source) if isinstance(value, t.Mapping) else _value(key, value, source)
        )
    return checked


def _reserved_text(key: str) -> str:
    if key in CHAIN_KEYS:
        return f"Add a profile of its own to profiles, with {' and '.join(CHAIN_KEYS)}."
    return (
        "Use the options of the module for region, output and SSO. Other credentials cannot be combined"
        " with an SSO session."
    )


def checked_globs(option: str, globs: t.Optional[t.Iterable[t.Any]]) -> t.List[str]:
    """The globs of accounts in *option*, where a number must be a complete account ID. Raises InputError."""
    return [_glob(option, glob) for glob in globs or ()]


def checked_aliases(aliases: t.Optional[t.Mapping[t.Any, t.Any]]) -> t.Dict[str, str]:
    """The option V(account_aliases), by account ID. Raises InputError."""
    return {
        _account_id({"account_id": account}, "an entry of account_aliases"): required_string(
            {"alias": alias}, "alias", f"account {account} in account_aliases"
        )
        for account, alias in (aliases or {}).items()
    }


def required_string(entry: t.Mapping[str, t.Any], field: str, source: str) -> str:
    """The string *field* of *entry*, which must not be empty. Raises InputError."""
    value = entry.get(field)
    if not isinstance(value, str) or not value:
        raise invalid(source, f"{field} must be a non-empty string, not {value!r}.")
    return value


def _glob(option: str, glob: t.Any) -> str:
    if isinstance(glob, str):
        return glob
    if isinstance(glob, bool) or not isinstance(glob, int):
        raise InputError(f"{option} must contain strings, not {glob!r}.")
    if not ACCOUNT_ID.fullmatch(str(glob)):
        raise InputError(
            f"{option} contains the number {glob}, which is not an account ID. Quote it in YAML, because a"
            " number loses leading zeros."
        )
    return str(glob)


def _account_id(entry: t.Mapping[str, t.Any], source: str) -> str:
    value = entry.get("account_id")
    if isinstance(value, int):
        # A number of 12 digits has lost no leading zero, and is no octal number that YAML has converted.
        if isinstance(value, bool) or not ACCOUNT_ID.fullmatch(str(value)):
            raise invalid(
                source,
                f"account_id {value} is a number. Quote it in YAML, because a number loses leading zeros.",
            )
        return str(value)
    text = required_string(entry, "account_id", source)
    if not ACCOUNT_ID.fullmatch(text):
        hint = account_id_hint(text)
        raise invalid(source, f"account_id must be a string of 12 digits, not {text!r}. {hint}")
    return text


def _matched(
    pattern: t.Pattern[str], entry: t.Mapping[str, t.Any], field: str, source: str, expected: str
) -> str:
    text = required_string(entry, field, source)
    if not pattern.fullmatch(text):
        raise invalid(source, f"{field} must be {expected}, not {text!r}.")
    return t.cast(str, _value(field, text, source))


def _checked_by(check: t.Callable[[str], str], entry: t.Mapping[str, t.Any], field: str, source: str) -> str:
    try:
        text = check(required_string(entry, field, source))
    except InvalidSession as error:
        raise invalid(source, str(error)) from None
    return t.cast(str, _value(field, text, source))


def _scope(scope: t.Any, source: str) -> str:
    if not isinstance(scope, str) or not _SCOPE.fullmatch(scope) or _UNPRINTABLE.search(scope):
        raise invalid(
            source, f"registration_scopes must contain words such as sso:account:access, not {scope!r}."
        )
    return scope


def _value(key: str, value: t.Any, source: str) -> t.Optional[str]:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        raise invalid(source, f"The value of {key} must be a string or a number, not {value!r}.")
    text = str(value)
    if _PLAIN_VALUE.fullmatch(text):
        return text
    if _UNPRINTABLE.search(text) or _COMMENT.search(text) or text != text.strip():
        raise invalid(
            source,
            f"{text!r} cannot be the value of {key}. A value must not start or end with a space, contain "
            "control characters or line breaks, or have a word that starts with # or ;.",
        )
    return text


def _block(key: str, block: t.Mapping[str, t.Any], source: str) -> t.Dict[str, str]:
    checked: t.Dict[str, str] = {}
    for name, value in block.items():
        text = _value(f"{key}.{name}", value, source)
        if not _NESTED_KEY.fullmatch(str(name)) or text is None:
            raise invalid(source, f"{key}.{name} must be a valid key with a value.")
        checked[str(name)] = text
    if not checked:
        raise invalid(source, f"{key} is an empty dictionary. Add keys, or use null to remove it.")
    return checked
