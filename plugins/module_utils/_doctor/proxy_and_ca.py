# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check of a workstation finds on the way to AWS before anything is sent: certificates and proxies.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import shlex
import ssl
import typing as t
import urllib.request

from .._network.trust_store import (
    existing_store,
    system_bundle,
)
from .config import (
    Configuration,
)
from .finding import (
    Finding,
    chained,
    enumerated,
)

_LOOPBACK = ("127.0.0.1", "localhost")


def route_findings(environment: t.Mapping[str, str], configuration: Configuration) -> t.List[Finding]:
    return [*_of_certificates(environment, configuration), *_of_proxies(environment)]


def trust_the_company() -> str:
    """The commands that make the AWS CLI trust a company's CA."""
    store = existing_store()
    if store is None:
        return "Install ca-certificates and your company's CA; AWS_CA_BUNDLE must point to their bundle"
    return chained(
        f"sudo cp COMPANY-CA.crt {store.anchors}/",
        f"sudo {store.update}",
        f"export AWS_CA_BUNDLE={store.bundle()}",
    )


def _of_certificates(environment: t.Mapping[str, str], configuration: Configuration) -> t.Iterator[Finding]:
    bundle = system_bundle()
    cure = f"export AWS_CA_BUNDLE={bundle}" if bundle else "unset AWS_CA_BUNDLE"
    path = environment.get("AWS_CA_BUNDLE", "")
    if path:
        fault = fault_of_bundle(path)
        if fault:
            yield Finding(
                "ca-bundle-unusable",
                "error",
                "AWS_CA_BUNDLE",
                f"It points to {path}, which {fault}.",
                "The AWS CLI and boto3 then cannot connect at all.",
                cure,
            )
        return
    names = [name for name, settings in configuration.config.profiles.items() if settings.get("ca_bundle")]
    if names:
        yield Finding(
            "ca-bundle-in-config-only",
            "warning",
            f"profile {enumerated(names)}",
            "ca_bundle is in the configuration file, and AWS_CA_BUNDLE is not in the environment.",
            "aws sso login uses the variable only, and fails if TLS is inspected.",
            f"export AWS_CA_BUNDLE={shlex.quote(str(configuration.config.profiles[names[0]]['ca_bundle']))}",
        )


def fault_of_bundle(path: str) -> str:
    """Why the certificates at *path* cannot be used; "" when they can."""
    if not os.path.exists(path):
        return "does not exist"
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        return "holds no certificates in PEM form"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""


def proxies(environment: t.Mapping[str, str]) -> t.Dict[str, str]:
    """The proxy of each scheme, and under "no" the hosts without one; small letters win, as everywhere."""
    found: t.Dict[str, str] = {}
    for lower in (False, True):
        for name, value in environment.items():
            if name.lower().endswith("_proxy") and name.islower() == lower:
                found[name[: -len("_proxy")].lower()] = value
    return {scheme: value for scheme, value in found.items() if value}


def bypasses(host: str, used: t.Mapping[str, str]) -> bool:
    """Whether *host* is to be called without a proxy."""
    return bool(urllib.request.proxy_bypass_environment(host, used))  # type: ignore[attr-defined]


def _of_proxies(environment: t.Mapping[str, str]) -> t.Iterator[Finding]:
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
            f"A proxy is set, also for {' and '.join(proxied)}.",
            "A Linux browser would request the last page of a sign-in from it, which only this host serves.",
            f"export NO_PROXY={without} no_proxy={without}",
        )
