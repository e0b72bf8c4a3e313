# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second user of the same machine, in directories that both can write to, or in the second user's own.

The attacker is a real user ID of its own, so that these scenarios require root.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import signal
import tempfile
import time
import typing as t

import pytest

from adversary.conftest import assert_readable
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    LoginOptions,
    ensure_login,
)
from bundles import Mirror, SigningKey, pack_stub, serving
from end_to_end.controller import Controller
from end_to_end.needs import need
from identity_center import BrowserUser, IdentityCenter
from support.child_processes import exit_code, start
from support.fleets import FleetRun, company_run
from support.logins import CORP, FakeUser, token_file
from support.module_run import run_module

ATTACKER = 54321
VICTIM = 54322
SECONDS = 60
"""What no attack may prolong a task to; it takes less than one."""
FIRST = "2026-11-21T08:00:00Z"
VERSION = "2.38.5"
SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}


@pytest.fixture(autouse=True)
def root() -> None:
    need([] if os.geteuid() == 0 else ["root"])


@pytest.fixture
def machine() -> t.Iterator[pathlib.Path]:
    """A directory that all users can look at; what is in it belongs to root."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="machine-"))
    directory.chmod(0o755)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def shared(machine: pathlib.Path) -> pathlib.Path:
    """A directory like /tmp."""
    return make_directory(machine / "shared", mode=0o1777)


@pytest.fixture
def private(machine: pathlib.Path) -> pathlib.Path:
    """A directory of root's, with a file that no attack may read or change."""
    directory = make_directory(machine / "private", mode=0o755)
    (directory / "victim.txt").write_text("untouched")
    (directory / "victim.txt").chmod(0o600)
    return directory


@pytest.fixture
def attackers_home(machine: pathlib.Path) -> pathlib.Path:
    return make_directory(machine / "mallory", owner=ATTACKER)


@pytest.fixture(autouse=True)
def untouched(private: pathlib.Path) -> t.Iterator[None]:
    """After each scenario, nothing of root's has changed."""
    yield
    assert [path.name for path in private.iterdir() if not path.is_dir()] == ["victim.txt"]
    assert (private / "victim.txt").read_text() == "untouched"
    assert (private / "victim.txt").stat().st_mode & 0o7777 == 0o600
    assert (private / "victim.txt").stat().st_uid == 0


def make_directory(path: pathlib.Path, owner: int = 0, mode: int = 0o755) -> pathlib.Path:
    path.mkdir(parents=True)
    path.chmod(mode)
    os.chown(path, owner, owner)
    return path


def as_attacker(action: t.Callable[[], object]) -> bool:
    """Whether *action* succeeds in a process of the attacker."""
    return exit_code(start(action, ATTACKER)) == 0


@contextlib.contextmanager
def while_attacking(action: t.Callable[[], object]) -> t.Iterator[None]:
    """Run *action* as the attacker at the same time."""
    child = start(action, ATTACKER)
    try:
        time.sleep(0.2)
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def in_time(action: t.Callable[[], object], user: int = 0) -> None:
    """Run *action* in a process of *user*, and fail if it does not end."""
    child = start(action, user)
    deadline = time.monotonic() + SECONDS
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0
            return
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            pytest.fail(f"not finished after {SECONDS} seconds")
        time.sleep(0.02)


def link(path: pathlib.Path, target: pathlib.Path) -> None:
    """Make a link of the attacker's."""
    assert as_attacker(lambda: path.symlink_to(target))


@pytest.mark.parametrize("name", ["fleet.html", "fleet.json"])
def test_the_report_does_not_follow_a_link(shared: pathlib.Path, private: pathlib.Path, name: str) -> None:
    link(shared / name, private / "victim.txt")
    (warning,) = [text for text in company_run(FIRST, 1, 1).write(shared) if name in text]
    assert_readable(warning)


def test_the_report_does_not_follow_links_that_come_and_go(
    shared: pathlib.Path, private: pathlib.Path
) -> None:
    def swap() -> None:
        path = shared / "fleet.html"
        while True:
            with contextlib.suppress(OSError):
                path.symlink_to(private / "victim.txt")
            with contextlib.suppress(OSError):
                path.unlink()

    with while_attacking(swap):
        for number in range(30):
            company_run(FIRST, 1, 1).write(shared)
            with contextlib.suppress(OSError):
                if number % 2:
                    (shared / "fleet.html").unlink()


def test_the_report_does_not_believe_a_state_of_another_user(shared: pathlib.Path) -> None:
    run = FleetRun(FIRST)
    run.record("planted", "wsl_info", wsl={"version": 2})

    run.write(shared)
    for path in shared.iterdir():
        os.chown(path, ATTACKER, ATTACKER)
        path.chmod(0o666)
    company_run(FIRST, 1, 1).write(shared)
    assert "laptop-" not in (shared / "fleet.json").read_text()
    assert not (shared / "fleet.html").exists() or "laptop-" not in (shared / "fleet.html").read_text()


