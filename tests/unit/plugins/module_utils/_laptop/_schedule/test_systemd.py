# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The timer of systemd: its units, checked by systemd itself, and what is asked of systemctl."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    INTERVALS,
    Settings,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.command import (
    command_path,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import Paths
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._schedule import schedule, systemd
from support.laptops import executable, tree

SYSTEMCTL = """\
#!/bin/sh
echo "$XDG_RUNTIME_DIR $*" >>"{log}"
[ -e "{running}" ] || exit 1
case $* in
    *enable\\ --now*) mkdir -p "$HOME/{wants}"; ln -sf ../workstation-update.timer "$HOME/{wants}" ;;
esac
"""


class Systemd:
    """A systemctl in PATH: what it was asked, and whether the user's systemd is *running*."""

    def __init__(self, directory: pathlib.Path) -> None:
        self._log = directory / "log"
        self._log.touch()
        self.running = directory / "running"
        wants = ".config/systemd/user/timers.target.wants"
        text = SYSTEMCTL.format(log=self._log, running=self.running, wants=wants)
        executable(directory / "bin/systemctl", text)

    def asked(self) -> t.List[str]:
        """The commands since the last call."""
        lines = self._log.read_text().splitlines()
        self._log.write_text("")
        return [line.split("--user ")[1] for line in lines]

    def runtime_directory(self) -> str:
        return self._log.read_text().splitlines()[0].split(" ")[0]


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    path = tmp_path / "100% of $HOME"
    path.mkdir()
    monkeypatch.setenv("HOME", str(path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    return path


@pytest.fixture
def manager(tmp_path: pathlib.Path, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Systemd:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    return Systemd(tmp_path)


@pytest.fixture
def paths(home: pathlib.Path) -> Paths:
    root = home / ".local/share/workstation-update"
    root.mkdir(parents=True)
    return Paths(str(root))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd checks its own files")
@pytest.mark.parametrize("interval", INTERVALS)
def test_systemd_accepts_the_units(home: pathlib.Path, interval: str) -> None:
    executable(pathlib.Path(command_path()), "#!/bin/sh\n")
    for unit in systemd.units(Settings(interval=interval)):
        pathlib.Path(unit.path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(unit.path).write_text(unit.text)
    environment = {**os.environ, "SYSTEMD_LOG_LEVEL": "warning", "XDG_RUNTIME_DIR": str(home)}
    command = ["systemd-analyze", "--user", "verify", os.path.join(systemd.unit_directory(), systemd.TIMER)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    ours = [line for line in done.stderr.splitlines() if "workstation-update" in line]
    assert (done.returncode, ours) == (0, [])


def test_timer_is_enabled_once_and_follows_the_settings(home: pathlib.Path, manager: Systemd) -> None:
    manager.running.touch()
    assert systemd.enable(Settings(interval="weekly", random_delay_minutes=30))
    assert manager.asked() == ["daemon-reload", "enable --now workstation-update.timer"]
    timer = (home / ".config/systemd/user/workstation-update.timer").read_text()
    assert "OnCalendar=weekly\nRandomizedDelaySec=30min\nPersistent=true\n" in timer
    assert systemd.enable(Settings(interval="weekly", random_delay_minutes=30))
    assert manager.asked() == []
    assert systemd.enable(Settings())
    assert manager.asked() == ["daemon-reload", "enable --now workstation-update.timer"]


def test_systemd_is_found_in_a_session_without_a_runtime_directory(manager: Systemd) -> None:
    assert not systemd.is_running()
    assert manager.runtime_directory() == f"/run/user/{os.geteuid()}"
    manager.running.touch()
    assert systemd.is_running()


def test_machine_without_systemd_has_the_hook_only(
    home: pathlib.Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    schedule.apply_settings(paths, Settings())
    assert not (home / ".config").exists()
    assert "--scheduled" in (home / ".profile").read_text()
    assert schedule.description(paths) == "when you open a terminal"


def test_timer_starts_as_soon_as_systemd_runs(home: pathlib.Path, paths: Paths, manager: Systemd) -> None:
    schedule.apply_settings(paths, Settings())
    assert not os.path.lexists(systemd.enabled_link())
    manager.running.touch()
    schedule.apply_settings(paths, Settings())
    assert schedule.description(paths) == "by the timer of systemd"


def test_without_a_timer_only_a_person_starts_updates(
    home: pathlib.Path, paths: Paths, manager: Systemd
) -> None:
    manager.running.touch()
    schedule.apply_settings(paths, Settings())
    schedule.choose(paths, is_wanted=False)
    schedule.apply_settings(paths, Settings())
    assert "--scheduled" not in (home / ".profile").read_text()
    assert paths.notice in (home / ".profile").read_text()
    assert not (home / ".config/systemd/user/workstation-update.timer").exists()
    assert schedule.description(paths) == "only when you run workstation-update"
    schedule.choose(paths, is_wanted=True)
    schedule.apply_settings(paths, Settings())
    assert schedule.description(paths) == "by the timer of systemd"


@pytest.mark.parametrize("is_running", [True, False])
def test_removal_leaves_the_units_of_others(
    home: pathlib.Path, paths: Paths, manager: Systemd, is_running: bool
) -> None:
    other = home / ".config/systemd/user/other.timer"
    other.parent.mkdir(parents=True)
    other.write_text("[Timer]\n")
    before = tree(home)
    manager.running.touch()
    schedule.apply_settings(paths, Settings())
    stamp = home / ".local/share/systemd/timers/stamp-workstation-update.timer"
    stamp.parent.mkdir(parents=True)
    stamp.touch()
    if not is_running:
        manager.running.unlink()
    schedule.remove(paths)
    assert tree(home) == before
    assert "disable --now workstation-update.timer" in manager.asked()
