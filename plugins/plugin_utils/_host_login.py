# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sign-in for a managed host that has no browser: its token is made here and kept there alone.

PRIVATE to the collection. Token and registration stay in memory on this side, and reach the host on the
standard input of its Python: no command line, no module argument and no temporary file ever holds them.
"""

from __future__ import annotations

import inspect
import os
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils import _files
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso_session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._token_cache import (
    Document,
    serialized,
    utc_now,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _clients, _device_code
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login_errors import explained
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._person import Person
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._registration import register
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._tokens import document_of

STORED = "stored"
"""What the program of storing_program() prints when all went well."""

_STORE = """
try:
    for path, data in {files!r}:
        replace_file(path, data, PRIVATE_FILE)
except BaseException as error:
    raise SystemExit(getattr(error, "strerror", None) or type(error).__name__)
print({stored!r})
"""


class HostState(t.NamedTuple):
    """What the host's half of sso_login tells of the host: nothing of it is secret."""

    session: SsoSession
    expires_at: str | None
    seconds_left: int
    refreshable: bool
    directory: str
    python: str

    @classmethod
    def of_result(cls, result: t.Mapping[str, t.Any]) -> HostState:
        scopes = result["registration_scopes"]
        session = SsoSession(
            result["session"],
            result["start_url"],
            result["region"],
            None if scopes is None else tuple(scopes),
        )
        return cls(session, *(result[name] for name in cls._fields[1:]))

    def good_for(self, seconds: int) -> bool:
        """Whether the token lives for *seconds* more, or the AWS CLI on the host renews it when it has to."""
        return self.seconds_left > seconds or self.refreshable


class HostLogin(t.NamedTuple):
    """A token's end, and the files for the host's cache by name, the token's last."""

    expires_at: str
    files: dict[str, Document]


def sign_in_for_host(session: SsoSession, person: Person, timeout: float) -> HostLogin:
    """Ask *person* with a device code. Raises LoginRefused, ServiceError and Unreachable."""
    oidc = _clients.client("sso-oidc", session.region)
    with explained(session):
        registration = register(session, oidc, authorization_code=False)
        answer = _device_code.sign_in(session, oidc, registration, person, timeout)
    token = document_of(session, answer, utc_now(), registration.token_fields())
    files = {
        os.path.basename(session.registration_path): registration.document,
        os.path.basename(session.token_path): token,
    }
    return HostLogin(token["expiresAt"], files)


def storing_program(directory: str, files: t.Mapping[str, Document]) -> bytes:
    """A program for the standard input of the host's Python that stores *files* in *directory*.

    Our own code for replacing files goes before the data, so that there is one way to do it. No error of the
    program shows any of the data.
    """
    data = [(os.path.join(directory, name), serialized(document)) for name, document in files.items()]
    return (inspect.getsource(_files) + _STORE.format(files=data, stored=STORED)).encode()
