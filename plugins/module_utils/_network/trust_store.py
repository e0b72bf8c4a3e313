# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The trust stores of Linux distributions, and how to add CA certificates to them.

PRIVATE to the collection.
"""

from __future__ import annotations

import glob
import os
import typing as t

from .._errors import WorkstationError
from .._files.managed import (
    Change,
    ManagedFile,
    apply,
    read_text,
)
from .._host.commands import RunCommand
from .._host.os_release import (
    ALPINE,
    ARCH,
    DEBIAN,
    FEDORA,
    SUSE,
    distribution_family,
)
from .certificates import (
    Certificate,
    fingerprints,
)

MANAGED_PREFIX = "workstation-aws-sso-"
"""The prefix of the files that we add."""


class TrustStore(t.NamedTuple):
    """*bundles* are the possible paths of the file with all trusted certificates, *anchors* is the directory
    for additional ones, and *update* the program that rebuilds the bundle."""

    bundles: t.Tuple[str, ...]
    anchors: str
    update: str

    def bundle(self, root: str = "/") -> str:
        """The path of the bundle on the host below *root*; where it will be created if it does not exist."""
        existing = (path for path in self.bundles if os.path.exists(_below(root, path)))
        return next(existing, self.bundles[0])


_DEBIAN = TrustStore(
    ("/etc/ssl/certs/ca-certificates.crt",), "/usr/local/share/ca-certificates", "update-ca-certificates"
)
TRUST_STORES = {
    DEBIAN: _DEBIAN,
    ALPINE: _DEBIAN,
    FEDORA: TrustStore(
        # https://fedoraproject.org/wiki/Changes/dropingOfCertPemFile removes the first one
        ("/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
        "/etc/pki/ca-trust/source/anchors",
        "update-ca-trust",
    ),
    SUSE: TrustStore(
        ("/etc/ssl/ca-bundle.pem", "/var/lib/ca-certificates/ca-bundle.pem"),
        "/etc/pki/trust/anchors",
        "update-ca-certificates",
    ),
    ARCH: TrustStore(
        ("/etc/ssl/certs/ca-certificates.crt",),
        "/etc/ca-certificates/trust-source/anchors",
        "update-ca-trust",
    ),
}


def own_store(root: str = "/") -> t.Optional[TrustStore]:
    """The store of the distribution of the machine below *root*; None if it is of no known family."""
    return TRUST_STORES.get(distribution_family(root))


def existing_store(root: str = "/") -> t.Optional[TrustStore]:
    """The first trust store whose bundle exists, that of the host's distribution first; None if none does."""
    own = own_store(root)
    stores = [*([own] if own else []), *TRUST_STORES.values()]
    return next((store for store in stores if os.path.exists(_below(root, store.bundle(root)))), None)


def system_bundle(root: str = "/") -> t.Optional[str]:
    """The path of the file with all certificates that the host below *root* trusts; None if there is none."""
    store = existing_store(root)
    return _below(root, store.bundle(root)) if store else None


class Anchors(t.NamedTuple):
    """The certificates that we add to the *store* of the host below *root*, and its *update* program.

    *update* is "" if the program is not installed. The files are written anyway: the package that contains it
    includes them when it is installed.
    """

    store: TrustStore
    update: str
    run: RunCommand
    root: str = "/"

    def apply(self, certificates: t.Sequence[Certificate], check: bool) -> t.List[Change]:
        """Make these the only managed certificates in the bundle. Raises OSError and WorkstationError."""
        files = self._files(certificates)
        old = {mark for file in files for mark in fingerprints(read_text(file.path))}
        wanted = {certificate.fingerprint for certificate in certificates}
        changes = apply(files, check)
        before = self._trusted()
        if not self.update or not (changes or wanted - before):
            return changes
        if check:
            return changes + self._change(before, (before | wanted) - (old - wanted))
        status, output, errors = self.run([self.update])
        after = self._trusted()
        missing = [one.subject for one in certificates if one.fingerprint not in after]
        if missing:
            details = " ".join((errors or output).split())[-300:]  # the end, where programs put the reason
            raise WorkstationError(
                f"{self.update} (exit code {status}) did not add to {self.store.bundle(self.root)}:"
                f" {', '.join(missing)}. Another rule may distrust them. Output: {details or 'none'}"
            )
        return changes + self._change(before, after)

    def trusts(self, certificates: t.Iterable[Certificate]) -> bool:
        """Whether the bundle contains all *certificates*."""
        return {certificate.fingerprint for certificate in certificates} <= self._trusted()

    def _files(self, certificates: t.Iterable[Certificate]) -> t.List[ManagedFile]:
        """One file for each certificate, as Debian requires, and those of earlier runs, to be removed."""
        directory = _below(self.root, self.store.anchors)
        wanted = {
            os.path.join(directory, f"{MANAGED_PREFIX}{certificate.fingerprint[:16]}.crt"): certificate.pem
            for certificate in certificates
        }
        existing = glob.glob(os.path.join(glob.escape(directory), f"{MANAGED_PREFIX}*.crt"))
        return [ManagedFile(path, wanted.get(path, "")) for path in sorted({*existing, *wanted})]

    def _trusted(self) -> t.Set[str]:
        return set(fingerprints(read_text(_below(self.root, self.store.bundle(self.root)))))

    def _change(self, before: t.Set[str], after: t.Set[str]) -> t.List[Change]:
        if before == after:
            return []
        path = _below(self.root, self.store.bundle(self.root))
        return [Change(path, fingerprint_list(before), fingerprint_list(after))]


def fingerprint_list(marks: t.Iterable[str]) -> str:
    """A bundle in a diff: one fingerprint per line."""
    return "".join(f"SHA-256 {mark}\n" for mark in sorted(marks))


def _below(root: str, path: str) -> str:
    return os.path.join(root, path.lstrip("/"))
