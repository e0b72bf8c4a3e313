# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user of playbooks: signed in, with profiles, collections of others and the AWS CLI."""

from __future__ import annotations

import sys

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser
from support import ansible_package

ROLES = ("ReadOnly-111122223333", "AdministratorAccess-222233334444")
"""The profiles of the guides."""
LOGIN = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
        method: pkce
"""


def sign_in(controller: Controller, center: IdentityCenter, *collections: str) -> None:
    """Sign *controller* in, for plays that use *collections* of others."""
    environment = controller.environment
    for collection in collections:
        environment["ANSIBLE_COLLECTIONS_PATH"] += f":{ansible_package.collections_path(collection)}"
    environment["PATH"] = f"{real_cli.aws(real_cli.CURRENT).parent}:{environment['PATH']}"
    environment["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable
    environment["BROWSER"] = write_browser(str(controller.home / "browser"))
    controller.write_config(
        f"[sso-session corp]\nsso_start_url = {center.world.start_url}\nsso_region = {center.world.region}\n"
        "sso_registration_scopes = sso:account:access\n"
        + "".join(
            f"[profile {role}-{account}]\nsso_session = corp\nregion = eu-central-1\n"
            f"sso_account_id = {account}\nsso_role_name = {role}\n"
            for role, account in (profile.split("-") for profile in ROLES)
        )
        + "[profile other]\nregion = us-west-2\n"
    )
    controller.play(LOGIN).succeed()
