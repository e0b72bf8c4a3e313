# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fast polling for device codes."""

from __future__ import annotations

import time
import types

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import device_code
from identity_center import IdentityCenter


@pytest.fixture(autouse=True)
def fast_polling(center: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second between two polls is a twentieth of one."""
    center.set(fast_polls_allowed=1000)
    quick = types.SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / 20))
    monkeypatch.setattr(device_code, "time", quick)
