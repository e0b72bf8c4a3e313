# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which manifest a laptop follows, and what it keeps of it."""

from __future__ import annotations

import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.errors import Refused
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.source import Source
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import trust
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.follower import (
    Follower,
    accepted,
)
from support import web_server
from support.published_bundle import NOW, PublishedBundle
from support.scratch_laptop import ScratchLaptop
from support.web_server import WebServer


def follower_of(laptop: ScratchLaptop, server: WebServer, dry_run: bool = False) -> Follower:
    source = Source(server.url, pauses=())
    followed = trust.load(laptop.paths)
    return Follower(laptop.paths, followed, source, laptop.state, laptop.slept.append, dry_run)


def test_an_accepted_manifest_is_kept(
    laptop: ScratchLaptop, published: PublishedBundle, server: WebServer
) -> None:
    manifest = published.publish("1")
    assert follower_of(laptop, server).latest(NOW) == manifest
    kept = pathlib.Path(laptop.paths.manifest).read_bytes()
    assert kept == (published.root / "manifest.json").read_bytes() == accepted(laptop.paths, laptop.state)
    assert os.path.exists(laptop.paths.manifest_signature)
    server.requests.clear()
    assert follower_of(laptop, server).latest(NOW) == manifest
    assert len(server.requests) == 1


def test_a_dry_run_keeps_nothing(
    laptop: ScratchLaptop, published: PublishedBundle, server: WebServer
) -> None:
    manifest = published.publish("1")
    before = laptop.state
    assert follower_of(laptop, server, dry_run=True).latest(NOW) == manifest
    assert laptop.state == before
    assert not os.path.exists(laptop.paths.manifest)


def test_what_was_not_verified_is_not_kept(
    laptop: ScratchLaptop, published: PublishedBundle, server: WebServer
) -> None:
    published.publish("1")
    server.answers["manifest.json"] = web_server.instead(b'{"format": "x"}')
    with pytest.raises(Refused, match="signature"):
        follower_of(laptop, server).latest(NOW)
    assert server.paths == ["manifest.json", "manifest.json.sig"] * 2
    assert len(laptop.slept) == 1
    assert not os.path.exists(laptop.paths.manifest)


@pytest.mark.parametrize("damage", [b"", b"{}", None])
def test_a_damaged_manifest_is_as_none(
    laptop: ScratchLaptop, published: PublishedBundle, server: WebServer, damage: bytes | None
) -> None:
    manifest = published.publish("1")
    follower_of(laptop, server).latest(NOW)
    path = pathlib.Path(laptop.paths.manifest)
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    assert not accepted(laptop.paths, laptop.state)
    assert follower_of(laptop, server).latest(NOW) == manifest


def test_a_server_that_says_unchanged_without_a_reason_is_refused(
    laptop: ScratchLaptop, published: PublishedBundle, server: WebServer
) -> None:
    published.publish("1")
    server.answers["manifest.json"] = web_server.status(304)
    with pytest.raises(Refused, match="304"):
        follower_of(laptop, server).latest(NOW)
