# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory as a web server on loopback, for the base_url of the aws_cli module."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import threading
import typing as t


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: t.Any) -> None:
        """The output of the program that serves stays clean."""


@contextlib.contextmanager
def serving(directory: str | os.PathLike[str]) -> t.Iterator[str]:
    """Serve *directory* within the context, and return its URL."""
    with serving_by(functools.partial(_QuietHandler, directory=os.fspath(directory))) as url:
        yield url


@contextlib.contextmanager
def serving_by(handler: t.Callable[..., http.server.BaseHTTPRequestHandler]) -> t.Iterator[str]:
    """Let *handler* answer requests within the context, and return the URL."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
