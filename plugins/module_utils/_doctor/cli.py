# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the AWS CLI.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import shlex
import typing as t

from .._host.commands import RunCommand
from .._host.tools import is_at_least, parse_version
from .._host.trusted_paths import untrusted_part
from .finding import HOST, Finding

FIRST_WITH_SESSIONS = "2.9.0"
FIRST_WITH_PKCE = "2.22.0"
INSTALL = f"ansible {HOST} --become -m workstation.aws_sso.aws_cli -a state=latest"

_WINDOWS_PROFILE = (
    "It keeps its configuration and tokens in the Windows user profile, where Linux programs do not look."
)


class Program(t.NamedTuple):
    """An AWS CLI; *version* is empty for one that does not run, or is not run.

    *untrusted* is why root does not run it, as a sentence without a full stop: another user can change it.
    """

    path: str
    version: str = ""
    on_path: bool = True
    on_windows: bool = False
    untrusted: str = ""

    @property
    def ca_bundle(self) -> t.Optional[str]:
        """The CA bundle that it ships and trusts instead of the system's; None if it ships none."""
        bundle = os.path.join(
            os.path.dirname(os.path.realpath(self.path)), "awscli", "botocore", "cacert.pem"
        )
        return bundle if os.path.exists(bundle) else None


def find_programs(
    search_path: str,
    other_directories: t.Sequence[str],
    on_windows: t.Callable[[str], bool],
    run: RunCommand,
) -> t.List[Program]:
    """Every AWS CLI on *search_path* and in *other_directories*, in the order in which a shell finds them.

    Programs in a directory that is *on_windows* are listed, but not run; as root, neither are programs that
    another user can change. *run* executes a program with a scratch home, and returns its exit code, output
    and errors.
    """
    found: t.Dict[str, Program] = {}
    on_path = [directory for directory in search_path.split(os.pathsep) if directory]
    for directory in [*on_path, *other_directories]:
        windows = on_windows(directory)
        for name in ("aws", "aws.exe") if windows else ("aws",):
            path = os.path.join(directory, name)
            file = os.path.realpath(path)
            if file not in found and os.path.isfile(path) and os.access(path, os.X_OK):
                untrusted = _why_untrusted(path)
                version = "" if windows or untrusted else _version(path, run)
                found[file] = Program(path, version, directory in on_path, windows, untrusted)
    return list(found.values())


def _why_untrusted(path: str) -> str:
    untrusted = untrusted_part(path) if os.geteuid() == 0 else None
    return str(untrusted or "")


def _version(path: str, run: RunCommand) -> str:
    try:
        status, output, errors = run([path, "--version"])
    except OSError:
        return ""
    text = output or errors
    return parse_version(text) if status == 0 and text.startswith("aws-cli/") else ""


def linux_program(programs: t.Sequence[Program]) -> t.Optional[Program]:
    """The AWS CLI that signs in on this host: the first one that is not a Windows program, and may run."""
    usable = (program for program in programs if not program.on_windows and not program.untrusted)
    return next(usable, None)


def cli_findings(programs: t.Sequence[Program]) -> t.List[Finding]:
    """What is wrong with *programs*, as find_programs() returns them."""
    untrusted = [program for program in programs if program.untrusted and not program.on_windows]
    found = [_untrusted(program) for program in untrusted]
    own = linux_program(programs)
    if own is None:
        windows = [program for program in programs if program.on_windows]
        return [*found, *([] if untrusted and not windows else [_missing(windows)])]
    found += [finding for finding in (_wrong_version(own), _not_on_path(own)) if finding]
    on_path = [program for program in programs if program.on_path and program not in untrusted]
    if own.on_path and on_path[0].on_windows and not on_path[0].path.endswith(".exe"):
        found.append(_windows_first(on_path[0], own))
    several = [program for program in on_path if not program.on_windows]
    if len(several) > 1:
        found.append(_multiple(several))
    return found


def _missing(programs: t.Sequence[Program]) -> Finding:
    if programs:
        return Finding(
            "cli-windows-only",
            "error",
            programs[0].path,
            "Only the AWS CLI for Windows is installed.",
            _WINDOWS_PROFILE,
            INSTALL,
        )
    return Finding(
        "cli-missing",
        "error",
        "aws",
        "AWS CLI v2 is not installed.",
        "Signing in with aws sso login is not possible on this host.",
        INSTALL,
    )


def _untrusted(program: Program) -> Finding:
    return Finding(
        "cli-untrusted",
        "warning",
        program.path,
        f"{program.untrusted}, so the check did not run it as root.",
        "A user who can change the program could run commands as root.",
        "Run the check without become, as the user of this AWS CLI, or install one for all users: " + INSTALL,
    )


def _wrong_version(own: Program) -> t.Optional[Finding]:
    if not own.version:
        return Finding(
            "cli-broken",
            "error",
            own.path,
            "aws --version failed.",
            "The installation is damaged, or built for another processor architecture.",
            INSTALL,
        )
    if not is_at_least(own.version, "2"):
        return Finding(
            "cli-v1",
            "error",
            own.path,
            f"It is AWS CLI {own.version}.",
            "Version 1 supports neither sso-session sections nor aws sso login.",
            INSTALL,
        )
    if not is_at_least(own.version, FIRST_WITH_SESSIONS):
        return Finding(
            "cli-without-sessions",
            "error",
            own.path,
            f"AWS CLI {own.version} does not support [sso-session] sections.",
            f"Profiles with sso_session require version {FIRST_WITH_SESSIONS} or later.",
            INSTALL,
        )
    if not is_at_least(own.version, FIRST_WITH_PKCE):
        return Finding(
            "cli-without-pkce",
            "info",
            own.path,
            f"AWS CLI {own.version} can sign in with a device code only.",
            f"Version {FIRST_WITH_PKCE} and later use PKCE, which binds the sign-in to this machine.",
            INSTALL,
        )
    return None


def _not_on_path(own: Program) -> t.Optional[Finding]:
    if own.on_path:
        return None
    return Finding(
        "cli-not-on-path",
        "warning",
        own.path,
        "Its directory is not on PATH.",
        "The shell does not find the command aws, or finds another one.",
        _put_first(own),
    )


def _windows_first(windows: Program, own: Program) -> Finding:
    return Finding(
        "cli-windows-first",
        "warning",
        windows.path,
        f"The AWS CLI for Windows comes before {own.path} on PATH.",
        _WINDOWS_PROFILE,
        _put_first(own),
    )


def _put_first(own: Program) -> str:
    directory = shlex.quote(os.path.dirname(own.path))
    line = f"PATH={directory}:$PATH"
    return f"echo {shlex.quote(line)} >> ~/.profile, then log in again"


def _multiple(programs: t.Sequence[Program]) -> Finding:
    listed = ", ".join(f"{program.path} ({program.version or 'broken'})" for program in programs)
    return Finding(
        "cli-multiple",
        "warning",
        programs[0].path,
        f"Several AWS CLIs are on PATH: {listed}.",
        "Which one a program runs depends on its PATH; an old one may read the configuration differently.",
        "Remove all but one; to remove the Debian or Ubuntu package: sudo apt-get remove awscli",
    )
