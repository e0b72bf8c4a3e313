# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of laptops as they deliver them, made without a process for each."""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import json
import pathlib
import struct
import tempfile
import typing as t

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import report
from support.fleets import FleetRun, company_run

BUNDLE = report.BundleState("acme", "2", "2" * 16, 1795000002, "2")
Document = t.Dict[str, t.Any]


def packed(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


class LaptopKey:
    """An Ed25519 key; the same *seed* is the same key."""

    def __init__(self, seed: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
        raw = self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._blob = packed(b"ssh-ed25519") + packed(raw)
        self.public = f"ssh-ed25519 {base64.b64encode(self._blob).decode()}"

    def sign(
        self,
        data: bytes,
        namespace: str = report.NAMESPACE,
        algorithm: str = "sha512",
        kind: str = "ssh-ed25519",
    ) -> str:
        """As ssh-keygen -Y sign does it."""
        digest = hashlib.new(algorithm, data).digest()
        fields = [namespace.encode(), b"", algorithm.encode()]
        signed = self._key.sign(b"SSHSIG" + b"".join(map(packed, [*fields, digest])))
        signature = packed(b"ssh-ed25519") + packed(signed)
        blob = b"SSHSIG" + struct.pack(">I", 1) + b"".join(map(packed, [self._blob, *fields, signature]))
        text = base64.encodebytes(blob).decode()
        return f"-----BEGIN SSH SIGNATURE-----\n{text}-----END SSH SIGNATURE-----\n"


def laptop_document(
    host: str, time: str, fleet: t.Any = None, bundle: report.BundleState = BUNDLE, **result: str
) -> Document:
    """A report before it is signed; its key is that of the seed *host*."""
    key = report.HostKey("", LaptopKey(host).public)
    found = report.Result(**{"outcome": "ok", "ran": time, **result})
    return {**report.document(host, key, bundle, found, fleet, report_time(time))}


def report_time(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)


def signed(document: Document, key: LaptopKey | None = None) -> bytes:
    """The file to deliver; by default signed with the key of the seed that is the name of the host."""
    key = key or LaptopKey(document["host"])
    data = report.signed_bytes(document)
    return json.dumps({"report": document, "signature": key.sign(data)}).encode() + b"\n"


def run_state(run: FleetRun) -> t.Any:
    """What the callback wrote on a laptop in *run*, whose only host is localhost."""
    with tempfile.TemporaryDirectory() as directory:
        run.write(pathlib.Path(directory))
        state = report.read_fleet(f"{directory}/fleet.json")
    assert [*state["hosts"]] == ["localhost"]
    return state


@functools.lru_cache(maxsize=None)
def company_state(finished: str, accounts: int, number: int = 0) -> t.Any:
    """The state of a laptop of a company with *accounts*."""
    run = company_run(finished, number + 1, accounts)
    (host,) = [*run.recap][number:]
    run.recap = {"localhost": run.recap[host]}
    run.collector.records = {"localhost": run.collector.records[host]}
    return run_state(run)
