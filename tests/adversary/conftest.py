# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A home directory with a signed-in user, and words that no message may contain."""

from __future__ import annotations

import os
import pathlib
import re
import tempfile
import typing as t

import pytest
from ansible.errors import AnsibleError
from hypothesis import settings

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from bundles import SigningKey, new_key
from identity_center import IdentityCenter
from support.controller_fixtures import collections_path, controller
from support.role_credentials import PROFILES

__all__ = ["collections_path", "controller"]

settings.register_profile("adversary", deadline=None, derandomize=True, database=None)
settings.load_profile("adversary")


@pytest.fixture(scope="module")
def environment() -> t.Iterator[pytest.MonkeyPatch]:
    """The variables of this process, without settings of the machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("AWS_", "SSH_", "XDG_")) or name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
                patch.delenv(name)
        yield patch


@pytest.fixture(scope="module")
def home(environment: pytest.MonkeyPatch) -> t.Iterator[pathlib.Path]:
    """The home directory of this process."""
    with tempfile.TemporaryDirectory(prefix="home-") as directory:
        home = pathlib.Path(directory)
        (home / ".aws").mkdir(mode=0o700)
        (home / ".aws" / "config").write_text(PROFILES)
        environment.setenv("HOME", directory)
        yield home


@pytest.fixture(scope="module")
def center(home: pathlib.Path, environment: pytest.MonkeyPatch) -> t.Iterator[IdentityCenter]:
    """The emulator, to which botocore goes in this process."""
    with IdentityCenter() as emulator:
        for name, value in emulator.environment().items():
            environment.setenv(name, value)
        yield emulator


@pytest.fixture(scope="session")
def signing_key() -> t.Iterator[SigningKey]:
    with new_key() as key:
        yield key


def attempt(call: t.Callable[[], object]) -> str:
    """Call something; returns the message if it is refused, which users have to be able to read, else ""."""
    try:
        call()
    except (AnsibleError, WorkstationError) as error:
        message = str(getattr(error, "message", "") or error)
        assert_readable(message)
        return message
    return ""


def refuse(call: t.Callable[[], object]) -> str:
    """Call something that has to be refused; returns the message."""
    message = attempt(call)
    assert message, "not refused"
    return message


def assert_readable(message: str) -> None:
    """Printable text, without a traceback or an error of Python in place of a reason."""
    assert all(line.isprintable() for line in message.split("\n")), repr(message)
    assert not re.search(
        r"Traceback|\b(?:Key|Type|Value|Attribute|Index|Overflow|Recursion|Unicode\w*|Assertion)Error\b"
        r"|'\w+' object|not subscriptable|takes \d+ positional|NoneType",
        message,
    ), repr(message)
