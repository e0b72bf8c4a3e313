# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of an installation: what was installed from where, how it was verified, and its files.

PRIVATE to the collection.

It is beside the tree, in the directory of the version, so that both appear and disappear together. AWS's
installer writes none.
"""

from __future__ import annotations

import json
import os
import typing as t

from .._aws_cli.local_files import read_file
from .._errors import WorkstationError

RECORD = "install-record.json"
PROVENANCE = ".provenance.json"
"""Added to the path of an archive: how the controller verified it."""

_LIMIT = 1 << 20
_FIELDS = ("version", "sha256", "source", "verified_by", "key", "signed_at", "signature_sha256")
_FILES = "files"
_OPTIONAL = "dist/awscli/examples"
"""Removed by some users for its size; nothing but help pages needs it."""


def write_record(directory: str, facts: t.Mapping[str, str], names: t.Iterable[str]) -> None:
    """Write the record of the version in *directory*, which contains the files *names*."""
    files = sorted(name for name in names if not name.startswith(_OPTIONAL))
    with open(os.path.join(directory, RECORD), "x", encoding="utf-8") as stream:
        json.dump({**facts, _FILES: files}, stream, indent=1, sort_keys=True)
        stream.write("\n")


def read_facts(path: str) -> t.Dict[str, str]:
    """The facts in the record or provenance at *path*; empty if there is none, or no valid one."""
    document = _read(path)
    found = {name: document.get(name) for name in _FIELDS}
    return {name: value for name, value in found.items() if isinstance(value, str)}


def is_complete(directory: str, names: t.Container[str]) -> bool:
    """Whether *names*, the files in *directory*, are all that were installed, as far as the record knows.

    A version always has a directory with data, which C(aws --version) does not need.
    """
    files = _read(os.path.join(directory, RECORD)).get(_FILES)
    return all(name in names for name in ["dist/awscli", *(files if isinstance(files, list) else [])])


def _read(path: str) -> t.Dict[str, t.Any]:
    try:
        document = json.loads(read_file(path, _LIMIT).decode("utf-8"))
    except (OSError, ValueError, WorkstationError):
        return {}
    return document if isinstance(document, dict) else {}
