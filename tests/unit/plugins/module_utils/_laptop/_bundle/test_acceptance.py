# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which manifests with a valid signature are accepted."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.acceptance import (
    require_acceptable,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.errors import Refused
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import Manifest
from support.published_bundle import NOW, PublishedBundle

SECOND, DAY = datetime.timedelta(seconds=1), datetime.timedelta(days=1)


@pytest.fixture
def manifest(published: PublishedBundle) -> Manifest:
    return dataclasses.replace(published.publish("1"), serial=7)


@pytest.mark.parametrize("serial", [0, 6, 7])
def test_newer_or_the_same(manifest: Manifest, serial: int) -> None:
    require_acceptable(manifest, "acme", serial, NOW)


@pytest.mark.parametrize("now", [NOW - 300 * DAY, NOW - DAY, NOW + 90 * DAY, NOW + 91 * DAY])
def test_the_clock_may_be_behind_or_ahead_by_a_day(manifest: Manifest, now: datetime.datetime) -> None:
    require_acceptable(manifest, "acme", 7, now)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("other", 7, NOW), "follows the bundle other"),
        (("acme", 8, NOW), "older than one"),
        (("acme", 7, NOW + 91 * DAY + SECOND), "expired at 2027-02-24"),
    ],
)
def test_others_are_refused_with_what_to_do(
    manifest: Manifest, arguments: t.Tuple[str, int, datetime.datetime], message: str
) -> None:
    with pytest.raises(Refused, match=message) as error:
        require_acceptable(manifest, *arguments)
    assert error.value.fix
