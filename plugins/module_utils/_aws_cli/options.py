# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of the module aws_cli to an installer, on the host and on the controller.

PRIVATE to the collection.
"""

from __future__ import annotations

import platform
import typing as t

from .._errors import WorkstationError
from .._files.directories import home_directory
from .._host.commands import FindProgram, RunCommand, run_in_scratch_home
from .completion import share_directory
from .download import Downloader, progress_writer
from .installer import DesiredState, Installer
from .public_key import PUBLIC_KEY
from .signature import Verifier, read_key
from .source import CHECKSUM, Source, expanded, supported_architecture
from .tree import VERSION, Tree

Options = t.Mapping[str, t.Any]

_USE_CONTROLLER = "set download_on=controller, so that the controller downloads it for this host"


def installer_for(module: t.Any) -> Installer:
    """The installer for the options of the AnsibleModule *module* and the host that it runs on.

    Raises WorkstationError for options that are not valid and for hosts that are not supported.
    """
    options = module.params
    require_valid(options)
    run = run_in_scratch_home(module)
    removed = options["state"] == "absent"
    source = source_for(
        options,
        "" if removed else supported_architecture(platform.machine()),
        Downloader(
            _open_url,
            options["timeout"],
            on_progress=progress_writer(module.tmpdir),
            alternative=_USE_CONTROLLER,
        ),
        run,
        module.get_bin_path,
    )
    tree = Tree(
        options["install_dir"],
        options["bin_dir"],
        share_directory(options["bin_dir"], home_directory()),
    )
    desired = DesiredState(
        options["state"], options["version"], options["keep_versions"], options["completion"]
    )
    return Installer(tree, source, desired, run, debug=module.debug)


def source_for(
    options: Options,
    architecture: str,
    downloader: Downloader,
    run: RunCommand,
    find_program: FindProgram,
    locate: t.Callable[[t.Optional[str]], t.Optional[str]] = expanded,
) -> Source:
    """The archives that *options* select; *locate* returns the path or URL for an option's value.

    Raises WorkstationError for a public key that cannot be read.
    """
    verifier = None
    if options["verify_signature"]:
        public_key = read_key(options["public_key"] or PUBLIC_KEY)
        verifier = Verifier(public_key, options["fingerprint"], run, find_program)
    return Source(
        architecture=architecture,
        base_url=options["base_url"],
        location=locate(options["source"]),
        signature=locate(options["signature"]),
        checksum=options["checksum"],
        downloader=downloader,
        verifier=verifier,
    )


def require_valid(options: Options) -> None:
    """Refuse values that could only fail later. Raises WorkstationError."""
    if options["version"] and not VERSION.fullmatch(options["version"]):
        raise WorkstationError(
            f"version must be three numbers such as 2.38.5, not {options['version']!r}."
            " For the newest version, leave version out and set state=latest."
        )
    if options["checksum"] and not CHECKSUM.fullmatch(options["checksum"]):
        raise WorkstationError(
            "checksum must have the form sha256:HEXADECIMAL (64 digits) or sha512:HEXADECIMAL (128 digits)."
        )
    if options["keep_versions"] < 1:
        raise WorkstationError("keep_versions must be 1 or more, because it includes the current version.")
    if options["state"] == "latest" and (options["version"] or options["source"]):
        raise WorkstationError(
            "state=latest is mutually exclusive with version and source:"
            " it installs the newest version that base_url offers."
        )


def _open_url(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Ansible's open_url, imported for downloads only: that takes as long as a run without changes."""
    from ansible.module_utils import urls

    return urls.open_url(*arguments, **options)
