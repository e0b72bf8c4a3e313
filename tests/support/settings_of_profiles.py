# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles with endpoints and CA bundles of their own, and an active profile that must not matter."""

from __future__ import annotations

import pytest

SESSION = """\
[sso-session corp]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""
ACTIVE_PROFILES = [
    "AWS_PROFILE",
    pytest.param("AWS_DEFAULT_PROFILE", marks=pytest.mark.full),
    pytest.param("[default]", marks=pytest.mark.full),
    "[default] with services",
]
"""How a profile becomes the active one: by a variable that names it, or because it is the default."""


def profile(name: str, *settings: str) -> str:
    """The section of a profile of "corp"."""
    role = ("sso_session = corp", "sso_account_id = 111122223333", "sso_role_name = ReadOnly")
    return "\n".join((f"[profile {name}]", *role, *settings, ""))


def services(name: str, url: str) -> str:
    """A services section that sends the calls of a session to *url*."""
    lines = [f"{service} =\n  endpoint_url = {url}\n" for service in ("sso", "sso_oidc", "sts")]
    return f"[services {name}]\n{''.join(lines)}"


def active_profile(kind: str, url: str) -> tuple[str, dict[str, str]]:
    """The section, and the variables, of an active profile with the endpoint *url*."""
    if kind == "[default]":
        return f"[default]\nendpoint_url = {url}\n", {}
    if kind == "[default] with services":
        return f"[default]\nservices = stranger\n{services('stranger', url)}", {}
    return f"[profile localstack]\nendpoint_url = {url}\n", {kind: "localstack"}
