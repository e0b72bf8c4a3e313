# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Local files that are not what an option should contain."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.local_files import (
    copy_file,
    read_file,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError


def test_file_is_read_and_copied_up_to_the_limit(tmp_path: pathlib.Path) -> None:
    original, copy = tmp_path / "original", tmp_path / "copy"
    original.write_bytes(b"12345")
    assert read_file(str(original), 5) == b"12345"
    copy_file(str(original), str(copy), 5)
    assert copy.read_bytes() == b"12345"
    for attempt in (lambda: read_file(str(original), 4), lambda: copy_file(str(original), str(copy), 4)):
        with pytest.raises(WorkstationError, match="larger than 4 bytes"):
            attempt()


def test_anything_but_a_file_is_refused_at_once(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for path in (tmp_path / "pipe", tmp_path / "link", tmp_path, pathlib.Path("/dev/zero")):
        with pytest.raises(WorkstationError, match="is not a regular file"):
            read_file(str(path), 10)
    with pytest.raises(FileNotFoundError):
        read_file(str(tmp_path / "missing"), 10)
