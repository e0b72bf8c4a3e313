# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configures a corporate proxy and CA certificates wherever programs on a host look for them.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field

from .._errors import WorkstationError
from .._files.managed import (
    Change,
    ManagedFile,
    apply,
    read_text,
)
from .._host import shell_startup
from .._host.commands import FindProgram, RunCommand
from .._host.os_release import system_bashrc
from .._host.shell_startup import (
    Snippet,
    quote,
    quote_for_fish,
)
from .certificates import (
    Certificate,
    fingerprints,
)
from .package_managers import (
    BLOCK,
    package_manager_files,
    replaced_lines,
)
from .proxy import Proxy, unsupported_exceptions, without_secrets
from .trust_store import (
    Anchors,
    fingerprint_list,
    own_store,
    system_bundle,
)

USER_BUNDLE = ".local/share/workstation.aws_sso/ca-bundle.pem"

# Programs that use the system's trust store need no variable. curl, and programs that use OpenSSL, such as
# Python, use no other bundle without one.
_SYSTEM_VARIABLES: t.Sequence[str] = ("AWS_CA_BUNDLE",)
_USER_VARIABLES: t.Sequence[str] = ("AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")

_HEADER = "# Part of the Ansible collection workstation.aws_sso."
_PROXY_NAMES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")


class NetworkSettings(t.NamedTuple):
    """None keeps the current settings; a proxy without a URL, or an empty list, removes them."""

    proxy: t.Optional[Proxy]
    certificates: t.Optional[t.List[Certificate]]


class Machine(t.NamedTuple):
    """The host to configure: for the user with the home directory *home*, or for all users if that is "".

    With *check* nothing is changed.
    """

    find: FindProgram
    run: RunCommand
    check: bool
    home: str = ""
    root: str = "/"

    def shell_files(self, snippet: Snippet) -> t.List[ManagedFile]:
        if self.home:
            return shell_startup.user_files(snippet, self.find, self.home)
        return shell_startup.system_files(snippet, self.find, system_bashrc(self.root), self.root)

    def anchors(self) -> Anchors:
        """Raises WorkstationError."""
        store = own_store(self.root)
        if store is None:
            raise WorkstationError(
                "The trust store of this distribution is not supported. Add the certificates with the"
                " distribution's own tools, or set scope=user."
            )
        return Anchors(store, self.find(store.update) or "", self.run, self.root)


@dataclass
class NetworkResult:
    """What changed. *ca_bundle* and *environment* are empty for settings that are kept or removed."""

    changes: t.List[Change] = field(default_factory=list)
    ca_bundle: str = ""
    environment: t.Dict[str, str] = field(default_factory=dict)
    warnings: t.List[str] = field(default_factory=list)


def apply_settings(settings: NetworkSettings, machine: Machine) -> NetworkResult:
    """Configure the *machine*. Raises OSError and, before anything is changed, WorkstationError."""
    result = NetworkResult()
    files: t.List[ManagedFile] = []
    if settings.proxy is not None:
        files += [] if machine.home else package_manager_files(settings.proxy, machine.root)
        files += machine.shell_files(_proxy_snippet(settings.proxy))
        if settings.proxy.url:
            result.warnings += unsupported_exceptions(settings.proxy.exceptions)
        result.environment.update(settings.proxy.environment())
    if settings.certificates is not None:
        files += _apply_certificates(settings.certificates, machine, result)
    changes = apply(files, machine.check)
    result.warnings += _replaced_settings_warnings(changes)
    result.changes += changes
    return result


def _apply_certificates(
    certificates: t.List[Certificate], machine: Machine, result: NetworkResult
) -> t.List[ManagedFile]:
    """Update the bundle; returns the shell files that export it."""
    result.warnings += [
        f"The certificate {certificate.subject!r} {certificate.problem}. Check that it is the right"
        " certificate, and that the clock of the host is correct."
        for certificate in certificates
        if certificate.problem
    ]
    names = _USER_VARIABLES if machine.home else _SYSTEM_VARIABLES
    bundle = (_user_bundle if machine.home else _system_bundle)(certificates, machine, result)
    if certificates:
        result.ca_bundle = bundle
        result.environment.update(dict.fromkeys(names, bundle))
    return machine.shell_files(_bundle_snippet(names, result.ca_bundle))


