# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of sessions that a sign-out removes: tokens, role credentials, and what is left of either.

PRIVATE to the collection. For the controller and for managed hosts; nothing here calls AWS.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import typing as t

from .._files.errors import file_error_text
from .._files.lock import LockTimeout, locked
from .known_sessions import ReadableConfig, all_sessions, document_in, find_sessions, unfinished_tokens
from .leftovers import existing_copies, is_own_file
from .role_cache import RoleCache, cli_cache_directory
from .session import SsoSession
from .state import sign_in_record, state_directory
from .token_cache import (
    DamagedCacheFile,
    Token,
    lock_subject,
    read_token,
    sso_cache_directory,
    utc_now,
)

SECONDS_FOR_LOCKS = 5
"""How long processes that are refreshing tokens are waited for; tokens are removed before and afterwards."""


class SessionFiles(t.NamedTuple):
    """The existing files of one session."""

    session: SsoSession
    tokens: t.List[str]
    roles: t.List[str]

    @property
    def paths(self) -> t.List[str]:
        """The files that can contain a secret: all but directories."""
        return [path for path in (*self.tokens, *self.roles) if not _is_directory(path)]


class SignOutFiles(t.NamedTuple):
    """The files that a sign-out removes; *orphans* are role credentials that belong to none of several."""

    sessions: t.List[SessionFiles]
    orphans: t.List[str]

    @property
    def paths(self) -> t.List[str]:
        return [*(path for files in self.sessions for path in files.paths), *self.orphans]


