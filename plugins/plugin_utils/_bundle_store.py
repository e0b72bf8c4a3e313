# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of AWS CLI v2 on the controller: downloaded and verified once for all hosts.

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
import typing as t

from ansible.errors import AnsibleError
from ansible.module_utils.compat.version import LooseVersion
from ansible.module_utils.urls import open_url

from ..module_utils._aws_cli.download import Downloader
from ..module_utils._aws_cli.installer import DesiredState
from ..module_utils._aws_cli.layout import VERSION
from ..module_utils._aws_cli.options import secret_headers, source_for
from ..module_utils._aws_cli.source import (
    BUNDLE_FILE,
    LOADERS,
    Bundle,
    Source,
    checksum_of,
    expanded,
    require_checksum,
    signature_location,
)
from ..module_utils._aws_cli.urls import displayable, is_url
from ..module_utils._errors import WorkstationError
from ..module_utils._files.atomic import PRIVATE_FILE, make_private_directory, replace_file
from ..module_utils._files.directories import cache_directory
from ..module_utils._files.lock import locked
from ..module_utils._host.tools import program_finder
from ..module_utils._host.trusted_paths import untrusted_content, untrusted_part
from ..module_utils._text import printable
from ._cached_list import cached_list
from ._display import ProgressTimer, debug, megabytes, show

_LATEST_VERSION_SECONDS = 600
"""How long the latest version is cached: for one run over many hosts, and not longer than that."""
_LOCK_SECONDS = 3600
"""How long to wait for another process that downloads the same archive, perhaps over a slow connection."""
_KEEP_SECONDS = 7 * 24 * 3600
"""How long an unused archive of 70 MB is kept, so that a weekly run over the fleet finds it."""
_RECORD = "record.json"


@dataclasses.dataclass(frozen=True)
class StoredBundle:
    """A verified archive in the store: its *path* and *checksum*, and how it was verified in this run."""

    path: str
    checksum: str
    verified_by: str
    warning: str
    version: str | None
    """The version that it must contain; None for any."""
    location: str = ""
    """The path or URL that it comes from, without secrets."""
    signature: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def provenance(self) -> str:
        """What a host cannot know of the archive, for the record of its installation."""
        return json.dumps({**self.signature, "source": self.location, "verified_by": self.verified_by})

    def arguments(self, source: str) -> dict[str, t.Any]:
        """The arguments of aws_cli that install the copy at the path *source* on a host."""
        return {
            "state": "present",
            "version": self.version,
            "source": source,
            "checksum": self.checksum,
            "verify_signature": False,
        }


class SharedBundles:
    """The archives for all hosts of a task, by the *options* of the module aws_cli.

    *find_file* returns the path of a file that belongs to the play or the role, or raises AnsibleError.
    *task_id* identifies the task in this run.
    """

    def __init__(
        self, options: t.Mapping[str, t.Any], find_file: t.Callable[[str], str], task_id: str
    ) -> None:
        self._options = options
        self._find_file = find_file
        self._task_id = task_id
        self._latest = ""

    def host_arguments(self) -> dict[str, t.Any]:
        """The arguments that make all hosts install the same version, which the controller downloads.

        They replace those of the task. Secrets in URLs and the key for the signature remain here. Raises
        WorkstationError and OSError.
        """
        options = self._options
        arguments = {"signature": None, "public_key": None, "base_url": displayable(options["base_url"])}
        if options.get("headers"):
            arguments["headers"] = None
        if options["source"] and is_url(options["source"]):
            arguments["source"] = displayable(options["source"])
        if options["version"] or options["source"] or options["state"] == "absent":
            return arguments
        if options["state"] != "latest":
            raise WorkstationError(
                "download_on=controller needs one version for all hosts: set version, source or state=latest."
            )
        self._latest = latest_version(self._source())
        DesiredState("latest", None, 1, False, options["minimum_version"]).require_accepted(
            self._latest, f"The latest version below {displayable(options['base_url'])} is"
        )
        return {**arguments, "state": "present", "version": self._latest}

    def bundle(self, architecture: t.Any, host: str) -> StoredBundle:
        """The archive in the version of the play for the *architecture* that *host* reports.

        host_arguments() was called before. Raises WorkstationError, LockTimeout and OSError.
        """
        source = self._source(required_architecture(architecture, host))
        version: str | None = self._options["version"] or self._latest or None
        debug(f"{host} requires an archive of AWS CLI {version or 'in any version'} for {architecture}")
        location = self._options["source"] or source.archive_location(version)
        location = displayable(location) if is_url(location) else location
        return dataclasses.replace(stored_bundle(source, version, self._task_id), location=location)

    def _source(self, architecture: str = "") -> Source:
        downloader = Downloader(
            open_url,
            self._options["timeout"],
            on_progress=_progress_display(),
            **secret_headers(self._options),
        )
        find_program = program_finder(os.environ.get("PATH", ""))
        return source_for(
            self._options, architecture, downloader, run_program, find_program, self._path_or_url
        )

    def _path_or_url(self, location: str | None) -> str | None:
        if location is None or is_url(location):
            return location
        try:
            return self._find_file(expanded(location) or "")
        except AnsibleError as error:
            raise WorkstationError(
                f"There is no file {location}, nor in the directory files of the play or the role."
            ) from error


