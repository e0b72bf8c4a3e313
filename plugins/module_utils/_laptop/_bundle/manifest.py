# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest of a company bundle: what laptops install, from when, and how often they look for it.

PRIVATE to the collection. The controller writes manifests and signs them; laptops read a manifest only
after its signature was verified. Paths are relative to the folder of the manifest; times are UTC.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import re
import typing as t

from ..._errors import WorkstationError
from ..._text import format_time, read_time

FORMAT = "workstation.aws_sso.company_bundle"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
LARGEST_MANIFEST = 4_000_000
"""Bytes; a manifest of all supported Pythons and machines has about 50,000."""

INTERVALS = ("hourly", "daily", "weekly")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_COMPONENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+!-]{0,199}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_ENVIRONMENT = re.compile(r"3\.[0-9]{1,2}-[a-z0-9_]{1,20}", re.ASCII)
_PUBLIC_KEY = re.compile(r"[a-z0-9@.-]{1,64} [A-Za-z0-9+/=]{20,10000}", re.ASCII)
_DESTINATION = re.compile(r"(https://|/)[^\s\x00-\x1f\x7f]{1,2000}", re.ASCII)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}", re.ASCII)


class ManifestError(WorkstationError):
    """A manifest that this version cannot use."""


class File(t.NamedTuple):
    """The lower-case hexadecimal SHA-256 digest of a file, and its size in bytes."""

    sha256: str
    size: int


class Ring(t.NamedTuple):
    """The first *percent* of the hosts install the version from *start* on."""

    percent: float
    start: datetime.datetime


class Rollout(t.NamedTuple):
    """Without rings, all hosts install a version at once; while it is paused, no host does."""

    paused: bool = False
    rings: t.Tuple[Ring, ...] = ()


class ReportSettings(t.NamedTuple):
    """Where laptops deliver their reports: a directory, or an https URL for PUT; both may contain {host}.

    *token_variable* names the environment variable with a bearer token; empty for none.
    """

    destination: str
    token_variable: str = ""
    every_days: int = 1


class Settings(t.NamedTuple):
    """How laptops run the playbook.

    With *rerun_days*, a laptop runs the playbook of an unchanged bundle again after that many days; 0 for
    never.
    """

    become: bool = True
    interval: str = "daily"
    random_delay_minutes: int = 240
    rerun_days: int = 7
    report: t.Optional[ReportSettings] = None


@dataclasses.dataclass(frozen=True)
class Manifest:
    """A bundle. *serial* increases with every signing, so that no older manifest is accepted.

    *collection*, *updater*, *company* and *variables* are paths in *files*. *environments* has the paths of
    the wheels for a version of Python and a machine, such as 3.12-x86_64. *keys* are the public keys (type
    and base64) that sign the next manifests.
    """

    name: str
    version: str
    serial: int
    issued: datetime.datetime
    expires: datetime.datetime
    files: t.Mapping[str, File]
    collection: str
    updater: str
    company: str
    variables: str
    environments: t.Mapping[str, t.Sequence[str]]
    keys: t.Sequence[str]
    settings: Settings
    rollout: Rollout

    @property
    def content_id(self) -> str:
        """Identifies what a laptop installs and runs; the same after a manifest was signed again."""
        document = _document(self)
        content = {name: document[name] for name in ("version", "files", *_ROLES, "environments", "settings")}
        return hashlib.sha256(_canonical(content)).hexdigest()[:16]


_ROLES = ("collection", "updater", "company", "variables")


def dump(manifest: Manifest) -> bytes:
    """The file to sign. Raises ManifestError if parse() would refuse it."""
    data = json.dumps(_document(manifest), indent=1, sort_keys=True).encode() + b"\n"
    parse(data)
    return data


def parse(data: bytes) -> Manifest:
    """The manifest in *data*. Raises ManifestError."""
    if len(data) > LARGEST_MANIFEST:
        raise ManifestError(f"The manifest is larger than {LARGEST_MANIFEST // 1_000_000} MB.")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise ManifestError("The manifest is not JSON.") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ManifestError("The file is not the manifest of a company bundle.")
    if document.get("format_version") != FORMAT_VERSION:
        raise ManifestError(
            "The manifest has a format that this version does not know. Run setup.sh of the company bundle"
            " again."
        )
    try:
        return _manifest(document)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        reason = f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
        raise ManifestError(f"The manifest is not valid: {reason}.") from None


