# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a laptop: which bundle it has, what the last run did, and why it failed.

PRIVATE to the collection. docs/laptop-report.md documents the format. A report is signed with the key that
setup made for this laptop, so that no other laptop can report in its name.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import platform
import re
import socket
import tempfile
import typing as t

from ..._aws_cli.urls import displayable
from ..._errors import WorkstationError
from ..._host.running_program import RunningProgram
from ..._text import format_time, printable_lines
from .._installation.state import Outcome

FORMAT = "workstation.aws_sso.laptop_report"
VERSION = 1
NAMESPACE = "laptop-report@workstation.aws_sso"
"""Of the signature, so that a signature for another purpose is not accepted."""
OUTCOMES = tuple(outcome.value for outcome in Outcome)
LARGEST_REPORT = 1_000_000
"""Bytes; the report of a user with 1,000 accounts has about 100,000."""
LONGEST_HOST = 253
LONGEST_TEXT = 4000

MOST_GROUPS = 1000
MOST_ACCOUNTS = 5000
MOST_PAIRS = 20_000
"""Groups of accounts with the same roles, accounts, and accounts times roles of a host."""
MOST_EVENTS = 10
"""Earlier outcomes that a report keeps."""

_LARGEST_STATE = 16 * LARGEST_REPORT
_SECONDS = 30
"""For a signature, which takes milliseconds."""
_NOT_IN_NAMES = re.compile(r"[^a-z0-9._-]+", re.ASCII)
_URL = re.compile(r"[a-z][a-z0-9+.-]{0,30}://[^\s\"'<>]+", re.IGNORECASE)
_OS_RELEASE = re.compile(r"^(ID|VERSION_ID)=[\"']?([\w. -]{1,64})", re.MULTILINE | re.ASCII)

Document = t.Dict[str, t.Any]


class BundleState(t.NamedTuple):
    """The bundle that is installed, with empty fields before the first one, and the *available* version."""

    name: str
    version: str = ""
    content_id: str = ""
    serial: int = 0
    available: str = ""


class Result(t.NamedTuple):
    """One of OUTCOMES, why, what to do about it, and when the playbook ran; empty if it did not."""

    outcome: str
    message: str = ""
    fix: str = ""
    ran: str = ""


class HostKey(t.NamedTuple):
    """The path of the private key of this laptop, and its public key as type and base64."""

    path: str
    public: str


def read_host_key(path: str) -> HostKey:
    """The key at *path*, with its public key beside it. Raises WorkstationError and OSError."""
    with open(f"{path}.pub", encoding="ascii", errors="replace") as stream:
        fields = stream.read(10_000).split()
    if len(fields) < 2:
        raise WorkstationError(
            f"{path}.pub is not a public key. Run setup.sh of the company bundle again, which makes a new"
            " key."
        )
    return HostKey(path, " ".join(fields[:2]))


def host_name(public_key: str, name: t.Optional[str] = None) -> str:
    """The name under which this laptop reports: its host name in lower case.

    A laptop without a name of its own gets one from its *public_key*.
    """
    name = socket.gethostname() if name is None else name
    name = _NOT_IN_NAMES.sub("-", name.lower())[:LONGEST_HOST].strip(".-_")
    if not name or name.partition(".")[0] == "localhost":
        return f"laptop-{hashlib.sha256(public_key.encode()).hexdigest()[:8]}"
    return name


def document(
    host: str,
    key: HostKey,
    bundle: BundleState,
    result: Result,
    fleet: t.Any,
    now: datetime.datetime,
    previous: t.Optional[Document] = None,
) -> Document:
    """The report. *fleet* is the state that the callback fleet_report wrote on this laptop, or None.

    *previous* is the last report, whose outcome becomes part of the history.
    """
    report = {
        "format": FORMAT,
        "version": VERSION,
        "host": host,
        "time": format_time(now),
        "key": key.public,
        "bundle": bundle._asdict(),
        **result._asdict(),
        "message": _shown(result.message),
        "fix": _shown(result.fix),
        "system": system(),
        "fleet": fleet,
    }
    return {**report, "history": _history(previous, _event(report)) if previous else []}


def read_report(path: str) -> t.Optional[Document]:
    """The report in the file at *path*, for document(); None if there is no usable one."""
    try:
        with open(path, "rb") as stream:
            report: Document = json.loads(stream.read(2 * LARGEST_REPORT))["report"]
        _history(report, {})
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None
    return report


def _history(previous: Document, now: Document) -> t.List[Document]:
    """The earlier outcomes, oldest first, with that of the *previous* report if it is not as it is *now*."""
    events = [dict(event) for event in previous["history"]]
    event = _event(previous)
    if {**event, "time": ""} != {**now, "time": ""}:
        events.append(event)
    return events[-MOST_EVENTS:]


