# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator, and AWS's own clients for it."""

from __future__ import annotations

import typing as t

import pytest

from identity_center import IdentityCenter
from support.emulator_clients import Clients


@pytest.fixture
def center() -> t.Iterator[IdentityCenter]:
    with IdentityCenter() as running:
        yield running


@pytest.fixture
def clients(center: IdentityCenter) -> Clients:
    return Clients(center)
