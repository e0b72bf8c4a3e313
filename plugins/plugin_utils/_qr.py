# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""QR codes for a terminal, so that a phone can open a page.

PRIVATE to the collection.
"""

from __future__ import annotations

_BLACK_ON_WHITE = "\033[38;5;16;48;5;231m"
_PLAIN = "\033[0m"
_HALF_BLOCKS = {(0, 0): " ", (0, 1): "▄", (1, 0): "▀", (1, 1): "█"}
"""Whether the upper and the lower module of a character are dark, and the character."""


def drawing(text: str) -> str:
    """*text* as a QR code, two rows of modules to a line; empty where the library segno is not installed."""
    try:
        import segno
    except ImportError:
        return ""
    rows = [list(row) for row in segno.make(text, error="l", micro=False).matrix_iter()]
    rows.append([0] * len(rows[0]))
    pairs = (zip(upper, lower) for upper, lower in zip(rows[0::2], rows[1::2]))
    lines = ("".join(_HALF_BLOCKS[upper, lower] for upper, lower in pair) for pair in pairs)
    return "\n".join(f"{_BLACK_ON_WHITE}{line}{_PLAIN}" for line in lines)
