# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a company bundle from where it is published: an https or http server, or a directory.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t


class Validators(t.NamedTuple):
    """What a server said about a file, for a conditional request."""

    etag: str = ""
    last_modified: str = ""


class Document(t.NamedTuple):
    """The content of a file, and its validators."""

    data: bytes
    validators: Validators = Validators()


class Source:
    """The directory or URL *location* of a bundle; paths are relative to it.

    *timeout* is in seconds, for one network operation. Proxies are those of the environment.
    """

    def __init__(self, location: str, timeout: float = 30) -> None:
        self._location = location
        self._timeout = timeout

    def read(self, path: str, limit: int, known: Validators = Validators()) -> t.Optional[Document]:
        """The content of a file of at most *limit* bytes; None if it is still the one that *known* is of.

        Raises Unreachable or Refused.
        """
        raise NotImplementedError

    def save(self, path: str, destination: str, size: int) -> None:
        """Write a file of *size* bytes to *destination*, after what an interrupted download left there.

        Raises Unreachable, Refused or OSError.
        """
        raise NotImplementedError
