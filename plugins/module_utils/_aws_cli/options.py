# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the options of the module aws_cli to an installer, on the host and on the controller.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import platform
import re
import typing as t

from ansible.module_utils.compat.version import LooseVersion

from .._errors import WorkstationError
from .._files.directories import home_directory
from .._host.commands import FindProgram, RunCommand, run_in_scratch_home
from .._host.tools import program_finder
from .._installed_cli.login_shell import LoginShell, invoking_user
from .._installed_cli.other_programs import first_other, identify, remaining_warning, shadow_warning
from .completion import share_directory
from .download import Downloader, progress_writer
from .installer import DesiredState, Installer
from .layout import VERSION
from .public_key import FINGERPRINT, PUBLIC_KEY, expiry_warning
from .signature import Verifier, normalized_fingerprint, read_key
from .source import CHECKSUM, Source, expanded, supported_architecture
from .tree import Tree
from .urls import is_url, require_valid_url, url_secrets

Options = t.Mapping[str, t.Any]

URL_OPTIONS = ("base_url", "source", "signature")
_FINGERPRINT = re.compile(r"[0-9A-F]{40}|[0-9A-F]{64}", re.ASCII)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", re.ASCII)
_USE_CONTROLLER = "set download_on=controller, so that the controller downloads it for this host"


def installer_for(module: t.Any) -> Installer:
    """The installer for the options of the AnsibleModule *module* and the host that it runs on.

    Raises WorkstationError for options that are not valid and for hosts that are not supported.
    """
    options = module.params
    require_valid(options)
    require_valid_directories(options)
    run = run_in_scratch_home(module)
    removed = options["state"] == "absent"
    has_completion = options["completion"] or removed
    tree = Tree(
        options["install_dir"],
        options["bin_dir"],
        share_directory(options["bin_dir"], home_directory()) if has_completion else None,
    )
    source = source_for(
        options,
        "" if removed else supported_architecture(platform.machine()),
        Downloader(
            _open_url,
            options["timeout"],
            on_progress=progress_writer(tree.progress_path),
            alternative=_USE_CONTROLLER,
            **secret_headers(options),
        ),
        run,
        program_finder(os.environ.get("PATH", "")),
    )
    desired = DesiredState(
        options["state"],
        options["version"],
        options["keep_versions"],
        options["completion"],
        options["minimum_version"],
    )
    return Installer(tree, source, desired, run, debug=module.debug)


def login_shell() -> t.Optional[LoginShell]:
    """A login shell of the user of this host; None if the user has no account here."""
    account = invoking_user()
    return LoginShell(account) if account else None


def other_program(module: t.Any, executable: str, shell: t.Optional[LoginShell]) -> t.Tuple[str, str]:
    """The other aws that *shell* finds before *executable*, and a warning about it.

    With state=absent, the path is "", and the warning is about any other aws that the shell still finds.
    """
    removed = module.params["state"] == "absent"
    path = first_other(executable, shell.search_path(), all_directories=removed) if shell else ""
    if not shell or not path:
        return "", ""
    other = identify(path, run_in_scratch_home(module), program_finder(os.environ.get("PATH", "")))
    if removed:
        return "", remaining_warning(other, shell.user)
    return path, shadow_warning(other, executable, shell.user)


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
        verifier = _verifier(options, run, find_program)
    return Source(
        architecture=architecture,
        base_url=options["base_url"],
        location=locate(options["source"] or None),
        signature=locate(options["signature"] or None),
        checksum=options["checksum"],
        downloader=downloader,
        verifier=verifier,
    )


def as_list(value: t.Any) -> t.List[str]:
    """The texts of an option that takes one or a list of them.

    Its type cannot be a list, which would divide a public key at its commas. Raises WorkstationError.
    """
    values = value if isinstance(value, list) else [value] if value else []
    if not all(isinstance(element, str) for element in values):
        raise WorkstationError("public_key and fingerprint must be a string or a list of strings.")
    return values


def secret_headers(options: Options) -> t.Dict[str, t.Any]:
    """The arguments for the Downloader, which sends the headers to the server of the archive alone."""
    source = options["source"]
    headers = {str(name): str(value) for name, value in (options.get("headers") or {}).items()}
    return {"headers": headers, "headers_for": source if source and is_url(source) else options["base_url"]}


