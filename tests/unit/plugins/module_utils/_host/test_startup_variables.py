# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which startup file sets a variable."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.startup_variables import setting_of


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        (".profile", "umask 022\nexport AWS_PROFILE=dev\n", 2),
        (".profile", "AWS_PROFILE=dev; export AWS_PROFILE\n", 1),
        (".bashrc", "if true; then AWS_PROFILE=dev; fi\n", 1),
        (".zshenv", "export X=1 AWS_PROFILE=dev\n", 1),
        (".config/fish/config.fish", "set -gx AWS_PROFILE dev\n", 1),
        (".profile", "# export AWS_PROFILE=dev\n", None),
        (".profile", "export MY_AWS_PROFILE=dev AWS_PROFILES=dev\n", None),
        (".profile", "echo $AWS_PROFILE\n", None),
        (".profile", "unset AWS_PROFILE\n", None),
    ],
)
def test_a_line_that_sets_the_variable_is_found(
    tmp_path: pathlib.Path, file: str, text: str, line: t.Optional[int]
) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert setting_of("AWS_PROFILE", str(tmp_path)) == (None if line is None else (str(path), line))


def test_a_file_that_cannot_be_read_sets_nothing(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / ".profile")
    (tmp_path / ".bashrc").mkdir()
    (tmp_path / ".zshenv").write_bytes(b"\xff\nexport AWS_PROFILE=dev\n")
    assert setting_of("AWS_PROFILE", str(tmp_path)) == (str(tmp_path / ".zshenv"), 2)
