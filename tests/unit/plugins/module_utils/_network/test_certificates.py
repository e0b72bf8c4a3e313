# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CA certificates in PEM format: parsing and validation."""

from __future__ import annotations

import contextlib
import pathlib
import random
import ssl
import time
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.certificates import (
    Certificate,
    fingerprints,
    read_certificates,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.settings import NetworkSettings
from support.company_network import Authority
from support.fuzz import damaged
from support.network_host import Computer


def test_certificates_with_text_between_them_are_read_once_each(
    authority: Authority, public: Authority
) -> None:
    text = f"Acme\n{authority.pem}\n# Public\r\n{public.pem}{authority.pem}"
    found = read_certificates(text)
    assert [certificate.subject for certificate in found] == ["Acme Inspection CA", "Public CA"]
    assert not [certificate.problem for certificate in found if certificate.problem]
    assert found[0].pem == authority.pem


def test_certificates_are_read_from_a_file_on_the_host(authority: Authority, tmp_path: pathlib.Path) -> None:
    assert read_certificates(str(authority.file)) == read_certificates(authority.pem)
    with pytest.raises(WorkstationError, match="No such file"):
        read_certificates(str(tmp_path / "none.pem"))
    with pytest.raises(WorkstationError, match="Is a directory"):
        read_certificates(str(tmp_path))


def test_a_private_key_or_a_server_certificate_is_an_error(authority: Authority) -> None:
    server = authority.issue("www.example.com").read_text()
    with pytest.raises(WorkstationError, match="contains a private key") as error:
        read_certificates(server)
    assert server.splitlines()[-3] not in str(error.value)
    certificate, end, _key = server.partition("-----END CERTIFICATE-----\n")
    with pytest.raises(WorkstationError, match=r"Certificate 2 .* is not a CA certificate"):
        read_certificates(authority.pem + certificate + end)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda pem: "relative.pem", "PEM text or the absolute path"),
        (lambda pem: "MIIB\nAAAA\n", "PEM text or the absolute path"),
        (lambda pem: pem[:-30], "truncated"),
        (lambda pem: pem + "-----BEGIN CERTIFICATE-----\n", "truncated"),
        (lambda pem: pem.replace(pem.splitlines()[2], ""), "Certificate 1 .* cannot be parsed"),
        (lambda pem: pem.replace(pem.splitlines()[2], "\u00e9"), "Certificate 1 .* cannot be parsed"),
        (lambda pem: pem.replace("CERTIFICATE", "X509 CRL"), "'X509 CRL', which is not a certificate"),
        (lambda pem: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "cannot be parsed"),
    ],
)
def test_malformed_pem_is_an_error(
    authority: Authority, damage: t.Callable[[str], str], message: str
) -> None:
    with pytest.raises(WorkstationError, match=message):
        read_certificates(damage(authority.pem))


@given(st.text())
def test_any_text_without_a_certificate_raises_a_workstation_error(text: str) -> None:
    if not text.startswith("/"):
        with pytest.raises(WorkstationError):
            read_certificates(text)
    assert fingerprints(text) == []


def test_an_expired_or_not_yet_valid_certificate_causes_a_warning(
    debian: Computer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    for years, problem in ((-1, "is not valid before"), (1, "expired on")):
        monkeypatch.setattr(time, "time", lambda years=years: now + years * 365 * 86400)
        found: t.List[Certificate] = read_certificates(authority.pem)
        monkeypatch.undo()
        assert found[0].problem.startswith(problem)
        (warning,) = debian.apply_settings(NetworkSettings(None, found), check=True).warnings
        assert f"'Acme Inspection CA' {problem}" in warning and "clock" in warning


def test_damaged_certificates_raise_workstation_errors_only(authority: Authority, public: Authority) -> None:
    for content in damaged([authority.pem, authority.pem + public.pem], 600):
        text = content.decode("utf-8", "surrogateescape")
        assert all(len(mark) == 64 for mark in fingerprints(text))
        with contextlib.suppress(WorkstationError):
            read_certificates(text)


def test_damaged_der_raises_workstation_errors_only(authority: Authority) -> None:
    """Dates, names and extensions that OpenSSL accepts, but that need not be what they should be."""
    der = ssl.PEM_cert_to_DER_cert(authority.pem)
    random_ = random.Random(1)
    for _number in range(800):
        changed = bytearray(der)
        for _change in range(random_.randint(1, 4)):
            changed[random_.randrange(len(changed))] = random_.randrange(256)
        with contextlib.suppress(WorkstationError):
            for certificate in read_certificates(ssl.DER_cert_to_PEM_cert(bytes(changed))):
                assert certificate.subject.isprintable()
