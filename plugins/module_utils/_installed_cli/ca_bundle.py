# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CA bundle that an AWS CLI ships, by the layout of its installation.

PRIVATE to the collection.

The AWS CLI verifies certificates with the bundle of the Python package certifi if it is installed beside it,
or else with its own, and never with that of the system, unless a distribution has patched either package.
"""

from __future__ import annotations

import glob
import os
import typing as t

_CERTIFI = os.path.join("certifi", "cacert.pem")
_OWN = (
    os.path.join("awscli", "botocore", "cacert.pem"),
    os.path.join("botocore", "cacert.pem"),  # version 1
)
_SITES = (
    "lib*/python3*/site-packages",
    "lib*/python3*/dist-packages",
    "libexec/lib*/python3*/site-packages",
)
_SNAP = os.path.join("aws-cli", "current", "bin", "aws")
_OF_VERSION_MANAGERS = (
    # below the directory that contains "shims"
    "installs/*/*/bin/aws",
    "installs/*/*/.mise-bins/aws",
    "installs/*/*/aws",
    "versions/*/bin/aws",
)


def ca_bundle(path: str) -> t.Optional[str]:
    """The CA bundle that the AWS CLI *path* trusts instead of the system's; None if it ships none."""
    for program in _programs(path):
        directory = os.path.dirname(os.path.realpath(program))
        frozen = os.path.join(directory, _OWN[0])
        if os.path.isfile(frozen):
            return frozen
        for site in _sites(directory) or _sites(os.path.dirname(program)):
            return _of_site(site)
    return None


def _programs(path: str) -> t.List[str]:
    """The program that *path* runs; for a version manager, one of each version: their bundles are similar."""
    directory = os.path.dirname(path)
    base = os.path.dirname(directory)
    if os.path.basename(directory) == "shims":
        places = (os.path.join(glob.escape(base), place) for place in _OF_VERSION_MANAGERS)
        return [found for place in places for found in sorted(glob.glob(place))]
    if os.path.basename(os.path.realpath(path)) == "snap":
        return [os.path.join(base, _SNAP)]
    return [path]


def _sites(directory: str) -> t.List[str]:
    """The directories for Python packages beside *directory*, which contains a program, with the AWS CLI."""
    prefix = glob.escape(os.path.dirname(directory))
    found = (site for place in _SITES for site in sorted(glob.glob(os.path.join(prefix, place))))
    return [site for site in found if os.path.isdir(os.path.join(site, "awscli"))]


def _of_site(site: str) -> t.Optional[str]:
    if os.path.isdir(os.path.join(site, "certifi")):
        bundle = os.path.join(site, _CERTIFI)
        return bundle if os.path.isfile(bundle) else None
    found = (os.path.join(site, name) for name in _OWN)
    return next((bundle for bundle in found if os.path.isfile(bundle)), None)
