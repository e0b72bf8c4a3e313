# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a company bundle from where it is published: an https or http server, or a directory.

PRIVATE to the collection. What is read is not trusted: it is limited in size and time here, and verified by
the callers.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import ssl
import stat
import time
import typing as t
import urllib.error
import urllib.parse
import urllib.request

from ..._aws_cli.download import (
    CERTIFICATE_VALIDITY_ERRORS,
    CHUNK,
    PROXY_AUTHENTICATION_REQUIRED,
    TRANSIENT_STATUS,
    refused_by_proxy,
)
from ..._aws_cli.urls import displayable, is_url, require_valid_url, without_secrets
from ..._errors import WorkstationError
from ..._files.atomic import PRIVATE_FILE
from ..._host.clock import how_to_set_the_clock
from .errors import Refused, Unreachable

PAUSES = (1.0, 2.0)
"""Seconds between attempts while a person waits."""
PATIENT_PAUSES = (2.0, 5.0, 13.0)
"""The same for the timer: a laptop that just woke up has no network for some seconds."""

_LONGEST_READ = 60.0
_SLOWEST = 10_000
"""Bytes per second; a slower download is given up, and continued by the next update."""
_READ_WRITE = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)
_PAGE = re.compile(rb"\s*<(!doctype\s+)?html", re.IGNORECASE)
_NOT_MODIFIED, _PARTIAL, _RANGE_NOT_SATISFIABLE = 304, 206, 416
_RELEASE = re.compile(r"/releases/(?:latest/download|download/[^/]+)\Z")
"""The URL of a release on GitHub, which has no folders: 1/file is 1-file there, as in setup.sh."""

_PUBLISH_AGAIN = "The administrator must publish the bundle again, with all of its files."


class Validators(t.NamedTuple):
    """What a server said about a file, for a conditional request."""

    etag: str = ""
    last_modified: str = ""


class Document(t.NamedTuple):
    """The content of a file, and its validators."""

    data: bytes
    validators: Validators


_UNKNOWN = Validators()


class _NotModified(WorkstationError):
    """The file is the one that the validators of the request are of."""


class _Opened(t.NamedTuple):
    """An open file: what remains of it from *offset* on, of which *remaining* bytes if that is known."""

    stream: t.Any
    offset: int
    remaining: t.Optional[int]
    validators: Validators


def require_valid_location(location: str) -> None:
    """Raises WorkstationError if *location* is neither a URL nor an absolute path of a bundle."""
    if not is_url(location):
        if not os.path.isabs(location):
            raise WorkstationError("The location of the bundle must be a URL or an absolute path.")
        return
    require_valid_url("The URL of the bundle", location)
    parts = urllib.parse.urlsplit(location)
    if parts.scheme.lower() not in ("https", "http", "file"):
        raise WorkstationError("The URL of the bundle must begin with https://, http:// or file://.")
    if "@" in parts.netloc:
        raise WorkstationError("The URL of the bundle must not contain a user name or a password.")