def _event(report: Document) -> Document:
    bundle = report["bundle"]
    return {
        "time": report["time"],
        "outcome": report["outcome"],
        "message": report["message"],
        "version": bundle["version"],
        "available": bundle["available"],
    }


def system(root: str = "/") -> Document:
    """Facts about this laptop that do not depend on a run."""
    return {
        "python": platform.python_version(),
        "distribution": _distribution(root),
        "wsl": "microsoft" in platform.release().lower(),
    }


def read_fleet(path: str) -> t.Any:
    """The state file of the callback at *path*, for document(); None if there is no usable one.

    Only what belongs to the last run is left, and no access that would be too much for a report.
    """
    try:
        with open(path, "rb") as stream:
            fleet = json.loads(stream.read(_LARGEST_STATE))
        for name in ("changes", "reports"):  # the first is for other programs, and as large as the rest
            fleet.pop(name, None)
        for host in fleet["hosts"].values():
            host["access_before"] = None
            _keep_access(fleet, host)
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None
    return fleet if len(_canonical(fleet)) <= LARGEST_REPORT * 3 // 4 else None


def _keep_access(fleet: Document, host: Document) -> None:
    """Keep only what the access of *host* refers to, and nothing if it is too much."""
    sets = {digest: fleet["access_sets"][digest] for digest in (host.get("access") or {}).values()}
    accounts = {account for entries in sets.values() for entry in entries for account in entry["accounts"]}
    names = {account: name for account, name in fleet.get("accounts", {}).items() if account in accounts}
    fleet.update(access_sets=sets, accounts=names)
    if exceeds_limits(sets.values()) or len(_canonical([sets, names])) > LARGEST_REPORT // 2:
        host["access"] = None
        fleet.update(access_sets={}, accounts={})


def exceeds_limits(sets: t.Iterable[t.List[t.Dict[str, t.List[str]]]]) -> bool:
    """Whether the access in *sets* is too much for a report: the page and its state would grow by it.

    Raises LookupError and TypeError for what is no access.
    """
    groups = accounts = pairs = 0
    for entries in sets:
        groups += len(entries)
        accounts += sum(len(entry["accounts"]) for entry in entries)
        pairs += sum(len(entry["accounts"]) * len(entry["roles"]) for entry in entries)
    return groups > MOST_GROUPS or accounts > MOST_ACCOUNTS or pairs > MOST_PAIRS


def digest(report: Document) -> str:
    """Identifies what a report says; the same as long as nothing but its time changes."""
    return hashlib.sha256(_canonical({**report, "time": ""})).hexdigest()[:16]


def envelope(report: Document, key: HostKey) -> bytes:
    """The file to deliver: *report* with its signature. Raises WorkstationError and OSError."""
    return json.dumps({"report": report, "signature": _sign(signed_bytes(report), key.path)}).encode() + b"\n"


def signed_bytes(report: t.Any) -> bytes:
    """What the signature of a report signs."""
    return _canonical(report)


def _canonical(value: t.Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def _shown(text: str) -> str:
    """*text* without the secrets of URLs in it."""
    text = _URL.sub(lambda found: displayable(found[0]), printable_lines(text))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _distribution(root: str) -> str:
    for name in ("etc/os-release", "usr/lib/os-release"):
        try:
            with open(os.path.join(root, name), encoding="utf-8", errors="replace") as stream:
                found = dict(_OS_RELEASE.findall(stream.read(65536)))
        except OSError:
            continue
        return " ".join(filter(None, [found.get("ID"), found.get("VERSION_ID")]))
    return ""


def _sign(data: bytes, key: str) -> str:
    """The signature by ssh-keygen, which would use another key of that name in an agent of the user."""
    environment = {name: value for name, value in os.environ.items() if name != "SSH_AUTH_SOCK"}
    with tempfile.TemporaryDirectory(prefix="workstation-report-") as directory:
        path = os.path.join(directory, "report")
        with open(path, "wb") as stream:
            stream.write(data)
        command = ["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", key, path]
        status, _output, errors = RunningProgram(command, _SECONDS, environment).result()
        if status:
            reason = errors.decode("utf-8", "replace").strip().replace("\n", "; ")
            raise WorkstationError(
                f"ssh-keygen could not sign the report of this laptop with {key}: {reason or status}. If the"
                " key is damaged, delete it and run setup.sh of the company bundle again, which makes a new"
                " key."
            )
        with open(f"{path}.sig", encoding="ascii") as stream:
            return stream.read()
