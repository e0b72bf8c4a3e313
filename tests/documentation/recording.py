# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/images/terminal.svg: the commands of docs/quick-start.md in a terminal, as an animation.

python -m documentation.recording    record it again, as root, on a fresh WSL2-like host

The run is real: git, ./run, the playbook and the AWS CLI. GitHub, AWS and the download of the AWS CLI are
emulated. Therefore some of what is shown is replaced: the prompt, the option that adds the mirror of the AWS
CLI, the address of the emulator by that of AWS, the port of the callback, and random values. Waiting times
are shorter than they were.
"""

from __future__ import annotations

import bisect
import io
import pathlib
import re
import tempfile
import time
import typing as t

from bundles import Mirror, new_key, serving, wheel_with
from bundles.wheels import CURRENT
from end_to_end import quick_start
from end_to_end.bare_host import Shell
from identity_center import IdentityCenter

from .pictures import IMAGES
from .terminal_svg import COLUMNS, ROWS, Line, Span, animation

if t.TYPE_CHECKING:
    import pyte

PICTURE = IMAGES / "terminal.svg"
HEADINGS = ("Get the collection", "Set up the laptop", "Use the profiles")
"""The sections of the page whose commands are shown."""
TITLE = "The quick start in a terminal"
DESCRIPTION = (
    "git clone fetches the collection. ./run workstation installs the AWS CLI, opens the browser for the"
    " sign-in, and writes a profile for every account and role."
    " aws sts get-caller-identity shows the identity."
)
PROMPT = "$ "
REPLACEMENTS = (
    (r"\x1b\[\?\d+[hl]|\x1b[=>]", ""),  # the modes of the keyboard, which mean nothing here
    (r"^\r*(\x1b\[K)?", ""),
    (re.escape(Shell.PROMPT), PROMPT),
    (r"AROA\w+", "AROAQ3EGWSXYL5BKD7PTN"),
    (re.escape(quick_start.MIRROR), ""),
    (r"http://127\.0\.0\.1:\d+/authorize", "https://oidc.eu-west-1.amazonaws.com/authorize"),
    (r"127\.0\.0\.1%3A\d+", "127.0.0.1%3A38613"),
    (r"\b(client_id|state|code_challenge)=[\w-]+", r"\1=..."),
)
STATUS = r"(\$ echo status=\$\?|status=0)\s*"
"""How a test asks whether a command succeeded."""
LONGEST_PAUSE = 1.0
PAUSES = ((r"10 minutes left", 3.0), (r"PLAY RECAP", 1.0))
"""Seconds until the line after one that matches; what a user does in the browser is not shown."""
SECONDS_BEFORE_A_COMMAND = 1.2
SECONDS_FOR_A_LETTER = 0.03
SECONDS_FOR_OUTPUT = 0.08
"""At least; all lines at once would be too fast to read."""


class Record(io.StringIO):
    """What a terminal shows, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[tuple[int, float]] = []
        """The length of the text at a time."""

    def write(self, text: str) -> int:
        written = super().write(text)
        self.times.append((self.tell(), time.monotonic()))
        return written


def record(mirror: t.Mapping[str, t.Any]) -> Record:
    """Follow the page as far as HEADINGS, on a host of its own."""
    shown = Record()
    with IdentityCenter(quick_start.company()) as center, quick_start.laptop(center) as host:
        reader = quick_start.Reader(host, center, mirror)
        with Shell(host, folder=".", ssh=False) as terminal:
            for command, output in quick_start.transcript("Prerequisites"):
                reader.follow(terminal, command, output)
        with Shell(host, folder=".", ssh=False, lines=ROWS, columns=COLUMNS, recorded=shown) as terminal:
            for heading in HEADINGS:
                for command, output in quick_start.transcript(heading):
                    reader.follow(terminal, command, output)
    return shown


def lines(shown: Record) -> list[Line]:
    """What the terminal would show if it never scrolled, with times that are shorter than they were."""
    import pyte

    screen = pyte.Screen(COLUMNS, shown.tell())
    stream = pyte.Stream(screen)
    found: list[Line] = []
    clock = before = 0.0
    for moment, piece in _pieces(shown):
        first, is_command = screen.cursor.y, piece.startswith(PROMPT) and piece.endswith("\n")
        stream.feed(piece)
        rows = range(first, screen.cursor.y + (not piece.endswith("\n")))
        if is_command:
            found.append(_command(clock, piece))
            clock = found[-1].end + SECONDS_FOR_OUTPUT
        else:
            clock += max(SECONDS_FOR_OUTPUT, min(moment - before, LONGEST_PAUSE)) if found else 0
            found += [Line(clock, tuple(_spans(screen.buffer[row]))) for row in rows]
            clock += sum(seconds for pattern, seconds in PAUSES if re.search(pattern, piece))
        before = moment
    return found


def _pieces(shown: Record) -> t.Iterator[tuple[float, str]]:
    """The lines from the first prompt on, each with the time when its end was read."""
    position, is_shown = 0, False
    ends = [end for end, _time in shown.times]
    for piece in re.findall(r"[^\n]*\n|[^\n]+", shown.getvalue()):
        position += len(piece)
        _end, moment = shown.times[bisect.bisect_left(ends, position)]
        for pattern, replacement in REPLACEMENTS:
            piece = re.sub(pattern, replacement, piece)
        is_shown = is_shown or piece.startswith(PROMPT)
        if is_shown and not re.fullmatch(STATUS, piece):
            yield moment, piece


def _command(clock: float, piece: str) -> Line:
    text = piece.removeprefix(PROMPT).rstrip()
    spans = (Span(0, PROMPT.rstrip()), Span(len(PROMPT), text, bold=True))
    return Line(clock, spans, SECONDS_BEFORE_A_COMMAND, len(text) * SECONDS_FOR_A_LETTER)


def _spans(row: t.Mapping[int, pyte.screens.Char]) -> t.Iterator[Span]:
    """The words of a row, parted where the look changes and where there is more than one blank."""
    cells = [row[column] for column in range(COLUMNS)]
    text = "".join(cell.data for cell in cells)
    start = 0
    for column in range(1, COLUMNS + 1):
        if column == COLUMNS or cells[column][1:4] != cells[start][1:4]:
            for words in re.finditer(r"\S+( \S+)*", text[start:column]):
                yield Span(start + words.start(), words[0], cells[start].fg, cells[start].bold)
            start = column


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="recording-") as scratch, new_key() as key:
        directory = pathlib.Path(scratch)
        Mirror(directory, key).add_wheel(wheel_with(CURRENT))
        with serving(directory) as url:
            trust = {"base_url": url, "public_key": key.public_key, "fingerprint": key.fingerprint}
            shown = record({"workstation_aws_cli": trust})
    PICTURE.write_text(animation(lines(shown), TITLE, DESCRIPTION), encoding="utf-8")
    print(f"{PICTURE.stat().st_size:7} {PICTURE}")


if __name__ == "__main__":
    main()
