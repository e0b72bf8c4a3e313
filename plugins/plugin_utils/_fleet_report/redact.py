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

_SECRET_NAME = (
    r"(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credential|signature|\bsig|\bpin|verifier|bearer_token_\w+"
    r"|(?:api|access|private|session)[_-]?key(?:[_-]?id)?|(?:user|device|authorization)[_-]?code)"
)
_QUOTED = r"(?P<quote>\\*[\"'])(?:(?!(?P=quote)).)*"
_BARE = r"(?:[^\s,;&\"']|[,;](?=\S))+"

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), replacement)
    for pattern, replacement in (
        # private keys, whole or truncated
        (
            r"-{4,5} ?BEGIN [A-Z0-9 ]*PRIVATE KEY.*?(?:-{4,5} ?END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-{4,5}|\Z)",
            REDACTED,
        ),
        (r"PuTTY-User-Key-File-.*", REDACTED),
        # headers
        (
            r"\b(authorization|(?:set-)?cookie|x-amz-[a-z_-]{,40}token)(\s*[:=]\s*)[^\r\n]+",
            rf"\1\2{REDACTED}",
        ),
        (r"\b(\w{1,20}-(?:[\w-]{0,20}-)?(?:token|key|secret|auth|signature)\s*:\s*)\S+", rf"\1{REDACTED}"),
        (r"\b(bearer|basic)\s+(?=\S*[0-9+/=])[\w.~+/=-]{8,}", rf"\1 {REDACTED}"),
        # name=value, "name": "value" (also with escaped quotes), name: "value" and <name>value</name>
        (
            rf"({_SECRET_NAME}\\*[\"']?\s*(?:=|(?<=[\"'])\s*:|:(?=\s*\\*[\"']))\s*)(?:{_QUOTED}|{_BARE})",
            rf"\1{REDACTED}",
        ),
        (rf"(<[\w:-]*{_SECRET_NAME}(?:\s[^<>]*)?>)[^<]+", rf"\1{REDACTED}"),
        # after a bare colon only values that cannot be words of a sentence
        (r"\b(pass(?:word|wd|phrase|code)\s*:\s*)[^\r\n]+", rf"\1{REDACTED}"),
        (
            r"\b((?:secret|token|(?:api|access|secret)[ _-]?key)\s*:\s*)(?=\S*[0-9+/=])\S{12,}",
            rf"\1{REDACTED}",
        ),
        (r"\b(\w{1,20}_(?:secret|token|verifier|code|key)\s*:\s*)(?=\S*[0-9+/=])\S{6,}", rf"\1{REDACTED}"),
        # options of commands, also as lists of words; .netrc
        (
            r"(?<![\w-])(--?[\w-]{0,30}(?:pass(?:word|wd|phrase)?|secret|token|(?:api|access)-?key(?:-id)?)[\"']?[\s,]+)"
            r"(?:[\"'][^\"']*|[^\s\"',]+)",
            rf"\1{REDACTED}",
        ),
        (
            r"((?<![\w-])(?:-u|-U|--user|--proxy-user)[\"']?[\s,=]*[\"']?[^\s\"':,]{1,200}:)[^\s\"']+",
            rf"\1{REDACTED}",
        ),
        (r"\b(sshpass\s+-p\s*)\S+", rf"\1{REDACTED}"),
        (r"\b(login\s+\S{1,200}\s+password\s+)\S+", rf"\1{REDACTED}"),
        # queries without a scheme before them
        (r"([?&](?:code|state|key|auth|jwt)=)[^\s&\"'<>]+", rf"\1{REDACTED}"),
        # JSON Web Tokens, and tokens with a well-known beginning
        (r"\beyJ[\w-]{8,}(?:\.[\w-]+)*", REDACTED),
        (
            r"\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|aoa[a-z]{5}|hv[sbr]\.|[sr]k[_-](?:ant|proj|live|test)[_-]"
            r"|npm_|pypi-|dop_v1_|AIza|ATATT|shp(?:at|ca|pa|ss)_|ya29\.|AGE-SECRET-KEY-|ABSK|SG\.)[\w:/+=.-]{10,}",
            REDACTED,
        ),
    )
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_ACCESS_KEY_ID = re.compile(r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}")
# Runs of characters, each looked at once: patterns that start anew at each character take seconds.
_WORD = re.compile(r"[^\s\"'<>]+")
_URL = re.compile(r"[a-z][a-z0-9+.-]{0,30}://", re.IGNORECASE)
_QUERY = re.compile(r"\?|#(?=[^=]*=)")
_BASE64 = re.compile(r"[~.]?[A-Za-z0-9+/=:]{40,}")
_BASE64_FOR_URLS = re.compile(r"/?[A-Za-z0-9_-]{100,}")
_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[0-~])")
# Control characters except the line feed, characters that change the direction of text, and surrogates
_UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
PRINTABLE = re.compile(f"[^{_UNPRINTABLE.pattern[1:-1]}]{{0,{LONGEST_MESSAGE}}}")
"""What message() and name() return."""
_PREFIX = re.compile(r"(?:(?:Task|Module|Action) failed: )+")


def message(text: t.Any) -> str:
    """*text*, a string or a list of strings, as it may be shown; empty for other types."""
    if isinstance(text, (list, tuple)):
        text = "\n".join(line for line in text if isinstance(line, str))
    if not text or not isinstance(text, str):
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
    text = _WORD.sub(_without_credentials, text)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    text = _ACCESS_KEY_ID.sub(REDACTED, text)
    for pattern in (_BASE64, _BASE64_FOR_URLS):
        text = pattern.sub(_without_key, text)
    return shortened(text, longest)


def _without_credentials(found: re.Match[str]) -> str:
    """A word without the credentials and the query of a URL, or the password before the @ of a host."""
    word = found[0]
    url = _URL.search(word)
    if url is None:
        user, at, host = word.rpartition("@")
        name, colon, _password = user.partition(":")
        return f"{name}:{REDACTED}@{host}" if at and colon and name.lower() != "arn" else word
    start, rest = word[: url.end()], word[url.end() :]
    _credentials, at, rest = rest.rpartition("@")
    address, *query = _QUERY.split(rest, maxsplit=1)
    return f"{start}{f'{REDACTED}@' if at else ''}{address}{f'?{REDACTED}' if query else ''}"


def _without_key(found: re.Match[str]) -> str:
    """No secret access key or other long Base64; a path, which begins with / or ~ or ., is kept."""
    word = found[0].lstrip("=:")
    kinds = (str.islower, str.isupper, str.isdigit)
    is_key = word[:1] not in ("/", "~", ".") and all(any(map(kind, word)) for kind in kinds)
    return REDACTED if is_key else found[0]


def shortened(text: str, longest: int) -> str:
    """*text*, with an ellipsis at its end if it is longer than *longest* characters."""
    return text if len(text) <= longest else text[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
