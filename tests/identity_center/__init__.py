# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM Identity Center on loopback, for tests: see README.md."""

from __future__ import annotations

from identity_center.browser_user import BrowserUser, BrowserUserError, write_browser
from identity_center.center import IdentityCenter
from identity_center.contract import OwnMistake
from identity_center.world import World, big_world, default_world, hostile_world, load_world, world_from

__all__ = [
    "BrowserUser",
    "BrowserUserError",
    "IdentityCenter",
    "OwnMistake",
    "World",
    "big_world",
    "default_world",
    "hostile_world",
    "load_world",
    "world_from",
    "write_browser",
]
