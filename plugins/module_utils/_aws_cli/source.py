# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a bundle of AWS CLI v2 comes from, and the proof that it is the AWS CLI team's.

PRIVATE to the collection.
"""

from __future__ import annotations

import glob
import hashlib
import hmac
import os
import re
import shutil
import typing as t
import urllib.parse
from dataclasses import dataclass

from .._errors import WorkstationError
from .download import (
    Downloader,
    DownloadFailed,
    displayable,
)
from .signature import Verifier
from .tree import VERSION

VERSION_FILE_LIMIT = 64
NAMED_VERSION = re.compile(r"-(\d+\.\d+\.\d+)\.zip$")
CHECKSUM = re.compile(r"sha(?:256:[0-9a-fA-F]{64}|512:[0-9a-fA-F]{128})")
# the loader that AWS's binaries ask the kernel for
LOADERS = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


class ChecksumMismatch(WorkstationError):
    """The bundle does not have the wanted checksum."""


def supported_architecture(machine: str, root: str = "/") -> str:
    """AWS's name for the architecture of this host.

    Raises WorkstationError.
    """
    architecture = ARCHITECTURES.get(machine.lower())
    if not architecture:
        raise WorkstationError(f"AWS CLI v2 exists for x86_64 and aarch64, and this host is {machine}")
    if os.path.exists(os.path.join(root, LOADERS[architecture].lstrip("/"))):
        return architecture
    if glob.glob(os.path.join(root, "lib/ld-musl-*")):
        raise WorkstationError(
            "AWS CLI v2 needs the GNU C library, and this system uses musl: install the distribution's own"
            " package instead (Alpine: apk add aws-cli)"
        )
    raise WorkstationError(
        f"this host has no {LOADERS[architecture]}: AWS CLI v2 needs the 64-bit GNU C library,"
        " so it does not run on a 32-bit system, whatever its kernel is"
    )


@dataclass
class Bundle:
    """A bundle on this host, and how it was verified ("" when nobody asked for that)."""

    path: str
    verified_by: str = ""
    warning: str = ""


@dataclass
class Source:
    """The bundles to choose from: one at *location*, a path or a URL, or all versions below *base_url*."""

    architecture: str
    base_url: str
    location: t.Optional[str]
    signature: t.Optional[str]
    checksum: t.Optional[str]
    downloader: Downloader
    verifier: t.Optional[Verifier]

    def latest_version(self) -> str:
        """What v2/version.txt says, which AWS's own install script asks too.

        Raises DownloadFailed and WorkstationError.
        """
        url = f"{self.base_url.rstrip('/')}/v2/version.txt"
        try:
            answer = self.downloader.read(url, VERSION_FILE_LIMIT).decode("ascii", "replace").strip()
        except DownloadFailed as error:
            if error.status not in (403, 404):
                raise
            raise WorkstationError(f"{displayable(url)} does not exist: set the option version") from error
        if not VERSION.fullmatch(answer):
            raise WorkstationError(f"{displayable(url)} holds no version number: set the option version")
        return answer

    def named_version(self) -> t.Optional[str]:
        """The version in the file name of *location*, as AWS names its bundles."""
        named = NAMED_VERSION.search(urllib.parse.urlsplit(self.location or "").path)
        return named.group(1) if named else None

    def location_of(self, version: t.Optional[str]) -> str:
        """The path or URL of the bundle that holds *version*."""
        return self.location or f"{self.base_url.rstrip('/')}/{bundle_name(self.architecture, version)}"

    def obtain(self, version: t.Optional[str], directory: str) -> Bundle:
        """Bring the bundle and its signature into *directory*, and verify it there.

        Raises DownloadFailed, WorkstationError, ChecksumMismatch and the errors of Verifier.verify.
        """
        location = self.location_of(version)
        path = os.path.join(directory, "bundle.zip")
        self._fetch(location, path, "bundle")
        verified_by = ""
        if self.checksum:
            require_checksum(path, self.checksum)
            verified_by = "checksum"
        if not self.verifier:
            return Bundle(path, verified_by)
        signature_path = os.path.join(directory, "bundle.zip.sig")
        self._fetch(self.signature or signature_location(location), signature_path, "signature")
        verified = self.verifier.verify(path, signature_path, directory)
        return Bundle(path, verified.program, verified.warning)

    def _fetch(self, location: str, path: str, what: str) -> None:
        try:
            if is_url(location):
                self.downloader.save(location, path)
            else:
                shutil.copyfile(location, path)
        except DownloadFailed as error:
            if error.status not in (403, 404):
                raise
            raise WorkstationError(f"there is no {what} at {displayable(location)}: {_hint(what)}") from error
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            raise WorkstationError(f"there is no readable {what} at {location}: {_hint(what)}") from error


def _hint(what: str) -> str:
    if what == "signature":
        return (
            "set the option signature, or verify_signature=false if you trust the bundle for another reason"
        )
    return "check the options version, base_url and source"


def bundle_name(architecture: str, version: t.Optional[str]) -> str:
    return f"awscli-exe-linux-{architecture}-{version}.zip"


def is_url(location: str) -> bool:
    return "://" in location


def expanded(location: t.Optional[str]) -> t.Optional[str]:
    """A path or a URL as an option gives it, with the home directory for its ~."""
    return location if location is None or is_url(location) else os.path.expanduser(location)


def signature_location(location: str) -> str:
    if not is_url(location):
        return location + ".sig"
    parts = urllib.parse.urlsplit(location)
    return urllib.parse.urlunsplit(parts._replace(path=parts.path + ".sig"))


def require_checksum(path: str, checksum: str) -> None:
    """Raises ChecksumMismatch."""
    algorithm, _colon, wanted = checksum.partition(":")
    found = checksum_of(path, algorithm)
    if not hmac.compare_digest(found, f"{algorithm}:{wanted.strip().lower()}"):
        raise ChecksumMismatch(f"the bundle's checksum is {found}, not {checksum}")


def checksum_of(path: str, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm)
    with open(path, "rb") as stream:
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            digest.update(chunk)
    return f"{algorithm}:{digest.hexdigest()}"
