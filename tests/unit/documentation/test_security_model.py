# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements of docs/security-model.md that follow from the code."""

from __future__ import annotations

import json
import pathlib
import re

import botocore.session
import pytest
from botocore.config import Config

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso import endpoints
from ansible_collections.workstation.aws_sso.plugins.modules import aws_cli
from end_to_end import readme

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "security-model.md"
REGION = "eu-west-1"


def section(heading: str) -> str:
    return PAGE.read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def endpoint(service: str, dual_stack: bool = False) -> str:
    """The host that botocore calls in eu-west-1."""
    client = botocore.session.Session().create_client(
        service,
        region_name=REGION,
        aws_access_key_id="unused",
        aws_secret_access_key="unused",
        config=Config(use_dualstack_endpoint=dual_stack),
    )
    return str(client.meta.endpoint_url).removeprefix("https://")


def test_the_policy_has_the_actions_that_the_plugins_document() -> None:
    policy = json.loads(readme.block("Permissions in AWS", "json", path=PAGE).text)
    documented = "".join(
        (ROOT / "plugins" / name).read_text(encoding="utf-8")
        for name in ("lookup/sso_assignments.py", "doc_fragments/_access.py")
    )
    actions = set(re.findall(r"C\(((?:sso|identitystore|organizations):[A-Z]\w+)\)", documented))
    (statement,) = policy["Statement"]
    assert statement["Action"] == sorted(actions) and len(actions) == 18
    assert not [action for action in actions if not re.search(r":(List|Describe|Get)", action)]


@pytest.mark.parametrize("service", ["sso-oidc", "sso", "sts", "sso-admin", "identitystore", "organizations"])
def test_the_destinations_are_the_endpoints_of_botocore(
    monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    hosts = re.findall(r"`([a-z.\-A-Z0-9]+\.(?:com|aws|org))`", section("Network destinations"))
    assert endpoint(service) in [host.replace("REGION", REGION) for host in hosts]
    if service in ("sso-oidc", "sso"):
        assert endpoint(service, dual_stack=True) in [host.replace("REGION", REGION) for host in hosts]


def test_the_destinations_of_hosts_are_those_of_their_modules() -> None:
    text = section("Network destinations").replace("REGION", REGION)
    base_url = aws_cli.ARGUMENT_SPEC["base_url"]["default"]
    for url in (endpoints.oidc_url(REGION, {}), endpoints.portal_url(REGION, {}), base_url):
        assert f"`{url.removeprefix('https://')}`" in text


def test_every_threat_says_what_stops_it_and_what_does_not() -> None:
    rows = [line.strip("|").split("|") for line in section("Threats").splitlines() if line.startswith("|")]
    assert len(rows) > 15
    for row in rows:
        assert len(row) == 4 and all(cell.strip() for cell in row[1:]), row


def test_security_md_links_to_the_page_and_keeps_its_parts() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "](docs/security-model.md)" in text
    headings = re.findall(r"^## (.*)", text, re.MULTILINE)
    assert headings == ["Report a vulnerability", "Verify what you install", "Pinned requirements"]
