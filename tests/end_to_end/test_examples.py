# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The EXAMPLES of modules and lookups, for a user who has one role and for one who has many.

What would change the machine runs in check mode. Addresses, files and names that an example makes up are
replaced by those of the test: each replacement is listed in REPLACED or made by a test.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import typing as t

import pytest
import yaml

from bundles import Mirror, new_key
from bundles.serving import serving
from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser
from identity_center.world import Account, Assignment, PermissionSet, Role, User, World, default_world
from support import ansible_package
from support.company_network import Authority
from support.organization import READER, organization_of

PLUGINS = pathlib.Path(__file__).resolve().parents[2] / "plugins"
ONE_ROLE = World(
    users=(User("alice", "correct horse"),),
    accounts=(Account("111122223333", "prod-payments", "aws@acme.example"),),
    permission_sets=(PermissionSet("ReadOnly"),),
    assignments=(Assignment("alice", "111122223333", "ReadOnly"),),
    roles=(Role("arn:aws:iam::222233334444:role/Deploy", ("111122223333",)),),
)
WORLDS = {"one role": ONE_ROLE, "many roles": default_world()}
SIGNED_IN = ("sso_profiles", "sso_session_info", "sso_login", "workstation_info", "wsl_info", "sso_logout")
IN_CHECK_MODE = ("prerequisites", "workstation_network", "wsl_browser")
OTHER_TESTS = {
    "aws_cli": "test_the_aws_cli_is_installed_from_a_mirror",
    "company_bundle": "test_a_bundle_is_made_and_reports_are_merged",
    "laptop_reports": "test_a_bundle_is_made_and_reports_are_merged",
    "sso_access": "test_lookups",
    "sso_credentials": "test_lookups",
    "sso_assignments": "the integration target lookup_sso_assignments, unit tests of its first play",
}
REPLACED = {
    "https://example.awsapps.com/start": "https://acme.awsapps.com/start",
    # There is no proxy, and no bundle of certificates at that path.
    "HTTPS_PROXY: http://proxy.example.com:3128": "NO_PROXY: 127.0.0.1",
    "      AWS_CA_BUNDLE: /etc/ssl/certs/ca-certificates.crt\n": "",
}


def test_each_plugin_with_examples_has_a_test() -> None:
    plugins = [path for kind in ("modules", "lookup") for path in (PLUGINS / kind).glob("[!_]*.py")]
    assert {path.stem for path in plugins} == {*SIGNED_IN, *IN_CHECK_MODE, *OTHER_TESTS}


def examples(plugin: str, **replaced: str) -> list[dict[str, t.Any]]:
    source = (PLUGINS / f"{plugin}.py").read_text(encoding="utf-8")
    text = source.partition('EXAMPLES = r"""')[2].partition('"""')[0]
    for old, new in {**REPLACED, **replaced}.items():
        text = text.replace(old, new)
    found: list[dict[str, t.Any]] = yaml.safe_load(text)
    assert found
    return found


def play(tasks: list[dict[str, t.Any]], **keywords: t.Any) -> str:
    """The text of a play whose tasks do not need root: all that they write is in the scratch home."""
    tasks = [{key: value for key, value in task.items() if key != "become"} for task in tasks]
    return "\n" + yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, **keywords, "tasks": tasks}])


@pytest.fixture(params=list(WORLDS))
def center(request: pytest.FixtureRequest) -> t.Iterator[IdentityCenter]:
    with IdentityCenter(WORLDS[request.param]) as center:
        yield center
        assert not center.invalid_requests


