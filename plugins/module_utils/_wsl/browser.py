# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The browser of programs in WSL: a launcher for the Windows browser, and what makes programs use it.

PRIVATE to the collection.

Shells export the launcher as BROWSER. Programs that are not started by a shell, and the shells of other
programs, use the alternatives of the Debian family.
"""

from __future__ import annotations

import typing as t

from .._files import managed
from .._files.managed import Change, ManagedFile
from .._host import shell_startup
from .._host.commands import FindProgram, RunCommand
from .._host.os_release import DEBIAN, distribution_family, system_bashrc
from .._host.shell_startup import (
    Snippet,
    quote,
    quote_for_fish,
)
from .._host.trusted_paths import untrusted_part
from . import alternatives
from .alternatives import UPDATE_ALTERNATIVES, Alternative
from .launcher import script

# higher than those of the packages of browsers
_PRIORITY = 200

_BOURNE = """\
# BROWSER for WSL. Part of the Ansible collection workstation.aws_sso.
if [ -z "${{BROWSER-}}" ] && [ -d /run/WSL ] && [ -x {launcher} ]; then
    export BROWSER={launcher}
fi
"""
_FISH = """\
# BROWSER for WSL. Part of the Ansible collection workstation.aws_sso.
if test -z "$BROWSER" -a -d /run/WSL -a -x {launcher}
    set -gx BROWSER {launcher}
end
"""


class BrowserChanges(t.NamedTuple):
    """The changed files, and the names of the changed alternatives."""

    files: t.List[Change]
    alternatives: t.List[str]
    diff: t.List[t.Dict[str, str]]


class BrowserSetup(t.NamedTuple):
    """What is installed on a host: the launcher and the startup *files*, and the *alternatives* of it."""

    launcher: str
    files: t.List[ManagedFile]
    alternatives: t.List[Alternative]

    def install(self, run: RunCommand, check: bool) -> BrowserChanges:
        """Install what is missing; with *check* only return it. Raises OSError and WorkstationError.

        Root may run the alternatives too, so a launcher that another user could change does not become one.
        """
        changes = managed.apply(self.files, check)
        wanted = [] if untrusted_part(self.launcher) else self.alternatives
        missing = alternatives.missing(wanted, run)
        if not check:
            alternatives.install(missing, run)
        names = [alternative.name for alternative in missing]
        diff = [Change(f"alternative {name}", "", f"{self.launcher}\n") for name in names]
        return BrowserChanges(changes, names, managed.as_diff([*changes, *diff]))

    def remove(self, run: RunCommand, check: bool) -> BrowserChanges:
        """Undo install(); what refers to the launcher is removed before it."""
        registered = alternatives.registered(self.alternatives, run)
        if not check:
            alternatives.remove(registered, run)
        changes = managed.remove(self.files, check)
        names = [alternative.name for alternative in registered]
        diff = [Change(f"alternative {name}", f"{self.launcher}\n", "") for name in names]
        return BrowserChanges(changes, names, managed.as_diff([*diff, *changes]))


def setup_for_system(launcher: str, find: FindProgram, automount_root: str) -> BrowserSetup:
    """What all users of a host get."""
    files = system_files(launcher, find, automount_root=automount_root)
    return BrowserSetup(launcher, files, system_alternatives(launcher, find))


def setup_for_user(launcher: str, find: FindProgram, home: str, automount_root: str) -> BrowserSetup:
    """What the user with this *home* gets."""
    return BrowserSetup(launcher, user_files(launcher, find, home, automount_root), [])


def any_program(name: str) -> str:
    """A FindProgram for the removal: the startup file of a shell is still there when the shell is not."""
    return name


def system_alternatives(launcher: str, find: FindProgram, root: str = "/") -> t.List[Alternative]:
    """The names that programs on the Debian family use for a browser without BROWSER; none elsewhere."""
    if distribution_family(root) != DEBIAN or not find(UPDATE_ALTERNATIVES):
        return []
    return [
        Alternative(name, f"/usr/bin/{name}", launcher, _PRIORITY)
        for name in ("www-browser", "x-www-browser")
    ]


def launcher_file(launcher: str, automount_root: str) -> ManagedFile:
    """The *launcher* of a host whose Windows drives are mounted below *automount_root*."""
    return ManagedFile(launcher, script(quote(launcher), quote(automount_root.rstrip("/"))), 0o755)


def system_files(
    launcher: str, find: FindProgram, root: str = "/", automount_root: str = "/mnt"
) -> t.List[ManagedFile]:
    """The launcher and the startup files for all users of a host."""
    return [
        launcher_file(launcher, automount_root),
        *shell_startup.system_files(_snippet(launcher), find, system_bashrc(root), root),
    ]


def user_files(
    launcher: str, find: FindProgram, home: str, automount_root: str = "/mnt"
) -> t.List[ManagedFile]:
    """The launcher and the startup files for one user."""
    return [
        launcher_file(launcher, automount_root),
        *shell_startup.user_files(_snippet(launcher), find, home),
    ]


def _snippet(launcher: str) -> Snippet:
    return Snippet(
        name="wsl-browser",
        block="workstation.aws_sso.wsl_browser",
        interactive=True,
        bourne=_BOURNE.format(launcher=quote(launcher)),
        fish=_FISH.format(launcher=quote_for_fish(launcher)),
    )
