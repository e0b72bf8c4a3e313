# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a recorded terminal becomes lines, and whether the recording in docs/images is that of the page."""

from __future__ import annotations

import xml.etree.ElementTree

import pytest

from documentation import recording
from documentation.recording import Record, lines
from documentation.terminal_svg import COLUMNS
from end_to_end import quick_start
from end_to_end.bare_host import Shell

SVG = "{http://www.w3.org/2000/svg}"


def recorded(*pieces: tuple[float, str]) -> Record:
    record = Record()
    for moment, text in pieces:
        record.write(text)
        record.times[-1] = (record.tell(), moment)
    return record


def texts(record: Record) -> list[str]:
    """The lines, with the words of a line parted by the blanks that were between them."""
    shown = []
    for line in lines(record):
        text = ""
        for span in line.spans:
            text = text.ljust(span.column) + span.text
        shown.append(text)
    return shown


def after_the_prompt(text: str) -> list[str]:
    """What is shown after a first command."""
    return texts(recorded((0, f"{Shell.PROMPT}true\r\n"), (1, text)))[1:]


def test_only_what_follows_the_first_prompt_is_shown() -> None:
    record = recorded(
        (0, "dev@x:~$ PS1='bare''-host> '\r\n"), (1, f"\x1b[?2004h{Shell.PROMPT}ls\r\n"), (2, "x\r\n")
    )
    assert texts(record) == ["$ ls", "x"]


def test_a_line_that_is_written_again_is_shown_as_it_is_in_the_end() -> None:
    assert after_the_prompt("objects:  1%\x1b[K\robjects: 100%, done.\x1b[K\r\n") == ["objects: 100%, done."]


def test_a_line_that_is_too_long_continues_on_the_next_one() -> None:
    assert after_the_prompt("x" * (COLUMNS + 1) + "\r\n\r\ny\r\n") == ["x" * COLUMNS, "x", "", "y"]


@pytest.mark.parametrize(
    ("recorded_text", "shown"),
    [
        ("http://127.0.0.1:44165/authorize?x", "https://oidc.eu-west-1.amazonaws.com/authorize?x"),
        (
            "redirect_uri=http%3A%2F%2F127.0.0.1%3A4380%2Fo&",
            "redirect_uri=http%3A%2F%2F127.0.0.1%3A38613%2Fo&",
        ),
        (
            "client_id=a-b_c&state=x-y&code_challenge_method=S256",
            "client_id=...&state=...&code_challenge_method=S256",
        ),
        ("\x1b[?1h\x1b={\x1b[m", "{"),
    ],
)
def test_what_differs_from_run_to_run_or_is_emulated_is_replaced(recorded_text: str, shown: str) -> None:
    assert after_the_prompt(f"{recorded_text}\r\n") == [shown]


def test_what_only_the_test_types_is_not_shown() -> None:
    command = f"{Shell.PROMPT}{quick_start.SET_UP}{quick_start.MIRROR}\r\n"
    status = f"\x1b[?2004h{Shell.PROMPT}echo status=$?\r\n\x1b[?2004l\rstatus=0\r\n"
    assert after_the_prompt(f"{status}{command}{Shell.PROMPT}") == [f"$ {quick_start.SET_UP}", "$"]


def test_colours_part_the_words_of_a_line() -> None:
    record = recorded(
        (0, f"{Shell.PROMPT}true\r\n"), (1, "\x1b[0;32mok=1  \x1b[0m \x1b[1;35mfailed=0\x1b[0m\r\n")
    )
    ok, failed = lines(record)[1].spans
    assert (ok.text, ok.color, ok.column) == ("ok=1", "green", 0)
    assert (failed.text, failed.color, failed.column, failed.bold) == ("failed=0", "magenta", 7, True)


def test_long_waits_are_shortened_and_short_ones_are_long_enough_to_read() -> None:
    record = recorded((0, f"{Shell.PROMPT}true\r\n"), (1, "a\r\n"), (1.001, "b\r\n"), (400, "c\r\n"))
    _command, first, second, third = (line.start for line in lines(record))
    assert second - first == pytest.approx(recording.SECONDS_FOR_OUTPUT)
    assert third - second == pytest.approx(recording.LONGEST_PAUSE)


def test_a_command_is_typed_before_its_output_appears() -> None:
    command, shown = lines(recorded((0, f"{Shell.PROMPT}aws --version\r\n"), (1, "aws-cli\r\n")))
    assert command.before_typing and command.typing and shown.start > command.end


def picture() -> list[str]:
    root = xml.etree.ElementTree.fromstring(recording.PICTURE.read_text(encoding="utf-8"))
    return [" ".join(span.text or "" for span in line) for line in root.iter(f"{SVG}text")]


def test_the_commands_of_the_recording_are_those_of_the_page_in_its_order() -> None:
    typed = [line.removeprefix("$ ") for line in picture() if line.startswith("$ ")]
    steps = [step for heading in recording.HEADINGS for step in quick_start.transcript(heading)]
    assert typed == [command for command, _shown in steps]


def test_the_recording_shows_the_outputs_of_the_page() -> None:
    shown = [line.strip() for line in picture()]
    for heading in recording.HEADINGS:
        for _command, output in quick_start.transcript(heading):
            for line in output.splitlines():
                assert line.strip() in shown


def test_the_recording_shows_no_address_of_the_emulator() -> None:
    text = "".join(picture())
    assert "bare-host" not in text and "mirror" not in text and "127.0.0.1:" not in text
