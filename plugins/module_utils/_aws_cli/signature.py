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
import shutil
import tempfile
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
_SHORT_DIRECTORY = "/tmp"
"""Where gpg has its home directory, in whose path it allows about 80 bytes for the names of sockets."""
_KEYBOX_DAEMON = re.compile(r"keyboxd|keybox daemon", re.IGNORECASE)
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
    """A valid signature: the program that verified it, and a warning about the key, if any.

    *fingerprint* is that of the key, and *signed_at* the time of the signature, in seconds since 1970.
    """

    program: str
    warning: str = ""
    fingerprint: str = ""
    signed_at: int = 0


@dataclass
class Verifier:
    """Verifies detached signatures with *public_keys*, of which only those with *fingerprints* count.

    *warning* is one about the keys, for signatures that are valid.
    """

    public_keys: t.Sequence[bytes]
    fingerprints: t.Sequence[str]
    run: RunCommand
    find_program: FindProgram
    warning: str = ""

    def verify(self, signed: str, signature: str, scratch: str) -> Verified:
        """Verify that a pinned key signed the file *signed*; *scratch* is a private directory for keyrings.

        Where gpgv cannot decide, gpg does: the gpgv of Sequoia requires a self-signature that is not newer
        than the signature. Raises WorkstationError.
        """
        keyring = os.path.join(scratch, "key.gpg")
        _write(keyring, b"".join(map(binary_key, self.public_keys)))
        gpgv, gpg = self.find_program("gpgv"), self.find_program("gpg")
        if not gpgv and not gpg:
            raise WorkstationError(
                "The signature of the AWS CLI cannot be verified, because neither gpgv nor gpg is installed."
                " Install the package gpgv (Debian, Ubuntu), gnupg2 (Fedora, RHEL), gpg2 (SUSE) or gnupg"
                " (Arch, Alpine)."
            )
        if gpgv:
            options = ["--homedir", scratch, "--keyring", keyring, "--status-fd", "1"]
            result = self._start([gpgv, *options, signature, signed])
            if not gpg or is_decided(result[1]):
                return self._judged("gpgv", result)
        return self._judged("gpg", self._run_gpg(str(gpg), keyring, signed, signature))

    def _judged(self, program: str, result: t.Tuple[int, str, str]) -> Verified:
        verified = judge(*result, self.fingerprints, b"".join(map(binary_key, self.public_keys)))
        verified.program = program
        verified.warning = verified.warning or self.warning
        return verified

    def _start(self, command: t.List[str]) -> t.Tuple[int, str, str]:
        try:
            return self.run(command)
        except OSError as error:
            return 127, "", f"{command[0]} cannot be started: {error.strerror}"

    def _run_gpg(self, gpg: str, keyring: str, signed: str, signature: str) -> t.Tuple[int, str, str]:
        home = tempfile.mkdtemp(
            prefix="aws_sso-", dir=_SHORT_DIRECTORY if os.path.isdir(_SHORT_DIRECTORY) else None
        )
        options = ["--homedir", home, "--batch", "--no-tty", "--no-auto-key-retrieve"]
        isolated = [gpg, *options, "--no-autostart"]
        try:
            status, _output, errors = self._start([*isolated, "--import", keyring])
            if status != 0 and _KEYBOX_DAEMON.search(errors):  # /etc/gnupg/common.conf has use-keyboxd
                isolated = [gpg, *options]
                self._start([*isolated, "--import", keyring])  # fails for another reason without gpg-agent
            elif status != 0:
                raise WorkstationError(f"gpg could not import the public key: {_sentence(errors)}")
            return self._start([*isolated, "--status-fd", "1", "--verify", signature, signed])
        finally:
            gpgconf = self.find_program("gpgconf")
            if gpgconf and "--no-autostart" not in isolated:
                self._start([gpgconf, "--homedir", home, "--kill", "all"])
            shutil.rmtree(home, ignore_errors=True)


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


def is_decided(output: str) -> bool:
    """Whether the status lines in *output* say more than that the signature could not be verified."""
    return bool({"GOODSIG", "VALIDSIG", "BADSIG", "NO_PUBKEY", "NODATA"} & _reports(output).keys())


