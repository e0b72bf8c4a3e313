# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AWS CLIs of a host: where they are, their versions, and why one does not run.

PRIVATE to the collection.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import typing as t

from .._host.running_program import TIMED_OUT, RunningProgram
from .._host.tools import parse_version
from .._host.trusted_paths import untrusted_part
from .home_view import HomeView

SECONDS = 15.0
"""How long to wait for a program: the AWS CLI may take a few seconds to start from a cold or slow disk."""

UNREADABLE, REFUSED, TIMEOUT, BROKEN = "unreadable", "refused", "timeout", "broken"
"""Why a program does not run: this user may not read it; the system does not start it, although its
permissions allow that; it does not end in time; it fails."""

NOEXEC = "its file system is mounted noexec"
NO_INTERPRETER = "the interpreter in its first line does not exist"

_VERSION_LINE = re.compile(r"^aws-cli/\d.*", re.MULTILINE)
_LONGEST_DETAIL = 160
_FAILURE_OF_A_PLUGIN = re.compile(r"No module named '?[\w.]+'?")


class Program(t.NamedTuple):
    """An AWS CLI; *version* is empty for one that does not run, or is not run.

    *untrusted* is why root does not run it, as a sentence without a full stop: another user can change it.
    *problem* is one of the constants above for one that does not run, and *detail* the words for that; for
    UNREADABLE, it is the file or directory whose permissions keep this user out.
    """

    path: str
    version: str = ""
    on_path: bool = True
    on_windows: bool = False
    untrusted: str = ""
    problem: str = ""
    detail: str = ""


class ProgramSearch:
    """Every AWS CLI on PATH and in other directories, in the order in which a shell finds them.

    They start at once, and run beside each other and other work. Programs on a Windows drive are listed, but
    not run; as root, neither are programs that another user can change.
    """

    def __init__(
        self,
        view: HomeView,
        search_path: str,
        other_directories: t.Sequence[str],
        on_windows: t.Callable[[str], bool],
        seconds: float = SECONDS,
    ) -> None:
        self._view = view
        self._seconds = seconds
        on_path = [directory for directory in search_path.split(os.pathsep) if directory]
        self.found = _found(on_path, other_directories, on_windows)
        """What is known before the programs have run: everything but versions and failures to run."""
        self._running = {
            program.path: self._start(program.path, self._view.variables())
            for program in self.found
            if _may_run(program)
        }

    def programs(self) -> t.List[Program]:
        """Wait for the programs, and return them with their versions."""
        return [
            self._examined(program) if program.path in self._running else program for program in self.found
        ]

    def start(self, program: Program, config_file: str) -> t.Optional[RunningProgram]:
        """Start *program* with the configuration *config_file*; None if it cannot be started."""
        running = self._start(program.path, self._view.variables(config_file))
        return running if isinstance(running, RunningProgram) else None

    def _start(self, path: str, variables: t.Mapping[str, str]) -> t.Union[RunningProgram, OSError]:
        try:
            return RunningProgram([path, "--version"], self._seconds, variables)
        except OSError as error:
            return error

    def _examined(self, program: Program) -> Program:
        running = self._running[program.path]
        if isinstance(running, OSError):
            problem = REFUSED if running.errno in (errno.EACCES, errno.EPERM) else BROKEN
            return program._replace(problem=problem, detail=_start_failure(program.path, running))
        return _judged(program, *running.result())


def linux_program(programs: t.Sequence[Program]) -> t.Optional[Program]:
    """The AWS CLI that signs in on this host: the first one that is not a Windows program, and may run."""
    return next((program for program in programs if _may_run(program)), None)


def plugin_failure(running: RunningProgram) -> str:
    """Why an AWS CLI does not start with the configuration of the user; "" if it does."""
    status, output, errors = running.result()
    if status in (0, TIMED_OUT):
        return ""
    found = _FAILURE_OF_A_PLUGIN.search(_text(errors) + _text(output))
    return found.group(0) if found else f"exit code {status}"


def _may_run(program: Program) -> bool:
    return not program.on_windows and not program.untrusted and program.problem != UNREADABLE


def _found(
    on_path: t.Sequence[str], others: t.Sequence[str], on_windows: t.Callable[[str], bool]
) -> t.List[Program]:
    found: t.Dict[str, Program] = {}
    for directory in [*on_path, *others]:
        windows = on_windows(directory)
        for name in ("aws", "aws.exe") if windows else ("aws",):
            path = os.path.join(directory, name)
            file = os.path.realpath(path)
            if file in found:
                continue
            blocked = "" if windows else _blocked_part(path)
            if blocked or _is_program(path):
                untrusted = "" if windows or blocked else _why_untrusted(path)
                problem = UNREADABLE if blocked else ""
                found[file] = Program(
                    path, "", directory in on_path, windows, untrusted, problem, detail=blocked
                )
    return list(found.values())


def _is_program(path: str) -> bool:
    """Whether *path* is a program for this user, maybe on a file system that is mounted noexec."""
    if not os.path.isfile(path):
        return False
    return os.access(path, os.X_OK) or (_is_noexec(path) and bool(os.stat(path).st_mode & 0o111))


def _is_noexec(path: str) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_NOEXEC)


def _blocked_part(path: str) -> str:
    """The file or directory that keeps this user from *path*, a program that others can run; "" if none does.

    A path of which nothing can be seen is none.
    """
    try:
        found = os.stat(path)
    except PermissionError:
        return _unsearchable_directory(path)
    except OSError:
        return ""
    executable = stat.S_ISREG(found.st_mode) and found.st_mode & 0o111
    readable = os.access(path, os.R_OK) and _is_program(path)
    return os.path.realpath(path) if executable and not readable else ""


def _unsearchable_directory(path: str) -> str:
    """The first directory on the way to the target of the link *path* that this user may not search."""
    if not os.path.islink(path):
        return ""
    parts = os.path.realpath(path).split(os.sep)
    places = (os.sep.join(parts[:count]) or os.sep for count in range(1, len(parts)))
    return next((place for place in places if not os.access(place, os.X_OK)), "")


def _why_untrusted(path: str) -> str:
    untrusted = untrusted_part(path) if os.geteuid() == 0 else None
    return str(untrusted or "")


def _judged(program: Program, status: int, output: bytes, errors: bytes) -> Program:
    if status == TIMED_OUT:
        return program._replace(problem=TIMEOUT)
    text = _text(output) + "\n" + _text(errors)
    line = _VERSION_LINE.search(text)
    if status == 0 and line:
        return program._replace(version=parse_version(line.group(0)))
    return program._replace(problem=BROKEN, detail=_detail(status, _text(errors) or _text(output)))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _detail(status: int, text: str) -> str:
    """The exit code and the first line of *text*, the errors of a program."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    printable = "".join(character for character in first if character.isprintable())
    return f"exit code {status}" + (f": {printable[:_LONGEST_DETAIL]}" if printable else "")


def _start_failure(path: str, error: OSError) -> str:
    if error.errno == errno.ENOENT:
        return NO_INTERPRETER
    if error.errno == errno.ENOEXEC:
        return "it is built for another processor architecture, or damaged"
    if _is_noexec(path):
        return NOEXEC
    return error.strerror or type(error).__name__
