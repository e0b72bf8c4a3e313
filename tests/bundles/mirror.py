# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory with the files that awscli.amazonaws.com serves."""

from __future__ import annotations

import pathlib
from typing import Union

from .archives import pack_stub, pack_wheel, wheel_version
from .keys import SigningKey


class Mirror:
    """Signed bundles of several versions, and v2/version.txt with the last one that was added."""

    def __init__(
        self, directory: Union[str, pathlib.Path], key: SigningKey, architecture: str = "x86_64"
    ) -> None:
        self.directory = pathlib.Path(directory)
        self.key = key
        self.architecture = architecture

    def bundle(self, version: str) -> pathlib.Path:
        """The path of the bundle of *version*, which may not exist."""
        return self.directory / f"awscli-exe-linux-{self.architecture}-{version}.zip"

    def add_stub(self, version: str, commands: str = ":") -> pathlib.Path:
        """A bundle whose `aws` runs some shell *commands* and reports *version*."""
        pack_stub(version, self.bundle(version), self.architecture, commands=commands)
        return self._publish(version)

    def add_wheel(self, wheel: Union[str, pathlib.Path], level: int = 1) -> pathlib.Path:
        version = wheel_version(wheel)
        pack_wheel(wheel, self.bundle(version), level)
        return self._publish(version)

    def _publish(self, version: str) -> pathlib.Path:
        self.key.sign(self.bundle(version))
        (self.directory / "v2").mkdir(exist_ok=True)
        (self.directory / "v2" / "version.txt").write_text(f"{version}\n")
        return self.bundle(version)
