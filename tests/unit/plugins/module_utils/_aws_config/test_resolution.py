# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The causes why profiles do not work name the line to change; see also tests/unit/botocore."""

from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import Document
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.resolution import (
    Resolver,
    UnresolvedProfile,
    resolver_of,
)

SESSION = "[sso-session s]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n"
ROLE = "sso_session = s\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"


def resolver(config: str, credentials: str = "") -> Resolver:
    return resolver_of(Document("config", config.encode()), Document("credentials", credentials.encode()))


def test_a_role_has_the_keys_of_its_session() -> None:
    found = resolver(f"{SESSION}[profile p]\n{ROLE}").resolve("p")
    assert found.profile == "p" and not found.steps
    assert found.settings["sso_region"] == "eu-west-1"


@pytest.mark.parametrize(
    ("config", "credentials", "works", "text"),
    [
        (
            f"{SESSION}[profile p]\n{ROLE}cli_pager = hush\n[DEFAULT]\ncli_pager = psst\n",
            "",
            False,
            "config, line 10: cli_pager in [DEFAULT] (line 10, inherited by every section) differs from"
            " cli_pager in [profile p] (line 8). botocore rejects a profile with another value"
            " than its session. Remove cli_pager from [DEFAULT].",
        ),
        (
            f"{SESSION}[profile p]\n{ROLE}",
            "[x]\n[p]\nsso_region = us-east-1\n",
            False,
            "credentials, line 3: sso_region = eu-west-1 in [sso-session s] (line 3) differs from"
            " sso_region = us-east-1 in [p] of the credentials file (line 3). botocore rejects a profile"
            " with another value than its session. Remove sso_region from [p].",
        ),
        (
            f"[profile p]\n{ROLE}",
            "",
            False,
            "config, line 2: There is no section [sso-session s], which the profile refers to. Add it, or"
            " change sso_session.",
        ),
        (
            f"{SESSION}[profile p]\nrole_arn = x\nsource_profile = q\n[profile q]\naws_access_key_id = x\n",
            "",
            True,
            "config, line 8: The source_profile q has access keys, which botocore uses instead of IAM"
            " Identity Center. Remove them from [profile q].",
        ),
        (
            f"{SESSION}[profile p]\n{ROLE}web_identity_token_file = /t\nrole_arn =\n",
            "",
            False,
            "config, line 8: web_identity_token_file takes precedence over IAM Identity Center, but requires"
            " role_arn. Remove it from [profile p], or add role_arn.",
        ),
        (
            "[profile p]\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n",
            "",
            False,
            "config, line 1: The profile has no sso_session. Add sso_session = VALUE to [profile p].",
        ),
        (
            f"[profile p]\n{ROLE.replace('= s', '=')}",
            "",
            False,
            "config, line 2: sso_session is empty. Write the name of a session behind it, or remove it.",
        ),
    ],
)
def test_causes_name_the_line_and_the_change(config: str, credentials: str, works: bool, text: str) -> None:
    with pytest.raises(UnresolvedProfile) as raised:
        resolver(config, credentials).resolve("p")
    assert (str(raised.value), raised.value.works) == (text, works)
    assert raised.value.cause.text == text


def test_a_circle_is_the_same_cause_for_each_of_its_profiles() -> None:
    chains = "".join(f"[profile {a}]\nrole_arn = x\nsource_profile = {b}\n" for a, b in ("bc", "cb", "ab"))
    found = resolver(chains)
    causes = {}
    for name in "abc":
        with pytest.raises(UnresolvedProfile) as raised:
            found.resolve(name)
        causes[name] = raised.value.cause
        assert raised.value.profile == ("b" if name == "a" else name)
    assert causes["b"] == causes["c"]
    assert causes["b"].text.startswith("config, line 6: source_profile is circular: b -> c -> b. ")
    assert causes["a"].what == "source_profile is circular: a -> b -> c -> b."
