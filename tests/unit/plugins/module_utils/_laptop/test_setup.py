# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setup: the key of the laptop, by the real ssh-keygen."""

from __future__ import annotations

import os
import pathlib
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop import setup


def public_key(path: pathlib.Path) -> bytes:
    """The public key of the private one at *path*."""
    return subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, check=True).stdout.strip()


@pytest.mark.parametrize("leftovers", [[], ["key"], ["key.pub"], ["key.new", "key.new.pub"]])
def test_key_is_made_once(tmp_path: pathlib.Path, leftovers: t.List[str]) -> None:
    for name in leftovers:
        (tmp_path / name).write_text("left by a killed setup")
    key = tmp_path / "key"
    setup.make_host_key(str(key))
    assert key.with_suffix(".pub").read_bytes().strip() == public_key(key)
    assert key.stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(tmp_path)) == ["key", "key.pub"]
    before = key.read_bytes()
    setup.make_host_key(str(key))
    assert key.read_bytes() == before


def test_machine_without_ssh_keygen(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkstationError, match=r"^ssh-keygen is not installed\. Install the package openssh"):
        setup.make_host_key(str(tmp_path / "key"))
