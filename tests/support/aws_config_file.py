# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An AWS configuration file to update, and options of sso_profiles to update it with."""

from __future__ import annotations

import os
import pathlib
import time
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import (
    AccessOptions,
    desired_profiles,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import read_config
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.planner import Plan
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.update import (
    request_from_options,
    update,
)

DEFAULTS: t.Dict[str, t.Any] = {
    "state": "present",
    "sessions": [],
    "profiles": [],
    "access": [],
    "profile_name": "{role_name}-{account_id}",
    "region": None,
    "output": None,
    "options": None,
    "overrides": [],
    "accounts": [],
    "roles": [],
    "exclude_accounts": [],
    "exclude_roles": [],
    "exclude_organizational_units": [],
    "exclude_account_tags": {},
    "account_aliases": {},
    "default_profile": None,
    "force": False,
    "owner": None,
    "adopt": False,
    "force_default": False,
    "purge": False,
}
SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
ACCESS = {
    "session": "acme",
    "account_id": "111122223333",
    "account_name": "Acme Prod",
    "email": "prod@acme.example",
    "role_name": "ReadOnly",
    "console_url": "https://acme.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly",
}
ACME = (
    "[sso-session acme]\n# managed by workstation.aws_sso\nsso_start_url = https://acme.awsapps.com/start\n"
    "sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n"
)


class ConfigFile:
    """An AWS configuration file, and beside it the credentials file, that sso_profiles updates."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.credentials = path.parent / "credentials"

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode()

    @text.setter
    def text(self, text: str) -> None:
        """As written an hour ago: nobody waits for a writer to finish."""
        self.path.write_bytes(text.encode())
        an_hour_ago = time.time() - 3600
        os.utime(self.path, (an_hour_ago, an_hour_ago))

    def run(self, check_mode: bool = False, **options: t.Any) -> Plan:
        request = request_from_options({**DEFAULTS, **options})
        return update(str(self.path), str(self.credentials), request, check_mode=check_mode).plan

    def profile(self, name: str) -> t.Dict[str, t.Any]:
        return read_config(str(self.path)).profiles[name]


def access(**fields: t.Any) -> t.Dict[str, t.Any]:
    """An account and role as the lookup sso_access returns them."""
    return {**ACCESS, **fields}


def profile_names(entries: t.Iterable[t.Mapping[str, t.Any]], **options: t.Any) -> t.List[str]:
    """The names of the profiles that *entries* of access become."""
    return list(desired_profiles([], entries, AccessOptions(**options)))


def profile_entry(name: str = "p", **fields: t.Any) -> t.Dict[str, t.Any]:
    return {"name": name, "session": "acme", "account_id": "111122223333", "role_name": "ReadOnly", **fields}


def access_entries(number: int) -> t.List[t.Dict[str, t.Any]]:
    return [
        {"session": "acme", "account_id": f"{index // 5:012}", "role_name": f"Role{index % 5}"}
        for index in range(number)
    ]


def generated_names(number: int) -> t.List[str]:
    return [f"{entry['role_name']}-{entry['account_id']}" for entry in access_entries(number)]
