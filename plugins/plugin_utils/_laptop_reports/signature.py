# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures of ssh-keygen, verified without it: a process for each of 5,000 reports would take minutes.

PRIVATE to the collection. The format is that of https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
import typing as t

from ...module_utils._errors import WorkstationError

KEY_TYPE = "ssh-ed25519"

_BEGIN = "-----BEGIN SSH SIGNATURE-----"
_END = "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG"
_VERSION = 1
_LARGEST = 4096
"""Characters of a signature; one by an Ed25519 key has about 300."""
_HASHES: dict[bytes, t.Callable[[bytes], t.Any]] = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}


class SignatureError(WorkstationError):
    """A signature or key that is not valid; str() is the reason, as a sentence."""


def key_fingerprint(key: str) -> str:
    """The fingerprint of the public *key*, as ssh-keygen -l shows it."""
    digest = hashlib.sha256(_key_blob(key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def verify(data: bytes, signature: str, key: str, namespace: str) -> None:
    """Raises SignatureError unless *signature* is one of *data* by the public *key*."""
    fields = _Fields(_unarmored(signature))
    if fields.take(len(_MAGIC)) != _MAGIC or fields.number() != _VERSION:
        raise SignatureError("The signature is not one of ssh-keygen.")
    blob, its_namespace, reserved, algorithm, signed = (fields.string() for _field in range(5))
    fields.require_end()
    expected = _key_blob(key)
    if blob != expected:
        raise SignatureError("The signature is by another key.")
    if its_namespace != namespace.encode() or algorithm not in _HASHES:
        raise SignatureError("The signature is one for another purpose.")
    digest = _HASHES[algorithm](data).digest()
    message = _MAGIC + b"".join(map(_packed, (its_namespace, reserved, algorithm, digest)))
    _verify_ed25519(message, _part(signed, 64), _part(expected, 32))


def _verify_ed25519(message: bytes, signature: bytes, key: bytes) -> None:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        raise SignatureError("The signature is not valid.") from None
    except UnsupportedAlgorithm:
        raise WorkstationError(
            "The cryptography library of the controller's Python does not support Ed25519 signatures. Run the"
            " playbook on a machine that is not in FIPS mode."
        ) from None


def _key_blob(key: str) -> bytes:
    kind, _space, text = key.partition(" ")
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        blob = b""
    if kind != KEY_TYPE or base64.b64encode(blob).decode() != text:
        raise SignatureError(f"The key is not a public key of the type {KEY_TYPE}.")
    _part(blob, 32)
    return blob


def _part(blob: bytes, size: int) -> bytes:
    """The only part of a key or signature, after the name of its type."""
    fields = _Fields(blob)
    kind, part = fields.string(), fields.string()
    fields.require_end()
    if kind != KEY_TYPE.encode() or len(part) != size:
        raise SignatureError(f"The key is not a public key of the type {KEY_TYPE}.")
    return part


def _unarmored(signature: str) -> bytes:
    lines = signature.strip().splitlines()
    if len(signature) > _LARGEST or len(lines) < 3 or (lines[0], lines[-1]) != (_BEGIN, _END):
        raise SignatureError("The signature is not one of ssh-keygen.")
    try:
        return base64.b64decode("".join(lines[1:-1]), validate=True)
    except (binascii.Error, ValueError):
        raise SignatureError("The signature is not one of ssh-keygen.") from None


def _packed(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


class _Fields:
    """Reads the fields of a signature or key one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._position = 0

    def take(self, size: int) -> bytes:
        part = self._data[self._position : self._position + size]
        if len(part) != size:
            raise SignatureError("The signature or key is truncated.")
        self._position += size
        return part

    def number(self) -> int:
        return int(struct.unpack(">I", self.take(4))[0])

    def string(self) -> bytes:
        return self.take(self.number())

    def require_end(self) -> None:
        if self._position != len(self._data):
            raise SignatureError("The signature or key is followed by other data.")
