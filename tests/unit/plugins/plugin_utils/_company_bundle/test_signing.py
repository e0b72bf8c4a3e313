# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and signatures, by ssh-keygen itself."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle import signature
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.signing import (
    CompanyKey,
    public_key,
)
from support.company_bundles import key_of, new_key


def verify(directory: pathlib.Path, document: bytes, signed: bytes, key: str) -> None:
    """As laptops do."""
    for name, content in (("m", document), ("m.sig", signed)):
        (directory / name).write_bytes(content)
    (directory / "signers").write_text(signature.allowed_signers([key]))
    signature.verify(str(directory / "m"), str(directory / "m.sig"), str(directory / "signers"))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_laptops_accept_the_signature_of_each_kind_of_key(tmp_path: pathlib.Path, kind: str) -> None:
    path = new_key(tmp_path / "key", kind)
    key = CompanyKey(str(path))
    assert key.public_key == key_of(path)
    verify(tmp_path, b"{}\n", key.sign(b"{}\n", str(tmp_path)), key.public_key)


def test_laptops_refuse_another_document_and_another_key(tmp_path: pathlib.Path, key: pathlib.Path) -> None:
    own = CompanyKey(str(key))
    signed = own.sign(b"{}\n", str(tmp_path))
    with pytest.raises(WorkstationError, match="not made by a key of the company"):
        verify(tmp_path, b"{ }\n", signed, own.public_key)
    with pytest.raises(WorkstationError, match="not made by a key of the company"):
        verify(tmp_path, b"{}\n", signed, key_of(new_key(tmp_path / "other")))


def test_the_public_key_is_not_required(tmp_path: pathlib.Path) -> None:
    path = new_key(tmp_path / "key")
    expected = key_of(path)
    path.with_suffix(".pub").unlink()
    assert CompanyKey(str(path)).public_key == expected


def test_a_passphrase_is_not_asked_for(tmp_path: pathlib.Path) -> None:
    path = new_key(tmp_path / "key", passphrase="a long one")
    with pytest.raises(WorkstationError, match=rf"ssh-add {path}"):
        CompanyKey(str(path)).sign(b"{}", str(tmp_path))
    path.with_suffix(".pub").unlink()
    with pytest.raises(
        WorkstationError, match=r"has a passphrase and there is no public key .*key.pub beside"
    ):
        CompanyKey(str(path))


def test_a_key_in_the_agent_signs(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = new_key(tmp_path / "key", passphrase="a long one")
    ask = tmp_path / "ask"
    ask.write_text("#!/bin/sh\necho 'a long one'\n")
    ask.chmod(0o755)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent"))
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", tmp_path / "agent"], stdout=subprocess.PIPE)
    try:
        assert agent.stdout and agent.stdout.readline()
        environment = {**os.environ, "SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force"}
        subprocess.run(["ssh-add", "-q", path], env=environment, check=True, stdin=subprocess.DEVNULL)
        for file in (path, path.with_suffix(".pub")):
            key = CompanyKey(str(file))
            verify(tmp_path, b"{}", key.sign(b"{}", str(tmp_path)), key_of(path))
    finally:
        agent.kill()
        agent.wait()
        if agent.stdout:
            agent.stdout.close()


def test_a_key_that_others_can_read_does_not_sign(tmp_path: pathlib.Path) -> None:
    path = new_key(tmp_path / "key")
    path.chmod(0o644)
    with pytest.raises(WorkstationError, match="could not sign the manifest"):
        CompanyKey(str(path)).sign(b"{}", str(tmp_path))


def test_no_key(tmp_path: pathlib.Path) -> None:
    with pytest.raises(WorkstationError, match=r"There is no key .*key\. Create one with: ssh-keygen"):
        CompanyKey(str(tmp_path / "key"))
    (tmp_path / "key").write_text("something else\n")
    with pytest.raises(WorkstationError, match="is not the private key of ssh-keygen"):
        CompanyKey(str(tmp_path / "key"))


def test_no_ssh_keygen(tmp_path: pathlib.Path, key: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = CompanyKey(str(key))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkstationError, match="Install the OpenSSH client on the controller"):
        found.sign(b"{}", str(tmp_path))


class TestPublicKeys:
    def test_a_line_or_a_file(self, key: pathlib.Path) -> None:
        expected, file = key_of(key), key.with_suffix(".pub")
        for text in (expected, f"{expected} a comment\n", file.read_text(), str(file)):
            assert public_key(text) == expected

    def test_others(self, key: pathlib.Path, tmp_path: pathlib.Path) -> None:
        with pytest.raises(WorkstationError, match=r"suffix \.pub"):
            public_key(str(key))
        for text in ("x", str(tmp_path / "no"), "ssh-ed25519", 'cert-authority ssh-ed25519 "', "\0"):
            with pytest.raises(WorkstationError, match="next_keys must contain public keys"):
                public_key(text)
        with pytest.raises(WorkstationError, match="of the type ssh-dss"):
            public_key("ssh-dss " + "A" * 40)
