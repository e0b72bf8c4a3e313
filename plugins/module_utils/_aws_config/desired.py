# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From lists of sessions, profiles and access to the sections that the AWS configuration file should hold.

PRIVATE to the collection. Pure functions: nothing here reads a file. Every name and value is checked, because
names of accounts and roles come from AWS, where people whom we do not trust may choose them.
"""

from __future__ import annotations

import fnmatch
import functools
import re
import string
import typing as t

from .._errors import WorkstationError
from .._sso.session_input import (
    InvalidSession,
    checked_region,
    checked_start_url,
)
from .._text import ACCOUNT_ID
from .parser import Settings, name_in_header

NAME_FIELDS = ("account_id", "account_name", "role_name", "email", "session")
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
_REGION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SCOPE = re.compile(r"[^\s,]+")
# Control characters and whatever some reader takes for the end of a line; lone surrogates cannot be encoded.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_COMMENT = re.compile(r"(?:^|\s)[#;]")
_NOT_IN_NAME = re.compile(r"[\[\]'\"\\]|[^\S ]|^[- ]|\s$")
_NOT_SAFE = re.compile(r"[^\w.@+%:/=,-]+")
_PLAIN_NAME = re.compile(r"[\w.@+%:/=,][\w.@+%:/=,-]*")
_PLAIN_VALUE = re.compile(r"[\w.@+%:/=,-]+")


class InputError(WorkstationError):
    """A wanted session or profile that cannot be written; str() says which one, and what to do."""


class WantedSection(t.NamedTuple):
    """A session or a profile with the keys that it must have; the value None stands for a key to remove."""

    name: str
    settings: Settings

    @property
    def source(self) -> str:
        """What a person calls it."""
        if "sso_account_id" in self.settings:
            return _target(self.settings)
        return f"{'session' if 'sso_start_url' in self.settings else 'profile'} {self.name!r}"


class Naming(t.NamedTuple):
    """How access becomes profiles; *overrides* is a list of dictionaries, later ones win.

    Entries whose account or role is not selected do not become profiles; without patterns, *accounts* and
    *roles* select all.
    """

    profile_name: str = "{role_name}-{account_id}"
    region: t.Optional[str] = None
    output: t.Optional[str] = None
    options: t.Optional[t.Mapping[str, t.Any]] = None
    overrides: t.Optional[t.Sequence[t.Mapping[str, t.Any]]] = None
    accounts: t.Optional[t.Sequence[str]] = None
    roles: t.Optional[t.Sequence[str]] = None
    exclude_accounts: t.Optional[t.Sequence[str]] = None
    exclude_roles: t.Optional[t.Sequence[str]] = None


def wanted_sessions(sessions: t.Iterable[t.Mapping[str, t.Any]]) -> t.Dict[str, WantedSection]:
    """The sso-session sections for the option V(sessions). Raises InputError."""
    wanted: t.Dict[str, WantedSection] = {}
    for session in sessions:
        name = checked_name("sso-session", _text(session, "name", "an entry of sessions"))
        source = f"session {name!r}"
        scopes = session.get("registration_scopes") or ["sso:account:access"]
        settings = {
            "sso_start_url": _checked_by(checked_start_url, session, "start_url", source),
            "sso_region": _checked_by(checked_region, session, "region", source),
            "sso_registration_scopes": ",".join(_scope(scope, source) for scope in scopes),
        }
        _add(wanted, WantedSection(name, settings))
    return wanted


def access_list(access: t.Any) -> t.List[t.Mapping[str, t.Any]]:
    """The option V(access) as a list: a lookup returns one role as a dictionary. Raises InputError."""
    entries = [access] if isinstance(access, t.Mapping) else access or []
    if isinstance(entries, list) and all(isinstance(entry, t.Mapping) for entry in entries):
        return entries
    raise InputError("access must be a list of dictionaries as the lookup sso_access returns")


def wanted_profiles(
    profiles: t.Iterable[t.Mapping[str, t.Any]], access: t.Iterable[t.Mapping[str, t.Any]], naming: Naming
) -> t.Dict[str, WantedSection]:
    """The profile sections for the options V(profiles) and V(access). Raises InputError."""
    wanted: t.Dict[str, WantedSection] = {}
    for profile in profiles:
        name = checked_name("profile", _text(profile, "name", "an entry of profiles"))
        source = f"profile {name!r}"
        settings = _sso_settings(profile, source)
        settings.update(_region_and_output(profile, source))
        settings.update(checked_options(profile.get("options"), source))
        _add(wanted, WantedSection(name, settings))
    generator = _Generator(naming)
    for entry in access:
        generated = generator.profile(entry)
        if generated:
            _add(wanted, generated)
    return wanted


def selection(naming: Naming) -> t.Callable[[t.Mapping[str, t.Any]], bool]:
    """A test whether an entry of V(access) becomes a profile. Its ID and role are strings."""
    included = _Filter(naming.accounts, naming.roles)
    excluded = [
        _Filter(accounts, roles)
        for accounts, roles in ((naming.exclude_accounts, None), (None, naming.exclude_roles))
        if accounts or roles
    ]
    return lambda entry: included.matches(entry) and not any(other.matches(entry) for other in excluded)


def named_sections(kind: str, entries: t.Iterable[t.Mapping[str, t.Any]]) -> t.Dict[str, WantedSection]:
    """Sections of which the name alone matters, because they are to go. Raises InputError."""
    names = [checked_name(kind, _text(entry, "name", f"a {kind}")) for entry in entries]
    return {name: WantedSection(name, {}) for name in names}


def header_for(kind: str, name: str) -> str:
    """What stands between the brackets for a section of *kind* (profile or sso-session) called *name*.

    A name with a blank has the quotes that the AWS CLI uses; with others its writer misses the section.
    """
    if kind == "profile" and name == "default":
        return "default"
    return f"{kind} '{name}'" if " " in name else f"{kind} {name}"


def checked_name(kind: str, name: str) -> str:
    """*name*, if a header with it is read back as *name* by every reader we know. Raises InputError."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    if not name or _UNPRINTABLE.search(name) or _NOT_IN_NAME.search(name) or _COMMENT.search(name):
        raise InputError(
            f"{name!r} cannot be the name of a {kind}: a name must not be empty, begin with a dash or a "
            "blank, end with a blank, begin a word with # or ;, or hold quotes, brackets, backslashes or "
            "control characters"
        )
    header = header_for(kind, name)
    if header != "default" and name_in_header(kind, header) != name:
        raise InputError(f"{name!r} cannot be the name of a {kind}: it would be read as another name")
    return name