def write_profiles(path: pathlib.Path) -> dict[str, t.Any]:
    result = run_module("sso_profiles", {"path": str(path), "sessions": [SESSION]})
    assert_readable(result.get("msg", ""))
    return result


def test_a_configuration_that_is_a_link_does_not_reach_files_of_root(
    attackers_home: pathlib.Path, private: pathlib.Path
) -> None:
    link(attackers_home / "config", private / "victim.txt")
    in_time(lambda: write_profiles(attackers_home / "config"))


def test_a_directory_that_becomes_a_link_does_not_lead_to_directories_of_root(
    attackers_home: pathlib.Path, private: pathlib.Path
) -> None:
    """The attacker keeps root waiting for a temporary file, and meanwhile swaps its directory for a link."""
    inside, away = attackers_home / "x", attackers_home / "away"

    def prepare() -> None:
        inside.mkdir()
        (inside / "evil.sh").write_text("# $(id >/tmp/pwned)\n")
        (attackers_home / "config").symlink_to(inside / "evil.sh")

    def attack() -> None:
        with (inside / ".evil.sh.aws_sso").open("w") as temporary:
            fcntl.flock(temporary, fcntl.LOCK_EX)
            time.sleep(0.5)
            inside.rename(away)
            inside.symlink_to(private)
        while True:
            time.sleep(0.05)

    assert as_attacker(prepare)
    with while_attacking(attack):
        in_time(lambda: write_profiles(attackers_home / "config"))


@pytest.mark.parametrize("name", [".config.aws_sso", "config", "."])
def test_a_lock_of_another_user_does_not_stop_a_run(attackers_home: pathlib.Path, name: str) -> None:
    def hold() -> None:
        flags = os.O_RDONLY if name == "." else os.O_RDWR | os.O_CREAT
        fcntl.flock(os.open(attackers_home / name, flags, 0o666), fcntl.LOCK_EX)
        time.sleep(600)

    with while_attacking(hold):
        in_time(lambda: write_profiles(attackers_home / "config"))


def test_what_root_writes_into_the_home_of_a_user_belongs_to_that_user(attackers_home: pathlib.Path) -> None:
    in_time(lambda: write_profiles(attackers_home / "config"))
    assert all(path.stat().st_uid == ATTACKER for path in attackers_home.rglob("*"))


def test_a_lock_directory_of_another_user_is_not_used(
    shared: pathlib.Path, private: pathlib.Path, environment: pytest.MonkeyPatch, machine: pathlib.Path
) -> None:
    planted = shared / "workstation.aws_sso-0"
    assert as_attacker(planted.mkdir)

    def write() -> None:
        os.environ.update(XDG_CACHE_HOME="/proc/nothing", TMPDIR=str(shared))
        tempfile.tempdir = None
        write_profiles(machine / "config")

    in_time(write)
    assert not list(planted.iterdir())


@pytest.mark.parametrize("victim", [0, VICTIM], ids=["root", "a user"])
def test_a_token_is_not_written_into_a_file_of_another_user(
    machine: pathlib.Path, center: IdentityCenter, victim: int
) -> None:
    """The directory of tokens can be written by all users, perhaps since long ago."""
    home = make_directory(machine / "victim", owner=victim)
    cache = make_directory(home / ".aws" / "sso" / "cache", owner=victim, mode=0o777)
    os.chown(home / ".aws", victim, victim)
    os.chown(home / ".aws" / "sso", victim, victim)
    name = token_file().name

    def plant() -> None:
        (cache / name).write_text("{}")
        (cache / name).chmod(0o666)

    def sign_in() -> None:
        os.environ["HOME"] = str(home)
        user = FakeUser(lambda page: t.cast(None, BrowserUser().visit(page)))
        with contextlib.suppress(WorkstationError, OSError):  # to refuse it would be right as well
            ensure_login(CORP, LoginOptions(DEVICE, timeout=30), user.user)

    assert as_attacker(plant)
    in_time(sign_in, victim)
    seen = (cache / name).read_text() if (cache / name).exists() else ""
    assert not (as_attacker((cache / name).read_bytes) and "accessToken" in seen)
    assert "accessToken" not in seen or (cache / name).stat().st_uid == victim


def install(home: pathlib.Path, url: str, key: SigningKey, check: bool, **options: t.Any) -> dict[str, t.Any]:
    """Install the AWS CLI as root below *home*."""
    wanted = {
        "version": VERSION,
        "install_dir": str(home / "aws-cli"),
        "bin_dir": str(home / "bin"),
        "base_url": url,
        "public_key": key.public_key,
        "fingerprint": key.fingerprint,
    }
    result = run_module("aws_cli", {**wanted, **options}, check_mode=check)
    assert_readable(result.get("msg", ""))
    return result


@pytest.fixture
def mirror(machine: pathlib.Path, signing_key: SigningKey) -> t.Iterator[str]:
    directory = make_directory(machine / "mirror")
    Mirror(directory, signing_key).add_stub(VERSION)
    with serving(directory) as url:
        yield url


