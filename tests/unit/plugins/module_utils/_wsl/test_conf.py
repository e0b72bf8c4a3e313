# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""wsl.conf by the rules of WSL, and whatever else may be in that file."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.wsl import detect
from ansible_collections.workstation.aws_sso.plugins.module_utils._wsl.conf import wsl_settings
from support.fuzz import damaged

SAMPLE = """\
# settings
[boot]
systemd=true
command = "echo \\"hello # world\\"" # at boot
[automount]
enabled = true
root = /windows/
options = "metadata,umask=22"
"""


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("[automount]\nroot = /win/   # short\n", "/win/"),
        ("[automount]\nroot = /win#short\n", "/win"),
        ("[AutoMount]\nRoot = /win/\n", "/win/"),
        ("[automount]\nroot = /one\nroot = /two\n", "/one"),
        ("[automount]\nroot = /one\n[boot]\n[automount]\nroot = /two\n", "/one"),
        ("[automount]\nenabled\n  root = /x\n", "/x"),
        ("[automount]\nenabled = true\n    root = /win/\n", "/win/"),
        ("[automount]\r\nroot = /win\r\n", "/win"),
        ("[automount] # comment\nroot=/win", "/win"),
        ('[automount]\nroot = "/win # dir "\n', "/win # dir "),
        ('[automount]\nroot = /a" b "c\n', "/a b c"),
        ('[automount]\nroot = "/unbalanced\nroot = /win\n', "/win"),
        ("[automount]\nroot = /a\\\n/b\n", "/a/b"),
        ("[automount]\nroot = C:\\windows\nroot = /win\n", "/win"),
        ("[automount]\nroot =\n", ""),
        ("[automount]\n-root = /x\nroot2 = /y\n", None),
        ("[auto-mount]\nroot = /x\n", None),
        ("[automount] nonsense\nroot = /x\n", None),
        ("[automount]\nenabled = true\n[bad header\nroot = /x\n", None),
        ("[automount]\nenabled = true\n[automount root = /x\nroot = /y\n", "/y"),
        ("[automount]\n[1]\nroot = /x\n", "/x"),
        ("[automount]\rroot = /x\rroot = /y", "/x"),
        ("[automount]\nenabled = true\rroot = /x\n", "/x"),
        ("[automount]\nenabled = true # c\rroot = /x\nroot = /y\n", "/y"),
        ("[automount]\nroot = /a\\\r\n/b\n", "/a"),
        ("[automount]\n\x0broot = /x\nroot = /y\n", "/y"),
        ("[automount]\nroot\t=\t/x\ty\t\n", "/x\ty"),
        ("root = /outside\n[automount]\n", None),
        ("", None),
    ],
)
def test_the_root_of_automount_is_the_one_that_wsl_uses(text: str, root: t.Optional[str]) -> None:
    assert wsl_settings(text).get(("automount", "root")) == root


def test_a_sample_is_read_in_full() -> None:
    assert wsl_settings(SAMPLE) == {
        ("boot", "systemd"): "true",
        ("boot", "command"): 'echo "hello # world"',
        ("automount", "enabled"): "true",
        ("automount", "root"): "/windows/",
        ("automount", "options"): "metadata,umask=22",
    }


def test_damaged_files_never_raise_an_error(tmp_path: pathlib.Path) -> None:
    (tmp_path / "run" / "WSL").mkdir(parents=True)
    path = tmp_path / "etc" / "wsl.conf"
    path.parent.mkdir()
    for content in damaged([SAMPLE, "[automount]\nroot = /\n"], 800):
        path.write_bytes(content)
        found = detect(str(tmp_path), {})
        assert found.version == 2 and found.automount_root.startswith("/")
        found.on_windows_drive("/mnt/c/Windows")
