# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/images/terminal.svg: the commands of docs/quick-start.md in a terminal, as an animation.

python -m documentation.recording    record it again, as root, on a fresh WSL2-like host

The run is real: git, ./run, the playbook and the AWS CLI. GitHub, AWS and the mirror of the AWS CLI are emulated, so
this is replaced in what is shown: the prompt, the option that adds the mirror, the address of the emulator by that of
AWS, ports, and random values in the address of the sign-in by shorter ones. Times are shorter than they were.
"""

from __future__ import annotations

import io
import pathlib
import re
import tempfile
import time
import typing as t

import pyte

from bundles import Mirror, new_key, serving, wheel_with
from bundles.wheels import CURRENT
from end_to_end import quick_start
from end_to_end.bare_host import Shell
from identity_center import IdentityCenter

from .pictures import IMAGES
from .terminal_svg import COLUMNS, ROWS, Line, Span, animation

PICTURE = IMAGES / "terminal.svg"
HEADINGS = ("Get the collection", "Set up the laptop", "Use the profiles")
"""The sections of the page whose commands are shown."""
TITLE = "The quick start in a terminal"
DESCRIPTION = (
    "git clone fetches the collection. ./run workstation installs the AWS CLI, opens the browser for the sign-in,"
    " and writes a profile for every account and role. aws sts get-caller-identity shows the identity."
)
PROMPT = "$ "
REPLACEMENTS = (
    (re.escape(Shell.PROMPT) + r"echo status=\$\?\s+status=0\s+", ""),
    (re.escape(Shell.PROMPT), PROMPT),
    (re.escape(quick_start.MIRROR), ""),
    (r"http://127\.0\.0\.1:\d+(/region/[\w-]+)?/authorize", "https://oidc.eu-west-1.amazonaws.com/authorize"),
    (r"127\.0\.0\.1%3A\d+", "127.0.0.1%3A38613"),
    (r"\b(client_id|state|code_challenge)=([\w-]{8})[\w-]+", r"\1=\2"),
)
LONGEST_PAUSE = 1.5
SECONDS_TO_TYPE = 0.6
MOST_LINES = 2000


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
    """The lines of a terminal that never scrolls, with when they are complete."""
    return []


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="recording-") as scratch, new_key() as key:
        directory = pathlib.Path(scratch)
        Mirror(directory, key).add_wheel(wheel_with(CURRENT))
        with serving(directory) as url:
            trust = {"base_url": url, "public_key": key.public_key, "fingerprint": key.fingerprint}
            shown = record({"workstation_aws_cli": trust})
    import pickle; pathlib.Path("/tmp/qs_record.pickle").write_bytes(pickle.dumps((shown.getvalue(), shown.times)))


if __name__ == "__main__":
    main()
