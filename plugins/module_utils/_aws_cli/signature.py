# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verification of detached OpenPGP signatures by gpgv or gpg.

PRIVATE to the collection.

The exit code alone does not decide: both programs exit with 0 for a revoked key, for an expired one, and for
any other key of the keyring. Their status lines distinguish these cases (doc/DETAILS of GnuPG).
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
from .local_files import read_file

KEY_LIMIT = 1 << 20
"""Bytes of a public key, which may have many signatures of other keys."""
ARMOR_HEADER = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
PRIVATE_KEY = (
    "The option public_key contains a private key. Set it to the public key, and keep the private key secret."
)
_SECRET_KEY_PACKETS = (0x94, 0x95, 0x96, 0xC5)
"""First bytes of a secret key packet, tag 5, in the legacy and the new format (RFC 9580, 4.2)."""
ARMORED_KEY = re.compile(
    rb"-----BEGIN PGP PUBLIC KEY BLOCK-----[^\n]*\n"
    rb"(?:[^\n]*:[^\n]*\n)*\s*\n"  # headers, and the line that ends them
    rb"(?P<packets>.+?)\n(?:=[^\n]{4}\s*\n)?-----END",
    re.DOTALL,
)


@dataclass
class Verified:
    """A valid signature: the program that verified it, and a warning about the key, if any."""

    program: str
    warning: str = ""


@dataclass
class Verifier:
    """Verifies detached signatures with one pinned key."""

    public_key: bytes
    fingerprint: str
    run: RunCommand
    find_program: FindProgram

    def verify(self, signed: str, signature: str, scratch: str) -> Verified:
        """Verify that the pinned key signed the file *signed*; *scratch* is a private directory for keyrings.

        Raises WorkstationError.
        """
        gpgv, gpg = self.find_program("gpgv"), self.find_program("gpg")
        if gpgv:
            status, output, errors = self._run_gpgv(gpgv, signed, signature, scratch)
        elif gpg:
            status, output, errors = self._run_gpg(gpg, signed, signature, scratch)
        else:
            raise WorkstationError(
                "The signature of the AWS CLI cannot be verified, because neither gpgv nor gpg is installed."
                " Install the package gpgv (Debian, Ubuntu), gnupg2 (Fedora, RHEL), gpg2 (SUSE) or gnupg"
                " (Arch, Alpine)."
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
            raise WorkstationError(f"gpg could not import the public key: {_sentence(errors)}")
        return self.run([*isolated, "--status-fd", "1", "--verify", signature, signed])


def read_key(key: str) -> bytes:
    """The public key in the option public_key, which is armored text or the path of a file.

    Raises WorkstationError.
    """
    if "PRIVATE KEY" in key:
        raise WorkstationError(PRIVATE_KEY)
    if ARMOR_HEADER.decode() in key:
        return key.encode()
    if "\n" in key.strip() or "\0" in key:
        raise WorkstationError(
            "The option public_key must be an armored OpenPGP public key, or the path of a file with one."
        )
    try:
        return read_file(os.path.expanduser(key), KEY_LIMIT)
    except OSError as error:
        raise WorkstationError(
            f"Could not read the file {key!r} of the option public_key: {error.strerror}."
        ) from error


def normalized_fingerprint(fingerprint: str) -> str:
    """The hexadecimal digits of *fingerprint*, which may contain blanks, small letters and 0x."""
    digits = "".join(fingerprint.split()).upper()
    return digits[2:] if digits.startswith("0X") else digits


def binary_key(key: bytes) -> bytes:
    """The packets of a public key, armored or not; gpgv does not read armored keys.

    Raises WorkstationError.
    """
    if b"PRIVATE KEY" in key or (key and key[0] in _SECRET_KEY_PACKETS):
        raise WorkstationError(PRIVATE_KEY)
    if ARMOR_HEADER not in key:
        if not key or not key[0] & 0x80:  # each OpenPGP packet begins with this bit (RFC 9580, 4.2)
            raise WorkstationError("The option public_key must be an armored or binary OpenPGP public key.")
        return key
    blocks = ARMORED_KEY.findall(key.replace(b"\r\n", b"\n") + b"\n")
    try:
        packets = b"".join(base64.b64decode(b"".join(block.split()), validate=True) for block in blocks)
    except binascii.Error as error:
        raise WorkstationError(f"The armored public key is damaged: {error}.") from error
    if not packets:
        raise WorkstationError("The armored public key is truncated.")
    return packets


def judge(status: int, output: str, fingerprint: str, errors: str = "") -> str:
    """Judge a signature by the exit code and the status lines of gpg or gpgv; return a warning, or "".

    Raises WorkstationError.
    """
    reports = _reports(output)
    wanted = normalized_fingerprint(fingerprint)
    _reject_bad(reports, wanted)
    valid = reports.get("VALIDSIG", [])
    if len(valid) != 1:
        raise WorkstationError(
            f"The signature file must contain one valid signature, not {len(valid)}: {_sentence(errors)}"
        )
    signer = valid[0].split()[-1].upper()
    if signer != wanted:
        raise WorkstationError(_foreign_key(signer, wanted))
    if status != 0:
        raise WorkstationError(f"The signature could not be verified: {_sentence(errors)}")
    if "GOODSIG" in reports:
        return ""
    if "EXPKEYSIG" in reports:
        return (
            f"The signature is valid, but this copy of the public key {wanted} has expired."
            " Update the collection, or set public_key to a newer copy."
        )
    raise WorkstationError(f"The signature is not valid: {', '.join(sorted(reports))}.")


def _reports(output: str) -> t.Dict[str, t.List[str]]:
    reports: t.Dict[str, t.List[str]] = {}
    for line in output.split("\n"):  # not splitlines: names of signers may contain other separators
        if line.startswith("[GNUPG:] "):
            keyword, _space, rest = line[len("[GNUPG:] ") :].partition(" ")
            reports.setdefault(keyword, []).append(rest)
    return reports


def _reject_bad(reports: t.Dict[str, t.List[str]], wanted: str) -> None:
    if "BADSIG" in reports:
        raise WorkstationError(
            "The archive does not match its signature: it was changed, is truncated, or is another file."
        )
    if "REVKEYSIG" in reports:
        raise WorkstationError(
            "The signature was made with a revoked key. Find out why it was revoked before you install."
        )
    if "EXPSIG" in reports:
        raise WorkstationError("The signature itself has expired.")
    signer = reports.get("NO_PUBKEY", [""])[0]
    if not wanted.endswith(signer):
        raise WorkstationError(_foreign_key(signer, wanted))
    if "ERRSIG" in reports:
        raise WorkstationError("The signature could not be verified. Check the clock of this host.")
    if "NODATA" in reports:
        raise WorkstationError("The signature file contains no OpenPGP signature.")


def _foreign_key(signer: str, wanted: str) -> str:
    return (
        f"The signature was made by the key {signer}, not by {wanted}. If you trust that key, for example"
        " because your mirror signs its archives itself, set public_key and fingerprint. Otherwise, do not"
        " install this archive."
    )


def _sentence(output: str) -> str:
    """What a program printed, as the end of a message."""
    text = output.strip()
    return text if text.endswith(".") else f"{text or 'no reason given'}."


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(data)
