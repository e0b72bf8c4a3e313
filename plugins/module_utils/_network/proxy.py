# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A corporate proxy: its URL, the hosts that bypass it, and the environment variables that configure it.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t
import urllib.parse

from .._errors import WorkstationError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EXAMPLE = "http://proxy.example.com:3128"

_URL_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/\[\]@!$&'()*+,;=%-]+")  # RFC 3986 without query and fragment
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
_EXCEPTION = re.compile(r"[A-Za-z0-9.:*/_-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CREDENTIALS = re.compile(r"(?<=://)[^/\s\"]*@")
_LOGIN = re.compile(r"(?m)^(machine \S+ login ).*$")
_OPTION_WITH_SECRET = re.compile(r"(?m)^(.*\bproxy_(?:username|password)[ \t]*=[ \t]*)\S.*$")


class Proxy(t.NamedTuple):
    """A proxy, and the hosts that bypass it. An empty *url* removes the proxy and its variables."""

    url: str = ""
    exceptions: t.Tuple[str, ...] = LOOPBACK

    @property
    def credentials(self) -> t.Tuple[str, str]:
        """User name and password, decoded; "" where missing."""
        parts = urllib.parse.urlsplit(self.url)
        return urllib.parse.unquote(parts.username or ""), urllib.parse.unquote(parts.password or "")

    @property
    def without_credentials(self) -> str:
        return _CREDENTIALS.sub("", self.url)

    @property
    def has_credentials(self) -> bool:
        return self.without_credentials != self.url

    def environment(self) -> t.Dict[str, str]:
        """The variables in upper and lower case: curl reads http_proxy only, others only one of them."""
        if not self.url:
            return {}
        values = {
            "HTTP_PROXY": self.url,
            "HTTPS_PROXY": self.url,
            "NO_PROXY": ",".join(self.exceptions),
        }
        return {**values, **{name.lower(): value for name, value in values.items()}}


def parse_proxy(url: str, exceptions: t.Sequence[str] = ()) -> Proxy:
    """The proxy at *url* ("" for none) that the hosts *exceptions* bypass. Raises WorkstationError.

    No message contains any part of *url*, which may hold a password.
    """
    for exception in exceptions:
        if not _EXCEPTION.fullmatch(exception):
            raise WorkstationError(
                f"no_proxy contains {exception!r}. Each element must be a host name, a domain with a leading"
                " dot, an IP address or a network."
            )
    if url:
        _check_url(url)
    return Proxy(url.rstrip("/"), tuple(dict.fromkeys([*exceptions, *LOOPBACK])))


def unsupported_exceptions(exceptions: t.Iterable[str]) -> t.List[str]:
    """Warnings about elements of no_proxy that programs take differently, or ignore."""
    warnings = []
    for exception in exceptions:
        if "*" in exception and exception != "*":
            replacement = exception.lstrip("*")
            better = replacement if replacement.startswith(".") and "*" not in replacement else ".example.com"
            warnings.append(
                f"no_proxy contains {exception!r}, but neither the AWS CLI nor curl supports wildcards. Use a"
                f" domain with a leading dot, such as {better}."
            )
        elif "/" in exception:
            warnings.append(
                f"no_proxy contains {exception!r}, but the AWS CLI and Python do not support networks, nor"
                " does curl before 7.86. They use the proxy for these addresses. List the hosts."
            )
    return warnings


def _check_url(url: str) -> None:
    if not _URL_CHARACTERS.fullmatch(url):
        raise WorkstationError(
            "proxy contains characters that are not allowed in a URL, such as a blank, a quotation mark or a"
            f" line feed. Percent-encode them in the user name and password, as in %20. Example: {EXAMPLE}."
        )
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError:
        raise WorkstationError(f"proxy must be a URL such as {EXAMPLE}.") from None
    if parts.scheme not in ("http", "https") or parts.path not in ("", "/"):
        raise WorkstationError(f"proxy must be a URL such as {EXAMPLE}.")
    if not port:
        raise WorkstationError(
            f"proxy requires a port, as in {EXAMPLE}: without one, curl uses 1080 and other programs 80."
        )
    host = parts.netloc.rpartition("@")[2].rpartition(":")[0]
    if "_" in host:
        raise WorkstationError(
            "The host name in proxy contains an underscore (_), which is not allowed in host names. Use"
            " another name of the proxy, or its IP address."
        )
    if not _HOST.fullmatch(host):
        raise WorkstationError(f"proxy requires a host name or IP address, as in {EXAMPLE}.")
    if any(map(_CONTROL.search, Proxy(url).credentials)):
        raise WorkstationError("proxy contains control characters in its user name or password.")


def secrets_in(url: str) -> t.List[str]:
    """The user name and password in a proxy URL, which must not be shown, even if the URL is malformed."""
    user_information = re.match(r"(?:[^/]*//)?(.*@)", url, re.DOTALL)
    return [user_information.group(1)] if user_information else []


def without_secrets(text: str) -> str:
    """*text* with the user names and passwords of proxies redacted: in URLs, and for apt and dnf."""
    text = _LOGIN.sub(r"\1********", _CREDENTIALS.sub("********@", text))
    return _OPTION_WITH_SECRET.sub(r"\1********", text)
