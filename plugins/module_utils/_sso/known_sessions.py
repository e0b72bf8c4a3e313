# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions that this user has: those of the AWS configuration, and those of the tokens in the cache.

PRIVATE to the collection. A sign-out must find every session, also one whose section is incomplete or was
removed, and when the configuration cannot be parsed.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import stat
import typing as t

from .._aws_config.parser import (
    AwsConfig,
    ConfigError,
    Document,
    Settings,
    config_path,
    credentials_path,
    read_bytes,
    read_config,
)
from .leftovers import existing_copies, is_own_file, names_in, original_name
from .session import (
    IncompleteSession,
    SsoSession,
    inline_session,
    legacy_sessions,
    parse_scopes,
    session_in,
)
from .state import state_directory
from .token_cache import Token, sso_cache_directory, time_or_none, token_file_name

OPTIONS: t.Dict[str, t.Dict[str, t.Any]] = {
    "session": {"type": "str"},
    "token_store": {
        "type": "str",
        "choices": ["controller", "host"],
        "default": "controller",
        "no_log": False,
    },
}
"""The argument spec of modules that work on these sessions, documented in the fragment _session."""

TOKEN_FILE = re.compile(r"[0-9a-f]{40}\.json")
LARGEST_FILE = 1 << 20
"""In bytes; a token has about three thousand."""

_FIELDS_OF_A_TOKEN = (b'"accessToken"', b'"startUrl"')


@dataclasses.dataclass(frozen=True)
class StoredSession(SsoSession):
    """A session that only its token describes; its name is unknown, because *file_name* is a hash of it."""

    file_name: str = ""

    @property
    def label(self) -> str:
        return self.start_url or self.file_name

    @property
    def token_path(self) -> str:
        return os.path.join(sso_cache_directory(), self.file_name)


class KnownSession(t.NamedTuple):
    """A session; *configured* is whether the configuration defines it, *problem* why it does not in full."""

    session: SsoSession
    configured: bool = True
    problem: str = ""


class ReadableConfig:
    """The AWS configuration of this user, as far as it can be read; *errors* are those of its files."""

    def __init__(self) -> None:
        self.path = config_path(os.environ)
        self.errors: t.List[ConfigError] = []
        self.config = AwsConfig()
        overrides: t.Dict[str, Settings] = {}
        try:
            self.config = read_config(self.path)
        except ConfigError as error:
            self.errors.append(error)
        try:
            overrides = _sections(credentials_path(os.environ))
        except ConfigError as error:
            self.errors.append(error)
        self.profiles = dict(self.config.profiles)
        for name, settings in overrides.items():
            self.profiles[name] = {**self.profiles.get(name, {}), **settings}


def find_sessions(name: t.Optional[str], config: ReadableConfig) -> t.List[KnownSession]:
    """The session *name*, which may be a start URL; without a name all sessions.

    Raises UnknownSession, or ConfigError if the configuration that may define the session is unreadable.
    """
    if name is None:
        return all_sessions(config)
    if name in config.config.sessions:
        return [_section(name, config)]
    legacy = legacy_sessions(config.config).get(name)
    if legacy is not None:
        return [KnownSession(legacy)]
    stored = _stored_session(name)
    if stored is not None:
        return [KnownSession(stored, configured=False)]
    if config.errors:
        raise config.errors[0]
    return [KnownSession(session_in(config.config, config.path, name))]


def all_sessions(config: ReadableConfig) -> t.List[KnownSession]:
    """The named sessions of the configuration, those of legacy profiles, then those that have only files."""
    found = [_section(name, config) for name in config.config.sessions]
    found += [KnownSession(session) for session in legacy_sessions(config.config).values()]
    known = {os.path.basename(entry.session.token_path) for entry in found}
    for file_name in _token_file_names():
        if file_name not in known:
            found.append(KnownSession(_session_of_file(file_name), configured=False))
    for path, token in unfinished_tokens():
        if not any(entry.session.owns(token) for entry in found):
            found.append(KnownSession(_session_of_file(os.path.basename(path)), configured=False))
    return found