class Source:
    """The directory or URL *location* of a bundle; paths are relative to it.

    *timeout* is in seconds, for one network operation. Proxies are those of the environment. An attempt that
    fails for a reason that may pass is repeated after each of *pauses*.
    """

    def __init__(
        self,
        location: str,
        timeout: float = 30,
        pauses: t.Sequence[float] = PAUSES,
        sleep: t.Callable[[float], None] = time.sleep,
    ) -> None:
        require_valid_location(location)
        self._place: t.Union[_Directory, _Server]
        if not is_url(location):
            self._place = _Directory(location)
        elif location.lower().startswith("file:"):
            self._place = _Directory(urllib.parse.unquote(urllib.parse.urlsplit(location).path))
        else:
            self._place = _Server(location, timeout)
        self._pauses = pauses
        self._sleep = sleep

    def read(self, path: str, limit: int) -> Document:
        """The content of a file of at most *limit* bytes. Raises Unreachable or Refused."""
        return self._read_patiently(path, limit, _UNKNOWN)

    def read_if_changed(self, path: str, limit: int, known: Validators) -> t.Optional[Document]:
        """As read(); None if the file is still the one that *known* is of."""
        try:
            return self._read_patiently(path, limit, known)
        except _NotModified:
            return None

    def _read_patiently(self, path: str, limit: int, known: Validators) -> Document:
        pauses = [*self._pauses]
        while True:
            try:
                return self._read(path, limit, known)
            except Unreachable:
                if not pauses:
                    raise
            self._sleep(pauses.pop(0))

    def save(self, path: str, destination: str, size: int) -> None:
        """Write a file of *size* bytes to *destination*, after what an interrupted download left there.

        Raises Unreachable, Refused or OSError.
        """
        deadline = time.monotonic() + _LONGEST_READ + size / _SLOWEST
        pauses = [*self._pauses]
        with open(os.open(destination, _READ_WRITE, PRIVATE_FILE), "r+b") as stream:
            if stream.seek(0, os.SEEK_END) > size:
                _empty(stream)
            while stream.tell() < size or size == 0:
                before = stream.tell()
                try:
                    self._continue(path, stream, size, deadline)
                    break
                except Unreachable:
                    if not pauses or time.monotonic() >= deadline:
                        raise
                    if stream.tell() > before:
                        pauses = [*self._pauses]
                self._sleep(pauses.pop(0))
            stream.flush()
            os.fsync(stream.fileno())

    def _read(self, path: str, limit: int, known: Validators) -> Document:
        deadline = time.monotonic() + _LONGEST_READ
        opened = self._place.open(path, 0, known)
        name, data = self._place.name(path), b""
        with contextlib.closing(opened.stream):
            for chunk in self._chunks(opened, path, deadline):
                data += chunk
                if len(data) > limit:
                    raise Refused(f"{name} is larger than {limit:,} bytes, so it is not the expected file.")
        if _PAGE.match(data):
            raise _web_page(name)
        return Document(data, opened.validators)

    def _continue(self, path: str, stream: t.BinaryIO, size: int, deadline: float) -> None:
        opened = self._place.open(path, stream.tell())
        with contextlib.closing(opened.stream):
            if opened.offset != stream.tell():
                _empty(stream)
            if opened.remaining is not None and opened.offset + opened.remaining != size:
                self._refuse_size(path, opened.offset + opened.remaining, size)
            for chunk in self._chunks(opened, path, deadline):
                stream.write(chunk)
                if stream.tell() > size:
                    found = stream.tell()
                    _empty(stream)
                    self._refuse_size(path, found, size)
        if stream.tell() < size:
            self._refuse_size(path, stream.tell(), size)

    def _refuse_size(self, path: str, found: int, size: int) -> t.NoReturn:
        raise Refused(
            f"{self._place.name(path)} has {found:,} bytes, but {size:,} in the manifest.", _PUBLISH_AGAIN
        )

    def _chunks(self, opened: _Opened, path: str, deadline: float) -> t.Iterator[bytes]:
        received = 0
        while True:
            if time.monotonic() > deadline:
                raise Unreachable(f"{self._place.name(path)}: the download is too slow.")
            with self._place.errors(path):
                chunk = opened.stream.read1(CHUNK)
            if not chunk:
                break
            received += len(chunk)
            yield chunk
        if opened.remaining is not None and received < opened.remaining:
            raise Unreachable(f"{self._place.name(path)}: the connection was closed too early.")


