# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures as gpgv and gpg judge them, with keys of every kind and with AWS's own."""

from __future__ import annotations

import hashlib
import pathlib
import shutil
import struct
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.public_key import (
    FINGERPRINT,
    PUBLIC_KEY,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.signature import (
    Verified,
    Verifier,
    binary_key,
    judge,
    read_key,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from bundles import SigningKey, new_key
from bundles.keys import GnupgKey
from support.scratch_host import run_program

AWS_SIGNATURE = pathlib.Path(__file__).with_name("awscli-exe-linux-x86_64-2.36.6.zip.sig")
DATA = b"what was signed"


@pytest.fixture(params=["gpgv", "gpg"])
def find_program(request: pytest.FixtureRequest) -> t.Callable[[str], t.Optional[str]]:
    """A host that has one of the two programs only."""
    return lambda name: shutil.which(name) if name == request.param else None


class Check:
    """A signed file, checked with one program."""

    def __init__(self, directory: pathlib.Path, find_program: t.Callable[[str], t.Optional[str]]) -> None:
        self.scratch = directory / "scratch"
        self.scratch.mkdir(mode=0o700)
        self.file = directory / "signed file"
        self.file.write_bytes(DATA)
        self._find_program = find_program

    def verify(self, key: SigningKey, fingerprint: str = "", public_key: str = "") -> Verified:
        signature = self.file.with_name(self.file.name + ".sig")
        if not signature.exists():
            key.sign(self.file)
        return self.verify_signature(signature, public_key or key.public_key, fingerprint or key.fingerprint)

    def verify_signature(self, signature: pathlib.Path, public_key: str, fingerprint: str) -> Verified:
        verifier = Verifier(public_key.encode(), fingerprint, run_program, self._find_program)
        return verifier.verify(str(self.file), str(signature), str(self.scratch))


@pytest.fixture
def check(tmp_path: pathlib.Path, find_program: t.Callable[[str], t.Optional[str]]) -> Check:
    return Check(tmp_path, find_program)


def test_good_signature(check: Check, signing_key: SigningKey, find_program: t.Any) -> None:
    program = "gpgv" if find_program("gpgv") else "gpg"
    assert check.verify(signing_key) == Verified(program, "")


def test_fingerprint_as_people_print_it(check: Check, signing_key: SigningKey) -> None:
    fingerprint = signing_key.fingerprint.lower()
    blocks = " ".join(fingerprint[start : start + 4] for start in range(0, 40, 4))
    assert check.verify(signing_key, fingerprint=blocks).warning == ""


def test_changed_data(check: Check, signing_key: SigningKey) -> None:
    signing_key.sign(check.file)
    check.file.write_bytes(DATA + b"!")
    with pytest.raises(WorkstationError, match="not what was signed"):
        check.verify(signing_key)


def test_key_that_is_not_known(check: Check, signing_key: SigningKey) -> None:
    with new_key() as stranger:
        stranger.sign(check.file)
        with pytest.raises(
            WorkstationError, match=f"{stranger.fingerprint[-16:]}, not by {signing_key.fingerprint}"
        ):
            check.verify(signing_key)


def test_key_in_the_ring_with_another_fingerprint(check: Check, signing_key: SigningKey) -> None:
    with new_key() as stranger:
        stranger.sign(check.file)
        both = signing_key.public_key + stranger.public_key
        with pytest.raises(WorkstationError, match=f"by the key {stranger.fingerprint}, not by"):
            check.verify(signing_key, public_key=both)


def test_revoked_key(check: Check) -> None:
    with new_key() as key:
        assert isinstance(key, GnupgKey)
        key.sign(check.file)
        key.revoke()
        with pytest.raises(WorkstationError, match="its owner has revoked"):
            check.verify(key)


def test_copy_of_the_key_that_has_expired(check: Check) -> None:
    with new_key(created="20200101T000000", expires="1d") as key:
        assert "has expired: update the collection" in check.verify(key).warning


def test_signature_of_several_keys(check: Check, signing_key: SigningKey, tmp_path: pathlib.Path) -> None:
    with new_key() as other:
        first = signing_key.sign(check.file).read_bytes()
        second = other.sign(check.file).read_bytes()
        (tmp_path / "signed file.sig").write_bytes(first + second)
        both = signing_key.public_key + other.public_key
        with pytest.raises(WorkstationError):
            check.verify(signing_key, public_key=both)


@pytest.mark.parametrize(
    "content", [b"", b"<html>Not Found</html>", b"\x00\xff" * 100], ids=["empty", "html", "binary"]
)
def test_file_that_is_no_signature(
    check: Check, signing_key: SigningKey, content: bytes, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "signed file.sig").write_bytes(content)
    with pytest.raises(WorkstationError):
        check.verify(signing_key)


def test_clock_before_the_key_was_made(check: Check) -> None:
    """WSL's clock may be off after a sleep; the verifier then sees a key from the future."""
    with new_key(created="20500101T000000") as key, pytest.raises(WorkstationError, match="is the clock"):
        check.verify(key)


def test_no_verifier(tmp_path: pathlib.Path, signing_key: SigningKey) -> None:
    with pytest.raises(WorkstationError, match=r"gpgv \(Debian, Ubuntu\), gnupg2 \(Fedora"):
        Check(tmp_path, lambda _name: None).verify(signing_key)


# the key of the AWS CLI team


def test_real_signature_of_aws_is_attributed_to_the_shipped_key(check: Check) -> None:
    """Over other data it is a bad signature by that key, and not one by a stranger."""
    status, output, _errors = run_gpgv_with_the_shipped_key(check)
    assert status == 1
    assert f"[GNUPG:] BADSIG {FINGERPRINT[-16:]} AWS CLI Team <aws-cli@amazon.com>" in output.splitlines()
    with pytest.raises(WorkstationError, match="not what was signed"):
        check.verify_signature(AWS_SIGNATURE, PUBLIC_KEY, FINGERPRINT)


def run_gpgv_with_the_shipped_key(check: Check) -> t.Tuple[int, str, str]:
    keyring = check.scratch / "aws.gpg"
    keyring.write_bytes(binary_key(PUBLIC_KEY.encode()))
    return run_program(
        ["gpgv", "--keyring", str(keyring), "--status-fd", "1", str(AWS_SIGNATURE), str(check.file)]
    )


SHA512_OF_DER = bytes.fromhex("3051300d060960864801650304020305000440")


def test_shipped_key_opens_the_real_signature_of_aws() -> None:
    """Only the owner of the key can have made a number that its public half opens to a padded SHA-512."""
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


# keys as options give them


def test_armor_is_removed_as_gnupg_does(signing_key: SigningKey) -> None:
    armored = signing_key.public_key
    packets = binary_key(armored.encode())
    assert packets[0] & 0x80
    assert binary_key(packets) == packets
    assert binary_key(armored.replace("\n", "\r\n").encode()) == packets
    assert binary_key(f"To whom it may concern:\n\n{armored}\nRegards\n".encode()) == packets
    assert binary_key(armored.replace("\n", "\nComment: a header\n", 1).encode()) == packets
    assert binary_key((armored + armored).encode()) == packets * 2


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"<html>Not Found</html>",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBF2",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!!\n-----END PGP PUBLIC KEY BLOCK-----\n",
    ],
    ids=["empty", "html", "cut off", "not base64"],
)
def test_key_that_is_none(key: bytes) -> None:
    with pytest.raises(WorkstationError):
        binary_key(key)


