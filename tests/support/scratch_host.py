# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with an installation of the AWS CLI below a scratch directory, and the installer for it."""

from __future__ import annotations

import os
import pathlib
import shutil
import stat
import subprocess
import typing as t
import urllib.request

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.download import Downloader
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.installer import (
    DesiredState,
    Installer,
    InstallResult,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.signature import Verifier
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.source import Source
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.tree import Tree
from bundles import Mirror

VERSIONS = ("2.9.19", "2.27.1", "2.36.12", "2.38.5")
"""The versions on the mirror of the tests, oldest first."""
NEWEST = VERSIONS[-1]

Snapshot = t.Dict[str, t.Tuple[int, str]]


def open_url(url: str, headers: t.Mapping[str, str], timeout: float, **_options: t.Any) -> t.Any:
    """What Ansible's open_url does, as far as the installer uses it."""
    return urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers)), timeout=timeout)


def run_program(command: t.List[str]) -> t.Tuple[int, str, str]:
    """What AnsibleModule.run_command does, as far as the installer uses it."""
    done = subprocess.run(command, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


class ScratchHost:
    """Records the *commands* that the installer runs, and the names of the files that it *opened* by URL."""

    def __init__(self, directory: pathlib.Path, mirror: Mirror) -> None:
        self.mirror = mirror
        self.base_url = mirror.directory.as_uri()
        self.install_dir = directory / "prefix" / "aws-cli"
        self.bin_dir = directory / "prefix" / "bin"
        self.share_dir = directory / "prefix" / "share"
        self.commands: t.List[t.List[str]] = []
        self.opened: t.List[str] = []
        self.debug_output: t.List[str] = []

    @property
    def versions_dir(self) -> pathlib.Path:
        return self.install_dir / "v2"

    def installer(
        self,
        state: str = "present",
        version: t.Optional[str] = None,
        keep_versions: int = 1,
        completion: bool = True,
        minimum_version: t.Optional[str] = None,
        **source_options: t.Any,
    ) -> Installer:
        share_dir = str(self.share_dir) if completion or state == "absent" else None
        tree = Tree(str(self.install_dir), str(self.bin_dir), share_dir)
        options = {
            "architecture": "x86_64",
            "base_url": self.base_url,
            "location": None,
            "signature": None,
            "checksum": None,
            "downloader": Downloader(self._open_url, timeout=60, sleep=lambda _seconds: None),
            "verifier": self.verifier(),
        }
        source = Source(**{**options, **source_options})
        return Installer(
            tree,
            source,
            DesiredState(state, version, keep_versions, completion, minimum_version),
            self.run,
            self.debug_output.append,
        )

    def verifier(self, **changes: t.Any) -> Verifier:
        key = self.mirror.key
        options = {
            "public_keys": [key.public_key.encode()],
            "fingerprints": [key.fingerprint],
            "run": self.run,
            "find_program": shutil.which,
        }
        return Verifier(**{**options, **changes})

    def converge(
        self, state: str = "present", version: t.Optional[str] = None, **options: t.Any
    ) -> InstallResult:
        return self.installer(state, version, **options).converge()

    def preview(
        self, state: str = "present", version: t.Optional[str] = None, **options: t.Any
    ) -> InstallResult:
        return self.installer(state, version, **options).preview()

    def run(self, command: t.List[str]) -> t.Tuple[int, str, str]:
        self.commands.append(command)
        return run_program(command)

    def _open_url(self, url: str, **options: t.Any) -> t.Any:
        self.opened.append(url.rsplit("/", 1)[-1])
        return open_url(url, **options)

    def version(self, program: str = "aws") -> str:
        """The version that `aws --version` prints for a user of the host; "" if there is no such command."""
        executable = self.bin_dir / program
        if not executable.exists():
            return ""
        output = subprocess.run([str(executable), "--version"], stdout=subprocess.PIPE, check=True).stdout
        return output.decode().split()[0][len("aws-cli/") :]

    def versions(self) -> t.List[str]:
        return sorted(path.name for path in self.versions_dir.glob("[0-9]*"))

    def snapshot(self) -> Snapshot:
        """The mode, and the content or target, of everything below the prefix, by relative path."""
        top = self.install_dir.parent
        found = {}
        for directory, directories, files in os.walk(top):
            for name in [*directories, *files]:
                path = os.path.join(directory, name)
                found[os.path.relpath(path, top)] = (os.lstat(path).st_mode, _content(path))
        return found


def _content(path: str) -> str:
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return os.readlink(path)
    return pathlib.Path(path).read_bytes().hex() if stat.S_ISREG(mode) else ""
