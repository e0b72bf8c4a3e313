# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archives of AWS CLI v2: their location, download and verification.

PRIVATE to the collection.
"""

from __future__ import annotations

import glob
import hashlib
import hmac
import os
import re
import time
import typing as t
import urllib.parse
import zipfile
from dataclasses import dataclass, field, replace

from .._errors import WorkstationError
from .._installed_cli.record import PROVENANCE, read_facts
from .download import Downloader, DownloadFailed
from .layout import VERSION
from .local_files import copy_file
from .signature import Verifier
from .urls import displayable, is_url

VERSION_FILE_LIMIT = 64
SIGNATURE_LIMIT = 1 << 16
"""Bytes; AWS's signatures have 566."""
BUNDLE_FILE = "bundle.zip"
ARCHIVE_LIMIT = 1 << 29
"""Bytes; AWS's archives have 70 MB."""
NAMED_VERSION = re.compile(rf"-({VERSION.pattern})\.zip$")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]+)?/", re.IGNORECASE | re.ASCII)
CHECKSUM = re.compile(r"sha(?:256:[0-9a-fA-F]{64}|512:[0-9a-fA-F]{128})")
# the dynamic loader of AWS's programs
LOADERS = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


class NoVersionFile(WorkstationError):
    """The mirror does not say which version is the latest."""


class ChecksumMismatch(WorkstationError):
    """The archive does not have the expected checksum."""


def supported_architecture(machine: str, root: str = "/") -> str:
    """AWS's name for the architecture of this host.

    Raises WorkstationError.
    """
    architecture = ARCHITECTURES.get(machine.lower())
    if not architecture:
        raise WorkstationError(f"AWS CLI v2 requires x86_64 or aarch64, but this host is {machine}.")
    if os.path.exists(os.path.join(root, LOADERS[architecture].lstrip("/"))):
        return architecture
    if glob.glob(os.path.join(root, "lib/ld-musl-*")):
        raise WorkstationError(
            "AWS CLI v2 requires the GNU C library, but this host uses musl. Install the distribution's"
            " package instead (Alpine: apk add aws-cli)."
        )
    raise WorkstationError(
        f"This host has no {LOADERS[architecture]}. AWS CLI v2 requires the 64-bit GNU C library; it does not"
        " run on a 32-bit system, even with a 64-bit kernel."
    )


@dataclass
class Bundle:
    """An archive on this host, and how it was verified ("" if verification was not requested).

    *provenance* is what is recorded of it: sha256, and where it is signed, the fingerprint of the key and the
    time of the signature.
    """

    path: str
    verified_by: str = ""
    warning: str = ""
    provenance: t.Dict[str, str] = field(default_factory=dict)


