# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that sign bundles: GnuPG accepts the signatures of the library that replaces it."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import tempfile

import pytest

from bundles import new_key
from bundles.keys import SequoiaKey


@pytest.mark.parametrize("is_changed", [False, True])
def test_signature_of_pysequoia_is_verified_by_gnupg(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, is_changed: bool
) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(b"a bundle")
    gpg = shutil.which("gpg")
    assert gpg, "this test requires gpg"
    with monkeypatch.context() as bare:
        bare.setenv("PATH", "/nonexistent")
        with new_key() as key:
            assert isinstance(key, SequoiaKey)
            signature = key.sign(bundle)
    if is_changed:
        bundle.write_bytes(b"another bundle")

    with tempfile.TemporaryDirectory() as home:  # short, for the sockets of GnuPG
        command = [gpg, "--homedir", home, "--batch", "--status-fd", "1"]
        subprocess.run(
            [*command, "--import"], input=key.public_key, text=True, check=True, capture_output=True
        )
        verified = subprocess.run(
            [*command, "--verify", str(signature), str(bundle)],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)
    signers = [line.split()[-1] for line in verified.stdout.splitlines() if " VALIDSIG " in line]
    assert signers == ([] if is_changed else [key.fingerprint])  # the primary key; its subkey signed
    assert ("BADSIG" in verified.stdout) is is_changed
