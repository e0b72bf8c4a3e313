# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs of archives and mirrors, which may contain secrets: credentials, or the query of a presigned URL.

PRIVATE to the collection.
"""

from __future__ import annotations

import re
import typing as t
import urllib.parse

from .._errors import WorkstationError

SCHEMES = ("https", "http", "ftp", "file")
"""The schemes that Ansible's open_url supports."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(r".*@.*|[^:]*(:[0-9]*)?|\[.*\](:[0-9]*)?")
_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\\]")


def is_url(location: str) -> bool:
    return "://" in location


def require_valid_url(option: str, url: str) -> None:
    """Raises WorkstationError, without the secrets of *url*."""
    scheme = _SCHEME.match(url)
    if not scheme or scheme.group(1).lower() not in SCHEMES:
        found = f", not of the scheme {scheme.group(1)}" if scheme else ""
        raise WorkstationError(
            f"{option} must be a URL that begins with {'://, '.join(SCHEMES[:-1])}:// or {SCHEMES[-1]}://{found}."
        )
    if _UNSAFE.search(url):
        raise WorkstationError(
            f"{option} must not contain spaces, backslashes or control characters: encode them as %XX."
        )
    try:
        parts = urllib.parse.urlsplit(url)
        valid = parts.port != 0 and (parts.hostname or scheme.group(1).lower() == "file")
    except ValueError:
        valid = False
    if not valid:
        raise WorkstationError(f"{option} must contain a valid host name and port.")


def displayable(url: str) -> str:
    """*url* without its secrets."""
    try:
        parts = urllib.parse.urlsplit(url)
    except ValueError:
        return "a URL that is not valid"
    host = parts.netloc.rpartition("@")[2]
    return urllib.parse.urlunsplit((parts.scheme, host, parts.path, "", ""))


def url_secrets(url: str) -> t.Set[str]:
    """The parts of *url* that must not be shown, with the delimiter that follows or precedes them."""
    rest, _mark, query = url.partition("://")[2].partition("?")
    authority = re.split(r"[/#]", rest, maxsplit=1)[0]
    if not _AUTHORITY.fullmatch(authority):  # a password with a slash that is not encoded
        authority = rest
    credentials, delimiter, _host = authority.rpartition("@")
    return {secret for secret in (credentials + delimiter, f"?{query}" * bool(query)) if secret}


def may_receive_headers(trusted: str, url: str) -> bool:
    """Whether *url* is on the server of the URL *trusted*, so that it may receive headers for that.

    The same host may be reached by HTTPS instead of HTTP, but not the other way round.
    """
    try:
        here, there = urllib.parse.urlsplit(trusted), urllib.parse.urlsplit(url)
        ports = [parts.port or _PORTS.get(parts.scheme) for parts in (here, there)]
    except ValueError:
        return False
    if here.hostname != there.hostname or not here.hostname:
        return False
    if here.scheme == there.scheme:
        return ports[0] == ports[1]
    return (here.scheme, there.scheme, ports) == ("http", "https", [80, 443])


def without_secrets(text: str, url: str) -> str:
    """*text*, such as the message of a library, without the secrets of *url*."""
    for secret in sorted(url_secrets(url), key=len, reverse=True):
        text = text.replace(secret, "").replace(secret.strip("?@"), "********")
    return text
