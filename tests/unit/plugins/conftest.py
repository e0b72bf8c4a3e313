# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scratch home and the emulator, for tests of what runs on the controller."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from identity_center import IdentityCenter

CONFIG = """\
[sso-session corp]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """An empty home directory; nothing of the machine's AWS settings, desktop or terminal shines through."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "SSH_", "XDG_")) or name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name)
    directory = tmp_path / "home"
    directory.mkdir()
    monkeypatch.setenv("HOME", str(directory))
    return directory


@pytest.fixture
def aws_config(home: pathlib.Path) -> pathlib.Path:
    """~/.aws/config with the session "corp" of the emulator's default world."""
    path = home / ".aws" / "config"
    path.parent.mkdir(mode=0o700)
    path.write_text(CONFIG)
    return path


@pytest.fixture
def center(home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[IdentityCenter]:
    """The emulator, to which botocore goes in this process and in its children."""
    with IdentityCenter() as emulator:
        for name, value in emulator.environment().items():
            monkeypatch.setenv(name, value)
        yield emulator
