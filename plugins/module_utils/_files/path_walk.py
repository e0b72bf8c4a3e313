# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directories and symbolic links on the way to a file, in the order in which Linux resolves the path.

PRIVATE to the collection. Standard library only, no imports from the collection: the controller also sends
this file to hosts as part of a program (plugin_utils/_remote/token_cache.py).
"""

from __future__ import annotations

import errno
import os
import stat
import typing as t

MOST_LINKS = 40
"""As many symbolic links as Linux follows in one path (path_resolution(7))."""


class Step(t.NamedTuple):
    """One *place* on the way, an absolute path, and its *status*, which is None if it does not exist.

    *is_last* is whether no part of the path follows, apart from the target of a link at this place.
    """

    place: str
    status: t.Optional[os.stat_result]
    is_last: bool

    @property
    def is_link(self) -> bool:
        return self.status is not None and stat.S_ISLNK(self.status.st_mode)


def walk(path: str) -> t.Iterator[Step]:
    """The steps from the root directory to the file at *path*; links are followed after their step.

    The place of the last step is the path without its links. Raises OSError, with ELOOP for too many links.
    """
    place, links = "/", 0
    rest = _reversed_parts(os.path.join(os.getcwd(), path))
    while True:
        step = Step(place, _status(place), not rest)
        yield step
        if step.is_link:
            links += 1
            if links > MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            target = os.readlink(place)
            rest += _reversed_parts(target)
            place = "/" if target.startswith("/") else os.path.dirname(place)
        elif rest:
            name = rest.pop()
            place = os.path.dirname(place) if name == ".." else os.path.join(place, name)
        else:
            return


def _reversed_parts(path: str) -> t.List[str]:
    return [part for part in reversed(path.split("/")) if part not in ("", ".")]


def _status(place: str) -> t.Optional[os.stat_result]:
    try:
        return os.lstat(place)
    except (FileNotFoundError, NotADirectoryError):
        return None
