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

from .._aws_config.parser import Section
from .._host.tools import is_at_least
from .._installed_cli.programs import (
    NOEXEC,
    REFUSED,
    SECONDS,
    TIMEOUT,
    UNREADABLE,
    Program,
    linux_program,
)
from ._fixes.programs import FIRST_WITH_SESSIONS, INSTALL, ProgramFixes, allow_start, make_readable
from ._fixes.search_path import login_that_finds, put_first
from .config import Configuration
from .finding import Finding

FIRST_WITH_PKCE = "2.22.0"

_WINDOWS_PROFILE = (
    "It keeps its configuration and tokens in the Windows user profile, where Linux programs do not look."
)
_PLUGIN_PATH = "cli_legacy_plugin_path"


def cli_findings(
    programs: t.Sequence[Program], fixes: ProgramFixes, environment: t.Mapping[str, str]
) -> t.List[Finding]:
    """What is wrong with *programs*; *environment* are the variables of the user."""
    untrusted = [program for program in programs if program.untrusted and not program.on_windows]
    found = [_untrusted(program) for program in untrusted]
    own = linux_program(programs)
    if own is None:
        return [*found, *_nothing_usable(programs, untrusted)]
    problem = _failure(own, fixes) or _wrong_version(own, fixes)
    found += [problem] if problem else []
    put_own_first = put_first(os.path.dirname(own.path), environment)
    if not own.on_path:
        found.append(_not_on_path(own, login_that_finds(own.path, environment) or put_own_first))
    on_path = [program for program in programs if program.on_path and program not in untrusted]
    on_path = [program for program in on_path if program.problem != UNREADABLE]
    if own.on_path and on_path[0].on_windows and not on_path[0].path.endswith(".exe"):
        found.append(_windows_first(on_path[0], own, put_own_first))
    several = [program for program in on_path if not program.on_windows]
    if len(several) > 1:
        found.append(_multiple(several, fixes))
    return found


def _nothing_usable(programs: t.Sequence[Program], untrusted: t.Sequence[Program]) -> t.List[Finding]:
    unreadable = [program for program in programs if program.problem == UNREADABLE]
    if unreadable:
        return [_unreadable(unreadable[0])]
    windows = [program for program in programs if program.on_windows]
    return [] if untrusted and not windows else [_missing(windows)]


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


def _unreadable(program: Program) -> Finding:
    return Finding(
        "cli-unreadable",
        "error",
        program.path,
        f"It is installed, but the permissions of {program.detail} keep this user out.",
        "It was installed with a umask such as 077, or for another user only.",
        make_readable(program.path, program.detail),
    )


def _failure(own: Program, fixes: ProgramFixes) -> t.Optional[Finding]:
    """The finding for a program that does not run."""
    if not own.problem:
        return None
    if own.problem == TIMEOUT:
        return Finding(
            "cli-timeout",
            "error",
            own.path,
            f"aws --version did not finish within {SECONDS:.0f} seconds.",
            "Each command of the AWS CLI waits as long, or for ever.",
            f"Run {shlex.quote(own.path)} --version in a terminal to see what it waits for; or replace it: "
            + fixes.replace(own),
        )
    if own.problem == REFUSED:
        return Finding(
            "cli-refused",
            "error",
            own.path,
            f"The system does not start it: {own.detail}.",
            "Programs on this file system cannot be run."
            if own.detail == NOEXEC
            else "A security module such as fapolicyd, SELinux or AppArmor may not allow it.",
            allow_start(own.path, own.detail),
        )
    return Finding(
        "cli-broken",
        "error",
        own.path,
        f"aws --version failed: {own.detail}.",
        "The installation is damaged, incomplete, or built for another processor architecture.",
        fixes.replace(own),
    )


def _wrong_version(own: Program, fixes: ProgramFixes) -> t.Optional[Finding]:
    if not is_at_least(own.version, "2"):
        return Finding(
            "cli-v1",
            "error",
            own.path,
            f"It is AWS CLI {own.version}.",
            "Version 1 supports neither sso-session sections nor aws sso login.",
            fixes.replace(own),
        )
    if not is_at_least(own.version, FIRST_WITH_SESSIONS):
        return Finding(
            "cli-without-sessions",
            "error",
            own.path,
            f"AWS CLI {own.version} does not support [sso-session] sections.",
            f"Profiles with sso_session require version {FIRST_WITH_SESSIONS} or later.",
            fixes.replace(own),
        )
    if not is_at_least(own.version, FIRST_WITH_PKCE):
        return Finding(
            "cli-without-pkce",
            "info",
            own.path,
            f"AWS CLI {own.version} can sign in with a device code only.",
            f"Version {FIRST_WITH_PKCE} and later use PKCE, which binds the sign-in to this machine.",
            fixes.replace(own),
        )
    return None


def _not_on_path(own: Program, fix: str) -> Finding:
    return Finding(
        "cli-not-on-path",
        "warning",
        own.path,
        "Its directory is not on PATH.",
        "The shell does not find the command aws, or finds another one.",
        fix,
    )


def _windows_first(windows: Program, own: Program, fix: str) -> Finding:
    return Finding(
        "cli-windows-first",
        "warning",
        windows.path,
        f"The AWS CLI for Windows comes before {own.path} on PATH.",
        _WINDOWS_PROFILE,
        fix,
    )


def _multiple(programs: t.Sequence[Program], fixes: ProgramFixes) -> Finding:
    return Finding(
        "cli-multiple",
        "warning",
        programs[0].path,
        f"Several AWS CLIs are on PATH: {', '.join(_listed(program, fixes) for program in programs)}.",
        "Which one a program runs depends on its PATH; an old one may read the configuration differently.",
        fixes.keep_one(programs),
    )


def _listed(program: Program, fixes: ProgramFixes) -> str:
    parts = [program.version or "broken", fixes.kind(program)]
    return f"{program.path} ({', '.join(filter(None, parts))})"


def has_plugins(configuration: Configuration) -> bool:
    """Whether the configuration has plugins, which an AWS CLI may load before it runs any command."""
    return _plugins(configuration) is not None


def plugin_findings(configuration: Configuration, failure: str) -> t.List[Finding]:
    """The finding for plugins that keep the AWS CLI from starting because of *failure*, if that is not ""."""
    section = _plugins(configuration)
    if section is None or not failure:
        return []
    return [
        Finding(
            "cli-plugin-missing",
            "error",
            f"{configuration.path}, line {section.first + 1}",
            f"The AWS CLI does not start because of its section [plugins]: {failure}.",
            "Every command of the AWS CLI fails. Plugins of version 1, or of an earlier Python, are gone.",
            _delete_plugins(configuration.path, section, failure),
        )
    ]


def _plugins(configuration: Configuration) -> t.Optional[Section]:
    """The section with plugins; version 2 loads them only if it has a cli_legacy_plugin_path, too."""
    found = (section for section in configuration.document.sections if section.header == "plugins")
    return next((section for section in found if section.settings), None)


def _delete_plugins(path: str, section: Section, failure: str) -> str:
    """The command that deletes the plugin that *failure* names or, if it names none of *section*, all."""
    named = [
        key
        for key, module in section.settings.items()
        if key != _PLUGIN_PATH and f"'{str(module).partition('.')[0]}" in failure
    ]
    ranges = [section.line_range(key) for key in named or section.settings]
    script = ";".join(f"{first + 1},{end}d" for first, end in ranges)
    return f"sed -i.bak '{script}' {shlex.quote(os.path.realpath(path))}"
