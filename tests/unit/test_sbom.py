# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The software bill of materials of a collection that ansible-galaxy built."""

from __future__ import annotations

import hashlib
import json
import pathlib
import subprocess
import sys
import tarfile

import pytest

from checks.sbom import sbom, write_sbom

GALAXY = """\
namespace: workstation
name: aws_sso
version: 9.8.7
readme: README.md
authors: [nobody]
description: A small collection.
license: [GPL-3.0-or-later]
repository: https://example.com/repository
"""
FILES = {
    "galaxy.yml": GALAXY,
    "README.md": "# small\n",
    "meta/runtime.yml": "requires_ansible: '>=2.16.0'\n",
    "meta/ee-requirements.txt": "# comment\nboto3>=1.36\nJMESPath>=1.0\n",
    "requirements.txt": "ansible-core>=2.16.0,<2.22\n",
    "plugins/modules/small.py": "x = 1\n",
}


@pytest.fixture
def archive(tmp_path: pathlib.Path) -> pathlib.Path:
    for name, text in FILES.items():
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    galaxy = pathlib.Path(sys.executable).with_name("ansible-galaxy")
    command = [galaxy, "collection", "build", "--output-path", tmp_path / "dist", tmp_path / "source"]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = (tmp_path / "dist").glob("*.tar.gz")
    return built


def test_every_file_is_listed_with_its_hash(archive: pathlib.Path) -> None:
    listed = {
        component["name"]: component["hashes"]
        for component in sbom(archive)["components"]
        if component["type"] == "file"
    }
    with tarfile.open(archive) as contents:
        for member in contents.getmembers():
            stream = contents.extractfile(member)
            if stream and member.name not in ("MANIFEST.json", "FILES.json"):
                digest = hashlib.sha256(stream.read()).hexdigest()
                assert listed.pop(member.name) == [{"alg": "SHA-256", "content": digest}]
    assert not listed


def test_the_collection_and_its_requirements_are_described(archive: pathlib.Path) -> None:
    document = sbom(archive)
    assert (document["bomFormat"], document["specVersion"], document["version"]) == ("CycloneDX", "1.6", 1)
    collection = document["metadata"]["component"]
    assert (collection["name"], collection["version"]) == ("workstation.aws_sso", "9.8.7")
    assert collection["hashes"][0]["content"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    (dependencies,) = document["dependencies"]
    assert dependencies["ref"] == collection["bom-ref"]
    libraries = ["pkg:pypi/ansible-core", "pkg:pypi/boto3", "pkg:pypi/jmespath"]
    assert dependencies["dependsOn"] == libraries
    references = [component["bom-ref"] for component in document["components"]]
    assert references[:3] == libraries and len(set(references)) == len(references)


def test_the_same_archive_has_the_same_bill_of_materials(
    archive: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    first = write_sbom(archive, tmp_path / "one")
    second = write_sbom(archive, tmp_path / "two")
    assert first.name == "workstation-aws_sso-9.8.7.cdx.json"
    assert first.read_bytes() == second.read_bytes()
    assert json.loads(first.read_text()) == sbom(archive)
