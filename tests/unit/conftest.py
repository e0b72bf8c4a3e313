# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A signed mirror of small bundles."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import settings

from bundles import Mirror, SigningKey, new_key

settings.register_profile("busy machine", deadline=None)
settings.load_profile("busy machine")


@pytest.fixture(scope="session")
def signing_key() -> t.Iterator[SigningKey]:
    with new_key() as key:
        yield key


@pytest.fixture(scope="session")
def mirror(signing_key: SigningKey, tmp_path_factory: pytest.TempPathFactory) -> Mirror:
    """Stubs of four versions; v2/version.txt names the newest."""
    filled = Mirror(tmp_path_factory.mktemp("mirror"), signing_key)
    for version in ("2.9.19", "2.27.1", "2.36.12", "2.38.5"):
        filled.add_stub(version)
    return filled
