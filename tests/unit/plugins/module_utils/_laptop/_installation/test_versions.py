# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions: complete ones are used, and only old ones are removed."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import versions
from support.published_bundle import PublishedBundle
from support.scratch_laptop import ScratchLaptop


@pytest.fixture
def installed(laptop: ScratchLaptop, published: PublishedBundle) -> ScratchLaptop:
    published.publish("1")
    laptop.update()
    return laptop


def test_the_version_in_use_is_never_removed(installed: ScratchLaptop) -> None:
    versions.prune(installed.paths, [])
    assert installed.version == "1"


def test_what_was_removed_in_part_is_not_complete(
    installed: ScratchLaptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = versions.current(installed.paths)
    assert current
    os.unlink(installed.paths.current)
    monkeypatch.setattr(versions.shutil, "rmtree", lambda *_path, **_options: None)
    versions.prune(installed.paths, [])
    os.symlink(current.directory, installed.paths.current)
    assert versions.current(installed.paths) is None


@pytest.mark.parametrize("damage", ["unlink", "elsewhere", "manifest"])
def test_without_a_complete_version_there_is_none_in_use(installed: ScratchLaptop, damage: str) -> None:
    current = pathlib.Path(installed.paths.current)
    if damage == "manifest":
        (current / "manifest.json").write_bytes(b"")
    else:
        current.unlink()
    if damage == "elsewhere":
        current.symlink_to("versions/other")
    assert versions.current(installed.paths) is None


def test_another_python_of_the_system_gets_a_new_environment(
    installed: ScratchLaptop, published: PublishedBundle
) -> None:
    current = versions.current(installed.paths)
    assert current
    pathlib.Path(current.directory, "complete").write_text("3.11-x86_64")
    program = pathlib.Path(current.directory, "venv", "bin", "python")
    program.write_text("of 3.11")
    assert installed.update(repair=True).exit_status == 0
    assert program.read_text() == "1"


def test_the_directory_may_be_moved(installed: ScratchLaptop) -> None:
    assert not os.path.isabs(os.readlink(installed.paths.current))


def test_what_killed_updates_left_is_removed(installed: ScratchLaptop) -> None:
    current = versions.current(installed.paths)
    assert current
    directory = pathlib.Path(current.directory)
    complete = sorted(path.name for path in directory.iterdir())
    (directory / ".venv-1234" / "lib").mkdir(parents=True)
    (directory / ".company.yml.part").write_bytes(b"half")
    versions.prune(installed.paths, [])
    assert sorted(path.name for path in directory.iterdir()) == complete