def _manifest(document: t.Mapping[str, t.Any]) -> Manifest:
    files = {
        _path(path): File(_match(_DIGEST, entry["sha256"], "sha256"), _number(entry["size"], "size", 2**40))
        for path, entry in _mapping(document["files"], "files").items()
    }
    roles = {role: _known(files, document[role], role) for role in _ROLES}
    environments = {
        _match(_ENVIRONMENT, name, "environments"): [_known(files, path, name) for path in _list(paths, name)]
        for name, paths in _mapping(document["environments"], "environments").items()
    }
    return Manifest(
        name=_match(NAME, document["name"], "name"),
        version=_match(VERSION, document["version"], "version"),
        serial=_number(document["serial"], "serial", 2**62),
        issued=_time(document["issued"], "issued"),
        expires=_time(document["expires"], "expires"),
        files=files,
        environments=environments,
        keys=[_match(_PUBLIC_KEY, key, "keys") for key in _list(document["keys"], "keys")],
        settings=_settings(_mapping(document["settings"], "settings")),
        rollout=_rollout(_mapping(document["rollout"], "rollout")),
        **roles,
    )


def _settings(document: t.Mapping[str, t.Any]) -> Settings:
    report = document["report"]
    if document["interval"] not in INTERVALS:
        raise ValueError(f"interval is not one of {', '.join(INTERVALS)}")
    return Settings(
        become=_flag(document["become"], "become"),
        interval=document["interval"],
        random_delay_minutes=_number(document["random_delay_minutes"], "random_delay_minutes", 10_080),
        rerun_days=_number(document["rerun_days"], "rerun_days", 3650),
        report=None if report is None else _report(_mapping(report, "report")),
    )


def _report(document: t.Mapping[str, t.Any]) -> ReportSettings:
    destination, variable = document["destination"], document["token_variable"]
    if not isinstance(destination, str) or not _DESTINATION.fullmatch(destination):
        raise ValueError("destination is neither an https URL nor an absolute path")
    if variable:
        _match(_VARIABLE, variable, "token_variable")
    return ReportSettings(destination, variable, _number(document["every_days"], "every_days", 3650))


def _rollout(document: t.Mapping[str, t.Any]) -> Rollout:
    rings = []
    for entry in _list(document["rings"], "rings"):
        percent = entry["percent"]
        if isinstance(percent, bool) or not isinstance(percent, (int, float)) or not 0 <= percent <= 100:
            raise ValueError("percent is not a number from 0 to 100")
        rings.append(Ring(percent, _time(entry["start"], "start")))
    return Rollout(_flag(document["paused"], "paused"), tuple(rings))


def _document(manifest: Manifest) -> t.Dict[str, t.Any]:
    report = manifest.settings.report
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **{name: getattr(manifest, name) for name in ("name", "version", "serial", *_ROLES)},
        "issued": format_time(manifest.issued),
        "expires": format_time(manifest.expires),
        "files": {path: file._asdict() for path, file in manifest.files.items()},
        "environments": {name: list(paths) for name, paths in manifest.environments.items()},
        "keys": list(manifest.keys),
        "settings": {**manifest.settings._asdict(), "report": report and report._asdict()},
        "rollout": {
            "paused": manifest.rollout.paused,
            "rings": [
                {"percent": ring.percent, "start": format_time(ring.start)} for ring in manifest.rollout.rings
            ],
        },
    }


def _canonical(value: t.Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _mapping(value: t.Any, name: str) -> t.Mapping[str, t.Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{name} is not an object")
    return value


def _list(value: t.Any, name: str) -> t.List[t.Any]:
    if not isinstance(value, list):
        raise TypeError(f"{name} is not a list")
    return value


def _flag(value: t.Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} is not a truth value")
    return value


def _number(value: t.Any, name: str, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError(f"{name} is not a number from 0 to {most}")
    return value


def _match(pattern: t.Pattern[str], value: t.Any, name: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(f"{name} has a value that is not allowed")
    return value


def _path(value: str) -> str:
    if not all(_COMPONENT.fullmatch(component) for component in value.split("/")):
        raise ValueError("a path in files is not allowed")
    return value


def _known(files: t.Mapping[str, File], path: t.Any, name: str) -> str:
    if not isinstance(path, str) or path not in files:
        raise ValueError(f"{name} names a file that files does not have")
    return path


def _time(value: t.Any, name: str) -> datetime.datetime:
    if not isinstance(value, str):
        raise TypeError(f"{name} is not a time")
    try:
        return read_time(value)
    except ValueError:
        raise ValueError(f"{name} is not a time such as 2026-05-01T12:00:00Z") from None
