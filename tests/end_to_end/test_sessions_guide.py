# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/sessions.md: its files, commands and tasks, as a user of the emulator follows them."""

from __future__ import annotations

import re

import pytest
import yaml

from end_to_end import readme
from end_to_end.controller import Controller
from end_to_end.guide_user import START, Guide, GuideUser, readable_by_others
from identity_center import IdentityCenter

GUIDE = Guide("sessions.md")
SET_UP = "ansible-playbook workstation.aws_sso.workstation -e @company.yml"


@pytest.fixture
def user(controller: Controller) -> GuideUser:
    return GuideUser(controller)


def test_every_block_of_the_guide_is_run() -> None:
    assert GUIDE.contents() == [
        (START, "yaml"),
        (START, "ini"),
        ("Sign in", "console"),
        ("Sign in", "console"),
        ("Sign in", "yaml"),
        ("The Windows browser under WSL", "console"),
        ("Sign in later", "yaml"),
        ("Expiry and renewal", "yaml"),
        ("Force a sign-in", "console"),
        ("Several sessions", "yaml"),
        ("State of the sessions", "console"),
        ("State of the sessions", "yaml"),
        ("Sign out", "console"),
        ("Sign out", "yaml"),
    ]


def test_the_day_of_a_session(user: GuideUser, center: IdentityCenter) -> None:
    user.write_company(GUIDE.text(START, "yaml"))
    first, all_sessions, one_session = GUIDE.commands("Sign in", "@company.yml")
    (whoami,) = GUIDE.commands("State of the sessions")
    later = readme.later_commands()  # which test_readme.py types
    assert (all_sessions, whoami) == (later["login"], later["whoami"])
    assert "changed=1" in user.type(first)
    user.type(f"{SET_UP} --tags profiles")
    for section in GUIDE.text(START, "ini").split("\n\n"):
        assert f"{section.strip()}\n" in user.config
    assert "changed=0" in user.type(one_session)
    assert center.count("CreateToken", 200) == 1

    state = GUIDE.text("State of the sessions", "yaml")
    output = user.run_tasks(GUIDE.text("Expiry and renewal", "yaml"), state)
    assert "changed=0" in output and '"msg": []' in output
    before = set(center.records.access_tokens)
    (force,) = GUIDE.commands("Force a sign-in")
    assert "changed=1" in user.type(force)
    assert center.count("Logout", 200) == 1 and not before & set(center.records.access_tokens)

    assert readable_by_others(user.home / ".aws", user.home / ".cache" / "workstation.aws_sso") == []
    whoami, logout = GUIDE.commands("Sign out")
    output = user.type(whoami)
    assert (
        "acme (https://acme.awsapps.com/start): signed in; the token expires in " in output
        and "AWSReservedSSO_" in output
    )
    assert "acme: ended at AWS" in user.type(logout.replace("laptop-042", "laptops"))
    output = user.run_tasks(GUIDE.text("Sign out", "yaml"), state)
    assert "changed=0" in output and re.search(r'"msg": \[\s*"acme"\s*]', output)
    assert not center.records.access_tokens and not center.records.refresh_tokens


def test_a_sign_in_with_options(user: GuideUser, center: IdentityCenter) -> None:
    (windows,) = GUIDE.commands("The Windows browser under WSL")
    company = yaml.safe_load(GUIDE.text("Sign in", "yaml"))
    program, *arguments = company["workstation_login"]["browser"]
    assert program.endswith("firefox.exe")
    # It visits the last of its arguments.
    launcher = user.home / "firefox"
    launcher.write_text(
        '#!/bin/sh\necho "$@" >"$0.log"\nshift $(($# - 1))\nexec "${0%firefox}browser" "$1"\n'
    )
    launcher.chmod(0o755)
    company["workstation_login"]["browser"] = [str(launcher), *arguments]
    user.write_company(GUIDE.text(START, "yaml"), yaml.safe_dump(company))
    assert "changed=0" in user.type(windows, "-e", "workstation_become=false")
    (device,) = GUIDE.commands("Sign in", "device")
    assert "Code: " in user.type(device, "-e", "@company.yml")
    assert center.count("StartDeviceAuthorization", 200) == 1
    log = launcher.with_suffix(".log").read_text()
    assert log.startswith("-P work http")


def test_profiles_before_the_sign_in(user: GuideUser, center: IdentityCenter) -> None:
    user.write_company(GUIDE.text(START, "yaml"), GUIDE.text("Sign in later", "yaml"))
    user.type(f"{SET_UP} --tags profiles")
    assert re.findall(r"^\[(.*)]$", user.config, re.MULTILINE) == ["sso-session acme", "profile sandbox"]
    assert not center.requests


def test_several_sessions(user: GuideUser, center: IdentityCenter) -> None:
    """The emulator has one portal only."""
    company = yaml.safe_load(GUIDE.text("Several sessions", "yaml"))
    here, china = company["workstation_sessions"]
    assert china["start_url"].startswith(f"https://start.{china['region']}.home.awsapps.cn/")
    china.update(start_url=here["start_url"], region=here["region"])
    user.write_company(yaml.safe_dump(company))
    output = user.type(f"{SET_UP} --tags login,profiles,verify")
    assert center.count("CreateToken", 200) == 2
    assert f"{company['workstation_verify_profile']} is arn:aws:sts::111122223333:" in output
    names = re.findall(r"^\[profile (.*)]$", user.config, re.MULTILINE)
    assert len(names) == 10 and {"acme-Production-ReadOnly", "acme-china-Production-ReadOnly"} <= {*names}
    logout = GUIDE.commands("Sign out")[1].partition(" -i ")[0]
    assert user.type(f"{logout} -e workstation_session=acme-china").count("ended at AWS") == 1
