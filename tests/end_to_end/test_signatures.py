# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures as the gpgv of Sequoia judges them, which Debian 13 offers instead of that of GnuPG."""

from __future__ import annotations

import pathlib
import subprocess
import tempfile
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.public_key import (
    FINGERPRINT,
    PUBLIC_KEY,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.signature import Verifier
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from hosts import missing, root_file_system
from support.scratch_host import run_program

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"missing: {missing()}")

AWS_SIGNATURE = (
    pathlib.Path(__file__).resolve().parents[1]
    / "unit/plugins/module_utils/_aws_cli/awscli-exe-linux-x86_64-2.36.6.zip.sig"
)
SIGNED = ("20200101", "20231001", "20241001", "20260101", "20260801")
RENEWED = ("20230727", "20240720", "20250707", "20260701")


def packets(data: bytes) -> t.Iterator[t.Tuple[int, bytes]]:
    """The tags of packets of the legacy format, and the packets as a whole (RFC 9580, 4.2.2)."""
    while data:
        size = (1, 2, 4)[data[0] & 3]
        end = 1 + size + int.from_bytes(data[1 : 1 + size], "big")
        yield data[0] >> 2 & 0xF, data[:end]
        data = data[end:]


class RenewedKey:
    """A key whose expiry was extended each year like that of AWS, with signatures of different times."""

    def __init__(self, directory: pathlib.Path) -> None:
        self._home = directory / "g"
        self._home.mkdir(mode=0o700)
        self._gpg(
            "20190918", "--passphrase", "", "--quick-generate-key", "T <t@example.com>", "rsa2048", "", "4y"
        )
        listing = self._gpg("20190918", "--with-colons", "--list-keys").decode()
        self.fingerprint = next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr"))
        self.file = directory / "signed"
        self.file.write_text("data")
        self_signatures = self._self_signatures()
        for signed, renewed in zip(SIGNED, [*RENEWED, ""]):
            self._gpg(signed, "--output", str(self.signature(signed)), "--detach-sign", str(self.file))
            if renewed:
                self._gpg(renewed, "--quick-set-expire", self.fingerprint, "1y")
                self_signatures = self._self_signatures() + self_signatures
        self.newest = self._gpg("20260801", "--export")
        key = b"".join(packet for tag, packet in packets(self.newest) if tag != 2)
        self.complete = key + self_signatures
        subprocess.run(["gpgconf", "--homedir", self._home, "--kill", "all"], check=False)

    def signature(self, day: str) -> pathlib.Path:
        return self.file.with_name(f"{day}.sig")

    def _self_signatures(self) -> bytes:
        return b"".join(packet for tag, packet in packets(self._gpg("20260801", "--export")) if tag == 2)

    def _gpg(self, day: str, *arguments: str) -> bytes:
        clock = ["--faked-system-time", f"{day}T000000!"]
        command = ["gpg", "--homedir", str(self._home), "--batch", "--quiet", *clock, *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.fixture
def scratch() -> t.Iterator[pathlib.Path]:
    """A directory that has the same path in the other system."""
    with tempfile.TemporaryDirectory(dir="/tmp", ignore_cleanup_errors=True) as directory:
        yield pathlib.Path(directory)


@pytest.fixture(scope="module")
def root() -> pathlib.Path:
    return root_file_system("trixie", ("gpgv-from-sq",))


def verifier(root: pathlib.Path, key: bytes, fingerprint: str) -> Verifier:
    """One that runs gpgv in the system below *root*."""
    script = 'mount --bind /tmp "$0/tmp" && exec chroot "$0" "$@"'
    prefix = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, str(root)]
    return Verifier(
        [key],
        [fingerprint],
        lambda command: run_program([*prefix, *command]),
        lambda name: "/usr/bin/gpgv" if name == "gpgv" else None,
    )


def test_signature_is_as_old_as_the_self_signature_that_it_needs(
    root: pathlib.Path, scratch: pathlib.Path
) -> None:
    key = RenewedKey(scratch)
    for day in SIGNED:
        arguments = (str(key.file), str(key.signature(day)), str(scratch))
        assert verifier(root, key.complete, key.fingerprint).verify(*arguments).fingerprint == key.fingerprint
        newest = verifier(root, key.newest, key.fingerprint)
        if day == SIGNED[-1]:
            assert newest.verify(*arguments).program == "gpgv"
        else:
            with pytest.raises(WorkstationError, match=r"Bad public key.* all self-signatures"):
                newest.verify(*arguments)


def test_shipped_key_is_valid_there(root: pathlib.Path, scratch: pathlib.Path) -> None:
    """Over other data, the signature is a bad one by that key, not one by an unknown or invalid key."""
    (scratch / "other").write_text("other data")
    (scratch / "aws.sig").write_bytes(AWS_SIGNATURE.read_bytes())
    with pytest.raises(WorkstationError, match="does not match its signature"):
        verifier(root, PUBLIC_KEY.encode(), FINGERPRINT).verify(
            str(scratch / "other"), str(scratch / "aws.sig"), str(scratch)
        )
