# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/quick-start.md: every command in order, on a fresh WSL2-like host, and every output that it shows."""

from __future__ import annotations

import typing as t

import pytest

import hosts
from end_to_end import quick_start, readme
from end_to_end.bare_host import Shell
from end_to_end.needs import need
from hosts import Host
from identity_center import IdentityCenter

pytestmark = pytest.mark.full


@pytest.fixture
def center() -> t.Iterator[IdentityCenter]:
    with IdentityCenter(quick_start.company()) as center:
        yield center
        assert not center.invalid_requests


@pytest.fixture
def laptop(center: IdentityCenter) -> t.Iterator[Host]:
    need(hosts.missing())
    with quick_start.laptop(center) as host:
        yield host


def test_the_page_from_top_to_bottom(
    laptop: Host, center: IdentityCenter, mirror: t.Dict[str, t.Any]
) -> None:
    reader = quick_start.Reader(laptop, center, mirror)
    with Shell(laptop, folder=".", ssh=False) as terminal:
        for command, shown in quick_start.transcript():
            reader.follow(terminal, command, shown)
        prompt = readme.block("Set up the laptop", "text", path=quick_start.PAGE).text.strip()
        assert prompt in terminal.shown
        assert "[WARNING]" not in terminal.shown
        reader.set_up_without_root(terminal)
        assert "aws-cli/2." in terminal.succeed("~/.local/bin/aws --version")
