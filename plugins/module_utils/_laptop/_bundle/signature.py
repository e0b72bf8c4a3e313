# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signature of a manifest, verified by ssh-keygen.

PRIVATE to the collection. ssh-keygen is part of every OpenSSH client; it verifies the signatures of all kinds
of keys, those of hardware tokens included.
"""

from __future__ import annotations

import re
import typing as t

from ..._errors import WorkstationError
from ..._host.running_program import RunningProgram
from .errors import Refused

SIGNER = "company"
NAMESPACE = "company-bundle@workstation.aws_sso"
"""What the signature is for, so that one made for another purpose is not accepted."""
LARGEST_SIGNATURE = 100_000

_SECONDS = 30
_NO_SIGNATURES = re.compile("(unknown|illegal|invalid) option")
_ALLOWED_SIGNER = re.compile(
    rf"{SIGNER} (?:namespaces=\"{re.escape(NAMESPACE)}\" )?([a-z0-9@.-]+ [A-Za-z0-9+/=]+)(?: .*)?", re.ASCII
)


def allowed_signers(keys: t.Iterable[str]) -> str:
    """The file for ``ssh-keygen -Y verify`` with public *keys* (type and base64)."""
    return "".join(f'{SIGNER} namespaces="{NAMESPACE}" {key}\n' for key in keys)


def signer_keys(text: str) -> t.List[str]:
    """The public keys in an allowed_signers file. Raises WorkstationError for another file."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = [_ALLOWED_SIGNER.fullmatch(line) for line in lines]
    if not lines or not all(found):
        raise WorkstationError(
            f"The file of allowed signers must have lines such as: {SIGNER} ssh-ed25519 AAAA."
        )
    return [match.group(1) for match in found if match]


def verify(path: str, signature: str, signers: str) -> None:
    """Verify that the file *signature* is one of a key in the file *signers* over the file at *path*.

    Raises Refused, and WorkstationError if ssh-keygen does not work.
    """
    command = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", SIGNER, "-n", NAMESPACE, "-s", signature]
    try:
        with open(path, "rb") as stream:
            status, output, errors = RunningProgram(command, _SECONDS, standard_input=stream).result()
    except FileNotFoundError:
        raise WorkstationError(
            "ssh-keygen is missing, which verifies the signature of the bundle. To install it, run setup.sh"
            " of the company bundle again."
        ) from None
    if not status:
        return
    said = (output + errors).decode("utf-8", "replace").strip()
    if _NO_SIGNATURES.search(said):
        raise WorkstationError(
            "ssh-keygen is too old to verify the signature of the bundle: OpenSSH 8.2 or newer is required."
        )
    raise Refused(
        "The signature of the bundle was not made by a key of the company that this laptop knows.",
        "If the company has changed its key, run setup.sh again, from the address that your administrator"
        " gave you; otherwise report this to your administrator.",
    )
