# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer on file systems that are full or mounted noexec, in a mount namespace."""

from __future__ import annotations

import os
import pathlib

import pytest

from bundles import pack_stub
from support.mounts import with_tmpfs
from support.scratch_host import NEWEST

INSTALL_THERE = """
import pathlib
from bundles import Mirror, pack_stub
from support.scratch_host import ScratchHost
class Key: public_key = fingerprint = ""
host = ScratchHost(pathlib.Path({directory!r}), Mirror({directory!r}, Key()))
host.install_dir = pathlib.Path({install_dir!r})
try:
    host.converge(location={bundle!r}, verifier=None)
except Exception as error:
    print(type(error).__name__, error)
print(sorted(path.name for path in host.install_dir.rglob("*")), host.version())
"""


def test_noexec_file_system_is_reported_and_left_empty(tmp_path: pathlib.Path) -> None:
    bundle = tmp_path / "bundle.zip"
    pack_stub(NEWEST, bundle)
    target = tmp_path / "noexec"
    script = INSTALL_THERE.format(directory=str(tmp_path), install_dir=str(target / "i"), bundle=str(bundle))
    output = with_tmpfs("noexec", target, script)
    assert "DoesNotRun" in output
    assert "noexec" in output
    assert "[] \n" in output


def test_noexec_temporary_directory_does_not_matter(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.zip"
    pack_stub(NEWEST, bundle)
    target = tmp_path / "noexec"
    monkeypatch.setenv("TMPDIR", str(target))
    install_dir = str(tmp_path / "elsewhere")
    script = INSTALL_THERE.format(directory=str(tmp_path), install_dir=install_dir, bundle=str(bundle))
    assert with_tmpfs("noexec", target, script).endswith(f" {NEWEST}\n")


@pytest.mark.parametrize(
    ("size", "result"),
    [("40k", "WorkstationError"), ("120k", "WorkstationError"), ("600k", NEWEST)],
    ids=["too small for the archive", "too small to unpack it", "large enough"],
)
def test_full_disk_leaves_nothing_behind(tmp_path: pathlib.Path, size: str, result: str) -> None:
    bundle = tmp_path / "bundle.zip"
    pack_stub(NEWEST, bundle, files={f"data/{number}": os.urandom(4096) for number in range(20)})
    target = tmp_path / "small"
    script = INSTALL_THERE.format(directory=str(tmp_path), install_dir=str(target / "i"), bundle=str(bundle))
    output = with_tmpfs(f"size={size}", target, script)
    assert result in output
    assert ("[] \n" in output) == (result == "WorkstationError")
