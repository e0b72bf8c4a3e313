# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python that the role workstation uses and installs, on distributions with an old one or none.

The role's own commands run with stand-ins for the package managers and for Python.
"""

from __future__ import annotations

import pathlib
import shlex
import shutil
import subprocess
import typing as t

import jinja2
import pytest
import yaml

VARIABLES = pathlib.Path(__file__).resolve().parents[2] / "roles/workstation/vars/main/host.yml"
PACKAGE_MANAGER = """\
#!{sh}
echo {name} "$@" >>{directory}/calls
if [ "$1" = update ]; then {update}; fi
for package; do :; done
if [ -e {directory}/available/"$package" ]; then
    {copy} {directory}/available/"$package"/* {directory}
    exit
fi
echo "no package $package" >&2
exit 1
"""


class Host:
    """A PATH with Python of some versions, and a package manager that has others."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self._shell = shutil.which("sh")
        for name in ("sed", "sh", "timeout"):
            (directory / name).symlink_to(str(shutil.which(name)))

    def add_python(self, name: str, version: str, directory: t.Optional[pathlib.Path] = None) -> None:
        """*version* is empty for a shim that does not run."""
        ok = version and [int(part) for part in version.split(".")] >= [3, 8]
        path = (directory or self.directory) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            f"#!{self._shell}\n[ $1 != --version ] || echo Python {version}\n"
            f"[ $1 != -c ] || {'echo python=$0' if ok else 'exit 1'}\n"
        )
        path.chmod(0o755)

    def add_package_manager(self, name: str, update: str = "exit 0", **packages: str) -> None:
        """*packages* have the package as a name, and as a value a program and its version."""
        for package, content in packages.items():
            program, _blank, version = content.partition(" ")
            self.add_python(program, version, self.directory / "available" / package.replace("_", "."))
        path = self.directory / name
        path.write_text(
            PACKAGE_MANAGER.format(
                sh=self._shell, name=name, directory=self.directory, update=update, copy=shutil.which("cp")
            )
        )
        path.chmod(0o755)

    def run(self, variable: str, command: str = "python3") -> subprocess.CompletedProcess[str]:
        environment = jinja2.Environment()
        environment.filters["quote"] = shlex.quote
        known = yaml.safe_load(VARIABLES.read_text())
        known |= {"_workstation_python_command": command, "_workstation_python_minimum": "3.8"}
        for name in (
            "_workstation_python_check",
            "_workstation_python_test",
            "_workstation_python_after_installation",
            variable,
        ):
            known[name] = environment.from_string(known[name]).render(known)
        assert "\n" not in known[variable] and "$" not in known[variable]
        script = known[variable].replace("/usr/bin/python3", str(self.directory / "usr" / "python3"))
        return subprocess.run(
            [str(self._shell), "-c", script],
            env={"PATH": str(self.directory), "HOME": str(self.directory)},
            capture_output=True,
            text=True,
            check=False,
        )

    def find(self, command: str = "python3") -> str:
        """What the role takes: has-python, or the line with the interpreter to use."""
        return found(self.run("_workstation_find_python", command))

    def calls(self) -> t.List[str]:
        return (self.directory / "calls").read_text().splitlines()


def found(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stdout.splitlines()
    return "has-python" if "has-python" in lines else "".join(line for line in lines if line[:7] == "python=")


@pytest.fixture
def host(tmp_path: pathlib.Path) -> Host:
    return Host(tmp_path)


def test_python_that_is_new_enough_is_used(host: Host) -> None:
    assert host.find() == ""
    host.add_python("python3", "3.6.8")
    assert host.find() == ""
    host.add_python("python3.8", "3.8.20")
    host.add_python("python3.11", "3.11.9")
    assert host.find() == f"python={host.directory}/python3.11"
    host.add_python("python3", "3.9.18")
    assert host.find() == "has-python"


def test_configured_interpreter_is_judged_too(host: Host) -> None:
    host.add_python("python3", "3.9.18")
    host.add_python("python3.7", "3.7.3")
    assert host.find(str(host.directory / "python3.7")) == f"python={host.directory}/python3"
    host.add_python("venv/bin/python", "3.12.1")
    assert host.find(str(host.directory / "venv/bin/python")) == "has-python"


def test_wrapper_is_taken_as_it_is(host: Host) -> None:
    """It starts once less in each run, and may start more than a Python."""
    host.add_python("wrapper", "")
    assert host.find(str(host.directory / "wrapper")) == "has-python"


def test_shims_without_a_version_are_left_out(host: Host) -> None:
    for name in ("python3", "python3.12", "python3.11"):
        host.add_python(name, "")
    host.add_python("usr/python3", "3.11.2")
    assert host.find() == f"python={host.directory}/usr/python3"


DISTRIBUTIONS: t.Dict[str, t.Tuple[str, t.Dict[str, str], str, str]] = {
    "Debian 13": ("apt-get", {"python3": "python3 3.13.5"}, "", "has-python"),
    "Ubuntu 18.04": ("apt-get", {"python3_8": "python3.8 3.8.0"}, "3.6.9", "python=DIR/python3.8"),
    "AlmaLinux 8": ("dnf", {"python3_11": "python3.11 3.11.9"}, "3.6.8", "python=DIR/python3.11"),
    "AlmaLinux 8 without Python": (
        "dnf",
        {"python3": "python3 3.6.8", "python3_12": "python3.12 3.12.5"},
        "",
        "python=DIR/python3.12",
    ),
    "Fedora": ("dnf", {"python3": "python3 3.14.0"}, "", "has-python"),
    "SLES 15": ("zypper", {"python311": "python3.11 3.11.10"}, "3.6.15", "python=DIR/python3.11"),
    "Tumbleweed": ("zypper", {"python3": "python3 3.13.5"}, "", "has-python"),
    "Amazon Linux 2": (
        "amazon-linux-extras", {"python3_8": "python3.8 3.8.20"}, "3.7.16", "python=DIR/python3.8",
    ),
    "Arch": ("pacman", {"python": "python3 3.13.7"}, "", "has-python"),
    "Alpine": ("apk", {"python3": "python3 3.12.11"}, "", "has-python"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("manager", "packages", "version", "result"), DISTRIBUTIONS.values(), ids=DISTRIBUTIONS
)
def test_distribution_gets_a_python_that_is_new_enough(
    host: Host, manager: str, packages: t.Dict[str, str], version: str, result: str
) -> None:
    if version:
        host.add_python("python3", version)
    host.add_package_manager(manager, **packages)
    done = host.run("_workstation_install_python")
    assert done.returncode == 0, done.stderr
    assert found(done) == host.find() == result.replace("DIR", str(host.directory))


def test_configured_interpreter_may_come_with_the_package(host: Host) -> None:
    interpreter = str(host.directory / "python3")
    host.add_package_manager("apt-get", python3="python3 3.13.5")
    assert found(host.run("_workstation_install_python", interpreter)) == "has-python"


def test_configured_interpreter_that_is_still_missing_is_an_error(host: Host) -> None:
    """No other one is used instead, as the configuration may have a reason."""
    host.add_package_manager("apt-get", python3="python3 3.13.5")
    done = host.run("_workstation_install_python", "/nonexistent/python3")
    assert done.returncode == 1 and not found(done)
    assert done.stderr.splitlines()[-1] == (
        "ansible_python_interpreter is not there: remove it, or install that Python."
    )


def test_configured_interpreter_that_is_too_old_gets_a_newer_one(host: Host) -> None:
    interpreter = str(host.directory / "python3")
    host.add_package_manager("dnf", python3="python3 3.6.8", python3_11="python3.11 3.11.9")
    done = host.run("_workstation_install_python", interpreter)
    assert found(done) == f"python={host.directory}/python3.11"


def test_distribution_without_a_newer_python_is_an_error(host: Host) -> None:
    host.add_python("python3", "3.7.3")
    host.add_package_manager("apt-get")
    done = host.run("_workstation_install_python")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "The Python of the distribution is older than 3.8, and no newer one was found in its packages."
        " Upgrade the distribution, or install a newer Python and set ansible_python_interpreter to its path."
    )


def test_package_manager_that_installs_nothing_is_asked_once(host: Host) -> None:
    host.add_package_manager("dnf")
    done = host.run("_workstation_install_python")
    assert (done.returncode, done.stderr) == (1, "no package python3\n")
    assert len(host.calls()) == 1


def test_unknown_package_manager_is_an_error(host: Host) -> None:
    done = host.run("_workstation_install_python")
    assert done.returncode == 1 and "No known package manager was found" in done.stderr


def test_package_source_that_fails_and_a_lock_do_not_block(host: Host) -> None:
    sleep = host.directory / "sleep"
    sleep.write_text(f"#!{shutil.which('sh')}\necho sleep >>{host.directory}/calls\n")
    sleep.chmod(0o755)
    marker = host.directory / "locked"
    update = f"[ -e {marker} ] || echo E: Could not get lock >&2; >{marker}; exit 100"
    host.add_package_manager("apt-get", update, python3="python3 3.11.2")
    assert host.run("_workstation_install_python").returncode == 0
    assert [" ".join(line.split()[:2]) for line in host.calls()] == [
        "apt-get update",
        "sleep",
        "apt-get update",
        "apt-get install",
    ]
