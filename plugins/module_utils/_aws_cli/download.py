# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads that are retried, resumed, and never complete with a truncated file.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import errno
import http.client
import os
import re
import socket
import ssl
import time
import typing as t
import urllib.error
import urllib.parse
from dataclasses import dataclass

from .._errors import WorkstationError

RETRY_PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between attempts: a dropped connection recovers within seconds, an outage should fail soon."""
LONGEST_PAUSE = 30.0
"""Seconds that a Retry-After header is obeyed at most, so that a server cannot stall the task."""
CHUNK = 1 << 20
TRANSIENT_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
LOCAL_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})

CERTIFICATE_VALIDITY_ERRORS = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL."""
PROXY_AUTHENTICATION_REQUIRED = 407

_REFUSED_BY_PROXY = re.compile(r"Tunnel connection failed: (\d{3})")
_PROXY_CREDENTIALS = (
    "a user name and a password (HTTP status 407). Add them to its URL:"
    " workstation_proxy: http://USER:PASSWORD@PROXY:PORT in the role, or the option proxy of the module"
    " workstation_network, with special characters as %XX."
)

T = t.TypeVar("T")
OnProgress = t.Callable[[int, t.Optional[int]], None]
"""Called with the number of bytes received so far, and the total if the server reports it."""


PROGRESS_FILE = "progress"
"""Name of the file in a task's temporary directory from which the action plugin reads the progress."""


def progress_writer(directory: str) -> OnProgress:
    """Write the progress of a download to PROGRESS_FILE in *directory*, as the two numbers with a space."""
    path = os.path.join(directory, PROGRESS_FILE)

    def on_progress(received: int, total: t.Optional[int]) -> None:
        with contextlib.suppress(OSError), open(path, "w", encoding="ascii") as stream:
            os.chmod(path, 0o644)  # the connecting user reads it, and may not be the user who installs
            stream.write(f"{received} {total or 0}")

    return on_progress


