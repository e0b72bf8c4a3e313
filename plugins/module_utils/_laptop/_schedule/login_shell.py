# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What interactive shells do: show the notice, and start updates where no timer does.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import typing as t

from ..._files.directories import home_directory
from ..._files.managed import ManagedFile, apply, remove
from ..._host.shell_startup import Snippet, quote, quote_for_fish, user_files
from .._bundle.manifest import Settings
from .._installation.command import command_path
from .._installation.paths import Paths
from .systemd import enabled_link

_INTERVALS = {"hourly": 60, "daily": 1440, "weekly": 10080}
"""Minutes."""
_USUAL_TIME = 5 / 6
"""Of an interval: people open the first terminal of a day earlier or later than that of the day before."""
_OVERDUE = 2
"""Intervals after which shells start an update although there is a timer: its random delay starts anew with
each start of WSL, which may stop before the delay ends. See tests/benchmarks/rollout.py."""
_LONGEST_DELAY = 600
"""Seconds; a terminal may be open for a short time only."""

# The socket exists while the user's systemd runs. The shell decides without Python whether an update is
# due: the file *started* is as old as the last one that a shell started.
_BOURNE = """\
case $- in
    *i*)
        if [ -z "${{_workstation_update-}}" ]; then
            _workstation_update=shown
            case ":$PATH:" in *:{bin}:*) ;; *) PATH=$PATH:{bin} ;; esac
            if [ -s {notice} ]; then cat {notice}; fi
{start}        fi
        ;;
esac
"""
_BOURNE_START = """\
            if [ -x {command} ] && ! {{ [ -S "${{XDG_RUNTIME_DIR-}}/systemd/private" ] && [ -L {link} ] &&
                [ -n "$(find {state} -mmin -{overdue} 2>/dev/null)" ]; }} &&
                [ -z "$(find {started} -mmin -{minutes} 2>/dev/null)" ] && touch {started} 2>/dev/null; then
                ({command} --scheduled --delay {delay} </dev/null >/dev/null 2>&1 &)
            fi
"""
_FISH = """\
if status is-interactive
    contains -- {bin} $PATH; or set -gx PATH $PATH {bin}
    test -s {notice}; and cat {notice}
{start}end
"""
_FISH_START = """\
    set -l _workstation_updated (find {state} -mmin -{overdue} 2>/dev/null)
    if test -x {command}; and not begin
            test -S "$XDG_RUNTIME_DIR/systemd/private"
            and test -L {link}
            and test -n "$_workstation_updated"
        end
        set -l _workstation_recent (find {started} -mmin -{minutes} 2>/dev/null)
        if test -z "$_workstation_recent"; and touch {started} 2>/dev/null
            sh -c '"$0" --scheduled --delay {delay} </dev/null >/dev/null 2>&1 &' {command}
        end
    end
"""


def install_hook(paths: Paths, settings: t.Optional[Settings]) -> None:
    """Write the snippet into the startup files of the user's shells. Raises OSError.

    With *settings*, it also starts updates, at most once in an interval.
    """
    apply(user_files(_snippet(paths, settings), shutil.which, home_directory()))


def remove_hook(paths: Paths) -> None:
    """Raises OSError."""
    files = _all_files(paths)
    remove(files)
    for directory in {os.path.dirname(file.path) for file in files if not file.block}:
        for place in (directory, os.path.dirname(directory)):
            with contextlib.suppress(OSError):
                os.rmdir(place)  # those of fish, if there is nothing else


def _all_files(paths: Paths) -> t.List[ManagedFile]:
    """Also the files of shells that were removed since."""
    return [
        file
        for file in user_files(_snippet(paths, None), lambda name: name, home_directory())
        if os.path.exists(file.path)
    ]


def _snippet(paths: Paths, settings: t.Optional[Settings]) -> Snippet:
    return Snippet(
        "workstation-update",
        "workstation.aws_sso workstation-update",
        _filled(_BOURNE, _BOURNE_START, paths, settings, quote),
        _filled(_FISH, _FISH_START, paths, settings, quote_for_fish),
        interactive=True,
    )


def _filled(
    text: str,
    start: str,
    paths: Paths,
    settings: t.Optional[Settings],
    quoted: t.Callable[[str], str],
) -> str:
    words = {
        "notice": quoted(paths.notice),
        "started": quoted(paths.started),
        "state": quoted(paths.state),
        "command": quoted(command_path()),
        "bin": quoted(os.path.dirname(command_path())),
        "link": quoted(enabled_link()),
    }
    if settings is None:
        return text.format(start="", **words)
    delay = min(settings.random_delay_minutes * 60, _LONGEST_DELAY)
    interval = _INTERVALS[settings.interval]
    times = {"delay": delay, "minutes": round(interval * _USUAL_TIME), "overdue": interval * _OVERDUE}
    return text.format(start=start.format(**times, **words), **words)
