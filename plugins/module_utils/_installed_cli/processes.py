# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes that run from a directory, so that it must not be removed yet.

PRIVATE to the collection.

A running AWS CLI starts itself again and loads libraries while it works, for example in C(aws s3 sync). It
fails if its files were removed meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import typing as t

PROC = "/proc"


def processes_in(directories: t.Mapping[str, str], proc: str = PROC) -> t.Dict[str, t.List[int]]:
    """The IDs of the processes that run programs or use files in each of *directories*, by their names.

    *directories* maps names to paths. Names without such a process are left out. Root sees all processes,
    any other user only their own. Without a /proc, none are found.
    """
    places = {name: _Place(path) for name, path in directories.items()}
    found: t.Dict[str, t.List[int]] = {}
    for entry in _process_ids(proc) if places else ():
        process = os.path.join(proc, str(entry))
        program, files = _program(process), _files(process)
        for name, place in places.items():
            if program in place.programs or any(place.prefix in text for text in files):
                found.setdefault(name, []).append(entry)
    return found


def _process_ids(proc: str) -> t.List[int]:
    """Those of all processes but this one, in ascending order."""
    with contextlib.suppress(OSError):
        return sorted({int(name) for name in os.listdir(proc) if name.isdigit()} - {os.getpid()})
    return []


class _Place:
    """A directory: the beginning of the paths in it, and what identifies the programs in it.

    In a container, the same program may have another path.
    """

    def __init__(self, directory: str) -> None:
        self.prefix = os.fsencode(os.path.realpath(directory)) + b"/"
        self.programs = set()
        for name in ("aws", "aws_completer"):
            with contextlib.suppress(OSError):
                found = os.stat(os.path.join(directory, "dist", name))
                self.programs.add((found.st_dev, found.st_ino))


def _program(process: str) -> t.Optional[t.Tuple[int, int]]:
    with contextlib.suppress(OSError):
        found = os.stat(os.path.join(process, "exe"))
        return found.st_dev, found.st_ino
    return None


def _files(process: str) -> t.List[bytes]:
    """Texts that contain the paths of the program, of the mapped files, and of the open files of *process*.

    An interpreter of a script has the script open.
    """
    texts = []
    with contextlib.suppress(OSError):
        texts.append(os.fsencode(os.readlink(os.path.join(process, "exe"))))
    with contextlib.suppress(OSError), open(os.path.join(process, "maps"), "rb") as stream:
        texts.append(stream.read())
    descriptors = os.path.join(process, "fd")
    with contextlib.suppress(OSError):
        for name in os.listdir(descriptors):
            with contextlib.suppress(OSError):
                texts.append(os.fsencode(os.readlink(os.path.join(descriptors, name))))
    return texts
