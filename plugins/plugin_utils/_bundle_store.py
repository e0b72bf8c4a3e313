# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bundles of AWS CLI v2 on the controller: downloaded and verified once, for all hosts that need them.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time

from ..module_utils._aws_cli.source import (
    ChecksumMismatch,
    Source,
    checksum_of,
    require_checksum,
)
from ..module_utils._files.atomic import PRIVATE_FILE, make_private_directory, replace_file
from ..module_utils._files.directories import cache_directory
from ..module_utils._files.lock import locked
from ._cached_list import cached_list

_SECONDS_FOR_A_LATEST_VERSION = 600
_SECONDS_FOR_ANOTHER_PROCESS = 3600
_SECONDS_TO_KEEP = 7 * 24 * 3600
_BUNDLE = "bundle.zip"
_RECORD = "record.json"


@dataclasses.dataclass(frozen=True)
class StoredBundle:
    """A bundle in the store: its *path* and *checksum*, and what it was verified by when it came in."""

    path: str
    checksum: str
    verified_by: str
    warning: str


def stored_bundle(source: Source, version: str | None, run: str) -> StoredBundle:
    """The bundle of *source* that holds *version*, from the store or newly downloaded and verified.

    A bundle of an unknown version (None) is good for the *run* with that name only.

    Raises WorkstationError, LockTimeout and OSError.
    """
    store = os.path.join(cache_directory(), "bundles")
    make_private_directory(store)
    place = os.path.join(store, _name(source, version, run))
    with locked(place, _SECONDS_FOR_ANOTHER_PROCESS):
        known = _read(place)
        if known is None:
            known = _bring(source, version, place)
            _forget_old(store)
        os.utime(place)
    return known


def latest_version(source: Source) -> str:
    """The latest version below the base URL of *source*, asked for every ten minutes at most.

    Raises WorkstationError.
    """
    name = hashlib.sha256(source.base_url.encode()).hexdigest()[:32]
    path = os.path.join(cache_directory(), "latest", name + ".json")
    (entry,) = cached_list(
        path, _SECONDS_FOR_A_LATEST_VERSION, lambda: [{"version": source.latest_version()}]
    )
    return str(entry["version"])


def run_program(command: list[str]) -> tuple[int, str, str]:
    """Exit code, output and errors of a program that runs on the controller."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def _name(source: Source, version: str | None, run: str) -> str:
    verifier = source.verifier
    trusted = [verifier.fingerprint, verifier.public_key.hex()] if verifier else []
    location = source.location_of(version)
    key = json.dumps([location, version or run, source.signature, source.checksum, trusted])
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _read(place: str) -> StoredBundle | None:
    """What is at *place*, if it is still what was verified."""
    with contextlib.suppress(OSError, ValueError, TypeError, ChecksumMismatch):
        with open(os.path.join(place, _RECORD), "rb") as stream:
            known = StoredBundle(path=os.path.join(place, _BUNDLE), **json.loads(stream.read()))
        require_checksum(known.path, known.checksum)
        return known
    return None


def _bring(source: Source, version: str | None, place: str) -> StoredBundle:
    with tempfile.TemporaryDirectory(dir=os.path.dirname(place), ignore_cleanup_errors=True) as scratch:
        bundle = source.obtain(version, scratch)
        record = {
            "checksum": checksum_of(bundle.path),
            "verified_by": bundle.verified_by,
            "warning": bundle.warning,
        }
        shutil.rmtree(place, ignore_errors=True)
        make_private_directory(place)
        os.replace(bundle.path, os.path.join(place, _BUNDLE))
        replace_file(os.path.join(place, _RECORD), json.dumps(record).encode(), PRIVATE_FILE)
    return StoredBundle(path=os.path.join(place, _BUNDLE), **record)


def _forget_old(store: str) -> None:
    """Remove what nobody used for a week, and what an interrupted download left."""
    for name in os.listdir(store):
        path = os.path.join(store, name)
        with contextlib.suppress(OSError):
            if time.time() - os.stat(path).st_mtime > _SECONDS_TO_KEEP:
                shutil.rmtree(path, ignore_errors=True)
