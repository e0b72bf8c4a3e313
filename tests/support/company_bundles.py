# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small collections, wheels and keys from which company bundles are made in a second."""

from __future__ import annotations

import base64
import hashlib
import json
import pathlib
import subprocess
import typing as t
import zipfile

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.bundle import make_bundle
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.options import ARGUMENT_SPEC

SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}

UPDATER = """\
from __future__ import annotations

import sys


def main() -> int:
    print("updater", *sys.argv[1:], sys.stdin.isatty(), flush=True)
    return 0
"""


def new_key(path: pathlib.Path, kind: str = "ed25519", passphrase: str = "") -> pathlib.Path:
    command = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "company-bundle", "-f", str(path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return path


def key_of(path: pathlib.Path) -> str:
    """The type and the base64 of a public key."""
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


def add_wheel(directory: pathlib.Path, name: str, tag: str = "py3-none-any", version: str = "1.0") -> str:
    """Put a wheel into *directory*; its line of a requirements file."""
    directory.mkdir(exist_ok=True)
    path = directory / f"{name}-{version}-{tag}.whl"
    information = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"TAG = {tag!r}\n",
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{information}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    records = []
    with zipfile.ZipFile(path, "w") as wheel:
        for member, content in files.items():
            wheel.writestr(member, content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
            records.append(f"{member},sha256={digest},{len(content)}\n")
        wheel.writestr(f"{information}/RECORD", "".join(records) + f"{information}/RECORD,,\n")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def install_collection(
    root: pathlib.Path, requirements: t.Sequence[str] = (), updater: str = UPDATER
) -> pathlib.Path:
    """A collection of a few files in *root*, as ansible-galaxy installs one."""
    files = {
        "requirements/run.txt": "".join(f"{line}\n" for line in requirements),
        "plugins/module_utils/_laptop/main.py": updater,
        "run": "#!/bin/sh\n",
    }
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    (root / "run").chmod(0o755)
    entries = [{"name": ".", "ftype": "dir", "chksum_type": None, "chksum_sha256": None, "format": 1}]
    folders = {str(folder) for name in files for folder in pathlib.PurePath(name).parents} - {"."}
    entries += [{**entries[0], "name": folder} for folder in sorted(folders)]
    entries += [_entry(root, name) for name in files]
    (root / "FILES.json").write_text(json.dumps({"files": entries, "format": 1}))
    manifest = {
        "collection_info": {
            "namespace": "workstation",
            "name": "aws_sso",
            "version": "1.2.3",
            "dependencies": {},
        },
        "file_manifest_file": _entry(root, "FILES.json"),
        "format": 1,
    }
    (root / "MANIFEST.json").write_text(json.dumps(manifest))
    return root


def _entry(root: pathlib.Path, name: str) -> dict[str, t.Any]:
    digest = hashlib.sha256((root / name).read_bytes()).hexdigest()
    return {"name": name, "ftype": "file", "chksum_type": "sha256", "chksum_sha256": digest, "format": 1}


def bundle_options(directory: pathlib.Path, key: pathlib.Path, **changes: t.Any) -> dict[str, t.Any]:
    """Options of the module company_bundle, with its defaults."""
    defaults = {name: definition.get("default") for name, definition in ARGUMENT_SPEC.items()}
    given = {
        "directory": str(directory),
        "url": "https://example.com/laptops",
        "name": "acme",
        "version": "1",
        "key": str(key),
        "pythons": ["3.12"],
        "machines": ["x86_64"],
    }
    return {**defaults, **given, **changes}


class Company:
    """Makes bundles in *directory*."""

    def __init__(self, folder: pathlib.Path, key: pathlib.Path) -> None:
        self.directory = folder / "laptops"
        self.wheels = folder / "wheels"
        self.key = key
        self.root = folder / "collection"
        self.variables: dict[str, t.Any] = {"workstation_sessions": [SESSION]}
        self.require()

    def require(self, *lines: str) -> None:
        """Install the collection anew, with these requirements; pip takes a second to download them."""
        install_collection(self.root, lines)

    def options(self, **changes: t.Any) -> dict[str, t.Any]:
        return bundle_options(self.directory, self.key, **changes)

    def publish(self, **changes: t.Any) -> dict[str, t.Any]:
        return make_bundle(self.options(**changes), self.variables, lambda value: value, str(self.root))
