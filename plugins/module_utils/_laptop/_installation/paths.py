# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of workstation-update on a laptop.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import typing as t

from ..._files.directories import home_directory

UPDATER = "workstation-update.pyz"
"""The program in the directory of a version."""
VENV = "venv"
"""The virtual environment in the directory of a version."""
COLLECTIONS = "collections"
"""The directory for ansible-galaxy in the directory of a version."""


class Paths(t.NamedTuple):
    """All files are below the directory *root*, which only its owner can read."""

    root: str

    @property
    def trust(self) -> str:
        """The name and the URL of the bundle; see trust.py."""
        return os.path.join(self.root, "trust.json")

    @property
    def allowed_signers(self) -> str:
        """The public keys of the company, in the format of ``ssh-keygen -Y verify``."""
        return os.path.join(self.root, "allowed_signers")

    @property
    def host_key(self) -> str:
        """The private key that signs reports; the public key is beside it."""
        return os.path.join(self.root, "host_key")

    @property
    def state(self) -> str:
        return os.path.join(self.root, "state.json")

    @property
    def manifest(self) -> str:
        """The manifest that was accepted last."""
        return os.path.join(self.root, "manifest.json")

    @property
    def manifest_signature(self) -> str:
        return self.manifest + ".sig"

    @property
    def incoming(self) -> str:
        """The directory of a manifest whose signature is not yet verified."""
        return os.path.join(self.root, "incoming")

    @property
    def versions(self) -> str:
        return os.path.join(self.root, "versions")

    @property
    def current(self) -> str:
        """The symbolic link to the directory of the version in use."""
        return os.path.join(self.root, "current")

    @property
    def run_state(self) -> str:
        """The state file of the callback fleet_report."""
        return os.path.join(self.root, "run.json")

    @property
    def run_log(self) -> str:
        return os.path.join(self.root, "run.log")

    @property
    def report(self) -> str:
        return os.path.join(self.root, "report.json")

    @property
    def notice(self) -> str:
        """The line that the next login shell shows; there may be no such file."""
        return os.path.join(self.root, "notice")

    @property
    def updater(self) -> str:
        """The program that set the laptop up, for as long as no version is in use."""
        return os.path.join(self.root, UPDATER)

    @property
    def ansible(self) -> str:
        """The home directory of Ansible."""
        return os.path.join(self.root, "ansible")

    @property
    def started(self) -> str:
        """An empty file, as old as the last update that a login shell started."""
        return os.path.join(self.root, "started")

    @property
    def no_timer(self) -> str:
        """An empty file, which exists if updates do not start without the user."""
        return os.path.join(self.root, "no_timer")


def installation_paths(environment: t.Optional[t.Mapping[str, str]] = None) -> Paths:
    """The files of the user that this process runs as."""
    base = (os.environ if environment is None else environment).get("XDG_DATA_HOME", "")
    if not os.path.isabs(base):  # as the XDG Base Directory Specification requires
        base = os.path.join(home_directory(), ".local", "share")
    return Paths(os.path.join(base, "workstation-update"))
