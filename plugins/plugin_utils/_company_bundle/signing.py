# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key of the company, which signs the manifests of its bundles.

PRIVATE to the collection. Signatures are those of ssh-keygen, because every laptop can have an OpenSSH
client, a public key is one line in setup.sh, and ssh-agent and hardware tokens can keep the key.
"""

from __future__ import annotations

import os
import re
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._host.running_program import TIMED_OUT, RunningProgram
from ...module_utils._laptop._bundle.manifest import MANIFEST
from ...module_utils._laptop._bundle.signature import NAMESPACE
from ...module_utils._text import printable
from .._display import show

_SECONDS = 120
"""How long a hardware token may wait to be touched."""
_PUBLIC_KEY = re.compile(r"([a-z0-9@.-]{1,64} [A-Za-z0-9+/=]{20,10000})(?:[ \t].*)?", re.ASCII)
_TYPES = re.compile(r"(sk-)?(ssh-(ed25519|rsa)|ecdsa-sha2-nistp\d+)(@openssh\.com)?", re.ASCII)
_CREATE = "Create one with: ssh-keygen -t ed25519 -C company-bundle -f"


class CompanyKey:
    """The private key in the file *path*, or the key in ssh-agent whose public key is in that file.

    Raises WorkstationError.
    """

    def __init__(self, path: str) -> None:
        self._path = os.path.abspath(os.path.expanduser(path))
        if not os.path.isfile(self._path):
            raise WorkstationError(f"There is no key {path}. {_CREATE} {path}")
        self.public_key = self._public_key()
        """Its type and its base64, as in a manifest."""

    def require_outside(self, directory: str) -> None:
        """Refuse a key in the *directory* that is to be published. Raises WorkstationError."""
        if os.path.realpath(self._path).startswith(os.path.join(os.path.realpath(directory), "")):
            raise WorkstationError(
                f"The key {self._path} is in the directory that is to be published, and everybody could"
                " download it. Move it away. If it was published, do not use it any more."
            )

    def sign(self, document: bytes, scratch: str) -> bytes:
        """The signature of *document*; *scratch* is a directory. Raises WorkstationError and OSError."""
        path = os.path.join(scratch, MANIFEST)
        with open(path, "wb") as stream:
            stream.write(document)
        command = ["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", self._path, path]
        if self.public_key.startswith("sk-"):
            show(f"Signing with {self._path}: touch the hardware token")
        status, _output, errors = _run(command)
        if status:
            raise WorkstationError(self._reason(status, errors))
        with open(f"{path}.sig", "rb") as stream:
            return stream.read()

    def _public_key(self) -> str:
        for path in (f"{self._path}.pub", self._path):
            if os.path.isfile(path):
                with open(path, encoding="utf-8", errors="replace") as stream:
                    found = _PUBLIC_KEY.fullmatch(stream.readline().strip())
                if found:
                    return _supported(found.group(1), path)
        status, output, _errors = _run(["ssh-keygen", "-y", "-P", "", "-f", self._path])
        found = _PUBLIC_KEY.fullmatch(output.strip())
        if status or not found:
            raise WorkstationError(
                f"{self._path} is not the private key of ssh-keygen, or it has a passphrase and there is no"
                f" public key {self._path}.pub beside it."
            )
        return _supported(found.group(1), self._path)

    def _reason(self, status: int, errors: str) -> str:
        lines = [printable(line) for line in errors.splitlines() if line.strip()]
        last = lines[-1].rstrip(".") if lines else f"exit code {status}"
        if status == TIMED_OUT:
            last = f"no answer in {_SECONDS} seconds"
        return (
            f"ssh-keygen could not sign the manifest with {self._path}: {last}. A key with a passphrase must"
            f" be in ssh-agent: run ssh-add {self._path}. A key on a hardware token must be plugged in and"
            " touched."
        )


def public_key(text: str) -> str:
    """The type and the base64 of a public key in *text*, a line of OpenSSH or the path of a file with one.

    Raises WorkstationError.
    """
    found = _PUBLIC_KEY.fullmatch(text.strip())
    if found:
        return _supported(found.group(1), text)
    path = os.path.expanduser(text)
    try:
        with open(path, encoding="utf-8") as stream:
            found = _PUBLIC_KEY.fullmatch(stream.readline().strip())
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise WorkstationError(
            "next_keys must contain public keys such as 'ssh-ed25519 AAAA...', or paths of files with one,"
            f" not {printable(text[:80])!r}."
        ) from error
    if not found:
        raise WorkstationError(
            f"{path} does not contain a public key of OpenSSH. Give the file with the suffix .pub."
        )
    return _supported(found.group(1), path)


def _supported(key: str, where: str) -> str:
    kind = key.split()[0]
    if not _TYPES.fullmatch(kind):
        raise WorkstationError(f"{printable(where[:200])} is a key of the type {kind}. {_CREATE} FILE")
    return key


def _run(command: t.List[str]) -> tuple[int, str, str]:
    """Without a terminal, in which ssh-keygen would wait for a passphrase that nobody sees asked for."""
    try:
        status, output, errors = RunningProgram(command, _SECONDS).result()
    except FileNotFoundError:
        raise WorkstationError(
            "ssh-keygen is missing. Install the OpenSSH client on the controller."
        ) from None
    return status, output.decode("utf-8", "replace"), errors.decode("utf-8", "replace")
