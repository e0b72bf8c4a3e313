# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the CA bundle and proxy settings, made without a network call.

PRIVATE to the collection.
"""

from __future__ import annotations

import shlex
import typing as t
import urllib.request

from .._network.certificates import ca_bundle_problem
from .._network.trust_store import existing_store, system_bundle
from .._text import shortened_list
from .config import Configuration
from .finding import Finding, chain

_LOOPBACK = ("127.0.0.1", "localhost")

_MOST_SHOWN = 5
"""How many profiles a finding lists."""


def proxy_and_ca_findings(environment: t.Mapping[str, str], configuration: Configuration) -> t.List[Finding]:
    """What is wrong with the settings for certificates and proxies."""
    return [*_ca_findings(environment, configuration), *_proxy_findings(environment)]


def trust_corporate_ca() -> str:
    """The commands that make the AWS CLI trust a corporate CA."""
    store = existing_store()
    if store is None:
        return (
            "Install the package ca-certificates and your company's CA, then set AWS_CA_BUNDLE to the path of"
            " their bundle"
        )
    return chain(
        f"sudo cp COMPANY-CA.crt {store.anchors}/",
        f"sudo {store.update}",
        f"export AWS_CA_BUNDLE={store.bundle()}",
    )


def _ca_findings(environment: t.Mapping[str, str], configuration: Configuration) -> t.Iterator[Finding]:
    bundle = system_bundle()
    fix = f"export AWS_CA_BUNDLE={bundle}" if bundle else "unset AWS_CA_BUNDLE"
    path = environment.get("AWS_CA_BUNDLE", "")
    if path:
        problem = ca_bundle_problem(path)
        if problem:
            yield Finding(
                "ca-bundle-unusable",
                "error",
                "AWS_CA_BUNDLE",
                f"It points to {path}, which {problem}.",
                "The AWS CLI and boto3 cannot make any call to AWS.",
                fix,
            )
        return
    names = [name for name, settings in configuration.config.profiles.items() if settings.get("ca_bundle")]
    if names:
        yield Finding(
            "ca-bundle-in-config-only",
            "warning",
            f"profile {shortened_list(names, _MOST_SHOWN)}",
            "ca_bundle is set in the configuration file, but AWS_CA_BUNDLE is not set in the environment.",
            "aws sso login reads only the variable, and fails on a network that inspects TLS.",
            f"export AWS_CA_BUNDLE={shlex.quote(str(configuration.config.profiles[names[0]]['ca_bundle']))}",
        )


def proxies(environment: t.Mapping[str, str]) -> t.Dict[str, str]:
    """The proxy URL of each scheme, and under "no" the hosts that are called without a proxy.

    A lower-case variable takes precedence over the same one in upper case, as in urllib, curl and botocore.
    """
    found: t.Dict[str, str] = {}
    for lower in (False, True):
        for name, value in environment.items():
            if name.lower().endswith("_proxy") and name.islower() == lower:
                found[name[: -len("_proxy")].lower()] = value
    return {scheme: value for scheme, value in found.items() if value}


def bypasses(host: str, used: t.Mapping[str, str]) -> bool:
    """Whether *host* is called without a proxy; *used* as proxies() returns it."""
    return bool(urllib.request.proxy_bypass_environment(host, used))  # type: ignore[attr-defined]


def _proxy_findings(environment: t.Mapping[str, str]) -> t.Iterator[Finding]:
    used = proxies(environment)
    if not {"http", "https"}.intersection(used):
        return
    proxied = [host for host in _LOOPBACK if not bypasses(host, used)]
    if proxied:
        without = shlex.quote(",".join([*filter(None, [used.get("no")]), *proxied]))
        yield Finding(
            "proxy-for-loopback",
            "warning",
            "NO_PROXY",
            f"A proxy is set, and NO_PROXY does not exclude {' and '.join(proxied)}.",
            "A Linux browser asks the proxy for the last page of a sign-in, which only this host can serve.",
            f"export NO_PROXY={without} no_proxy={without}",
        )
