# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script `run` in a project of a few lines: usage, finding Python, pip's failures, locks, signals."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import os
import pathlib
import pwd
import select
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import types
import typing as t
import zipfile

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.login_shell import (
    search_path,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.other_programs import (
    first_other,
)
from demo import Journey
from end_to_end import readme
from support.company_network import Authority

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = (
    *("basename", "cat", "chmod", "cksum", "cut", "dirname", "env", "find", "getent", "grep", "id", "locale"),
    *("mkdir", "printf", "readlink", "rm", "sed", "setsid", "sh", "sort", "sudo", "tail", "tr"),
)
CHECK = """\
import os, sys
print("check", *sys.argv[1:], os.environ.get("LANG"), os.environ.get("HOME"), flush=True)
"""
PINNED = "requirements/test.txt"
NOWHERE = f"a-package-that-is-nowhere==1.0 --hash=sha256:{'0' * 64}\n"
APT = "apt-get update && apt-get install -y python3 python3-venv"


def copy_run(folder: pathlib.Path) -> None:
    """`run`, and the functions that it shares with setup.sh of company bundles."""
    (folder / "playbooks" / "files").mkdir(parents=True)
    for name in ("run", "playbooks/files/python.sh"):
        shutil.copy(ROOT / name, folder / name)


class Project:
    """A folder with `run` and, in place of everything else, files that install nothing and do little."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        (folder / "meta").mkdir(parents=True)
        (folder / "tests").mkdir()
        copy_run(folder)
        (folder / "requirements").mkdir()
        for name in (PINNED, "requirements.txt", "meta/ee-requirements.txt", "tests/requirements.txt"):
            (folder / name).write_text("")
        (folder / "tests" / "check.py").write_text(CHECK)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "PYTHON": sys.executable,
            "LANG": "C.UTF-8",
        }

    def command(self, *arguments: str) -> list[str]:
        return ["sh", str(self.folder / "run"), *arguments]

    def run(self, *arguments: str, **environment: str | None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.variables(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def variables(self, changes: t.Mapping[str, str | None]) -> dict[str, str]:
        changed = {**self.environment, **changes}
        return {name: value for name, value in changed.items() if value is not None}

    @property
    def installed(self) -> bool:
        return (self.folder / ".run").exists()


@pytest.fixture
def project(tmp_path: pathlib.Path) -> Project:
    return Project(tmp_path / "a folder")


class TestUsage:
    @pytest.mark.parametrize(
        "arguments",
        [[], ["dema"], ["demo", "--keep"], ["demo", "x"]],
    )
    def test_what_is_not_known_is_refused(self, project: Project, arguments: list[str]) -> None:
        done = project.run(*arguments)
        assert done.returncode == 2 and "usage: ./run demo" in done.stderr and not project.installed

    @pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"], ["demo", "--help"], ["demo", "-h"]])
    def test_help(self, project: Project, arguments: list[str]) -> None:
        done = project.run(*arguments)
        assert done.returncode == 0 and done.stdout.startswith("usage: ./run demo") and not project.installed

    @pytest.mark.parametrize(
        "arguments", [["test", "--list"], ["test", "--help"], ["identity-center", "--help"]]
    )
    def test_help_of_the_programs_installs_nothing(
        self, tmp_path: pathlib.Path, arguments: list[str]
    ) -> None:
        done = run_without_libraries(tmp_path, *arguments)
        assert done.returncode == 0, done.stderr
        assert "--list" in arguments or done.stdout.startswith(f"usage: ./run {arguments[0]}")

    @pytest.mark.parametrize(
        "arguments",
        [
            ["test", "unti"],
            ["test", "style", "--nonsense"],
            ["identity-center", "--nonsense"],
            ["identity-center", "--port", "many"],
            ["identity-center", "--ask-consent", "maybe"],
        ],
    )
    def test_programs_refuse_their_arguments_before_anything_is_installed(
        self, tmp_path: pathlib.Path, arguments: list[str]
    ) -> None:
        done = run_without_libraries(tmp_path, *arguments)
        assert done.returncode == 2 and f"./run {arguments[0]}: error:" in done.stderr

    @pytest.mark.parametrize("task", ["workstation", "login", "logout", "whoami", "doctor", "company-bundle"])
    def test_help_of_playbooks(self, project: Project, task: str) -> None:
        done = project.run(task, "--help")
        assert done.returncode == 0 and done.stdout.startswith(f"usage: ./run {task}")
        assert not project.installed

    @pytest.mark.parametrize(
        "arguments",
        [["-e", "@acme.yml"], ["-e@acme.yml"], ["--extra-vars", "@acme.yml"], ["--extra-vars=@acme.yml"]],
    )
    def test_a_file_of_variables_that_is_not_there(self, project: Project, arguments: list[str]) -> None:
        done = project.run("workstation", "--check", *arguments)
        assert done.returncode == 1 and done.stderr.count("\n") == 1
        assert "cannot read acme.yml" in done.stderr and "README.md" in done.stderr
        assert not project.installed


@pytest.mark.parametrize("task", ["workstation", "login", "whoami"])
def test_with_sudo_in_front_nothing_is_set_up_for_root(project: Project, task: str) -> None:
    done = project.run(task, SUDO_USER="ann", SUDO_COMMAND=f"/home/ann/clone/run {task} -e @company.yml")
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and not project.installed
    assert "type this without sudo, or everything is set up for root and not for ann." in done.stderr


@pytest.mark.parametrize(
    ("user", "command"), [("ann", "/bin/bash"), ("root", "./run login"), ("ann", "/bin/rerun")]
)
def test_a_shell_of_root_is_not_refused(project: Project, user: str, command: str) -> None:
    done = project.run("login", "-e", "@none.yml", SUDO_USER=user, SUDO_COMMAND=command)
    assert "cannot read none.yml" in done.stderr


def run_without_libraries(tmp_path: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a task of a copy of the checkout by a Python that has its standard library alone."""
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "tests", checkout / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    copy_run(checkout)
    bare = tmp_path / "python"  # without site-packages there is no botocore, no yaml and no Ansible
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    done = subprocess.run(
        [checkout / "run", *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHON": str(bare)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not (checkout / ".run").exists()
    return done


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> pathlib.Path:
    """A directory for PATH with a few programs, none of which is a Python or a package manager."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for program in PROGRAMS:
        (directory / program).symlink_to(shutil.which(program) or f"/bin/{program}")
    add(directory, "sudo", "exit 1")
    return directory


def add(machine: pathlib.Path, program: str, script: str) -> None:
    (machine / program).unlink(missing_ok=True)  # a link to the program of this machine
    (machine / program).write_text(f"#!/bin/sh\n{script}\n")
    (machine / program).chmod(0o755)


def os_release(machine: pathlib.Path, **values: str) -> str:
    path = machine.parent / "os-release"
    path.write_text("".join(f'{name}="{value}"\n' for name, value in values.items()))
    return str(path)


class TestPython:
    @pytest.mark.parametrize(
        ("manager", "release", "command"),
        [
            ("apt-get", {"ID": "debian", "VERSION_ID": "13"}, APT),
            ("apt-get", {"ID": "ubuntu", "VERSION_ID": "22.04"}, APT),
            ("dnf", {"ID": "rhel", "PLATFORM_ID": "platform:el9"}, "dnf install -y python3.12"),
            ("dnf", {"ID": "almalinux", "PLATFORM_ID": "platform:el8"}, "dnf install -y python3.12"),
            ("dnf", {"ID": "fedora", "PLATFORM_ID": "platform:f43"}, "dnf install -y python3"),
            ("zypper", {"ID": "opensuse-leap"}, "zypper --non-interactive install python312"),
            ("zypper", {"ID": "opensuse-tumbleweed"}, "zypper --non-interactive install python3"),
            ("pacman", {"ID": "arch"}, "pacman -Sy --noconfirm python"),
        ],
    )  # fmt: skip
    def test_the_command_of_the_distribution_is_named(
        self, project: Project, machine: pathlib.Path, manager: str, release: dict[str, str], command: str
    ) -> None:
        add(machine, manager, "exit 1")
        add(machine, "id", "echo 0")
        done = project.run("test", PATH=str(machine), PYTHON=None, OS_RELEASE=os_release(machine, **release))
        assert done.returncode == 1
        assert done.stderr == (
            "run: Python 3.10 or newer is required, and no Python was found. Install it with:  "
            + command
            + "\n"
        )

    def test_an_ordinary_user_needs_sudo_for_each_part(self, project: Project, machine: pathlib.Path) -> None:
        add(machine, "apt-get", "exit 1")
        add(machine, "id", "echo 1000")
        release = os_release(machine, ID="debian", VERSION_ID="12")
        done = project.run("test", PATH=str(machine), PYTHON=None, OS_RELEASE=release)
        assert "with:  sudo apt-get update && sudo apt-get install -y" in done.stderr

    @pytest.mark.parametrize(
        "release",
        [
            {"ID": "debian", "VERSION_ID": "11", "PRETTY_NAME": "Debian 11"},
            {"ID": "ubuntu", "VERSION_ID": "20.04", "PRETTY_NAME": "Ubuntu 20.04"},
            {"PRETTY_NAME": "Slackware"},
        ],
    )
    def test_where_no_package_helps_another_way_is_named(
        self, project: Project, machine: pathlib.Path, release: dict[str, str]
    ) -> None:
        if "ID" in release:
            add(machine, "apt-get", "exit 1")
        add(machine, "python3", "echo 3.9.2; exit 1")
        add(machine, "python3", "case $2 in *print*) echo 3.9.2 ;; *) exit 1 ;; esac")
        done = project.run("test", PATH=str(machine), PYTHON=None, OS_RELEASE=os_release(machine, **release))
        assert done.returncode == 1 and done.stderr.count("\n") == 1
        assert "required, and python3 is Python 3.9.2" in done.stderr
        assert release["PRETTY_NAME"] in done.stderr and "uv python install" in done.stderr

    def test_an_interpreter_without_venv(self, project: Project, machine: pathlib.Path) -> None:
        add(machine, "apt-get", "exit 1")
        add(machine, "python3", "case $2 in *venv*) exit 1 ;; *print*) echo 3.11.2 ;; esac")
        release = os_release(machine, ID="debian", VERSION_ID="12")
        done = project.run("test", PATH=str(machine), PYTHON=None, OS_RELEASE=release)
        assert done.returncode == 1
        assert (
            "python3 lacks the venv module. Install it with:" in done.stderr and "python3-venv" in done.stderr
        )

    def test_an_interpreter_without_venv_is_not_preferred(
        self, project: Project, machine: pathlib.Path
    ) -> None:
        add(machine, "python3.14", "case $2 in *venv*) exit 1 ;; *print*) echo 3.14.0 ;; esac")
        add(machine, "python3.11", f'exec {sys.executable} "$@"')
        assert project.run("test", PATH=str(machine), PYTHON=None).stdout.startswith("check")

    def test_an_interpreter_beside_the_own_one_has_its_own_package(
        self, project: Project, machine: pathlib.Path
    ) -> None:
        add(machine, "apt-get", "exit 1")
        add(machine, "python3", "case $2 in *print*) echo 3.8.10 ;; *) exit 1 ;; esac")
        add(machine, "python3.12", "case $2 in *venv*) exit 1 ;; *print*) echo 3.12.3 ;; esac")
        release = os_release(machine, ID="ubuntu", VERSION_ID="20.04")
        done = project.run("test", PATH=str(machine), PYTHON=None, OS_RELEASE=release)
        assert "python3.12 lacks the venv module" in done.stderr
        assert done.stderr.endswith("apt-get install -y python3.12-venv\n")

    def test_without_sudo_the_command_is_one_for_su(self, project: Project, machine: pathlib.Path) -> None:
        (machine / "sudo").unlink()
        add(machine, "dnf", "exit 1")
        add(machine, "id", "echo 1000")
        release = os_release(machine, ID="fedora")
        done = project.run("test", PATH=str(machine), PYTHON=None, OS_RELEASE=release)
        assert done.stderr.endswith("Install it with:  su -c 'dnf install -y python3'\n")

    def test_a_python_of_uv_is_found(self, project: Project, machine: pathlib.Path) -> None:
        installed = machine.parent / "uv" / "cpython-3.13.1-linux-x86_64-gnu" / "bin"
        installed.mkdir(parents=True)
        add(installed, "python3", f'exec {sys.executable} "$@"')
        places = {"UV_PYTHON_INSTALL_DIR": str(machine.parent / "uv")}
        assert project.run("test", PATH=str(machine), PYTHON=None, **places).stdout.startswith("check")

    def test_an_interpreter_of_ones_choice_that_is_too_old(
        self, project: Project, machine: pathlib.Path
    ) -> None:
        add(machine, "python3.9", "case $2 in *print*) echo 3.9.2 ;; *) exit 1 ;; esac")
        done = project.run("test", PYTHON=str(machine / "python3.9"))
        assert done.returncode == 1 and done.stderr.count("\n") == 1
        assert "python3.9 is Python 3.9.2: set PYTHON" in done.stderr

    def test_a_python_of_pyenv_is_found_behind_shims_that_do_not_start(
        self, project: Project, machine: pathlib.Path
    ) -> None:
        add(machine, "python3", "exit 127")
        versions = machine.parent / "pyenv" / "versions" / "3.12.1" / "bin"
        versions.mkdir(parents=True)
        (versions / "python").symlink_to(sys.executable)
        done = project.run("test", PATH=str(machine), PYTHON=None, PYENV_ROOT=str(machine.parent / "pyenv"))
        assert done.stdout.startswith("check") or "lacks the venv module" not in done.stderr


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class TestPip:
    @pytest.fixture(autouse=True)
    def _something_to_install(self, project: Project) -> None:
        (project.folder / PINNED).write_text(NOWHERE)
        project.environment["PIP_CONFIG_FILE"] = os.devnull

    def sentence(self, project: Project, **environment: str) -> str:
        done = project.run("test", **environment)
        assert done.returncode == 1
        *before, last = done.stderr.splitlines()
        assert before == [
            "run: installing Ansible and its libraries in .run/test-venv (about half a minute, once)"
        ]
        return last

    def test_no_network(self, project: Project) -> None:
        url = f"https://127.0.0.1:{closed_port()}/simple"
        last = self.sentence(project, PIP_INDEX_URL=url)
        assert "cannot be reached" in last and "https_proxy" in last and "PIP_INDEX_URL" in last

    def test_a_proxy_that_refuses(self, project: Project) -> None:
        proxy = f"http://127.0.0.1:{closed_port()}"
        last = self.sentence(project, PIP_INDEX_URL="https://index.example.com/simple", https_proxy=proxy)
        assert "proxy" in last and "https_proxy=http://USER:PASSWORD@HOST:PORT" in last

    def test_tls_inspection(self, project: Project, tmp_path: pathlib.Path) -> None:
        authority = tmp_path / "authority"
        authority.mkdir()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(Authority(authority).issue("localhost"))
        with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
            server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"https://localhost:{server.server_address[1]}/simple"
            assert "PIP_CERT=/path/to/company-ca.pem" in self.sentence(project, PIP_INDEX_URL=url)
            server.shutdown()

    def test_the_variables_of_the_guide_lead_to_the_mirror_of_a_company(
        self, project: Project, tmp_path: pathlib.Path
    ) -> None:
        (project.folder / "requirements" / "run.txt").write_text(NOWHERE)
        guide = ROOT / "docs" / "company-network.md"
        commands = readme.block("Python packages for a clone", "console", path=guide).commands()
        asked: list[str] = []

        class Index(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, *_unused: object) -> None:
                pass

        authority = Authority(tmp_path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.issue("localhost"))
        with http.server.HTTPServer(("127.0.0.1", 0), Index) as server:
            server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            script = "\n".join(commands).replace("pypi.example.com", f"localhost:{server.server_address[1]}")
            subprocess.run(
                ["sh", "-c", script.replace("/srv/acme/company-ca.pem", shlex.quote(str(authority.file)))],
                cwd=project.folder,
                env=project.environment,
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=120,
                check=False,
            )
            server.shutdown()
        assert asked == ["/simple/a-package-that-is-nowhere/"]

    def test_anything_else_names_the_log(self, project: Project) -> None:
        (project.folder / PINNED).write_text("./nowhere-at-all\n")
        done = project.run("test")
        assert done.returncode == 1 and f"{project.folder}/.run/pip.log" in done.stderr


def test_locale_falls_back(project: Project) -> None:
    assert project.run("test", LANG="ja_JP.UTF-8", LC_ALL="ja_JP.UTF-8").stdout.startswith("check C.UTF-8")


def test_a_locale_that_is_installed_stays(project: Project) -> None:
    assert project.run("test", LANG="C.utf8").stdout.startswith("check C.utf8")


def test_home_is_found_where_it_is_not_set(project: Project) -> None:
    done = project.run("test", HOME=None)
    assert done.stdout.split()[-1] == pwd.getpwuid(os.getuid()).pw_dir


def test_a_virtual_environment_is_used_again(project: Project) -> None:
    assert "installing" in project.run("test").stderr
    assert project.run("test", "unit").stderr == ""
    (project.folder / PINNED).write_text("# changed\n")
    assert "installing" in project.run("test").stderr


@pytest.mark.parametrize("position", [0, 1])
def test_an_activated_environment_of_its_own_is_not_built_from_itself(
    project: Project, position: int
) -> None:
    project.run("test")
    (project.folder / PINNED).write_text("# changed\n")
    entries = [str(pathlib.Path(sys.base_prefix, "bin")), os.environ["PATH"]]
    entries.insert(position, str(project.folder / ".run" / "test-venv" / "bin"))
    done = project.run("test", PYTHON=None, PATH=":".join(entries))
    assert done.returncode == 0, done.stderr
    assert "installing" in done.stderr and not (project.folder / ".run" / "test-venv").is_symlink()


def test_a_checkout_that_cannot_be_written_to(project: Project, tmp_path: pathlib.Path) -> None:
    (project.folder / ".run").write_text("as good as a read-only mount, for root too")
    cache = tmp_path / "cache"
    for expected in ("installing Ansible", ""):
        done = project.run("test", XDG_CACHE_HOME=str(cache))
        assert done.stdout.startswith("check") and expected in done.stderr
    assert [path.name for path in cache.iterdir()] == ["workstation.aws_sso"]


def test_no_place_to_write_to(project: Project, tmp_path: pathlib.Path) -> None:
    (project.folder / ".run").write_text("")
    (tmp_path / "cache").write_text("")
    done = project.run("test", XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "cannot write to" in done.stderr


def test_two_runs_at_once(project: Project) -> None:
    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            project.command("test"),
            env=project.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    outputs = [process.communicate(timeout=120) for process in [start() for _run in range(3)]]
    assert all(output.startswith("check") for output, _errors in outputs), outputs
    assert sum("installing Ansible" in errors for _output, errors in outputs) == 1


class SilentIndex:
    """A package index that never answers: the kernel accepts connections for it."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server
        self.url = f"http://127.0.0.1:{server.getsockname()[1]}/simple"

    def wait_for_pip(self) -> None:
        """Wait until pip connects, after it has read the requirements."""
        assert select.select([self._server], [], [], 300)[0], "pip does not connect"


@pytest.fixture
def silent_index() -> t.Iterator[SilentIndex]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield SilentIndex(server)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_nothing(project: Project, silent_index: SilentIndex, number: signal.Signals) -> None:
    (project.folder / PINNED).write_text(NOWHERE)
    environment = {**project.environment, "PIP_INDEX_URL": silent_index.url, "PIP_CONFIG_FILE": os.devnull}
    with subprocess.Popen(
        project.command("test"),
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        assert "installing Ansible" in process.stderr.readline()
        silent_index.wait_for_pip()
        process.send_signal(number)
        assert process.wait(20) == 128 + number
        assert process.stderr.read() == ""
    assert not processes_of(project)
    assert not list((project.folder / ".run").glob("tmp*"))


def processes_of(project: Project) -> list[int]:
    """The processes whose command line names the folder of *project*."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has just gone
            if str(project.folder) in path.read_text(errors="replace"):
                found.append(int(path.parent.name))
    return found


def test_after_a_kill_the_next_run_waits_for_the_rest_and_repairs(
    project: Project, silent_index: SilentIndex
) -> None:
    requirements = project.folder / PINNED
    requirements.write_text(NOWHERE)
    project.environment.update(PIP_INDEX_URL=silent_index.url, PIP_CONFIG_FILE=os.devnull)
    with subprocess.Popen(
        project.command("test"), env=project.environment, stderr=subprocess.PIPE, text=True
    ) as killed:
        assert killed.stderr is not None
        assert "installing Ansible" in killed.stderr.readline()
        silent_index.wait_for_pip()
        killed.kill()
    left = processes_of(project)
    assert left, "pip goes on"
    requirements.write_text("")
    with subprocess.Popen(
        project.command("test"),
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as waiting:
        assert waiting.stderr is not None
        assert "waiting for it" in waiting.stderr.readline()
        for process in left:
            os.kill(process, signal.SIGKILL)
        assert waiting.communicate(timeout=300)[0].startswith("check")


def test_is_found_through_a_link(project: Project, tmp_path: pathlib.Path) -> None:
    (tmp_path / "link").symlink_to(project.folder / "run")
    done = subprocess.run(
        ["sh", "link", "test"],
        cwd=tmp_path,
        env={**project.environment, "CDPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("check"), done.stderr


def test_a_folder_whose_name_cannot_be_part_of_path(tmp_path: pathlib.Path) -> None:
    project = Project(tmp_path / "a:b")
    assert project.run("test", XDG_CACHE_HOME=str(tmp_path / "cache")).stdout.startswith("check")


def test_files_of_another_user_are_left_alone(project: Project, tmp_path: pathlib.Path) -> None:
    (project.folder / ".run" / "lock").mkdir(parents=True)  # for root too, this is no file to write to
    assert project.run("test", XDG_CACHE_HOME=str(tmp_path / "cache")).stdout.startswith("check")


@pytest.fixture
def wheel(tmp_path: pathlib.Path) -> pathlib.Path:
    """A package without contents."""
    wheel = tmp_path / "nothing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {
            "METADATA": "Metadata-Version: 2.1\nName: nothing\nVersion: 1.0\n",
            "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            "RECORD": "",
        }.items():
            archive.writestr(f"nothing-1.0.dist-info/{name}", text)
    return wheel


def test_a_pip_configuration_for_user_installs(project: Project, wheel: pathlib.Path) -> None:
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (project.folder / PINNED).write_text(f"{wheel} --hash=sha256:{digest}\n")
    done = project.run("test", PIP_USER="1", PIP_NO_INDEX="1")
    assert done.stdout.startswith("check"), done.stderr


def test_a_package_with_another_hash_is_refused_unless_it_is_wanted_unpinned(
    project: Project, wheel: pathlib.Path
) -> None:
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel.parent), "PIP_CONFIG_FILE": os.devnull}
    (project.folder / PINNED).write_text(NOWHERE.replace("a-package-that-is-nowhere", "nothing"))
    done = project.run("test", **offline)
    assert done.returncode == 1 and not done.stdout
    assert "does not match its hash" in done.stderr and "WORKSTATION_UNPINNED=1" in done.stderr
    (project.folder / "tests" / "requirements.txt").write_text("nothing>=0.9\n")
    done = project.run("test", **offline, WORKSTATION_UNPINNED="1")
    assert done.stdout.startswith("check"), done.stderr


def test_a_package_without_a_hash_is_refused(project: Project, wheel: pathlib.Path) -> None:
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheel.parent), "PIP_CONFIG_FILE": os.devnull}
    (project.folder / PINNED).write_text("nothing==1.0\n")
    done = project.run("test", **offline)
    assert done.returncode == 1 and "--hash" in done.stderr


class TestPasswordOfSudo:
    @pytest.mark.parametrize(
        ("arguments", "needed"),
        [
            ([], True),
            (["--check", "--diff"], True),
            (["-e", "@company.yml"], True),
            (["-v", "-e", "workstation_become=yes"], True),
            (["--tags", "aws_cli,login"], True),
            (["-i", "localhost,", "-e", "target=localhost"], True),
            (["-K"], False),
            (["-vK"], False),
            (["--ask-become-pass"], False),
            (["--become-password-file", "/dev/null"], False),
            (["--become-pass-file=/dev/null"], False),
            (["-e", "workstation_become=false"], False),
            (["-e", "workstation_become=no"], False),
            (["--extra-vars", '{"workstation_become": false}'], False),
            (["-e", "@rootless.yml"], False),
            (["-e@rootless.json"], False),
            (["-e", "@rootless.yml", "-e", "workstation_become=true"], True),
            (["-e", '{"workstation_parts": ["login", "profiles"]}'], False),
            (["--tags", "login"], False),
            (["--skip-tags", "network,prerequisites,aws_cli,browser"], False),
            (["-i", "hosts.ini", "-e", "target=laptops"], False),
            (["--list-tasks"], False),
            (["--syntax-check"], False),
            (["--version"], False),
            (["--no-such-option"], False),
            (["-e", "ansible_become_password=secret"], False),
        ],
    )
    def test_is_asked_for_where_sudo_runs(
        self, tmp_path: pathlib.Path, arguments: list[str], needed: bool
    ) -> None:
        (tmp_path / "company.yml").write_text("# workstation_become: false\nworkstation_region: eu-west-1\n")
        (tmp_path / "rootless.yml").write_text("workstation_region: eu-west-1\nworkstation_become: off\n")
        (tmp_path / "rootless.json").write_text('{"workstation_become":false}')
        (tmp_path / "hosts.ini").write_text("[laptops]\nlaptop-042\n")
        done = subprocess.run(
            [sys.executable, ROOT / "tests" / "support" / "become_password.py", *arguments],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0 if needed else 1, "", "")

    def test_is_asked_for_by_ansible_itself(self, tmp_path: pathlib.Path) -> None:
        done = subprocess.run(
            [sys.executable, ROOT / "tests" / "support" / "become_password.py"],
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ANSIBLE_BECOME_ASK_PASS": "true"},
            check=False,
        )
        assert done.returncode == 1


def test_a_clone_of_windows_keeps_its_line_ends(tmp_path: pathlib.Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "init", "-q", clone], check=True)
    for name in (".gitattributes", "run"):
        shutil.copy(ROOT / name, clone)
    git = ["git", "-C", str(clone), "-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    subprocess.run([*git, "add", "-A"], check=True)
    (clone / "run").unlink()
    subprocess.run([*git, "checkout", "-q", "run"], check=True)
    assert b"\r" not in (clone / "run").read_bytes()


def test_a_login_shell_in_the_home_of_the_demo_runs_the_cli_of_the_demo(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the demo would suggest to remove the AWS CLI that the user has."""
    journey = Journey(tmp_path, t.cast(t.Any, types.SimpleNamespace(environment=dict)))
    monkeypatch.setenv("HOME", str(journey.home))
    directories = search_path(pwd.getpwuid(os.geteuid()))
    assert str(journey.aws.parent) in directories and first_other(str(journey.aws), directories) == ""
