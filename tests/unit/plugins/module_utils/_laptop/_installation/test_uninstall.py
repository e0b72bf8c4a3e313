# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removal: everything of the program is gone, and nothing else."""

from __future__ import annotations

import os
import pathlib
import threading

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.lock import LockTimeout
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import Settings
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import (
    command,
    uninstall,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import (
    Paths,
    installation_paths,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.state import (
    State,
    exclusive,
    save,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._schedule import schedule
from support.laptops import tree


@pytest.fixture
def paths(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """An installation, with what killed processes left."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[default]\n")
    paths = installation_paths()
    version = pathlib.Path(paths.versions) / "1"
    (version / "venv").mkdir(parents=True)
    (version / "venv/python").symlink_to("/usr/bin/python3")
    os.symlink("versions/1", paths.current)
    for name in (
        "trust",
        "allowed_signers",
        "host_key",
        "run_state",
        "run_log",
        "notice",
        "updater",
        "report",
    ):
        pathlib.Path(getattr(paths, name)).write_text(name)
    for name in ("host_key.pub", "host_key.new", ".state.json.0123abcd.aws_sso", "current.new"):
        (pathlib.Path(paths.root) / name).write_text("")
    save(paths, State())
    command.install_command(paths)
    schedule.apply_settings(paths, Settings())
    return paths


def test_what_others_made_stays(paths: Paths, tmp_path: pathlib.Path) -> None:
    mine = pathlib.Path(paths.root) / "mine"
    mine.mkdir()
    (mine / "file").write_text("mine")
    outside = tmp_path / "outside"
    outside.write_text("mine")
    assert uninstall.uninstall(paths) == [str(mine)]
    assert sorted(tree(tmp_path)) == [
        ".aws/config",
        ".local/share/workstation-update/mine/file",
        "outside",
    ]
    (mine / "file").unlink()
    mine.rmdir()
    assert uninstall.uninstall(paths) == []
    assert not os.path.exists(paths.root)


def test_link_is_removed_and_not_what_it_leads_to(paths: Paths, tmp_path: pathlib.Path) -> None:
    big_disk = tmp_path / "big disk"
    os.rename(paths.versions, big_disk)
    os.symlink(big_disk, paths.versions)
    uninstall.uninstall(paths)
    assert (big_disk / "1").is_dir()
    assert not os.path.lexists(paths.versions)


def test_removal_waits_for_an_update(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uninstall, "_WAIT", 0.1)
    with exclusive(paths):
        raised = []

        def remove() -> None:
            try:
                uninstall.uninstall(paths)
            except LockTimeout as error:
                raised.append(error)

        thread = threading.Thread(target=remove)
        thread.start()
        thread.join()
    assert raised
    assert os.path.exists(command.command_path())
