# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of the checks: runs commands, with their output in one log."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import typing as t

ROOT = pathlib.Path(__file__).resolve().parents[2]
STATE = ROOT / ".run"
TOOLS = pathlib.Path(sys.executable).parent
LOGS = STATE / "logs"
COLORS_FORCED = {"FORCE_COLOR", "FORCE_COLOUR", "CLICOLOR_FORCE", "PY_COLORS", "ANSIBLE_FORCE_COLOR"}


class CannotRun(Exception):
    """This machine lacks something that a part requires; the message says what."""


class Failed(Exception):
    """A command of a part did not succeed."""


class Part:
    """*arguments* are passed to pytest, whose output then goes to the terminal instead of the log."""

    def __init__(
        self, name: str, scratch: pathlib.Path, arguments: t.Sequence[str] = (), full: bool = False
    ) -> None:
        self.name = name
        self.scratch = scratch / name
        self.log = (scratch if arguments else LOGS) / f"{name}.log"
        self.arguments = arguments
        self.full = full
        self.scratch.mkdir()

    def run(self, *command: str | pathlib.Path, cwd: pathlib.Path = ROOT, **environment: str) -> None:
        """The log, which the checks read, has no colors."""
        variables = self._environment(environment)
        with self.log.open("a", encoding="utf-8") as log:
            print("$", *command, file=log, flush=True)
            result = subprocess.run(
                [str(word) for word in command],
                cwd=cwd,
                env={name: value for name, value in variables.items() if name not in COLORS_FORCED},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if result.returncode:
            raise Failed(f"{' '.join(map(str, command))[:160]} failed with exit code {result.returncode}")

    def _environment(self, environment: t.Mapping[str, str]) -> dict[str, str]:
        return {**os.environ, "PATH": f"{TOOLS}:{path_without_shims()}", **environment}

    def pytest(self, python: str | pathlib.Path, *tests: str, **environment: str) -> None:
        """Run *tests* on both cores; a skipped test is something that this machine lacks."""
        if self.arguments:
            self._pytest_on_the_terminal(python, tests, environment)
            return
        self.run(python, "-m", "pytest", "-n", "2", *tests, cwd=ROOT, **environment)
        self.refuse_skipped_tests()

    def refuse_skipped_tests(self) -> None:
        skipped = self.lines_that_start_with("SKIPPED")
        if skipped:
            raise CannotRun("; ".join(skipped))

    def _pytest_on_the_terminal(
        self, python: str | pathlib.Path, tests: t.Sequence[str], environment: t.Mapping[str, str]
    ) -> None:
        named = [word for word in self.arguments if is_test(word)]
        command = [str(python), "-m", "pytest", *([] if named else tests), *self.arguments]
        done = subprocess.run(command, cwd=ROOT, env=self._environment(environment), check=False)
        if done.returncode:
            raise Failed(f"pytest failed with exit code {done.returncode}")

    def lines_that_start_with(self, *starts: str) -> list[str]:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if line.startswith(starts)]

    def collection_tree(self) -> pathlib.Path:
        """A collections path that contains the checkout itself."""
        parent = self.scratch / "tree" / "ansible_collections" / "workstation"
        if not parent.exists():
            parent.mkdir(parents=True)
            (parent / "aws_sso").symlink_to(ROOT)
        return self.scratch / "tree"

    def collection_copy(self) -> pathlib.Path:
        """A copy of what git knows, in a repository of its own, as ansible-test requires."""
        copy = self.scratch / "copy" / "ansible_collections" / "workstation" / "aws_sso"
        if not copy.exists():
            listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
            for name in filter(None, listed.split("\0")):
                if (ROOT / name).exists():
                    (copy / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, copy / name)
            self.run("git", "init", "--quiet", cwd=copy)
            self.run("git", "add", "--all", cwd=copy)
        return copy


def is_test(word: str) -> bool:
    """Whether *word* of the command line names a test file, a folder of tests, or one test in a file."""
    path = (ROOT / word.partition("::")[0]).resolve()
    return not word.startswith("-") and path.exists() and ROOT / "tests" in (path, *path.parents)


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def path_without_shims() -> str:
    """pyenv puts commands on PATH that do not start; ansible-test tries to use all of them."""
    return ":".join(entry for entry in os.environ["PATH"].split(":") if not entry.endswith("shims"))
