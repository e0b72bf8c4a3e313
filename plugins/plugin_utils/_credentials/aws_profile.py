# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS_PROFILE in the environment of Ansible, which gets in the way of keys that a task is given.

PRIVATE to the collection. botocore looks the profile up before it uses any keys, and fails without one of
that name; amazon.aws refuses keys together with a profile. botocore takes even an empty value for a name, so
neither an option of a module nor the environment keyword of a task can override the variables. Removing them
from the worker does: that is the process that runs only this task on this host, and local modules inherit its
environment. Inventories run in the process that starts the workers, where nothing is removed: tasks and other
inventories may depend on the variables.
"""

from __future__ import annotations

import multiprocessing
import os

from ...module_utils._text import printable
from .._display import display

_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")
_TEXT_OF_MISSING = (
    "{variable} is set to '{profile}', but there is no such profile. Plugins that run in Ansible's own"
    " process, such as the inventories of amazon.aws, fail on it even if their options have keys. Unset"
    " {variable}, or set the option profile of the inventory to the name of a profile, without keys."
)


def unset_conflicting_profile(format: str) -> None:
    """Remove the variables from a worker's environment if they conflict with keys in *format*, or warn.

    Keys in the environment are for every program that the task runs, so each profile is removed. Keys in the
    options of a module come with an empty profile, so only a profile that does not exist conflicts.
    """
    in_worker = multiprocessing.parent_process() is not None
    for variable in _VARIABLES:
        profile = os.environ.get(variable)
        if profile is None or not _conflicts(profile, format):
            continue
        if in_worker:
            del os.environ[variable]
            display.vv(
                f"workstation.aws_sso: {variable}={profile} is removed from the environment of this task: it"
                f" conflicts with credentials with format={format}"
            )
        elif format == "options":
            display.warning(_TEXT_OF_MISSING.format(variable=variable, profile=printable(profile)))


def _conflicts(profile: str, format: str) -> bool:
    return format == "environment" or (format == "options" and not _exists(profile))


def _exists(profile: str) -> bool:
    from .profiles import Profiles

    return profile in Profiles().settings
