# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scratch workstation whose endpoints are a server on loopback."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from support.scratch_workstation import WSL2, FakeEndpoint, ScratchWorkstation


@pytest.fixture(scope="module")
def aws() -> t.Iterator[FakeEndpoint]:
    """Rejects every call as AWS does."""
    with FakeEndpoint() as endpoint:
        yield endpoint


@pytest.fixture
def host(aws: FakeEndpoint, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> ScratchWorkstation:
    """A correctly configured Linux workstation with a user who is signed in."""
    scratch = ScratchWorkstation(tmp_path, aws.url)
    monkeypatch.setenv("HOME", str(scratch.home))
    return scratch


@pytest.fixture
def windows_bin(host: ScratchWorkstation, tmp_path: pathlib.Path) -> pathlib.Path:
    """A directory on the Windows drive C: that is on PATH, before the directory of Linux programs."""
    for path, text in WSL2.items():
        host.write(path, text)
    host.write("/proc/sys/fs/binfmt_misc/WSLInterop", "enabled")
    (host.root / "run" / "systemd" / "system").mkdir(parents=True)
    host.write("/etc/wsl.conf", f"[automount]\nroot = {tmp_path}\n")
    directory = tmp_path / "c" / "Program Files" / "Amazon"
    host.environment["PATH"] = f"{directory}:{host.bin}"
    return directory
