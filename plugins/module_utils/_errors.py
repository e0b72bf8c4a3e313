# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of all errors of this collection.

PRIVATE to the collection. Only errors that are caught by type have a class of their own; all others raise the
base. Plugins catch the base and report its text without a traceback.
"""

from __future__ import annotations

from ._text import printable_lines


class WorkstationError(Exception):
    """str() is the message for the user: what happened, to which file, host or option, and what to do.

    A message is one or more full sentences.

    It never contains a token, a key, a code verifier or a client secret, and no control characters: a part of
    it may come from a host, a file or a service that is not trusted with the terminal.
    """

    def __str__(self) -> str:
        return printable_lines(super().__str__())
