# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program as its user runs it: set up from a directory, updated, asked for its status, and removed.

The virtual environments are real; small programs take the place of Ansible.
"""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop import main
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import environment
from support.laptops import collection_tarball, tree, write_wheel
from support.published_bundle import Key, PublishedBundle

TREE = pathlib.Path(main.__file__).parents[6]
PATH = f"{os.path.dirname(sys.executable)}:/usr/bin:/bin"
UPDATER = f"""\
import sys
sys.path.insert(0, {str(TREE)!r})
from {main.__name__} import main
sys.exit(main())
"""
ANSIBLE = """\
import json, os, sys

def playbook():
    interactive = '"workstation_bundle_interactive": true' in " ".join(sys.argv)
    home = os.environ["HOME"]
    with open(f"{home}/company.txt", "w") as stream:
        stream.write([open(word[1:]).read() for word in sys.argv if word.endswith("company.yml")][0])
    failures = []
    if os.path.exists(f"{home}/signed-out") and not interactive:
        text = "interactive is false, so no user is asked to sign in."
        failures = [{"task": "Sign in", "module": "workstation.aws_sso.sso_login", "message": text}]
    elif interactive and os.path.exists(f"{home}/signed-out"):
        os.unlink(f"{home}/signed-out")
    run = str(os.getpid())
    host = {"run": run, "failures": failures, "access": None}
    lists = {"changes": [], "accounts": {}, "access_sets": {}}
    record = {"run": {"id": run}, "hosts": {"localhost": host}, **lists}
    with open(os.environ["WORKSTATION_FLEET_REPORT_JSON"], "w") as stream:
        json.dump(record, stream)
    sys.exit(2 if failures else 0)

