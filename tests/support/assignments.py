# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup sso_assignments of a company that moto serves."""

from __future__ import annotations

import functools
import typing as t

import botocore.session
import pytest
from ansible.errors import AnsibleError
from ansible.plugins.loader import lookup_loader

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.rate_limit import RateLimiter
from support.company import KEYS, REGION, Company

PACED = RateLimiter.wait
BY_PRINCIPAL = "ListAccountAssignmentsForPrincipal"
BY_ACCOUNT = "ListAccountAssignments"

Listed = t.List[t.Dict[str, t.Any]]

_LOADER = functools.lru_cache(botocore.session.create_loader)


def prepare(company: Company, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Make *company* empty, and the one that botocore calls, as fast as it answers."""
    monkeypatch.setattr(RateLimiter, "wait", lambda _self: None)
    monkeypatch.setattr(botocore.session, "create_loader", _LOADER)  # reading its models takes the most time
    for name, value in company.environment().items():
        monkeypatch.setenv(name, value)
    company.found()
    return company


def lookup(*users: str, **options: t.Any) -> Listed:
    plugin = lookup_loader.get("workstation.aws_sso.sso_assignments")
    listed: Listed = plugin.run(list(users), **{"session": "corp", "region": REGION, **KEYS, **options})
    return listed


def refusal(*users: str, **options: t.Any) -> str:
    """The message of a lookup that fails; it contains no secret."""
    with pytest.raises(AnsibleError) as caught:
        lookup(*users, **options)
    for secret in ("secret_key", "session_token"):
        assert KEYS[secret] not in str(caught.value)
    return str(caught.value)


def via(listed: Listed) -> list[tuple[str, str, str, list[str]]]:
    return [(entry["user"], entry["account_name"], entry["role_name"], entry["via"]) for entry in listed]
