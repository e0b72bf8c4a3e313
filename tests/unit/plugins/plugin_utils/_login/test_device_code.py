# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polling for the token of a device code, against the emulator."""

from __future__ import annotations

import time
import types

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import ServiceError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import device_code
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    LoginOptions,
    ensure_login,
)
from identity_center import IdentityCenter
from support.logins import (
    CORP,
    absent_user,
    approving_user,
    registration_file,
)


def test_a_device_code_that_ends_before_the_timeout_ends_the_wait(center: IdentityCenter) -> None:
    center.set(device_code_seconds=2)
    with pytest.raises(WorkstationError, match="The code for the sign-in to corp expired"):
        ensure_login(CORP, LoginOptions(DEVICE, timeout=60), absent_user().user)


def test_slow_down_is_obeyed_for_good(center: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
    naps: list[float] = []
    monkeypatch.setattr(device_code, "time", types.SimpleNamespace(sleep=naps.append))
    center.faults.add("CreateToken", "slow_down", times=2)
    center.faults.add("CreateToken", "AuthorizationPendingException", times=2)
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    assert naps == [1, 6, 11, 11, 11]


@pytest.mark.parametrize("operation", ["RegisterClient", "StartDeviceAuthorization"])
def test_slow_down_before_the_code_is_waited_out(
    center: IdentityCenter, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    monkeypatch.setattr(client, "time", types.SimpleNamespace(sleep=naps.append, time=time.time))
    center.faults.add(operation, "slow_down", times=2)
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    assert naps == [2, 5]
    center.faults.add(operation, "slow_down")
    registration_file().unlink()
    with pytest.raises(ServiceError, match="Wait a minute"):
        ensure_login(CORP, LoginOptions(DEVICE, force=True), approving_user(center).user)


@pytest.mark.parametrize("fault", ["cut_before", "proxy_page", "server_error", "unavailable"])
def test_a_network_that_fails_while_the_person_signs_in_may_come_back(
    center: IdentityCenter, fault: str
) -> None:
    center.faults.add("CreateToken", fault, times=2)
    someone = approving_user(center)
    assert ensure_login(CORP, LoginOptions(DEVICE), someone.user).method == DEVICE
    assert len(someone.warned) <= 1
