# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about CA bundles and proxy settings."""

from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._network import trust_store
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.trust_store import TrustStore
from support.scratch_workstation import ScratchWorkstation


def test_the_fix_for_an_unusable_ca_bundle_is_the_bundle_of_the_system(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = host.write("ca-bundle.crt", "")
    store = TrustStore((str(bundle),), "/anchors", "update-ca-trust")
    monkeypatch.setattr(trust_store, "TRUST_STORES", {"fedora": store})
    host.environment["AWS_CA_BUNDLE"] = "/no/such.pem"
    assert host.findings()["ca-bundle-unusable"].fix == f"export AWS_CA_BUNDLE={bundle}"


@pytest.mark.parametrize("path", ["/no/such.pem", "/dev/null"])
def test_a_ca_bundle_without_certificates_is_an_error(host: ScratchWorkstation, path: str) -> None:
    host.environment["AWS_CA_BUNDLE"] = path
    findings = host.findings()
    assert list(findings) == ["ca-bundle-unusable"]
    assert findings["ca-bundle-unusable"].severity == "error"
    assert findings["ca-bundle-unusable"].what.startswith(f"It points to {path}, which ")


def test_a_proxy_for_loopback_is_a_finding_without_its_password(host: ScratchWorkstation) -> None:
    host.environment.update({"HTTPS_PROXY": "http://ann:hush@proxy:3128", "NO_PROXY": "localhost"})
    findings = host.findings()
    assert list(findings) == ["proxy-for-loopback"]
    assert findings["proxy-for-loopback"].fix == (
        "export NO_PROXY=localhost,127.0.0.1 no_proxy=localhost,127.0.0.1"
    )
    assert "hush" not in str(findings)
