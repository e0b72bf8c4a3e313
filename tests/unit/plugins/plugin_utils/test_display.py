# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown while a task runs, also with log_path, and nothing raw from hosts and services."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest
from ansible.utils.color import stringc
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._display import debug, printable_url, show

TESTS = pathlib.Path(__file__).parents[3]
HOSTILE = "corp\x1b]0;owned\x07\x1b[2J\x9b8m\u202e\rfatal"
WITH_LOG = """
import sys
sys.path.insert(0, sys.argv[1])
import conftest
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._display import debug, display, draw, show
display.verbosity = 3
show("Sign in to corp", "laptop")
show("two\\nlines")
draw("picture")
debug("a decision")
display.warning("a warning")
"""


def test_with_log_path_everything_is_shown_and_logged_on_each_ansible_core(tmp_path: pathlib.Path) -> None:
    log = tmp_path / "ansible.log"
    result = subprocess.run(
        [sys.executable, "-c", WITH_LOG, str(TESTS)],
        env={**os.environ, "ANSIBLE_LOG_PATH": str(log), "HOME": str(tmp_path), "ANSIBLE_FORCE_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    for text in ("[laptop] Sign in to corp", "two", "workstation.aws_sso: a decision", "a warning"):
        assert text in log.read_text()
    assert "picture" in result.stderr and "picture" not in log.read_text()


def test_texts_have_no_color_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    colors: list[str | None] = []
    monkeypatch.setattr(Display, "display", lambda self, text, color=None, **_more: colors.append(color))
    show("text", "laptop")
    _display.draw("picture")
    assert colors == [None, None]
    assert stringc("text", "blue")  # the names of colors differ between versions of ansible-core


def test_control_characters_do_not_reach_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show(f"{HOSTILE}\nsecond {HOSTILE}", HOSTILE)
    shown = capsys.readouterr().err
    assert [line.isprintable() for line in shown.rstrip("\n").split("\n")] == [True, True]
    texts: list[str] = []
    monkeypatch.setattr(Display, "vvv", lambda self, text, host=None: texts.append(text))
    debug(HOSTILE)
    assert texts[0].isprintable()


def test_a_url_contains_only_ascii_characters() -> None:
    assert printable_url("https://x/\u2019;calc\x1b").isascii()
