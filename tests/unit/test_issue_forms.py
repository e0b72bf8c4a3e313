# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of issues on GitHub, which ignores a form with a mistake in it."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"
KEYS = {
    "markdown": {"value"},
    "input": {"label", "description", "placeholder"},
    "textarea": {"label", "description", "placeholder", "render"},
}

pytestmark = pytest.mark.skipif(not FORMS.exists(), reason="not part of the built collection")


def form(name: str) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", yaml.safe_load((FORMS / f"{name}.yml").read_text(encoding="utf-8")))


def names() -> list[str]:
    return sorted(path.stem for path in FORMS.glob("*.yml") if path.stem != "config")


def test_there_is_a_form_for_each_kind_of_issue() -> None:
    assert names() == ["bug", "documentation", "feature"]


@pytest.mark.parametrize("name", names())
def test_a_form_has_the_keys_that_github_knows(name: str) -> None:
    found = form(name)
    assert set(found) == {"name", "description", "labels", "body"}
    fields = [item for item in found["body"] if item["type"] != "markdown"]
    identifiers = [item["id"] for item in fields]
    assert len(set(identifiers)) == len(fields) and all(re.fullmatch(r"[\w-]+", i) for i in identifiers)
    for item in found["body"]:
        assert set(item) <= {"type", "id", "attributes", "validations"}
        assert set(item["attributes"]) <= KEYS[item["type"]]
        assert set(item.get("validations", {})) <= {"required"}
    assert any(item.get("validations", {}).get("required") for item in fields)


@pytest.mark.parametrize("name", names())
def test_a_form_starts_with_a_warning_about_secrets(name: str) -> None:
    first = form(name)["body"][0]
    assert first["type"] == "markdown" and "tokens, keys" in first["attributes"]["value"]


def test_a_bug_report_asks_for_the_output_of_the_doctor_and_for_versions() -> None:
    fields = {item.get("id"): item for item in form("bug")["body"]}
    assert "workstation.aws_sso.doctor" in fields["doctor"]["attributes"]["description"]
    assert "ansible --version" in fields["versions"]["attributes"]["description"]
    for name in ("doctor", "versions", "steps", "output", "hosts"):
        assert fields[name]["validations"] == {"required": True}


def test_vulnerabilities_are_reported_where_security_md_says() -> None:
    security = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    urls = [link["url"] for link in form("config")["contact_links"]]
    assert urls[0] in security
    assert urls[0] in form("bug")["body"][0]["attributes"]["value"]