@pytest.fixture
def signed_in(controller: Controller, center: IdentityCenter) -> t.Iterator[Controller]:
    """A home that is signed in to the sessions corp and acme, whose accounts are in an organization."""
    controller.environment["ANSIBLE_COLLECTIONS_PATH"] += f":{ansible_package.collections_path('amazon.aws')}"
    controller.environment["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable
    controller.environment["BROWSER"] = write_browser(str(controller.home / "browser"))
    path = f"{real_cli.aws(real_cli.CURRENT).parent}:{controller.environment['PATH']}"
    controller.environment["PATH"] = path
    (controller.home / ".profile").write_text(f"PATH={path}\n")  # some examples look at a login shell
    world = center.world
    sessions = [
        f"[sso-session {name}]\nsso_start_url = {world.start_url}\nsso_region = {world.region}\n"
        "sso_registration_scopes = sso:account:access\n"
        for name in ("corp", "acme")
    ]
    profile = "sso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = eu-central-1\n"
    profiles = [
        f"[profile {name}]\nsso_session = corp\n{profile}" for name in ("ReadOnly-111122223333", READER)
    ]
    controller.write_config("".join([*sessions, *profiles]))
    controller.play(
        play(
            [
                {"workstation.aws_sso.sso_login": {"session": name, "method": "pkce"}}
                for name in ("corp", "acme")
            ]
        )
    ).succeed()
    with organization_of(world) as variables:
        controller.environment.update(variables)
        yield controller


def run(signed_in: Controller, text: str, *arguments: str) -> str:
    with signed_in.play(text, *arguments) as running:
        output = running.succeed()
    assert "failed=0" in output
    return output


@pytest.mark.parametrize("module", SIGNED_IN)
def test_modules_of_a_user_who_is_signed_in(signed_in: Controller, module: str) -> None:
    tasks = examples(f"modules/{module}")
    for task in tasks:
        arguments = task.get("workstation.aws_sso.sso_login")
        if arguments and arguments.get("min_ttl") == 7200:
            arguments["min_ttl"] = 3000  # the emulator's tokens last for an hour
    run(signed_in, play(tasks))


@pytest.mark.parametrize("module", IN_CHECK_MODE)
def test_modules_that_need_root_in_check_mode(signed_in: Controller, module: str) -> None:
    authority = Authority(signed_in.home)
    (signed_in.home / "company-ca.pem").write_text(authority.pem)
    mounted = {"/mnt/c/ProgramData/Company/ca.pem": str(signed_in.home / "company-ca.pem")}
    tasks = [
        task for task in examples(f"modules/{module}", **mounted) if "workstation.aws_sso.aws_cli" not in task
    ]
    run(signed_in, play(tasks), "--check", "--diff")


@pytest.mark.parametrize("lookup", ["sso_access", "sso_credentials"])
def test_lookups(signed_in: Controller, lookup: str) -> None:
    found = examples(f"lookup/{lookup}")
    tasks = [example for example in found if "hosts" not in example]
    plays = [example for example in found if "hosts" in example]
    needs_s3_or_cli = ("amazon.aws.s3_bucket_info", "ansible.builtin.command")
    tasks = [task for task in tasks if not set(task).intersection(needs_s3_or_cli)]
    region = {"AWS_DEFAULT_REGION": "eu-central-1"}
    run(signed_in, play(tasks, environment=region) + (yaml.safe_dump(plays) if plays else ""))


def test_the_aws_cli_is_installed_from_a_mirror(controller: Controller, tmp_path: pathlib.Path) -> None:
    controller.environment["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable
    with new_key() as key, serving(tmp_path) as address:
        mirror = Mirror(tmp_path, key)
        bundle = mirror.add_stub("2.38.5")
        tasks = examples(
            "modules/aws_cli",
            **{
                "https://mirror.example.com/awscli": address,
                "/opt/software/awscli-exe-linux-x86_64-2.38.5.zip": str(bundle),
            },
        )
        defaults = {
            "base_url": address,
            "public_key": key.public_key,
            "fingerprint": key.fingerprint,
            "install_dir": str(controller.home / "aws-cli"),
            "bin_dir": str(controller.home / "bin"),
        }
        output = run(controller, play(tasks, module_defaults={"workstation.aws_sso.aws_cli": defaults}))
    assert output.count("changed: [localhost]") >= 3
    assert not (controller.home / "bin/aws").exists() and (controller.home / ".local/bin/aws").exists()


@pytest.mark.parametrize("center", ["one role"], indirect=True)
def test_a_bundle_is_made_and_reports_are_merged(controller: Controller, tmp_path: pathlib.Path) -> None:
    """For one Python and machine, with an AWS CLI from a mirror; the laptops have not reported yet."""
    keygen = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "company-bundle")]
    subprocess.run(keygen, check=True)
    for name in ("reports", "mirror"):
        (tmp_path / name).mkdir()
    bundle = tmp_path / "laptops"
    places = {"/srv/www/laptops": str(bundle), "~/.ssh": str(tmp_path), "/srv/www": str(tmp_path)}
    made_up = {"/srv/fleet": str(tmp_path), "/srv": str(tmp_path), "https://laptops.example.com": str(bundle)}
    hosts = {"\"{{ groups['laptops'] }}\"": "[laptop-042]"}
    with new_key() as key, serving(tmp_path / "mirror") as address:
        Mirror(tmp_path / "mirror", key).add_stub("2.38.5")
        make, show = examples("modules/company_bundle", **places)
        make["workstation.aws_sso.company_bundle"]["company"]["workstation_aws_cli"] = {
            "version": "2.38.5",
            "base_url": address,
            "public_key": key.public_key,
            "fingerprint": key.fingerprint,
        }
        tasks = [make, show, *examples("modules/laptop_reports", **places, **made_up, **hosts)]
        few = {"pythons": ["3.13"], "machines": ["x86_64"]}
        output = run(controller, play(tasks, module_defaults={"workstation.aws_sso.company_bundle": few}))
    assert "https://example.com/laptops/setup.sh" in output
    assert (bundle / "manifest.json.sig").exists() and (tmp_path / "fleet.json").exists()
    assert "laptop-042" in (tmp_path / "fleet.html").read_text()
