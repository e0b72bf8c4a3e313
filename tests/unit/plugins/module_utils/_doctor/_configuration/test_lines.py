# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about indentation."""

from __future__ import annotations

import pytest

from support.scratch_workstation import PROFILE, SESSION, ScratchWorkstation


def test_a_nested_block_instead_of_a_start_url_is_a_wrong_indentation(host: ScratchWorkstation) -> None:
    host.write_config(SESSION + "[profile x]\nsso_start_url =\n  a = b\nsso_region = eu-west-1\n")
    assert list(host.findings()) == ["config-line-indented"]


@pytest.mark.parametrize(
    ("text", "line", "task"),
    [
        ("[profile a]\nregion = x\n  [profile b]\noutput = json\n", 7, "remove the indentation of line 7"),
        ("[profile a]\nregion = x\n  [sso-session corp]\n", 7, "merge it into line 1, [sso-session corp]"),
        ("[profile a]\nregion = x\n\n  # x\n\toutput = json\n", 9, "indent line 9 like line 6"),
        ("[profile a]\n    region = x\n        output = json\n        cli_pager =\n", 7,
         "indent lines 7 to 8 like line 6"),
        ("[profile a]\nregion =\n  output = json\n", 7, "indent line 7 like line 6"),
        ("[profile a]\nregion = x\n  region = y\n", 7, "delete line 7"),
        ("[profile a]\nregion = x\n  hush\n", 7, "delete line 7"),
    ],
)  # fmt: skip
def test_lines_that_are_indented_by_mistake_are_an_error(
    host: ScratchWorkstation, text: str, line: int, task: str
) -> None:
    path = host.write_config(SESSION + text)
    (finding,) = host.findings().values()
    assert (finding.id, finding.severity) == ("config-line-indented", "error")
    assert finding.subject == f"{path}, line {line}"
    assert finding.fix == f"in line {line} of {path}, {task}"
    assert "hush" not in str(finding)


@pytest.mark.parametrize(
    "text",
    [
        "[profile a]\n  region = eu-west-1\n  output = json\n",
        "  [profile a]\n    region = eu-west-1\n  [profile b]\n    region = eu-west-1\n",
        "[profile a]\ns3 =\n  max_queue_size = 5\n  region = x\n",
        "[services x]\nsts =\n  endpoint_url = http://localhost\n",
        "[profile a]\ncredential_process = x \\\n  --region y\n",
        "[profile a]\nregion = eu-west-1\n  # a comment\n\n",
    ],
)
def test_other_indentation_is_not_a_finding(host: ScratchWorkstation, text: str) -> None:
    host.write_config(text + SESSION)
    assert host.findings() == {}


def test_a_session_that_is_indented_is_not_reported_as_missing_too(host: ScratchWorkstation) -> None:
    host.write_config("[profile dev]\n" + PROFILE + "".join(f"  {line}\n" for line in SESSION.splitlines()))
    assert [finding.id for finding in host.examine().findings if finding.severity == "error"] == [
        "config-line-indented"
    ]


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("s3 = signature_version = s3v4\n",
         "move what follows s3 = to a line of its own below it, indented by 4 blanks"),
        ("s3 =\nsignature_version = s3v4\n", "indent line 7 by 4 blanks"),
        ("s3 =\nmax_queue_size = 5\nmax_bandwidth = 1MB/s\n", "indent line 7 and line 8 by 4 blanks"),
        ("s3 =\noutput = json\nmax_queue_size = 5\n", "move max_queue_size below it, indented by 4 blanks"),
    ],
)  # fmt: skip
def test_settings_of_s3_that_are_not_in_its_block_are_ignored(
    host: ScratchWorkstation, text: str, task: str
) -> None:
    path = host.write_config(f"{SESSION}[profile a]\n{text}")
    (finding,) = host.findings().values()
    assert (finding.id, finding.severity) == ("config-block-ignored", "warning")
    assert finding.fix == f"in line 6 of {path}, {task}"


def test_an_empty_block_is_not_a_finding(host: ScratchWorkstation) -> None:
    host.write_config(SESSION + "[profile a]\ns3 =\noutput = json\n")
    assert host.findings() == {}
