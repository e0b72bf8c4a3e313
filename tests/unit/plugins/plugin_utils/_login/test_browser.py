# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import dataclasses
import pathlib
import socket
import subprocess
import sys
import time

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._host import wsl as host_wsl
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import browser as login_browser
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    CACHE,
    DEVICE,
    PKCE,
    LoginOptions,
    choose_method,
    ensure_login,
    preview_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.prompt import login_user
from identity_center import IdentityCenter
from support.logins import CORP, absent_user, approving_user

URL = "https://acme.awsapps.com/start/#/device?user_code=AB-CD&it's=x"
SESSION = SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")


@pytest.fixture
def machine(home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> host_wsl.WslInfo:
    """A machine that is no container and, unless a test changes that, no WSL either."""
    info = host_wsl.WslInfo()
    monkeypatch.setattr(login_browser, "_CONTAINER_MARKS", ())
    monkeypatch.setattr(host_wsl, "detect", lambda *_arguments: info)
    monkeypatch.setattr(login_browser, "_SECONDS_UNTIL_WINDOWS_FORWARDS_A_PORT", 0)
    return info


def program(directory: pathlib.Path, name: str, script: str) -> str:
    path = directory / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def wait_for(path: pathlib.Path) -> str:
    deadline = time.monotonic() + 10
    while not path.exists() or not path.read_text().endswith("\n"):
        assert time.monotonic() < deadline, f"nothing came to {path.name}"
        time.sleep(0.02)
    return path.read_text()


@pytest.mark.parametrize(
    ("setting", "command"),
    [
        ("firefox", ["firefox", URL]),
        ("'/opt/my browser' --new", ["/opt/my browser", "--new", URL]),
        ("open --url=%s -x", ["open", f"--url={URL}", "-x"]),
    ],
)
def test_browser_is_read_as_python_reads_it(
    machine: host_wsl.WslInfo, setting: str, command: list[str]
) -> None:
    assert login_browser.launchers(URL, {"BROWSER": setting}) == [command]


RECORDER = 'for word in "$0" "$@"; do printf "<%s>" "$word"; done >>"$RECORD"; printf "\\n" >>"$RECORD"'
OPENED_BY_PYTHON = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1]))"


