# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option sessions of workstation_info: names of sessions, or definitions, which are validated here.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._aws_config.desired import desired_sessions
from .._aws_config.validation import InputError
from .._sso.session import (
    SsoSession,
    session_from_settings,
)
from .._sso.session_input import SESSION_DEFINITION, WHERE_TO_FIND_BOTH, region_or_default


def chosen_sessions(entries: t.Optional[t.Sequence[t.Any]]) -> t.Optional[t.List[t.Union[str, SsoSession]]]:
    """Turn *entries* into session names and validated definitions; None, for all sessions, stays None.

    Raises InputError for an entry that is neither, or for an incomplete or invalid definition.
    """
    return None if entries is None else [_chosen(entry) for entry in entries]


def _chosen(entry: t.Any) -> t.Union[str, SsoSession]:
    if isinstance(entry, str):
        return entry
    if not isinstance(entry, dict):
        raise InputError(f"An entry of sessions must be a name or a definition of a session, not {entry!r}.")
    definition = _validated(entry)
    if not definition["start_url"]:
        return str(definition["name"])
    if not region_or_default(definition["start_url"], definition["region"]):
        raise InputError(
            "A definition in sessions requires start_url, region and name, because its start URL"
            f" {definition['start_url']} does not contain the region. {WHERE_TO_FIND_BOTH}"
        )
    desired = next(iter(desired_sessions([definition]).values()))
    return session_from_settings(desired.name, desired.settings)


def _validated(entry: t.Dict[str, t.Any]) -> t.Dict[str, t.Any]:
    validator = ArgumentSpecValidator(
        {
            "sessions": {
                "type": "list",
                "elements": "dict",
                "options": SESSION_DEFINITION,
                "required_by": {"region": "start_url"},
            }
        }
    )
    result = validator.validate({"sessions": [entry]})
    if result.error_messages:
        raise InputError("; ".join(result.error_messages))
    (definition,) = result.validated_parameters["sessions"]
    return t.cast(t.Dict[str, t.Any], definition)