playbook()
"""


class Laptop:
    """A home directory, and a *bundle* in a directory beside it."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.home = directory / "home"
        self.home.mkdir()
        self.variables = {"HOME": str(self.home), "PATH": PATH, "LANG": "C.UTF-8"}
        self.key = Key(directory)
        self.signers = directory / "allowed_signers"
        self.signers.write_text(self.key.allowed_signers)
        self.bundle = PublishedBundle(directory / "bundle", self.key)
        self.data = self.home / ".local/share/workstation-update"
        self.command = self.home / ".local/bin/workstation-update"
        self.script = directory / "workstation-update.pyz"
        self.script.write_text(UPDATER)

    def publish(self, version: str) -> None:
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        place = self.bundle.root / version
        place.mkdir()
        files = {"ansible/__init__.py": "", "ansible/release.py": "", "ansible/__main__.py": ANSIBLE}
        wheels = [
            write_wheel(place, "ansible_core", files),
            write_wheel(place, "pyyaml", {"yaml.py": "", "cryptography.py": ""}),
        ]
        machine = environment.machine()
        self.bundle.publish(
            version,
            {
                "company.yml": f"version {version}".encode(),
                "collection.tar.gz": collection_tarball({}),
                "workstation-update.pyz": UPDATER.encode(),
                **{wheel: (place / wheel).read_bytes() for wheel in wheels},
            },
            updater=f"{version}/workstation-update.pyz",
            environments={
                f"3.{minor}-{machine}": [f"{version}/{name}" for name in wheels] for minor in range(8, 15)
            },
            issued=now,
            expires=now + datetime.timedelta(days=1),
        )

    def set_up(self, *options: str) -> subprocess.CompletedProcess[str]:
        arguments = ["--url", str(self.bundle.root), "--name", "acme", "--allowed-signers", str(self.signers)]
        return self._run([sys.executable, "-I", str(self.script), "setup", *arguments, *options])

    def update(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self._run([str(self.command), *options])

    def _run(self, command: t.List[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env=self.variables,
        )

    @property
    def report(self) -> t.Dict[str, t.Any]:
        return t.cast("t.Dict[str, t.Any]", json.loads((self.data / "report.json").read_text())["report"])


@pytest.fixture
def laptop(tmp_path: pathlib.Path) -> Laptop:
    return Laptop(tmp_path)


def test_from_setup_to_removal(laptop: Laptop) -> None:
    (laptop.home / ".profile").write_text("umask 022\n")
    before = tree(laptop.home)
    laptop.publish("1")
    done = laptop.set_up()
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"For all commands, run: {laptop.command} --help" in done.stdout
    assert (laptop.home / "company.txt").read_text() == "version 1"
    assert laptop.data.stat().st_mode & 0o777 == 0o700
    assert (laptop.data / "host_key").stat().st_mode & 0o777 == 0o600
    assert str(laptop.data / "notice") in (laptop.home / ".profile").read_text()
    assert (laptop.report["outcome"], laptop.report["bundle"]["version"]) == ("ok", "1")
    assert laptop.report["fleet"]["hosts"]["localhost"]["failures"] == []

    laptop.publish("2")
    assert "Version 2 is available." in laptop.update("--check").stdout
    assert (laptop.home / "company.txt").read_text() == "version 1"
    (laptop.home / "signed-out").touch()
    done = laptop.update("--scheduled")
    assert done.returncode == 3, done.stdout + done.stderr
    assert (laptop.data / "notice").read_text() == "AWS: sign in again with: workstation-update\n"
    assert (laptop.report["outcome"], laptop.report["bundle"]["version"]) == ("sign_in_required", "2")
    status = laptop.update("--status").stdout
    assert "Installed:      version 2 (" in status
    assert "requires a sign-in" in status

    done = laptop.update()
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (laptop.data / "notice").exists()
    assert laptop.report["outcome"] == "ok"

    key = (laptop.data / "host_key").read_bytes()
    laptop.command.unlink()
    (laptop.data / "host_key.pub").unlink()
    assert laptop.set_up("--no-timer").returncode == 0
    assert (laptop.data / "host_key").read_bytes() != key
    assert "only when you run workstation-update" in laptop.update("--status").stdout
    assert "--scheduled" not in (laptop.home / ".profile").read_text()

    (laptop.data / "mine.txt").write_text("of the user")
    done = laptop.update("--uninstall")
    assert done.returncode == 0, done.stderr
    assert f"{laptop.data}/mine.txt is not of workstation-update, and was kept." in done.stdout
    after = tree(laptop.home)
    for name in (".local/share/workstation-update/mine.txt", "company.txt"):
        del after[name]
    assert after == before


def test_first_update_that_fails_is_done_later(laptop: Laptop) -> None:
    laptop.variables["XDG_DATA_HOME"] = str(laptop.home / "data")  # which a timer does not know
    done = laptop.set_up()
    assert done.returncode in (0, 1)
    assert done.stderr or done.stdout
    assert (laptop.home / "data/workstation-update/trust.json").exists()
    del laptop.variables["XDG_DATA_HOME"]
    assert laptop.update("--status").stdout.splitlines()[1] == "Installed:      no version"
    assert "--scheduled" in (laptop.home / ".profile").read_text()
    laptop.publish("1")
    assert laptop.update("--scheduled").returncode == 0
    assert (laptop.home / "company.txt").read_text() == "version 1"


def test_laptop_that_is_not_set_up(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(laptop.home))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    for arguments in ([], ["--check"], ["--status"], ["--scheduled"]):  # type: t.List[str]
        assert main.main(arguments) == 1
        assert capsys.readouterr().err.startswith("workstation-update: This laptop does not follow a company")
    assert main.main(["--uninstall"]) == 0
    assert tree(laptop.home) == {}


@pytest.mark.parametrize("arguments", [["--nonsense"], ["--check", "--retry"], ["setup"], ["update"]])
def test_wrong_usage(arguments: t.List[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main.main(arguments)
    assert raised.value.code == 2
    assert "usage: workstation-update" in capsys.readouterr().err


def test_sudo_is_refused(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(laptop.home))
    monkeypatch.setenv("SUDO_UID", "1000")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    options = ["--url", str(laptop.bundle.root), "--name", "acme", "--allowed-signers", str(laptop.signers)]
    for arguments in (["setup", *options], [], ["--uninstall"]):
        assert main.main(arguments) == 1
        assert "Run it without sudo" in capsys.readouterr().err
    assert tree(laptop.home) == {}
