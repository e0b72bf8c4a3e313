# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that does not respond is named while it is waited for, and not asked more than twice."""

from __future__ import annotations

import re
import signal
import threading
import time

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client, paced_client, silence
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.paced_client import PacedClient
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import Unreachable
from identity_center import IdentityCenter


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The messages, which come each half a second instead of ten."""
    texts: list[str] = []
    monkeypatch.setattr(silence, "show", texts.append)
    monkeypatch.setattr(silence, "SECONDS_BETWEEN_PROGRESS", 0.5)
    monkeypatch.setattr(silence, "_ENDPOINTS", {})
    monkeypatch.setattr(client, "READ_TIMEOUT", 1.2)
    return texts


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("sso-oidc", "register_client", {"clientName": "test", "clientType": "public"}),
        ("sso", "get_role_credentials", {"accessToken": "a", "accountId": "111122223333", "roleName": "R"}),
        ("sts", "get_caller_identity", {}),
    ],
)
def test_a_silent_service_is_named_and_asked_twice(
    center: IdentityCenter, shown: list[str], service: str, operation: str, parameters: dict[str, str]
) -> None:
    center.faults.add("*", "hang")
    keys = client.Credentials("ASIA", "secret", "token") if service == "sts" else None
    with pytest.raises(Unreachable, match="does not answer"):
        client.call(client.client(service, "eu-west-1", keys), operation, **parameters)
    assert len(center.requests) == 2
    api_name = "".join(word.capitalize() for word in operation.split("_"))
    assert len(shown) >= 3
    assert re.search(
        rf"^http://127\.0\.0\.1:\d+ has not responded to {api_name} for \d+ seconds"
        r" \(since \d\d:\d\d:\d\d\)\. A call without a response is repeated at most once and then fails\.$",
        shown[0],
    )


def test_the_silence_counts_across_the_attempts_of_a_paced_client(
    center: IdentityCenter, shown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paced_client, "_SECONDS_TO_RETRY", 1.9)
    center.faults.add("GetRoleCredentials", "hang")
    portal = PacedClient(client.client("sso", "eu-west-1", attempts=1))
    began = time.monotonic()
    with pytest.raises(Unreachable):
        portal.call("get_role_credentials", accessToken="a", accountId="111122223333", roleName="R")
    assert center.count("GetRoleCredentials") == 2
    assert len(shown) >= int((time.monotonic() - began) / 0.5) - 2


def test_who_has_waited_for_another_service_asks_once(center: IdentityCenter, shown: list[str]) -> None:
    center.faults.add("GetRoleCredentials", "hang")
    portal = PacedClient(client.client("sso", "eu-west-1", attempts=1), waited=20)
    with pytest.raises(Unreachable):
        portal.call("get_role_credentials", accessToken="a", accountId="111122223333", roleName="R")
    assert center.count("GetRoleCredentials") == 1


def test_a_service_that_responds_is_not_mentioned(center: IdentityCenter, shown: list[str]) -> None:
    center.set(latency=0.3)
    oidc = client.client("sso-oidc", "eu-west-1")
    for _index in range(5):
        client.call(oidc, "register_client", clientName="test", clientType="public")
    assert not shown


def test_threads_share_the_messages(center: IdentityCenter, shown: list[str]) -> None:
    center.faults.add("RegisterClient", "hang")

    def register() -> None:
        with pytest.raises(Unreachable):
            oidc = client.client("sso-oidc", "eu-west-1", attempts=1)
            client.call(oidc, "register_client", clientName="test", clientType="public")

    threads = [threading.Thread(target=register) for _index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(shown) <= 6


def test_a_call_takes_no_longer_than_asked_for(center: IdentityCenter, shown: list[str]) -> None:
    center.faults.add("RegisterClient", "hang")
    oidc = client.client("sso-oidc", "eu-west-1", seconds=2)
    assert oidc.meta.config.read_timeout == 1
    assert client.client("sso-oidc", "eu-west-1", seconds=600).meta.config.read_timeout == 1.2


def test_the_thread_that_watches_receives_no_signal(center: IdentityCenter, shown: list[str]) -> None:
    masks: list[set[signal.Signals]] = []
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])
    with client.silence.new_threads_without_signals():
        thread = threading.Thread(target=lambda: masks.append(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
        thread.start()
    thread.join()
    assert signal.SIGINT in masks[0] and signal.SIGTERM in masks[0]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before


@pytest.mark.parametrize("fault", ["throttle", "unavailable"])
def test_a_service_that_refuses_every_call_is_named(
    center: IdentityCenter, shown: list[str], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(_display, "SECONDS_BETWEEN_PROGRESS", 1)
    center.faults.add("GetRoleCredentials", fault)
    portal = PacedClient(client.client("sso", "eu-west-1", attempts=1), patience=4)
    with pytest.raises(WorkstationError):
        portal.call("get_role_credentials", accessToken="a", accountId="111122223333", roleName="R")
    assert shown and re.match(r"http://127\.0\.0\.1:\d+: (AWS refused )?GetRoleCredentials", shown[0])
    assert "The call is repeated for up to 4 seconds." in shown[0]
