# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removes what setup and updates have made.

PRIVATE to the collection. The AWS CLI, the profiles and the sign-ins stay, and so does every file of others.
"""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import typing as t

from ..._files.atomic import is_temporary_file
from ..._files.directories import cache_directory
from ..._files.lock import private_name
from .._schedule import schedule
from .command import remove_command
from .paths import Paths
from .state import exclusive

_WAIT = 60
"""Seconds for an update that is running."""


def uninstall(paths: Paths) -> t.List[str]:
    """Returns the files of others in the directory of workstation-update, which are kept.

    Raises OSError and LockTimeout.
    """
    with exclusive(paths, _WAIT):
        schedule.remove(paths)
        for path in _own_files(paths):
            _remove(path)
        remove_command()
    locks = os.path.join(cache_directory(), "locks")
    _remove(os.path.join(locks, private_name(os.path.realpath(paths.run_state))))
    for directory in (paths.root, locks, cache_directory()):
        with contextlib.suppress(OSError):
            os.rmdir(directory)  # not if there is anything else
    foreign = sorted(os.listdir(paths.root)) if os.path.isdir(paths.root) else []
    return [os.path.join(paths.root, name) for name in foreign]


def _own_files(paths: Paths) -> t.List[str]:
    """What this program consists of is last: a removal that was interrupted can be repeated."""
    program = [paths.current, paths.updater, paths.versions]
    properties = [name for name, value in vars(Paths).items() if isinstance(value, property)]
    files = [path for path in map(paths.__getattribute__, properties) if path not in program]
    files += [f"{path}{end}" for path in (paths.host_key, f"{paths.host_key}.new") for end in ("", ".pub")]
    files += [f"{paths.current}.new", f"{paths.updater}.new"]
    files += [os.path.join(paths.root, private_name(subject)) for subject in (paths.root, paths.run_log)]
    names = [os.path.basename(path) for path in files]
    hidden = glob.glob(os.path.join(glob.escape(paths.root), ".*"))
    files += [path for path in hidden if is_temporary_file(os.path.basename(path), names)]
    return files + program


def _remove(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
        return
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
