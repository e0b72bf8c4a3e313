# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One read, one plan, one atomic replacement of the AWS configuration file.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import time
import typing as t

from .._files.atomic import replace_file
from .._files.lock import locked
from .desired import (
    InputError,
    Naming,
    access_list,
    named_sections,
    wanted_profiles,
    wanted_sessions,
)
from .parser import (
    ConfigError,
    Document,
    Settings,
    read_bytes,
)
from .planner import (
    Plan,
    Request,
    plan_changes,
)

_SECONDS_FOR_THE_LOCK = 120.0
_SECONDS_OF_ANOTHER_WRITER = 0.05
_ATTEMPTS = 50


class UpdateResult(t.NamedTuple):
    """The plan that was carried out, or in check mode would be, and the path of the copy of the old file."""

    plan: Plan
    backup_file: t.Optional[str] = None


def request_from_options(options: t.Mapping[str, t.Any]) -> Request:
    """The request in the options of M(workstation.aws_sso.sso_profiles). Raises InputError."""
    absent = options["state"] == "absent"
    session_list, profile_list = (options[name] or [] for name in ("sessions", "profiles"))
    access = access_list(options["access"])
    naming = Naming(*(options[name] for name in Naming._fields))
    if absent:
        sessions = named_sections("sso-session", session_list)
        profiles = wanted_profiles([], access, naming)
        profiles.update(named_sections("profile", profile_list))
    else:
        sessions = wanted_sessions(session_list)
        profiles = wanted_profiles(profile_list, access, naming)
    default_profile = options["default_profile"]
    if default_profile == "default" or (default_profile and "default" in profiles):
        raise InputError("[default] cannot be a wanted profile and the mirror of default_profile at once")
    named_by_profiles = (profile.settings.get("sso_session") for profile in profiles.values())
    return Request(
        sessions=sessions,
        profiles=profiles,
        absent=absent,
        default_profile=default_profile,
        force_default=options["force_default"],
        purge_sessions={*sessions, *filter(None, named_by_profiles)} if options["purge"] else (),
    )


def update(
    path: str,
    credentials_path: str,
    request: Request,
    backup: t.Optional[t.Callable[[str], str]] = None,
    check_mode: bool = False,
) -> UpdateResult:
    """Bring the configuration file at *path* to what *request* says.

    *backup* copies a file and returns the path of the copy.

    Raises ConfigError, InputError, LockTimeout or OSError; the file is then as it was.
    """
    if check_mode:
        return UpdateResult(_plan(path, _settled_content(path), credentials_path, request))
    with locked(os.path.realpath(path), _SECONDS_FOR_THE_LOCK):
        for _attempt in range(_ATTEMPTS):
            before = _settled_content(path)
            plan = _plan(path, before, credentials_path, request)
            if plan.data is None:
                return UpdateResult(plan)
            # Other tools take no lock of ours; what they wrote since we read must not be lost.
            if read_bytes(path) == before:
                copy = backup(path) if backup and before is not None else None
                replace_file(path, plan.data)
                return UpdateResult(plan, copy)
    raise ConfigError(path, "another program keeps changing it; try again when that has ended")


def _plan(path: str, content: t.Optional[bytes], credentials_path: str, request: Request) -> Plan:
    document = Document(path, content or b"")
    credentials: t.Dict[str, Settings] = {}
    try:
        credentials = dict(Document(credentials_path, read_bytes(credentials_path) or b"").contents())
    except ConfigError as error:
        plan = plan_changes(document, request, credentials)
        plan.warnings.append(f"profiles that it shadows are not known, since {error}")
        return plan
    return plan_changes(document, request, credentials)


def _settled_content(path: str) -> t.Optional[bytes]:
    """The content of the file, or None when there is none.

    The AWS CLI truncates the file before it writes it again, so an empty file that is new gets time to fill.
    """
    deadline = time.monotonic() + _SECONDS_OF_ANOTHER_WRITER
    while True:
        content = read_bytes(path)
        if content != b"" or time.monotonic() > deadline or _age(path) > _SECONDS_OF_ANOTHER_WRITER:
            return content
        time.sleep(0.01)


def _age(path: str) -> float:
    try:
        return time.time() - os.stat(path).st_mtime
    except FileNotFoundError:
        return 0.0
