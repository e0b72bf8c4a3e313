# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store of archives on the controller: what is downloaded, kept and removed."""

from __future__ import annotations

import os
import pathlib
import time
import typing as t

import pytest
from ansible.errors import AnsibleError

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._bundle_store import SharedBundles
from bundles import Mirror

WEEK = 7 * 24 * 3600


@pytest.fixture
def options(mirror: Mirror, home: pathlib.Path) -> dict[str, t.Any]:
    return {
        "state": "present",
        "version": "2.38.5",
        "source": None,
        "signature": None,
        "base_url": mirror.directory.as_uri(),
        "verify_signature": True,
        "public_key": mirror.key.public_key,
        "fingerprint": mirror.key.fingerprint,
        "checksum": None,
        "minimum_version": None,
        "timeout": 5,
    }


def find_nothing(path: str) -> str:
    raise AnsibleError(f"no {path}")


def bundles(options: dict[str, t.Any], **changes: t.Any) -> SharedBundles:
    return SharedBundles({**options, **changes}, find_nothing, "task")


def test_archive_is_downloaded_once_and_the_debug_output_says_where_it_is(
    options: dict[str, t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    output: list[str] = []
    monkeypatch.setattr(_display.display, "vvv", output.append)
    first = bundles(options).bundle("x86_64")
    assert first.verified_by == "gpgv"
    assert bundles(options, base_url=options["base_url"]).bundle("x86_64") == first
    directory = os.path.dirname(first.path)
    assert output == [
        f"workstation.aws_sso: archive of the AWS CLI not found in {directory}",
        f"workstation.aws_sso: archive of the AWS CLI found in {directory}",
    ]


def test_archive_verified_by_another_key_is_not_reused(options: dict[str, t.Any]) -> None:
    bundles(options).bundle("x86_64")
    with pytest.raises(WorkstationError, match="was made by the key"):
        bundles(options, fingerprint="0" * 40).bundle("x86_64")


def test_archive_that_was_not_used_for_a_week_is_removed(options: dict[str, t.Any]) -> None:
    old = bundles(options, version="2.27.1").bundle("x86_64")
    before = time.time() - WEEK - 60
    os.utime(os.path.dirname(old.path), (before, before))
    new = bundles(options).bundle("x86_64")
    assert (os.path.exists(old.path), os.path.exists(new.path)) == (False, True)


def test_all_hosts_install_the_same_version(options: dict[str, t.Any]) -> None:
    assert "version" not in bundles(options).host_arguments()
    latest = bundles(options, version=None, state="latest")
    assert {name: latest.host_arguments()[name] for name in ("state", "version")} == {
        "state": "present",
        "version": "2.38.5",
    }
    assert latest.required_version == "2.38.5"
    with pytest.raises(WorkstationError, match="set version, source or state=latest"):
        bundles(options, version=None).host_arguments()


def test_missing_file_on_the_controller_is_an_error(options: dict[str, t.Any]) -> None:
    with pytest.raises(WorkstationError, match=r"no file aws\.zip"):
        bundles(options, source="aws.zip").bundle("x86_64")
