# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory to publish: what is in it, and how new files get into it.

PRIVATE to the collection. A laptop may read it at any time. The files of a version never change, and the
manifest is replaced last.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.atomic import replace_file
from ...module_utils._laptop._bundle import manifest as manifests
from ...module_utils._laptop._bundle.manifest import MANIFEST, SIGNATURE, File, Manifest
from ...module_utils._text import shortened_list

_PUBLIC_FILE = 0o644
_PUBLIC_DIRECTORY = 0o755
_SCRATCH = ".new-"
_CHUNK = 1 << 20


class PublishedDirectory:
    """The directory at *path*, which is created, and the *manifest* in it; None if there is none.

    Raises WorkstationError and OSError.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        if not os.path.isdir(path):
            os.makedirs(path)
            os.chmod(path, _PUBLIC_DIRECTORY)
        self.manifest = self._read_manifest()

    @contextlib.contextmanager
    def new_version(self, version: str) -> t.Iterator[str]:
        """A temporary directory *version* beside the published ones."""
        for name in os.listdir(self.path):
            if name.startswith(_SCRATCH):  # of a run that was killed
                shutil.rmtree(os.path.join(self.path, name), ignore_errors=True)
        with tempfile.TemporaryDirectory(
            dir=self.path, prefix=_SCRATCH, ignore_cleanup_errors=True
        ) as scratch:
            path = os.path.join(scratch, version)
            os.mkdir(path)
            yield path

    def known_files(self) -> dict[str, str]:
        """The paths of the files in the manifest, by their digests."""
        files = self.manifest.files.items() if self.manifest else ()
        known = {file.sha256: os.path.join(self.path, path) for path, file in files}
        return {digest: path for digest, path in known.items() if os.path.isfile(path)}

    def known_wheels(self, environment: str) -> list[str]:
        """The digests of the wheels of an *environment* in the manifest."""
        if self.manifest is None:
            return []
        return [self.manifest.files[path].sha256 for path in self.manifest.environments.get(environment, ())]

    def require_same_name(self, name: str) -> None:
        if self.manifest is not None and self.manifest.name != name:
            raise WorkstationError(
                f"{self.path} contains the bundle {self.manifest.name}. Choose another directory for {name}."
            )

    def published(self, version: str | None) -> Manifest:
        """The manifest that is to be signed again. Raises WorkstationError unless it is that of *version*."""
        if self.manifest is None:
            raise WorkstationError(f"{self.path} contains no manifest that could be signed again.")
        if version not in (None, self.manifest.version):
            raise WorkstationError(
                f"{self.path} contains version {self.manifest.version}, not {version}. With sign_only, omit"
                " version."
            )
        return self.manifest

    def next_serial(self, now: float) -> int:
        return max(int(now), self.manifest.serial + 1 if self.manifest else 0)

    def add_version(self, new: str, manifest: Manifest) -> bool:
        """Move the directory *new*, the files of *manifest*, to its place; False if they are there already.

        Raises WorkstationError if the version is there with other content.
        """
        target = os.path.join(self.path, manifest.version)
        if os.path.lexists(target):
            self._require_same_content(target, new, manifest)
            return False
        for name in os.listdir(new):
            path = os.path.join(new, name)
            os.chmod(path, _PUBLIC_FILE)
            _sync(path)
        os.chmod(new, _PUBLIC_DIRECTORY)
        _sync(new)
        os.rename(new, target)
        _sync(self.path)
        return True

    def publish(self, scripts: t.Mapping[str, bytes], document: bytes, signature: bytes) -> None:
        """Replace the other files. The signature comes before the manifest: laptops that find the old
        manifest do not fetch its signature.
        """
        for name, content in (*scripts.items(), (SIGNATURE, signature), (MANIFEST, document)):
            replace_file(os.path.join(self.path, name), content, _PUBLIC_FILE)

    def _read_manifest(self) -> Manifest | None:
        path = os.path.join(self.path, MANIFEST)
        try:
            with open(path, "rb") as stream:
                return manifests.parse(stream.read(manifests.LARGEST_MANIFEST + 1))
        except FileNotFoundError:
            return None
        except manifests.ManifestError as error:
            raise WorkstationError(
                f"{path}: {error} Choose another directory, or remove this file if laptops do not use it."
            ) from error

    def _require_same_content(self, target: str, new: str, manifest: Manifest) -> None:
        published, wanted = files_in(target), files_in(new)
        different = sorted(
            name for name in published.keys() | wanted.keys() if published.get(name) != wanted.get(name)
        )
        last = self.manifest
        if (
            not different
            and last
            and last.version == manifest.version
            and last.content_id != manifest.content_id
        ):
            different = ["settings"]
        if different:
            raise WorkstationError(
                f"Version {manifest.version} is in {self.path} with other content:"
                f" {shortened_list(different, 5)}. Laptops may have installed it, so a version does not"
                " change. Set workstation_bundle_version to a new version."
            )


def files_in(directory: str) -> dict[str, File]:
    """The digests and sizes of the files in *directory*, by name."""
    return {name: _file(os.path.join(directory, name)) for name in os.listdir(directory)}


def _file(path: str) -> File:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
        return File(digest.hexdigest(), stream.tell())


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # not all file systems can do this
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