def checked_options(options: t.Optional[t.Mapping[str, t.Any]], source: str) -> Settings:
    """Further keys for a profile as they will stand in the file; None removes a key. Raises InputError."""
    checked: Settings = {}
    for name, value in (options or {}).items():
        key = str(name).lower()
        if not _KEY.fullmatch(key):
            raise InputError(f"{source}: {name!r} cannot be a key of the configuration file")
        if key in _SSO_KEYS or key in CREDENTIAL_KEYS or key in ("region", "output"):
            raise InputError(
                f"{source}: options must not set {key}; region, output and the sso_ keys have options of "
                "their own, and other credentials do not go together with a session"
            )
        if key in checked:
            raise InputError(f"{source}: options sets {key} twice, keys have no case")
        checked[key] = (
            _block(key, value, source) if isinstance(value, t.Mapping) else _value(key, value, source)
        )
    return checked


class _Generator:
    """Turns entries of V(access) into profiles; all that does not depend on the entry is prepared once."""

    def __init__(self, naming: Naming) -> None:
        self._name = _Template(naming.profile_name, "profile_name")
        self._common = _region_and_output({"region": naming.region, "output": naming.output}, "access")
        self._common.update(checked_options(naming.options, "access"))
        self._overrides = [_Override(override) for override in naming.overrides or ()]
        self._is_selected = selection(naming)

    def profile(self, entry: t.Mapping[str, t.Any]) -> t.Optional[WantedSection]:
        """The profile for *entry*; None if it is not selected. Raises InputError."""
        if not isinstance(entry, t.Mapping):
            raise InputError(
                f"access must be a list of dictionaries as the lookup sso_access returns, not {entry!r}"
            )
        settings = _sso_settings(entry, "access")
        entry = {**entry, "account_id": settings["sso_account_id"]}
        if not self._is_selected(entry):
            return None
        settings.update(self._common)
        template = self._name
        for override in self._overrides:
            if override.filter.matches(entry):
                settings.update(override.settings)
                template = override.name or template
        try:
            return WantedSection(template.name(entry), settings)
        except InputError as error:
            raise InputError(f"{_target(settings)}: {error}") from None


