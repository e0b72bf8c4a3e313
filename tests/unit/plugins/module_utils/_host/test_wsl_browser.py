# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import os
import pathlib
import shutil
import stat
import subprocess
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.managed import apply, remove
from ansible_collections.workstation.aws_sso.plugins.module_utils._host import wsl_browser
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.wsl_browser import (
    system_files,
    user_files,
)

URLS = [
    "https://acme.awsapps.com/start/#/device?user_code=ABCD-EFGH",
    "https://oidc.eu-west-1.amazonaws.com/authorize?response_type=code&client_id=a&redirect_uri=http%3A%2F%2F127",
    "https://example.com/%41;b'c'$(id)`id`%PATH%!x!^&|<>*~{}[]",
    "https://example.com/?q=" + "x" * 2000,
]
SHELLS = ("dash", "bash", "busybox", "ksh", "zsh")
LOGIN_SHELLS = ("sh", "bash", "zsh", "fish")
RECORDER_BODY = """\
printf '%s\\0' "${0##*/}" "$PWD" "$@" >>"$CALLS"
exit "${STATUS:-0}"
"""
RECORDER = "#!/bin/sh\n" + RECORDER_BODY


class Machine:
    """A directory that looks like WSL to the launcher."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.system = directory / "mnt" / "c" / "WINDOWS" / "System32"
        self.calls_file = directory / "calls"
        self.launcher = directory / "wsl-browser"

    def set_up(self, *programs: str, wsl_conf: str = "", interop: str = "enabled\n") -> None:
        self.system.mkdir(parents=True)
        for program in programs:
            path = self.system / program
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(RECORDER)
            path.chmod(0o755)
        (self.directory / "binfmt").mkdir()
        (self.directory / "binfmt" / "WSLInterop-late").write_text(interop)
        (self.directory / "wsl.conf").write_text(wsl_conf or f"[automount]\nroot = {self.directory}/mnt/\n")
        text = wsl_browser.LAUNCHER.replace("/proc/sys/fs/binfmt_misc", str(self.directory / "binfmt"))
        self.launcher.write_text(text.replace("/etc/wsl.conf", str(self.directory / "wsl.conf")))
        self.launcher.chmod(0o755)

    def open(self, url: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "CALLS": str(self.calls_file), **variables}
        command = [str(self.launcher), url]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def calls(self, number: int) -> t.List[str]:
        """What was recorded once there are *number* words."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            words = self.calls_file.read_text().split("\0")[:-1] if self.calls_file.exists() else []
            if len(words) >= number:
                return words
            time.sleep(0.02)
        raise AssertionError("the launcher started no program")


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("url", URLS)
def test_rundll32_gets_a_url_verbatim(machine: Machine, url: str) -> None:
    machine.set_up("rundll32.exe")
    result = machine.open(url)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert machine.calls(4) == [
        "rundll32.exe",
        str(machine.system.parent),
        "url.dll,FileProtocolHandler",
        url,
    ]


@pytest.mark.parametrize("url", URLS)
def test_without_rundll32_powershell_gets_the_url_encoded(machine: Machine, url: str) -> None:
    machine.set_up("WindowsPowerShell/v1.0/powershell.exe")
    assert machine.open(url).returncode == 0
    program, _directory, *options, encoded = machine.calls(6)
    assert program == "powershell.exe"
    assert options == ["-NoProfile", "-NonInteractive", "-EncodedCommand"]
    script = base64.b64decode(encoded).decode("utf-16-le")
    assert script == "Start-Process '{}'".format(url.replace("'", "%27").replace("`", "%60"))


