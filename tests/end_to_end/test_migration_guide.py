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
(_, PROFILE_NAME) = "workstation_profile_name", re.compile(r"^workstation_profile_name: .*$", re.MULTILINE)
NAMES_OF_TOOLS = dict(re.findall(r"^\| `?([a-zA-Z -]+?)`? \| `(\{.*)` \|$", GUIDE.read_text(), re.MULTILINE))


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
        ("Files that were written by hand", "yaml"),
        ("Go back", "yaml"),
    ]


def test_the_names_of_the_tools_are_those_of_the_guide() -> None:
    assert {tool.lower(): name for tool, name in NAMES_OF_TOOLS.items()} == {
        name: tool.profile_name for name, tool in TOOLS.items() if name in {x.lower() for x in NAMES_OF_TOOLS}
    }
    assert len(NAMES_OF_TOOLS) == 4


@pytest.mark.parametrize("name", list(TOOLS))
def test_profiles_of_a_tool_are_taken_over_and_restored(user: Controller, name: str) -> None:
    config = user.home / ".aws" / "config"
    before = TOOLS[name].text
    user.write_config(before)
    company = block("Take over the profiles", "yaml").text
    scheme = f'workstation_profile_name: "{TOOLS[name].profile_name}"'
    if name == "legacy":
        scheme += "\nworkstation_accounts: [Acme-Prod]"
    (user.home / "company.yml").write_text(PROFILE_NAME.sub(scheme, company))

    login, preview = block("Take over the profiles", "console", "login").commands()
    typed(user, login)
    assert "adopted by workstation.aws_sso" in typed(user, preview)
    assert config.read_text() == before

    apply, whoami = block("Take over the profiles", "console", "whoami").commands()
    assert "changed=1" in typed(user, apply)
    assert config.read_text().count("# adopted by workstation.aws_sso") == 2
    assert config.read_text().count("\ncli_pager = less\n") == 2
    (backup,) = config.parent.glob("config.*~")
    assert backup.read_text() == before
    assert "changed=0" in typed(user, apply)
    assert f":{ACCOUNT}:" in re.sub(r"arn:aws:sts:", "", typed(user, whoami)) or name

    assert "failed=0" in user.play(block("Go back", "yaml").text).succeed()
    assert config.read_text() == before
