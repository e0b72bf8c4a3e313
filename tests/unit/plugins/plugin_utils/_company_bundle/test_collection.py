# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball of the collection."""

from __future__ import annotations

import io
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.collection import (
    ROOT,
    collection_tarball,
)
from support.company_bundles import install_collection


def galaxy_install(tarball: bytes, folder: pathlib.Path) -> pathlib.Path:
    """By ansible-galaxy, which verifies the checksums in it; the directory of the collection."""
    file = folder / "workstation-aws_sso-1.2.3.tar.gz"
    file.write_bytes(tarball)
    program = pathlib.Path(sys.executable).with_name("ansible-galaxy")
    command = [program, "collection", "install", "--offline", "-p", folder / "installed", file]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "HOME": str(folder)}
    )
    assert done.returncode == 0, done.stderr
    return folder / "installed" / "ansible_collections" / "workstation" / "aws_sso"


def test_an_installed_collection_can_be_installed_again(tmp_path: pathlib.Path) -> None:
    root = install_collection(tmp_path / "root")
    (root / "plugins" / "left.pyc").write_text("not part of the collection")
    tarball = collection_tarball(str(root))
    assert tarball.name == "workstation-aws_sso-1.2.3.tar.gz"
    installed = galaxy_install(tarball.content, tmp_path)
    assert (installed / "run").stat().st_mode & 0o111
    assert not (installed / "plugins" / "left.pyc").exists()
    assert collection_tarball(str(installed)).content == tarball.content


def test_the_same_files_make_the_same_tarball(tmp_path: pathlib.Path) -> None:
    root = install_collection(tmp_path / "root")
    first = collection_tarball(str(root)).content
    shutil.copytree(root, tmp_path / "copy")
    assert collection_tarball(str(tmp_path / "copy")).content == first


@pytest.mark.parametrize("change", ["edit", "remove", "edit the list"])
def test_a_changed_collection_is_refused(tmp_path: pathlib.Path, change: str) -> None:
    root = install_collection(tmp_path / "root")
    name = "FILES.json" if change == "edit the list" else "plugins/module_utils/_laptop/main.py"
    if change == "remove":
        (root / name).unlink()
    else:
        (root / name).write_text("something else")
    with pytest.raises(WorkstationError, match=rf"changed after its installation: {name}\. Install it again"):
        collection_tarball(str(root))


def test_a_checkout_is_built(tmp_path: pathlib.Path) -> None:
    tarball = collection_tarball(ROOT)
    installed = galaxy_install(tarball.content, tmp_path)
    assert collection_tarball(str(installed)).content == tarball.content
    with tarfile.open(fileobj=io.BytesIO(tarball.content)) as archive:
        names = archive.getnames()
    assert names[:2] == ["FILES.json", "MANIFEST.json"]
    assert "playbooks/templates/setup.sh.j2" in names and "requirements/run.txt" in names
    assert not [name for name in names if "cache__" in name or "mypy_cache" in name]