@dataclass
class Source:
    """The available archives: the one at *location*, a path or URL, or all versions below *base_url*."""

    architecture: str
    base_url: str
    location: t.Optional[str]
    signature: t.Optional[str]
    checksum: t.Optional[str]
    downloader: Downloader
    verifier: t.Optional[Verifier]

    def latest_version(self) -> str:
        """The version in v2/version.txt, which AWS's own install script uses too.

        Raises NoVersionFile, DownloadFailed and WorkstationError.
        """
        url = f"{self.base_url.rstrip('/')}/v2/version.txt"
        try:
            answer = self.downloader.read(url, VERSION_FILE_LIMIT).decode("ascii", "replace").strip()
        except DownloadFailed as error:
            if error.status not in (403, 404):
                raise
            raise NoVersionFile(f"{displayable(url)} does not exist. Set version.") from error
        if not VERSION.fullmatch(answer):
            raise WorkstationError(
                f"{displayable(url)} contains no version number, but {self.downloader.received}. Set version."
            )
        return answer

    def without_versions(self) -> Source:
        """The one archive of a mirror that has only the latest, under the name without a version."""
        return replace(self, location=f"{self.base_url.rstrip('/')}/{archive_name(self.architecture)}")

    def signature_sha256(self) -> str:
        """What identifies the archive at *location* without downloading it. Raises DownloadFailed."""
        location = self.signature or signature_location(str(self.location))
        return hashlib.sha256(self.downloader.read(location, SIGNATURE_LIMIT)).hexdigest()

    def named_version(self) -> t.Optional[str]:
        """The version in the file name of *location*, if that is named like AWS's archives."""
        named = NAMED_VERSION.search(urllib.parse.urlsplit(self.location or "").path)
        return named.group(1) if named else None

    def archive_location(self, version: t.Optional[str]) -> str:
        """The path or URL of the archive of *version*."""
        return self.location or f"{self.base_url.rstrip('/')}/{archive_name(self.architecture, version)}"

    def obtain(self, version: t.Optional[str], directory: str) -> Bundle:
        """Copy or download the archive and its signature to *directory*, and verify it there.

        Raises DownloadFailed, WorkstationError and ChecksumMismatch.
        """
        location = self.archive_location(version)
        path = os.path.join(directory, BUNDLE_FILE)
        self._fetch(location, path, "archive", ARCHIVE_LIMIT)
        if self.verifier:
            signature = self.signature or signature_location(location)
            self._fetch(signature, signature_location(path), "signature", SIGNATURE_LIMIT)
        bundle = self.verify(path, directory)
        if self.checksum and not self.verifier and not is_url(location):
            bundle.provenance.update(read_facts(location + PROVENANCE))
        return bundle

    def verify(self, path: str, scratch: str) -> Bundle:
        """Verify the archive *path* with the signature beside it; *scratch* is a private directory.

        Raises WorkstationError and ChecksumMismatch.
        """
        checksum = checksum_of(path)
        provenance = {"sha256": checksum.partition(":")[2]}
        if self.checksum:
            require_checksum(path, self.checksum, checksum)
        if not self.verifier:
            return Bundle(path, "checksum" if self.checksum else "", provenance=provenance)
        verified = self.verifier.verify(path, signature_location(path), scratch)
        provenance["key"] = verified.fingerprint
        provenance["signature_sha256"] = checksum_of(signature_location(path)).partition(":")[2]
        if verified.signed_at:
            provenance["signed_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(verified.signed_at))
        return Bundle(path, verified.program, verified.warning, provenance)

    def _fetch(self, location: str, path: str, what: str, limit: int) -> None:
        try:
            if is_url(location):
                self.downloader.save(location, path, limit)
                self._require_content(location, path, what)
            else:
                copy_file(location, path, limit)
        except DownloadFailed as error:
            if error.status not in (403, 404):
                raise
            raise WorkstationError(f"There is no {what} at {displayable(location)}. {_hint(what)}") from error
        except (FileNotFoundError, PermissionError) as error:
            scheme = f" If {location} is a URL, put https:// before it." if _HOST.match(location) else ""
            raise WorkstationError(
                f"There is no readable {what} at {location}. {_hint(what)}{scheme}"
            ) from error

    def _require_content(self, location: str, path: str, what: str) -> None:
        """Refuse a response that is not an archive or a signature, such as the sign-in page of a proxy."""
        if os.path.getsize(path) == 0:
            raise WorkstationError(f"{displayable(location)} returned an empty response. {_hint(what)}")
        if is_archive(path) if what == "archive" else is_signature(path):
            return
        kind = "a zip archive" if what == "archive" else "an OpenPGP signature"
        received = self.downloader.received
        page = " A proxy or the mirror may require a sign-in." if "html" in received.lower() else ""
        raise WorkstationError(f"{displayable(location)} is not {kind}, but {received}.{page} {_hint(what)}")


def _hint(what: str) -> str:
    if what == "signature":
        return "Set signature, or set verify_signature=false if you trust the archive for another reason."
    return "Check the options version, base_url and source."


def is_archive(path: str) -> bool:
    return zipfile.is_zipfile(path)


def is_signature(path: str) -> bool:
    """Whether a file may be an OpenPGP signature: each packet begins with a byte of that form."""
    with open(path, "rb") as stream:
        start = stream.read(SIGNATURE_LIMIT)
    return bool(start[:1] and start[0] & 0x80) or b"-----BEGIN PGP" in start


def archive_name(architecture: str, version: t.Optional[str] = None) -> str:
    return f"awscli-exe-linux-{architecture}{'-' + version if version else ''}.zip"


def expanded(location: t.Optional[str]) -> t.Optional[str]:
    """The path or URL of an option, with ~ expanded in a path."""
    return location if location is None or is_url(location) else os.path.expanduser(location)


def signature_location(location: str) -> str:
    if not is_url(location):
        return location + ".sig"
    parts = urllib.parse.urlsplit(location)
    return urllib.parse.urlunsplit(parts._replace(path=parts.path + ".sig"))


def require_checksum(path: str, checksum: str, known: str = "") -> None:
    """Raises ChecksumMismatch; *known* is a checksum of the file that is known already."""
    algorithm, _colon, wanted = checksum.partition(":")
    found = known if known.startswith(algorithm + ":") else checksum_of(path, algorithm)
    if not hmac.compare_digest(found, f"{algorithm}:{wanted.strip().lower()}"):
        raise ChecksumMismatch(f"The checksum of the archive is {found}, not {checksum}.")


def checksum_of(path: str, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm)
    with open(path, "rb") as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            digest.update(chunk)
    return f"{algorithm}:{digest.hexdigest()}"
