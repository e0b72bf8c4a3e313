# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A managed host, and one whose user has signed in."""

from __future__ import annotations

import pathlib

import pytest

from identity_center import IdentityCenter
from support.logins import approving_user
from support.scratch_host_cache import ScratchHost, ensure


@pytest.fixture
def host(tmp_path: pathlib.Path, center: IdentityCenter) -> ScratchHost:
    return ScratchHost(tmp_path / "host" / ".aws" / "sso" / "cache")


@pytest.fixture
def signed_in(host: ScratchHost, center: IdentityCenter) -> ScratchHost:
    ensure(host, approving_user(center), host.state(seconds_left=0, refreshable=False))
    return host
