# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The software bill of materials of the built collection, in the format CycloneDX 1.6.

It lists every file by its hash, and the Python packages that the collection requires on the controller. The
same archive results in the same document: it contains neither a time nor a random number.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
import re
import tarfile
import typing as t
import uuid

NAMESPACE = uuid.UUID("6a3c2f0e-5d0b-5a7e-9d0c-4f4f0a6d6f53")
REQUIREMENTS = ("requirements.txt", "meta/ee-requirements.txt")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Document = t.Dict[str, t.Any]


def write_sbom(archive: pathlib.Path, directory: pathlib.Path) -> pathlib.Path:
    """Write the bill of materials of *archive* into *directory*, and return its path."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{archive.name.removesuffix('.tar.gz')}.cdx.json"
    path.write_text(json.dumps(sbom(archive), indent=2) + "\n", encoding="utf-8")
    return path


def sbom(archive: pathlib.Path) -> Document:
    """The bill of materials of *archive*, a collection as ansible-galaxy builds it."""
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    with tarfile.open(archive) as contents:
        manifest = json.loads(_read(contents, "MANIFEST.json"))["collection_info"]
        listed = json.loads(_read(contents, "FILES.json"))["files"]
        requirements = [line for name in REQUIREMENTS for line in _read(contents, name).splitlines()]
    files = [_file(entry) for entry in listed if entry["ftype"] == "file"]
    libraries = [_library(line) for line in requirements if line and not line.startswith("#")]
    collection = _collection(manifest, digest)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(NAMESPACE, digest).urn,
        "version": 1,
        "metadata": {"component": collection},
        "components": [*libraries, *files],
        "dependencies": [
            {"ref": collection["bom-ref"], "dependsOn": [library["bom-ref"] for library in libraries]}
        ],
    }


def _read(contents: tarfile.TarFile, name: str) -> str:
    stream = contents.extractfile(name)
    assert stream is not None, name
    return stream.read().decode("utf-8")


def _collection(manifest: t.Mapping[str, t.Any], digest: str) -> Document:
    name = f"{manifest['namespace']}.{manifest['name']}"
    return {
        "type": "library",
        "bom-ref": f"{name}@{manifest['version']}",
        "name": name,
        "version": manifest["version"],
        "description": manifest["description"],
        "licenses": [{"license": {"id": "GPL-3.0-or-later"}}],
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "externalReferences": [{"type": "vcs", "url": manifest["repository"]}],
    }


def _file(entry: t.Mapping[str, t.Any]) -> Document:
    return {
        "type": "file",
        "bom-ref": f"file:{entry['name']}",
        "name": entry["name"],
        "hashes": [{"alg": "SHA-256", "content": entry["chksum_sha256"]}],
    }


def _library(requirement: str) -> Document:
    """A package that the controller must have; it is not part of the archive."""
    match = _NAME.match(requirement)
    assert match, requirement
    name = match.group().lower()
    return {
        "type": "library",
        "bom-ref": f"pkg:pypi/{name}",
        "name": name,
        "purl": f"pkg:pypi/{name}",
        "scope": "required",
        "properties": [{"name": "pip:requirement", "value": requirement}],
    }
