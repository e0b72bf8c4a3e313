# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Untrusted text as it may be kept and shown: without secrets and control characters, at limited length.

PRIVATE to the collection. Secrets should not get here at all: this is the last line of defence, which rather
redacts too much.
"""

from __future__ import annotations

import functools
import re
import typing as t

REDACTED = "***"
LONGEST_NAME = 256
LONGEST_MESSAGE = 4000

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
    for pattern, replacement in (
        # private keys, whole or truncated
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", REDACTED),
        # credentials in a URL, whatever characters they have, then its query
        (r"(\b[a-z][a-z0-9+.-]*://)[^\s\"'<>]*@", rf"\1{REDACTED}@"),
        (r"(\b[a-z][a-z0-9+.-]*://[^\s\"'<>?#]*)(?:\?|#(?=[^\s\"'<>]*=))[^\s\"'<>]*", rf"\1?{REDACTED}"),
        # Authorization and Cookie headers
        (r"\b(authorization|(?:set-)?cookie|x-amz-[a-z_-]*token)(\s*[:=]\s*)[^\r\n]+", rf"\1\2{REDACTED}"),
        (r"\b(bearer|basic)\s+(?=\S*[0-9+/=])[\w.~+/=-]{8,}", rf"\1 {REDACTED}"),
        # name=value and "name": "value"; after a bare colon only values that cannot be words of a sentence
        (
            r"((?:pass(?:word|wd|phrase)?|secret|token|credential|signature|verifier|api_?key|access_?key(?:_?id)?"
            r"|private_?key|session_?key|user_?code|device_?code)[\"']?\s*(?:=\s*|[\"']\s*:\s*|(?<=[\"']):\s*))"
            r"(?:\"[^\"]*\"?|'[^']*'?|[^\s,;&\"']+)",
            rf"\1{REDACTED}",
        ),
        (r"\b(pass(?:word|wd|phrase)\s*:\s*)\S+", rf"\1{REDACTED}"),
        (
            r"\b((?:secret|token|(?:api|access|secret)[ _-]?key)\s*:\s*)(?=\S*[0-9+/=])\S{12,}",
            rf"\1{REDACTED}",
        ),
        # JSON Web Tokens, and tokens with a well-known beginning
        (r"\beyJ[\w-]{8,}(?:\.[\w-]+)*", REDACTED),
        (r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|aoa[a-z]{5})[\w:/+=-]{10,}", REDACTED),
    )
)
_CASED_PATTERNS: tuple[re.Pattern[str], ...] = (
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    re.compile(r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}"),
    # secret access keys, and whatever else is Base64 at length; a path begins with / or ~ or .
    re.compile(
        r"(?<![A-Za-z0-9+/=~.])(?=[A-Za-z0-9+/=:]*[a-z])(?=[A-Za-z0-9+/=:]*[A-Z])(?=[A-Za-z0-9+/=:]*[0-9])"
        r"[A-Za-z0-9+][A-Za-z0-9+/=:]{39,}"
    ),
    # the same with the alphabet of URLs, where it is too long for a name
    re.compile(r"(?<![\w/-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*[0-9])[A-Za-z0-9_-]{100,}"),
)
_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[0-~])")
# Control characters except the line feed, characters that change the direction of text, and surrogates
_UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_PREFIX = re.compile(r"(?:(?:Task|Module|Action) failed: )+")


def message(text: t.Any) -> str:
    """*text*, a string or a list of strings, as it may be shown; empty for other types."""
    if isinstance(text, (list, tuple)):
        text = "\n".join(line for line in text if isinstance(line, str))
    if not isinstance(text, str):
        return ""
    return _printable(_PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text, LONGEST_MESSAGE)


@functools.lru_cache(maxsize=65536)
def _name(text: str) -> str:
    return _printable(text, LONGEST_NAME).replace("\n", " ").strip()


def name(text: t.Any) -> str:
    """*text* as a one-line name that may be shown; empty for other types than str."""
    return _name(str(text)) if isinstance(text, str) else ""


def _printable(text: str, longest: int) -> str:
    text = _UNPRINTABLE.sub(" ", _ESCAPE_SEQUENCE.sub("", text[: 4 * longest])).strip()
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    for pattern in _CASED_PATTERNS:
        text = pattern.sub(REDACTED, text)
    return text if len(text) <= longest else text[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
