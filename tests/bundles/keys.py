# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Temporary OpenPGP keys, generated with GnuPG, or with pysequoia where GnuPG is not installed."""

from __future__ import annotations

import contextlib
import importlib
import pathlib
import shutil
import subprocess
import tempfile
from typing import Iterator, List, Optional, Union

PathLike = Union[str, pathlib.Path]

OWNER = "Throw-away key of a test <test@example.com>"


class SigningKey:
    """A key pair that signs files; *public_key* is armored."""

    fingerprint: str
    public_key: str

    def sign(self, path: PathLike) -> pathlib.Path:
        """Write the detached signature of *path* beside it, with .sig added, and return its path."""
        raise NotImplementedError


@contextlib.contextmanager
def new_key(created: Optional[str] = None, expires: str = "never") -> Iterator[SigningKey]:
    """A key that exists within the context.

    *created* (such as 20200101T000000) and *expires* (such as 1d) require GnuPG.
    """
    if shutil.which("gpg"):
        home = tempfile.mkdtemp(prefix="gpg-")  # short, because it contains sockets
        try:
            yield GnupgKey(home, created, expires)
        finally:
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)
            shutil.rmtree(home, ignore_errors=True)
    else:
        yield SequoiaKey()


class GnupgKey(SigningKey):
    def __init__(self, home: str, created: Optional[str], expires: str) -> None:
        self._home = home
        # "!" stops the clock, so that signatures are not older than the key
        self._clock = ["--faked-system-time", f"{created}!"] if created else []
        self._gpg(*self._clock, "--passphrase", "", "--quick-generate-key", OWNER, "ed25519", "sign", expires)
        listing = self._gpg("--with-colons", "--list-keys").decode()
        self.fingerprint = next(line.split(":")[9] for line in listing.splitlines() if line.startswith("fpr"))
        self.public_key = self._exported()

    def sign(self, path: PathLike) -> pathlib.Path:
        signature = pathlib.Path(f"{path}.sig")
        self._gpg(*self._clock, "--yes", "--output", str(signature), "--detach-sign", str(path))
        return signature

    def revoke(self) -> None:
        """Add the revocation to the public key."""
        certificate = pathlib.Path(self._home, "openpgp-revocs.d", f"{self.fingerprint}.rev")
        self._gpg("--import", data=certificate.read_text().replace(":---", "---").encode())
        self.public_key = self._exported()

    def private_key(self) -> bytes:
        """The private key, for tests of what happens where it is used by mistake."""
        return self._gpg("--pinentry-mode", "loopback", "--passphrase", "", "--export-secret-keys")

    def _exported(self) -> str:
        return self._gpg("--armor", "--export", self.fingerprint).decode()

    def _gpg(self, *arguments: str, data: bytes = b"") -> bytes:
        command: List[str] = ["gpg", "--homedir", self._home, "--batch", "--quiet", *arguments]
        done = subprocess.run(command, input=data, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
        return done.stdout


class SequoiaKey(SigningKey):
    def __init__(self) -> None:
        try:
            self._library = importlib.import_module("pysequoia")
        except ImportError as error:
            raise RuntimeError(
                "Signing a bundle requires gpg, or pysequoia: pip install pysequoia"
            ) from error
        self._secret = self._library.Tsk.generate(OWNER)
        certificate = self._secret.extract_certificate()
        self.fingerprint = certificate.fingerprint.upper()
        self.public_key = str(certificate)

    def sign(self, path: PathLike) -> pathlib.Path:
        signature = pathlib.Path(f"{path}.sig")
        data = pathlib.Path(path).read_bytes()
        signature.write_bytes(
            self._library.sign(
                self._secret.signer(), data, mode=self._library.SignatureMode.DETACHED, armor=False
            )
        )
        return signature
