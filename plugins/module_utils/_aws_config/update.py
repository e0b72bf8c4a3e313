# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Update the AWS configuration file: one read, one plan, one atomic replacement.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import typing as t

from .._files.atomic import replace_file
from .._files.lock import locked
from .._files.owner import acting_as_owner
from .._files.snapshot import Snapshot, remember
from .desired import (
    AccessOptions,
    access_list,
    desired_profiles,
    desired_sessions,
    named_sections,
)
from .parser import (
    ConfigError,
    Document,
    UnreadableConfig,
    read_bytes,
)
from .planner import (
    Plan,
    Request,
    plan_changes,
)
from .validation import InputError, checked_owner

# Many tasks may queue for one file; each one holds the lock for well under a second.
_LOCK_TIMEOUT = 120.0
# An attempt fails only if another program writes within the same few milliseconds.
_ATTEMPTS = 50


class UpdateResult(t.NamedTuple):
    """The plan that was applied, or in check mode would be, and the path of the backup of the old file."""

    plan: Plan
    backup_file: t.Optional[str] = None


def request_from_options(options: t.Mapping[str, t.Any]) -> Request:
    """The request for the options of M(workstation.aws_sso.sso_profiles). Raises InputError."""
    absent = options["state"] == "absent"
    session_list, profile_list = (options[name] or [] for name in ("sessions", "profiles"))
    access = access_list(options["access"])
    access_options = AccessOptions(
        profile_name=options["profile_name"],
        region=options["region"],
        output=options["output"],
        options=options["options"],
        overrides=options["overrides"],
        accounts=options["accounts"],
        roles=options["roles"],
        exclude_accounts=options["exclude_accounts"],
        exclude_roles=options["exclude_roles"],
        exclude_organizational_units=options["exclude_organizational_units"],
        exclude_account_tags=options["exclude_account_tags"],
        account_aliases=options["account_aliases"],
    )
    if absent:
        sessions = named_sections("sso-session", session_list)
        profiles = desired_profiles([], access, access_options)
        profiles.update(named_sections("profile", profile_list))
    else:
        sessions = desired_sessions(session_list)
        profiles = desired_profiles(profile_list, access, access_options)
    default_profile = options["default_profile"]
    if default_profile == "default" or (default_profile and "default" in profiles):
        raise InputError("default_profile cannot be combined with a profile called default.")
    profile_sessions = (profile.settings.get("sso_session") for profile in profiles.values())
    return Request(
        sessions=sessions,
        profiles=profiles,
        absent=absent,
        default_profile=default_profile,
        force_default=options["force_default"],
        force=options["force"],
        adopt=options["adopt"],
        owner=checked_owner(options["owner"]),
        purge_sessions={*sessions, *filter(None, profile_sessions)} if options["purge"] else (),
    )


def update(
    path: str,
    credentials_path: str,
    request: Request,
    backup: t.Optional[t.Callable[[str], str]] = None,
    check_mode: bool = False,
) -> UpdateResult:
    """Apply *request* to the configuration file at *path*.

    *backup* copies the file with a given path and returns the path of the copy. With *check_mode*, nothing is
    written.

    Raises ConfigError, InputError, LockTimeout or OSError; the file is then unchanged.
    """
    try:
        with acting_as_owner(path):
            if check_mode:
                with _snapshot(path) as snapshot:
                    return UpdateResult(_plan(path, snapshot.content, credentials_path, request))
            with locked(os.path.realpath(path), _LOCK_TIMEOUT) as note:
                return _apply(path, credentials_path, request, backup, note)
    except TimeoutError:
        raise _in_motion(path) from None


def _apply(
    path: str,
    credentials_path: str,
    request: Request,
    backup: t.Optional[t.Callable[[str], str]],
    note: t.Optional[int],
) -> UpdateResult:
    """Replace the file until no other program, none of which takes the lock, has written at the same time."""
    late: t.Optional[bytes] = None
    for _attempt in range(_ATTEMPTS):
        with _snapshot(path, note) as snapshot:
            before = snapshot.content if late is None else late
            plan = _plan(path, before, credentials_path, request)
            data = late if plan.data is None else plan.data
            if data is None:
                return UpdateResult(plan)
            copy = backup(path) if backup and snapshot.content is not None else None
            if replace_file(path, data, is_current=snapshot.is_current):
                remember(path, note)
                late = snapshot.late_content(_is_complete)
                if late is None:
                    return UpdateResult(plan, copy)
            elif copy is not None:
                os.unlink(copy)
    raise _in_motion(path)


def _snapshot(path: str, note: t.Optional[int] = None) -> Snapshot:
    try:
        return Snapshot(path, _is_complete, note)
    except TimeoutError:
        raise
    except OSError as error:
        raise UnreadableConfig(path, error) from error


def _is_complete(content: bytes) -> bool:
    try:
        Document("", content)
    except ConfigError:
        return False
    return True


def _in_motion(path: str) -> ConfigError:
    return ConfigError(path, "Another program keeps changing the file. Try again when it has finished.")


def _plan(path: str, content: t.Optional[bytes], credentials_path: str, request: Request) -> Plan:
    document = Document(path, content or b"")
    try:
        credentials = Document(credentials_path, read_bytes(credentials_path) or b"")
    except ConfigError as error:
        if not request.absent and not isinstance(error, UnreadableConfig):
            raise InputError(
                f"{error} The AWS CLI and the SDKs reject all profiles until this file can be parsed."
            ) from None
        plan = plan_changes(document, request, Document(credentials_path, b""))
        plan.warnings.append(f"Profiles that the credentials file shadows are unknown. {error}")
        return plan
    return plan_changes(document, request, credentials)