def test_key_by_its_path(tmp_path: pathlib.Path, signing_key: SigningKey) -> None:
    path = tmp_path / "key.asc"
    path.write_text(signing_key.public_key)
    assert read_key(str(path)) == read_key(signing_key.public_key) == signing_key.public_key.encode()
    with pytest.raises(WorkstationError, match=r"missing\.asc"):
        read_key(str(tmp_path / "missing.asc"))


# status lines that no key at hand produces


def test_expired_signature() -> None:
    with pytest.raises(WorkstationError, match="signature itself has expired"):
        judge(0, status_lines("EXPSIG 1234 someone", f"VALIDSIG {FINGERPRINT} {FINGERPRINT}"), FINGERPRINT)


def test_exit_code_counts_too() -> None:
    with pytest.raises(WorkstationError, match="could not be checked: out of memory"):
        judge(
            2,
            status_lines("GOODSIG 1234 x", f"VALIDSIG {FINGERPRINT} {FINGERPRINT}"),
            FINGERPRINT,
            "out of memory",
        )


def test_success_without_a_good_signature() -> None:
    with pytest.raises(WorkstationError, match="not found good"):
        judge(0, status_lines(f"VALIDSIG {FINGERPRINT} {FINGERPRINT}"), FINGERPRINT)


def test_name_of_a_signer_cannot_pose_as_a_status_line() -> None:
    with pytest.raises(WorkstationError, match="0 valid signatures"):
        judge(0, f"[GNUPG:] GOODSIG 1234 x\u2028[GNUPG:] VALIDSIG {FINGERPRINT}\n", FINGERPRINT)


def status_lines(*lines: str) -> str:
    return "".join(f"[GNUPG:] {line}\n" for line in lines)