def _verifier(options: Options, run: RunCommand, find_program: FindProgram) -> Verifier:
    """The verifier with the keys of *options*, and the one that we ship as far as its fingerprint allows.

    A copy of that key from elsewhere may be newer, but has one self-signature only.
    """
    fingerprints = [normalized_fingerprint(text) for text in as_list(options["fingerprint"])]
    given = as_list(options["public_key"])
    keys = [*given, *([PUBLIC_KEY] if FINGERPRINT in fingerprints else [])]
    warning = "" if given or FINGERPRINT not in fingerprints else expiry_warning()
    return Verifier([read_key(key) for key in keys], fingerprints, run, find_program, warning)


def option_secrets(options: Options) -> t.Set[str]:
    """The credentials and queries in URLs; other secrets are recognized in the options of any module."""
    urls = [options.get(name) for name in URL_OPTIONS]
    return {secret for url in urls if isinstance(url, str) and is_url(url) for secret in url_secrets(url)}


def require_valid(options: Options) -> None:
    """Refuse values that could only fail later. Raises WorkstationError."""
    _require_valid_versions(options)
    _require_valid_locations(options)
    _require_valid_headers(options)
    _require_valid_trust(options)
    if options["keep_versions"] < 1:
        raise WorkstationError("keep_versions must be 1 or more, because it includes the current version.")
    if options["state"] == "latest" and (options["version"] or options["source"]):
        raise WorkstationError(
            "state=latest is mutually exclusive with version and source:"
            " it installs the newest version that base_url offers."
        )


def require_valid_directories(options: Options) -> None:
    """Refuse directories that depend on the working directory. Raises WorkstationError."""
    for name in ("install_dir", "bin_dir"):
        path = options[name]
        if not path.startswith("/") or "\0" in path:
            raise WorkstationError(
                f"{name} must be an absolute path, or begin with ~/, not {path!r}."
                f" If the value of a variable is empty, omit {name}."
            )


def _require_valid_versions(options: Options) -> None:
    version, minimum = options["version"], options["minimum_version"]
    if version and not VERSION.fullmatch(version):
        raise WorkstationError(
            f"version must be three numbers such as 2.38.5, not {version!r}."
            " For the newest version, leave version out and set state=latest."
        )
    if minimum and not VERSION.fullmatch(minimum):
        raise WorkstationError(f"minimum_version must be three numbers such as 2.38.5, not {minimum!r}.")
    if version and minimum and LooseVersion(version) < LooseVersion(minimum):
        raise WorkstationError(f"version {version} is older than minimum_version {minimum}.")


def _require_valid_locations(options: Options) -> None:
    require_valid_url("base_url", options["base_url"])
    for name in ("source", "signature"):
        value = options[name]
        if value and is_url(value):
            require_valid_url(name, value)
        elif value and "\0" in value:
            raise WorkstationError(f"{name} must not contain a NUL character.")


def _require_valid_headers(options: Options) -> None:
    for name, value in (options.get("headers") or {}).items():
        if not _HEADER_NAME.fullmatch(str(name)):
            raise WorkstationError("headers contains a name that is not valid for a header of HTTP.")
        if not _HEADER_VALUE.fullmatch(str(value)):
            raise WorkstationError(
                f"The value of {name} in headers must be visible ASCII characters and spaces, on one line."
            )


def _require_valid_trust(options: Options) -> None:
    checksum, verify_signature = options["checksum"], options["verify_signature"]
    if checksum and not CHECKSUM.fullmatch(checksum):
        raise WorkstationError(
            "checksum must have the form sha256:HEXADECIMAL (64 digits) or sha512:HEXADECIMAL (128 digits)."
        )
    if checksum == "" and not verify_signature:
        raise WorkstationError(
            "checksum is empty and verify_signature is false, so nothing would be verified. Set checksum, or"
            " omit it to trust any archive."
        )
    fingerprints = [normalized_fingerprint(text) for text in as_list(options["fingerprint"])]
    valid = fingerprints and all(map(_FINGERPRINT.fullmatch, fingerprints))
    if verify_signature and not valid:
        raise WorkstationError("fingerprint must be the 40 hexadecimal digits of an OpenPGP key.")


def _open_url(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Ansible's open_url, imported for downloads only: that takes as long as a run without changes."""
    from ansible.module_utils import urls

    return urls.open_url(*arguments, **options)
