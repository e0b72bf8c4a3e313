# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what a host answers."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.fields import (
    checked_entries,
    checked_fields,
    is_bool,
    is_path,
    is_text,
    is_time,
    list_of,
    optional,
)

CHECKS = {"name": optional(is_text), "on": is_bool, "at": optional(is_time), "paths": list_of(is_path)}
VALID = {"name": None, "on": True, "at": "2026-01-01T00:00:00Z", "paths": ["/x"]}


def test_only_fields_with_a_check_are_kept() -> None:
    assert checked_fields({**VALID, "more": "x"}, CHECKS) == VALID
    assert checked_entries({"list": [VALID]}, "list", CHECKS) == [VALID]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""),
        ("name", "müller & co"),
        ("at", None),
        ("paths", []),
        ("paths", ("/a", "/b c")),
    ],
)
def test_valid_values(name: str, value: t.Any) -> None:
    assert checked_fields({**VALID, name: value}, CHECKS)[name] == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 1),
        ("name", "a\nb"),
        ("name", "\x1b[8m"),
        ("name", "\u202e"),
        ("name", "x" * 2049),
        ("on", 1),
        ("on", None),
        ("at", 5),
        ("at", "soon"),
        ("at", "2026-01-01T00:00:00Z\n"),
        ("paths", None),
        ("paths", "/x"),
        ("paths", {"/x": 1}),
        ("paths", ["x"]),
        ("paths", ["/x"] * 10_001),
    ],
)
def test_invalid_values(name: str, value: t.Any) -> None:
    for check in (
        lambda: checked_fields({**VALID, name: value}, CHECKS),
        lambda: checked_entries({"list": [{**VALID, name: value}]}, "list", CHECKS),
    ):
        with pytest.raises(WorkstationError, match=f"The host answered with an invalid {name}") as error:
            check()
        assert len(str(error.value)) < 200 and str(error.value).isprintable()


@pytest.mark.parametrize("document", [None, [], "x", {"list": None}, {"list": {}}, {"list": [None]}, {}])
def test_what_has_no_such_list(document: t.Any) -> None:
    with pytest.raises(WorkstationError, match=r"invalid (list|answer)"):
        checked_entries(document, "list", CHECKS)
