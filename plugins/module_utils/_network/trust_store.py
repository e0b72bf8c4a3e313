# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where distributions keep the certificates that they trust, and how one more gets there.

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
"""Begins the names of the files that we add."""


class TrustStore(t.NamedTuple):
    """*bundles* is where the one file with all trusted certificates may be, *anchors* the directory of those
    that a company adds, and *update* the program that makes the former of the latter."""

    bundles: t.Tuple[str, ...]
    anchors: str
    update: str

    def bundle(self, root: str = "/") -> str:
        """The bundle of the machine below *root*; where it will be if it is not there yet."""
        there = (path for path in self.bundles if os.path.exists(_below(root, path)))
        return next(there, self.bundles[0])


_DEBIAN = TrustStore(
    ("/etc/ssl/certs/ca-certificates.crt",), "/usr/local/share/ca-certificates", "update-ca-certificates"
)
TRUST_STORES = {
    DEBIAN: _DEBIAN,
    ALPINE: _DEBIAN,
    FEDORA: TrustStore(
        # https://fedoraproject.org/wiki/Changes/dropingOfCertPemFile takes the first one away
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
    """The store whose bundle is there, which the machine's own may not be, and another's is on a near kin."""
    own = own_store(root)
    stores = [*([own] if own else []), *TRUST_STORES.values()]
    return next((store for store in stores if os.path.exists(_below(root, store.bundle(root)))), None)


def system_bundle(root: str = "/") -> t.Optional[str]:
    """The certificates that the machine below *root* trusts, in one file."""
    store = existing_store(root)
    return _below(root, store.bundle(root)) if store else None


class Anchors(t.NamedTuple):
    """The certificates that we add to the *store* of the machine below *root*, and its *update* program.

    *update* is "" where the program is not installed. Then the files are written all the same: the package
    that brings it takes them in.
    """

    store: TrustStore
    update: str
    run: RunCommand
    root: str = "/"

    def apply(self, certificates: t.Sequence[Certificate], check: bool) -> t.List[Change]:
        """Have these in the bundle and no others of ours. Raises OSError and WorkstationError."""
        parts = self._parts(certificates)
        old = {mark for part in parts for mark in fingerprints(read_text(part.path))}
        wanted = {certificate.fingerprint for certificate in certificates}
        changes = apply(parts, check)
        before = self._trusted()
        if not self.update or not (changes or wanted - before):
            return changes
        if check:
            return changes + self._change(before, (before | wanted) - (old - wanted))
        status, output, errors = self.run([self.update])
        after = self._trusted()
        missing = [one.subject for one in certificates if one.fingerprint not in after]
        if missing:
            said = " ".join((errors or output).split())[-300:]
            raise WorkstationError(
                f"{self.update} ended with {status} and left out of {self.store.bundle(self.root)}:"
                f" {', '.join(missing)}. The machine may distrust them by another rule. It said: {said}"
            )
        return changes + self._change(before, after)

    def trusts(self, certificates: t.Iterable[Certificate]) -> bool:
        return {certificate.fingerprint for certificate in certificates} <= self._trusted()

    def _parts(self, certificates: t.Iterable[Certificate]) -> t.List[ManagedFile]:
        """One file for each, as Debian wants it; and those that we wrote before, to be removed."""
        directory = _below(self.root, self.store.anchors)
        wanted = {
            os.path.join(directory, f"{MANAGED_PREFIX}{certificate.fingerprint[:16]}.crt"): certificate.pem
            for certificate in certificates
        }
        there = glob.glob(os.path.join(glob.escape(directory), f"{MANAGED_PREFIX}*.crt"))
        return [ManagedFile(path, wanted.get(path, "")) for path in sorted({*there, *wanted})]

    def _trusted(self) -> t.Set[str]:
        return set(fingerprints(read_text(_below(self.root, self.store.bundle(self.root)))))

    def _change(self, before: t.Set[str], after: t.Set[str]) -> t.List[Change]:
        if before == after:
            return []
        path = _below(self.root, self.store.bundle(self.root))
        return [Change(path, listing(before), listing(after))]


def listing(marks: t.Iterable[str]) -> str:
    """A bundle as a diff shows it: one fingerprint on a line."""
    return "".join(f"SHA-256 {mark}\n" for mark in sorted(marks))


def _below(root: str, path: str) -> str:
    return os.path.join(root, path.lstrip("/"))
