# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator under AWS's own host names, so that clients choose the endpoints as they do at AWS."""

from __future__ import annotations

import contextlib
import pathlib
import typing as t

from identity_center import IdentityCenter
from identity_center.hosts import SUFFIXES
from support.company_network import Authority, Proxy

_SERVICES = ("", "sso.", "sso-fips.")


@contextlib.contextmanager
def aws_names(
    directory: pathlib.Path, regions: t.Iterable[str] = ("eu-west-1",), **options: t.Any
) -> t.Iterator[tuple[IdentityCenter, dict[str, str]]]:
    """An emulator for all endpoints of *regions*, and the environment of its clients.

    *options* are those of IdentityCenter. A host name of another region cannot be reached.
    """
    suffixes = [f"{region}.{suffix}" for region in regions for suffix in SUFFIXES]
    authority = Authority(directory)
    certificate = authority.issue(*(f"*.{service}{suffix}" for suffix in suffixes for service in _SERVICES))
    with IdentityCenter(certificate=str(certificate), **options) as center:
        port = int(center.url.rpartition(":")[2])
        with Proxy({f"*.{suffix}": port for suffix in suffixes}) as proxy:
            yield center, _environment(proxy, authority)


def _environment(proxy: Proxy, authority: Authority) -> dict[str, str]:
    url = f"http://{proxy.address}"
    return {
        "HTTPS_PROXY": url,
        "https_proxy": url,
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        "AWS_CA_BUNDLE": str(authority.file),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
