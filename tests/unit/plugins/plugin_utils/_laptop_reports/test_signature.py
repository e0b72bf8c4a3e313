# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures, beside those of ssh-keygen."""

from __future__ import annotations

import base64
import pathlib
import struct
import subprocess

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._laptop_reports.signature import (
    SignatureError,
    key_fingerprint,
    verify,
)
from support.laptop_reports import LaptopKey, packed

NAMESPACE = "laptop-report@workstation.aws_sso"
DATA = b"what is signed"


def run(*command: str | pathlib.Path) -> str:
    return subprocess.run(
        [*map(str, command)], check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL
    ).stdout


def ssh_key(directory: pathlib.Path, kind: str = "ed25519") -> tuple[pathlib.Path, str]:
    path = directory / f"key-{kind}"
    run("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path)
    return path, " ".join(path.with_suffix(".pub").read_text().split()[:2])


def ssh_signature(key: pathlib.Path, namespace: str = NAMESPACE, *options: str) -> str:
    path = key.with_name("data")
    path.write_bytes(DATA)
    path.with_suffix(".sig").unlink(missing_ok=True)
    run("ssh-keygen", "-Y", "sign", "-n", namespace, *options, "-f", key, path)
    return path.with_suffix(".sig").read_text()


def refusal(signature: str, key: str, data: bytes = DATA) -> str:
    with pytest.raises(SignatureError) as raised:
        verify(data, signature, key, NAMESPACE)
    return str(raised.value)


@pytest.mark.parametrize("options", [(), ("-O", "hashalg=sha256")])
def test_signatures_of_ssh_keygen_are_valid(tmp_path: pathlib.Path, options: tuple[str, ...]) -> None:
    path, public = ssh_key(tmp_path)
    signature = ssh_signature(path, NAMESPACE, *options)
    verify(DATA, signature, public, NAMESPACE)
    assert refusal(signature, public, DATA + b".") == "The signature is not valid."
    assert key_fingerprint(public) == run("ssh-keygen", "-lf", path).split()[1]


def test_other_keys_and_purposes_are_refused(tmp_path: pathlib.Path) -> None:
    path, public = ssh_key(tmp_path)
    assert refusal(ssh_signature(path), LaptopKey("other").public) == "The signature is by another key."
    assert refusal(ssh_signature(path, "file"), public) == "The signature is one for another purpose."
    rsa, public_rsa = ssh_key(tmp_path, "rsa")
    assert "of the type ssh-ed25519" in refusal(ssh_signature(rsa), public_rsa)


def test_the_keys_of_the_tests_are_those_of_ssh_keygen(tmp_path: pathlib.Path) -> None:
    key, signature = LaptopKey("a"), tmp_path / "signature"
    signature.write_text(key.sign(DATA))
    (tmp_path / "allowed").write_text(f"a {key.public}\n")
    command = ["ssh-keygen", "-Y", "verify", "-f", str(tmp_path / "allowed"), "-I", "a", "-n", NAMESPACE]
    subprocess.run([*command, "-s", str(signature)], check=True, input=DATA, capture_output=True)


@pytest.mark.parametrize("key", ["", "ssh-ed25519", "ssh-ed25519 !", "ssh-rsa AAAA", "ssh-ed25519 AAAA"])
def test_what_is_no_key(key: str) -> None:
    assert refusal(LaptopKey("a").sign(DATA), key)


def test_a_key_has_one_text_only() -> None:
    key = LaptopKey("a")
    for variant in (f"{key.public}\n", f"{key.public} comment", key.public.replace(" ", "  ")):
        assert "of the type ssh-ed25519" in refusal(key.sign(DATA), variant)


def armored(blob: bytes) -> str:
    return f"-----BEGIN SSH SIGNATURE-----\n{base64.b64encode(blob).decode()}\n-----END SSH SIGNATURE-----"


def test_no_truncated_or_changed_signature_is_valid() -> None:
    key = LaptopKey("a")
    blob = base64.b64decode("".join(key.sign(DATA).splitlines()[1:-1]))
    verify(DATA, armored(blob), key.public, NAMESPACE)
    for position in range(len(blob)):
        assert refusal(armored(blob[:position]), key.public)
        changed = bytes([blob[position] ^ 1])
        assert refusal(armored(blob[:position] + changed + blob[position + 1 :]), key.public)
    assert refusal(armored(blob + b"\0"), key.public)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        armored(b""),
        armored(b"SSHSIG"),
        armored(b"SSHSIG" + struct.pack(">II", 1, 0xFFFFFFFF)),
        armored(b"SSHSIG" + struct.pack(">I", 2)),
        armored(b"x" * 100_000),
        armored(b"SSHSIG" + struct.pack(">I", 1) + 5 * packed(b"")),
        "-----BEGIN SSH SIGNATURE-----\n\u0660\n-----END SSH SIGNATURE-----",
    ],
)
def test_what_is_no_signature(signature: str) -> None:
    assert refusal(signature, LaptopKey("a").public)
