# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/laptop-report.md, beside the reports of laptops."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import report
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._laptop_reports.report import LARGEST_HOST
from support.fleets import FIRST
from support.laptop_reports import laptop_document, signed

TEXT = (pathlib.Path(__file__).resolve().parents[5] / "docs" / "laptop-report.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return t.cast(str, found)


def keys(value: t.Any) -> t.Any:
    if isinstance(value, list):
        return [*map(keys, value)]
    return {name: keys(item) for name, item in value.items()} if isinstance(value, dict) else None


def test_the_example_has_the_keys_of_a_report() -> None:
    document = laptop_document("laptop-042", FIRST)
    envelope = json.loads(signed({**document, "history": [report._event(document)]}))
    assert keys(json.loads(block("json"))) == keys(envelope)


def test_every_outcome_and_limit_is_documented() -> None:
    assert re.findall(
        r"^\| `(\w+)` \| (?=[A-Z])", TEXT.partition("| `outcome` | meaning |")[2], re.MULTILINE
    ) == [*report.OUTCOMES]
    assert f"more than {report.MOST_ACCOUNTS:,} accounts or {report.MOST_PAIRS:,} roles" in TEXT
    assert f"more than {LARGEST_HOST // 1000} kB" in TEXT
    assert f"larger than {report.LARGEST_REPORT // 1_000_000} MB" in TEXT


def test_the_script_verifies_a_report(tmp_path: pathlib.Path) -> None:
    script = block("sh")
    document = laptop_document("laptop-042", FIRST)
    for data, expected in ((signed(document), 0), (signed(document).replace(b'"ok"', b'"failed"'), 1)):
        (tmp_path / "report.json").write_bytes(data)
        done = subprocess.run(["sh", "-c", script], check=False, cwd=tmp_path, capture_output=True)
        assert done.returncode == expected, done.stderr
