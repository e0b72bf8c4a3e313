# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import pathlib
import stat

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.managed import (
    ManagedFile,
    apply,
    remove,
    with_block,
    without_block,
)


def test_a_block_is_replaced_in_place(tmp_path: pathlib.Path) -> None:
    path = tmp_path / ".zshenv"
    apply([ManagedFile(str(path), "old\n", block="ours")])
    path.write_text(f"before\n{path.read_text()}after\n")
    (change,) = apply([ManagedFile(str(path), "new\n", block="ours")])
    assert change.before.replace("old", "new") == change.after == path.read_text()
    assert path.read_text().startswith("before\n") and path.read_text().endswith("after\n")


def test_a_wrong_mode_is_corrected(tmp_path: pathlib.Path) -> None:
    parts = [ManagedFile(str(tmp_path / "file"), "x", 0o755)]
    apply(parts)
    os.chmod(parts[0].path, 0o644)
    assert len(apply(parts)) == 1
    assert stat.S_IMODE(os.stat(parts[0].path).st_mode) == 0o755


def test_private_files_are_readable_by_their_owner_only(tmp_path: pathlib.Path) -> None:
    theirs = tmp_path / ".profile"
    theirs.write_text("# mine\n")
    theirs.chmod(0o644)
    parts = [
        ManagedFile(str(theirs), "secret\n", block="ours", private=True),
        ManagedFile(str(tmp_path / "new"), "secret\n", private=True),
    ]
    assert len(apply(parts)) == 2
    assert [stat.S_IMODE(os.stat(part.path).st_mode) for part in parts] == [0o600, 0o600]
    assert not apply(parts)
    theirs.chmod(0o640)
    assert [change.path for change in apply(parts)] == [str(theirs)]
    remove(parts)
    assert [path.name for path in tmp_path.iterdir()] == [".profile"]
    assert theirs.read_text() == "# mine\n"


@given(st.text(), st.text(min_size=1).map("{}\n".format), st.text(min_size=1).map("{}\n".format))
def test_a_block_is_added_and_removed_without_other_changes(text: str, old: str, new: str) -> None:
    text = without_block(text, "ours")
    once = with_block(text, "ours", old)
    assert with_block(once, "ours", old) == once
    assert with_block(with_block(text, "ours", old), "ours", new) == with_block(text, "ours", new)
    assert without_block(once, "ours") == text + ("" if not text or text.endswith("\n") else "\n")
