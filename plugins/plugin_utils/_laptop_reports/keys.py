# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which public key each host reports with: a file with one line for each, as in known_hosts of ssh.

PRIVATE to the collection. The first key of a name is recorded; a laptop that was set up again has another
one, which is used once the line of the former key has been removed.
"""

from __future__ import annotations

import os
import shlex

from ...module_utils._errors import WorkstationError
from ...module_utils._files import atomic
from ...module_utils._files.errors import file_error_text
from .._fleet_report import files as report_files

REVOKED = "revoked"
"""In place of a key: no report of this name is used."""

_HEADER = (
    "# The public keys that laptops sign their reports with. The word revoked in place of one refuses them.\n"
)


class Keys:
    """The keys by host name, which are read from the file at *path*.

    Raises WorkstationError if the file cannot be read, or has a line that is not valid.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        try:
            self._place = report_files.resolve(path)
            data = report_files.read_bytes(self._place)
        except OSError as error:
            raise WorkstationError(file_error_text(error, path)) from None
        self._text = _HEADER if data is None else data.decode("utf-8", "replace")
        self._keys = dict(self._parse())
        self._added: dict[str, str] = {}

    def __contains__(self, host: object) -> bool:
        return host in self._keys

    def key(self, host: str) -> str:
        """The key of *host*; empty if it has none yet."""
        return self._keys.get(host, "")

    def revoked(self) -> set[str]:
        return {host for host, key in self._keys.items() if key == REVOKED}

    def add(self, host: str, key: str) -> None:
        """Record the first *key* of *host*."""
        self._keys[host] = self._added[host] = key

    def save(self) -> None:
        """Append what was added. Raises WorkstationError."""
        if not self._added:
            return
        text = self._text if self._text.endswith("\n") or not self._text else f"{self._text}\n"
        lines = (f"{host} {key}\n" for host, key in sorted(self._added.items()))
        try:
            atomic.replace_file(self._place, (text + "".join(lines)).encode(), atomic.PRIVATE_FILE)
        except OSError as error:
            raise WorkstationError(file_error_text(error, self._path)) from None

    def _parse(self) -> list[tuple[str, str]]:
        found = []
        for number, line in enumerate(self._text.splitlines(), 1):
            fields = line.split()
            if not fields or fields[0].startswith("#"):
                continue
            if len(fields) < 3 and fields[1:] != [REVOKED]:
                raise WorkstationError(
                    f"{self._path}, line {number}: expected the name of a host and its public key, such as"
                    f" laptop-042 ssh-ed25519 AAAA, or the word {REVOKED} in place of the key."
                )
            found.append((fields[0].lower(), REVOKED if fields[1] == REVOKED else " ".join(fields[1:3])))
        return found


def line_to_remove(path: str, host: str) -> str:
    """The command that removes the line of *host*, whose name the file may have in capitals."""
    pattern = host.replace(".", r"\.")
    return shlex.join(["sed", "-i", f"/^{pattern} /Id", os.path.abspath(path)])