def unfinished_tokens() -> t.List[t.Tuple[str, Token]]:
    """Tokens that a killed boto3 left in temporary files, whose names do not say whose they are."""
    paths = [
        os.path.join(sso_cache_directory(), name)
        for name in names_in(sso_cache_directory())
        if name.endswith(".tmp")
    ]
    tokens = [(path, _complete_token(path)) for path in paths if is_own_file(path)]
    return [(path, token) for path, token in tokens if token is not None]


def stored_document(session: SsoSession) -> t.Dict[str, t.Any]:
    """The first readable token of *session* or of what is left of one; empty without one."""
    for path in existing_copies([session.token_path]):
        document = document_in(path)
        if "accessToken" in document:
            return document
    return {}


def document_in(path: str) -> t.Dict[str, t.Any]:
    """The JSON object in the regular file at *path*; empty if there is none."""
    try:
        document = json.loads(content_of(path).decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def content_of(path: str) -> bytes:
    """The start of the regular file at *path*; empty if it cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return b""
        with open(path, "rb") as stream:
            return stream.read(LARGEST_FILE)
    except OSError:
        return b""


def _sections(path: str) -> t.Dict[str, Settings]:
    data = read_bytes(path)
    return Document(path, data).settings_by_header() if data else {}


def _section(name: str, config: ReadableConfig) -> KnownSession:
    try:
        return KnownSession(session_in(config.config, config.path, name))
    except IncompleteSession as error:
        settings = config.config.sessions[name]
        document = stored_document(SsoSession(name, "", ""))
        scopes = settings.get("sso_registration_scopes")
        session = SsoSession(
            name,
            _text(settings.get("sso_start_url")) or _text(document.get("startUrl")),
            _text(settings.get("sso_region")) or _text(document.get("region")),
            parse_scopes(scopes) if isinstance(scopes, str) else None,
        )
        return KnownSession(session, False, str(error))


def _stored_session(name: str) -> t.Optional[SsoSession]:
    """The session *name*, or that with the start URL *name*, if a token or anything else of it is left."""
    session = SsoSession(name, "", "")
    if not existing_copies([session.token_path]) and not os.path.isdir(state_directory(session)):
        return None
    document = stored_document(session)
    start_url, region = _text(document.get("startUrl")), _text(document.get("region"))
    if name == start_url or "://" in name:
        return inline_session(None, name, region)
    return inline_session(name, start_url, region)


def _session_of_file(file_name: str) -> SsoSession:
    document = stored_document(_session_stored_in(file_name, "", ""))
    start_url, region = _text(document.get("startUrl")), _text(document.get("region"))
    if start_url and token_file_name(None, start_url) == file_name:
        return inline_session(None, start_url, region)
    return _session_stored_in(file_name, start_url, region)


def _session_stored_in(file_name: str, start_url: str, region: str) -> StoredSession:
    return StoredSession(
        name=None, start_url=start_url, region=region, registration_scopes=None, file_name=file_name
    )


def _token_file_names() -> t.List[str]:
    """The names of the files of tokens that exist, or of which a killed writer left a part."""
    directory = sso_cache_directory()
    names = {
        original_name(entry)
        for entry in names_in(sso_cache_directory())
        if TOKEN_FILE.fullmatch(original_name(entry)) and _is_of_a_token(os.path.join(directory, entry))
    }
    return sorted(names)


def _complete_token(path: str) -> t.Optional[Token]:
    document = document_in(path)
    access_token, expires_at = document.get("accessToken"), time_or_none(document.get("expiresAt"))
    if not isinstance(access_token, str) or not document.get("startUrl") or expires_at is None:
        return None
    return Token(access_token, expires_at, document)


def _is_of_a_token(path: str) -> bool:
    """Whether the file is, or was to become, an SSO token; registrations and other tools' files are not."""
    data = content_of(path)
    return all(field in data for field in _FIELDS_OF_A_TOKEN)


def _text(value: t.Any) -> str:
    return value if isinstance(value, str) else ""
