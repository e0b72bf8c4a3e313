# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS_PROFILE in the environment of Ansible, which gets in the way of keys that a task is given.

PRIVATE to the collection. botocore looks the profile up before it uses any keys, and fails without one of
that name; amazon.aws refuses keys together with a profile. botocore takes even an empty value for a name, so
neither an option of a module nor the environment keyword of a task can override the variables. Removing them
from the worker does: that is the process that runs only this task on this host, and local modules inherit its
environment.
"""

from __future__ import annotations

import multiprocessing
import os

from .._display import display

_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")


def unset_conflicting_profile(format: str) -> None:
    """Remove the variables from this worker's environment if they conflict with keys in *format*.

    Keys in the environment are for every program that the task runs, so each profile is removed. Keys in the
    options of a module come with an empty profile, so only a profile that does not exist conflicts.
    """
    if multiprocessing.parent_process() is None:
        return
    for variable in _VARIABLES:
        profile = os.environ.get(variable)
        if profile is not None and (
            format == "environment" or (format == "options" and not _exists(profile))
        ):
            del os.environ[variable]
            display.vv(
                f"workstation.aws_sso: {variable}={profile} is removed from the environment of this task: it"
                f" conflicts with credentials with format={format}"
            )


def _exists(profile: str) -> bool:
    from .profiles import Profiles

    return profile in Profiles().settings
