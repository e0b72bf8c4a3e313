# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company's proxy and certificate authorities, in every place of a machine where programs look for them.

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
from .._host.shell_startup import (
    Snippet,
    quoted,
    quoted_for_fish,
)
from .certificates import (
    Certificate,
    fingerprints,
)
from .package_managers import (
    BLOCK,
    package_manager_parts,
    replaced_lines,
)
from .proxy import Proxy, without_secrets
from .trust_store import (
    Anchors,
    listing,
    own_store,
    system_bundle,
)

USERS_BUNDLE = ".local/share/workstation.aws_sso/ca-bundle.pem"

# What reads the certificates of the system by itself needs no variable. curl, and what uses OpenSSL, such as
# Python, look nowhere else unless they are told.
_VARIABLES_OF_SYSTEM: t.Sequence[str] = ("AWS_CA_BUNDLE",)
_VARIABLES_OF_USER: t.Sequence[str] = ("AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")

_ORIGIN = "# Part of the Ansible collection workstation.aws_sso."
_PROXY_NAMES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")


class NetworkSettings(t.NamedTuple):
    """None leaves alone what is there. A proxy without a URL, or no certificates, take it away."""

    proxy: t.Optional[Proxy]
    certificates: t.Optional[t.List[Certificate]]


class Machine(t.NamedTuple):
    """What is changed, for the user with the home *home* or, if that is "", for all; nothing with *check*."""

    find: FindProgram
    run: RunCommand
    check: bool
    home: str = ""
    root: str = "/"

    def parts_of_shells(self, snippet: Snippet) -> t.List[ManagedFile]:
        if self.home:
            return shell_startup.parts_for_user(snippet, self.find, self.home)
        return shell_startup.parts_for_system(snippet, self.find, self.root)

    def anchors(self) -> Anchors:
        """Raises WorkstationError."""
        store = own_store(self.root)
        if store is None:
            raise WorkstationError(
                "where this distribution keeps the certificates that it trusts is not known here; put them"
                " there by its own means, or use scope=user"
            )
        return Anchors(store, self.find(store.update) or "", self.run, self.root)


@dataclass
class NetworkResult:
    """*ca_bundle* is "", and *environment* lacks the variables, for what is left alone or taken away."""

    changes: t.List[Change] = field(default_factory=list)
    ca_bundle: str = ""
    environment: t.Dict[str, str] = field(default_factory=dict)
    warnings: t.List[str] = field(default_factory=list)


def apply_settings(settings: NetworkSettings, machine: Machine) -> NetworkResult:
    """Configure the *machine*. Raises OSError, and WorkstationError before anything is changed."""
    outcome = NetworkResult()
    parts: t.List[ManagedFile] = []
    if settings.proxy is not None:
        parts += [] if machine.home else package_manager_parts(settings.proxy, machine.root)
        parts += machine.parts_of_shells(_proxy_snippet(settings.proxy))
        outcome.environment.update(settings.proxy.environment())
    if settings.certificates is not None:
        parts += _settle_certificates(settings.certificates, machine, outcome)
    changes = apply(parts, machine.check)
    outcome.warnings += _warnings_of_replaced(changes)
    outcome.changes += changes
    return outcome


def _settle_certificates(
    certificates: t.List[Certificate], machine: Machine, outcome: NetworkResult
) -> t.List[ManagedFile]:
    """Bring the bundle; returns what tells shells of it."""
    outcome.warnings += [
        f"The certificate {certificate.subject!r} {certificate.problem}. See that it is the right one, and"
        " that the clock of this host is."
        for certificate in certificates
        if certificate.problem
    ]
    names = _VARIABLES_OF_USER if machine.home else _VARIABLES_OF_SYSTEM
    bundle = (_bundle_of_user if machine.home else _bundle_of_system)(certificates, machine, outcome)
    if certificates:
        outcome.ca_bundle = bundle
        outcome.environment.update(dict.fromkeys(names, bundle))
    return machine.parts_of_shells(_bundle_snippet(names, outcome.ca_bundle))


def _bundle_of_system(certificates: t.List[Certificate], machine: Machine, outcome: NetworkResult) -> str:
    anchors = machine.anchors()
    outcome.changes += anchors.apply(certificates, machine.check)
    if not anchors.update and not anchors.trusts(certificates):
        outcome.warnings.append(
            f"{anchors.store.update} is not installed, so nothing trusts the certificates yet. The package"
            " ca-certificates takes them in when it is installed."
        )
    return anchors.store.bundle(machine.root)


def _bundle_of_user(certificates: t.List[Certificate], machine: Machine, outcome: NetworkResult) -> str:
    """The certificates of the system as they are now, and these."""
    path = os.path.join(machine.home, USERS_BUNDLE)
    of_system = system_bundle(machine.root)
    if certificates and not of_system:
        outcome.warnings.append(f"This host has no bundle of certificates, so {path} holds none but yours.")
    text = read_text(of_system) if certificates and of_system else ""
    text += "".join(certificate.pem for certificate in certificates)
    outcome.changes += [
        Change(path, listing(fingerprints(change.before)), listing(fingerprints(change.after)))
        for change in apply([ManagedFile(path, text)], machine.check)
    ]
    return path


def _warnings_of_replaced(changes: t.Iterable[Change]) -> t.Iterator[str]:
    for change in changes:
        lines = [line for line in replaced_lines(change.after) if line not in replaced_lines(change.before)]
        if lines:
            yield without_secrets(
                f"{change.path} had settings of somebody else, which are comments now and come back when the"
                f" proxy is taken away: {'; '.join(lines)}"
            )


def _proxy_snippet(proxy: Proxy) -> Snippet:
    """Variables that are set already stay: WSL sets them from Windows in the sessions that it starts."""
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
    """The AWS CLI takes a bundle that is not there for a hard error, so only one that can be read is told."""
    bourne = [f'[ -n "${{{name}+x}}" ] || export {name}={quoted(bundle)}' for name in names if bundle]
    fish = [f"set -q {name}; or set -gx {name} {quoted_for_fish(bundle)}" for name in names if bundle]
    return Snippet(
        name="workstation-ca-bundle",
        block=f"{BLOCK}.ca_bundle",
        bourne=_guarded(f"if [ -r {quoted(bundle)} ]; then", bourne, "fi"),
        fish=_guarded(f"if test -r {quoted_for_fish(bundle)}", fish, "end"),
    )


def _bourne_exports(variables: t.Mapping[str, str]) -> t.List[str]:
    return [f"export {name}={quoted(value)}" for name, value in variables.items()]


def _fish_exports(variables: t.Mapping[str, str]) -> t.List[str]:
    return [f"set -gx {name} {quoted_for_fish(value)}" for name, value in variables.items()]


def _guarded(condition: str, lines: t.Sequence[str], end: str) -> str:
    """A script, or "" if there are no *lines* for it."""
    if not lines:
        return ""
    return "".join(f"{line}\n" for line in (_ORIGIN, condition, *(f"    {line}" for line in lines), end))
