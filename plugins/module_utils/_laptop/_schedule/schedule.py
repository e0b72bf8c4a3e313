# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What starts updates: the timer of systemd, or else the user's login shells.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os

from ..._files.atomic import PRIVATE_FILE, replace_file
from .._bundle.manifest import Settings
from .._installation.paths import Paths
from . import login_shell, systemd


def choose(paths: Paths, is_wanted: bool) -> None:
    """Remember whether updates may start without the user. Raises OSError."""
    if is_wanted:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(paths.no_timer)
    else:
        replace_file(paths.no_timer, b"", PRIVATE_FILE)


def is_wanted(paths: Paths) -> bool:
    return not os.path.exists(paths.no_timer)


def apply_settings(paths: Paths, settings: Settings) -> None:
    """Start updates as *settings* say. Raises OSError.

    The hook of login shells is always there: it shows the notice, and starts updates while systemd does not
    run, such as in WSL before it is turned on in /etc/wsl.conf.
    """
    if not is_wanted(paths):
        systemd.disable()
        login_shell.install_hook(paths, None)
        return
    if systemd.is_running():
        systemd.enable(settings)
    login_shell.install_hook(paths, settings)


def remove(paths: Paths) -> None:
    """Raises OSError."""
    systemd.disable()
    login_shell.remove_hook(paths)


def description(paths: Paths) -> str:
    """What starts updates now, for messages."""
    if not is_wanted(paths):
        return "only when you run workstation-update"
    if os.path.islink(systemd.enabled_link()) and systemd.is_running():
        return "by the timer of systemd"
    return "when you open a terminal"
