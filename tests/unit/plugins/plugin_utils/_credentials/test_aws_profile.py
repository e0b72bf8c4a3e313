# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import multiprocessing
import os
import pathlib

import pytest
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._credentials.aws_profile import (
    unset_conflicting_profile,
)


@pytest.fixture
def shown(aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines shown with -vv."""
    aws_config.write_text("[profile known]\nregion = eu-west-1\n")
    lines: list[str] = []
    monkeypatch.setattr(Display, "vv", lambda self, text, host=None: lines.append(text))
    return lines


@pytest.fixture
def in_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "parent_process", object)


@pytest.mark.parametrize(
    ("format", "profile", "removed"),
    [
        ("environment", "known", True),
        ("environment", "unknown", True),
        ("options", "known", False),
        ("options", "unknown", True),
        ("details", "unknown", False),
    ],
)
def test_a_conflicting_profile_is_removed_and_shown(
    in_a_worker: None,
    shown: list[str],
    monkeypatch: pytest.MonkeyPatch,
    format: str,
    profile: str,
    removed: bool,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", profile)
    unset_conflicting_profile(format)
    assert ("AWS_PROFILE" not in os.environ) == removed
    message = (
        f"workstation.aws_sso: AWS_PROFILE={profile} is removed from the environment of this task: it"
        f" conflicts with credentials with format={format}"
    )
    assert shown == ([message] if removed else [])


def test_nothing_is_removed_from_the_process_that_starts_workers(
    shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "unknown")
    unset_conflicting_profile("environment")
    assert os.environ["AWS_PROFILE"] == "unknown" and not shown


@pytest.mark.parametrize(
    ("format", "profile", "warned"),
    [("options", "unknown", True), ("options", "known", False), ("environment", "unknown", False)],
)
def test_an_inventory_with_keys_is_warned_of_a_profile_that_does_not_exist(
    shown: list[str], monkeypatch: pytest.MonkeyPatch, format: str, profile: str, warned: bool
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text: warnings.append(text))
    monkeypatch.setenv("AWS_PROFILE", profile)
    unset_conflicting_profile(format)
    assert [text.partition(". ")[0] for text in warnings] == (
        ["AWS_PROFILE is set to 'unknown', but there is no such profile"] if warned else []
    )
    assert all("Unset AWS_PROFILE" in text for text in warnings)
