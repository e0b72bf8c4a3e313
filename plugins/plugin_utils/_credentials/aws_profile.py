# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS_PROFILE in the environment of Ansible, which gets in the way of keys that a task is given.

PRIVATE to the collection. botocore looks the profile up before it uses any keys, and fails without one of
that name; amazon.aws refuses keys and a profile together. No value means "none" to botocore, which takes even
an empty one for a name, so neither an argument of a module nor the environment keyword of a task can set it
aside. What can is the worker, the process that runs this task on this host and nothing else: a local module
inherits its variables.
"""

from __future__ import annotations

import multiprocessing
import os

_VARIABLES = ("AWS_DEFAULT_PROFILE", "AWS_PROFILE")


def unset_conflicting_profile(format: str) -> None:
    """Remove the variables from this worker where they are in the way of keys in *format*.

    Keys in the environment are for every tool that the task runs, so no profile is left. Keys in the options
    of a module come with a profile of their own, so only a profile that does not exist is in their way.
    """
    if multiprocessing.parent_process() is None:
        return
    for variable in _VARIABLES:
        profile = os.environ.get(variable)
        if profile is not None and (
            format == "environment" or (format == "options" and not _exists(profile))
        ):
            del os.environ[variable]


def _exists(profile: str) -> bool:
    from .profiles import Profiles

    return profile in Profiles().settings
