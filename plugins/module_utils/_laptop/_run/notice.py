# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line that the next login shell shows where the user has to do something.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os

from ..._files.atomic import PRIVATE_FILE, replace_file
from .._installation.paths import Paths
from .._installation.state import Outcome, State

_LINES = {
    Outcome.SIGN_IN_REQUIRED: "AWS: sign in again with: workstation-update",
    Outcome.PASSWORD_REQUIRED: "AWS: an update requires your password. Run: workstation-update",
}


def notice_of(outcome: Outcome) -> str:
    """Empty where there is nothing to do for the user."""
    return _LINES.get(outcome, "")


def update_notice(paths: Paths, state: State) -> None:
    """Write the notice that *state* requires, or remove it. Raises OSError.

    A request that failed in the meantime does not answer what the last run of the playbook requires.
    """
    text = notice_of(state.run.outcome)
    if text:
        replace_file(paths.notice, f"{text}\n".encode(), PRIVATE_FILE)
        return
    with contextlib.suppress(FileNotFoundError):
        os.unlink(paths.notice)
