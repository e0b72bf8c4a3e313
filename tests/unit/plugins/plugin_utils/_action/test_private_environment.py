# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in the task keyword environment: on no command line, in no output, but passed to the modules."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action import private_environment
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action.private_environment import (
    is_private,
)
from support.command_lines import CommandLines

COLLECTIONS = t.cast(str, private_environment.__file__).partition("/ansible_collections/")[0]
PLAYBOOK = pathlib.Path(sys.executable).with_name("ansible-playbook")
SECRET = "hu`sh'$(id)\"%40 s3cret"
PROXY = "http://jane:pass-w0rd@proxy.example.com:3128"
SEEN = """\
from ansible.module_utils.basic import AnsibleModule
import json, os

module = AnsibleModule({"name": {"type": "list"}, "state": {}, "update_cache": {"type": "bool"}})
with open(os.environ["SEEN_FILE"], "w") as stream:
    json.dump(dict(os.environ), stream)
module.exit_json(changed=False)
"""


@pytest.mark.parametrize(
    ("name", "value", "private"),
    [
        ("HTTPS_PROXY", PROXY, True),
        ("https_proxy", "jane:pass@proxy.example.com:3128", True),
        ("PIP_INDEX_URL", "https://token@pypi.example.com/simple", True),
        ("AWS_SECRET_ACCESS_KEY", "x", True),
        ("AWS_SESSION_TOKEN", "x", True),
        ("DB_PASSWORD", "x", True),
        ("HTTPS_PROXY", "http://proxy.example.com:3128", False),
        ("NO_PROXY", ".example.com", False),
        ("AWS_CA_BUNDLE", "/etc/ssl/certs/ca-certificates.crt", False),
        ("MAIL", "jane@example.com", False),
        ("RETRIES", 3, False),
    ],
)
def test_values_that_may_be_secret_are_recognized(name: str, value: t.Any, private: bool) -> None:
    assert is_private(name, value) is private


class Tasks:
    """Runs tasks of one play with -vvvv, and records command lines and output."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.command_lines = CommandLines(directory)
        self.output = ""

    def run(self, environment: t.Mapping[str, t.Any], *tasks: t.Mapping[str, t.Any], **keys: t.Any) -> None:
        library = self.directory / "library"
        library.mkdir(exist_ok=True)
        (library / "recording_packages.py").write_text(SEEN)
        variables = {"ansible_python_interpreter": sys.executable, "pkg_mgr": "recording_packages"}
        play = {
            "hosts": "localhost", "gather_facts": False, "vars": variables,
            "environment": dict(environment), "tasks": list(tasks), **keys,
        }  # fmt: skip
        (self.directory / "play.json").write_text(json.dumps([play]))
        with self.command_lines.recorded():
            done = subprocess.run(
                [PLAYBOOK, "-vvvv", "--diff", self.directory / "play.json"],
                env={
                    **os.environ,
                    **self.command_lines.environment,
                    "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
                    "ANSIBLE_LOG_PATH": str(self.directory / "log"),
                    "ANSIBLE_LIBRARY": str(library),
                },
                capture_output=True,
                text=True,
                check=False,
            )
        self.output = done.stdout + done.stderr + (self.directory / "log").read_text()
        assert done.returncode == 0, self.output


@pytest.fixture
def tasks(home: pathlib.Path, tmp_path: pathlib.Path) -> Tasks:
    return Tasks(tmp_path)


@pytest.mark.parametrize("pipelining", [True, False])
def test_modules_of_the_collection_get_secrets_that_no_command_line_or_output_contains(
    tasks: Tasks, home: pathlib.Path, pipelining: bool
) -> None:
    seen = home / "seen.json"
    environment = {"HTTPS_PROXY": PROXY, "https_proxy": PROXY, "MY_SECRET": SECRET, "PLAIN": "two words"}
    tasks.run(
        {**environment, "SEEN_FILE": str(seen)},
        {"ansible.builtin.set_fact": {"pkg_mgr": "recording_packages", "cacheable": True}},
        {"workstation.aws_sso.workstation_info": {"sessions": []}},
        {"workstation.aws_sso.wsl_info": {}},
        {"workstation.aws_sso.wsl_browser": {"scope": "user"}},
        {"workstation.aws_sso.sso_profiles": {}},
        {"workstation.aws_sso.workstation_network": {"scope": "user"}},
        {"workstation.aws_sso.workstation_info": {"sessions": []}, "async": 60, "poll": 1},
        {"workstation.aws_sso.sso_session_info": {}},
        {
            "workstation.aws_sso.prerequisites": {"tools": {"missing-tool": ""}},
            "ignore_errors": True,
        },
        vars={
            "ansible_python_interpreter": sys.executable,
            "ansible_pipelining": pipelining,
            "ansible_async_dir": str(home / "async"),
        },
    )
    found = json.loads(seen.read_text())
    assert {name: found[name] for name in environment} == environment
    assert "SEEN_FILE=" in tasks.command_lines.text
    for text in (tasks.command_lines.text, tasks.output):
        assert "pass-w0rd" not in text and "s3cret" not in text
    assert "The module sets HTTPS_PROXY, https_proxy, MY_SECRET," in tasks.output
    assert not list((home / ".ansible" / "tmp").iterdir())
