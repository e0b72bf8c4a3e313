# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the playbook, with a small program in place of ansible-playbook."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import sys
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import Settings
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import (
    environment,
    state,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import Paths
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.state import (
    Outcome,
    State,
    Status,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run import password, playbook
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run.playbook import Playbook
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop.update import Run
from support.laptops import executable, manifest_of

PLAYBOOK = """\
import json, os, sys
company = [argument[1:] for argument in sys.argv if argument.endswith("company.yml")][0]
with open(company) as stream:
    instructions = json.load(stream)
pipe = sys.argv[-1] if sys.argv[-2] == "--become-password-file" else os.devnull
with open(instructions["call"], "w") as stream:
    called = {"arguments": sys.argv[1:], "directory": os.getcwd(), "variables": dict(os.environ)}
    called["session"] = os.getsid(0) == os.getpid()
    called["input"] = os.fstat(0).st_rdev
    called["password"] = open(pipe).read()
    json.dump(called, stream)
print(instructions.get("output", ""))
for command in instructions.get("commands", []):
    os.system(command)
failures = instructions.get("failures", [])
run = str(os.getpid())
record = {"run": {"id": run}, "hosts": {"localhost": {"run": run, "failures": failures}}}
with open(os.environ["WORKSTATION_FLEET_REPORT_JSON"], "w") as stream:
    json.dump(record, stream)
sys.exit(2 if failures else 0)
"""
PYTHON = """\
#!/bin/sh
case $* in '-I -m ansible playbook '*) shift 4; exec "{python}" "{script}" "$@" ;; esac
exec "{python}" "$@"
"""
SUDO = """\
#!/bin/sh
case $* in
    '-k -n true') ! [ -e '{asks}' ] ;;
    '-k -S -p  true') read -r given; [ "$given" = '{password}' ] ;;
    *) exit 1 ;;
esac
"""
NEEDS_SIGN_IN = {
    "task": "Sign in",
    "module": "workstation.aws_sso.sso_login",
    "message": "interactive is false, so no user is asked to sign in.",
}
BROKEN = {"task": "Install AWS CLI v2", "module": "workstation.aws_sso.aws_cli", "message": "It is broken."}
SKIPPED = ["--skip-tags", "network,prerequisites,aws_cli,browser"]


class Laptop:
    """A laptop with one version, whose sudo asks for a password where *sudo_asks* exists."""

    PASSWORD = "correct horse"

    def __init__(self, directory: pathlib.Path) -> None:
        self.root = directory / "data"
        self.paths = Paths(str(self.root))
        self.version = self.root / "versions" / "1"
        self.version.mkdir(parents=True)
        script = executable(self.version / "playbook.py", PLAYBOOK)
        python = PYTHON.format(python=sys.executable, script=script)
        executable(self.version / "venv/bin/python", python)
        self.sudo_asks = directory / "sudo asks"
        executable(directory / "bin/sudo", SUDO.format(asks=self.sudo_asks, password=self.PASSWORD))
        self.settings = Settings()
        self.instruct()

    def instruct(self, **instructions: t.Any) -> None:
        instructions["call"] = str(self.root / "call")
        (self.version / "company.yml").write_text(json.dumps(instructions))

    def of(self, scheduled: bool = True, system_applied: bool = False) -> Run:
        manifest = manifest_of({environment.environment_name(): []}, self.settings)
        return Run(str(self.version), manifest, scheduled, system_applied)

    def run(self, scheduled: bool = True, system_applied: bool = False) -> t.Tuple[Outcome, bool]:
        result = Playbook(self.paths).run(self.of(scheduled, system_applied))
        return result.status.outcome, result.system_applied

    @property
    def call(self) -> t.Dict[str, t.Any]:
        return t.cast("t.Dict[str, t.Any]", json.loads((self.root / "call").read_text()))

    @property
    def arguments(self) -> t.List[str]:
        return t.cast("t.List[str]", self.call["arguments"])


@pytest.fixture
def laptop(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Laptop:
    """Of a user who is not root, in a session without a terminal."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    monkeypatch.setattr(password, "_is_root", lambda: False)
    monkeypatch.setattr(password, "TERMINAL", str(tmp_path / "no terminal"))
    return Laptop(tmp_path)


def with_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    controller, _terminal = os.openpty()
    monkeypatch.setattr(password, "TERMINAL", os.ttyname(_terminal))
    monkeypatch.setattr(playbook, "_pty", (controller, _terminal), raising=False)


def test_playbook_gets_the_files_of_its_version(laptop: Laptop) -> None:
    assert laptop.run() == (Outcome.OK, True)
    version = str(laptop.version)
    extra = json.loads(laptop.arguments[6])
    assert laptop.arguments == [
        "workstation.aws_sso.workstation",
        "-e",
        f"@{version}/company.yml",
        "-e",
        f"@{version}/variables.json",
        "-e",
        laptop.arguments[6],
    ]
    assert extra == {
        "workstation_bundle_files": version,
        "workstation_bundle_machine": environment.machine(),
        "workstation_bundle_interactive": False,
        "ansible_python_interpreter": sys.executable,
    }
    assert laptop.call["directory"] == os.path.realpath(version)


def test_settings_of_the_user_do_not_apply(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSIBLE_STRATEGY", "ANSIBLE_CONFIG", "PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")
    laptop.run()
    variables = laptop.call["variables"]
    assert variables["HTTPS_PROXY"] == "http://proxy.example:8080"
    assert not {"ANSIBLE_STRATEGY", "PYTHONPATH", "VIRTUAL_ENV", "PIP_TARGET"} & set(variables)
    for name in ("CONFIG", "HOME", "INVENTORY", "REMOTE_TEMP", "COLLECTIONS_PATH"):
        assert variables[f"ANSIBLE_{name}"].startswith(f"{laptop.root}/")
    assert variables["WORKSTATION_FLEET_REPORT_HTML"] == ""
    assert pathlib.Path(variables["ANSIBLE_CONFIG"]).read_text().startswith("#")


@pytest.mark.parametrize(("locale", "changed"), [("C", True), ("xx_XX.UTF-8", True), ("C.UTF-8", False)])
def test_locale_is_one_with_which_ansible_starts(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch, locale: str, changed: bool
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setenv("LANG", "de_DE")
    laptop.run()
    variables = laptop.call["variables"]
    assert variables["LC_ALL"] == "C.UTF-8"
    assert variables["LANG"] == ("C.UTF-8" if changed else "de_DE")


def test_output_of_a_run_without_a_person_is_in_the_log(
    laptop: Laptop, capfd: pytest.CaptureFixture[str]
) -> None:
    laptop.instruct(output="PLAY", commands=["echo warning >&2"])
    laptop.run()
    log = pathlib.Path(laptop.paths.run_log)
    assert log.read_text().split() == ["warning", "PLAY"]
    assert log.stat().st_mode & 0o777 == 0o600
    assert capfd.readouterr().out == ""
    assert laptop.call["session"]
    assert laptop.call["input"] == os.stat(os.devnull).st_rdev
    laptop.instruct(output="PLAY")
    laptop.run()
    assert log.read_text() == "PLAY\n"


def test_person_sees_the_output(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with_terminal(monkeypatch)
    laptop.instruct(output="PLAY")
    assert laptop.run(scheduled=False) == (Outcome.OK, True)
    assert capfd.readouterr().out == "PLAY\n"
    assert laptop.call["variables"]["ANSIBLE_LOG_PATH"] == laptop.paths.run_log
    assert laptop.call["input"] == os.stat(password.TERMINAL).st_rdev
    assert not laptop.call["session"]
    assert json.loads(laptop.arguments[6])["workstation_bundle_interactive"] is True


def test_sign_in_is_left_to_a_person(laptop: Laptop) -> None:
    laptop.instruct(failures=[NEEDS_SIGN_IN])
    assert laptop.run() == (Outcome.SIGN_IN_REQUIRED, True)


def test_failure(laptop: Laptop) -> None:
    laptop.instruct(failures=[BROKEN])
    result = Playbook(laptop.paths).run(laptop.of())
    assert result.status == Status(Outcome.FAILED, "Install AWS CLI v2: It is broken.", "")
    assert not result.system_applied


@pytest.mark.parametrize(
    ("failures", "system_applied", "expected"),
    [
        ([], False, Outcome.PASSWORD_REQUIRED),
        ([], True, Outcome.OK),
        ([NEEDS_SIGN_IN], False, Outcome.SIGN_IN_REQUIRED),
        ([NEEDS_SIGN_IN], True, Outcome.SIGN_IN_REQUIRED),
        ([BROKEN], False, Outcome.PASSWORD_REQUIRED),
        ([BROKEN], True, Outcome.FAILED),
    ],
)
def test_run_without_a_person_leaves_out_what_requires_a_password(
    laptop: Laptop, failures: t.List[t.Any], system_applied: bool, expected: Outcome
) -> None:
    laptop.sudo_asks.touch()
    laptop.instruct(failures=failures)
    assert laptop.run(system_applied=system_applied) == (expected, False)
    assert laptop.arguments[-2:] == SKIPPED


def test_new_version_that_fails_without_its_system_parts_is_rolled_back(laptop: Laptop) -> None:
    laptop.sudo_asks.touch()
    laptop.instruct(failures=[BROKEN])
    (laptop.root / "versions/0").mkdir()
    os.symlink("versions/0", laptop.paths.current)
    result = Playbook(laptop.paths).run(laptop.of())
    assert result.status.outcome == Outcome.FAILED
    assert "It is broken. Parts of version 1 change the whole system" in result.status.message
    os.unlink(laptop.paths.current)
    os.symlink("versions/1", laptop.paths.current)
    assert laptop.run() == (Outcome.PASSWORD_REQUIRED, False)


def test_password_is_required_for_the_whole_system_only(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.sudo_asks.touch()
    laptop.settings = Settings(become=False)
    assert laptop.run() == (Outcome.OK, True)
    laptop.settings = Settings()
    monkeypatch.setattr(password, "_is_root", lambda: True)
    assert laptop.run() == (Outcome.OK, True)
    assert "--skip-tags" not in laptop.arguments


def answers(monkeypatch: pytest.MonkeyPatch, *given: t.Optional[str]) -> t.Iterator[t.Optional[str]]:
    """What a person types at each question; None for Ctrl-D."""
    remaining = iter(given)
    monkeypatch.setattr(password, "_ask", lambda: next(remaining))
    return remaining


def test_person_is_asked_for_the_password_once(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop.sudo_asks.touch()
    laptop.instruct(failures=[BROKEN])
    with_terminal(monkeypatch)
    remaining = answers(monkeypatch, "wrong", laptop.PASSWORD, "not asked for")
    runs = Playbook(laptop.paths)
    for _version in range(2):
        assert runs.run(laptop.of(scheduled=False)).status.outcome == Outcome.FAILED
        assert laptop.arguments[-2] == "--become-password-file"
        assert laptop.call["password"] == f"{laptop.PASSWORD}\n"
    assert next(remaining) == "not asked for"
    assert not [name for name in os.listdir(laptop.paths.ansible) if name.startswith("password")]
    files = [path for path in laptop.root.rglob("*") if path.is_file() and path.name != "call"]
    assert not [path for path in files if laptop.PASSWORD.encode() in path.read_bytes()]


@pytest.mark.parametrize("given", [["wrong"] * 3, [None], ["wrong", None]])
def test_wrong_password_is_no_failure_of_the_version(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch, given: t.List[t.Optional[str]]
) -> None:
    laptop.sudo_asks.touch()
    laptop.instruct(failures=[BROKEN])
    with_terminal(monkeypatch)
    answers(monkeypatch, *given)
    runs = Playbook(laptop.paths)
    for _version in range(2):
        assert runs.run(laptop.of(scheduled=False)).status.outcome == Outcome.PASSWORD_REQUIRED
        assert laptop.arguments[-2:] == SKIPPED


def test_sign_in_alone_requires_no_password(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    laptop.sudo_asks.touch()
    with_terminal(monkeypatch)
    answers(monkeypatch, laptop.PASSWORD)
    state.save(laptop.paths, State(run=Status(Outcome.SIGN_IN_REQUIRED)))
    assert laptop.run(scheduled=False, system_applied=True) == (Outcome.OK, False)
    assert laptop.arguments[-2:] == SKIPPED
    assert laptop.run(scheduled=False, system_applied=False) == (Outcome.OK, True)
    assert laptop.arguments[-2] == "--become-password-file"


def test_person_without_a_terminal_is_not_asked(laptop: Laptop) -> None:
    laptop.sudo_asks.touch()
    assert laptop.run(scheduled=False) == (Outcome.PASSWORD_REQUIRED, False)
    assert laptop.arguments[-2:] == SKIPPED


def test_machine_without_sudo(
    laptop: Laptop, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(password.shutil, "which", lambda name: None)
    assert laptop.run() == (Outcome.PASSWORD_REQUIRED, False)
    assert laptop.run(scheduled=False) == (Outcome.OK, True)  # the role says what is missing


def test_playbook_that_does_not_end_is_stopped(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playbook, "_LONGEST_RUN", 1)
    laptop.instruct(commands=["sleep 100"])
    with pytest.raises(WorkstationError, match="The playbook did not end within"):
        laptop.run()


def test_environment_that_does_not_run_is_made_anew(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared: t.List[str] = []
    monkeypatch.setattr(environment, "is_usable", lambda directory: bool(prepared))
    monkeypatch.setattr(environment, "prepare", lambda directory, manifest: prepared.append(directory))
    laptop.run()
    laptop.run()
    assert prepared == [str(laptop.version)]


def test_run_waits_for_the_playbook_of_a_killed_update(
    laptop: Laptop, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = tmp_path / "go on"
    laptop.instruct(commands=[f"while ! [ -e '{go_on}' ]; do sleep 0.05; done"])
    child = os.fork()
    if child == 0:
        try:
            laptop.run()
        finally:
            os._exit(0)
    deadline = time.monotonic() + 60
    while not (laptop.root / "call").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    monkeypatch.setattr(playbook, "_LONGEST_WAIT", 0.2)
    with pytest.raises(WorkstationError, match=r"of an update that was stopped is still running"):
        laptop.run()
    go_on.touch()
    monkeypatch.setattr(playbook, "_LONGEST_WAIT", 60)
    assert laptop.run() == (Outcome.OK, True)
