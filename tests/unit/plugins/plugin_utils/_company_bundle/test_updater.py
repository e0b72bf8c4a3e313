# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""workstation-update.pyz."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import zipfile

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.updater import (
    build_updater,
    imported_modules,
)

TREE = {
    "_text.py": "def shout(text):\n    return text.upper()\n",
    "_files/atomic.py": "from .owner import OWNER\n",
    "_files/owner.py": "OWNER = 'ann'\n",
    "_files/lock.py": "raise SystemExit('not imported')\n",
    "_laptop/_run/outcome.py": "from ..._text import shout\nfrom ..._files import atomic\n",
    "_laptop/update.py": "def update():\n    from ._run.outcome import atomic, shout\n    return"
    " shout(atomic.OWNER)\n",
    "_laptop/main.py": "import sys\n\nfrom .update import update\n\n\ndef main():\n    print(update(),"
    " sys.argv[1:])\n    return 3\n",
}


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    for name, content in TREE.items():
        path = tmp_path / "module_utils" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "module_utils"


def test_it_contains_what_is_imported(tree: pathlib.Path) -> None:
    assert imported_modules(str(tree), "_laptop/main.py").keys() == TREE.keys() - {"_files/lock.py"}


def test_it_runs_without_anything_else(tree: pathlib.Path, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.pyz"
    path.write_bytes(build_updater(str(tree)))
    command = [sys.executable, "-I", "-S", str(path), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (3, "ANN ['--check']\n", "")


def test_the_same_code_makes_the_same_file(tree: pathlib.Path) -> None:
    first = build_updater(str(tree))
    (tree / "_text.py").touch()
    assert build_updater(str(tree)) == first
    (tree / "_text.py").write_text("def shout(text):\n    return text\n")
    assert build_updater(str(tree)) != first


@pytest.mark.parametrize(
    "line",
    ["import ansible", "from ansible.module_utils import urls", "import os, ansible.module_utils.urls"],
)
def test_ansible_is_refused(tree: pathlib.Path, line: str) -> None:
    (tree / "_files" / "owner.py").write_text(f"def owner():\n    {line}\n")
    with pytest.raises(WorkstationError, match=r"_files/owner.py imports Ansible"):
        build_updater(str(tree))


def test_our_own(tmp_path: pathlib.Path) -> None:
    """The updater of this collection starts on the oldest Python, without any library."""
    root = pathlib.Path(__file__).resolve().parents[5]
    path = tmp_path / "workstation-update.pyz"
    path.write_bytes(build_updater(str(root / "plugins" / "module_utils")))
    with zipfile.ZipFile(path) as zipped:
        assert "workstation_update/_laptop/update.py" in zipped.namelist()
    command = [sys.executable, "-I", "-S", str(path), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)})
    assert done.returncode == 0 and "--status" in done.stdout, done.stderr
