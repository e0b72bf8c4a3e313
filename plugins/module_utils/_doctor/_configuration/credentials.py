# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the credentials file beside the configuration file.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ..config import Configuration
from ..finding import Finding


def credentials_findings(configuration: Configuration) -> t.Iterator[Finding]:
    """Keys and profiles in the credentials file that interfere with those of the configuration file."""
    path = configuration.credentials_path
    for name, settings in configuration.credentials.items():
        profile = configuration.config.profiles.get(name, {})
        shadowing = sorted(key for key in settings if key in profile and profile[key] != settings[key])
        if shadowing:
            yield Finding(
                "credentials-shadow-config",
                "warning",
                f"profile {name}",
                f"{', '.join(shadowing)} in {path} overrides the value in {configuration.path}.",
                "The AWS CLI and the SDKs merge both files, and the credentials file takes precedence.",
                f"{configuration.place('profile', name, shadowing[0])}, delete"
                f" {' and '.join(shadowing)} from [{name}]",
            )
        if "aws_access_key_id" in settings and ("sso_session" in profile or "sso_start_url" in profile):
            yield Finding(
                "credentials-mixed-with-sso",
                "warning",
                f"profile {name}",
                f"It signs in through IAM Identity Center, but also has access keys in {path}.",
                "The AWS CLI and boto3 use the sign-in; other SDKs, such as Terraform's, use the keys.",
                f"{configuration.place('profile', name, 'aws_access_key_id')}, delete or rename [{name}]",
            )
