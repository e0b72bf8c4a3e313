# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prerequisites action when the package manager is of no help, by ansible-playbook."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host import tools as host_tools
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._package_errors import package_error_text

COLLECTIONS = t.cast(str, host_tools.__file__).partition("/ansible_collections/")[0]

PACKAGE_MANAGER = """\
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({"name": {"type": "list"}, "state": {}, "update_cache": {"type": "bool"}})
if "broken" in module.params["name"]:
    module.fail_json(msg="Could not open lock file - are you root?")
module.exit_json(changed=False, asked=module.params)
"""

PLAYBOOK = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {
            "ansible_python_interpreter": sys.executable,
        },
        "tasks": [
            {
                "name": "Choose the package manager, on every ansible-core",
                "ansible.builtin.set_fact": {"pkg_mgr": "unhelpful", "cacheable": True},
            },
            {
                "name": "Try",
                "workstation.aws_sso.prerequisites": "{{ options }}",
                "register": "result",
                "ignore_errors": True,
            },
            {
                "name": "Tell",
                "ansible.builtin.copy": {"content": "{{ result | to_json }}", "dest": "{{ output }}"},
            },
        ],
    }
]


@pytest.fixture
def try_to_have(home: pathlib.Path, tmp_path: pathlib.Path) -> t.Callable[..., dict[str, t.Any]]:
    """A function that runs the task with the given options and returns its result."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "unhelpful.py").write_text(PACKAGE_MANAGER)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "oldtool").write_text("#!/bin/sh\necho oldtool version 1.9.9\n")
    (tools / "oldtool").chmod(0o755)
    playbook = tmp_path / "playbook.json"
    playbook.write_text(json.dumps(PLAYBOOK))

    def run(**options: t.Any) -> dict[str, t.Any]:
        output = tmp_path / "result.json"
        variables = json.dumps({"options": options, "output": str(output)})
        subprocess.run(
            [pathlib.Path(sys.executable).with_name("ansible-playbook"), playbook, "-e", variables],
            check=True,
            capture_output=True,
            env={
                **os.environ,
                "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
                "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
                "ANSIBLE_LIBRARY": str(library),
                "ANSIBLE_LOCALHOST_WARNING": "false",
            },
        )
        return t.cast("dict[str, t.Any]", json.loads(output.read_text()))

    return run


def test_package_manager_that_fails(try_to_have: t.Callable[..., dict[str, t.Any]]) -> None:
    result = try_to_have(tools={"broken": "", "oldtool": "1.9"})
    assert result["failed"]
    assert result["msg"] == (
        "Could not install broken: Could not open lock file - are you root?. Run the task with become: true."
    )


@pytest.mark.parametrize(
    ("message", "cure"),
    [
        ("Failed to lock apt for exclusive operation: Failed to lock directory /var/lib/apt/lists/: E:Could"
         " not get lock /var/lib/apt/lists/lock. It is held by process 5470 (python3)", "again in a minute"),
        ("System management is locked by the application with pid 42 (zypper).", "again in a minute"),
        ("error: failed to init transaction (unable to lock database)", "again in a minute"),
        ("You don't have enough free space in /var/cache/apt/archives/.", "The disk is full"),
        ("E: Failed to fetch http://mirror.example.com/x  Temporary failure resolving 'mirror.example.com'",
         "workstation_proxy"),
        ("Curl error (6): Couldn't resolve host name for https://mirrors.example", "workstation_proxy"),
        ("No package matching 'gitt' is available", None),
    ],
)  # fmt: skip
def test_what_helps_when_a_package_manager_fails(message: str, cure: str | None) -> None:
    text = package_error_text(["git", "curl"], message)
    assert text.startswith(f"Could not install git, curl: {message.rstrip('.')}.")
    assert (cure in text) if cure else text.endswith("available.")


def test_tools_that_stay_missing_and_too_old(try_to_have: t.Callable[..., dict[str, t.Any]]) -> None:
    result = try_to_have(tools={"nowhere": "2.0", "oldtool": "1.10"}, packages={"nowhere": "nowhere-tools"})
    assert result["failed"]
    missing, too_old = result["msg"].split("; ")
    assert missing.startswith(
        "nowhere (version 2.0 or newer) is still missing although the distribution's package"
    )
    assert "nowhere-tools" in missing
    assert too_old.startswith("oldtool is 1.9.9, version 1.10 or newer is wanted")
    assert "install a newer oldtool from another source" in too_old
    assert result["tools"]["oldtool"] == {
        "version": "1.9.9",
        "required": "1.10",
        "satisfied": False,
        "package": "oldtool",
        "installed": False,
    }


def test_satisfied_host_needs_no_package_manager(try_to_have: t.Callable[..., dict[str, t.Any]]) -> None:
    result = try_to_have(tools={"oldtool": "1.9", "sh": None})
    assert (result["changed"], result["tools"]["oldtool"]["version"]) == (False, "1.9.9")


def test_minimum_that_is_no_version(try_to_have: t.Callable[..., dict[str, t.Any]]) -> None:
    result = try_to_have(tools={"oldtool": ">=1.9"})
    assert "the version wanted of oldtool is '>=1.9'" in result["msg"]
