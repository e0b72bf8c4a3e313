# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired sections of the AWS configuration file, from lists of sessions, profiles and access.

PRIVATE to the collection. Pure functions: nothing here reads a file.
"""

from __future__ import annotations

import fnmatch
import re
import typing as t

from .parser import Settings
from .profile_names import DEFAULT_TEMPLATE, NameTemplate
from .validation import (
    InputError,
    checked_name,
    checked_options,
    invalid,
    region_and_output,
    required_string,
    session_settings,
    sso_settings,
)

_ACCESS_TYPE = (
    "access must be a list of dictionaries as the lookup workstation.aws_sso.sso_access returns them"
)


class DesiredSection(t.NamedTuple):
    """A session or a profile with the keys that it must have; a key whose value is None is removed.

    *named_by_account* is whether its name contains the name of an account, which other people can choose.
    """

    name: str
    settings: Settings
    named_by_account: bool = False

    @property
    def source(self) -> str:
        """What messages call it."""
        if "sso_account_id" in self.settings:
            return _role(self.settings)
        return f"{'session' if 'sso_start_url' in self.settings else 'profile'} {self.name!r}"


class AccessOptions(t.NamedTuple):
    """The options of M(workstation.aws_sso.sso_profiles) for the profiles that it generates from V(access).

    *overrides* is a list of dictionaries, of which later ones take precedence. *accounts* and *roles* are
    shell patterns; None or an empty list selects everything.
    """

    profile_name: str = DEFAULT_TEMPLATE
    region: t.Optional[str] = None
    output: t.Optional[str] = None
    options: t.Optional[t.Mapping[str, t.Any]] = None
    overrides: t.Optional[t.Sequence[t.Mapping[str, t.Any]]] = None
    accounts: t.Optional[t.Sequence[str]] = None
    roles: t.Optional[t.Sequence[str]] = None
    exclude_accounts: t.Optional[t.Sequence[str]] = None
    exclude_roles: t.Optional[t.Sequence[str]] = None


def desired_sessions(sessions: t.Iterable[t.Mapping[str, t.Any]]) -> t.Dict[str, DesiredSection]:
    """The sso-session sections for the option V(sessions), by name. Raises InputError."""
    desired: t.Dict[str, DesiredSection] = {}
    for session in sessions:
        name = checked_name("sso-session", required_string(session, "name", "an entry of sessions"))
        _add(desired, DesiredSection(name, session_settings(session, f"session {name!r}")))
    return desired


def access_list(access: t.Any) -> t.List[t.Mapping[str, t.Any]]:
    """The option V(access) as a list: a lookup returns a single role as a dictionary. Raises InputError."""
    entries = [access] if isinstance(access, t.Mapping) else access or []
    if isinstance(entries, list) and all(isinstance(entry, t.Mapping) for entry in entries):
        return entries
    raise InputError(f"{_ACCESS_TYPE}.")


def desired_profiles(
    profiles: t.Iterable[t.Mapping[str, t.Any]],
    access: t.Iterable[t.Mapping[str, t.Any]],
    options: AccessOptions,
) -> t.Dict[str, DesiredSection]:
    """The profile sections for the options V(profiles) and V(access), by name. Raises InputError."""
    desired: t.Dict[str, DesiredSection] = {}
    for profile in profiles:
        name = checked_name("profile", required_string(profile, "name", "an entry of profiles"))
        source = f"profile {name!r}"
        settings = sso_settings(profile, source)
        settings.update(region_and_output(profile, source))
        settings.update(checked_options(profile.get("options"), source))
        _add(desired, DesiredSection(name, settings))
    generator = _Generator(options)
    for entry in access:
        generated = generator.profile(entry)
        if generated:
            _add(desired, generated)
    return desired


def access_filter(options: AccessOptions) -> t.Callable[[t.Mapping[str, t.Any]], bool]:
    """A function that returns whether an entry of V(access) is selected; its account_id is a string."""
    included = _Filter(options.accounts, options.roles)
    excluded = [
        _Filter(accounts, roles)
        for accounts, roles in ((options.exclude_accounts, None), (None, options.exclude_roles))
        if accounts or roles
    ]
    return lambda entry: included.matches(entry) and not any(other.matches(entry) for other in excluded)


def named_sections(kind: str, entries: t.Iterable[t.Mapping[str, t.Any]]) -> t.Dict[str, DesiredSection]:
    """Sections to remove, of which only the name matters. Raises InputError."""
    names = [checked_name(kind, required_string(entry, "name", kind)) for entry in entries]
    return {name: DesiredSection(name, {}) for name in names}


class _Generator:
    """Turns entries of V(access) into profiles; prepares once what does not depend on the entry."""

    def __init__(self, options: AccessOptions) -> None:
        self._name = NameTemplate(options.profile_name)
        self._common = region_and_output({"region": options.region, "output": options.output}, "")
        self._common.update(checked_options(options.options, ""))
        self._overrides = [_Override(override) for override in options.overrides or ()]
        self._is_selected = access_filter(options)

    def profile(self, entry: t.Mapping[str, t.Any]) -> t.Optional[DesiredSection]:
        """The profile for *entry*; None if it is not selected. Raises InputError."""
        if not isinstance(entry, t.Mapping):
            raise InputError(f"{_ACCESS_TYPE}. It contains {entry!r}.")
        settings = sso_settings(entry, "an entry of access")
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
            return DesiredSection(template.render(entry), settings, template.uses_account_name)
        except InputError as error:
            raise invalid(_role(settings), str(error)) from None


class _Filter:
    """Shell patterns for the ID or name of the account, and for the role; no patterns match everything."""

    def __init__(self, accounts: t.Optional[t.Sequence[str]], roles: t.Optional[t.Sequence[str]]) -> None:
        self._accounts = _pattern_filter(accounts)
        self._roles = _pattern_filter(roles)

    def matches(self, entry: t.Mapping[str, t.Any]) -> bool:
        return self._roles(entry["role_name"]) and (
            self._accounts(entry["account_id"]) or self._accounts(str(entry.get("account_name") or ""))
        )


class _Override:
    def __init__(self, override: t.Mapping[str, t.Any]) -> None:
        source = "an entry of overrides"
        self.filter = _Filter(override.get("accounts"), override.get("roles"))
        self.settings = region_and_output(override, source)
        self.settings.update(checked_options(override.get("options"), source))
        name = override.get("name")
        self.name = NameTemplate(name, "overrides[].name") if name else None


def _add(desired: t.Dict[str, DesiredSection], section: DesiredSection) -> None:
    other = desired.setdefault(section.name, section)
    if other.settings != section.settings:
        keys = {
            key
            for key in {*other.settings, *section.settings}
            if other.settings.get(key, "") != section.settings.get(key, "")
        }
        raise InputError(
            f"The name {section.name!r} is used twice with different {', '.join(sorted(keys))}: by "
            f"{other.source} and by {section.source}. Change one of them, profile_name or overrides."
        )


def _role(settings: Settings) -> str:
    return (
        f"role {settings['sso_role_name']!r} in account {settings['sso_account_id']} "
        f"of session {settings['sso_session']!r}"
    )


def _pattern_filter(patterns: t.Optional[t.Sequence[str]]) -> t.Callable[[str], bool]:
    """A function that returns whether a text matches one of *patterns*; no patterns match everything."""
    if not patterns:
        return lambda text: True
    matches = re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns)).match
    return lambda text: matches(text) is not None