def _system_bundle(certificates: t.List[Certificate], machine: Machine, result: NetworkResult) -> str:
    anchors = machine.anchors()
    result.changes += anchors.apply(certificates, machine.check)
    if not anchors.update and not anchors.trusts(certificates):
        result.warnings.append(
            f"{anchors.store.update} is not installed, so the certificates are not trusted yet. They will be"
            " once the package ca-certificates is installed."
        )
    return anchors.store.bundle(machine.root)


def _user_bundle(certificates: t.List[Certificate], machine: Machine, result: NetworkResult) -> str:
    """Write a bundle of the system's current certificates and these; returns its path."""
    path = os.path.join(machine.home, USER_BUNDLE)
    system_path = system_bundle(machine.root)
    if certificates and not system_path:
        result.warnings.append(
            f"The host has no CA bundle, so {path} contains only the certificates in ca_certificates."
        )
    text = read_text(system_path) if certificates and system_path else ""
    text += "".join(certificate.pem for certificate in certificates)
    result.changes += [
        Change(
            path, fingerprint_list(fingerprints(change.before)), fingerprint_list(fingerprints(change.after))
        )
        for change in apply([ManagedFile(path, text)], machine.check)
    ]
    return path


def _replaced_settings_warnings(changes: t.Iterable[Change]) -> t.Iterator[str]:
    for change in changes:
        lines = [line for line in replaced_lines(change.after) if line not in replaced_lines(change.before)]
        if lines:
            yield without_secrets(
                f"{change.path} already had proxy settings. They are commented out, and restored when the"
                f" proxy is removed: {'; '.join(lines)}"
            )


def _proxy_snippet(proxy: Proxy) -> Snippet:
    """Variables that are already set are kept: WSL sets them from Windows in the sessions that it starts."""
    variables = proxy.environment()
    is_set = "".join(f"${{{name}+x}}" for name in _PROXY_NAMES)
    unset = "; and ".join(f"not set -q {name}" for name in _PROXY_NAMES)
    return Snippet(
        name="workstation-proxy",
        block=f"{BLOCK}.proxy",
        bourne=_guarded(f'if [ -z "{is_set}" ]; then', _bourne_exports(variables), "fi"),
        fish=_guarded(f"if {unset}", _fish_exports(variables), "end"),
        private=proxy.has_credentials,
    )


def _bundle_snippet(names: t.Iterable[str], bundle: str) -> Snippet:
    """Exports the bundle only while it is readable, because the AWS CLI fails if it is missing."""
    bourne = [f'[ -n "${{{name}+x}}" ] || export {name}={quote(bundle)}' for name in names if bundle]
    fish = [f"set -q {name}; or set -gx {name} {quote_for_fish(bundle)}" for name in names if bundle]
    return Snippet(
        name="workstation-ca-bundle",
        block=f"{BLOCK}.ca_bundle",
        bourne=_guarded(f"if [ -r {quote(bundle)} ]; then", bourne, "fi"),
        fish=_guarded(f"if test -r {quote_for_fish(bundle)}", fish, "end"),
    )


def _bourne_exports(variables: t.Mapping[str, str]) -> t.List[str]:
    return [f"export {name}={quote(value)}" for name, value in variables.items()]


def _fish_exports(variables: t.Mapping[str, str]) -> t.List[str]:
    return [f"set -gx {name} {quote_for_fish(value)}" for name, value in variables.items()]


def _guarded(condition: str, lines: t.Sequence[str], end: str) -> str:
    """A script that runs *lines* under *condition*; "" if there are no lines."""
    if not lines:
        return ""
    return "".join(f"{line}\n" for line in (_HEADER, condition, *(f"    {line}" for line in lines), end))
