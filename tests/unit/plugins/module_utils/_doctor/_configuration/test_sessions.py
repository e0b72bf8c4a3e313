# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about sso-sessions and their profiles."""

from __future__ import annotations

import typing as t

import pytest

from support.scratch_workstation import PROFILE, SESSION, ScratchWorkstation


@pytest.mark.parametrize(
    ("key", "value", "what"),
    [
        ("sso_start_url", "http://acme.awsapps.com/start", "sso_start_url does not begin with https://"),
        ("sso_region", "EU (Ireland)", "sso_region is not a region such as eu-west-1"),
        ("sso_region", "", "sso_region is empty."),
        ("sso_region", "\n  x = y", None),
    ],
)
def test_an_invalid_session_is_incomplete(
    host: ScratchWorkstation, key: str, value: str, what: t.Optional[str]
) -> None:
    lines = [f"{key} = {value}" if line.startswith(key) else line for line in SESSION.splitlines()]
    host.write_config("\n".join(lines))
    found = host.findings()
    assert list(found) == ["session-incomplete" if what else "config-line-indented"]
    assert what is None or what in found["session-incomplete"].what


@pytest.mark.parametrize("scopes", ["", "sso_registration_scopes =\n"])
def test_a_session_without_scopes_is_a_finding(host: ScratchWorkstation, scopes: str) -> None:
    host.write_config(SESSION.rsplit("sso_registration_scopes", 1)[0] + scopes)
    finding = host.findings()["session-without-scopes"]
    assert finding.fix.endswith(", add sso_registration_scopes = sso:account:access")


def test_many_profiles_with_the_same_problem_are_one_finding(host: ScratchWorkstation) -> None:
    names = [f"p{number}" for number in range(1000)]
    host.write_config(SESSION + "".join(f"[profile {name}]\nsso_session = old\n" for name in names))
    finding = host.findings()["profile-unknown-session"]
    assert finding.subject == "profile p0, p1, p2, p3, p4 and 995 more"


def test_a_comment_behind_the_name_of_a_session_is_removed(host: ScratchWorkstation) -> None:
    host.write_config(SESSION + "[profile dev]\n" + PROFILE.replace("corp", "corp # Acme"))
    assert host.findings()["profile-unknown-session"].fix.endswith(", change it to sso_session = corp")


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ("[DEFAULT]\nregion = us-east-1\n" + SESSION, 2),
        (SESSION + "region = us-east-1\n", 5),
        ("[DEFAULT]\nregion = us-west-1\n" + SESSION + "region = us-east-1\n", 7),
    ],
)
def test_a_key_that_does_not_belong_to_a_session_is_deleted_there(
    host: ScratchWorkstation, config: str, line: int
) -> None:
    path = host.write_config(f"{config}[profile dev]\nregion = eu-west-1\n{PROFILE}")
    fix = host.findings()["profile-contradicts-session"].fix
    assert fix == f"in line {line} of {path}, delete region"


def test_keys_of_default_are_not_repeated_by_every_profile(host: ScratchWorkstation) -> None:
    host.write_config("[DEFAULT]\noutput = json\n" + SESSION + "[profile dev]\n" + PROFILE)
    assert list(host.findings()) == ["config-default-uppercase"]
