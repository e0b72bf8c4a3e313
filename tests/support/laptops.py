# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Laptops for tests: a home directory, manifests, and versions with small programs in place of Ansible."""

from __future__ import annotations

import datetime
import io
import json
import os
import pathlib
import tarfile
import typing as t
import zipfile

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    Manifest,
    Rollout,
    Settings,
)

NOW = datetime.datetime(2026, 5, 1, 12, tzinfo=datetime.timezone.utc)


def executable(path: pathlib.Path, text: str) -> pathlib.Path:
    """A program at *path* with the content *text*."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def manifest_of(
    environments: t.Mapping[str, t.Sequence[str]], settings: t.Optional[Settings] = None, version: str = "1"
) -> Manifest:
    """The manifest of a bundle without digests."""
    return Manifest(
        name="acme",
        version=version,
        serial=1,
        issued=NOW,
        expires=NOW,
        files={},
        collection=f"{version}/workstation-aws_sso-1.0.0.tar.gz",
        updater=f"{version}/workstation-update.pyz",
        company=f"{version}/company.yml",
        variables=f"{version}/variables.json",
        environments=environments,
        keys=[],
        settings=settings or Settings(),
        rollout=Rollout(),
    )


def write_wheel(directory: pathlib.Path, name: str, files: t.Mapping[str, str]) -> str:
    """A wheel with *files*; returns its file name."""
    information = f"{name}-1.0.dist-info"
    contents = {
        **files,
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{information}/RECORD"
    contents[record] = "".join(f"{path},,\n" for path in [*contents, record])
    wheel = directory / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in contents.items():
            archive.writestr(path, text)
    return wheel.name


def collection_tarball(
    files: t.Mapping[str, bytes], namespace: str = "workstation", name: str = "aws_sso"
) -> bytes:
    """The tarball of a collection with *files*; those in a folder bin can be executed."""
    information = {"collection_info": {"namespace": namespace, "name": name}}
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for path, content in {"MANIFEST.json": json.dumps(information).encode(), **files}.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            member.mode = 0o755 if "bin/" in path else 0o644
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def tree(directory: pathlib.Path) -> t.Dict[str, t.Tuple[int, bytes]]:
    """The modes and contents of all files below *directory*."""
    found = {}
    for path in sorted(directory.rglob("*")):
        if path.is_symlink():
            found[str(path.relative_to(directory))] = (0, os.readlink(path).encode())
        elif path.is_file():
            found[str(path.relative_to(directory))] = (path.stat().st_mode & 0o777, path.read_bytes())
    return found