@pytest.mark.parametrize(
    "quote", [*"'\"`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\uff07", "\n", "\x1b", "\u202e"]
)
def test_no_quote_in_a_url_ends_the_string_of_powershell(machine: Machine, quote: str) -> None:
    machine.set_up("WindowsPowerShell/v1.0/powershell.exe")
    assert machine.open(f"https://x/{quote};Start-Process calc;{quote}").returncode == 0
    script = base64.b64decode(machine.calls(6)[-1]).decode("utf-16-le")
    assert all(" " < character < "\x7f" for character in script.replace("Start-Process ", "", 1))
    assert script.count("'") == 2 and "`" not in script and script.endswith("'")


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
def test_every_shell_encodes_the_same_for_powershell(machine: Machine, shell: str) -> None:
    machine.set_up("WindowsPowerShell/v1.0/powershell.exe")
    words = ["busybox", "sh"] if shell == "busybox" else [shell]
    command = [*words, str(machine.launcher), "https://x/\u2019;calc;' m\u00fc"]
    subprocess.run(command, env={"PATH": os.environ["PATH"], "CALLS": str(machine.calls_file)}, check=True)
    script = base64.b64decode(machine.calls(6)[-1]).decode("utf-16-le")
    assert script == "Start-Process 'https://x/%E2%80%99;calc;%27%20m%C3%BC'"


def test_powershell_is_tried_when_rundll32_fails(machine: Machine) -> None:
    machine.set_up("rundll32.exe", "WindowsPowerShell/v1.0/powershell.exe")
    assert machine.open(URLS[0], STATUS="1").returncode == 0
    assert [word for word in machine.calls(9) if word.endswith(".exe")] == ["rundll32.exe", "powershell.exe"]


def test_the_launcher_does_not_wait_for_windows(machine: Machine) -> None:
    machine.set_up("rundll32.exe")
    gate = machine.directory / "gate"
    os.mkfifo(gate)
    (machine.system / "rundll32.exe").write_text(f"#!/bin/sh\nread -r _line <'{gate}'\n{RECORDER_BODY}")
    assert machine.open(URLS[0]).returncode == 0  # the program has not been let through the gate yet
    assert not machine.calls_file.exists()
    gate.write_text("go\n")
    assert machine.calls(4)[3] == URLS[0]


@pytest.mark.parametrize(
    "reasons",
    [{"interop": "disabled\n"}, {"wsl_conf": "[automount]\nroot = /nowhere\n[user]\nroot = /mnt\n"}],
)
def test_without_windows_programs_the_url_is_printed(machine: Machine, reasons: t.Dict[str, str]) -> None:
    machine.set_up("rundll32.exe", **reasons)
    result = machine.open(URLS[1])
    assert (result.returncode, result.stderr) == (0, f"Open this page: {URLS[1]}\n")
    assert not machine.calls_file.exists()


@pytest.mark.parametrize(
    "url", ["", "file:///c:/windows/system32/calc.exe", "calc.exe", "-x", "javascript:alert(1)"]
)
def test_only_http_and_https_urls_are_opened(machine: Machine, url: str) -> None:
    machine.set_up("rundll32.exe")
    assert machine.open(url).returncode == 0
    time.sleep(0.1)
    assert not machine.calls_file.exists()


def test_blanks_quotes_and_control_characters_in_a_url_are_escaped_or_removed(machine: Machine) -> None:
    machine.set_up("rundll32.exe")
    machine.open('https://example.com/a b"c\nd\x1be')
    assert machine.calls(4)[3] == "https://example.com/a%20b%22cde"


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
def test_the_launcher_runs_in_every_posix_shell(machine: Machine, shell: str) -> None:
    machine.set_up("rundll32.exe")
    arguments = [shell, *(["sh"] if shell == "busybox" else []), str(machine.launcher), URLS[0]]
    subprocess.run(arguments, env={**os.environ, "CALLS": str(machine.calls_file)}, check=True)
    assert machine.calls(4)[3] == URLS[0]


def everything(_program: str) -> str:
    return "/usr/bin/found"


def nothing(_program: str) -> None:
    return None


