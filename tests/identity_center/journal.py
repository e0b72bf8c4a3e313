# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked of the emulator, in order, without any secret."""

from __future__ import annotations

import dataclasses
import threading
import time
import typing as t

# Parameters that are worth a test's look and give nothing away.
OPEN_PARAMETERS = (
    "accountId",
    "clientName",
    "clientType",
    "grantType",
    "grantTypes",
    "issuerUrl",
    "maxResults",
    "redirectUris",
    "roleName",
    "scopes",
    "startUrl",
    "DurationSeconds",
    "RoleArn",
    "RoleSessionName",
)


@dataclasses.dataclass
class Entry:
    operation: str
    """The name of the API operation or of the page (Authorize, Device, SignIn, Allow, Start), or Unknown."""
    method: str
    path: str
    user_agent: str
    host: str = ""
    """The host name that the client used, with the port if it sent one."""
    region: str = ""
    """The region that the client believed to talk to."""
    at: float = dataclasses.field(default_factory=time.time)
    status: int = 0
    """0 while there is no answer, and for ever if there is none."""
    seconds: float = 0
    """What the answer took."""
    problem: str = ""
    """Why the request does not fit botocore's model of the operation."""
    fault: str = ""
    """The kind of the fault that hit it."""
    error: str = ""
    """The name of the exception that was answered."""
    parameters: dict[str, t.Any] = dataclasses.field(default_factory=dict)

    @property
    def valid(self) -> bool:
        return not self.problem

    def note_answer(self, status: int) -> None:
        self.status = status
        self.seconds = time.time() - self.at

    def note_parameters(self, parameters: dict[str, t.Any]) -> None:
        self.parameters = {name: parameters[name] for name in OPEN_PARAMETERS if name in parameters}

    def as_data(self) -> dict[str, t.Any]:
        return {**dataclasses.asdict(self), "valid": self.valid}


class Journal:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Note a request when it arrives; who answers it fills in the rest."""
        with self._lock:
            self._entries.append(entry)

    def entries(self, operation: str | None = None) -> list[Entry]:
        with self._lock:
            return [entry for entry in self._entries if operation in (None, entry.operation)]

    def count(self, operation: str, status: int | None = None) -> int:
        return sum(status in (None, entry.status) for entry in self.entries(operation))

    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for entry in self.entries():
            counts[entry.operation] = counts.get(entry.operation, 0) + 1
        return counts

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
