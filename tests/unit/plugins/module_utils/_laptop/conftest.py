# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A published bundle, its server, and a laptop that follows it."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from support.published_bundle import Key, PublishedBundle
from support.scratch_laptop import ScratchLaptop
from support.web_server import WebServer, serving


@pytest.fixture(scope="session")
def company_key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return Key(tmp_path_factory.mktemp("company"))


@pytest.fixture
def published(tmp_path: pathlib.Path, company_key: Key) -> PublishedBundle:
    return PublishedBundle(tmp_path / "published", company_key)


@pytest.fixture
def server(published: PublishedBundle, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[WebServer]:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    with serving(published.root) as running:
        yield running


@pytest.fixture
def laptop(
    tmp_path: pathlib.Path, server: WebServer, company_key: Key, monkeypatch: pytest.MonkeyPatch
) -> ScratchLaptop:
    for name in ("sync", "fsync"):  # disks are slow
        monkeypatch.setattr(os, name, lambda *_descriptor: None)
    return ScratchLaptop(tmp_path, server.url, company_key)
