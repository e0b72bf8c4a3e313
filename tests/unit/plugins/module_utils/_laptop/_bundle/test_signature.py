# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures: only those of the company's keys, and only those made for bundles."""

from __future__ import annotations

import pathlib
import subprocess

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.errors import Refused
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.signature import (
    NAMESPACE,
    allowed_signers,
    signer_keys,
    verify,
)
from support.published_bundle import Key


@pytest.fixture
def signed(tmp_path: pathlib.Path, company_key: Key) -> pathlib.Path:
    path = tmp_path / "manifest.json"
    path.write_bytes(b"the manifest" * 1000)
    company_key.sign(path)
    return path


def verify_by(path: pathlib.Path, signers: str) -> None:
    file = path.with_name("signers")
    file.write_text(signers)
    verify(str(path), f"{path}.sig", str(file))


def test_a_signature_of_the_company_is_valid(signed: pathlib.Path, company_key: Key) -> None:
    verify_by(signed, company_key.allowed_signers)


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_other_kinds_of_keys_are_valid(signed: pathlib.Path, kind: str) -> None:
    key = signed.with_name(kind)
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(key)], check=True)
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    signed.with_name("manifest.json.sig").unlink()
    sign = ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(key), str(signed)]
    subprocess.run(sign, check=True, stderr=subprocess.DEVNULL)
    verify_by(signed, allowed_signers([public]))


def test_one_of_several_keys_is_enough(signed: pathlib.Path, company_key: Key) -> None:
    other = Key(signed.parent, "other")
    verify_by(signed, allowed_signers([other.public, company_key.public]))


def test_other_signatures_are_refused(signed: pathlib.Path, company_key: Key) -> None:
    other = Key(signed.parent, "other")
    with pytest.raises(Refused, match="not made by a key") as error:
        verify_by(signed, other.allowed_signers)
    assert "run setup.sh again" in error.value.fix
    company_key.sign(signed, "git")
    with pytest.raises(Refused):
        verify_by(signed, company_key.allowed_signers)
    company_key.sign(signed)
    signed.write_bytes(signed.read_bytes() + b" ")
    with pytest.raises(Refused):
        verify_by(signed, company_key.allowed_signers)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN SSH SIGNATURE-----\n", b"\0" * 100])
def test_what_is_no_signature_is_refused(signed: pathlib.Path, company_key: Key, content: bytes) -> None:
    signed.with_name("manifest.json.sig").write_bytes(content)
    with pytest.raises(Refused):
        verify_by(signed, company_key.allowed_signers)


def test_a_missing_or_old_ssh_keygen_is_named(
    signed: pathlib.Path, company_key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = signed.with_name("bin")
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(WorkstationError, match="ssh-keygen is missing"):
        verify_by(signed, company_key.allowed_signers)
    old = programs / "ssh-keygen"
    old.write_text("#!/bin/sh\necho 'unknown option -- Y' >&2\nexit 1\n")
    old.chmod(0o755)
    with pytest.raises(WorkstationError, match=r"OpenSSH 8\.2"):
        verify_by(signed, company_key.allowed_signers)


def test_the_keys_of_a_file_are_those_that_were_written() -> None:
    keys = ["ssh-ed25519 AAAA", "sk-ssh-ed25519@openssh.com BBBB"]
    assert signer_keys(allowed_signers(keys)) == keys
    assert signer_keys("# of acme\n\ncompany ssh-ed25519 AAAA key of the company\n") == ["ssh-ed25519 AAAA"]


@pytest.mark.parametrize(
    "text", ["", "# no\n", "* ssh-ed25519 AAAA\n", "company cert-authority ssh-rsa A\n", "<html>"]
)
def test_other_files_of_signers_are_refused(text: str) -> None:
    with pytest.raises(WorkstationError, match="allowed signers"):
        signer_keys(text)