class _Directory:
    """A bundle in a directory, such as a share."""

    def __init__(self, root: str) -> None:
        self._root = root

    def name(self, path: str) -> str:
        return os.path.join(self._root, path)

    def open(self, path: str, offset: int, known: Validators = _UNKNOWN) -> _Opened:
        with self.errors(path):
            descriptor = os.open(self.name(path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                os.close(descriptor)
                raise Refused(f"{self.name(path)} is not a file.", _PUBLISH_AGAIN)
            stream = open(descriptor, "rb")  # noqa: SIM115 (the caller closes it)
            stream.seek(min(offset, found.st_size))
        validators = Validators(f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}")
        if validators == known:
            stream.close()
            raise _NotModified
        return _Opened(stream, stream.tell(), found.st_size - stream.tell(), validators)

    @contextlib.contextmanager
    def errors(self, path: str) -> t.Iterator[None]:
        try:
            yield
        except PermissionError as error:
            fix = f"Ask your administrator for access to {self._root}."
            raise Refused(f"{self.name(path)}: {error.strerror}.", fix) from None
        except FileNotFoundError:
            if os.path.isdir(self._root):
                raise Refused(f"{self.name(path)} does not exist.", _PUBLISH_AGAIN) from None
            raise Unreachable(f"The directory of the bundle is not available: {self._root}.") from None
        except OSError as error:
            raise Unreachable(f"{self.name(path)}: {error.strerror}.") from None


class _Server:
    """A bundle on a server."""

    def __init__(self, url: str, timeout: float) -> None:
        self._url = urllib.parse.urlsplit(url)
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_Redirects)

    def name(self, path: str) -> str:
        return displayable(self._location(path))

    def open(self, path: str, offset: int, known: Validators = _UNKNOWN) -> _Opened:
        headers = {"Accept-Encoding": "identity", "User-Agent": "workstation.aws_sso"}
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        if offset:
            headers["Range"] = f"bytes={offset}-"
        request = urllib.request.Request(self._location(path), headers=headers)
        try:
            with self.errors(path):
                response = self._opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            with contextlib.closing(error):
                if error.code == _NOT_MODIFIED and any(known):
                    raise _NotModified from None
                if error.code == _RANGE_NOT_SATISFIABLE and offset:
                    return self.open(path, 0)
                raise self._status_error(path, error) from None
        return self._opened(path, offset, response)

    def _opened(self, path: str, offset: int, response: t.Any) -> _Opened:
        headers = response.headers
        if headers.get_content_type() == "text/html":
            response.close()
            raise _web_page(self.name(path))
        resumed = response.getcode() == _PARTIAL and str(headers.get("Content-Range")).startswith(
            f"bytes {offset}-"
        )
        length = headers.get("Content-Length") or ""
        return _Opened(
            response,
            offset if resumed else 0,
            int(length) if _LENGTH.fullmatch(length) else None,
            Validators(_header(headers.get("ETag")), _header(headers.get("Last-Modified"))),
        )

    @contextlib.contextmanager
    def errors(self, path: str) -> t.Iterator[None]:
        """Raise Unreachable or Refused in place of the errors of urllib, apart from HTTPError."""
        try:
            yield
        except urllib.error.HTTPError:
            raise
        except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
            raise self._network_error(path, error) from None

    def _location(self, path: str) -> str:
        root = self._url.path.rstrip("/")
        if _RELEASE.search(root):
            path = path.replace("/", "-")
        return self._url._replace(path=f"{root}/{urllib.parse.quote(path)}").geturl()

    def _status_error(self, path: str, error: urllib.error.HTTPError) -> WorkstationError:
        if error.code == PROXY_AUTHENTICATION_REQUIRED:
            return self._proxy_error(error.code)
        if error.code in TRANSIENT_STATUS:
            return Unreachable(f"{self.name(path)} returned HTTP status {error.code}.")
        return Refused(f"{self.name(path)} returned HTTP status {error.code}.", _PUBLISH_AGAIN)

    def _network_error(self, path: str, error: Exception) -> WorkstationError:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, ssl.SSLCertVerificationError):
            return self._certificate_error(reason)
        status = refused_by_proxy(reason)
        if status is not None and status not in TRANSIENT_STATUS:
            return self._proxy_error(status)
        text = str(getattr(reason, "strerror", None) or reason or type(reason).__name__).rstrip(".")
        return Unreachable(f"{self.name(path)}: {without_secrets(text, self._url.geturl())}.")

    def _certificate_error(self, error: ssl.SSLCertVerificationError) -> Refused:
        if error.verify_code in CERTIFICATE_VALIDITY_ERRORS:
            fix = f"Check the clock of this laptop with date. To correct it: {how_to_set_the_clock()}."
        else:
            fix = (
                "If your company inspects TLS, its certificate authority must be installed on this laptop;"
                " the administrator adds it to workstation_ca_certificates."
            )
        return Refused(f"The certificate of {self._host} is not trusted: {error.verify_message}.", fix)

    def _proxy_error(self, status: int) -> Refused:
        if status == PROXY_AUTHENTICATION_REQUIRED:
            fix = "Add your user name and password to the URL in the variable https_proxy or http_proxy."
        else:
            fix = f"Ask the administrator of the proxy to allow {self._host}."
        return Refused(f"The proxy refused the connection to {self._host} with HTTP status {status}.", fix)

    @property
    def _host(self) -> str:
        return self._url.hostname or ""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Redirects to the same scheme, or from http to https; never from https to http."""

    def redirect_request(
        self, req: t.Any, fp: t.Any, code: int, msg: str, headers: t.Any, newurl: str
    ) -> t.Any:
        here, there = (urllib.parse.urlsplit(url).scheme for url in (req.full_url, newurl))
        if here != there and (here, there) != ("http", "https"):
            raise Refused(
                f"{displayable(req.full_url)} redirects to {displayable(newurl)}, which is not {here}.",
                "If this network requires a sign-in page, sign in there, then run workstation-update.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _empty(stream: t.BinaryIO) -> None:
    stream.seek(0)
    stream.truncate()


def _web_page(name: str) -> Refused:
    return Refused(
        f"{name} is a web page, not a file of the bundle.",
        "If this network requires a sign-in page, sign in there, then run workstation-update. Otherwise the"
        " administrator must check the address.",
    )


def _header(value: t.Optional[str]) -> str:
    """A header to be sent back; empty for one that could be more than that."""
    return value if value and len(value) <= 500 and value.isascii() and value.isprintable() else ""
