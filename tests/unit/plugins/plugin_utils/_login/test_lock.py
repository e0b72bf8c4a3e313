# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that need the same session at once cause one sign-in."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import re
import signal
import stat
import threading
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.lock import locked
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    PKCE,
    LoginOptions,
    ensure_login,
)
from identity_center import IdentityCenter
from support import child_processes
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


def sign_in_of_another_run(center: IdentityCenter, method: str) -> tuple[threading.Thread, FakeUser]:
    """A sign-in that waits, as if another ansible-playbook had started it."""
    asked = absent_user()
    wanted = LoginOptions(method, timeout=60)
    thread = threading.Thread(target=ensure_login, args=(CORP, wanted, asked.user))
    thread.start()
    record = pathlib.Path(state_directory(CORP), "login")
    while not asked.pages:
        thread.join(0.01)
    document = json.loads(record.read_text())
    record.write_text(json.dumps({**document, "run": 4711}))
    return thread, asked


@pytest.mark.parametrize(
    ("method", "place"), [(DEVICE, "on any device"), (PKCE, "in a browser on this machine")]
)
def test_whoever_waits_for_another_sign_in_sees_its_page_and_code(
    center: IdentityCenter, method: str, place: str
) -> None:
    thread, asked = sign_in_of_another_run(center, method)
    (page,) = asked.pages

    def approve(text: str) -> None:
        shown.append(text)
        center.approve(text.split("\n")[2])

    shown: list[str] = []
    user = dataclasses.replace(absent_user().user, show=approve)
    assert ensure_login(CORP, LoginOptions(DEVICE), user).method == CACHE
    thread.join()
    first, second, url, last = shown[0].split("\n")
    assert len(shown) == 1 and url == page
    assert re.fullmatch(r"Process 4711.* is waiting for a sign-in to corp, for \d+ seconds? now\.", first)
    assert second == f"Finish it there, or open this page {place}:"
    code = f"Code: {page[-9:]} (the page must show it too); this" if method == DEVICE else "This"
    assert last == f"{code} run waits up to 10 minutes for its token."


def test_a_process_that_is_stopped_is_to_be_continued(center: IdentityCenter) -> None:
    def sign_in() -> None:
        ensure_login(CORP, LoginOptions(DEVICE), absent_user().user)

    child = child_processes.start(lambda: child_processes.exit_code(child_processes.start(sign_in)))
    record = pathlib.Path(state_directory(CORP), "login")
    user = absent_user()
    try:
        while not record.exists() or "page" not in (document := json.loads(record.read_text())):
            time.sleep(0.05)
        os.kill(document["worker"], signal.SIGSTOP)
        with pytest.raises(WorkstationError, match="is still waiting"):
            ensure_login(CORP, LoginOptions(DEVICE, timeout=3), user.user)
    finally:
        os.kill(document["worker"], signal.SIGKILL)
        child_processes.exit_code(child)
    second = user.shown[-1].split("\n")[1]
    assert second.startswith(
        "It is stopped (Ctrl-Z): continue it there with fg, or end it; this run waits up to"
    )


@pytest.mark.parametrize("worker", [None, "x", -1, [], 10**30, "1/../2"])
def test_the_worker_in_a_record_is_only_a_number(center: IdentityCenter, worker: object) -> None:
    record = pathlib.Path(state_directory(CORP), "login")
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"run": os.getpid(), "worker": worker}))
    user = absent_user()
    with locked("login:" + CORP.token_path, 0), pytest.raises(WorkstationError):
        ensure_login(CORP, LoginOptions(DEVICE, timeout=2), user.user)
    assert "Finish it there; this run" in user.shown[0]


def test_the_record_is_private_and_has_no_page_after_the_sign_in(center: IdentityCenter) -> None:
    record = pathlib.Path(state_directory(CORP), "login")
    seen: list[dict[str, t.Any]] = []

    def look_and_approve(page: str) -> None:
        seen.append(json.loads(record.read_text()))
        assert stat.S_IMODE(record.stat().st_mode) == 0o600
        center.approve(page)

    ensure_login(CORP, LoginOptions(DEVICE), FakeUser(look_and_approve).user)
    (during,) = seen
    assert during["page"].endswith(during["code"]) and not during.keys() & {"deviceCode", "accessToken"}
    after = json.loads(record.read_text())
    assert not after.keys() & {"page", "code"} and not after["failure"]
    assert during["page"] not in record.read_text()


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({"page": "https://x/\x1b[2J\nhttps://y", "code": "A\x1b]0;B\n"}, "https://x/%1B[2J%0Ahttps://y"),
        ({"page": "javascript:alert(1)", "code": "AB"}, "Finish it there; this run"),
        ({"page": ["https://x"], "code": {}}, "Finish it there; this run"),
        ({"page": "https://x", "code": None}, ":\nhttps://x\nThis run"),
    ],
)
def test_nothing_in_a_record_moves_the_cursor(
    center: IdentityCenter, fields: dict[str, t.Any], last: str
) -> None:
    record = pathlib.Path(state_directory(CORP), "login")
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"run": "1\x1b[2J", "terminal": "\x07", "at": 0, **fields}))
    user = absent_user()
    with locked("login:" + CORP.token_path, 0), pytest.raises(WorkstationError):
        ensure_login(CORP, LoginOptions(DEVICE, timeout=2), user.user)
    (shown,) = user.shown
    assert last in shown and shown.replace("\n", "").isprintable() and len(shown.split("\n")) <= 4


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b"[]", b"5", b'{"at": "x", "failure": 5}', b'{"failure": "x"}', b"\xff"]
)
def test_a_damaged_record_of_another_attempt_is_ignored(center: IdentityCenter, content: bytes) -> None:
    record = pathlib.Path(state_directory(CORP), "login")
    record.parent.mkdir(parents=True)
    record.write_bytes(content)
    assert ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user).method == DEVICE
