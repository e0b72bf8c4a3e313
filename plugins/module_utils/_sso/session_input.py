# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions of sessions in options: their argument spec, and checks of start URLs and regions.

PRIVATE to the collection. Only what can never work is rejected, because AWS adds regions and portal hosts.
"""

from __future__ import annotations

import re
import typing as t
import urllib.parse

from .._errors import WorkstationError
from .endpoints import REGION, region_of_portal

WHERE_TO_FIND_BOTH = (
    'Both are shown in your AWS access portal under "Access keys" of any role, and to administrators in the'
    ' console of IAM Identity Center under "Settings".'
)
EXAMPLE = "https://acme.awsapps.com/start"

SESSION_DEFINITION: t.Dict[str, t.Dict[str, t.Any]] = {
    "name": {"type": "str", "required": True},
    "start_url": {"type": "str"},
    "region": {"type": "str"},
    "registration_scopes": {"type": "list", "elements": "str", "default": ["sso:account:access"]},
    "options": {"type": "dict"},
}
"""The argument spec of a session definition, documented in the fragment _session_definition."""

_URL = re.compile(r"https://[^\x00-\x20\x7f/?#@]+(?:[/?#][^\x00-\x20\x7f]*)?")
_WITHOUT_SCHEME = re.compile(
    r"\s*(?:https?:/*|//)?((?:[a-z0-9-]+\.)+[a-z]{2,}(?:[:/?#]\S*)?)\s*", re.IGNORECASE
)
_OTHER_PAGES = re.compile(
    r"https://(?:[^/?#]+\.)?(?:signin\.aws|signin\.aws\.amazon\.com|console\.aws\.amazon\.com|console\.aws)"
    r"(?:[:/?#]|$)",
    re.IGNORECASE,
)
# What remains of the text around a URL that was copied: quotes, markup, escapes and invisible characters.
_LEFTOVER = re.compile(r"[^\w!-~]|[\"'<>\\^`{|}]")
_END_OF_SENTENCE = re.compile(r"(?<=[^/:]/)([^/]*?)[,;:.!)\]]+\Z")
_DOMAIN = r"\.(?:awsapps\.com|awsapps\.cn|app\.aws)"
_TWO_DOMAINS = re.compile(rf"(https://[^/]+?{_DOMAIN})(?:{_DOMAIN})+(?=[:/]|\Z)", re.IGNORECASE)
_TWO_SCHEMES = re.compile(r"\A(?:https?:/*)+(?=https?:)", re.IGNORECASE)
_ZONE = re.compile(r"([a-z]{2,4}(?:-[a-z]+)+-\d+)[a-z]", re.ASCII)


class InvalidSession(WorkstationError):
    """A start URL or region that cannot be valid; str() says what is wrong with it, and what is expected."""


def checked_start_url(text: str) -> str:
    """*text*, or the start URL of the portal that it links into. Raises InvalidSession."""
    if not _URL.fullmatch(text):
        found = _WITHOUT_SCHEME.fullmatch(text)
        if found:
            raise InvalidSession(
                f"start_url {text!r} must be a URL that begins with https://: https://{found[1]}"
            )
        raise InvalidSession(f"start_url {text!r} is not the URL of an AWS access portal, such as {EXAMPLE}.")
    fault = url_fault(text)
    if fault:
        raise InvalidSession(
            f"start_url {text!r} cannot be the URL of an AWS access portal, such as {EXAMPLE}: {fault}"
        )
    if _OTHER_PAGES.match(text):
        raise InvalidSession(
            f"start_url {text!r} is the address of a sign-in page or of a console, not that of an AWS access"
            f" portal, such as {EXAMPLE}. Start URL and region: {WHERE_TO_FIND_BOTH}"
        )
    portal = portal_of(text)
    _refuse_leftovers(text, portal)
    return portal if text[len(portal) :].strip("/#") else text


def _refuse_leftovers(text: str, portal: str) -> None:
    """Raises InvalidSession if *portal*, of *text*, has characters or a host that no portal has."""
    plain = urllib.parse.unquote(portal)
    leftover = _LEFTOVER.search(plain) or re.search(r"[^ -~]", plain)
    better = _END_OF_SENTENCE.sub(r"\1", _LEFTOVER.sub("", plain))
    better = _TWO_DOMAINS.sub(r"\1", _TWO_SCHEMES.sub("", better)).rstrip("/")
    if better == plain and not leftover:
        return
    reason = f"contains {leftover[0]!r}, which" if leftover else "has a part that"
    raise InvalidSession(
        f"start_url {text!r} {reason} is not in the URL of an AWS access portal."
        f" Write {_ascii_url(better) or f'it as in {EXAMPLE}'}"
    )


def _ascii_url(url: str) -> str:
    """*url* with its host as DNS has it; empty if that is not possible."""
    scheme, slashes, place = url.partition("://")
    host, slash, path = place.partition("/")
    try:
        return "".join((scheme, slashes, host.encode("idna").decode(), slash, path.encode("ascii").decode()))
    except UnicodeError:
        return ""


def url_fault(url: str) -> str:
    """Why no program can open *url*, as a sentence; empty if its host and port are possible ones."""
    if re.search(r"[\x00-\x20\x7f]", url):
        return "It contains a blank or a control character."
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname or ""
        host.encode("idna")
    except ValueError:  # an address in brackets, or a name that DNS cannot have
        return "Its host is not valid."
    try:
        _port = parts.port
    except ValueError:
        return "Its port must be a number up to 65535."
    return "" if host or parts.scheme not in ("http", "https") else "It has no host."


def portal_of(start_url: str) -> str:
    """*start_url* without the page of the portal that a browser adds to it."""
    return re.split("[?#]", start_url, maxsplit=1)[0].rstrip("/")


def region_or_default(start_url: t.Optional[str], region: t.Optional[str]) -> t.Optional[str]:
    """*region*, which has precedence as in AWS CLI v2, or else the one that *start_url* contains, if any."""
    return region or region_of_portal(start_url)


def checked_region(text: str) -> str:
    """*text*, if it can be a region code. Raises InvalidSession."""
    if REGION.fullmatch(text):
        return text
    zone = _ZONE.fullmatch(text)
    if zone:
        raise InvalidSession(f"region {text!r} is an Availability Zone; its region is {zone[1]}.")
    if REGION.fullmatch(text.strip().lower()):
        raise InvalidSession(f"region {text!r} must be written {text.strip().lower()}.")
    raise InvalidSession(
        f"region {text!r} is not the code of an AWS region, such as eu-west-1. The AWS console shows the code"
        " next to the name of the region."
    )