class DownloadFailed(WorkstationError):
    """A URL could not be downloaded; *status* is the HTTP status of the last response, if any."""

    def __init__(self, message: str, status: t.Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status


class _Truncated(WorkstationError):
    """The connection was closed before the whole body had arrived."""


@dataclass
class Downloader:
    """Downloads with Ansible's *open_url*, which handles proxies, certificates and credentials.

    *timeout* is in seconds, for one network operation. *alternative* is what else a user can do when the URL
    cannot be reached from this host, as the end of a sentence.
    """

    open_url: t.Callable[..., t.Any]
    timeout: int
    sleep: t.Callable[[float], None] = time.sleep
    on_progress: OnProgress = lambda received, total: None
    alternative: str = ""

    def read(self, url: str, limit: int) -> bytes:
        """The body of *url*, which must not be longer than *limit* bytes. Raises DownloadFailed."""

        def attempt() -> bytes:
            with contextlib.closing(self._open(url, {})) as response:
                body: bytes = response.read(limit + 1)
            if len(body) > limit:
                raise DownloadFailed(
                    f"{displayable(url)} is larger than {limit} bytes, so it is not the expected file."
                )
            return body

        return self._retry(url, attempt)

    def save(self, url: str, path: str) -> None:
        """Write the body of *url* to *path*, resuming after a dropped connection where the server can.

        Raises DownloadFailed.
        """
        with open(path, "wb") as stream:
            transfer = _Transfer(stream, self.on_progress)
            self._retry(url, lambda: transfer.run(lambda headers: self._open(url, headers)))

    def _open(self, url: str, headers: t.Dict[str, str]) -> t.Any:
        return self.open_url(
            url, headers=headers, timeout=self.timeout, http_agent="workstation.aws_sso", decompress=False
        )

    def _retry(self, url: str, attempt: t.Callable[[], T], pauses: t.Sequence[float] = RETRY_PAUSES) -> T:
        try:
            return attempt()
        except (urllib.error.URLError, http.client.HTTPException, OSError, _Truncated) as error:
            if isinstance(error, OSError) and error.errno in LOCAL_ERRORS:
                raise
            if not pauses or not _is_transient(error):
                raise _failure(url, error, self.alternative) from error
            self.sleep(max(pauses[0], _retry_after(error)))
        return self._retry(url, attempt, pauses[1:])


class _Transfer:
    """The transfer of one body into a file, over one or more connections."""

    def __init__(self, stream: t.BinaryIO, on_progress: OnProgress) -> None:
        self._stream = stream
        self._on_progress = on_progress
        self._validator = ""

    def run(self, open_with: t.Callable[[t.Dict[str, str]], t.Any]) -> None:
        have = self._stream.tell()
        wanted = {"Range": f"bytes={have}-", "If-Range": self._validator} if have and self._validator else {}
        with contextlib.closing(open_with(wanted)) as response:
            if have and not self._resumes(response, have):
                self._stream.seek(0)
                self._stream.truncate()
            self._validator = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
            self._copy(response)

    @staticmethod
    def _resumes(response: t.Any, have: int) -> bool:
        content_range = response.headers.get("Content-Range") or ""
        return response.getcode() == 206 and content_range.startswith(f"bytes {have}-")

    def _copy(self, response: t.Any) -> None:
        length = response.headers.get("Content-Length")
        began_at = self._stream.tell()
        total = None if length is None else began_at + int(length)
        self._on_progress(began_at, total)
        while True:
            chunk = response.read(CHUNK)
            if not chunk:
                break
            self._stream.write(chunk)
            self._on_progress(self._stream.tell(), total)
        received = self._stream.tell() - began_at
        if length is not None and received != int(length):
            raise _Truncated(f"the connection was closed after {received} of {length} bytes")


def _is_transient(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code in TRANSIENT_STATUS
    reason = _reason(error)
    refused = refused_by_proxy(reason)
    if refused:
        return refused in TRANSIENT_STATUS
    return not isinstance(reason, (ssl.SSLCertVerificationError, FileNotFoundError))


def _reason(error: Exception) -> t.Any:
    return error.reason if isinstance(error, urllib.error.URLError) else error


def _retry_after(error: Exception) -> float:
    value = error.headers.get("Retry-After", "") if isinstance(error, urllib.error.HTTPError) else ""
    return min(float(value), LONGEST_PAUSE) if value.isdigit() else 0.0


def _failure(url: str, error: Exception, alternative: str) -> DownloadFailed:
    where = displayable(url)
    reason = _reason(error)
    status = error.code if isinstance(error, urllib.error.HTTPError) else refused_by_proxy(reason)
    if status == PROXY_AUTHENTICATION_REQUIRED:
        return DownloadFailed(f"Could not reach {where}: the proxy requires {_PROXY_CREDENTIALS}", status)
    if isinstance(error, urllib.error.HTTPError):
        return DownloadFailed(f"{where} returned HTTP status {error.code} {error.reason}.", error.code)
    if isinstance(reason, FileNotFoundError):  # of a file:// URL
        return DownloadFailed(f"{where} does not exist.", 404)
    what = f"Could not download {where}: {_reason_text(reason)}."
    return DownloadFailed(f"{what} {_fix(reason, status)} Or {_alternatives(alternative)}.")


def refused_by_proxy(reason: t.Any) -> t.Optional[int]:
    """The HTTP status with which a proxy refused to connect, if *reason* is that."""
    refused = _REFUSED_BY_PROXY.search(str(reason)) if isinstance(reason, OSError) else None
    return int(refused.group(1)) if refused else None


def _reason_text(reason: t.Any) -> str:
    if isinstance(reason, (socket.timeout, TimeoutError)):
        return "it did not respond in time"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({reason.verify_message})"
    return str(getattr(reason, "strerror", None) or reason)


def _fix(reason: t.Any, status: t.Optional[int]) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        if reason.verify_code in CERTIFICATE_VALIDITY_ERRORS:
            return "The clock of this host may be wrong: check it with date; on WSL2, run sudo hwclock -s."
        return (
            "If your company inspects TLS, install its CA with the module workstation_network"
            " (option ca_certificates; in the role: workstation_ca_certificates)."
        )
    if status:
        return "The proxy does not allow this URL: ask its administrator to allow it."
    return (
        "Check the network. If this host needs a proxy, configure it with the module workstation_network"
        " (in the role: workstation_proxy: http://PROXY:PORT); if it has one, check its URL."
    )


def _alternatives(alternative: str) -> str:
    mirror = "set base_url to a mirror that this host can reach"
    return f"{mirror}, or {alternative}" if alternative else mirror


def displayable(url: str) -> str:
    """*url* without its secrets: credentials, and the query of a presigned URL."""
    parts = urllib.parse.urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urllib.parse.urlunsplit((parts.scheme, host, parts.path, "", ""))
