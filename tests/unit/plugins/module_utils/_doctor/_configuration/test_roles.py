# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about profiles that assume a role with the credentials of another."""

from __future__ import annotations

import pytest

from support.scratch_workstation import PROFILE, SESSION, ScratchWorkstation

ROLE = "role_arn = arn:aws:iam::111122223333:role/Admin\n"
BASE = f"[profile base]\n{PROFILE}"


@pytest.mark.parametrize(
    ("text", "what", "task"),
    [
        ("", "The profile has role_arn but no source_profile, and botocore does not use its other keys.",
         "add source_profile = PROFILE"),
        (PROFILE,
         "The profile has role_arn but no source_profile, and botocore does not use its other keys.",
         "delete role_arn, or move it to another profile whose source_profile is this one"),
        ("source_profile = bsae\n", "There is no profile bsae, which source_profile refers to.",
         "change it to source_profile = base"),
        ("source_profile = zzz\n", "There is no profile zzz, which source_profile refers to.",
         "change it to source_profile = PROFILE"),
        ("source_profile =\n", "source_profile is empty.", "change it to source_profile = PROFILE"),
        ("source_profile = a\n", "source_profile is circular: a -> a.", None),
        ("source_profile = empty\n", "Its source_profile empty has no credentials.", None),
        ("source_profile = base\ncredential_source = Environment\n",
         "The profile has source_profile as well as credential_source, which botocore rejects.",
         "delete credential_source"),
        ("credential_source = environment\n",
         "Its credential_source is not one of Ec2InstanceMetadata, Environment, EcsContainer.",
         "change it to credential_source = Environment"),
        ("credential_source = x\n",
         "Its credential_source is not one of Ec2InstanceMetadata, Environment, EcsContainer.",
         "change it to credential_source = SOURCE"),
    ],
)  # fmt: skip
def test_a_role_that_cannot_be_assumed_is_an_error(
    host: ScratchWorkstation, text: str, what: str, task: str
) -> None:
    task = task or "change it to the name of a profile that has credentials: source_profile = PROFILE"
    host.write_config(f"{SESSION}{BASE}[profile empty]\nregion = eu-west-1\n[profile a]\n{text}{ROLE}")
    finding = host.findings()["profile-source-unusable"]
    assert (finding.severity, finding.subject, finding.what) == ("error", "profile a", what)
    assert finding.fix.partition(", ")[2] == task


def test_profiles_that_name_each_other_are_one_error(host: ScratchWorkstation) -> None:
    loop = "".join(f"[profile {a}]\nsource_profile = {b}\n{ROLE}" for a, b in ("ab", "bc", "ca", "da"))
    host.write_config(SESSION + loop)
    finding = host.findings()["profile-source-unusable"]
    assert finding.subject == "profile a, b, c"
    assert finding.what == "source_profile is circular: a -> b -> c -> a."


@pytest.mark.parametrize(
    "text",
    [
        "source_profile = base\n",
        "source_profile = chained\n[profile chained]\nsource_profile = base\n" + ROLE,
        "source_profile = a\naws_access_key_id = AKIA\naws_secret_access_key = hush\n",
        "source_profile = keys\n",
        "credential_source = Ec2InstanceMetadata\n",
        "web_identity_token_file = /t\n",
    ],
)
def test_a_role_that_can_be_assumed_is_not_a_finding(host: ScratchWorkstation, text: str) -> None:
    host.write_config(f"{SESSION}{BASE}[profile a]\n{ROLE}{text}")
    host.write_credentials("[keys]\naws_access_key_id = AKIA\naws_secret_access_key = hush\n")
    assert host.findings() == {}
