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
