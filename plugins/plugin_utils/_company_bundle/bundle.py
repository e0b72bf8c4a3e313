# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company bundle: what laptops need to set themselves up and to stay current, in one signed directory.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import json
import os
import time
import typing as t

from ...module_utils._aws_cli.source import signature_location
from ...module_utils._files.lock import locked
from ...module_utils._laptop._bundle import manifest as manifests
from ...module_utils._laptop._bundle.manifest import MANIFEST, Manifest
from ...module_utils._text import format_time
from . import aws_cli
from . import options as bundle_options
from .collection import ROOT, collection_tarball
from .company import dump_variables
from .directory import PublishedDirectory, files_in
from .scripts import render_scripts
from .secrets import require_no_secret
from .signing import CompanyKey, public_key
from .updater import UPDATER, build_updater
from .wheels import Wheels, read_pins

COMPANY = "company.yml"
VARIABLES = "variables.json"
REQUIREMENTS = os.path.join(ROOT, "requirements", "run.txt")

_LOCK_SECONDS = 3600
Options = t.Mapping[str, t.Any]
Evaluate = t.Callable[[t.Any], t.Any]


def make_bundle(options: Options, company: t.Mapping[str, t.Any], evaluate: Evaluate) -> dict[str, t.Any]:
    """Make the directory of *options* the bundle with the variables *company*, and sign it.

    *evaluate* evaluates a template. Returns the result of the module. Raises WorkstationError, LockTimeout
    and OSError.
    """
    bundle_options.require_valid(options)
    require_no_secret(company)
    key = CompanyKey(options["key"])
    path = os.path.abspath(options["directory"])
    with locked(path, _LOCK_SECONDS):
        directory = PublishedDirectory(path)
        directory.require_same_name(options["name"])
        return _Bundle(options, company, evaluate, directory).publish(key)


class _Bundle:
    def __init__(
        self,
        options: Options,
        company: t.Mapping[str, t.Any],
        evaluate: Evaluate,
        directory: PublishedDirectory,
    ) -> None:
        self._options = options
        self._company = company
        self._evaluate = evaluate
        self._directory = directory
        self._version: str = options["version"]

    def publish(self, key: CompanyKey) -> dict[str, t.Any]:
        url = bundle_options.base_url(self._options)
        keys = [*dict.fromkeys([key.public_key, *map(public_key, self._options["next_keys"])])]
        rollout = bundle_options.rollout(self._options)
        with self._directory.new_version(self._version) as new:
            roles, environments = self._fill(new)
            issued = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
            manifest = Manifest(
                name=self._options["name"],
                version=self._version,
                serial=self._directory.next_serial(time.time()),
                issued=issued,
                expires=issued + datetime.timedelta(days=self._options["expire_days"]),
                files={f"{self._version}/{name}": file for name, file in files_in(new).items()},
                environments=environments,
                keys=keys,
                settings=bundle_options.settings(self._options, self._company),
                rollout=rollout,
                **{role: f"{self._version}/{name}" for role, name in roles.items()},
            )
            document = manifests.dump(manifest)
            signature = self._sign(key, document, os.path.dirname(new))
            is_new = self._directory.add_version(new, manifest)
        scripts = render_scripts(manifest.name, url, keys)
        self._directory.publish(scripts.files, document, signature)
        return self._result(manifest, url, is_new, scripts.line)

    def _fill(self, new: str) -> tuple[dict[str, str], dict[str, list[str]]]:
        """Write the files of the version; their names by role, and the wheels of each environment."""
        collection = collection_tarball()
        content = {
            collection.name: collection.content,
            UPDATER: build_updater(os.path.join(ROOT, "plugins", "module_utils")),
            COMPANY: dump_variables(self._company),
            VARIABLES: json.dumps(self._variables(new), indent=1, sort_keys=True).encode() + b"\n",
        }
        for name, data in content.items():
            with open(os.path.join(new, name), "xb") as stream:
                stream.write(data)
        roles = {
            "collection": collection.name,
            "updater": UPDATER,
            "company": COMPANY,
            "variables": VARIABLES,
        }
        return roles, self._wheels(new)

    def _wheels(self, new: str) -> dict[str, list[str]]:
        pins = read_pins(self._options["requirements"] or REQUIREMENTS)
        wheels = Wheels(new, pins, self._directory.known_files())
        found = {}
        for environment in bundle_options.environments(self._options):
            names = wheels.provide(environment, self._directory.known_wheels(environment.name))
            found[environment.name] = [f"{self._version}/{name}" for name in names]
        return found

    def _variables(self, new: str) -> dict[str, t.Any]:
        """What laptops get in addition to the company's variables."""
        if not self._options["aws_cli"]:
            return {}
        given = self._company.get(aws_cli.VARIABLE) or {}
        options = self._evaluate(given)
        version = self._published_cli(new, options.get("version")) or aws_cli.add_archives(
            new, self._options["machines"], options, f"company_bundle {os.getpid()}"
        )
        return {aws_cli.VARIABLE: aws_cli.laptop_options(given, version)}

    def _published_cli(self, new: str, wanted: str | None) -> str:
        """Take the archives of the same version of the bundle, so that it can be signed again at any time.

        Returns the version of the AWS CLI, or an empty string if they are not there.
        """
        last = self._directory.manifest
        if last is None or last.version != self._version:
            return ""
        published = os.path.join(self._directory.path, self._version)
        with open(os.path.join(published, VARIABLES), "rb") as stream:
            version = str(json.load(stream).get(aws_cli.VARIABLE, {}).get("version", ""))
        archives = [aws_cli.archive_name(machine) for machine in self._options["machines"]]
        paths = [os.path.join(published, name) for name in archives]
        if wanted not in (None, version) or not version or not all(map(os.path.isfile, paths)):
            return ""
        for path in [*paths, *map(signature_location, paths)]:
            if os.path.exists(path):
                os.link(path, os.path.join(new, os.path.basename(path)))
        return version

    @staticmethod
    def _sign(key: CompanyKey, document: bytes, scratch: str) -> bytes:
        path = os.path.join(scratch, MANIFEST)
        with open(path, "wb") as stream:
            stream.write(document)
        return key.sign(path)

    def _result(self, manifest: Manifest, url: str, is_new: bool, line: str) -> dict[str, t.Any]:
        return {
            "changed": True,
            "directory": self._directory.path,
            "url": url,
            "name": manifest.name,
            "version": manifest.version,
            "new_version": is_new,
            "content_id": manifest.content_id,
            "serial": manifest.serial,
            "expires": format_time(manifest.expires),
            "files": len(manifest.files),
            "size": sum(file.size for file in manifest.files.values()),
            "keys": list(manifest.keys),
            "command": line,
        }