def _progress_display() -> t.Callable[[int, t.Optional[int]], None]:
    timer = ProgressTimer()

    def on_progress(received: int, total: int | None) -> None:
        if timer.is_due:
            show(f"AWS CLI for all hosts: {megabytes(received, total or 0)} downloaded")

    return on_progress


def stored_bundle(source: Source, version: str | None, task_id: str) -> StoredBundle:
    """The archive of *source* that contains *version*, from the store or newly downloaded; verified now.

    An archive of an unknown version (None) is used only by the task *task_id*.

    Raises WorkstationError, LockTimeout and OSError.
    """
    store = _trusted_cache("bundles")
    directory = os.path.join(store, _name(source, version, task_id))
    with locked(directory, _LOCK_SECONDS):
        known = _verified(source, version, directory)
        debug(f"archive of the AWS CLI {'found' if known else 'not found'} in {directory}")
        if known is None:
            known = _add(source, version, directory)
            _remove_unused(store)
        os.utime(directory)
    return known


def latest_version(source: Source) -> str:
    """The latest version below the base URL of *source*, requested every ten minutes at most.

    Raises WorkstationError and OSError.
    """
    name = hashlib.sha256(source.base_url.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    path = os.path.join(_trusted_cache("latest"), name + ".json")
    (entry,) = cached_list(path, _LATEST_VERSION_SECONDS, lambda: [{"version": source.latest_version()}])
    version = str(entry.get("version"))
    if not VERSION.fullmatch(version):
        raise WorkstationError(f"{path} contains no version number. Remove it, and run the task again.")
    return version


def _trusted_cache(name: str) -> str:
    """The directory *name* of the cache, which no other user can change.

    Raises WorkstationError and OSError.
    """
    directory = os.path.join(cache_directory(), name)
    for _before_and_after_it_is_created in range(2):
        untrusted = untrusted_part(directory)
        if untrusted:
            raise WorkstationError(
                f"Archives of the AWS CLI are not kept in {directory}, because {untrusted}. Restrict it to"
                " yourself, or set XDG_CACHE_HOME to a directory that only you can change."
            )
        make_private_directory(directory)
    return directory


def is_downgrade(preview: t.Mapping[str, t.Any]) -> bool:
    """Whether the module would replace a newer version, which happens when a mirror lags behind."""
    before, after = str(preview.get("previous_version")), str(preview.get("version"))
    both_are_versions = VERSION.fullmatch(before) and VERSION.fullmatch(after)
    return bool(both_are_versions) and LooseVersion(before) > LooseVersion(after)


def required_architecture(reported: t.Any, host: str) -> str:
    """The architecture that a host *reported*, which becomes a part of a URL. Raises WorkstationError."""
    if not isinstance(reported, str) or reported not in LOADERS:
        raise WorkstationError(
            f"{host} reports the architecture {printable(str(reported)[:80])!r}, but AWS CLI v2 is available"
            f" for {' and '.join(LOADERS)} only."
        )
    return reported


def run_program(command: list[str]) -> tuple[int, str, str]:
    """Exit code, output and errors of a program that runs on the controller."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def _name(source: Source, version: str | None, task_id: str) -> str:
    verifier = source.verifier
    trusted = [*verifier.fingerprints, *(key.hex() for key in verifier.public_keys)] if verifier else []
    location = source.archive_location(version)
    key = json.dumps([location, version or task_id, source.signature, source.checksum, trusted])
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _verified(source: Source, version: str | None, directory: str) -> StoredBundle | None:
    """The archive in *directory*, if it is complete and its signature is valid."""
    path = os.path.join(directory, BUNDLE_FILE)
    try:
        if untrusted_content(directory):
            return None
        with open(os.path.join(directory, _RECORD), "rb") as stream:
            checksum = str(json.loads(stream.read())["checksum"])
        require_checksum(path, checksum)
        with _scratch(directory) as scratch:
            bundle = source.verify(path, scratch)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, WorkstationError) as error:
        debug(f"the archive of the AWS CLI in {directory} is not used: {error}")
        return None
    return _stored(path, checksum, bundle, version)


def _add(source: Source, version: str | None, directory: str) -> StoredBundle:
    path = os.path.join(directory, BUNDLE_FILE)
    with _scratch(directory) as scratch:
        bundle = source.obtain(version, scratch)
        checksum = checksum_of(bundle.path)
        shutil.rmtree(directory, ignore_errors=True)
        make_private_directory(directory)
        if source.verifier:
            os.replace(signature_location(bundle.path), signature_location(path))
        os.replace(bundle.path, path)
        replace_file(
            os.path.join(directory, _RECORD), json.dumps({"checksum": checksum}).encode(), PRIVATE_FILE
        )
    return _stored(path, checksum, bundle, version)


def _stored(path: str, checksum: str, bundle: Bundle, version: str | None) -> StoredBundle:
    verified = (bundle.verified_by, bundle.warning)
    return StoredBundle(path, checksum, *verified, version, signature=bundle.provenance)


def _scratch(directory: str) -> tempfile.TemporaryDirectory[str]:
    """A temporary private directory beside *directory*."""
    return tempfile.TemporaryDirectory(dir=os.path.dirname(directory), ignore_cleanup_errors=True)


def _remove_unused(store: str) -> None:
    """Remove archives that were not used for a week, and what an interrupted download left."""
    for name in os.listdir(store):
        path = os.path.join(store, name)
        with contextlib.suppress(OSError):
            if time.time() - os.stat(path).st_mtime > _KEEP_SECONDS:
                shutil.rmtree(path, ignore_errors=True)
