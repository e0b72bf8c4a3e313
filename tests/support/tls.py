# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A self-signed certificate of 127.0.0.1, as a man in the middle presents it."""

from __future__ import annotations

import pathlib
import subprocess
import typing as t


class Certificate(t.NamedTuple):
    """*authority* is the certificate alone, *server* the certificate and its key."""

    authority: pathlib.Path
    server: pathlib.Path


def self_signed(directory: pathlib.Path) -> Certificate:
    key, authority, both = (directory / name for name in ("key.pem", "ca.pem", "both.pem"))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(authority)]
    subprocess.run(command, check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + authority.read_bytes())
    return Certificate(authority, both)
