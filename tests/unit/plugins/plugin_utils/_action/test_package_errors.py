# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is suggested when a package manager fails."""

from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action.package_errors import (
    package_error_text,
)


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("Failed to lock apt for exclusive operation: Failed to lock directory /var/lib/apt/lists/: E:Could"
         " not get lock /var/lib/apt/lists/lock. It is held by process 5470 (python3)", "again in a minute"),
        ("System management is locked by the application with pid 42 (zypper).", "again in a minute"),
        ("error: failed to init transaction (unable to lock database)", "again in a minute"),
        ("You don't have enough free space in /var/cache/apt/archives/.", "The disk is full"),
        ("E: Failed to fetch http://mirror.example.com/x  Temporary failure resolving 'mirror.example.com'",
         "workstation_proxy"),
        ("Curl error (6): Couldn't resolve host name for https://mirrors.example", "workstation_proxy"),
        ("No package matching 'gitt' is available", None),
    ],
)  # fmt: skip
def test_remedy_for_a_message_of_a_package_manager(message: str, remedy: str | None) -> None:
    text = package_error_text(["git", "curl"], message)
    assert text.startswith(f"Could not install git, curl: {message.rstrip('.')}.")
    assert (remedy in text) if remedy else text.endswith("available.")


@pytest.mark.parametrize("message", ["Are you root?", "It failed!", "It failed.", " It failed \n"])
def test_message_ends_with_one_punctuation_mark(message: str) -> None:
    sentence = message.strip()
    sentence += "" if sentence[-1] in ".?!" else "."
    assert package_error_text(["git"], message).startswith(f"Could not install git: {sentence}")
    assert f"{sentence}." not in package_error_text(["git"], message)
