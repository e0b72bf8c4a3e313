# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company bundle: what laptops need to set themselves up and to stay current, in one signed directory.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import shutil
import time
import typing as t

from ...module_utils._aws_cli.source import signature_location
from ...module_utils._files.lock import locked
from ...module_utils._laptop._bundle import manifest as manifests
from ...module_utils._laptop._bundle.manifest import Manifest, Rollout
from ...module_utils._text import format_time
from . import aws_cli
from . import options as bundle_options
from .collection import ROOT, collection_tarball
from .company import dump_variables, require_sessions
from .directory import PublishedDirectory, files_in
from .scripts import render_scripts
from .secrets import require_no_secret
from .signing import CompanyKey, public_key
from .updater import UPDATER, build_updater
from .wheels import Wheels, read_pins

COMPANY = "company.yml"
VARIABLES = "variables.json"
REQUIREMENTS = os.path.join("requirements", "run.txt")

_LOCK_SECONDS = 3600
Options = t.Mapping[str, t.Any]
Evaluate = t.Callable[[t.Any], t.Any]


def make_bundle(
    options: Options, company: t.Mapping[str, t.Any], evaluate: Evaluate, root: str = ROOT
) -> dict[str, t.Any]:
    """Make the directory of *options* the bundle with the variables *company*, and sign it.

    *evaluate* evaluates a template, *root* is the directory of the collection. Returns the result of the
    module. Raises WorkstationError, LockTimeout and OSError.
    """
    bundle_options.require_valid(options)
    require_no_secret(company)
    if not options["sign_only"]:
        require_sessions(company)
    key = CompanyKey(options["key"])
    keys = [*dict.fromkeys([key.public_key, *map(public_key, options["next_keys"])])]
    path = os.path.abspath(options["directory"])
    key.require_outside(path)
    with locked(path, _LOCK_SECONDS):
        directory = PublishedDirectory(path)
        directory.require_same_name(options["name"])
        with directory.new_version(options["version"] or "version") as new:
            if options["sign_only"]:
                content = directory.published(options["version"])
            else:
                content = _Content(options, company, evaluate, directory, root).manifest(new)
            manifest = _current(options, dataclasses.replace(content, keys=keys), directory)
            document = manifests.dump(manifest)
            signature = key.sign(document, os.path.dirname(new))
            is_new = not options["sign_only"] and directory.add_version(new, manifest)
        url = bundle_options.base_url(options)
        scripts = render_scripts(manifest, url)
        directory.publish(scripts.files, document, signature)
    return {**_facts(manifest), "directory": path, "url": url, "new_version": is_new, "command": scripts.line}


def _current(options: Options, content: Manifest, directory: PublishedDirectory) -> Manifest:
    issued = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return dataclasses.replace(
        content,
        serial=directory.next_serial(time.time()),
        issued=issued,
        expires=issued + datetime.timedelta(days=options["expire_days"]),
        rollout=bundle_options.rollout(options),
    )


def _facts(manifest: Manifest) -> dict[str, t.Any]:
    return {
        "changed": True,
        "name": manifest.name,
        "version": manifest.version,
        "content_id": manifest.content_id,
        "serial": manifest.serial,
        "expires": format_time(manifest.expires),
        "files": len(manifest.files),
        "size": sum(file.size for file in manifest.files.values()),
        "public_keys": list(manifest.keys),
    }


class _Content:
    """The files of a version."""

    def __init__(
        self,
        options: Options,
        company: t.Mapping[str, t.Any],
        evaluate: Evaluate,
        directory: PublishedDirectory,
        root: str,
    ) -> None:
        self._options = options
        self._company = company
        self._evaluate = evaluate
        self._directory = directory
        self._root = root
        self._version: str = options["version"]

    def manifest(self, new: str) -> Manifest:
        """The manifest, not signed yet, of the files that this writes to the directory *new*."""
        roles, environments = self._fill(new)
        now = datetime.datetime.now(datetime.timezone.utc)
        return Manifest(
            name=self._options["name"],
            version=self._version,
            serial=0,
            issued=now,
            expires=now,
            files={f"{self._version}/{name}": file for name, file in files_in(new).items()},
            environments=environments,
            keys=[],
            settings=bundle_options.settings(self._options, self._company),
            rollout=Rollout(),
            **{role: f"{self._version}/{name}" for role, name in roles.items()},
        )

    def _fill(self, new: str) -> tuple[dict[str, str], dict[str, list[str]]]:
        """Write the files of the version; their names by role, and the wheels of each environment."""
        collection = collection_tarball(self._root)
        content = {
            collection.name: collection.content,
            UPDATER: build_updater(os.path.join(self._root, "plugins", "module_utils")),
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
        pins = read_pins(self._options["requirements"] or os.path.join(self._root, REQUIREMENTS))
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
                shutil.copyfile(path, os.path.join(new, os.path.basename(path)))
        return version
