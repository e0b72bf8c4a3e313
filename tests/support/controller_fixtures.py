# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of tests that run playbooks: a scratch home, the emulator, and a controller that uses both."""

from __future__ import annotations

import pathlib
import tempfile
import typing as t

import pytest

from end_to_end.controller import Controller
from identity_center import IdentityCenter

ROOT = pathlib.Path(__file__).resolve().parents[2]


def link_checkout(path: pathlib.Path) -> pathlib.Path:
    """Make *path* a collections path that holds the checkout."""
    namespace = path / "ansible_collections" / "workstation"
    namespace.mkdir(parents=True)
    (namespace / "aws_sso").symlink_to(ROOT)
    return path


@pytest.fixture(scope="session")
def collections_path(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A collections path that holds the checkout."""
    return link_checkout(tmp_path_factory.mktemp("collections"))


@pytest.fixture
def center() -> t.Iterator[IdentityCenter]:
    with IdentityCenter() as center:
        yield center
        assert not center.invalid_requests


@pytest.fixture
def home() -> t.Iterator[pathlib.Path]:
    """An empty home. Its path is short, for ssh keeps a socket in it, whose name has 107 bytes at most."""
    with tempfile.TemporaryDirectory(prefix="home-") as home:
        yield pathlib.Path(home)


@pytest.fixture
def controller(home: pathlib.Path, collections_path: pathlib.Path, center: IdentityCenter) -> Controller:
    controller = Controller(home, collections_path, center.environment())
    controller.write_config(
        f"""\
[sso-session corp]
sso_start_url = {center.world.start_url}
sso_region = {center.world.region}
sso_registration_scopes = sso:account:access
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = AdministratorAccess
region = eu-central-1
"""
    )
    return controller
