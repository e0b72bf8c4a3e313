# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom a laptop trusts, and what a new setup changes of that."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.trust import (
    Trust,
    establish,
    load,
)
from support.published_bundle import Key, PublishedBundle
from support.scratch_laptop import ScratchLaptop
from support.web_server import WebServer


@pytest.fixture
def installed(laptop: ScratchLaptop, published: PublishedBundle) -> ScratchLaptop:
    published.serial = 5
    published.publish("1")
    laptop.update()
    return laptop


def test_is_read_as_established(laptop: ScratchLaptop, server: WebServer) -> None:
    assert load(laptop.paths) == Trust("acme", server.url)


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"name": "acme"}', b'{"name": 1, "url": 2}'])
def test_a_damaged_file_says_what_to_do(laptop: ScratchLaptop, damage: bytes) -> None:
    pathlib.Path(laptop.paths.trust).write_bytes(damage)
    with pytest.raises(WorkstationError, match=r"run setup\.sh"):
        load(laptop.paths)


def test_the_same_setup_again_forgets_nothing(
    installed: ScratchLaptop, server: WebServer, company_key: Key
) -> None:
    before = installed.state
    establish(installed.paths, Trust("acme", server.url), company_key.allowed_signers)
    assert installed.state == before
    assert os.path.exists(installed.paths.manifest)


@pytest.mark.parametrize(("name", "serial"), [("acme", 6), ("other", 0)])
def test_another_address_or_name_forgets_the_manifest(
    installed: ScratchLaptop, company_key: Key, name: str, serial: int
) -> None:
    establish(installed.paths, Trust(name, "https://mirror.example.com"), company_key.allowed_signers)
    assert (installed.state.serial, installed.state.digest, installed.state.etag) == (serial, "", "")
    assert not os.path.exists(installed.paths.manifest)
    assert installed.version == "1"


@pytest.mark.parametrize(
    ("name", "url", "signers"),
    [
        ("../x", "https://example.com", "company ssh-ed25519 AAAA"),
        ("acme", "example.com", "company ssh-ed25519 AAAA"),
        ("acme", "https://example.com", "<html>"),
    ],
)
def test_other_values_are_refused_and_change_nothing(
    laptop: ScratchLaptop, server: WebServer, name: str, url: str, signers: str
) -> None:
    with pytest.raises(WorkstationError):
        establish(laptop.paths, Trust(name, url), signers)
    assert load(laptop.paths) == Trust("acme", server.url)
