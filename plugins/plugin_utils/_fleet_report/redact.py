# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of others, made fit to be kept and shown: without secrets, control characters and endless length.

PRIVATE to the collection. What is secret should not get here at all; this is the last net below all others,
and rather blots out too much.
"""

from __future__ import annotations

import functools
import re
import typing as t

BLOT = "***"
LONGEST_NAME = 256
LONGEST_MESSAGE = 4000

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
    for pattern, replacement in (
        # private keys, whole or cut off
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", BLOT),
        # credentials in a URL, whatever characters they have, then its query
        (r"(\b[a-z][a-z0-9+.-]*://)[^\s\"'<>]*@", rf"\1{BLOT}@"),
        (r"(\b[a-z][a-z0-9+.-]*://[^\s\"'<>?#]*)(?:\?|#(?=[^\s\"'<>]*=))[^\s\"'<>]*", rf"\1?{BLOT}"),
        # Authorization and Cookie headers
        (r"\b(authorization|(?:set-)?cookie|x-amz-[a-z_-]*token)(\s*[:=]\s*)[^\r\n]+", rf"\1\2{BLOT}"),
        (r"\b(bearer|basic)\s+(?=\S*[0-9+/=])[\w.~+/=-]{8,}", rf"\1 {BLOT}"),
        # name=value and "name": "value"; after a bare colon only what cannot be a word of a sentence
        (
            r"((?:pass(?:word|wd|phrase)?|secret|token|credential|signature|verifier|api_?key|access_?key(?:_?id)?"
            r"|private_?key|session_?key|user_?code|device_?code)[\"']?\s*(?:=\s*|[\"']\s*:\s*|(?<=[\"']):\s*))"
            r"(?:\"[^\"]*\"?|'[^']*'?|[^\s,;&\"']+)",
            rf"\1{BLOT}",
        ),
        (r"\b(pass(?:word|wd|phrase)\s*:\s*)\S+", rf"\1{BLOT}"),
        (r"\b((?:secret|token|(?:api|access|secret)[ _-]?key)\s*:\s*)(?=\S*[0-9+/=])\S{12,}", rf"\1{BLOT}"),
        # JSON Web Tokens, and tokens with a well-known beginning
        (r"\beyJ[\w-]{8,}(?:\.[\w-]+)*", BLOT),
        (r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|aoa[a-z]{5})[\w:/+=-]{10,}", BLOT),
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
# Control characters but the line feed, those that turn the direction of text, and halves of characters
_UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_PREFIX = re.compile(r"(?:(?:Task|Module|Action) failed: )+")


def message(text: t.Any) -> str:
    """*text*, a message or a list of them, as it may be shown; empty for anything else."""
    if isinstance(text, (list, tuple)):
        text = "\n".join(line for line in text if isinstance(line, str))
    if not isinstance(text, str):
        return ""
    return _shown(_PREFIX.sub("", text, count=1) if _PREFIX.match(text) else text, LONGEST_MESSAGE)


@functools.lru_cache(maxsize=65536)
def _name(text: str) -> str:
    return _shown(text, LONGEST_NAME).replace("\n", " ").strip()


def name(text: t.Any) -> str:
    """*text* as a name of one line that may be shown; empty for anything but text."""
    return _name(str(text)) if isinstance(text, str) else ""


def _shown(text: str, longest: int) -> str:
    text = _UNPRINTABLE.sub(" ", _ESCAPE_SEQUENCE.sub("", text[: 4 * longest])).strip()
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    for pattern in _CASED_PATTERNS:
        text = pattern.sub(BLOT, text)
    return text if len(text) <= longest else text[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