class _Filter:
    """Shell patterns for the ID or name of the account, and for the role; no patterns match everything."""

    def __init__(self, accounts: t.Optional[t.Sequence[str]], roles: t.Optional[t.Sequence[str]]) -> None:
        self._accounts = _globs(accounts)
        self._roles = _globs(roles)

    def matches(self, entry: t.Mapping[str, t.Any]) -> bool:
        return self._roles(entry["role_name"]) and (
            self._accounts(entry["account_id"]) or self._accounts(str(entry.get("account_name") or ""))
        )


class _Override:
    def __init__(self, override: t.Mapping[str, t.Any]) -> None:
        where = "an entry of overrides"
        self.filter = _Filter(override.get("accounts"), override.get("roles"))
        self.settings = _region_and_output(override, where)
        self.settings.update(checked_options(override.get("options"), where))
        name = override.get("name")
        self.name = _Template(name, "the name of an override") if name else None


class _Template:
    """A format string of plain fields such as {role_name}-{account_id}."""

    def __init__(self, text: str, option: str) -> None:
        self._text = text
        try:
            self._parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise InputError(f"{option} {text!r} is not a format string: {error}") from error
        for _literal, field, form, conversion in self._parts:
            if field is not None and (field not in NAME_FIELDS or form or conversion):
                raise InputError(
                    f"{option} {text!r} holds {{{field}}}; the fields are "
                    + ", ".join(f"{{{known}}}" for known in NAME_FIELDS)
                )

    def name(self, entry: t.Mapping[str, t.Any]) -> str:
        parts = []
        for literal, field, _form, _conversion in self._parts:
            parts.append(literal)
            if field:
                value = str(entry.get(field) or "")
                parts.append(_made_safe(value) or self._refuse(field, value))
        return checked_name("profile", "".join(parts).lstrip("-"))

    def _refuse(self, field: str, value: str) -> t.NoReturn:
        raise InputError(
            f"its {field} {value!r} leaves nothing for the profile name {self._text!r}; "
            "name the profile by another field, or by an entry of overrides"
        )


@functools.lru_cache(maxsize=1024)
def _made_safe(value: str) -> str:
    safe = _NOT_SAFE.sub("-", value)
    return value if safe == value else safe.strip("-")


def _add(wanted: t.Dict[str, WantedSection], section: WantedSection) -> None:
    other = wanted.setdefault(section.name, section)
    if other.settings != section.settings:
        keys = {
            key
            for key in {*other.settings, *section.settings}
            if other.settings.get(key, "") != section.settings.get(key, "")
        }
        raise InputError(
            f"the name {section.name!r} is wanted twice with different {', '.join(sorted(keys))}: by "
            f"{other.source} and by {section.source}; change one of them, profile_name or overrides"
        )


def _target(settings: Settings) -> str:
    return (
        f"role {settings['sso_role_name']!r} in account {settings['sso_account_id']} "
        f"of session {settings['sso_session']!r}"
    )


