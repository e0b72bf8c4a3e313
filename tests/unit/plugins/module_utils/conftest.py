# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scratch host to install on, and a directory for the files of several users."""

from __future__ import annotations

import pathlib
import shutil
import tempfile
import typing as t

import pytest

from bundles import Mirror
from support.scratch_host import ScratchHost


@pytest.fixture
def host(mirror: Mirror, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> ScratchHost:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return ScratchHost(tmp_path, mirror)


@pytest.fixture
def installed(host: ScratchHost) -> t.Iterator[ScratchHost]:
    """A host with 2.27.1 that a failing run must leave exactly as it was."""
    host.converge(version="2.27.1")
    before = host.snapshot()
    yield host
    assert host.snapshot() == before
    assert host.version() == "2.27.1"


@pytest.fixture
def place() -> t.Iterator[pathlib.Path]:
    """A directory that all users can reach, in /tmp, which has the sticky bit."""
    directory = pathlib.Path(tempfile.mkdtemp(dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)
