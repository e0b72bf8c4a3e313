# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AWS CLI team's public key: its fingerprint, and a real signature that it verifies."""

from __future__ import annotations

import base64
import datetime
import hashlib
import pathlib
import struct
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.public_key import (
    EXPIRES,
    FINGERPRINT,
    PUBLIC_KEY,
    expiry_warning,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.signature import binary_key

AWS_SIGNATURE = pathlib.Path(__file__).with_name("awscli-exe-linux-x86_64-2.36.6.zip.sig")
SHA512_OF_DER = bytes.fromhex("3051300d060960864801650304020305000440")


def test_shipped_key_verifies_a_real_signature_of_aws() -> None:
    """Only the private key can create a number that the public key turns into a padded SHA-512 digest."""
    modulus, exponent = rsa_key(binary_key(PUBLIC_KEY.encode()))
    hash_start, signature = rsa_signature(AWS_SIGNATURE.read_bytes())
    opened = pow(signature, exponent, modulus).to_bytes(512, "big")

    padding, _zero, digest_info = opened[2:].partition(b"\0")
    assert opened[:2] == b"\x00\x01"
    assert set(padding) == {0xFF}
    assert digest_info.startswith(SHA512_OF_DER)
    assert digest_info[len(SHA512_OF_DER) :][:2] == hash_start
    assert len(digest_info) == len(SHA512_OF_DER) + 64


def packet_body(data: bytes, tag: int) -> bytes:
    """The body of the first OpenPGP packet, which must be of kind *tag* (RFC 9580, 4.2)."""
    assert data[0] & 0x80
    if data[0] & 0x40:
        assert data[0] & 0x3F == tag
        assert 192 <= data[1] < 224
        length = ((data[1] - 192) << 8) + data[2] + 192
        return data[3 : 3 + length]
    assert (data[0] >> 2) & 0xF == tag
    assert data[0] & 3 == 1
    return data[3 : 3 + struct.unpack(">H", data[1:3])[0]]


def multiprecision(data: bytes) -> t.Tuple[int, bytes]:
    octets = (struct.unpack(">H", data[:2])[0] + 7) // 8
    return int.from_bytes(data[2 : 2 + octets], "big"), data[2 + octets :]


def rsa_key(key: bytes) -> t.Tuple[int, int]:
    body = packet_body(key, tag=6)
    assert (body[0], body[5]) == (4, 1)  # version 4, RSA
    modulus, rest = multiprecision(body[6:])
    return modulus, multiprecision(rest)[0]


def rsa_signature(signature: bytes) -> t.Tuple[bytes, int]:
    """The first two octets of the hash, which the packet states, and the signature's number."""
    body = packet_body(signature, tag=2)
    assert (body[0], body[2], body[3]) == (4, 1, 10)  # version 4, RSA, SHA-512
    hashed = 4 + 2 + struct.unpack(">H", body[4:6])[0]
    unhashed = hashed + 2 + struct.unpack(">H", body[hashed : hashed + 2])[0]
    return body[unhashed : unhashed + 2], multiprecision(body[unhashed + 2 :])[0]


def test_shipped_key_has_the_pinned_fingerprint() -> None:
    body = packet_body(binary_key(PUBLIC_KEY.encode()), tag=6)
    assert hashlib.sha1(b"\x99" + struct.pack(">H", len(body)) + body).hexdigest().upper() == FINGERPRINT


def packets(data: bytes) -> t.Iterator[t.Tuple[int, bytes]]:
    """The tags and bodies of packets of the legacy format (RFC 9580, 4.2.2)."""
    while data:
        assert data[0] & 0xC0 == 0x80
        size = (1, 2, 4)[data[0] & 3]
        end = 1 + size + int.from_bytes(data[1 : 1 + size], "big")
        yield data[0] >> 2 & 0xF, data[1 + size : end]
        data = data[end:]


def self_signature(body: bytes) -> t.Tuple[datetime.datetime, datetime.datetime]:
    """When a self-signature was created, and when the key expires according to it."""
    hashed, found = body[6 : 6 + struct.unpack(">H", body[4:6])[0]], {}
    while hashed:
        found[hashed[1]] = hashed[2 : hashed[0] + 1]
        hashed = hashed[hashed[0] + 1 :]
    created, lifetime = (struct.unpack(">I", found[number])[0] for number in (2, 9))
    utc = datetime.timezone.utc
    return (
        datetime.datetime.fromtimestamp(created, utc),
        datetime.datetime.fromtimestamp(KEY_CREATED + lifetime, utc),
    )


KEY_CREATED = 1568845749


def test_shipped_key_has_self_signatures_for_each_day_since_its_creation() -> None:
    """Sequoia's gpgv requires one that was valid when AWS signed the archive."""
    found = [self_signature(body) for tag, body in packets(binary_key(PUBLIC_KEY.encode())) if tag == 2]
    assert len(found) == 5
    covered = datetime.datetime.fromtimestamp(KEY_CREATED, datetime.timezone.utc)
    for created, expires in sorted(found):
        assert created <= covered < expires
        covered = expires
    assert covered == EXPIRES


def test_armor_of_the_shipped_key_has_its_checksum() -> None:
    checksum = 0xB704CE
    for byte in binary_key(PUBLIC_KEY.encode()):
        checksum ^= byte << 16
        for _bit in range(8):
            checksum = checksum << 1 ^ (0x1864CFB if checksum & 0x800000 else 0)
    assert f"\n={base64.b64encode(checksum.to_bytes(3, 'big')).decode()}\n-----END" in PUBLIC_KEY


@pytest.mark.parametrize(
    ("days", "warns"), [(-400, False), (-61, False), (-59, True), (-1, True), (1, False), (400, False)]
)
def test_expiry_is_a_warning_sixty_days_before(
    days: int, warns: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Afterwards, the program that verifies signatures reports it."""
    now = EXPIRES + datetime.timedelta(days=days)
    monkeypatch.setattr(time, "time", now.timestamp)
    assert bool(expiry_warning()) == warns
    if warns:
        assert "expires on 2027-07-01. Update the collection, or set public_key" in expiry_warning()
