# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests are read as they were written; whatever else is in them is refused with a sentence."""

from __future__ import annotations

import dataclasses
import datetime
import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    File,
    Manifest,
    ManifestError,
    ReportSettings,
    Ring,
    Rollout,
    Settings,
    dump,
    parse,
)

UTC = datetime.timezone.utc
FILES = {
    name: File("ab" * 32, 10) for name in ("2/c.tar.gz", "2/u.pyz", "2/company.yml", "2/v.json", "2/w.whl")
}
MANIFEST = Manifest(
    name="acme",
    version="2",
    serial=7,
    issued=datetime.datetime(2026, 11, 1, tzinfo=UTC),
    expires=datetime.datetime(2027, 2, 1, tzinfo=UTC),
    files=FILES,
    collection="2/c.tar.gz",
    updater="2/u.pyz",
    company="2/company.yml",
    variables="2/v.json",
    environments={"3.12-x86_64": ["2/w.whl"]},
    keys=["ssh-ed25519 " + "A" * 68],
    settings=Settings(report=ReportSettings("https://reports.example.com/{host}.json", "REPORT_TOKEN")),
    rollout=Rollout(rings=(Ring(12.5, datetime.datetime(2026, 11, 2, tzinfo=UTC)),)),
)


def document() -> t.Dict[str, t.Any]:
    return json.loads(dump(MANIFEST))


def test_is_read_as_written() -> None:
    assert parse(dump(MANIFEST)) == MANIFEST


def test_content_is_the_same_after_signing_again() -> None:
    again = dataclasses.replace(
        MANIFEST, serial=8, expires=datetime.datetime(2028, 1, 1, tzinfo=UTC), rollout=Rollout(paused=True)
    )
    assert again.content_id == MANIFEST.content_id
    assert dataclasses.replace(MANIFEST, settings=Settings()).content_id != MANIFEST.content_id


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".hidden", "a\\b", "a b", "-rf", "a\n", "é"]
)
def test_paths_outside_are_refused(path: str) -> None:
    found = document()
    found["files"][path] = found["files"]["2/w.whl"]
    with pytest.raises(ManifestError, match="path in files"):
        parse(json.dumps(found).encode())


@pytest.mark.parametrize("field", sorted(set(document()) - {"format", "format_version"}))
def test_a_missing_field_is_named(field: str) -> None:
    found = document()
    del found[field]
    with pytest.raises(ManifestError, match=field):
        parse(json.dumps(found).encode())


@pytest.mark.parametrize("field", sorted(set(document()) - {"format", "format_version"}))
@given(value=st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists))
def test_other_types_are_refused_or_harmless(field: str, value: t.Any) -> None:
    found = document()
    found[field] = value
    try:
        parse(json.dumps(found).encode())
    except ManifestError:
        return
    assert field in ("name", "version", "serial", "keys") and isinstance(value, (str, int, list))


@given(st.binary(max_size=200))
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(ManifestError):
        parse(data)


def test_an_unknown_format_says_what_to_do() -> None:
    found = {**document(), "format_version": 2}
    with pytest.raises(ManifestError, match=r"Run setup\.sh"):
        parse(json.dumps(found).encode())