def plant_program(home: pathlib.Path, marker: pathlib.Path) -> None:
    """An installation whose `aws` records the user that runs it."""
    directory = home / "aws-cli" / "v2" / VERSION / "bin"
    directory.mkdir(parents=True)
    (directory.parent / "dist").mkdir()
    for program in (directory / "aws", directory.parent / "dist" / "aws", directory / "aws_completer"):
        program.write_text(
            f"#!/bin/sh\nid -u >>{marker}\necho aws-cli/{VERSION} Python/3.14.0 Linux/x exe/x\n"
        )
        program.chmod(0o755)
    (directory.parent.parent / "current").symlink_to(directory.parent)
    (home / "bin").mkdir()
    (home / "bin" / "aws").symlink_to(directory.parent.parent / "current" / "bin" / "aws")


@pytest.mark.parametrize("check", [True, False], ids=["check mode", "for real"])
def test_root_does_not_run_a_program_of_another_user(
    attackers_home: pathlib.Path, shared: pathlib.Path, mirror: str, signing_key: SigningKey, check: bool
) -> None:
    marker = shared / "ran"
    assert as_attacker(lambda: plant_program(attackers_home, marker))
    install(attackers_home, mirror, signing_key, check)
    assert not marker.exists() or "0" not in marker.read_text().split()


def test_a_completion_that_is_a_link_creates_nothing(
    attackers_home: pathlib.Path, private: pathlib.Path, mirror: str, signing_key: SigningKey
) -> None:
    completions = attackers_home / "share" / "bash-completion" / "completions"
    assert as_attacker(lambda: completions.mkdir(parents=True))
    link(completions / "aws", private / "nologin")
    install(attackers_home, mirror, signing_key, False)
    assert not (private / "nologin").exists()


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_link_does_not_let_root_delete_other_directories(
    attackers_home: pathlib.Path, private: pathlib.Path, mirror: str, signing_key: SigningKey, state: str
) -> None:
    for name in ("bin", "1.0.0", "dist"):
        (private / "service" / name).mkdir(parents=True)
        (private / "service" / name / "data").write_text("data")
    assert as_attacker((attackers_home / "aws-cli").mkdir)
    link(attackers_home / "aws-cli" / "v2", private / "service")
    wanted = {} if state == "present" else {"state": "absent", "version": None}
    install(attackers_home, mirror, signing_key, False, **wanted)
    assert [(private / "service" / name / "data").read_text() for name in ("bin", "1.0.0", "dist")]


def test_directories_of_another_program_are_not_deleted(
    machine: pathlib.Path, mirror: str, signing_key: SigningKey
) -> None:
    for name in ("bin", "1.0.0", "docs"):
        make_directory(machine / "api" / "v2" / name)
        (machine / "api" / "v2" / name / "data").write_text("data")
    install(machine, mirror, signing_key, False, install_dir=str(machine / "api"))
    assert {path.parent.name for path in machine.glob("api/v2/*/data")} == {"bin", "1.0.0", "docs"}


def test_progress_does_not_follow_a_link(
    machine: pathlib.Path, shared: pathlib.Path, private: pathlib.Path, mirror: str, signing_key: SigningKey
) -> None:
    """The temporary directory of a task belongs to the user who signs in, and root runs the task."""
    temporary = make_directory(shared / "ansible-tmp", owner=ATTACKER, mode=0o700)
    link(temporary / "progress", private / "victim.txt")
    install(make_directory(machine / "opt"), mirror, signing_key, False, _ansible_tmpdir=str(temporary))


INSTALL = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Install
      workstation.aws_sso.aws_cli: "{{ options }}"
"""


def test_a_stored_archive_of_another_user_is_not_installed(
    controller: Controller, machine: pathlib.Path, shared: pathlib.Path, mirror: str, signing_key: SigningKey
) -> None:
    options = {
        "version": VERSION,
        "base_url": mirror,
        "public_key": signing_key.public_key,
        "fingerprint": signing_key.fingerprint,
        "download_on": "controller",
    }

    def play(place: str, cache: pathlib.Path) -> str:
        root = make_directory(machine / place)
        where = {"install_dir": str(root / "aws-cli"), "bin_dir": str(root / "bin")}
        variables = json.dumps({"options": {**options, **where}})
        with controller.play(INSTALL, "-e", variables, XDG_CACHE_HOME=str(cache)) as play:
            return play.end()

    play("first", machine / "cache")
    planted, marker = shared / "workstation.aws_sso", shared / "ran"
    shutil.copytree(machine / "cache" / "workstation.aws_sso", planted)
    for bundle in planted.rglob("*.zip"):
        pack_stub(VERSION, bundle, commands=f"id -u >{marker}")
        checksum = f"sha256:{hashlib.sha256(bundle.read_bytes()).hexdigest()}"
        for record in bundle.parent.glob("*.json"):
            record.write_text(json.dumps({**json.loads(record.read_text()), "checksum": checksum}))
    for path in [planted, *planted.rglob("*")]:
        os.chown(path, ATTACKER, ATTACKER)
    output = play("second", shared)
    assert not marker.exists(), output
