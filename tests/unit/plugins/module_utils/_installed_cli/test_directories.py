# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories that can and cannot be used; what the installer does with them is in its own tests."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.directories import (
    require_directory,
    require_writable,
)
from support.child_processes import exit_code, start


def test_directories_and_links_to_them_can_be_used(tmp_path: pathlib.Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("", "missing/also", "link", "link/missing"):
        require_directory(str(tmp_path / name), "bin_dir")
        require_writable(str(tmp_path / name))


@pytest.mark.parametrize("name", ["file", "file/below", "dangling", "dangling/below"])
def test_files_and_dangling_links_cannot_be_used(tmp_path: pathlib.Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(
        WorkstationError, match=f"because {tmp_path}/{name[:4]}.*Move it away, or set another b"
    ):
        require_directory(str(tmp_path / name), "b")


def test_directory_of_another_user_is_not_writable() -> None:
    def check() -> None:
        with pytest.raises(PermissionError) as caught:
            require_writable("/usr/missing/directory")
        assert caught.value.filename == "/usr"

    assert exit_code(start(check, user=65534)) == 0 or os.geteuid() != 0
