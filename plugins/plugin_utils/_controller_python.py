# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about missing Python libraries on the controller, with the command that installs them.

PRIVATE to the collection.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import sys
import sysconfig

_PACKAGES = {"botocore": "boto3"}
"""What to install instead: modules of amazon.aws require boto3, which includes botocore of its version."""


def missing_library_text(name: str) -> str:
    """The message that *name* is missing.

    Unlike missing_required_lib() of Ansible, it contains the command for the way Ansible was installed.
    """
    return (
        f"The Python library {name} is missing on the controller, for the Python that runs Ansible"
        f" ({sys.executable}). {_install(_PACKAGES.get(name, name))}"
    )


def old_library_text(name: str, version: str, minimum: str) -> str:
    """The message that *version* of *name* is older than *minimum*."""
    return (
        f"{name} {version} is too old, {minimum} or later is required by the Python that runs Ansible"
        f" ({sys.executable}). {_install(f'{_PACKAGES.get(name, name)}>={minimum}', upgrade=True)}"
    )


def _install(requirement: str, upgrade: bool = False) -> str:
    wanted = shlex.quote(requirement)
    environment = os.path.basename(sys.prefix)
    if "/pipx/venvs/" in sys.prefix:
        return f"Run: pipx inject {'--force ' if upgrade else ''}{shlex.quote(environment)} {wanted}"
    if "/uv/tools/" in sys.prefix:
        return f"Run: uv tool install {shlex.quote(environment)} --with {wanted}"
    if _is_externally_managed():
        return (
            "That Python is managed by the operating system, which does not allow pip (PEP 668), and the"
            " system's package may be too old. Install Ansible in its own environment with"
            f" pipx install ansible-core, then run: pipx inject ansible-core {wanted}"
        )
    if importlib.util.find_spec("pip") is None:
        return f"Run: uv pip install --python {shlex.quote(sys.executable)} {wanted}"
    return f"Run: {shlex.quote(sys.executable)} -m pip install {'--upgrade ' if upgrade else ''}{wanted}"


def _is_externally_managed() -> bool:
    """https://packaging.python.org/en/latest/specifications/externally-managed-environments/"""
    marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    return sys.prefix == sys.base_prefix and os.path.exists(marker)
