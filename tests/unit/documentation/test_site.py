# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which warnings of Sphinx fail the build of the site. The part docs of `./run test` builds it."""

from __future__ import annotations

import pytest

from documentation.site import for_this_site, warnings

UNREACHABLE = "WARNING: failed to reach any of the inventories with the following issues:\n"
ELSEWHERE = (
    "/x/a.rst:1: WARNING: undefined label: 'ansible_collections.ansible.builtin.command_module' [ref.ref]\n",
    "/x/a.rst:1: WARNING: undefined label: 'common_return_values' [ref.ref]\n",
    "/x/a.rst:1: WARNING: 'envvar' reference target not found: ANSIBLE_CACHE_PLUGIN [ref.envvar]\n",
)
OURS = (
    "/a.rst:1: WARNING: undefined label: 'ansible_collections.workstation.aws_sso.docsite.x' [ref.ref]\n",
    "/x/a.rst:1: WARNING: 'envvar' reference target not found: WORKSTATION_X [ref.envvar]\n",
    "/x/a.rst:1: WARNING: Lexing literal_block as \"yaml\" resulted in an error at token: '@'.\n",
    "/x/a.rst:1: WARNING: document isn't included in any toctree [toc.not_included]\n",
    '/x/a.rst:1: ERROR: Unknown target name: "x". [docutils]\n',
    "/x/a.rst:1: CRITICAL: Unexpected section title. [docutils]\n",
)


@pytest.mark.parametrize("line", OURS)
def test_a_warning_of_ours_counts(line: str) -> None:
    for log in (line, UNREACHABLE + line, UNREACHABLE + ELSEWHERE[0] + line + ELSEWHERE[1]):
        assert warnings(log) == [line.rstrip("\n")]


@pytest.mark.parametrize("line", ELSEWHERE)
def test_references_to_another_site_count_only_when_that_can_be_read(line: str) -> None:
    assert warnings(line) == [line.rstrip("\n")]
    assert warnings(UNREACHABLE + line) == []


def test_other_output_does_not_count() -> None:
    assert (
        warnings("reading sources... [ 10%] collection/index\n[WARNING]: of Ansible\nbuild succeeded.\n")
        == []
    )


@pytest.mark.parametrize(
    "contents",
    [".. contents::\n", ".. contents:: Topics\n", ".. contents::\n   :local:\n   :depth: 1\n"],
)
def test_the_theme_shows_the_contents_of_a_page(contents: str) -> None:
    assert for_this_site(f"Title\n=====\n\n{contents}\nText, see ``.. contents::``\n") == (
        "Title\n=====\n\n\nText, see ``.. contents::``\n"
    )


def test_the_name_of_the_collection_is_no_title() -> None:
    assert for_this_site("Workstation.Aws_Sso\n") == "workstation.aws_sso\n"
    assert for_this_site("Workstation.Aws\\_Sso Release Notes\n") == "workstation.aws\\_sso Release Notes\n"
