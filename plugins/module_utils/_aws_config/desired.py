# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired sections of the AWS configuration file, from lists of sessions, profiles and access.

PRIVATE to the collection. Pure functions: nothing here reads a file.
"""

from __future__ import annotations

import collections.abc
import typing as t

from .._access.filter import access_matcher, checked_tag_globs
from .._access.profile_settings import ProfileSettings
from .parser import Settings
from .profile_names import DEFAULT_TEMPLATE, NameTemplate
from .validation import (
    CHAIN_KEYS,
    InputError,
    chain_settings,
    checked_aliases,
    checked_globs,
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

SETTINGS: t.Dict[str, t.Any] = {
    "region": {"type": "str"},
    "output": {"type": "str"},
    "options": {"type": "dict"},
}
PROFILE_DEFINITION: t.Dict[str, t.Any] = {
    "name": {"type": "str", "required": True},
    "session": {"type": "str"},
    "account_id": {"type": "raw"},
    "role_name": {"type": "str"},
    "role_arn": {"type": "str"},
    "source_profile": {"type": "str"},
    **SETTINGS,
}
OVERRIDE_DEFINITION: t.Dict[str, t.Any] = {
    "accounts": {"type": "list", "elements": "raw"},
    "roles": {"type": "list", "elements": "str"},
    "organizational_units": {"type": "list", "elements": "str"},
    "account_tags": {"type": "dict"},
    "name": {"type": "str"},
    **SETTINGS,
}
"""The argument specs of region, output and options, and of entries of profiles and overrides.

They are documented in the fragment _profiles.
"""


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
    shell patterns; None or an empty list selects everything. *exclude_account_tags* has one or more of them
    for the name of each tag, and excludes accounts with one of these tags.
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
    exclude_organizational_units: t.Optional[t.Sequence[str]] = None
    exclude_account_tags: t.Optional[t.Mapping[str, t.Any]] = None
    account_aliases: t.Optional[t.Mapping[t.Any, t.Any]] = None


def desired_sessions(sessions: t.Iterable[t.Mapping[str, t.Any]]) -> t.Dict[str, DesiredSection]:
    """The sso-session sections for the option V(sessions), by name. Raises InputError."""
    desired: t.Dict[str, DesiredSection] = {}
    for session in sessions:
        name = checked_name("sso-session", required_string(session, "name", "an entry of sessions"))
        _add(desired, DesiredSection(name, session_settings(session, f"session {name!r}")))
    return desired


def access_list(access: t.Any) -> t.List[t.Mapping[str, t.Any]]:
    """The option V(access) as a list: a lookup returns a single role as a dictionary. Raises InputError."""
    entries = [access] if isinstance(access, collections.abc.Mapping) else access or []
    if isinstance(entries, list) and all(isinstance(entry, collections.abc.Mapping) for entry in entries):
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
        is_chain = any(profile.get(key) is not None for key in CHAIN_KEYS)
        settings = (chain_settings if is_chain else sso_settings)(profile, source)
        settings.update(region_and_output(profile, source))
        settings.update(checked_options(profile.get("options"), source))
        _add(desired, DesiredSection(name, settings))
    generator = _Generator(options)
    access = list(access)
    _require_data(access, options)
    for entry in access:
        generated = generator.profile(entry)
        if generated:
            _add(desired, generated)
    return desired


def access_filter(options: AccessOptions) -> t.Callable[[t.Mapping[str, t.Any]], bool]:
    """A function that returns whether an entry of V(access) is selected; its account_id is a string."""
    included = access_matcher(checked_globs("accounts", options.accounts), options.roles)
    exclude_tags = checked_tag_globs("exclude_account_tags", options.exclude_account_tags)
    exclusions: t.List[t.Tuple[t.Any, ...]] = [
        (checked_globs("exclude_accounts", options.exclude_accounts),),
        (None, options.exclude_roles),
        (None, None, options.exclude_organizational_units),
        *((None, None, None, {name: globs}) for name, globs in exclude_tags.items()),
    ]
    excluded = [access_matcher(*lists) for lists in exclusions if any(lists)]
    if not excluded:
        return included
    return lambda entry: included(entry) and not any(other(entry) for other in excluded)


def named_sections(kind: str, entries: t.Iterable[t.Mapping[str, t.Any]]) -> t.Dict[str, DesiredSection]:
    """Sections to remove, of which only the name matters. Raises InputError."""
    names = [checked_name(kind, required_string(entry, "name", kind)) for entry in entries]
    return {name: DesiredSection(name, {}) for name in names}


class _Generator:
    """Turns entries of V(access) into profiles; prepares once what does not depend on the entry."""

    def __init__(self, options: AccessOptions) -> None:
        self._name = NameTemplate(options.profile_name)
        self._common = ProfileSettings(options._asdict(), "")
        self._overrides = [_Override(override) for override in options.overrides or ()]
        self._is_selected = access_filter(options)
        self._aliases = checked_aliases(options.account_aliases)

    def profile(self, entry: t.Mapping[str, t.Any]) -> t.Optional[DesiredSection]:
        """The profile for *entry*; None if it is not selected. Raises InputError."""
        settings = sso_settings(entry, "an entry of access")
        account_id = settings["sso_account_id"]
        alias = self._aliases.get(account_id) or entry.get("account_name")
        entry = {**entry, "account_id": account_id, "account_alias": alias}
        if not self._is_selected(entry):
            return None
        template = self._name
        try:
            settings.update(self._common.for_entry(entry))
            for override in self._overrides:
                if override.matches(entry):
                    settings.update(override.settings.for_entry(entry))
                    template = override.name or template
            return DesiredSection(template.render(entry), settings, template.uses_account_name)
        except InputError as error:
            raise invalid(_role(settings), str(error)) from None


class _Override:
    def __init__(self, override: t.Mapping[str, t.Any]) -> None:
        self.settings = ProfileSettings(override, "an entry of overrides")
        name = override.get("name")
        self.name = NameTemplate(name, "overrides[].name") if name else None
        self.matches = access_matcher(
            checked_globs("overrides[].accounts", override.get("accounts")),
            override.get("roles"),
            override.get("organizational_units"),
            checked_tag_globs("overrides[].account_tags", override.get("account_tags")),
        )


def _require_data(access: t.Sequence[t.Mapping[str, t.Any]], options: AccessOptions) -> None:
    """Raises InputError if *options* use data of the organization that no entry of *access* has."""
    for key, name in (("organizational_unit", "organizational_units"), ("tags", "account_tags")):
        if not access or any(entry.get(key) is not None for entry in access):
            continue
        users = ["An entry of overrides"] if any(item.get(name) for item in options.overrides or ()) else []
        users += [f"exclude_{name}"] if getattr(options, f"exclude_{name}") else []
        if users:
            raise InputError(
                f"{' and '.join(users)} {'use' if len(users) > 1 else 'uses'} {name}, but no entry of access"
                f" has the key {key}. List them with the option organization of the lookup sso_access, or"
                " select the accounts by their IDs or names."
            )


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
            f"{other.source} and by {section.source}. Change one of them, profile_name (in the role"
            " workstation: workstation_profile_name; for example '{session}-{account_name}-{role_name}') or"
            " overrides (workstation_profile_overrides)."
        )


def _role(settings: Settings) -> str:
    return (
        f"role {settings['sso_role_name']!r} in account {settings['sso_account_id']} "
        f"of session {settings['sso_session']!r}"
    )
