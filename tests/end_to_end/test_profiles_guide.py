# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/profiles.md: its files, commands and tasks, and the names in its tables."""

from __future__ import annotations

import json
import re
import typing as t

import pytest

from end_to_end.controller import Controller
from end_to_end.guide_user import START, Guide, GuideUser
from identity_center import IdentityCenter
from support.aws_config_file import access, profile_names
from support.config_of_tools import TOOLS
from support.organization import READER, organization_of

GUIDE = Guide("profiles.md")
SESSIONS = Guide("sessions.md")
COMPANY = SESSIONS.text(START, "yaml")
NAMES = "Names and settings of profiles"
SET_UP = "ansible-playbook workstation.aws_sso.workstation -e @company.yml --tags login,profiles"


@pytest.fixture
def user(controller: Controller) -> GuideUser:
    return GuideUser(controller)


def names_in(config: str) -> list[str]:
    return re.findall(r"^\[(?:profile )?(.*)]$", config, re.MULTILINE)


def section(config: str, name: str) -> dict[str, str]:
    """The keys of a profile, without those of nested blocks."""
    text = config.partition(f"[profile {name}]\n")[2].partition("\n[")[0]
    return dict(re.findall(r"^(\w+) = ?(.*)$", text, re.MULTILINE))


def test_every_block_of_the_guide_is_run() -> None:
    assert GUIDE.contents() == [
        ("Which accounts and roles", "yaml"),
        ("Which accounts and roles", "yaml"),
        ("The default profile", "yaml"),
        (NAMES, "yaml"),
        (NAMES, "yaml"),
        ("Preview the changes", "console"),
        ("What is kept", "yaml"),
        ("Existing configurations", "yaml"),
        ("Remove profiles", "yaml"),
        ("Remove profiles", "yaml"),
    ]


def examples() -> t.Iterator[tuple[str, str]]:
    """The formats in the tables, each with the name beside it."""
    for row in re.findall(r"^\| (`\{.*) \|$", GUIDE.path.read_text(encoding="utf-8"), re.MULTILINE):
        templates, names = (re.findall("`([^`]*)`", cell) for cell in row.split(" | ")[:2])
        yield from zip((template.replace("\\|", "|") for template in templates), names, strict=True)


def test_the_names_in_the_tables_are_what_the_formats_give() -> None:
    found = list(examples())
    assert len(found) == 11
    for template, name in found:
        account = access(account_name="Acme Prod_EU" if ":" in template.replace("}:{", "") else "Acme-Prod")
        assert profile_names([account], profile_name=template) == [name]


def test_profiles_come_and_go(user: GuideUser) -> None:
    selection, own = (GUIDE.text("Which accounts and roles", "yaml", part) for part in ("exclude", "deploy"))
    settings = (GUIDE.text("The default profile", "yaml"), GUIDE.text("What is kept", "yaml"))
    user.write_company(COMPANY, own, *settings)
    user.type(SET_UP)
    before = user.config
    assert len(names_in(before)) == 9 and {"default", "sandbox", "deploy"} <= set(names_in(before))
    assert section(before, "deploy") == {
        "role_arn": "arn:aws:iam::222233334444:role/Deploy",
        "source_profile": "sandbox",
        "region": "eu-central-1",
        "duration_seconds": "3600",
    }

    user.write_company(COMPANY, own, *settings, selection, GUIDE.text("Remove profiles", "yaml", "company"))
    (preview,) = GUIDE.commands("Preview the changes")
    assert "-[profile ReadOnly-012345678901]" in user.type(preview)
    assert user.config == before
    user.type(SET_UP)
    assert set(names_in(before)) - set(names_in(user.config)) == {"ReadOnly-012345678901"}
    (backup,) = (user.home / ".aws").glob("config.*~")
    assert backup.read_text() == before

    user.run_tasks(GUIDE.text("Remove profiles", "yaml", "state: absent"))
    assert user.config == ""


def test_names_and_settings_with_units_and_tags(user: GuideUser, center: IdentityCenter) -> None:
    user.write_company(COMPANY)
    user.type("ansible-playbook workstation.aws_sso.login -e @company.yml")
    reader = "sso_session = acme\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
    user.controller.write_config(f"{SESSIONS.text(START, 'ini')}\n[profile {READER}]\n{reader}")
    settings, listed = (GUIDE.text(NAMES, "yaml", part) for part in ("overrides", "query("))
    user.write_company(COMPANY, settings, listed)
    with organization_of(center.world) as variables:
        user.controller.environment.update(variables)
        user.type(SET_UP.replace("login,", ""))
    names = set(names_in(user.config))
    assert {"root-admin", "root-ReadOnly", "production-admin", "log-archive-ReadOnly", "deploy"} <= {*names}
    admin, read_only = (section(user.config, name) for name in ("production-admin", "production-ReadOnly"))
    assert admin["cli_pager"] == "" and "cli_pager" not in read_only
    assert read_only["sso_account_name"] == "Production" and read_only["region"] == "eu-central-1"
    assert section(user.config, "deploy")["external_id"] == "acme-1234"


@pytest.mark.full  # test_migration_guide.py takes over the same profiles
def test_existing_profiles_are_taken_over(user: GuideUser) -> None:
    user.controller.write_config(TOOLS["aws-sso-util"].text)
    user.write_company(COMPANY, GUIDE.text("Existing configurations", "yaml"))
    entries = [access(account_name="Acme-Prod", role_name=role) for role in ("ReadOnly", "Admin")]
    listed = json.dumps({"workstation_access": entries})
    user.type(SET_UP.replace("login,", ""), "-e", listed)
    assert user.config.count("# adopted by workstation.aws_sso") == 2
