# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures of a service are shared by those who waited for them and by the same run, and by nobody else."""

from __future__ import annotations

import os
import pathlib
import time

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.errors import AwsRefused
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired, Unreachable
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes import failures
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._processes.failures import (
    shared_failures,
)

OVERLOADED = AwsRefused("GetRoleCredentials", "Unavailable", 503)
NO_ACCESS = AwsRefused("GetRoleCredentials", "Forbidden", 403)


@pytest.fixture(autouse=True)
def slow(home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each failure counts as slow."""
    monkeypatch.setattr(failures, "_SLOW_SECONDS", 0)


def fail(error: WorkstationError, service: str = "portal") -> None:
    with pytest.raises(type(error)), shared_failures(service):
        raise error


def works(service: str = "portal", asked_at: float | None = None) -> bool:
    try:
        with shared_failures(service, asked_at):
            return True
    except Unreachable as error:
        assert str(error).startswith("AWS refused" if "AWS refused" in str(error) else "silent")
        assert "another request failed with this" in str(error)
        return False


def another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "run_id", lambda: os.getpid() + 1)


@pytest.mark.parametrize("error", [Unreachable("silent"), OVERLOADED], ids=["silent", "overloaded"])
def test_the_same_run_does_not_ask_again_soon(
    error: WorkstationError, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(error)
    assert not works() and works("another service")
    monkeypatch.setattr(failures, "_SECONDS_TO_REMEMBER", 0)
    assert works()


def test_another_run_asks_again_unless_it_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.time()
    fail(Unreachable("silent"))
    another_run(monkeypatch)
    assert works() and not works(asked_at=began)


@pytest.mark.parametrize("error", [NO_ACCESS, LoginRequired("expired"), WorkstationError("wrong option")])
def test_what_is_no_fault_of_the_service_is_not_shared(error: WorkstationError) -> None:
    fail(error)
    assert works()


def test_a_failure_that_cost_no_time_is_shared_only_with_those_who_waited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(failures, "_SLOW_SECONDS", 5)
    began = time.time()
    fail(Unreachable("silent"))
    assert works() and not works(asked_at=began)


@pytest.mark.parametrize("content", ["", "[]", '{"at": "x"}', '{"at": 1e999, "text": 1}', "\0"])
def test_a_damaged_record_is_ignored(home: pathlib.Path, content: str) -> None:
    fail(Unreachable("silent"))
    (record,) = home.rglob("*.failure")
    record.write_text(content)
    assert works()
    assert record.stat().st_mode & 0o777 == 0o600


def test_records_are_in_the_temporary_directory_without_a_writable_home(
    home: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".cache").touch()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "t"))
    fail(Unreachable("silent"))
    assert not works() and len(list((tmp_path / "t").rglob("*.failure"))) == 1


def test_requests_by_another_proxy_or_to_another_endpoint_do_not_share_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fail(Unreachable("silent"))
    for name in ("AWS_ENDPOINT_URL_SSO", "HTTPS_PROXY", "https_proxy"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "http://127.0.0.1:9")
            assert works()
    assert not works()
