# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company bundle with invented files, signed by a real key."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import pathlib
import subprocess
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    File,
    Manifest,
    Rollout,
    Settings,
    dump,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.signature import (
    NAMESPACE,
    allowed_signers,
)

UTC = datetime.timezone.utc
NOW = datetime.datetime(2026, 11, 26, 12, tzinfo=UTC)
NAME = "acme"
ENVIRONMENT = "3.12-x86_64"
ROLES = ("collection.tar.gz", "updater.pyz", "company.yml", "variables.json")


class Key:
    """A key of a company, made by ssh-keygen below *directory*."""

    def __init__(self, directory: pathlib.Path, name: str = "key") -> None:
        self._path = directory / name
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(self._path)], check=True
        )

    @property
    def public(self) -> str:
        return self._path.with_suffix(".pub").read_text().strip()

    @property
    def allowed_signers(self) -> str:
        return allowed_signers([self.public])

    def sign(self, path: pathlib.Path, namespace: str = NAMESPACE) -> None:
        """Leave the signature of a file beside it."""
        path.with_name(path.name + ".sig").unlink(missing_ok=True)
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(self._path), str(path)]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


class PublishedBundle:
    """The directory *root* as the playbook company_bundle would make it, with small files."""

    def __init__(self, root: pathlib.Path, key: Key) -> None:
        root.mkdir(exist_ok=True)
        self.root = root
        self.key = key
        self.serial = 0

    def publish(
        self, version: str, files: t.Optional[t.Mapping[str, bytes]] = None, **changes: t.Any
    ) -> Manifest:
        """Publish a *version* with further *files*; *changes* are other values of the manifest."""
        content = {
            **{name: f"{name} of {version}".encode() for name in ROLES},
            "tool-1.0-py3-none-any.whl": b"the same in all versions" * 100,
            **(files or {}),
        }
        (self.root / version).mkdir(exist_ok=True)
        for name, data in content.items():
            (self.root / version / name).write_bytes(data)
        self.serial += 1
        collection, updater, company, variables = (f"{version}/{name}" for name in ROLES)
        manifest = Manifest(
            name=NAME,
            version=version,
            serial=self.serial,
            issued=NOW,
            expires=NOW + datetime.timedelta(days=90),
            files={
                f"{version}/{name}": File(hashlib.sha256(data).hexdigest(), len(data))
                for name, data in content.items()
            },
            collection=collection,
            updater=updater,
            company=company,
            variables=variables,
            environments={ENVIRONMENT: [f"{version}/tool-1.0-py3-none-any.whl"]},
            keys=[self.key.public],
            settings=Settings(),
            rollout=Rollout(),
        )
        return self.sign(dataclasses.replace(manifest, **changes))

    def sign(self, manifest: Manifest, key: t.Optional[Key] = None) -> Manifest:
        path = self.root / "manifest.json"
        path.write_bytes(dump(manifest))
        (key or self.key).sign(path)
        return manifest