def _sso_settings(entry: t.Mapping[str, t.Any], source: str) -> Settings:
    return {
        "sso_session": checked_name("sso-session", _text(entry, "session", source)),
        "sso_account_id": _account_id(entry, source),
        "sso_role_name": _value("role_name", _text(entry, "role_name", source), source),
    }


def _region_and_output(entry: t.Mapping[str, t.Any], source: str) -> Settings:
    settings: Settings = {}
    if entry.get("region"):
        settings["region"] = _matched(_REGION, entry, "region", source, "a region such as eu-west-1")
    if entry.get("output"):
        settings["output"] = _matched(_KEY, entry, "output", source, "an output format such as json")
    return settings


def _account_id(entry: t.Mapping[str, t.Any], source: str) -> str:
    value = entry.get("account_id")
    if isinstance(value, int):
        # One of 12 digits cannot have lost a zero, nor can it be an octal number that YAML has converted.
        if isinstance(value, bool) or not ACCOUNT_ID.fullmatch(str(value)):
            raise InputError(
                f"{source}: account_id {value} is a number; quote it in YAML, as a number loses leading zeros"
            )
        return str(value)
    text = _text(entry, "account_id", source)
    if not ACCOUNT_ID.fullmatch(text):
        hint = ""
        if text.isdigit() and len(text) < 12:
            hint = f"; it has {len(text)}: were its leading zeros lost?"
        raise InputError(f"{source}: account_id {text!r} is not a string of 12 digits{hint}")
    return text


def _text(entry: t.Mapping[str, t.Any], field: str, source: str) -> str:
    value = entry.get(field)
    if not isinstance(value, str) or not value:
        raise InputError(f"{source}: {field} must be a string that is not empty, not {value!r}")
    return value


def _matched(
    pattern: t.Pattern[str], entry: t.Mapping[str, t.Any], field: str, source: str, wanted: str
) -> str:
    text = _text(entry, field, source)
    if not pattern.fullmatch(text):
        raise InputError(f"{source}: {field} {text!r} is not {wanted}")
    return t.cast(str, _value(field, text, source))


def _checked_by(check: t.Callable[[str], str], entry: t.Mapping[str, t.Any], field: str, source: str) -> str:
    try:
        text = check(_text(entry, field, source))
    except InvalidSession as error:
        raise InputError(f"{source}: {error}") from None
    return t.cast(str, _value(field, text, source))


def _scope(scope: t.Any, source: str) -> str:
    if not isinstance(scope, str) or not _SCOPE.fullmatch(scope) or _UNPRINTABLE.search(scope):
        raise InputError(f"{source}: registration scope {scope!r} is not a word such as sso:account:access")
    return scope


def _value(key: str, value: t.Any, source: str) -> t.Optional[str]:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        raise InputError(f"{source}: the value of {key} must be a string or a number, not {value!r}")
    text = str(value)
    if _PLAIN_VALUE.fullmatch(text):
        return text
    if _UNPRINTABLE.search(text) or _COMMENT.search(text) or text != text.strip():
        raise InputError(
            f"{source}: {text!r} cannot be the value of {key}: a value must not begin or end with a blank, "
            "hold control characters or line breaks, or begin a word with # or ;"
        )
    return text


def _block(key: str, block: t.Mapping[str, t.Any], source: str) -> t.Dict[str, str]:
    checked: t.Dict[str, str] = {}
    for name, value in block.items():
        text = _value(f"{key}.{name}", value, source)
        if not re.fullmatch(r"[A-Za-z_][\w.-]*", str(name), re.ASCII) or text is None:
            raise InputError(f"{source}: {key}.{name} is not a key with a value")
        checked[str(name)] = text
    if not checked:
        raise InputError(f"{source}: {key} is an empty dictionary; give it keys, or null to remove it")
    return checked


def _globs(patterns: t.Optional[t.Sequence[str]]) -> t.Callable[[str], bool]:
    """A test whether a text matches one of *patterns*; no patterns match everything."""
    if not patterns:
        return lambda text: True
    matches = re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns)).match
    return lambda text: matches(text) is not None
