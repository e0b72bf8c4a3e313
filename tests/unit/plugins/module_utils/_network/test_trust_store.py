# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CA certificates in the trust stores of several distributions."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.certificates import (
    fingerprints,
    read_certificates,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.settings import NetworkSettings
from support.company_network import Authority
from support.network_host import Computer, everything


def test_a_replaced_certificate_is_no_longer_trusted(
    debian: Computer, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Authority(tmp_path_factory.mktemp("other"))
    debian.apply_settings(NetworkSettings(None, read_certificates(authority.pem)))
    preview = debian.apply_settings(NetworkSettings(None, read_certificates(other.pem)), check=True)
    assert preview == debian.apply_settings(NetworkSettings(None, read_certificates(other.pem)))
    trusted = fingerprints(debian.read(debian.bundle))
    assert read_certificates(authority.pem)[0].fingerprint not in trusted
    assert read_certificates(other.pem)[0].fingerprint in trusted


def test_a_certificate_that_is_missing_from_the_bundle_is_not_trusted(
    debian: Computer, authority: Authority
) -> None:
    settings = NetworkSettings(None, read_certificates(authority.pem))
    debian.apply_settings(settings)
    debian.write(debian.bundle, debian.public)
    (change,) = debian.apply_settings(settings).changes
    assert change.path.endswith("ca-certificates.crt")
    debian.write(debian.bundle, debian.public)
    debian.update_fails = True
    with pytest.raises(
        WorkstationError, match=r"did not add to .*: Acme Inspection CA\..* Output: distrusted by"
    ):
        debian.apply_settings(settings)


def test_without_ca_certificates_the_certificate_is_trusted_after_its_installation(
    debian: Computer, authority: Authority
) -> None:
    debian.programs.clear()
    (debian.root / debian.bundle).unlink()
    settings = NetworkSettings(None, read_certificates(authority.pem))
    result = debian.apply_settings(settings)
    assert result.ca_bundle == "/etc/ssl/certs/ca-certificates.crt"
    (warning,) = result.warnings
    assert warning.startswith("update-ca-certificates is not installed")
    debian.update()
    again = debian.apply_settings(settings)
    assert not again.changes and not again.warnings


def test_the_bundle_of_a_recent_fedora_is_found(tmp_path: pathlib.Path, authority: Authority) -> None:
    fedora = Computer(tmp_path, "fedora", "")
    (tmp_path / fedora.bundle).unlink()
    fedora.bundle = "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"
    fedora.update()
    settings = NetworkSettings(None, read_certificates(authority.pem))
    assert fedora.apply_settings(settings).ca_bundle == f"/{fedora.bundle}"


def test_an_unsupported_distribution_is_an_error_before_any_change(
    tmp_path: pathlib.Path, authority: Authority
) -> None:
    computer = Computer(tmp_path, "plan9", "")
    before = computer.snapshot()
    with pytest.raises(WorkstationError, match="scope=user"):
        computer.apply_settings(everything(authority))
    assert computer.snapshot() == before
