# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line for the next login shell."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import Paths
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.state import (
    Outcome,
    State,
    Status,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run.notice import (
    notice_of,
    update_notice,
)


@pytest.mark.parametrize("outcome", [Outcome.SIGN_IN_REQUIRED, Outcome.PASSWORD_REQUIRED])
def test_notice_is_one_line_until_somebody_has_done_it(tmp_path: pathlib.Path, outcome: Outcome) -> None:
    paths = Paths(str(tmp_path))
    update_notice(paths, State(run=Status(outcome)))
    text = pathlib.Path(paths.notice).read_text()
    assert text == f"{notice_of(outcome)}\n"
    assert text.startswith("AWS: ")
    assert "workstation-update" in text
    update_notice(paths, State(run=Status(outcome), status=Status(Outcome.OFFLINE)))
    assert pathlib.Path(paths.notice).read_text() == text
    update_notice(paths, State())
    assert not os.path.exists(paths.notice)


def test_what_nobody_there_can_change_is_no_notice(tmp_path: pathlib.Path) -> None:
    paths = Paths(str(tmp_path))
    for outcome in {*Outcome} - {Outcome.SIGN_IN_REQUIRED, Outcome.PASSWORD_REQUIRED}:
        update_notice(paths, State(run=Status(outcome), status=Status(outcome)))
        assert not os.path.exists(paths.notice)
