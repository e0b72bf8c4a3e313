# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The token cache of a managed host, read and written by programs on the standard input of its Python.

PRIVATE to the collection. No command line, module argument, result or temporary file ever holds a secret, and
what a host prints does not either: Ansible logs it at high verbosity. So a program that reads a token carries
a one-time pad, and prints the token masked with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import inspect
import json
import os
import re
import secrets
import types
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files import atomic, owner, path_walk
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import (
    Document,
    Token,
    serialized,
    time_or_none,
)
from ...module_utils._text import printable

STORED = "stored"
"""What the program of storing_program() prints when it has written the files."""

KEPT = "kept"
"""What it prints when the token is no longer the one that was to be replaced."""

_LARGEST_FILE = 32768
_HEADER_SIZE = 5
_LONGEST_REASON = 300
"""Characters; what a host writes to its standard error is not trusted."""
_SECRET = re.compile(r"[\x21-\x7e]+")
_FIELDS = (
    "startUrl",
    "region",
    "accessToken",
    "expiresAt",
    "clientId",
    "clientSecret",
    "registrationExpiresAt",
    "refreshToken",
)
_STORE = """
import hashlib

def store(files, replaces):
    if replaces is not None:
        with open(files[-1][0], "rb") as stream:
            if hashlib.sha256(stream.read()).hexdigest() != replaces:
                return {kept!r}
    for path, data in files:
        replace_file(path, data, PRIVATE_FILE)
    return {stored!r}

try:
    print(store({files!r}, {replaces!r}))
except BaseException as error:
    raise SystemExit(getattr(error, "strerror", None) or type(error).__name__)
"""
_READ = """
import base64, hashlib, hmac, json, os, time

def content(path):
    for _attempt in range(4):  # the AWS CLI cuts the file and fills it again
        try:
            with open(path, "rb") as stream:
                data = stream.read({limit} + 1)
            json.loads(data.decode())
            return data if len(data) <= {limit} else b""
        except FileNotFoundError:
            break
        except (RecursionError, ValueError):
            time.sleep(0.05)
    return b""

def masked(data, pad):
    return bytes(one ^ other for one, other in zip(data, pad))

try:
    data = content({path!r})
    writable = os.access(os.path.dirname({path!r}), os.W_OK | os.X_OK)
    frame = bytes([writable]) + len(data).to_bytes(4, "big") + data
    answer = masked(frame.ljust({limit} + {header}, b"\\0"), base64.b64decode({pad!r}))
    proof = hmac.new({key!r}, answer, hashlib.sha256).hexdigest()
    print("<" + base64.b64encode(answer).decode() + ":" + proof + ">")
except BaseException as error:
    raise SystemExit(getattr(error, "strerror", None) or type(error).__name__)
"""


class Outcome(t.NamedTuple):
    """How a program on a host ended."""

    rc: int
    stdout: str
    stderr: str


class HostToken(t.NamedTuple):
    """The token of a host; *digest* is that of its file, and *writable* says whether it can be replaced."""

    token: Token | None
    digest: str
    writable: bool


class HostCache:
    """The directory of one user of a host. *run* feeds a program to the Python of that user."""

    def __init__(self, run: t.Callable[[bytes], Outcome], directory: str) -> None:
        self._run = run
        self._directory = directory

    def read(self, session: SsoSession) -> HostToken:
        """The token of *session*. Raises WorkstationError when the host does not answer as it should."""
        found = self.read_file(os.path.join(self._directory, _token_name(session)))
        if found.token is not None and not session.owns(found.token):
            return found._replace(token=None)
        return found

    def read_file(self, path: str) -> HostToken:
        """The token in the file at *path*. Raises WorkstationError as read() does."""
        request = ReadRequest()
        outcome = self._run(request.program(path))
        if outcome.rc != 0:
            raise WorkstationError(f"Could not read the token on the host: {_reason(outcome)}")
        return request.answer(outcome.stdout)

    def store(self, files: t.Mapping[str, Document], replaces: str | None = None) -> bool:
        """Write *files*, unless the last one is no longer the one whose digest is *replaces*.

        Raises WorkstationError.
        """
        outcome = self._run(storing_program(self._directory, files, replaces))
        if outcome.rc != 0 or not {STORED, KEPT} & set(outcome.stdout.split()):
            raise WorkstationError(f"Could not store the token on the host: {_reason(outcome)}")
        return STORED in outcome.stdout.split()


class ReadRequest:
    """One reading of one token, with keys that are used only once."""

    def __init__(self) -> None:
        self._pad = secrets.token_bytes(_LARGEST_FILE + _HEADER_SIZE)
        self._key = secrets.token_bytes(32)

    def program(self, path: str) -> bytes:
        return _READ.format(
            path=path,
            limit=_LARGEST_FILE,
            header=_HEADER_SIZE,
            pad=base64.b64encode(self._pad).decode(),
            key=self._key,
        ).encode()

    def answer(self, printed: str) -> HostToken:
        """The token in what the host *printed*. Raises WorkstationError."""
        length = 4 * -(-len(self._pad) // 3)
        match = re.search(rf"<([A-Za-z0-9+/=]{{{length}}}):([0-9a-f]{{64}})>", printed)
        masked = base64.b64decode(match[1]) if match else b""
        proof = hmac.new(self._key, masked, hashlib.sha256).hexdigest()
        if match is None or not hmac.compare_digest(match[2], proof):
            raise WorkstationError(
                "Could not read the token on the host: its answer is incomplete or was altered."
            )
        frame = bytes(one ^ other for one, other in zip(masked, self._pad))
        data = frame[_HEADER_SIZE:][: int.from_bytes(frame[1:_HEADER_SIZE], "big")]
        return HostToken(_token(data), hashlib.sha256(data).hexdigest(), bool(frame[0]))


def storing_program(directory: str, files: t.Mapping[str, Document], replaces: str | None = None) -> bytes:
    """A program for the standard input of the host's Python that stores *files* in *directory*.

    Our own code for replacing files goes before the data, so that there is one way to do it. No error of the
    program shows any of the data.
    """
    data = [(os.path.join(directory, name), serialized(document)) for name, document in files.items()]
    store = _STORE.format(files=data, replaces=replaces, stored=STORED, kept=KEPT)
    return (_one_program(path_walk, owner, atomic) + store).encode()


def _one_program(*modules: types.ModuleType) -> str:
    """The code of *modules*, without the imports between them."""
    lines = [line for module in modules for line in inspect.getsource(module).splitlines()]
    code = [line for line in lines if not line.startswith(("from __future__", "from ."))]
    return "\n".join(["from __future__ import annotations", *code, ""])


def _token(data: bytes) -> Token | None:
    """The token in a file of a host, of which only well-formed fields are taken."""
    try:
        document = json.loads(data)
    except (RecursionError, ValueError):
        return None
    if not isinstance(document, dict):
        return None
    fields = {name: document[name] for name in _FIELDS if _is_word(document.get(name))}
    expires_at = time_or_none(fields.get("expiresAt"))
    if "accessToken" not in fields or expires_at is None:
        return None
    return Token(fields["accessToken"], expires_at, fields)


def _is_word(value: object) -> bool:
    return isinstance(value, str) and _SECRET.fullmatch(value) is not None


def _token_name(session: SsoSession) -> str:
    return os.path.basename(session.token_path)


def _reason(outcome: Outcome) -> str:
    text = outcome.stderr.strip()[:_LONGEST_REASON] or f"its Python ended with code {outcome.rc}"
    return printable(text).rstrip(".") + "."
