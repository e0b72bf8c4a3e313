# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/migration.md: its files and commands, for the configuration of each tool that it names."""

from __future__ import annotations

import re
import shlex
import typing as t

import pytest

from end_to_end import readme, real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser
from identity_center.world import Account, Assignment, PermissionSet, User, World
from support.config_of_tools import ACCOUNT, ROLES, TOOLS

GUIDE = readme.ROOT / "docs" / "migration.md"
WORLD = World(
    users=(User("alice", "correct horse"),),
    accounts=(Account(ACCOUNT, "Acme-Prod"), Account("222233334444", "Acme-Dev")),
    permission_sets=tuple(map(PermissionSet, ROLES)),
    assignments=(
        *(Assignment("alice", ACCOUNT, role) for role in ROLES),
        Assignment("alice", "222233334444", "ReadOnly"),
    ),
)
SCHEME = re.compile(r"^workstation_profile_name: .*$", re.MULTILINE)
SCHEMES = dict(
    re.findall(r"^\| `?([\w -]+?)`? \| `(\{.*)` \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
)
"""The formats of profile names of the guide, by tool."""
MANUALLY_WRITTEN = """\
[profile other]
region = eu-west-1

[profile prod]
# the account of the shop
sso_start_url = https://acme.awsapps.com/start/
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
s3 =
  addressing_style = path
"""


def block(heading: str, language: str, text: str = "") -> readme.Block:
    return readme.block(heading, language, text, GUIDE)


@pytest.fixture
def center() -> t.Iterator[IdentityCenter]:
    with IdentityCenter(WORLD) as center:
        yield center
        assert not center.invalid_requests


@pytest.fixture
def user(controller: Controller) -> Controller:
    """A user with the AWS CLI and a browser."""
    controller.environment["BROWSER"] = write_browser(str(controller.home / "browser"))
    aws = real_cli.aws(real_cli.CURRENT)
    controller.environment["PATH"] = f"{aws.parent}:{controller.environment['PATH']}"
    return controller


def typed(user: Controller, command: str) -> str:
    program, playbook, *arguments = shlex.split(command)
    assert program == "ansible-playbook"
    return user.play(playbook, *arguments).succeed()


def test_every_block_of_the_guide_is_run() -> None:
    assert [(block.heading, block.language) for block in readme.blocks(GUIDE)] == [
        ("Take over the profiles", "yaml"),
        ("Take over the profiles", "console"),
        ("Take over the profiles", "console"),
        ("Manually written files", "yaml"),
        ("Go back", "yaml"),
    ]


def test_each_tool_of_the_guide_has_its_own_scheme_of_names() -> None:
    assert {tool: TOOLS[tool.lower()].profile_name for tool in SCHEMES} == SCHEMES
    assert len(SCHEMES) == 4


def take_over(user: Controller, company: str) -> str:
    """Type the commands of the guide with this company.yml; returns the configuration that they result in."""
    config = user.home / ".aws" / "config"
    before = config.read_text()
    (user.home / "company.yml").write_text(company)
    login, preview = block("Take over the profiles", "console", "login").commands()
    typed(user, login)
    assert "adopted by workstation.aws_sso" in typed(user, preview)
    assert config.read_text() == before
    apply, whoami = block("Take over the profiles", "console", "whoami").commands()
    assert "changed=1" in typed(user, apply)
    after = config.read_text()
    assert "changed=0" in typed(user, apply)
    assert config.read_text() == after
    (backup,) = config.parent.glob("config.*~")
    assert backup.read_text() == before
    assert "AWSReservedSSO_" in typed(user, whoami)
    return after


@pytest.mark.parametrize(
    "tool",
    [
        # tests/end_to_end/test_adoption.py takes over the profiles of all tools.
        pytest.param(tool, marks=[pytest.mark.full] if number else [])
        for number, tool in enumerate(SCHEMES)
    ],
)
def test_profiles_of_a_tool_are_taken_over_and_restored(user: Controller, tool: str) -> None:
    before = TOOLS[tool.lower()].text
    user.write_config(before)
    company = block("Take over the profiles", "yaml").text
    after = take_over(user, SCHEME.sub(f'workstation_profile_name: "{SCHEMES[tool]}"', company))
    assert after.count("# adopted by workstation.aws_sso") == 2
    assert after.count("\ncli_pager = less\n") == 2
    assert after.count("# managed by workstation.aws_sso") == 1 + (tool != "aws configure sso")
    go_back(user, before)


def test_manually_written_profiles_are_taken_over_and_restored(user: Controller) -> None:
    user.write_config(MANUALLY_WRITTEN)
    after = take_over(user, block("Manually written files", "yaml").text)
    assert after.count("[profile ") == 2 and after.count("# adopted by workstation.aws_sso") == 1
    assert "# the account of the shop\n" in after and "s3 =\n  addressing_style = path\n" in after
    go_back(user, MANUALLY_WRITTEN)


def go_back(user: Controller, before: str) -> None:
    assert "failed=0" in user.play(block("Go back", "yaml").text).succeed()
    assert (user.home / ".aws" / "config").read_text() == before
