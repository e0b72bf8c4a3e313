# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that put the first laptop on its way: setup.sh, and what cloud-init and Intune run.

PRIVATE to the collection.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import typing as t

import jinja2

from ...module_utils._laptop._bundle.manifest import Manifest
from ...module_utils._laptop._bundle.signature import NAMESPACE, SIGNER, allowed_signers
from .collection import ROOT

SETUP = "setup.sh"
USER_DATA = "wsl-user-data"
INTUNE = "intune.ps1"
SCRIPTS = (SETUP, USER_DATA, INTUNE)

_PLAYBOOKS = os.path.join(ROOT, "playbooks")
_SHARED = os.path.join("files", "python.sh")


class Scripts(t.NamedTuple):
    """The content of each of SCRIPTS, and the line to type on a laptop."""

    files: t.Mapping[str, bytes]
    line: str


def render_scripts(manifest: Manifest, url: str) -> Scripts:
    """For the bundle with this *manifest* at *url*."""
    with open(os.path.join(_PLAYBOOKS, _SHARED), encoding="utf-8") as stream:
        shared = stream.read().partition("\n\n")[2].strip()
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(os.path.join(_PLAYBOOKS, "templates")),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,  # these are no pages
    )
    values = {
        "name": manifest.name,
        "url": url,
        "allowed_signers": allowed_signers(manifest.keys).strip(),
        "signer": SIGNER,
        "namespace": NAMESPACE,
        "shared": shared,
        "pythons": _pythons(manifest),
    }
    setup = templates.get_template(f"{SETUP}.j2").render(values)
    values |= {"setup": setup, "digest": hashlib.sha256(setup.encode()).hexdigest().upper()}
    files = {SETUP: setup.encode()}
    for script in (USER_DATA, INTUNE):
        files[script] = templates.get_template(f"{script}.j2").render(values).encode()
    return Scripts(files, _line(url))


def _pythons(manifest: Manifest) -> list[str]:
    """The versions of Python that the bundle has packages for, the newest one first."""
    versions = {name.partition("-")[0] for name in manifest.environments}
    return sorted(versions, key=lambda version: int(version.partition(".")[2]), reverse=True)


def _line(url: str) -> str:
    setup = shlex.quote(f"{url}/{SETUP}")
    return f"curl -fsSL {setup} | sh" if url.startswith("http") else f"sh {setup.replace('file://', '')}"
