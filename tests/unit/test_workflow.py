# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflows on GitHub: one runs each part of `./run test`, without a list of its own."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import typing as t

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "test.yml"

pytestmark = pytest.mark.skipif(not WORKFLOW.exists(), reason="not part of the built collection")


@pytest.fixture(scope="module")
def jobs() -> dict[str, t.Any]:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    return t.cast("dict[str, t.Any]", workflow["jobs"])


def test_the_workflow_lists_the_parts_and_pythons_of_the_checks(
    jobs: dict[str, t.Any], tmp_path: pathlib.Path
) -> None:
    (step,) = (step for step in jobs["list"]["steps"] if step.get("id") == "list")
    output = tmp_path / "output"
    environment = {**os.environ, "GITHUB_OUTPUT": str(output)}
    subprocess.run(["bash", "-e", "-c", step["run"]], cwd=ROOT, env=environment, check=True)
    listed = dict(line.split("=", 1) for line in output.read_text().splitlines())
    parts = subprocess.run(
        [ROOT / "run", "test", "--list"], capture_output=True, text=True, check=True
    ).stdout.split()
    assert json.loads(listed["parts"]) == parts
    assert "unit" in parts
    pythons = listed["pythons"].split()
    assert (pythons[0], pythons[-1]) == ("3.8", "3.14")


def test_the_workflow_names_no_part(jobs: dict[str, t.Any]) -> None:
    assert jobs["part"]["strategy"]["matrix"] == {"part": "${{ fromJSON(needs.list.outputs.parts) }}"}
    steps = [step for step in jobs["part"]["steps"] if step.get("env", {}).get("PART")]
    assert [(step["run"], step["env"]["PART"]) for step in steps] == [
        ('.ci/run "$PART"', "${{ matrix.part }}")
    ]


@pytest.mark.parametrize(("name", "number"), [("test.yml", 4), ("docs.yml", 3)])
def test_a_workflow_pins_every_action_by_its_commit(name: str, number: int) -> None:
    actions = re.findall(r"uses: (\S+)", WORKFLOW.with_name(name).read_text(encoding="utf-8"))
    assert len(actions) == number
    for action in actions:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action), action
