# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prerequisites action, by ansible-playbook, with a package manager that installs nothing."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host import tools as host_tools

COLLECTIONS = t.cast(str, host_tools.__file__).partition("/ansible_collections/")[0]

PACKAGE_MANAGER = """\
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({"name": {"type": "list"}, "state": {}, "update_cache": {"type": "bool"}})
if "broken" in module.params["name"]:
    module.fail_json(msg="Could not open lock file - are you root?")
module.exit_json(changed=False, received=module.params)
"""

APT = """\
import json, os
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({
    "name": {"type": "list"}, "state": {}, "update_cache": {"type": "bool"}, "lock_timeout": {"type": "int"},
    "install_recommends": {"type": "bool"},
})
directory = os.environ["TOOLS"]
with open(os.path.join(directory, "calls"), "a") as calls:
    json.dump({name: value for name, value in module.params.items() if value is not None}, calls)
    calls.write("\\n")
for name in module.params["name"]:
    with open(os.path.join(directory, name), "w") as tool:
        tool.write("#!/bin/sh\\necho 2.0\\n")
        os.fchmod(tool.fileno(), 0o755)
module.exit_json(changed=True)
"""
BROKEN_SOURCES = """\
echo 'Hit:1 http://deb.example.com/debian trixie InRelease'
echo 'Err:2 http://user:secret@ppa.example.com/ubuntu noble InRelease'
echo '  NO_PUBKEY 54404762BBB6E853'
echo 'Reading package lists...'
echo 'E: The repository is not signed.' >&2
exit 100
"""
LOCKED = """\
[ -e "$TOOLS/was-locked" ] && exit
touch "$TOOLS/was-locked"
echo 'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 812 (unattended-upgr)' >&2
exit 100
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
                "ansible.builtin.set_fact": {"pkg_mgr": "{{ manager }}", "cacheable": True},
            },
            {
                "name": "Ensure the tools",
                "workstation.aws_sso.prerequisites": "{{ options }}",
                "register": "result",
                "ignore_errors": True,
            },
            {
                "name": "Write the result",
                "ansible.builtin.copy": {"content": "{{ result | to_json }}", "dest": "{{ output }}"},
            },
        ],
    }
]


@pytest.fixture
def run_task(home: pathlib.Path, tmp_path: pathlib.Path) -> t.Callable[..., dict[str, t.Any]]:
    """A function that runs the task with the given options and returns its result."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "idle.py").write_text(PACKAGE_MANAGER)
    (library / "apt.py").write_text(APT)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "oldtool").write_text("#!/bin/sh\necho oldtool version 1.9.9\n")
    (tools / "oldtool").chmod(0o755)
    playbook = tmp_path / "playbook.json"
    playbook.write_text(json.dumps(PLAYBOOK))

    def run(manager: str = "idle", apt_get: str = "", **options: t.Any) -> dict[str, t.Any]:
        output = tmp_path / "result.json"
        variables = json.dumps({"options": options, "output": str(output), "manager": manager})
        (tools / "apt-get").write_text(f"#!/bin/sh\n{apt_get}")
        (tools / "apt-get").chmod(0o755)
        done = subprocess.run(
            [pathlib.Path(sys.executable).with_name("ansible-playbook"), "-vvv", playbook, "-e", variables],
            check=True,
            capture_output=True,
            text=True,
            env={
                **os.environ,
                "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
                "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
                "TOOLS": str(tools),
                "ANSIBLE_LIBRARY": str(library),
                "ANSIBLE_LOCALHOST_WARNING": "false",
            },
        )
        (tmp_path / "output").write_text(done.stdout)
        result: dict[str, t.Any] = json.loads(output.read_text())
        calls = tools / "calls"
        result["calls"] = (
            [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else []
        )
        return result

    return run


def test_failure_of_the_package_manager_is_reported_with_a_remedy(
    run_task: t.Callable[..., dict[str, t.Any]], tmp_path: pathlib.Path
) -> None:
    result = run_task(tools={"broken": "", "oldtool": "1.9"})
    assert result["failed"]
    assert result["msg"] == (
        "Could not install broken: Could not open lock file - are you root? Run the task with become: true."
    )
    output = (tmp_path / "output").read_text()
    assert "workstation.aws_sso: installing broken (state=present) for broken" in output


def test_tools_that_remain_missing_or_too_old_are_an_error(
    run_task: t.Callable[..., dict[str, t.Any]],
) -> None:
    result = run_task(tools={"nowhere": "2.0", "oldtool": "1.10"}, packages={"nowhere": "nowhere-tools"})
    assert result["failed"]
    assert result["msg"] == (
        "nowhere (version 2.0 or newer) is still missing, although the latest version of the package"
        " nowhere-tools is installed. Set the package that contains nowhere in the option packages."
        " oldtool is 1.9.9, but version 1.10 or newer is required, and the latest version of the package"
        " oldtool is installed. Install a newer oldtool from another source and put it first in PATH, or set"
        " another package in the option packages."
    )
    assert result["tools"]["oldtool"] == {
        "version": "1.9.9",
        "required": "1.10",
        "satisfied": False,
        "package": "oldtool",
        "installed": False,
    }


def test_package_manager_is_not_called_when_all_tools_are_present(
    run_task: t.Callable[..., dict[str, t.Any]],
) -> None:
    result = run_task(tools={"oldtool": "1.9", "sh": None})
    assert (result["changed"], result["tools"]["oldtool"]["version"]) == (False, "1.9.9")


def test_invalid_minimum_version_is_an_error(run_task: t.Callable[..., dict[str, t.Any]]) -> None:
    result = run_task(tools={"oldtool": ">=1.9"})
    assert (
        "The minimum version of oldtool in the option tools must look like 1.2.3, not '>=1.9'"
        in result["msg"]
    )


def test_source_of_apt_that_fails_is_named_and_does_not_block(
    run_task: t.Callable[..., dict[str, t.Any]],
) -> None:
    """Recommended packages are not installed, except what curl cannot do without."""
    result = run_task("apt", BROKEN_SOURCES, tools={"hammer": "1.5", "curl": "99"}, packages={"curl": "curl"})
    (call,) = result["calls"]
    assert call == {
        "name": ["curl", "hammer", "ca-certificates"],
        "state": "latest",
        "update_cache": False,
        "install_recommends": False,
        "lock_timeout": 10,
    }
    assert result["tools"]["hammer"]["version"] == "2.0" and result["tools"]["hammer"]["installed"]
    (warning,) = [text for text in result["warnings"] if "package sources" in text]
    assert "ppa.example.com/ubuntu noble InRelease (NO_PUBKEY 54404762BBB6E853)" in warning
    assert "secret" not in warning and "deb.example.com" not in warning


def test_lock_that_another_program_takes_meanwhile_is_waited_for(
    run_task: t.Callable[..., dict[str, t.Any]],
) -> None:
    result = run_task("apt", LOCKED, tools={"hammer": ""})
    assert result["changed"] and len(result["calls"]) == 1
