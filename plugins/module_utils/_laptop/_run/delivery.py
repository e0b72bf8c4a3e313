# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delivery of a laptop's report: to a directory, such as a mounted share, or to a server by HTTPS PUT.

PRIVATE to the collection. A report that cannot be delivered is kept, and delivered by the next run.
"""

from __future__ import annotations

import datetime
import http.client
import os
import re
import ssl
import typing as t
import urllib.error
import urllib.parse
import urllib.request

from ..._aws_cli.urls import displayable, without_secrets
from ..._errors import WorkstationError
from ..._files import atomic
from ..._files.errors import file_error_text
from .._bundle.manifest import ReportSettings

READABLE_FILE = 0o644
"""The mode of a report in a directory: another user merges the reports, and they contain no secret."""

_HOST = "{host}"
_HEADERS = {"Content-Type": "application/json", "User-Agent": "workstation.aws_sso"}
_QUERY = "?"
"""The start of a token that is the query of a presigned URL, such as a shared access signature of Azure."""
_TOKEN = re.compile(r"[!-~]+")
_SECONDS = 30
"""For each operation of the network; a report has about 100 kB."""


def is_due(settings: ReportSettings, delivered: str, at: t.Optional[datetime.datetime], digest: str) -> bool:
    """Whether a report with *digest* is to be delivered.

    *delivered* is the digest of the last report that was delivered, and *at* the time of that. A laptop on
    which nothing changes reports every few days, which shows that it is in use.
    """
    if at is None or delivered != digest:
        return True
    now = datetime.datetime.now(datetime.timezone.utc)
    return not at <= now < at + datetime.timedelta(days=settings.every_days)


def deliver(envelope: bytes, host: str, settings: ReportSettings, environment: t.Mapping[str, str]) -> str:
    """Deliver the report of *host*; returns where it is now, to be shown. Raises WorkstationError."""
    if settings.destination.startswith("/"):
        return _save(envelope, report_path(settings.destination, host))
    url = report_url(settings.destination, host)
    token = _token(settings.token_variable, environment)
    if token.startswith(_QUERY):
        _put(envelope, url + token, _HEADERS)
    else:
        _put(envelope, url, {**_HEADERS, "Authorization": f"Bearer {token}"} if token else _HEADERS)
    return displayable(url)


def report_path(destination: str, host: str) -> str:
    """The file of *host* in the directory *destination*, or the path that results from a pattern."""
    if _HOST in os.path.basename(destination):
        return destination.replace(_HOST, host)
    return os.path.join(destination.replace(_HOST, host), f"{host}.json")


def report_url(destination: str, host: str) -> str:
    """The URL of *host*; one with a slash at the end of its path is that of a directory."""
    parts = urllib.parse.urlsplit(destination)
    if _HOST not in destination and parts.path.endswith("/"):
        return urllib.parse.urlunsplit(parts._replace(path=f"{parts.path}{host}.json"))
    return destination.replace(_HOST, host)


def _save(envelope: bytes, path: str) -> str:
    directory = os.path.dirname(path)
    try:
        if not os.path.isdir(directory):
            raise WorkstationError(
                f"The report was not delivered: the directory {directory} does not exist. Is the share"
                " mounted?"
            )
        atomic.replace_file(path, envelope, READABLE_FILE)
    except OSError as error:
        raise WorkstationError(f"The report was not delivered. {file_error_text(error, path)}") from None
    return path


def _token(variable: str, environment: t.Mapping[str, str]) -> str:
    """The bearer token, or the query of a presigned URL; empty if none is wanted."""
    if not variable:
        return ""
    token = environment.get(variable, "").strip()
    if not token:
        raise WorkstationError(
            f"The report was not delivered: the environment variable {variable}, which has the token for"
            " that, is not set."
        )
    if not _TOKEN.fullmatch(token):
        raise WorkstationError(
            f"The report was not delivered: the token in the environment variable {variable} is not valid."
        )
    return token


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Another server must not receive the token, and a redirected PUT would become a GET."""

    def redirect_request(self, *_arguments: t.Any) -> None:
        return None


def _put(envelope: bytes, url: str, headers: t.Mapping[str, str]) -> None:
    request = urllib.request.Request(url, envelope, dict(headers), method="PUT")
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=_SECONDS) as response:
            response.read(1)
    except urllib.error.HTTPError as error:
        error.close()
        raise _not_delivered(url, f"HTTP status {error.code}", _FIXES.get(error.code, "")) from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        fix = _UNTRUSTED if isinstance(reason, ssl.SSLCertVerificationError) else ""
        raise _not_delivered(url, str(reason) or type(error).__name__, fix) from None


_EXPIRED = (
    "The server refuses the token or the presigned URL, which may have expired: the administrators of the"
    " company bundle can renew it."
)
_UNTRUSTED = (
    "If your company inspects TLS, its certificate authority must be installed on this laptop; the"
    " administrator adds it to workstation_ca_certificates."
)
_FIXES = {401: _EXPIRED, 403: _EXPIRED}


def _not_delivered(url: str, reason: str, fix: str) -> WorkstationError:
    reason = without_secrets(reason, url).rstrip(".")
    text = f"The report was not delivered to {displayable(url)}: {reason}. {fix}"
    return WorkstationError(text.rstrip())
