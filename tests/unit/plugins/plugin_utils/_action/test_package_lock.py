# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for another program that installs packages: progress, an end, and whose lock it is."""

from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action import package_lock
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action.package_lock import (
    LockWait,
    lock_holder,
)


@pytest.mark.parametrize(
    ("message", "holder"),
    [
        (
            "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)",
            "unattended-upgr (process 812)",
        ),
        (
            "System management is locked by the application with pid 77 (packagekitd).",
            "packagekitd (process 77)",
        ),
        ("E: Could not get lock /var/lib/dpkg/lock - open (11: Resource unavailable)", "a program"),
        ("E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)", ""),
        ("error: failed to init transaction (unable to lock database)", ""),
        ("", ""),
    ],
)
def test_holder_according_to_a_package_manager(message: str, holder: str) -> None:
    assert lock_holder(message) == holder


def test_progress_names_the_host_and_the_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(package_lock, "SECONDS_BETWEEN_CHECKS", 0.01)
    monkeypatch.setattr(_display, "SECONDS_BETWEEN_PROGRESS", 0.05)
    wait = LockWait(600, "laptop")
    assert wait.is_held("unattended-upgrade (process 812)")
    assert not capsys.readouterr().err
    for _attempt in range(6):
        assert wait.is_held("unattended-upgrade (process 812)")
    assert capsys.readouterr().err.splitlines()[0] == (
        "[laptop] prerequisites: waiting for unattended-upgrade (process 812), which holds the lock of the"
        " package manager"
    )
    assert not wait.is_held("")


def test_wait_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_lock, "SECONDS_BETWEEN_CHECKS", 0.01)
    assert not LockWait(0, "laptop").is_held("dpkg (process 1)")
    assert LockWait(0, "laptop").seconds_for_one_attempt == 0
    assert LockWait(5, "laptop").seconds_for_one_attempt in (4, 5)
    assert LockWait(600, "laptop").seconds_for_one_attempt == 10
