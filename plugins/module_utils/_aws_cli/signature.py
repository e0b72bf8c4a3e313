# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Detached OpenPGP signatures, decided by what gpgv or gpg report, never by their exit code alone.

PRIVATE to the collection.

Both exit with 0 for a revoked key, for an expired one, and for any other key of the keyring. What they
write to their status file descriptor tells these cases apart (doc/DETAILS of GnuPG).
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import typing as t
from dataclasses import dataclass

from .._errors import WorkstationError
from .._host.commands import FindProgram, RunCommand

ARMOR_HEADER = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
ARMORED_KEY = re.compile(
    rb"-----BEGIN PGP PUBLIC KEY BLOCK-----[^\n]*\n"
    rb"(?:[^\n]*:[^\n]*\n)*\s*\n"  # headers, and the line that ends them
    rb"(?P<packets>.+?)\n(?:=[^\n]{4}\s*\n)?-----END",
    re.DOTALL,
)


@dataclass
class Verified:
    """A signature that holds: the program that said so, and what a person should know about the key."""

    program: str
    warning: str = ""


@dataclass
class Verifier:
    """Checks detached signatures against one pinned key."""

    public_key: bytes
    fingerprint: str
    run: RunCommand
    find_program: FindProgram

    def verify(self, signed: str, signature: str, scratch: str) -> Verified:
        """Check that the pinned key signed the file *signed*; *scratch* is a private directory for keyrings.

        Raises WorkstationError.
        """
        gpgv, gpg = self.find_program("gpgv"), self.find_program("gpg")
        if gpgv:
            status, output, errors = self._run_gpgv(gpgv, signed, signature, scratch)
        elif gpg:
            status, output, errors = self._run_gpg(gpg, signed, signature, scratch)
        else:
            raise WorkstationError(
                "neither gpgv nor gpg is installed, and nothing is unpacked unverified: install the package"
                " gpgv (Debian, Ubuntu), gnupg2 (Fedora, RHEL), gpg2 (SUSE) or gnupg (Arch, Alpine)"
            )
        warning = judge(status, output, self.fingerprint, errors)
        return Verified("gpgv" if gpgv else "gpg", warning)

    def _run_gpgv(self, gpgv: str, signed: str, signature: str, scratch: str) -> t.Tuple[int, str, str]:
        keyring = os.path.join(scratch, "key.gpg")
        _write(keyring, binary_key(self.public_key))
        return self.run(
            [gpgv, "--homedir", scratch, "--keyring", keyring, "--status-fd", "1", signature, signed]
        )

    def _run_gpg(self, gpg: str, signed: str, signature: str, scratch: str) -> t.Tuple[int, str, str]:
        keyring = os.path.join(scratch, "key.gpg")
        _write(keyring, binary_key(self.public_key))
        isolated = [
            gpg,
            "--homedir",
            scratch,
            "--batch",
            "--no-tty",
            "--no-autostart",
            "--no-auto-key-retrieve",
        ]
        status, _output, errors = self.run([*isolated, "--import", keyring])
        if status != 0:
            raise WorkstationError(f"gpg cannot import the public key: {errors.strip()}")
        return self.run([*isolated, "--status-fd", "1", "--verify", signature, signed])


def read_key(key: str) -> bytes:
    """The public key that an option gives as armored text, or by the path of a file.

    Raises WorkstationError.
    """
    if ARMOR_HEADER.decode() in key:
        return key.encode()
    try:
        with open(os.path.expanduser(key), "rb") as stream:
            return stream.read()
    except OSError as error:
        raise WorkstationError(f"the public key {key!r} cannot be read: {error.strerror}") from error


def binary_key(key: bytes) -> bytes:
    """The packets of a public key, armored or not: gpgv reads no armor.

    Raises WorkstationError.
    """
    if ARMOR_HEADER not in key:
        if not key or not key[0] & 0x80:  # each OpenPGP packet begins with this bit (RFC 9580, 4.2)
            raise WorkstationError("the public key is neither an armored nor a binary OpenPGP public key")
        return key
    blocks = ARMORED_KEY.findall(key.replace(b"\r\n", b"\n") + b"\n")
    try:
        packets = b"".join(base64.b64decode(b"".join(block.split()), validate=True) for block in blocks)
    except binascii.Error as error:
        raise WorkstationError(f"the armored public key is damaged: {error}") from error
    if not packets:
        raise WorkstationError("the armored public key is cut off")
    return packets


def judge(status: int, output: str, fingerprint: str, errors: str = "") -> str:
    """Decide by the exit code and the status lines of gpg or gpgv; return a warning, or "" when all is well.

    Raises WorkstationError.
    """
    reports = _reports(output)
    wanted = fingerprint.replace(" ", "").upper()
    _reject_bad(reports, wanted)
    valid = reports.get("VALIDSIG", [])
    if len(valid) != 1:
        raise WorkstationError(
            f"the signature file holds {len(valid)} valid signatures instead of one: {errors.strip()}"
        )
    signer = valid[0].split()[-1].upper()
    if signer != wanted:
        raise WorkstationError(_foreign_key(signer, wanted))
    if status != 0:
        raise WorkstationError(f"the signature could not be checked: {errors.strip()}")
    if "GOODSIG" in reports:
        return ""
    if "EXPKEYSIG" in reports:
        return (
            f"the signature is good, but this copy of the public key {wanted} has expired:"
            " update the collection, or give a newer copy by the option public_key"
        )
    raise WorkstationError(f"the signature was not found good: {', '.join(sorted(reports))}")


def _reports(output: str) -> t.Dict[str, t.List[str]]:
    reports: t.Dict[str, t.List[str]] = {}
    for line in output.split("\n"):  # not splitlines: names of signers may hold other separators
        if line.startswith("[GNUPG:] "):
            keyword, _space, rest = line[len("[GNUPG:] ") :].partition(" ")
            reports.setdefault(keyword, []).append(rest)
    return reports


def _reject_bad(reports: t.Dict[str, t.List[str]], wanted: str) -> None:
    if "BADSIG" in reports:
        raise WorkstationError(
            "the bundle is not what was signed: it was changed, cut off, or is another file"
        )
    if "REVKEYSIG" in reports:
        raise WorkstationError(
            "the signature was made by a key that its owner has revoked; find out why before you install"
        )
    if "EXPSIG" in reports:
        raise WorkstationError("the signature itself has expired")
    stranger = reports.get("NO_PUBKEY", [""])[0]
    if not wanted.endswith(stranger):
        raise WorkstationError(_foreign_key(stranger, wanted))
    if "ERRSIG" in reports:
        raise WorkstationError("the signature could not be checked; is the clock of this host right?")
    if "NODATA" in reports:
        raise WorkstationError("the signature file holds no OpenPGP signature")


def _foreign_key(signer: str, wanted: str) -> str:
    return (
        f"the signature was made by the key {signer}, not by {wanted}. If that key is your own, as on a"
        " mirror that signs its bundles itself, give it by the options public_key and fingerprint;"
        " otherwise do not trust this bundle."
    )


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(data)
