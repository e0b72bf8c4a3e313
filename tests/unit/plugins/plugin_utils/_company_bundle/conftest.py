# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company with a key and a small collection, and no network."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.bundle import make_bundle
from support.company_bundles import bundle_options, install_collection, new_key

SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}


class Company:
    """Makes bundles in *directory*."""

    def __init__(self, folder: pathlib.Path, key: pathlib.Path) -> None:
        self.directory = folder / "laptops"
        self.wheels = folder / "wheels"
        self.key = key
        self.root = folder / "collection"
        self.variables: dict[str, t.Any] = {"workstation_sessions": [SESSION]}
        self.require()

    def require(self, *lines: str) -> None:
        """Install the collection anew, with these requirements; pip takes a second to download them."""
        install_collection(self.root, lines)

    def options(self, **changes: t.Any) -> dict[str, t.Any]:
        return bundle_options(self.directory, self.key, **changes)

    def publish(self, **changes: t.Any) -> dict[str, t.Any]:
        return make_bundle(self.options(**changes), self.variables, lambda value: value, str(self.root))


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
