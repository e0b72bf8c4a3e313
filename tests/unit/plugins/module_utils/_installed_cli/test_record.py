# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of an installation; what the module returns of it is in the tests of aws_cli."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.record import (
    RECORD,
    is_complete,
    read_facts,
    write_record,
)

NAMES = ("bin", "bin/aws", "dist", "dist/awscli", "dist/awscli/examples", "dist/awscli/examples/s3.rst")


def test_facts_are_read_as_they_were_written(tmp_path: pathlib.Path) -> None:
    facts = {"version": "2.38.5", "sha256": "0" * 64, "source": "/srv/b\u00fcndel.zip", "key": "A" * 40}
    write_record(str(tmp_path), facts, NAMES)
    assert read_facts(str(tmp_path / RECORD)) == facts


def test_unknown_and_mistyped_facts_are_left_out(tmp_path: pathlib.Path) -> None:
    (tmp_path / RECORD).write_text('{"version": "2.38.5", "sha256": 5, "more": "x", "files": []}')
    assert read_facts(str(tmp_path / RECORD)) == {"version": "2.38.5"}


@pytest.mark.parametrize(
    ("missing", "complete"),
    [("", True), ("bin/aws", False), ("dist/awscli", False), ("dist/awscli/examples/s3.rst", True)],
)
def test_missing_files_are_noticed(tmp_path: pathlib.Path, missing: str, complete: bool) -> None:
    write_record(str(tmp_path), {}, NAMES)
    assert is_complete(str(tmp_path), [*(name for name in NAMES if name != missing), "more"]) == complete


def test_only_the_data_is_required_without_a_record(tmp_path: pathlib.Path) -> None:
    assert is_complete(str(tmp_path), ["dist/awscli"])
    assert not is_complete(str(tmp_path), ["dist/aws"])
