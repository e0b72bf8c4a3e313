# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""QR codes for a terminal, so that a phone can open a page.

PRIVATE to the collection.
"""

from __future__ import annotations

import io

_WHITE_ON_BLACK = "\033[38;5;231;48;5;16m"
_DEFAULT_COLORS = "\033[0m"
_QUIET_ZONES = (4, 2)
"""Modules around the code: 4 by the standard, and 2, which scanners accept, for small terminals."""


def drawing(text: str, columns: int, lines: int) -> str:
    """*text* as a QR code of at most *columns* times *lines* characters, two rows of modules to a line.

    Empty where it does not fit, or where the library segno is not installed. segno draws light modules in the
    color of the text, and expects a dark background. Explicit colors make that true in any terminal.
    """
    try:
        import segno
    except ImportError:
        return ""
    code = segno.make(text, error="l", micro=False)
    for border in _QUIET_ZONES:
        width = code.symbol_size(border=border)[0]
        if width <= columns and (width + 1) // 2 <= lines:
            out = io.StringIO()
            code.terminal(out, border=border, compact=True)
            rows = out.getvalue().splitlines()
            return "\n".join(f"{_WHITE_ON_BLACK}{row}{_DEFAULT_COLORS}" for row in rows)
    return ""
