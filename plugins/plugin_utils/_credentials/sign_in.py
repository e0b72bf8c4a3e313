# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sign-in the token of a session belongs to: what was obtained by another one may be another user's.

PRIVATE to the collection. A token file does not contain its user, and the AWS CLI and boto3 write the same
fields after a refresh as after a sign-in. So a token belongs to a known sign-in only if the collection itself
obtained it by a refresh, or if its refresh token is that of the sign-in. Any other token is that of a new
sign-in. If that is wrong, because another tool refreshed the token and AWS replaced the refresh token, the
credentials of each role are requested once more.

The record is in the collection's state directory, which a logout removes. It contains hashes of tokens only.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import typing as t

from ...module_utils._files.atomic import PRIVATE_FILE, replace_file
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.state import sign_in_record
from ...module_utils._sso.token_cache import DamagedCacheFile, Document, Token, read_token
from .._display import debug


@dataclasses.dataclass(frozen=True)
class SignIn:
    """One sign-in of a session.

    *since* is when its first token was written, in nanoseconds: no file that is older was obtained by it.
    *tokens* and *refresh_token* are hashes. *rejected* is why AWS rejected its token, if AWS did.
    """

    id: str
    since: int
    tokens: tuple[str, ...]
    refresh_token: str | None = None
    rejected: str = ""

    def has(self, token: Token) -> bool:
        """Whether *token* was certainly obtained by this sign-in."""
        refresh_token = _hash_or_none(token.document.get("refreshToken"))
        return _hash(token.access_token) in self.tokens or (
            refresh_token is not None and refresh_token == self.refresh_token
        )


class Current(t.NamedTuple):
    """The sign-in of the token in the cache, and the modification time of the token's file.

    *token_time* is None if there is no file, because AWS rejected the token.
    """

    sign_in: SignIn
    token_time: int | None


def current_sign_in(session: SsoSession) -> Current | None:
    """The sign-in of the token of *session*, expired or not; None after a logout, or for a damaged token."""
    known = _read(session)
    try:
        found = os.stat(session.token_path)
        token = read_token(session.token_path)
    except FileNotFoundError:
        return Current(known, None) if known is not None and known.rejected else None
    except (OSError, DamagedCacheFile):
        return None
    if token is None:
        return None
    sign_in = _sign_in_of(token, known, found)
    if sign_in != known:
        _write(session, sign_in)
    return Current(sign_in, found.st_mtime_ns)


def ids(sessions: t.Iterable[SsoSession]) -> dict[str, str | None]:
    """The IDs of the current sign-ins of *sessions*, by label; None for a session without one."""
    found = {session.label: current_sign_in(session) for session in sessions}
    return {label: None if current is None else current.sign_in.id for label, current in found.items()}


def note_refresh(session: SsoSession, before: Token, document: Document) -> None:
    """Note that the token *document*, which is about to be stored, was obtained by a refresh of *before*."""
    sign_in = _sign_in_before(session, before)
    if sign_in is not None:
        refreshed = dataclasses.replace(
            sign_in,
            tokens=(_hash(before.access_token), _hash(document["accessToken"])),
            refresh_token=_hash_or_none(document.get("refreshToken")),
            rejected="",
        )
        _write(session, refreshed)


def note_rejection(session: SsoSession, token: Token, reason: str) -> None:
    """Note why AWS rejected *token*, before it is removed."""
    sign_in = _sign_in_before(session, token)
    if sign_in is not None:
        _write(session, dataclasses.replace(sign_in, rejected=reason))


def rejection(session: SsoSession) -> str:
    """Why AWS rejected the last token of *session*; empty if it did not, or since a logout or a sign-in."""
    current = current_sign_in(session)
    return current.sign_in.rejected if current is not None else ""


def _sign_in_before(session: SsoSession, token: Token) -> SignIn | None:
    try:
        return _sign_in_of(token, _read(session), os.stat(session.token_path))
    except OSError:
        return None


def _sign_in_of(token: Token, known: SignIn | None, found: os.stat_result) -> SignIn:
    """The sign-in of *token*. Its file, *found*, may have been moved here, so its change time counts too."""
    token_hash = _hash(token.access_token)
    if known is not None and known.has(token):
        if token_hash in known.tokens:
            return known
        return dataclasses.replace(known, tokens=(*known.tokens[-1:], token_hash), rejected="")
    since = max(found.st_mtime_ns, found.st_ctime_ns)
    return SignIn(token_hash, since, (token_hash,), _hash_or_none(token.document.get("refreshToken")))


def _read(session: SsoSession) -> SignIn | None:
    try:
        with open(sign_in_record(session), "rb") as stream:
            document = json.loads(stream.read())
        sign_in = SignIn(**{**document, "tokens": tuple(document["tokens"])})
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    texts = (sign_in.id, sign_in.rejected, *sign_in.tokens)
    valid = all(isinstance(text, str) for text in texts) and isinstance(sign_in.since, int)
    return sign_in if valid else None


def _write(session: SsoSession, sign_in: SignIn) -> None:
    debug(f"{session.label}: the token belongs to the sign-in {sign_in.id[:8]}")
    with contextlib.suppress(OSError):  # without a record, credentials are requested once more
        document = json.dumps(dataclasses.asdict(sign_in)).encode("ascii")
        replace_file(sign_in_record(session), document, PRIVATE_FILE)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _hash_or_none(value: object) -> str | None:
    return _hash(value) if isinstance(value, str) and value else None