def judge(
    status: int, output: str, errors: str, fingerprints: t.Sequence[str], keyring: bytes = b""
) -> Verified:
    """Judge a signature by the exit code, the status lines and the errors of gpg or gpgv.

    *keyring* has the keys that were used. Raises WorkstationError.
    """
    reports = _reports(output)
    wanted = [normalized_fingerprint(fingerprint) for fingerprint in fingerprints]
    _reject_bad(reports, _sentence(errors))
    _reject_undecided(reports, wanted, _sentence(errors), keyring)
    valid = reports.get("VALIDSIG", [])
    if len(valid) != 1:
        raise WorkstationError(
            f"The signature file must contain one valid signature, not {len(valid)}: {_sentence(errors)}"
        )
    fields = valid[0].split()
    signer = fields[-1].upper()
    if signer not in wanted:
        raise WorkstationError(_foreign_key(signer, wanted))
    if status != 0:
        raise WorkstationError(f"The signature could not be verified: {_sentence(errors)}")
    if "GOODSIG" not in reports and "EXPKEYSIG" not in reports:
        raise WorkstationError(f"The signature is not valid: {', '.join(sorted(reports))}.")
    warning = (
        ""
        if "GOODSIG" in reports
        else (
            f"The signature is valid, but this copy of the public key {signer} has expired."
            " Update the collection, or set public_key to a newer copy."
        )
    )
    return Verified("", warning, signer, int(fields[2]) if len(fields) > 2 and fields[2].isdigit() else 0)


def _reports(output: str) -> t.Dict[str, t.List[str]]:
    reports: t.Dict[str, t.List[str]] = {}
    for line in output.split("\n"):  # not splitlines: names of signers may contain other separators
        if line.startswith("[GNUPG:] "):
            keyword, _space, rest = line[len("[GNUPG:] ") :].partition(" ")
            reports.setdefault(keyword, []).append(rest)
    return reports


def _reject_bad(reports: t.Dict[str, t.List[str]], words: str) -> None:
    if "BADSIG" in reports:
        raise WorkstationError(
            "The archive does not match its signature: it was changed, is truncated, or is another file."
            f" ({words})"
        )
    if "REVKEYSIG" in reports:
        raise WorkstationError(
            "The signature was made with a revoked key. Find out why it was revoked before you install."
        )
    if "EXPSIG" in reports:
        raise WorkstationError("The signature itself has expired.")


def _reject_undecided(
    reports: t.Dict[str, t.List[str]], wanted: t.Sequence[str], words: str, keyring: bytes
) -> None:
    if "NO_PUBKEY" in reports:
        signer = (reports["NO_PUBKEY"][0].split() or [""])[0].upper()
        known = next((fingerprint for fingerprint in wanted if fingerprint.endswith(signer)), "")
        if not known:
            raise WorkstationError(_foreign_key(signer, wanted))
        if bytes.fromhex(known[-16:]) not in keyring:
            raise WorkstationError(
                f"The signature was made by the key {known}, which fingerprint allows, but public_key does"
                " not contain that key. Set public_key to it."
            )
    if "NODATA" in reports:
        raise WorkstationError("The signature file contains no OpenPGP signature.")
    if {"ERRSIG", "NO_PUBKEY"} & reports.keys() or not reports:
        raise WorkstationError(
            f"The signature could not be verified: {words} Check the clock of this host. If public_key is"
            " set, it must contain all self-signatures of the key, or gpg must be installed."
        )


def _foreign_key(signer: str, wanted: t.Sequence[str]) -> str:
    return (
        f"The signature was made by the key {signer}, not by {' or '.join(wanted)}. If you trust that key,"
        " for example because your mirror signs its archives itself, set public_key and fingerprint."
        " Otherwise, do not install this archive."
    )


def _sentence(output: str) -> str:
    """What a program printed, on one line, as the end of a message."""
    text = " ".join(output.split())
    return text if text.endswith(".") else f"{text or 'no reason given'}."


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(data)
