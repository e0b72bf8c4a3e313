# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which laptop installs a version when: by its place among all laptops, which depends on its name only.

PRIVATE to the collection. Nothing is counted and no server is asked: each laptop finds its place by itself,
and everyone who has its name finds the same place.
"""

from __future__ import annotations

import datetime
import hashlib
import typing as t

from ..._text import format_time
from .manifest import Manifest, Rollout


class Decision(t.NamedTuple):
    """Whether a laptop installs the version of a manifest now; else *reason* is a sentence for the user.

    *start* is when its ring starts; None while the rollout is paused or does not include the laptop.
    """

    install: bool
    start: t.Optional[datetime.datetime] = None
    reason: str = ""


def decide(manifest: Manifest, host: str, now: datetime.datetime) -> Decision:
    """Whether *host* installs the version of *manifest* at the time *now*."""
    rollout = manifest.rollout
    if rollout.paused:
        return Decision(False, reason=f"The rollout of version {manifest.version} is paused.")
    if not rollout.rings:
        return Decision(True, manifest.issued)
    start = ring_start(rollout, host)
    if start is None:
        share = max(ring.percent for ring in rollout.rings)
        reason = f"Version {manifest.version} is for {share:g} % of the laptops, without this one."
        return Decision(False, reason=reason)
    if now < start:
        reason = f"This laptop installs version {manifest.version} from {format_time(start)} on."
        return Decision(False, start, reason)
    return Decision(True, start)


def ring_start(rollout: Rollout, host: str) -> t.Optional[datetime.datetime]:
    """When the first ring that includes *host* starts; None if there is none."""
    place = percentile(host)
    return min((ring.start for ring in rollout.rings if place < ring.percent), default=None)


def percentile(host: str) -> float:
    """The place of *host*, from 0 to less than 100: a ring includes the hosts below its percentage.

    It is the same for each version, so that the same laptops are the first ones. Case does not matter.
    """
    digest = hashlib.sha256(host.lower().encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big") * 100 / 2**48  # 48 bits: a float never rounds it up to 100
