# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company with a key and a small collection, and no network."""

from __future__ import annotations

import pathlib

import pytest

from support.company_bundles import Company, new_key


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return new_key(tmp_path_factory.mktemp("key") / "company")


@pytest.fixture
def company(
    home: pathlib.Path, tmp_path: pathlib.Path, key: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> Company:
    company = Company(tmp_path, key)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(company.wheels))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return company
