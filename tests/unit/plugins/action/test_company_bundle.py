# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook company_bundle: the variables of the command line become those of the laptops."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest
import yaml

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import atomic
from support.company_bundles import key_of, new_key

COLLECTIONS = t.cast(str, atomic.__file__).partition("/ansible_collections/")[0]
SESSIONS = [{"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}]
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


class Controller:
    """Runs the playbook in *folder*, without packages for the laptops."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.directory = folder / "laptops"
        (folder / "requirements.txt").touch()
        self.key = new_key(folder / "company")
        self.settings = {
            "workstation_bundle_directory": str(self.directory),
            "workstation_bundle_url": "https://example.com/laptops",
            "workstation_bundle_name": "acme",
            "workstation_bundle_version": "1",
            "workstation_bundle_key": str(self.key),
            "workstation_bundle_requirements": str(folder / "requirements.txt"),
            "workstation_bundle_pythons": ["3.12"],
        }
        self.write("company.yml", {"workstation_sessions": SESSIONS})

    def write(self, name: str, variables: t.Any) -> None:
        text = variables if isinstance(variables, str) else yaml.safe_dump(variables)
        (self.folder / name).write_text(text)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.write("bundle.yml", self.settings)
        program = pathlib.Path(sys.executable).with_name("ansible-playbook")
        return subprocess.run(
            [
                program,
                "workstation.aws_sso.company_bundle",
                "-e",
                "@bundle.yml",
                "-e",
                "@company.yml",
                *arguments,
            ],
            cwd=self.folder,
            env={
                **os.environ,
                "HOME": str(self.folder),
                "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
                "ANSIBLE_LOCALHOST_WARNING": "false",
                "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
                "ANSIBLE_NOCOLOR": "1",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def variables(self, *arguments: str) -> dict[str, t.Any]:
        """What the laptops get."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        text = (self.directory / self.settings["workstation_bundle_version"] / "company.yml").read_text()
        return t.cast(t.Dict[str, t.Any], yaml.load(text, Loader=Unsafe))

    def refused(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode and not self.directory.exists(), done.stdout
        return " ".join((done.stdout + done.stderr).split())


class Unsafe(yaml.SafeLoader):
    """Shows the tag of texts that are no templates."""


Unsafe.add_constructor(
    "!unsafe", lambda loader, node: ("unsafe", loader.construct_scalar(t.cast(t.Any, node)))
)


@pytest.fixture
def controller(tmp_path: pathlib.Path) -> Controller:
    return Controller(tmp_path)


def test_the_variables_of_the_command_line_are_those_of_the_laptops(controller: Controller) -> None:
    (controller.folder / "ca.pem").write_text(CERTIFICATE + "\n")
    controller.write(
        "company.yml",
        f"""\
workstation_sessions: {json.dumps(SESSIONS)}
workstation_ca_certificates: "{{{{ lookup('ansible.builtin.file', '{controller.folder}/ca.pem') }}}}"
workstation_proxy: "{{{{ lookup('ansible.builtin.env', 'PROXY') }}}}"
workstation_region: "{{{{ my_region }}}}"
my_region: eu-west-3
workstation_profile_options: {{since: 2026-05-01, count: 7, share: 0.5, none: null, flag: yes}}
workstation_output: !unsafe "{{{{ not a template }}}}"
workstation_accounts: ["1*", "{{{{ lookup('file', workstation_bundle_files ~ '/accounts') }}}}"]
""",
    )
    found = controller.variables(
        *("-e", "target=localhost", "-e", "ansible_python_interpreter=/usr/bin/python3"),
        *(
            "-e",
            '{"workstation_become": false}',
            "-e",
            "my_region=eu-west-1",
            "-e",
            "workstation_bundle_paused=true",
        ),
    )
    assert found == {
        "workstation_sessions": SESSIONS,
        "workstation_ca_certificates": CERTIFICATE,
        "workstation_proxy": "{{ lookup('ansible.builtin.env', 'PROXY') }}",
        "workstation_region": "{{ my_region }}",
        "my_region": "eu-west-1",
        "workstation_profile_options": {
            "since": "2026-05-01",
            "count": 7,
            "share": 0.5,
            "none": None,
            "flag": True,
        },
        "workstation_output": ("unsafe", "{{ not a template }}"),
        "workstation_accounts": ["1*", "{{ lookup('file', workstation_bundle_files ~ '/accounts') }}"],
        "workstation_become": False,
    }
    document = json.loads((controller.directory / "manifest.json").read_text())
    assert document["rollout"]["paused"] and not document["settings"]["become"]


def test_what_to_do_next_is_shown(controller: Controller) -> None:
    done = controller.run()
    assert "On a laptop: curl -fsSL https://example.com/laptops/setup.sh | sh" in done.stdout, done.stdout
    controller.settings["workstation_bundle_sign_only"] = "true"
    controller.settings["workstation_bundle_next_keys"] = [key_of(new_key(controller.folder / "next"))]
    del controller.settings["workstation_bundle_version"]
    assert "contains version 1 of the bundle acme, signed again, until" in controller.run().stdout


def test_without_sessions_no_laptop_could_be_set_up(controller: Controller) -> None:
    controller.write("company.yml", {"workstation_region": "eu-west-1"})
    assert "have no workstation_sessions" in controller.refused()


def test_what_is_missing_is_named(controller: Controller) -> None:
    for name in ("url", "key", "version"):
        del controller.settings[f"workstation_bundle_{name}"]
    said = controller.refused()
    assert "missing required arguments: key, url" in said


class TestSecrets:
    def test_are_named(self, controller: Controller) -> None:
        said = controller.refused(
            "-e", '{"workstation_environment": {"HTTPS_PROXY": "http://ann:geheim@proxy"}}'
        )
        assert "workstation_environment.HTTPS_PROXY contains a URL with a user name" in said
        (controller.folder / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\ngeheim\n")
        lookup = "{{ lookup('file', '" + str(controller.folder / "key.pem") + "') }}"
        variables = json.dumps({"workstation_output": "{{ lookup('unvault', '/nonexistent') }}"})
        assert "workstation_output looks up a file that is encrypted" in controller.refused("-e", variables)
        assert "contains a private key" in controller.refused(
            "-e", json.dumps({"workstation_ca_certificates": lookup})
        )

    def test_encrypted_values_and_files(self, controller: Controller) -> None:
        (controller.folder / "password").write_text("geheim\n")
        options = ["--vault-password-file", "password"]
        vault = [pathlib.Path(sys.executable).with_name("ansible-vault"), *options]
        environment = {**os.environ, "HOME": str(controller.folder)}
        command = [*vault[:1], "encrypt_string", *options, "--name", "workstation_region", "eu-west-1"]
        done = subprocess.run(
            command, cwd=controller.folder, env=environment, capture_output=True, text=True, check=True
        )
        controller.write("company.yml", f"workstation_sessions: []\n{done.stdout}")
        said = controller.refused(*options)
        assert "workstation_region is encrypted with Ansible Vault, so it is a secret" in said
        controller.write("company.yml", {"workstation_sessions": SESSIONS})
        command = [*vault[:1], "encrypt", *options, "company.yml"]
        subprocess.run(command, cwd=controller.folder, env=environment, capture_output=True, check=True)
        assert "company.yml is encrypted with Ansible Vault" in controller.refused(*options)

        controller.write("company.yml", {"workstation_bundle_rerun_days": 3})  # for the controller alone
        subprocess.run(command, cwd=controller.folder, env=environment, capture_output=True, check=True)
        sessions = json.dumps({"workstation_sessions": SESSIONS})
        assert controller.variables(*options, "-e", sessions) == {"workstation_sessions": SESSIONS}


def test_a_file_that_is_not_there(controller: Controller) -> None:
    lookup = "{{ lookup('file', '/nonexistent/ca.pem') }}"
    said = controller.refused("-e", json.dumps({"workstation_ca_certificates": lookup}))
    assert "workstation_ca_certificates cannot be evaluated" in said


def test_check_mode_makes_nothing(controller: Controller) -> None:
    assert controller.run("--check").returncode == 0
    assert not controller.directory.exists()
