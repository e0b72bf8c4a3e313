# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/company-network.md: its settings, for a user without root.

tests/unit/test_run.py types what the page says of a clone.
"""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
import yaml

from bundles import Mirror, new_key, serving
from end_to_end.controller import Controller
from end_to_end.guide_user import START, Guide, GuideUser
from identity_center import IdentityCenter
from support.company_network import Authority

GUIDE = Guide("company-network.md")
COMPANY = Guide("sessions.md").text(START, "yaml")
SOURCE, PROXIES = "Source of the AWS CLI", "Proxies and corporate certificates"
VERSION = "2.38.5"
SET_UP = "ansible-playbook workstation.aws_sso.workstation -e @company.yml -e workstation_become=false"
FOR_THE_USER = """\
- hosts: localhost
  gather_facts: false
  module_defaults:
    workstation.aws_sso.workstation_network:
      scope: user
  roles:
    - role: workstation.aws_sso.workstation
"""


@pytest.fixture
def user(controller: Controller) -> GuideUser:
    return GuideUser(controller)


def test_every_block_of_the_guide_is_run() -> None:
    assert GUIDE.contents() == [
        (PROXIES, "yaml"),
        (SOURCE, "yaml"),
        (SOURCE, "yaml"),
        (SOURCE, "yaml"),
        ("Custom endpoints", "yaml"),
        ("Python packages for a clone", "console"),
        ("Check the network", "console"),
    ]


def test_the_proxy_and_the_certificates(user: GuideUser) -> None:
    authority = Authority(user.home)
    settings = GUIDE.text(PROXIES, "yaml")
    assert "/srv/acme/company-ca.pem" in settings
    user.write_company(COMPANY, settings.replace("/srv/acme/company-ca.pem", str(authority.file)))
    arguments = ("-e", "@company.yml", "-e", "workstation_become=false", "--tags", "network")
    user.controller.play(FOR_THE_USER, *arguments).succeed()
    assert "http://proxy.example.com:3128" in (user.home / ".profile").read_text()
    bundle = user.home / ".local/share/workstation.aws_sso/ca-bundle.pem"
    assert authority.pem.strip() in bundle.read_text()


@pytest.mark.parametrize(
    "part",
    [
        "source",
        # test_fleet.py and test_readme.py install from a mirror.
        pytest.param("version: 2.38.5\n  download_on", marks=pytest.mark.full),
        pytest.param("base_url", marks=pytest.mark.full),
    ],
)
def test_the_source_of_the_aws_cli(user: GuideUser, tmp_path: pathlib.Path, part: str) -> None:
    (wanted,) = yaml.safe_load(GUIDE.text(SOURCE, "yaml", part)).values()
    with new_key() as key:
        mirror = Mirror(tmp_path, key)
        mirror.add_stub(VERSION)
        with serving(tmp_path) as url:
            changes = {
                "base_url": url,
                "public_key": key.public_key,
                "fingerprint": key.fingerprint,
                "install_dir": "~/cli",
                "bin_dir": "~/bin",
            }
            if part == "source":
                assert pathlib.Path(wanted["source"]).name == mirror.bundle(VERSION).name
                changes.update(source=str(mirror.bundle(VERSION)), base_url="http://127.0.0.1:9")
            merged = {"workstation_aws_cli": {**wanted, **changes}}
            (user.home / "merged.json").write_text(json.dumps(merged))
            user.write_company(COMPANY)
            user.type(f"{SET_UP} -e @merged.json --tags aws_cli")
    done = user.controller.run(user.home / "bin" / "aws", "--version")
    assert done.stdout.startswith(f"aws-cli/{VERSION} ")


def test_custom_endpoints(user: GuideUser, center: IdentityCenter) -> None:
    settings = yaml.safe_load(GUIDE.text("Custom endpoints", "yaml"))
    variables: dict[str, t.Any] = settings["workstation_environment"]
    assert set(variables) <= set(user.controller.environment) | set(center.environment())
    variables.update(dict.fromkeys(variables, center.url))
    user.write_company(COMPANY, yaml.safe_dump(settings))
    for name in [name for name in user.controller.environment if name.startswith("AWS_ENDPOINT_URL")]:
        del user.controller.environment[name]
    user.controller.environment["HTTPS_PROXY"] = "http://127.0.0.1:9"
    user.type("ansible-playbook workstation.aws_sso.login -e @company.yml")
    assert center.count("CreateToken", 200) == 1
    user.type("ansible-playbook workstation.aws_sso.logout -e @company.yml")
    assert center.count("Logout", 200) == 1


def test_the_check_before_anything_is_set_up(user: GuideUser, center: IdentityCenter) -> None:
    user.write_company(COMPANY)
    doctor, from_a_clone = GUIDE.commands("Check the network")
    assert doctor == from_a_clone.replace("./run ", "ansible-playbook workstation.aws_sso.")
    output = user.type(doctor, "-e", "workstation_doctor_fail_on=never")
    assert "fix: ansible-playbook workstation.aws_sso.workstation -e @company.yml" in output
    assert center.requests and not (user.home / ".aws" / "config").exists()