class Removal:
    """What was removed, and the tokens in it by session.

    *errors* are about what could not be removed, *unreadable* about removed files that may have held a token.
    """

    def __init__(self) -> None:
        self.removed: t.Dict[str, None] = {}
        self.tokens: t.Dict[str, t.List[Token]] = {}
        self.errors: t.Dict[str, None] = dict.fromkeys(directory_errors())
        self.unreadable: t.Dict[str, None] = {}
        self.warnings: t.List[str] = []

    def remove(self, found: SignOutFiles) -> None:
        """Read the tokens of *found*, and remove its files."""
        for files in found.sessions:
            tokens = self.tokens.setdefault(files.session.token_path, [])
            tokens += [token for token in tokens_in(files, self._note_unreadable) if token not in tokens]
        for path in found.paths:
            self._unlink(path)

    def _note_unreadable(self, path: str, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        self.unreadable[
            f"{path} could not be read ({reason}). If it held a token, its session continues at AWS until it"
            " expires or is ended in the AWS access portal."
        ] = None

    def _unlink(self, path: str) -> None:
        try:
            os.unlink(path)
        except FileNotFoundError:
            return
        except OSError as error:
            self.errors[file_error_text(error, path)] = None
            return
        self.removed[path] = None

    def of(self, files: SessionFiles) -> t.List[str]:
        """The removed paths among *files*."""
        return [path for path in (*files.tokens, *files.roles) if path in self.removed]


class SignOut:
    """A sign-out of the session *name*, by default of all.

    Raises WorkstationError for a session of which there is nothing, in the configuration or in the caches.
    """

    def __init__(self, name: t.Optional[str]) -> None:
        self._config = ReadableConfig()
        self.sessions = find_sessions(name, self._config)
        self.warnings = [
            *(str(error) for error in self._config.errors),
            *(entry.problem for entry in self.sessions if entry.problem),
        ]

    def find(self) -> SignOutFiles:
        """The existing files.

        Role credentials that no session explains are among them if no other session has a token: then no
        other one can have obtained them.
        """
        wanted = [entry.session for entry in self.sessions]
        paths = {session.token_path for session in wanted}
        others = [entry.session for entry in all_sessions(self._config)]
        others = [session for session in others if session.token_path not in paths]
        cache = RoleCache(self._config, [*wanted, *others])
        unfinished = _unfinished_tokens(wanted, others)
        found = [
            SessionFiles(
                session,
                [*existing_copies([session.token_path]), *unfinished.get(session.token_path, ())],
                cache.files_of(session),
            )
            for session in wanted
        ]
        orphans = [] if any(map(_has_token, others)) else existing_copies(cache.unattributed)
        if len(found) == 1:
            found[0].roles.extend(path for path in orphans if path not in found[0].roles)
            orphans = []
        return SignOutFiles(found, orphans)

    def remove(self) -> t.Tuple[t.List[SessionFiles], Removal]:
        """Remove the files at once, and then what a process that is refreshing a token has stored since.

        Returns all files that were found, with what happened to them.
        """
        removal = Removal()
        first = self.find()
        removal.remove(first)
        with contextlib.ExitStack() as stack:
            deadline = time.monotonic() + SECONDS_FOR_LOCKS
            for entry in self.sessions:
                removal.warnings += _lock(stack, entry.session, deadline)
            second = self.find()
            removal.remove(second)
        removal.warnings += [warning for files in first.sessions for warning in _directories(files)]
        for entry in self.sessions:
            if not removal.errors:
                shutil.rmtree(state_directory(entry.session), ignore_errors=True)
            else:  # the records of roles find the remaining files again, which are not used any more
                with contextlib.suppress(OSError):
                    os.unlink(sign_in_record(entry.session))
        return [_joined(one, other) for one, other in zip(first.sessions, second.sessions)], removal


def remove_on_host(name: t.Optional[str], check_mode: bool) -> t.Dict[str, t.Any]:
    """Remove the files of the session *name* of this host, by default of all; the answer has no secret.

    *active* is whether there was a token by which AWS could end the session. Raises WorkstationError.
    """
    sign_out = SignOut(name)
    removal = Removal()
    if check_mode:
        found = sign_out.find()
        sessions, removed = found.sessions, found.paths
        tokens = {files.session.token_path: tokens_in(files) for files in sessions}
    else:
        sessions, removal = sign_out.remove()
        removed, tokens = [*removal.removed], removal.tokens
    every_path = frozenset(removed)
    return {
        "sessions": [
            {
                "name": files.session.name,
                "start_url": files.session.start_url or None,
                "region": files.session.region or None,
                "file": os.path.basename(files.session.token_path),
                "removed": [path for path in (*files.tokens, *files.roles) if path in every_path],
                "active": bool(active_tokens(tokens.get(files.session.token_path, ()))),
            }
            for files in sessions
        ],
        "removed": removed,
        "errors": [*removal.errors],
        "notes": [*sign_out.warnings, *removal.warnings],
    }


def active_tokens(tokens: t.Iterable[Token]) -> t.List[Token]:
    """Those of *tokens* that are valid or can be refreshed, by which AWS can end their session."""
    now = utc_now()
    return [token for token in tokens if token.seconds_left(now) > 0 or token.refreshable(now)]


def tokens_in(
    files: SessionFiles, unreadable: t.Callable[[str, OSError], None] = lambda path, error: None
) -> t.List[Token]:
    """The tokens in the files of a session, each once; *unreadable* is called for those that fail."""
    found: t.Dict[str, Token] = {}
    for path in readable_tokens(files):
        token = _token_in(path, unreadable)
        if token is not None:
            found.setdefault(token.access_token, token)
    return [*found.values()]


def _token_in(path: str, unreadable: t.Callable[[str, OSError], None]) -> t.Optional[Token]:
    try:
        return read_token(path)
    except DamagedCacheFile:
        return None
    except OSError as error:
        unreadable(path, error)
        return None


def directory_errors() -> t.List[str]:
    """What is wrong with the directories of the caches, if their files cannot be found for that reason."""
    return [*filter(None, map(_directory_error, (sso_cache_directory(), cli_cache_directory())))]


def _directory_error(directory: str) -> str:
    try:
        os.listdir(directory)
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        return file_error_text(error, directory)
    return ""


def readable_tokens(files: SessionFiles) -> t.List[str]:
    """The paths of files that may hold a token: that of the session itself, and other ones of this user."""
    paths = [path for path in files.tokens if path == files.session.token_path or is_own_file(path)]
    return [path for path in paths if os.path.isfile(path)]


def _unfinished_tokens(
    wanted: t.Sequence[SsoSession], others: t.Sequence[SsoSession]
) -> t.Dict[str, t.List[str]]:
    """Files that a killed boto3 left, by the token path of their session.

    Their names do not say to which session they belong. So a file is of the first session that it fits,
    unless another session, which is to stay signed in, fits as well.
    """
    found: t.Dict[str, t.List[str]] = {}
    for path, token in unfinished_tokens():
        if any(session.owns(token) for session in others):
            continue
        owner = next((session for session in wanted if session.owns(token)), None)
        if owner is not None and owner.token_path != path:
            found.setdefault(owner.token_path, []).append(path)
    return found


def _has_token(session: SsoSession) -> bool:
    return "accessToken" in document_in(session.token_path)


def _lock(stack: contextlib.ExitStack, session: SsoSession, deadline: float) -> t.List[str]:
    """Hold the lock of the token, if possible; a warning if another process holds it until *deadline*."""
    try:
        stack.enter_context(locked(lock_subject(session.token_path), max(0, deadline - time.monotonic())))
    except LockTimeout:
        return [
            f"Another process is refreshing the token of {session.label}, and may store it again. Sign out"
            " again when it is done."
        ]
    except OSError:
        pass  # a lock only keeps other processes of this collection from storing the token again
    return []


def _directories(files: SessionFiles) -> t.List[str]:
    return [
        f"{path} is a directory, not the token of {files.session.label}; it is not removed."
        for path in files.tokens
        if _is_directory(path)
    ]


def _joined(one: SessionFiles, other: SessionFiles) -> SessionFiles:
    return SessionFiles(
        one.session,
        [*dict.fromkeys((*one.tokens, *other.tokens))],
        [*dict.fromkeys((*one.roles, *other.roles))],
    )


def _is_directory(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)
