# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that need the same session at once cause one sign-in."""

from __future__ import annotations

import contextlib
import pathlib
import threading
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    LoginOptions,
    ensure_login,
)
from identity_center import IdentityCenter
from support.logins import (
    CORP,
    FakeUser,
    absent_user,
    approving_user,
)


def test_fifty_at_once_make_one_sign_in(center: IdentityCenter) -> None:
    gate = threading.Barrier(50)
    people = [approving_user(center) for _index in range(50)]
    logins: list[t.Any] = []

    def log_in(someone: FakeUser) -> None:
        gate.wait()
        logins.append(ensure_login(CORP, LoginOptions(DEVICE), someone.user))

    threads = [threading.Thread(target=log_in, args=(someone,)) for someone in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(logins) == 50 and len({login.token.access_token for login in logins}) == 1
    assert center.count("RegisterClient") == center.count("StartDeviceAuthorization") == 1
    assert sum(len(someone.pages) for someone in people) == 1
    assert sorted(login.method for login in logins) == [CACHE] * 49 + [DEVICE]


def test_who_waited_takes_what_came_even_if_it_lives_shorter_than_wished(center: IdentityCenter) -> None:
    gate = threading.Barrier(5)
    logins: list[t.Any] = []

    def log_in() -> None:
        gate.wait()
        logins.append(ensure_login(CORP, LoginOptions(DEVICE, min_ttl=7200), approving_user(center).user))

    for _round in range(2):
        threads = [threading.Thread(target=log_in) for _index in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert center.count("StartDeviceAuthorization") == 1
    assert center.records.burnt_refresh_tokens == 0
    assert sum(login.method == DEVICE for login in logins) == 1 and len(logins) == 10


def test_who_waited_for_a_sign_in_that_was_denied_is_not_asked_again(center: IdentityCenter) -> None:
    waiting = threading.Event()

    def deny_late(page: str) -> None:
        waiting.wait(10)
        center.deny(page)

    asked, other = FakeUser(deny_late), approving_user(center)
    outcomes: list[Exception] = []

    def log_in(someone: FakeUser) -> None:
        try:
            ensure_login(CORP, LoginOptions(DEVICE), someone.user)
        except WorkstationError as error:
            outcomes.append(error)

    first = threading.Thread(target=log_in, args=(asked,))
    first.start()
    while not asked.pages:
        first.join(0.01)
    second = threading.Thread(target=log_in, args=(other,))
    second.start()
    second.join(0.5)
    waiting.set()
    first.join()
    second.join()
    assert len(outcomes) == 2 and not other.pages
    assert "Another process requested" in str(outcomes[1])
    # the next one starts afresh
    assert ensure_login(CORP, LoginOptions(DEVICE), other.user).method == DEVICE


def test_whoever_waits_too_long_for_another_sign_in_says_so(center: IdentityCenter) -> None:
    asked = absent_user()

    def wait_in_vain() -> None:
        with contextlib.suppress(WorkstationError):
            ensure_login(CORP, LoginOptions(DEVICE, timeout=4), asked.user)

    holder = threading.Thread(target=wait_in_vain)
    holder.start()
    while not asked.pages:
        holder.join(0.01)
    with pytest.raises(WorkstationError, match=r"still waiting for .* after 1 second\."):
        ensure_login(CORP, LoginOptions(DEVICE, timeout=1), absent_user().user)
    holder.join()


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b"[]", b"5", b'{"at": "x", "failure": 5}', b'{"failure": "x"}', b"\xff"]
)
def test_a_damaged_record_of_another_attempt_is_ignored(center: IdentityCenter, content: bytes) -> None:
    record = pathlib.Path(state_directory(CORP), "login")
    record.parent.mkdir(parents=True)
    record.write_bytes(content)
    assert ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user).method == DEVICE
