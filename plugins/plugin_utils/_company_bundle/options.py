# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module company_bundle, as values of a manifest.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import re
import typing as t

from ...module_utils._aws_cli.urls import is_url, require_valid_url
from ...module_utils._errors import WorkstationError
from ...module_utils._laptop._bundle.manifest import (
    INTERVALS,
    MANIFEST,
    NAME,
    VERSION,
    ReportSettings,
    Ring,
    Rollout,
    Settings,
)
from ...module_utils._text import printable
from .scripts import SCRIPTS
from .wheels import MACHINES, PYTHONS, Environment

Options = t.Mapping[str, t.Any]

ARGUMENT_SPEC: dict[str, t.Any] = {
    "directory": {"type": "path", "required": True},
    "url": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "version": {"type": "str"},
    "sign_only": {"type": "bool", "default": False},
    "key": {"type": "path", "required": True, "no_log": False},
    "next_keys": {"type": "list", "elements": "str", "default": [], "no_log": False},
    "expire_days": {"type": "int", "default": 90},
    "company": {"type": "dict"},
    "requirements": {"type": "path"},
    "pythons": {"type": "list", "elements": "str", "default": [*PYTHONS]},
    "machines": {"type": "list", "elements": "str", "choices": [*MACHINES], "default": [*MACHINES]},
    "aws_cli": {"type": "bool", "default": False},
    "paused": {"type": "bool", "default": False},
    "rings": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "percent": {"type": "float", "required": True},
            "start": {"type": "raw", "required": True},
        },
    },
    "interval": {"type": "str", "choices": [*INTERVALS], "default": "daily"},
    "random_delay_minutes": {"type": "int", "default": 240},
    "rerun_days": {"type": "int", "default": 7},
    "report": {
        "type": "dict",
        "options": {
            "destination": {"type": "str", "required": True},
            "token_variable": {"type": "str", "default": "", "no_log": False},
            "every_days": {"type": "int", "default": 1},
        },
    },
}
CONSTRAINTS: dict[str, t.Any] = {"required_if": [("sign_only", False, ("version",))]}

_MOST_DAYS = 3650
_URL = re.compile(r"(?:https?://|file:///|/)[A-Za-z0-9._~:/@%+,=\[\]-]+", re.ASCII)
_PYTHON = re.compile(r"3\.1[0-9]", re.ASCII)


def require_valid(options: Options) -> None:
    """Refuse values that could only fail later. Raises WorkstationError."""
    if not NAME.fullmatch(options["name"]):
        raise WorkstationError(
            "name must consist of lower-case letters, digits and hyphens, such as acme, not"
            f" {options['name']!r}."
        )
    version = options["version"]
    if version is not None and (not VERSION.fullmatch(version) or version in (MANIFEST, *SCRIPTS)):
        raise WorkstationError(
            "version must consist of letters, digits, dots, hyphens and underscores, such as 2026-05-01,"
            f" not {version!r}."
        )
    if not 1 <= options["expire_days"] <= _MOST_DAYS:
        raise WorkstationError(f"expire_days must be a number from 1 to {_MOST_DAYS}.")
    for name, most in (("random_delay_minutes", 10_080), ("rerun_days", _MOST_DAYS)):
        if not 0 <= options[name] <= most:
            raise WorkstationError(f"{name} must be a number from 0 to {most}.")
    _require_valid_pythons(options["pythons"])
    if not options["machines"]:
        raise WorkstationError("machines is empty, so the bundle would be for no laptop.")
    base_url(options)
    rollout(options)


def base_url(options: Options) -> str:
    """The URL or the path of the directory, as laptops reach it. Raises WorkstationError."""
    url = str(options["url"]).rstrip("/")
    if is_url(url):
        require_valid_url("url", url)
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise WorkstationError(
            "url must not contain a user name or a password: everybody could read it in setup.sh."
        )
    if not _URL.fullmatch(url):
        raise WorkstationError(
            "url must be where laptops find the directory, without a query: a URL that begins with"
            f" https://, http:// or file:///, or an absolute path, not {printable(url.partition('?')[0])!r}."
        )
    return url


def environments(options: Options) -> list[Environment]:
    return [
        Environment(python, machine)
        for python in dict.fromkeys(options["pythons"])
        for machine in dict.fromkeys(options["machines"])
    ]


def rollout(options: Options) -> Rollout:
    """Raises WorkstationError."""
    rings = []
    for ring in options["rings"]:
        if not 0 < ring["percent"] <= 100:
            raise WorkstationError("percent of each of the rings must be a number above 0 and up to 100.")
        rings.append(Ring(_number(ring["percent"]), _time(ring["start"])))
    return Rollout(options["paused"], tuple(rings))


def settings(options: Options, variables: t.Mapping[str, t.Any]) -> Settings:
    """*variables* are those of the laptops. Raises WorkstationError."""
    report = options["report"]
    become = variables.get("workstation_become", True)
    if report is not None:
        destination = report["destination"]
        if "@" in destination.partition("://")[2].partition("/")[0] or "?" in destination:
            raise WorkstationError(
                "destination of report must not contain a user name, a password or a query: everybody could"
                " read it in the manifest. In token_variable, name the environment variable with"
                " a bearer token, or with the query of a presigned URL."
            )
        if not destination.startswith(("https://", "/")):
            raise WorkstationError("destination of report must be an https URL or an absolute path.")
    return Settings(
        become=str(become).lower() not in ("false", "no", "off", "0", "n", "f"),
        interval=options["interval"],
        random_delay_minutes=options["random_delay_minutes"],
        rerun_days=options["rerun_days"],
        report=None if report is None else ReportSettings(**report),
    )


def _require_valid_pythons(pythons: t.Sequence[str]) -> None:
    if not pythons:
        raise WorkstationError("pythons is empty, so the bundle would be for no laptop.")
    for python in pythons:
        if not _PYTHON.fullmatch(python):
            raise WorkstationError(
                f"pythons must be versions such as '3.12', 3.10 or newer, not {python!r}. Quote them in"
                " YAML: the number 3.10 is 3.1."
            )


def _number(value: float) -> float:
    return int(value) if value == int(value) else value


def _time(value: t.Any) -> datetime.datetime:
    """A time of YAML, or text such as 2026-05-01T12:00:00Z or 2026-05-01; without a time zone, in UTC."""
    text = str(value).strip()
    try:
        found = datetime.datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text)
    except ValueError:
        raise WorkstationError(
            "start of each of the rings must be a time such as 2026-05-01T12:00:00Z, not"
            f" {printable(text[:80])!r}."
        ) from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=datetime.timezone.utc)
    return found.astimezone(datetime.timezone.utc).replace(microsecond=0)
