# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What workstation-update remembers from one run to the next.

PRIVATE to the collection. A lost or damaged state costs a download, no more: which version is in use is what
the link *current* says.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import enum
import json
import typing as t

from ..._files.atomic import PRIVATE_FILE, make_private_directory, replace_file
from ..._files.lock import locked
from ..._text import format_time, read_time
from .paths import Paths

_LARGEST_STATE = 1_000_000

Time = t.Optional[datetime.datetime]


class Outcome(str, enum.Enum):
    """How an update ended; also in reports."""

    OK = "ok"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    REFUSED = "refused"
    SIGN_IN_REQUIRED = "sign_in_required"
    PASSWORD_REQUIRED = "password_required"
    OFFLINE = "offline"


@dataclasses.dataclass(frozen=True)
class Status:
    """An outcome, the sentences that explain it, and what to do; both texts are empty for success."""

    outcome: Outcome = Outcome.OK
    message: str = ""
    fix: str = ""


@dataclasses.dataclass(frozen=True)
class FailedVersion:
    """A content ID that is not installed again by the timer, because its run failed."""

    content_id: str
    time: datetime.datetime
    message: str


@dataclasses.dataclass(frozen=True)
class Reported:
    """When a report was delivered, and the digest of what it said."""

    time: datetime.datetime
    digest: str


@dataclasses.dataclass
class State:
    """All times are in UTC; None means never. See load() and save().

    *serial* is the highest accepted one, *digest* the SHA-256 of that manifest, *etag* and *last_modified*
    are its validators. *available* is the version and *expires* the time in it. *checked* is the time of the
    last answer from the source.

    *applied* is the content ID of the version in use, *system_applied* the content ID whose tasks for the
    whole system have run. *unfinished* is the content ID of a run that has begun and not ended. *ran* is the
    time of the last run of the playbook that ended, and *run* its status. *status* is the status of the last
    update, which may have ended before a run.
    """

    serial: int = 0
    digest: str = ""
    etag: str = ""
    last_modified: str = ""
    checked: Time = None
    available: str = ""
    applied: str = ""
    system_applied: str = ""
    unfinished: str = ""
    failed: t.Optional[FailedVersion] = None
    ran: Time = None
    run: Status = Status()
    status: Status = Status()
    reported: t.Optional[Reported] = None

    @property
    def outcome(self) -> Outcome:
        return self.status.outcome

    @property
    def message(self) -> str:
        return self.status.message

    @property
    def fix(self) -> str:
        return self.status.fix


def load(paths: Paths) -> State:
    """The state of the last save(); an empty one if there is none, or if the file is damaged."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        with open(paths.state, "rb") as stream:
            document = json.loads(stream.read(_LARGEST_STATE))
        return State(**{name: read(document[name]) for name, read in _READERS.items() if name in document})
    return State()


def save(paths: Paths, state: State) -> None:
    """Replace the file atomically. Raises OSError."""
    data = json.dumps(dataclasses.asdict(state), indent=1, default=format_time).encode() + b"\n"
    replace_file(paths.state, data, PRIVATE_FILE)


@contextlib.contextmanager
def exclusive(paths: Paths, timeout: float = 0) -> t.Iterator[None]:
    """Let no other process update, set up or uninstall meanwhile. Raises LockTimeout, OSError."""
    make_private_directory(paths.root)
    with locked(paths.root, timeout, directory=paths.root):
        yield


def _text(value: t.Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(value: t.Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("not a number")
    return value


def _time(value: t.Any) -> Time:
    return None if value is None else read_time(value)


def _status(value: t.Any) -> Status:
    return Status(Outcome(value["outcome"]), _text(value["message"]), _text(value["fix"]))


def _failed(value: t.Any) -> t.Optional[FailedVersion]:
    if value is None:
        return None
    return FailedVersion(_text(value["content_id"]), read_time(value["time"]), _text(value["message"]))


def _reported(value: t.Any) -> t.Optional[Reported]:
    return None if value is None else Reported(read_time(value["time"]), _text(value["digest"]))


_READERS: t.Dict[str, t.Callable[[t.Any], t.Any]] = {
    "serial": _number,
    **dict.fromkeys(("digest", "etag", "last_modified", "available"), _text),
    **dict.fromkeys(("applied", "system_applied", "unfinished"), _text),
    **dict.fromkeys(("checked", "ran"), _time),
    **dict.fromkeys(("run", "status"), _status),
    "failed": _failed,
    "reported": _reported,
}
