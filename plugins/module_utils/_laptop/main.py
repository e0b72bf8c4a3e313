# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program workstation-update, which keeps the AWS setup of a laptop as a company bundle describes it.

PRIVATE to the collection. It runs from a zip file, with Python 3.10 or newer and nothing else.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import os
import random
import sys
import time
import typing as t

from .._errors import WorkstationError
from .._files.atomic import PRIVATE_FILE, replace_file
from .._files.errors import file_error_text
from ._bundle.manifest import Manifest
from ._installation import environment, trust
from ._installation.command import COMMAND, install_command
from ._installation.paths import UPDATER, Paths, installation_paths
from ._installation.uninstall import uninstall
from ._run import report
from ._run.feedback import report_update
from ._run.login_variables import add_login_variables
from ._run.notice import update_notice
from ._run.playbook import Playbook
from ._schedule import schedule
from .setup import Setup, finish, make_host_key, prepare
from .status import status_lines
from .update import Laptop, Options, Tools, update

_DESCRIPTION = (
    "Without an option: install what is new in the company bundle, and sign in where that is required."
)
_EPILOG = "Exit status: 0 done, or offline; 1 failed; 2 wrong usage; 3 a sign-in or a password is required."
_INTERRUPTED = 130


def main(arguments: t.Optional[t.Sequence[str]] = None) -> int:
    """Returns the exit status."""
    given = sys.argv[1:] if arguments is None else [*arguments]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # for locales without the characters of a message
    try:
        if given[:1] == ["setup"]:
            return _set_up(_setup_parser().parse_args(given[1:]))
        return _run(_parser().parse_args(given))
    except WorkstationError as error:
        _complain(str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # no second error while Python ends
    except OSError as error:
        _complain(file_error_text(error))
    except KeyboardInterrupt:
        _complain(f"Interrupted. To go on, run: {COMMAND}")
        return _INTERRUPTED
    return 1


def _setup_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        f"{COMMAND} setup", description="Set up this laptop; setup.sh of a company bundle runs this."
    )
    parser.add_argument("--url", required=True, help="URL or directory of the company bundle")
    parser.add_argument("--name", required=True, help="name of the company bundle")
    parser.add_argument("--allowed-signers", required=True, help="file with the public keys of the company")
    parser.add_argument("--no-timer", action="store_true", help="start updates by hand only")
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(COMMAND, description=_DESCRIPTION, epilog=_EPILOG)
    actions = parser.add_mutually_exclusive_group()
    actions.add_argument("--check", action="store_true", help="look for an update, and change nothing")
    actions.add_argument("--status", action="store_true", help="show what is installed, and the last run")
    actions.add_argument("--retry", action="store_true", help="install a version again that failed")
    actions.add_argument("--uninstall", action="store_true", help="remove this program and what it installed")
    actions.add_argument("--scheduled", action="store_true", help="ask nothing; the timer starts this")
    parser.add_argument("--delay", type=int, default=0, help=argparse.SUPPRESS)
    return parser


def _require_own_user() -> None:
    """Refuse to run for root in place of the user who ran sudo. Raises WorkstationError."""
    if os.geteuid() == 0 and os.environ.get("SUDO_UID", "0") != "0":
        raise WorkstationError(
            "This is for the user who runs it, and sudo makes that root. Run it without sudo; it asks for the"
            " password where it requires that."
        )


def _set_up(options: argparse.Namespace) -> int:
    _require_own_user()
    paths = installation_paths()
    program = os.path.abspath(sys.argv[0])
    prepare(
        paths,
        Setup(options.name, options.url, options.allowed_signers, program, timer=not options.no_timer),
    )
    try:
        return _update(paths, Options(repair=True))
    finally:
        finish(paths, _show)


def _own_paths() -> Paths:
    """Those of the installation that this program is in: a timer may not know XDG_DATA_HOME."""
    directory, name = os.path.split(os.path.abspath(sys.argv[0]))
    if os.path.basename(directory) == os.path.basename(Paths("").current):
        directory = os.path.dirname(directory)
    paths = Paths(directory)
    return paths if name == UPDATER and os.path.exists(paths.trust) else installation_paths()


def _run(options: argparse.Namespace) -> int:
    paths = _own_paths()
    if options.status:
        _show("\n".join(status_lines(paths)))
        return 0
    _require_own_user()
    if options.uninstall:
        return _uninstall(paths)
    if options.scheduled:
        if options.delay > 0:
            time.sleep(random.uniform(0, options.delay))
        add_login_variables(os.environ)
    return _update(paths, Options(options.scheduled, options.check, options.retry))


def _update(paths: Paths, options: Options) -> int:
    tools = Tools(
        prepare_environment=environment.prepare,
        run_playbook=Playbook(paths).run,
        apply_settings=lambda manifest: _apply_settings(paths, manifest),
        after_update=[
            functools.partial(update_notice, paths),
            functools.partial(report_update, paths),
        ],
        show=_show,
    )
    trust.load(paths)  # says so where the laptop is not set up
    make_host_key(paths.host_key)  # a lost key must not keep a laptop from updates
    key = report.read_host_key(paths.host_key)
    laptop = Laptop(report.host_name(key.public), environment.environment_name())
    if not options.check:
        _note_start(paths)
    result = update(paths, laptop, options, tools)
    text = " ".join(filter(None, [result.status.message, result.status.fix]))
    if text:
        (_complain if result.exit_status else _show)(text)
    return result.exit_status


def _note_start(paths: Paths) -> None:
    """For login shells, which start an update only once in an interval."""
    with contextlib.suppress(OSError):
        replace_file(paths.started, b"", PRIVATE_FILE)


def _apply_settings(paths: Paths, manifest: Manifest) -> None:
    install_command(paths)
    schedule.apply_settings(paths, manifest.settings)


def _uninstall(paths: Paths) -> int:
    for path in uninstall(paths):
        _show(f"{path} is not of {COMMAND}, and was kept.")
    _show("Removed. The AWS CLI, your profiles in ~/.aws and your sign-ins were kept.")
    return 0


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str) -> None:
    sys.stderr.write(f"{COMMAND}: {text}\n")
