# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Web servers in place of awscli.amazonaws.com that record requests, or answer as an attacker would."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import typing as t

from bundles import serving_by

CHUNK = b"\0" * 65536


class _RecordingHandler(http.server.SimpleHTTPRequestHandler):
    requested: t.ClassVar[list[str]]

    def do_GET(self) -> None:
        self.requested.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *args: t.Any) -> None:
        """The output belongs to the test."""


@contextlib.contextmanager
def recording(directory: str | os.PathLike[str]) -> t.Iterator[tuple[str, list[str]]]:
    """The URL at which *directory* is served, and the paths that are requested."""
    requested: list[str] = []
    handler = type("Handler", (_RecordingHandler,), {"requested": requested})
    with serving_by(functools.partial(handler, directory=os.fspath(directory))) as url:
        yield url, requested


class HostileMirror:
    """Serves *directory*, except for the paths in *answers*: a status, headers and chunks of content."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = directory
        self.answers: dict[str, tuple[int, dict[str, str], t.Iterable[bytes]]] = {}
        self.requested: list[str] = []
        self.sent = 0
        """The bytes of the contents in *answers* that were sent."""

    @contextlib.contextmanager
    def serving(self) -> t.Iterator[str]:
        handler = type("Handler", (_HostileHandler,), {"requested": self.requested, "mirror": self})
        with serving_by(functools.partial(handler, directory=os.fspath(self.directory))) as url:
            yield url


class _HostileHandler(_RecordingHandler):
    mirror: t.ClassVar[HostileMirror]

    def do_GET(self) -> None:
        if self.path not in self.mirror.answers:
            super().do_GET()
            return
        self.requested.append(self.path)
        status, headers, content = self.mirror.answers[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # the client has seen enough
            for chunk in content:
                self.wfile.write(chunk)
                self.mirror.sent += len(chunk)
