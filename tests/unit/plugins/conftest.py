# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scratch home, the emulator and a company in moto, for tests of what runs on the controller."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from identity_center import IdentityCenter

if t.TYPE_CHECKING:
    from support.company import Company

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


@pytest.fixture(scope="session")
def served() -> t.Iterator[Company]:
    from support.company import Company  # moto is not there for tests of host code

    with Company() as company:
        yield company


@pytest.fixture
def company(served: Company, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """An organization without accounts and users, to which botocore goes."""
    from support.assignments import prepare

    return prepare(served, monkeypatch)


@pytest.fixture
def ids(company: Company) -> dict[str, str]:
    """The IDs of three accounts with organizational units and tags, by their names."""
    from support.organization import populate

    return populate(company)
