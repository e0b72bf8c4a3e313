# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures that took long, shared: many hosts and tasks do not wait for the same silent service in turn.

PRIVATE to the collection. Only failures of the service itself are shared (no response, or throttling until
the patience ended), and only with those who waited for the failed request, or, if it took long, those who ask
in the same run shortly after it. A new run asks AWS again.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import time
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.atomic import PRIVATE_FILE, replace_file
from ...module_utils._files.lock import private_directories, private_name
from .._aws.errors import AwsRefused
from .._display import debug
from .._errors import Unreachable

_SLOW_SECONDS = 5.0
"""A failure that takes less, such as a refused connection, is shared only with those who waited for it."""
_SECONDS_TO_REMEMBER = 30.0
"""As long as a request without a response takes, so that a service which responds again is found soon."""


@contextlib.contextmanager
def shared_failures(service: str, asked_at: float | None = None) -> t.Iterator[None]:
    """Request something from *service*, unless it has just failed to respond to another process.

    *asked_at* is since when the caller has been waiting for its turn, in seconds since the epoch.

    Raises Unreachable with the text of the other failure.
    """
    began = time.time()
    _raise_failure(service, began if asked_at is None else asked_at)
    try:
        yield
    except (Unreachable, AwsRefused) as error:
        if is_fault_of_service(error):
            _remember(service, error, time.time() - began)
        raise


def is_fault_of_service(error: WorkstationError) -> bool:
    """Whether the same call of another process would fail in the same way now."""
    return isinstance(error, Unreachable) or (isinstance(error, AwsRefused) and error.passing)


def run_id() -> int:
    """The process ID of the ansible-playbook to which this process belongs."""
    return os.getpid() if multiprocessing.parent_process() is None else os.getppid()


def _raise_failure(service: str, asked_at: float) -> None:
    record = _read(service)
    at, text = record.get("at"), record.get("text")
    if not isinstance(at, (int, float)) or not isinstance(text, str):
        return
    age = time.time() - at
    recent = record.get("slow") is True and 0 <= age < _SECONDS_TO_REMEMBER
    if at >= asked_at or (recent and record.get("run") == run_id()):
        debug(f"{service}: sharing the failure of another request, {age:.0f} seconds ago")
        raise Unreachable(f"{text} (Shared: another request failed with this {max(age, 0):.0f} seconds ago.)")


def _remember(service: str, error: WorkstationError, seconds: float) -> None:
    slow = seconds >= _SLOW_SECONDS
    record = {"at": time.time(), "run": run_id(), "slow": slow, "text": str(error)}
    for directory in private_directories():
        with contextlib.suppress(OSError):
            path = os.path.join(directory, _file_name(service))
            replace_file(path, json.dumps(record).encode("ascii"), PRIVATE_FILE)
            return


def _read(service: str) -> dict[str, t.Any]:
    for directory in private_directories():
        with contextlib.suppress(OSError, ValueError, RecursionError):
            with open(os.path.join(directory, _file_name(service)), "rb") as stream:
                record = json.loads(stream.read())
            return record if isinstance(record, dict) else {}
    return {}


def _file_name(service: str) -> str:
    """Requests by another proxy or to another endpoint do not share a failure."""
    settings = sorted(
        f"{name}={value}"
        for name, value in os.environ.items()
        if name.startswith("AWS_") or name.upper().endswith(("_PROXY", "_CA_BUNDLE"))
    )
    return private_name(json.dumps([service, settings])) + ".failure"
