# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration files as other tools write them, with a key that the user added to each profile."""

from __future__ import annotations

import typing as t

from support.aws_config_file import SESSION

ACCOUNT = "111122223333"
MINE = "[profile mine]\n# by hand\nregion = eu-west-1\n\n"
ROLES = ("ReadOnly", "Admin")


class ConfigOfTool(t.NamedTuple):
    """*text* has the profiles of both ROLES; *conflicts* is whether they have other credentials."""

    tool: str
    profile_name: str
    text: str
    conflicts: bool = True


def _text(template: str, name: str, before: str = "", after: str = "") -> str:
    sections = [
        template.format(
            name=name.format(role=role),
            role=role,
            account=ACCOUNT,
            url=SESSION["start_url"],
            region="eu-west-1",
        )
        for role in ROLES
    ]
    return f"{MINE}{before}{''.join(sections)}{after}"


AWS_SSO_UTIL = """\
[profile {name}]
sso_start_url = {url}
sso_region = {region}
sso_account_name = Acme-Prod
sso_account_id = {account}
sso_role_name = {role}
region = eu-west-1
cli_pager = less
credential_process = aws-sso-util credential-process --profile {name}
sso_auto_populated = true

"""
GRANTED = """\
[profile {name}]
granted_sso_start_url      = {url}
granted_sso_region         = {region}
granted_sso_account_id     = {account}
granted_sso_role_name      = {role}
common_fate_generated_from = aws-sso
cli_pager = less
credential_process         = granted credential-process --profile {name}

"""
GRANTED_LEGACY = """\
[profile {name}]
sso_start_url              = {url}
sso_region                 = {region}
sso_account_id             = {account}
sso_role_name              = {role}
common_fate_generated_from = aws-sso
cli_pager = less

"""
AWS_SSO_CLI = """\
[profile {name}]
credential_process = /usr/bin/aws-sso -u open -S "Default" process --arn arn:aws:iam::{account}:role/{role}
cli_pager = less

"""
CONFIGURE_SSO = """\
[profile {name}]
sso_session = acme
sso_account_id = {account}
sso_role_name = {role}
cli_pager = less
region = us-east-1
output = json
"""
LEGACY = """\
[profile {name}]
sso_start_url = {url}/#/
sso_region = {region}
sso_account_id = {account}
sso_role_name = {role}
cli_pager = less
region = us-east-1
"""
SSO_SESSION = f"""\
[sso-session acme]
sso_start_url = {SESSION["start_url"]}
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""
TOOLS = {
    "aws-sso-util": ConfigOfTool(
        "aws-sso-util", "{account_name}.{role_name}", _text(AWS_SSO_UTIL, "Acme-Prod.{role}")
    ),
    "granted": ConfigOfTool("granted", "{account_name}/{role_name}", _text(GRANTED, "Acme-Prod/{role}")),
    "granted without its credential process": ConfigOfTool(
        "granted", "{account_name}/{role_name}", _text(GRANTED_LEGACY, "Acme-Prod/{role}"), conflicts=False
    ),
    "aws-sso-cli": ConfigOfTool(
        "aws-sso-cli",
        "{account_id}:{role_name}",
        _text(AWS_SSO_CLI, f"{ACCOUNT}:{{role}}", "# BEGIN_AWS_SSO_CLI\n\n", "# END_AWS_SSO_CLI\n"),
    ),
    "aws configure sso": ConfigOfTool(
        "aws configure sso",
        "{role_name}-{account_id}",
        _text(CONFIGURE_SSO, f"{{role}}-{ACCOUNT}", after=SSO_SESSION),
        conflicts=False,
    ),
    "legacy": ConfigOfTool("aws configure sso", "{role_name}", _text(LEGACY, "{role}"), conflicts=False),
}
