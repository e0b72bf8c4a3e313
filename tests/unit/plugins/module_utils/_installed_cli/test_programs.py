# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AWS CLIs of a host: which are found, and what running them shows."""

from __future__ import annotations

import os
import pathlib
import tempfile
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli import programs
from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.home_view import HomeView
from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.programs import (
    Program,
    ProgramSearch,
    plugin_failure,
)
from support.child_processes import exit_code, start

Find = t.Callable[..., t.List[Program]]


@pytest.fixture
def find(tmp_path: pathlib.Path) -> Find:
    """Examines the programs in the directory bin, or in others below the test's directory."""

    def found(*names: str, seconds: float = 30.0) -> t.List[Program]:
        path = os.pathsep.join(str(tmp_path / name) for name in names or ("bin",))
        environment = {"HOME": str(tmp_path / "home"), "PATH": f"{path}:/usr/bin:/bin"}
        with HomeView(environment) as view:
            return ProgramSearch(view, path, [], lambda _directory: False, seconds).programs()

    return found


def program(path: pathlib.Path, text: str, mode: int = 0o755) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("script", "version"),
    [
        ("echo aws-cli/2.38.5 Python/3.14.0", "2.38.5"),
        ("echo aws-cli/1.16.1 Python/2.7 >&2", "1.16.1"),
        ("echo 'Using profile dev of 2.0.0'; echo aws-cli/2.38.5 Python/3.14.0", "2.38.5"),
        ("echo 'WARNING: proxy' >&2; echo; echo aws-cli/2.38.5", "2.38.5"),
        ("echo aws-cli/2.38.5; exit 1", ""),
        ("echo 'uses aws-cli/2.38.5'", ""),
        ("echo aws-cli/unknown", ""),
    ],
)
def test_a_wrapper_may_print_lines_before_the_version(
    tmp_path: pathlib.Path, find: Find, script: str, version: str
) -> None:
    program(tmp_path / "bin" / "aws", "#!/bin/sh\n" + script + "\n")
    (found,) = find()
    assert (found.version, found.problem) == (version, "" if version else programs.BROKEN)


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("#!/bin/sh\necho 'pyenv: aws: command not found' >&2; exit 127\n", "exit code 127: pyenv: aws:"),
        ("#!/no/such/python3.9\n", programs.NO_INTERPRETER),
        ("\x7fELF of another machine\n", "another processor architecture"),
        ("#!/bin/sh\nprintf '\033]0;x\007oops\n'\nexit 3\n", "exit code 3: ]0;xoops"),
    ],
)
def test_a_program_that_fails_is_described(
    tmp_path: pathlib.Path, find: Find, text: str, detail: str
) -> None:
    program(tmp_path / "bin" / "aws", text)
    (found,) = find()
    assert found.problem == programs.BROKEN and detail in found.detail


def test_programs_that_do_not_end_are_stopped_at_one_time(tmp_path: pathlib.Path, find: Find) -> None:
    names = ["one", "two", "three", "four"]
    for name in names:
        program(tmp_path / name / "aws", "#!/bin/sh\nsleep 300\n")
    started = time.monotonic()
    found = find(*names, seconds=2.0)
    assert [entry.problem for entry in found] == [programs.TIMEOUT] * 4
    assert time.monotonic() - started < 8


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("closed", "mode", "blocked"),
    [
        ("aws-cli", 0o700, "aws-cli"),
        ("aws-cli/v2/2.38.5/dist", 0o700, "aws-cli/v2/2.38.5/dist"),
        ("aws-cli/v2/2.38.5/dist/aws", 0o700, "aws-cli/v2/2.38.5/dist/aws"),
        ("aws-cli/v2/2.38.5/dist/aws", 0o644, None),
        ("bin", 0o700, None),
    ],
)
def test_a_program_that_this_user_may_not_read_is_not_missing(
    closed: str, mode: int, blocked: t.Optional[str]
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        base = pathlib.Path(directory)
        base.chmod(0o755)
        installed = program(base / "aws-cli" / "v2" / "2.38.5" / "dist" / "aws", "#!/bin/sh\n")
        (base / "aws-cli" / "v2" / "current").symlink_to(base / "aws-cli" / "v2" / "2.38.5")
        (base / "bin").mkdir()
        (base / "bin" / "aws").symlink_to(base / "aws-cli" / "v2" / "current" / "dist" / "aws")
        (base / closed).chmod(mode)

        def examine() -> None:
            found = programs._found([str(base / "bin")], [], lambda _directory: False)
            expected = [(programs.UNREADABLE, str(base / blocked))] if blocked else []
            assert [(entry.problem, entry.detail) for entry in found] == expected

        assert exit_code(start(examine, user=4242)) == 0
        assert installed.exists()


def test_failure_of_a_plugin_names_its_module(tmp_path: pathlib.Path) -> None:
    path = program(
        tmp_path / "bin" / "aws", "#!/bin/sh\necho \"aws: [ERROR]: No module named 'x.y'\" >&2\nexit 255"
    )
    with HomeView({"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}) as view:
        search = ProgramSearch(view, str(path.parent), [], lambda _directory: False)
        running = search.start(search.found[0], "/etc/aws-config")
        assert running and plugin_failure(running) == "No module named 'x.y'"
