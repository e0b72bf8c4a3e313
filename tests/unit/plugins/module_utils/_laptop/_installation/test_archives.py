# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wheels and the tarball of the collection, unpacked."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.archives import (
    unpack_collection,
    unpack_wheel,
)
from support.laptops import collection_tarball, tree, write_wheel


def test_modules_of_a_wheel_are_installed_without_its_scripts(tmp_path: pathlib.Path) -> None:
    files = {
        "package/module.py": "module",
        "tool-1.0.data/purelib/pure.py": "pure",
        "tool-1.0.data/platlib/package/library.so": "library",
        "tool-1.0.data/scripts/tool": "script",
        "tool-1.0.data/data/share/man/tool.1": "manual",
    }
    wheel = tmp_path / write_wheel(tmp_path, "tool", files)
    place = tmp_path / "site-packages"
    unpack_wheel(str(wheel), str(place))
    found = {name: content for name, (_mode, content) in tree(place).items() if "dist-info" not in name}
    assert found == {"package/module.py": b"module", "pure.py": b"pure", "package/library.so": b"library"}
    assert (place / "tool-1.0.dist-info/METADATA").exists()


def test_collection_is_where_ansible_looks_for_it(tmp_path: pathlib.Path) -> None:
    tarball = tmp_path / "collection.tar.gz"
    tarball.write_bytes(collection_tarball({"plugins/modules/a.py": b"module", "bin/run": b"program"}))
    place = tmp_path / "collections"
    unpack_collection(str(tarball), str(place))
    found = tree(place / "ansible_collections/workstation/aws_sso")
    assert found["plugins/modules/a.py"] == (0o644, b"module")
    assert found["bin/run"] == (0o755, b"program")
    assert [path.name for path in place.iterdir()] == ["ansible_collections"]


@pytest.mark.parametrize("name", ["../outside.py", "/tmp/outside.py", "a/../../outside.py"])
def test_nothing_is_written_outside(tmp_path: pathlib.Path, name: str) -> None:
    wheel = tmp_path / write_wheel(tmp_path, "tool", {name: "outside"})
    with pytest.raises(WorkstationError, match="contains a path that is not allowed"):
        unpack_wheel(str(wheel), str(tmp_path / "in/site-packages"))
    tarball = tmp_path / "collection.tar.gz"
    tarball.write_bytes(collection_tarball({name: b"outside"}))
    with pytest.raises(WorkstationError, match="contains a path that is not allowed"):
        unpack_collection(str(tarball), str(tmp_path / "in/collections"))
    assert not list(tmp_path.rglob("outside.py"))


@pytest.mark.parametrize(("namespace", "name"), [("..", "aws_sso"), ("a/b", "aws_sso"), ("a", "")])
def test_collection_with_a_name_that_is_no_name(tmp_path: pathlib.Path, namespace: str, name: str) -> None:
    tarball = tmp_path / "collection.tar.gz"
    tarball.write_bytes(collection_tarball({}, namespace, name))
    with pytest.raises(WorkstationError, match="its name is not valid"):
        unpack_collection(str(tarball), str(tmp_path / "collections"))


def test_damaged_archives(tmp_path: pathlib.Path) -> None:
    content = collection_tarball({"file": bytes(range(256)) * 100})
    for data in (b"", b"no archive", content[:200], content[: len(content) // 2]):
        (tmp_path / "archive").write_bytes(data)
        for unpack in (unpack_wheel, unpack_collection):
            with pytest.raises(WorkstationError, match=r"^archive of the company bundle cannot be unpacked"):
                unpack(str(tmp_path / "archive"), str(tmp_path / "place"))
