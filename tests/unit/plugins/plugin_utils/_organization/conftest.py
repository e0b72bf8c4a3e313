# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company that moto serves, and its organization."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from support.assignments import prepare
from support.company import Company


@pytest.fixture(scope="package")
def served() -> t.Iterator[Company]:
    with Company() as company:
        yield company


@pytest.fixture
def company(served: Company, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    return prepare(served, monkeypatch)
