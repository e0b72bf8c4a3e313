# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company's certificate authority and hosts of several distributions, for all tests of this package."""

from __future__ import annotations

import pathlib

import pytest

from support.company_network import Authority
from support.network_host import OS_RELEASES, Computer


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A public authority that every host trusts."""
    return Authority(tmp_path_factory.mktemp("public"), "Public CA")


@pytest.fixture(params=sorted(OS_RELEASES))
def computer(request: pytest.FixtureRequest, tmp_path: pathlib.Path, public: Authority) -> Computer:
    return Computer(tmp_path, request.param, public.pem)


@pytest.fixture
def debian(tmp_path: pathlib.Path, public: Authority) -> Computer:
    return Computer(tmp_path, "debian", public.pem)