def test_system_files_are_readable_by_all_users(tmp_path: pathlib.Path) -> None:
    (tmp_path / "etc").mkdir()
    launcher = str(tmp_path / "usr" / "local" / "bin" / "wsl-browser")
    changes = apply(system_files(launcher, everything, str(tmp_path)))
    assert [change.path[len(str(tmp_path)) :] for change in changes] == [
        "/usr/local/bin/wsl-browser",
        "/etc/profile.d/wsl-browser.sh",
        "/etc/zshenv",
        "/etc/fish/conf.d/wsl-browser.fish",
    ]
    modes = [stat.S_IMODE(os.stat(change.path).st_mode) for change in changes]
    assert modes == [0o755, 0o644, 0o644, 0o644]
    assert stat.S_IMODE((tmp_path / "etc" / "fish" / "conf.d").stat().st_mode) == 0o755
    assert not apply(system_files(launcher, everything, str(tmp_path)))


def test_shells_that_are_not_installed_get_nothing(tmp_path: pathlib.Path) -> None:
    assert len(system_files("/x", nothing, str(tmp_path))) == 2
    assert len(user_files("/x", nothing, str(tmp_path))) == 2


def test_debians_zsh_reads_its_own_directory(tmp_path: pathlib.Path) -> None:
    (tmp_path / "etc" / "zsh").mkdir(parents=True)
    paths = [part.path for part in system_files("/x", everything, str(tmp_path))]
    assert str(tmp_path / "etc" / "zsh" / "zshenv") in paths


def test_user_files_keep_the_content_of_existing_startup_files(tmp_path: pathlib.Path) -> None:
    (tmp_path / ".bash_profile").write_bytes(b"# mine, without a line feed \xff")
    (tmp_path / ".bash_profile").chmod(0o600)
    launcher = str(tmp_path / "bin" / "wsl-browser")
    apply(user_files(launcher, everything, str(tmp_path)))
    content = (tmp_path / ".bash_profile").read_bytes()
    assert content.startswith(b"# mine, without a line feed \xff\n# BEGIN ")
    assert stat.S_IMODE((tmp_path / ".bash_profile").stat().st_mode) == 0o600
    assert not apply(user_files(launcher, everything, str(tmp_path)))
    remove(user_files(launcher, everything, str(tmp_path)))
    assert (tmp_path / ".bash_profile").read_bytes() == b"# mine, without a line feed \xff\n"
    assert not (tmp_path / ".profile").exists() and not os.path.exists(launcher)
    assert not remove(user_files(launcher, everything, str(tmp_path)))


def test_check_mode_changes_no_file(tmp_path: pathlib.Path) -> None:
    parts = user_files(str(tmp_path / "wsl-browser"), everything, str(tmp_path))
    assert len(apply(parts, check=True)) == len(parts)
    assert not list(tmp_path.iterdir())
    apply(parts)
    before = sorted(tmp_path.rglob("*"))
    assert len(remove(parts, check=True)) == len(parts)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("shell", [shell for shell in LOGIN_SHELLS if shutil.which(shell)])
def test_a_login_shell_exports_the_launcher_only_in_wsl(tmp_path: pathlib.Path, shell: str) -> None:
    launcher = tmp_path / "a 'launcher'"
    parts = {os.path.basename(part.path): part for part in user_files(str(launcher), everything, "/h")}
    part = parts["wsl-browser.fish" if shell == "fish" else ".zshenv" if shell == "zsh" else ".profile"]
    wsl = tmp_path / "WSL"
    script = tmp_path / "snippet"
    script.write_text(part.text.replace("/run/WSL", str(wsl)))

    def browser(**variables: str) -> str:
        command = [shell, "-c", f". '{script}'; printf '%s' \"$BROWSER\""]
        environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **variables}
        return subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout

    assert browser() == ""
    wsl.mkdir()
    assert browser() == ""
    launcher.write_text("#!/bin/sh\n")
    launcher.chmod(0o755)
    assert browser() == str(launcher)
    assert browser(BROWSER="firefox") == "firefox"
