# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archives of AWS CLI v2 in a bundle, verified on the controller.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import shutil
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ...module_utils._aws_cli.options import require_valid
from ...module_utils._aws_cli.source import signature_location
from ...module_utils._errors import WorkstationError
from ...modules.aws_cli import ARGUMENT_SPEC
from .._bundle_store import SharedBundles
from .._display import show

VARIABLE = "workstation_aws_cli"
_SOURCE = "{{ workstation_bundle_files }}/awscli-exe-linux-{{ workstation_bundle_machine }}.zip"
_FOR_DOWNLOADS = ("base_url", "checksum", "download_on", "headers", "minimum_version", "signature")
"""Options that select what is downloaded. A laptop has the archive already."""


def archive_name(machine: str) -> str:
    return f"awscli-exe-linux-{machine}.zip"


def add_archives(
    directory: str, machines: t.Iterable[str], options: t.Mapping[str, t.Any], task_id: str
) -> str:
    """Put the archive that *options* of the module aws_cli select for each of *machines* into *directory*.

    Returns their version. Raises WorkstationError, LockTimeout and OSError.
    """
    chosen = _module_options(options)
    bundles = SharedBundles(chosen, _no_file, task_id)
    version = str(bundles.host_arguments().get("version") or chosen["version"])
    for machine in machines:
        show(f"AWS CLI {version} for {machine}")
        bundle = bundles.bundle(machine, "The bundle")
        path = os.path.join(directory, archive_name(machine))
        shutil.copyfile(bundle.path, path)
        if os.path.exists(signature_location(bundle.path)):
            shutil.copyfile(signature_location(bundle.path), signature_location(path))
    return version


def laptop_options(options: t.Mapping[str, t.Any], version: str) -> dict[str, t.Any]:
    """The company's *options* of aws_cli, so that laptops install *version* from the bundle."""
    kept = {name: value for name, value in options.items() if name not in _FOR_DOWNLOADS}
    return {**kept, "state": "present", "version": version, "source": _SOURCE}


def _module_options(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    if options.get("source"):
        raise WorkstationError(
            f"source in {VARIABLE} and the archives in the bundle exclude one another: remove source, or set"
            " workstation_bundle_aws_cli to false."
        )
    chosen = dict(options)
    if not chosen.get("version"):
        chosen["state"] = "latest"
    checked = ArgumentSpecValidator(ARGUMENT_SPEC).validate(chosen)
    if checked.error_messages:
        raise WorkstationError(f"{VARIABLE} is not valid: {'. '.join(checked.error_messages)}.")
    require_valid(checked.validated_parameters)
    return t.cast(t.Dict[str, t.Any], checked.validated_parameters)


def _no_file(path: str) -> str:
    return os.path.abspath(path)
