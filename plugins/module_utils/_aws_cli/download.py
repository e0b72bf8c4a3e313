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
from dataclasses import dataclass, field

from .._errors import WorkstationError
from .._host.clock import how_to_set_the_clock
from .urls import displayable, may_receive_headers, require_valid_url, without_secrets

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
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS = 10

_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)
"""A number in a header; the int() of Python also accepts signs, blanks and other digits."""
_REFUSED_BY_PROXY = re.compile(r"Tunnel connection failed: (\d{3})")
_PROXY_CREDENTIALS = (
    "a user name and a password (HTTP status 407). Add them to its URL:"
    " workstation_proxy: http://USER:PASSWORD@PROXY:PORT in the role, or the option proxy of the module"
    " workstation_network, with special characters as %XX."
)

T = t.TypeVar("T")
OnProgress = t.Callable[[int, t.Optional[int]], None]
"""Called with the number of bytes received so far, and the total if the server reports it."""


def progress_writer(path: str) -> OnProgress:
    """Write the progress of a download to the file *path*, as the two numbers with a space.

    Others can read it: the user who connects to the host shows it, and may not be the user who installs.
    """

    def on_progress(received: int, total: t.Optional[int]) -> None:
        with contextlib.suppress(OSError):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            with open(os.open(path, flags, 0o644), "w", encoding="ascii") as stream:
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
    cannot be reached from this host, as the end of a sentence. The secret *headers* are sent to the server of
    the URL *headers_for* only, also where that redirects to another one.

    *received* describes the last response.
    """

    open_url: t.Callable[..., t.Any]
    timeout: int
    sleep: t.Callable[[float], None] = time.sleep
    on_progress: OnProgress = lambda received, total: None
    alternative: str = ""
    headers: t.Mapping[str, str] = field(default_factory=dict)
    headers_for: str = ""
    received: str = ""

    def read(self, url: str, limit: int) -> bytes:
        """The body of *url*, which must not be longer than *limit* bytes. Raises DownloadFailed."""

        def attempt() -> bytes:
            with contextlib.closing(self._open(url, {})) as response:
                body: bytes = response.read(limit + 1)
            if len(body) > limit:
                raise _too_large(url, limit)
            return body

        return self._retry(url, attempt)

    def save(self, url: str, path: str, limit: int) -> None:
        """Write the body of *url* to *path*, resuming after a dropped connection where the server can.

        The body must not be longer than *limit* bytes. Raises DownloadFailed.
        """
        with open(path, "wb") as stream:
            transfer = _Transfer(stream, self.on_progress, _too_large(url, limit), limit)
            self._retry(url, lambda: transfer.run(lambda headers: self._open(url, headers)))

    def _open(self, url: str, headers: t.Dict[str, str]) -> t.Any:
        secret = bool(self.headers) and may_receive_headers(self.headers_for, url)
        response = self._follow(url, headers) if secret else self._request(url, headers)
        self.received = self._hidden(_description(response, url))
        return response

    def _request(self, url: str, headers: t.Mapping[str, str], **options: t.Any) -> t.Any:
        agent = "workstation.aws_sso"
        return self.open_url(
            url, headers=dict(headers), timeout=self.timeout, http_agent=agent, decompress=False, **options
        )

    def _follow(self, url: str, headers: t.Mapping[str, str]) -> t.Any:
        """Request *url* with the secret headers, and follow redirects, to other servers without them.

        The password for a host in ~/.netrc would replace the header Authorization.
        """
        sent, options = dict(self.headers), {"follow_redirects": "none"}
        if any(name.lower() == "authorization" for name in sent):
            options["use_netrc"] = False  # type: ignore[assignment]
        for _redirect in range(MOST_REDIRECTS):
            try:
                return self._request(url, {**headers, **sent}, **options)
            except urllib.error.HTTPError as error:
                target = error.headers.get("Location") if error.code in REDIRECTS else None
                if not target:
                    raise
                error.close()
                url = urllib.parse.urljoin(url, target)
            require_valid_url("The target of a redirect", url)
            if not may_receive_headers(self.headers_for, url):
                return self._request(url, headers)
        raise DownloadFailed(f"{displayable(url)} redirects too often.")

    def _hidden(self, text: str) -> str:
        for value in filter(None, self.headers.values()):
            text = text.replace(value, "********")
        return text

    def _retry(self, url: str, attempt: t.Callable[[], T], pauses: t.Sequence[float] = RETRY_PAUSES) -> T:
        try:
            return attempt()
        except (urllib.error.URLError, http.client.HTTPException, OSError, _Truncated) as error:
            if isinstance(error, OSError) and error.errno in LOCAL_ERRORS:
                raise
            if not pauses or not _is_transient(error):
                failure = _failure(url, error, self.alternative)
                raise DownloadFailed(self._hidden(str(failure)), failure.status) from error
            self.sleep(max(pauses[0], _retry_after(error)))
        except ValueError as error:  # of urllib, for a redirect to something that is no URL
            raise DownloadFailed(
                f"{displayable(url)} returned a response that is not valid:"
                f" {self._hidden(_safe(str(error), url))}."
            ) from error
        return self._retry(url, attempt, pauses[1:])


class _Transfer:
    """The transfer of one body into a file, over one or more connections."""

    def __init__(
        self, stream: t.BinaryIO, on_progress: OnProgress, too_large: DownloadFailed, limit: int
    ) -> None:
        self._stream = stream
        self._on_progress = on_progress
        self._too_large = too_large
        self._limit = limit
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
        length = _number(response.headers.get("Content-Length"))
        began_at = self._stream.tell()
        total = None if length is None else began_at + length
        self._require_within_limit(total or 0)
        self._on_progress(began_at, total)
        while True:
            chunk = response.read(min(CHUNK, self._limit + 1 - self._stream.tell()))
            if not chunk:
                break
            self._stream.write(chunk)
            self._require_within_limit(self._stream.tell())
            self._on_progress(self._stream.tell(), total)
        received = self._stream.tell() - began_at
        if length is not None and received != length:
            raise _Truncated(f"the connection was closed after {received} of {length} bytes")

    def _require_within_limit(self, size: int) -> None:
        if size > self._limit:
            raise self._too_large


def _description(response: t.Any, url: str) -> str:
    """What a server returned: its type, and the URL if that is another one than *url*."""
    kind = response.headers.get("Content-Type") or "a response without a Content-Type"
    encoding = response.headers.get("Content-Encoding") or ""
    final = response.geturl()
    parts = [
        _safe(kind, url)[:80],
        f"with the Content-Encoding {_safe(encoding, url)[:40]}, which was not requested" if encoding else "",
        f"from {_safe(displayable(final), final)}" if final != url else "",
    ]
    return " ".join(filter(None, parts))


def _too_large(url: str, limit: int) -> DownloadFailed:
    return DownloadFailed(f"{displayable(url)} is larger than {limit} bytes, so it is not the expected file.")


def _number(header: t.Optional[str]) -> t.Optional[int]:
    """The number in a header; None if there is none."""
    return int(header) if header and _LENGTH.fullmatch(header) else None


def _is_transient(error: Exception) -> bool:
    if isinstance(error, urllib.error.HTTPError):
        return error.code in TRANSIENT_STATUS
    reason = _reason(error)
    refused = refused_by_proxy(reason)
    if refused:
        return refused in TRANSIENT_STATUS
    return not isinstance(reason, (ssl.SSLCertVerificationError, FileNotFoundError, http.client.InvalidURL))


def _reason(error: Exception) -> t.Any:
    return error.reason if isinstance(error, urllib.error.URLError) else error


def _retry_after(error: Exception) -> float:
    value = error.headers.get("Retry-After") if isinstance(error, urllib.error.HTTPError) else None
    return min(float(_number(value) or 0), LONGEST_PAUSE)


def _failure(url: str, error: Exception, alternative: str) -> DownloadFailed:
    where = displayable(url)
    reason = _reason(error)
    status = error.code if isinstance(error, urllib.error.HTTPError) else refused_by_proxy(reason)
    if status == PROXY_AUTHENTICATION_REQUIRED:
        return DownloadFailed(f"Could not reach {where}: the proxy requires {_PROXY_CREDENTIALS}", status)
    if isinstance(error, urllib.error.HTTPError):
        status_text = f"{error.code} {_safe(str(error.reason), url)}".strip()
        return DownloadFailed(f"{where} returned HTTP status {status_text}.", error.code)
    if isinstance(reason, FileNotFoundError):  # of a file:// URL
        return DownloadFailed(f"{where} does not exist.", 404)
    what = f"Could not download {where}: {_safe(_reason_text(reason), url)}."
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
            return (
                "The clock of this host may be wrong: check it with date. To correct it:"
                f" {how_to_set_the_clock()}."
            )
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


def _safe(text: str, url: str) -> str:
    """*text* of a library or a server, without the secrets of *url* and without control characters."""
    return "".join(char if char.isprintable() else "?" for char in without_secrets(text, url)).strip(" .")
