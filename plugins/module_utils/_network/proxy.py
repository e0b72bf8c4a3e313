# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company's proxy: its URL, the hosts that are called without it, and the variables that tell programs.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t
import urllib.parse

from .._errors import WorkstationError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
FORM = "http://proxy.example.com:3128"

_URL_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/\[\]@!$&'()*+,;=%-]+")  # RFC 3986 without query and fragment
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
_EXCEPTION = re.compile(r"[A-Za-z0-9.:*/_-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s\"]*@")
_OPTION_WITH_SECRET = re.compile(r"(?m)^(.*\bproxy_(?:username|password)[ \t]*=[ \t]*)\S.*$")


class Proxy(t.NamedTuple):
    """*url* is "" for none; then no variable is set, and those that were are to go."""

    url: str = ""
    exceptions: t.Tuple[str, ...] = LOOPBACK

    @property
    def credentials(self) -> t.Tuple[str, str]:
        """User name and password, decoded; both are "" without."""
        parts = urllib.parse.urlsplit(self.url)
        return urllib.parse.unquote(parts.username or ""), urllib.parse.unquote(parts.password or "")

    @property
    def without_credentials(self) -> str:
        return _CREDENTIALS.sub("", self.url)

    @property
    def has_credentials(self) -> bool:
        return self.without_credentials != self.url

    def environment(self) -> t.Dict[str, str]:
        """Small letters too: curl reads http_proxy alone, and others read only the one or the other."""
        if not self.url:
            return {}
        values = {
            "HTTP_PROXY": self.url,
            "HTTPS_PROXY": self.url,
            "NO_PROXY": ",".join(self.exceptions),
        }
        return {**values, **{name.lower(): value for name, value in values.items()}}


def parse_proxy(url: str, exceptions: t.Sequence[str] = ()) -> Proxy:
    """The proxy at *url*, "" for none, that is not asked for the hosts *exceptions*. Raises WorkstationError.

    No message holds more of *url* than its host.
    """
    for exception in exceptions:
        if not _EXCEPTION.fullmatch(exception):
            raise WorkstationError(
                f"no_proxy holds {exception!r}; an element is the name of one host, a domain with a dot"
                " before it, an address or a network"
            )
    if url:
        _refuse_bad_url(url)
    return Proxy(url.rstrip("/"), tuple(dict.fromkeys([*exceptions, *LOOPBACK])))


def _refuse_bad_url(url: str) -> None:
    if not _URL_CHARACTERS.fullmatch(url):
        raise WorkstationError(
            "proxy holds characters that no URL has, such as a blank, a quotation mark or a line feed; a user"
            f" name and a password have them with %, as in %20. It is of the form {FORM}"
        )
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError:
        raise WorkstationError(f"proxy is no URL of the form {FORM}") from None
    if parts.scheme not in ("http", "https") or parts.path not in ("", "/"):
        raise WorkstationError(f"proxy is no URL of the form {FORM}")
    if not port:
        raise WorkstationError(
            f"proxy needs a port, as in {FORM}: without one, curl takes 1080 and others 80"
        )
    if not _HOST.fullmatch(parts.netloc.rpartition("@")[2].rpartition(":")[0]):
        raise WorkstationError(f"proxy needs the name or the address of a host, as in {FORM}")
    if any(map(_CONTROL.search, Proxy(url).credentials)):
        raise WorkstationError("proxy holds control characters in its user name or password")


def secrets_in(url: str) -> t.List[str]:
    """What of a proxy's URL nobody may see, also if it is no URL."""
    user_information = re.match(r"(?:[^/]*//)?(.*@)", url, re.DOTALL)
    return [user_information.group(1)] if user_information else []


def without_secrets(text: str) -> str:
    """*text* without the user names and passwords of proxies, in URLs and in options of dnf."""
    return _OPTION_WITH_SECRET.sub(r"\1********", _CREDENTIALS.sub("********@", text))