@pytest.mark.parametrize(
    "setting",
    [
        "{bin}/plain",
        "{bin}/my browser",
        "{bin}/my browser %s",
        "'{bin}/my browser' %s",
        '"{bin}/my browser" --new-window %s --done',
        "'{bin}/my browser' '--app=%s' %s &",
        "{bin}/plain --x %s &",
        "{bin}/missing:{bin}/my browser",
        "{bin}/missing %s:{bin}/plain %s",
        "{bin}/fails:{bin}/plain",
        "::{bin}/plain:",
        "{bin}/it's",
        "{bin}/$(touch x)",
        "plain",
        "plain -a '%s b'",
        "my browser",
        "{bin}/a\\b.exe",
        "{bin}/a\\\\b.exe -private-window %s",
    ],
)
def test_the_first_program_is_that_of_the_real_webbrowser(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("plain", "my browser", "my", "it's", "$(touch x)", "a\\b.exe"):
        program(programs, name, RECORDER)
    program(programs, "fails", "exit 1")
    python, ours = tmp_path / "python", tmp_path / "ours"
    env = {
        "BROWSER": setting.format(bin=programs),
        "PATH": f"{programs}:/usr/bin:/bin",
        "RECORD": str(python),
    }
    done = subprocess.run([sys.executable, "-c", OPENED_BY_PYTHON, URL], env=env, cwd=tmp_path, check=False)
    for name, value in {**env, "RECORD": str(ours)}.items():
        monkeypatch.setenv(name, value)
    login_browser.open_page(URL)
    recorded = wait_for(ours)
    if done.returncode == 0:
        assert recorded == wait_for(python)
    assert URL in recorded


def test_a_windows_path_with_blanks_is_one_program_on_wsl(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path
) -> None:
    machine.version = 2
    machine.automount_root = str(tmp_path)
    directory = tmp_path / "c" / "Program Files" / "Mozilla Firefox"
    directory.mkdir(parents=True)
    firefox = program(directory, "firefox.exe", "")
    for written in (
        r"C:\Program Files\Mozilla Firefox\firefox.exe",
        "c:/Program Files/Mozilla Firefox/firefox.exe",
    ):
        assert login_browser.launchers(URL, {"BROWSER": written}) == [[firefox, URL]]
        for path in (written, firefox):
            assert login_browser.launchers(URL, {}, [path, "-P", "my work"]) == [
                [firefox, "-P", "my work", URL]
            ]
        assert login_browser.name([written]) == "Windows browser"
    assert login_browser.launchers(URL, {"BROWSER": firefox}) == [[firefox, URL]]
    machine.version = 0
    assert login_browser.launchers(URL, {}, [r"C:\Program Files\Mozilla Firefox\firefox.exe"]) == []


@pytest.mark.parametrize(
    ("chosen", "opened"),
    [
        ([], [""]),
        (["--private"], ["--private", ""]),
        (["-P", "my work", "--url=%s"], ["-P", "my work", "--url="]),
        (["$HOME", "a;b", "%s", "--end"], ["$HOME", "a;b", "", "--end"]),
    ],
)
def test_the_chosen_browser_gets_its_arguments_as_they_are(
    machine: host_wsl.WslInfo,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    chosen: list[str],
    opened: list[str],
) -> None:
    record = tmp_path / "record"
    other = program(tmp_path, "other", f"touch {record}")
    path = program(tmp_path, "my browser", RECORDER)
    monkeypatch.setenv("BROWSER", other)
    monkeypatch.setenv("RECORD", str(record))
    login_browser.open_page(URL, [path, *chosen])
    words = [path, *(word if word not in ("", "--url=") else word + URL for word in opened)]
    assert wait_for(record) == "".join(f"<{word}>" for word in words) + "\n"


def test_a_chosen_program_that_does_not_exist_is_a_warning(
    machine: host_wsl.WslInfo, center: IdentityCenter, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", program(tmp_path, "other", "touch opened"))
    for option in ("auto", "true"):
        user = login_user(option, ["/no/such browser"])
        assert user.open_page is None and "'/no/such browser', which is not a program" in user.notice
        assert choose_method(SESSION, "auto", True, ["/no/such browser"]) == DEVICE
    assert not login_user("false", ["/no/such browser"]).notice
    warned: list[str] = []
    user = dataclasses.replace(login_user("auto", [""]), warn=warned.append, show=lambda text: None)
    with pytest.raises(WorkstationError, match="not approved"):
        ensure_login(CORP, LoginOptions(DEVICE, timeout=2), user)
    assert len(warned) == 1 and warned[0].startswith("The option browser names ''")


def test_open_browser_decides_whether_the_chosen_one_opens(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [program(tmp_path, "chosen", "")]
    for option, opens in (("auto", True), ("true", True), ("false", False)):
        assert bool(login_user(option, chosen).open_page) is opens
    assert choose_method(SESSION, "auto", True, chosen) == PKCE
    assert choose_method(SESSION, "auto", False, chosen) == DEVICE
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    assert login_user("auto", chosen).open_page and choose_method(SESSION, "auto", True, chosen) == DEVICE


def test_browser_may_name_alternatives(machine: host_wsl.WslInfo) -> None:
    env = {"BROWSER": "one::two %s:'broken", "DISPLAY": ":0", "PATH": "/nonexistent"}
    assert login_browser.launchers("http://x", env) == [["one", "http://x"], ["two", "http://x"]]


def test_windows_programs_get_the_url_so_that_it_stays_whole(machine: host_wsl.WslInfo) -> None:
    machine.version = 2
    machine.browser_launchers = ["/w/rundll32.exe", "/w/powershell.exe", "/usr/bin/wslview"]
    rundll, powershell, wslview = login_browser.launchers(URL, {})
    assert rundll == ["/w/rundll32.exe", "url.dll,FileProtocolHandler", URL]
    assert wslview == ["/usr/bin/wslview", URL]
    script = base64.b64decode(powershell[-1]).decode("utf-16-le")
    assert script == "Start-Process '{}'".format(URL.replace("'", "%27"))


@pytest.mark.parametrize("quote", [*"'\"`\u2018\u2019\u201a\u201b\u201c\u201d\u201e\uff07\n\0\udc80"])
def test_no_quote_in_a_url_ends_the_string_of_powershell(machine: host_wsl.WslInfo, quote: str) -> None:
    machine.version = 2
    machine.browser_launchers = ["/w/powershell.exe"]
    (powershell,) = login_browser.launchers(f"https://x/{quote};Start-Process calc;{quote}", {})
    script = base64.b64decode(powershell[-1]).decode("utf-16-le")
    assert script.isascii() and script.isprintable() and script.count("'") == 2 and "`" not in script
    assert script.startswith("Start-Process 'https://x/%") and script.endswith("'")


@pytest.mark.parametrize(
    ("wsl", "browser", "name"),
    [
        (2, "", "Windows browser"),
        (2, "wsl-browser", "Windows browser"),
        (2, "/usr/bin/wslview:firefox", "Windows browser"),
        (2, "'/mnt/c/Program Files/Firefox/firefox.exe' %s", "Windows browser"),
        (2, "firefox:wslview", "browser"),
        (0, "firefox", "browser"),
        (0, "/opt/wslview", "browser"),
        (0, "", ""),
    ],
)
def test_a_browser_has_a_name(
    machine: host_wsl.WslInfo, monkeypatch: pytest.MonkeyPatch, wsl: int, browser: str, name: str
) -> None:
    machine.version = wsl
    machine.browser_launchers = ["/w/rundll32.exe"] if wsl else []
    monkeypatch.setenv("BROWSER", browser)
    assert login_browser.name() == name


def test_a_desktop_has_its_own_opener(machine: host_wsl.WslInfo, tmp_path: pathlib.Path) -> None:
    opener = program(tmp_path, "xdg-open", "true")
    for display in ("DISPLAY", "WAYLAND_DISPLAY"):
        assert login_browser.launchers(URL, {display: ":0", "PATH": str(tmp_path)}) == [[opener, URL]]
    assert login_browser.launchers(URL, {"PATH": str(tmp_path)}) == []
    assert login_browser.launchers(URL, {"DISPLAY": ":0", "PATH": "/nonexistent"}) == []


@pytest.mark.parametrize(
    ("env", "opens", "method"),
    [
        ({}, False, DEVICE),
        ({"BROWSER": "firefox"}, True, PKCE),
        ({"BROWSER": "firefox", "SSH_CONNECTION": "1 2 3 4"}, True, DEVICE),
        ({"DISPLAY": ":0"}, True, PKCE),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, False, DEVICE),
    ],
)
def test_how_a_person_signs_in_depends_on_where_they_sit(
    machine: host_wsl.WslInfo,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    env: dict[str, str],
    opens: bool,
    method: str,
) -> None:
    program(tmp_path, "xdg-open", "true")
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert login_browser.can_open() is opens
    assert choose_method(SESSION, "auto", True) == method
    assert choose_method(SESSION, "auto", False) == DEVICE
    assert choose_method(SESSION, PKCE, False) == PKCE
    assert choose_method(SsoSession(None, SESSION.start_url, SESSION.region), "auto", True) == DEVICE


def test_wsl_uses_the_browser_of_windows_while_interop_is_on(machine: host_wsl.WslInfo) -> None:
    machine.version = 2
    machine.browser_launchers = ["/mnt/c/Windows/System32/rundll32.exe"]
    assert choose_method(SESSION, "auto", True) == PKCE
    machine.browser_launchers = []
    assert choose_method(SESSION, "auto", True) == DEVICE


def test_a_container_has_a_loopback_interface_of_its_own(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login_browser, "_CONTAINER_MARKS", (str(tmp_path),))
    monkeypatch.setenv("BROWSER", "firefox")
    assert login_browser.can_open() and choose_method(SESSION, "auto", True) == DEVICE


def test_the_first_that_works_opens_the_page_and_gets_no_terminal(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "record"
    broken = program(tmp_path, "broken", "exit 3")
    good = program(tmp_path, "good", f'[ ! -t 0 ] && [ ! -t 1 ] && cat - && printf "%s\\n" "$1" >{record}')
    monkeypatch.setenv("BROWSER", f"/nonexistent:{broken}:{good}")
    login_browser.open_page(URL)
    assert wait_for(record) == URL + "\n"


def test_nothing_waits_for_a_browser(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = tmp_path / "ended"
    monkeypatch.setenv("BROWSER", program(tmp_path, "slow", f"sleep 1; echo ended >{ended}"))
    login_browser.open_page(URL)
    assert not ended.exists()
    wait_for(ended)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:alert(1)", "--help", ""])
def test_what_is_no_web_page_is_not_opened(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    record = tmp_path / "record"
    monkeypatch.setenv("BROWSER", program(tmp_path, "opener", f'echo "$1" >{record}'))
    login_browser.open_page(url)
    time.sleep(0.2)
    assert not record.exists()


@pytest.mark.parametrize(
    ("mode", "forwarding", "method"),
    [
        ("", None, PKCE),
        ("nat", None, PKCE),
        ("nat", True, PKCE),
        ("nat", False, DEVICE),
        ("mirrored", False, PKCE),
        ("virtioproxy", True, PKCE),
        ("virtioproxy", False, DEVICE),
        ("bridged", True, DEVICE),
        ("none", None, DEVICE),
    ],
)
def test_the_windows_browser_must_reach_wsl(
    machine: host_wsl.WslInfo,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
    forwarding: bool | None,
    method: str,
) -> None:
    machine.version = 2
    machine.networking_mode, machine.localhost_forwarding = mode, forwarding
    machine.browser_launchers = ["/mnt/c/Windows/System32/rundll32.exe"]
    assert choose_method(SESSION, "auto", True) == method
    assert login_user("auto").browser == "Windows browser"
    monkeypatch.setenv("BROWSER", "firefox")  # a Linux program, in a window of WSLg
    assert choose_method(SESSION, "auto", True) == PKCE
    monkeypatch.setenv("BROWSER", "wsl-browser")
    assert choose_method(SESSION, "auto", True) == method
    assert choose_method(SESSION, PKCE, True) == PKCE


def test_wsl_is_asked_only_when_a_user_has_to_sign_in(
    machine: host_wsl.WslInfo, center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    machine.version = 2
    machine.browser_launchers = ["/mnt/c/Windows/System32/rundll32.exe"]

    def detect(root: str = "/", environment: object = None, run: object = None) -> host_wsl.WslInfo:
        calls.append(run)
        return machine

    monkeypatch.setattr(host_wsl, "detect", detect)
    wanted = LoginOptions(lambda: choose_method(SESSION, "auto", True))
    ensure_login(CORP, LoginOptions(DEVICE), approving_user(center).user)
    assert ensure_login(CORP, wanted, absent_user().user).method == CACHE and not calls
    assert preview_login(CORP, LoginOptions(wanted.method, force=True)) == PKCE
    assert [run for run in calls if run] == [host_wsl.run_wsl_program]


def test_a_browser_starts_without_the_socket_of_an_ended_session(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = tmp_path / "record"
    monkeypatch.setenv("BROWSER", program(tmp_path, "opener", f'echo "<$WSL_INTEROP>" >{record}'))
    monkeypatch.setenv("WSL_INTEROP", str(tmp_path / "4711_interop"))
    assert not login_browser.open_page(URL).failed
    assert wait_for(record) == "<>\n"
    record.unlink()
    with socket.socket(socket.AF_UNIX) as interop:
        interop.bind(str(tmp_path / "4711_interop"))
        interop.listen()
        login_browser.open_page(URL)
        assert wait_for(record) == f"<{tmp_path}/4711_interop>\n"


@pytest.mark.parametrize(
    "setting", ["/no/Program Files (x86)/edge.exe", "{bin}/fails", "{bin}/fails %s:/no/x"]
)
def test_whether_a_browser_was_opened_is_known(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    program(tmp_path, "fails", "exit 3")
    monkeypatch.setenv("BROWSER", setting.format(bin=tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    opening = login_browser.open_page(URL)
    deadline = time.monotonic() + 60
    while not opening.failed:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_browser_that_cannot_be_opened_gives_way_to_a_code(
    machine: host_wsl.WslInfo, center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first sign-in after the browser was removed does not wait for ten minutes."""

    def approve(text: str) -> None:
        if "No browser could be opened here." in text:
            center.approve(text.split("\n")[2])

    monkeypatch.setenv("BROWSER", "/mnt/c/Program Files (x86)/Microsoft/Edge/Application/msedge.exe")
    method = choose_method(SESSION, "auto", True)
    wanted = LoginOptions(method, code_after=300)
    user = dataclasses.replace(login_user("auto"), show=approve)
    assert (method, ensure_login(CORP, wanted, user).method) == (PKCE, DEVICE)


@pytest.mark.parametrize("form", ["{}", "{} %s", '"{}"', '"{}" %s', "'{}' '%s'", '{} "%s"'])
def test_a_windows_path_may_be_quoted_and_followed_by_the_url(
    machine: host_wsl.WslInfo, tmp_path: pathlib.Path, form: str
) -> None:
    machine.version = 2
    machine.automount_root = str(tmp_path)
    for folder in ("Program Files (x86)", "O'Brien", "100% Edge"):
        directory = tmp_path / "c" / folder
        directory.mkdir(parents=True)
        edge = program(directory, "msedge.exe", "")
        setting = form.format(f"C:\\{folder}\\msedge.exe")
        assert login_browser.launchers(URL, {"BROWSER": setting})[:1] == [[edge, URL]]


@pytest.mark.parametrize("setting", [" ", ":", "'"])
def test_a_setting_that_names_no_browser_is_as_if_it_were_not_set(
    machine: host_wsl.WslInfo, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setenv("BROWSER", setting)
    monkeypatch.setenv("PATH", "/nonexistent")
    assert not login_browser.can_open() and login_user("auto").open_page is None
    assert choose_method(SESSION, "auto", True) == DEVICE
