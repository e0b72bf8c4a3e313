# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about headers that nothing recognizes, or that several sections have."""

from __future__ import annotations

import pytest

from support.scratch_workstation import SESSION, ScratchWorkstation

KEY = "\nregion = eu-west-1\n"


@pytest.mark.parametrize(
    ("header", "advice"),
    [
        (" profile a ", "[profile a]"),
        ("Profile a", "[profile a]"),
        ("profile:a", "[profile a]"),
        ("profile-a", "[profile a]"),
        ("profile.a", "[profile a]"),
        ('"profile a "', "[profile a]"),
        ("'profile a b'", "[profile 'a b']"),
        ("profile a  b", "[profile 'a b']"),
        ("profile 'a", "[profile a]"),
        ("my team", "[profile 'my team']"),
        ("my\tteam", "[profile 'my team']"),
        ("a]b", "[profile a]b]"),
        ("Default", "[default]"),
        (" default ", "[default]"),
        ("Profile default", "[default]"),
        ("sso_session s", "[sso-session s]"),
        ("sso session s", "[sso-session s]"),
        ("SSO-Session 's t'", "[sso-session 's t']"),
        (" sso-session s ", "[sso-session s]"),
        ("sso-session", "[sso-session NAME]"),
        ("profile", "[profile NAME]"),
    ],
)
def test_the_advice_is_a_header_that_is_recognized(
    host: ScratchWorkstation, header: str, advice: str
) -> None:
    path = host.write_config(f"{SESSION}[{header}]{KEY}")
    finding = host.findings()["config-section-ignored"]
    assert finding.fix == f"in line 5 of {path}, change it to {advice}"


@pytest.mark.parametrize(
    ("text", "id", "advice"),
    [
        ("[local]\n[profile local]\n", "config-section-ignored", "merge it into line 7, [profile local]"),
        ("[ profile a ]\n[profile 'a']\n", "config-section-ignored", "merge it into line 7, [profile 'a']"),
        ("[sso_session corp]\n", "config-section-ignored", "merge it into line 1, [sso-session corp]"),
        ("[DEFAULT]\n[default]\n", "config-default-uppercase", "merge it into line 7, [default]"),
        ("[DEFAULT]\n[profile default]\n", "config-default-uppercase",
         "merge it into line 7, [profile default]"),
        ("[profile default]\n[default]\n", "config-section-shadowed", "merge it into line 7, [default]"),
        ("[a]\n[profile a]\nregion = x\n", "config-section-ignored",
         "merge it into line 7, [profile a], which already has region"),
    ],
)  # fmt: skip
def test_a_section_whose_name_exists_is_merged(
    host: ScratchWorkstation, text: str, id: str, advice: str
) -> None:
    path = host.write_config(SESSION + text.replace("]\n", "]" + KEY, 1))
    assert host.findings()[id].fix == f"in line 5 of {path}, {advice}"


def test_of_several_sections_that_get_the_same_name_all_but_the_first_are_merged(
    host: ScratchWorkstation,
) -> None:
    host.write_config(f"{SESSION}[a]{KEY}[Profile a]{KEY}[DEFAULT]\n[DEFAULT]\noutput = json\n")
    fixes = [finding.fix for finding in host.examine().findings if finding.id.startswith("config-")]
    tasks = sorted(fix.partition(", ")[2] for fix in fixes)
    assert tasks == [
        "change it to [profile a]",
        "merge it into line 5, [a], which already has region",
        "merge it into line 9, [DEFAULT]",
        "rename it to [default]",
    ]


def test_a_nested_block_that_would_be_parsed_only_then_is_not_renamed(host: ScratchWorkstation) -> None:
    """Nothing inherits it, so that the file can be parsed as it is."""
    host.write_config("[DEFAULT]\ns3 =\n  no setting\n")
    assert "move its keys" in host.findings()["config-default-uppercase"].fix


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("[profile x]\n", "change it to [x]"),
        ("[profile 'a b']\n", "change it to [a b]"),
        ("[ profile  x ]\n", "change it to [x]"),
        ("[ x ]\n", "change it to [x]"),
        ("[profile x]\n[x]\n", "merge it into line 2, [x]"),
        ("[DEFAULT]\n[default]\n", "merge it into line 2, [default]"),
        ("[DEFAULT]\n", "rename it to [default]"),
    ],
)
def test_headers_of_the_credentials_file_have_no_kind(
    host: ScratchWorkstation, text: str, advice: str
) -> None:
    path = host.write_credentials(text)
    (finding,) = host.findings().values()
    assert finding.fix == f"in line 1 of {path}, {advice}"
