# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import base64
import os
import pathlib
import shutil
import socket
import stat
import subprocess
import time
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.managed import (
    ManagedFile,
    apply,
    remove,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._host.wsl import detect
from ansible_collections.workstation.aws_sso.plugins.module_utils._wsl import browser
from ansible_collections.workstation.aws_sso.plugins.module_utils._wsl.browser import (
    BrowserSetup,
    any_program,
    launcher_file,
    setup_for_user,
    system_alternatives,
    system_files,
    user_files,
)
from support.os_releases import OS_RELEASES, write_os_release

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

    def set_up(self, *programs: str, root: str = "", interop: str = "enabled\n") -> None:
        self.system.mkdir(parents=True)
        for program in programs:
            path = self.system / program
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(RECORDER)
            path.chmod(0o755)
        (self.directory / "binfmt").mkdir()
        (self.directory / "binfmt" / "WSLInterop-late").write_text(interop)
        (self.directory / "mounts").write_text("none /run tmpfs rw 0 0\n")
        self.install(root or f"{self.directory}/mnt")

    def install(self, root: str) -> None:
        text = launcher_file(str(self.launcher), root).text
        text = text.replace("/proc/sys/fs/binfmt_misc", str(self.directory / "binfmt"))
        self.launcher.write_text(text.replace("/proc/self/mounts", str(self.directory / "mounts")))
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


def test_timeout_and_the_list_of_sockets_are_not_required(machine: Machine) -> None:
    machine.set_up("rundll32.exe")
    programs = machine.directory / "bin"
    programs.mkdir()
    for name in ("awk", "cat", "sed", "tr"):
        (programs / name).symlink_to(str(shutil.which(name)))
    machine.launcher.write_text(machine.launcher.read_text().replace("/proc/net/unix", "/nonexistent"))
    done = machine.open(URLS[0], PATH=str(programs), WSL_INTEROP="/missing")
    assert (done.returncode, done.stderr) == (0, "")
    assert machine.calls(4)[3] == URLS[0]


@pytest.mark.parametrize(
    "reasons",
    [{"interop": "disabled\n"}, {"root": "/nowhere"}],
)
def test_without_windows_programs_the_url_is_printed(machine: Machine, reasons: t.Dict[str, str]) -> None:
    machine.set_up("rundll32.exe", **reasons)
    result = machine.open(URLS[1])
    assert (result.returncode, result.stderr) == (0, f"Open this page: {URLS[1]}\n")
    assert not machine.calls_file.exists()


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
def test_a_drive_that_is_mounted_elsewhere_is_found(machine: Machine, shell: str) -> None:
    machine.set_up("rundll32.exe", root="/nowhere")
    elsewhere = machine.directory / "a\\b %d c"
    (machine.directory / "mnt" / "c").rename(elsewhere)
    escaped = str(elsewhere).replace("\\", "\\134").replace(" ", "\\040")
    (machine.directory / "mounts").write_text(f"D:\\134 /nowhere/d 9p rw 0 0\nC: {escaped} drvfs rw 0 0\n")
    words = [shell, *(["sh"] if shell == "busybox" else []), str(machine.launcher), URLS[0]]
    subprocess.run(words, env={**os.environ, "CALLS": str(machine.calls_file)}, check=True)
    assert machine.calls(4)[1:] == [f"{elsewhere}/WINDOWS", "url.dll,FileProtocolHandler", URLS[0]]


LINES = [
    "",
    "[automount]",
    "[AutoMount]  # drives",
    "[automount",
    "[automount] x",
    "[user]",
    "root",
    "root=",
    "root = {base}/win",
    "  Root={base}/win/   # short",
    'root = "{base}/win # x"/',
    "\troot = {base}/wi\\",
    "n",
    'root = "{base}/win',
    "root = C:\\win",
    "root = {base}/nowhere",
    "ROOT = {base}/mnt\r",
    "# root = {base}/mnt",
    "enabled = true",
]


@pytest.fixture(scope="module")
def drives(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine with a Windows directory below several roots, and on a drive that is mounted elsewhere."""
    machine = Machine(tmp_path_factory.mktemp("drives"))
    machine.set_up("rundll32.exe")
    for other in ("win/c", "win # x/c", "mounted"):
        shutil.copytree(machine.directory / "mnt" / "c", machine.directory / other)
    root = machine.directory / "root"
    for path in ("run/WSL", "etc", "proc/self", f".{machine.directory.parent}"):
        (root / path).mkdir(parents=True)
    (root / f".{machine.directory}").symlink_to(machine.directory)
    mounts = f"C:\\134 {machine.directory}/mounted 9p rw,aname=drvfs;path=C:\\134 0 0\n"
    for file in (root / "proc" / "self" / "mounts", machine.directory / "mounts"):
        file.write_text(mounts)
    return machine


@settings(max_examples=40, deadline=None)
@given(lines=st.lists(st.sampled_from(LINES), max_size=7), end=st.sampled_from(["\n", "\r\n"]))
def test_the_launcher_finds_windows_where_the_module_does(
    drives: Machine, lines: t.List[str], end: str
) -> None:
    text = end.join(lines).replace("{base}", str(drives.directory))
    (drives.directory / "root" / "etc" / "wsl.conf").write_bytes(text.encode())
    facts = detect(str(drives.directory / "root"), {})
    drives.install(facts.automount_root)
    drives.calls_file.unlink(missing_ok=True)
    drives.open(URLS[0])
    assert drives.calls(4)[1] == facts.windows_directory


def test_the_socket_of_an_ended_session_is_not_used(machine: Machine) -> None:
    machine.set_up("rundll32.exe")
    recorder = f"#!/bin/sh\nprintf '%s\\0' \"${{WSL_INTEROP-unset}}\" >>'{machine.calls_file}'\n"
    (machine.system / "rundll32.exe").write_text(recorder)
    path = machine.directory / "interop"
    machine.open(URLS[0], WSL_INTEROP=str(path))
    machine.calls(1)
    path.touch()
    machine.open(URLS[0], WSL_INTEROP=str(path))
    machine.calls(2)
    path.unlink()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        machine.open(URLS[0], WSL_INTEROP=str(path))
        machine.calls(3)
        server.listen()
        machine.open(URLS[0], WSL_INTEROP=str(path))
        assert machine.calls(4) == ["unset", "unset", "unset", str(path)]


@pytest.mark.parametrize("name", ["www-browser", "x-www-browser"])
@pytest.mark.parametrize(
    ("url", "interop", "is_left"),
    [
        ("https://x", "enabled\n", False),
        ("https://x/a b", "disabled\n", True),
        ("file.html", "enabled\n", True),
    ],
)
def test_as_an_alternative_it_leaves_other_pages_to_the_next_one(
    machine: Machine, name: str, url: str, interop: str, is_left: bool
) -> None:
    machine.set_up("rundll32.exe", interop=interop)
    other = machine.directory / "w3m"
    other.write_text(f"#!/bin/sh\nread -r line\n{RECORDER_BODY.replace('$PWD', '$line')}")
    listing = f"#!/bin/sh\nprintf '%s\\n' /missing '{machine.launcher}' /opt/wsl-browser '{other}'\n"
    (machine.directory / "update-alternatives").write_text(listing)
    for program in (other, machine.directory / "update-alternatives"):
        program.chmod(0o755)
    (machine.directory / name).symlink_to(machine.launcher)
    done = subprocess.run(
        [str(machine.directory / name), url],
        env={"PATH": f"{machine.directory}:{os.environ['PATH']}", "CALLS": str(machine.calls_file)},
        input="typed\n",
        capture_output=True,
        text=True,
        check=True,
    )
    if is_left:
        assert (machine.calls(3), done.stderr) == (["w3m", "typed", url], "")
    else:
        assert machine.calls(4)[0] == "rundll32.exe"


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


def no_program(command: t.List[str]) -> t.Tuple[int, str, str]:
    raise AssertionError(f"{command} is not needed")


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


@pytest.mark.parametrize("options", ["-ic", "-lc", "-lic"])
def test_each_kind_of_bash_exports_the_launcher(tmp_path: pathlib.Path, options: str) -> None:
    launcher = tmp_path / "bin" / "wsl-browser"
    files = user_files(str(launcher), everything, str(tmp_path))
    apply(file._replace(text=file.text.replace("/run/WSL", str(tmp_path))) for file in files)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "dumb"}
    command = ["setsid", "bash", options, "printf '[%s]' \"$BROWSER\""]  # without the terminal of the tests
    done = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
    )
    assert f"[{launcher}]" in done.stdout


def test_without_its_shells_everything_is_still_removed(tmp_path: pathlib.Path) -> None:
    launcher = str(tmp_path / "bin" / "wsl-browser")
    BrowserSetup(launcher, user_files(launcher, everything, str(tmp_path)), []).install(no_program, False)
    assert (tmp_path / ".zshenv").exists()
    setup = setup_for_user(launcher, any_program, str(tmp_path), "")
    assert len(setup.remove(no_program, True).files) == 5
    assert len(setup.remove(no_program, False).diff) == 5
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("is_safe", [True, False])
def test_on_debian_the_launcher_becomes_an_alternative(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, is_safe: bool
) -> None:
    write_os_release(tmp_path, OS_RELEASES["Ubuntu"].encode())
    launcher = tmp_path / "wsl-browser"
    offered = system_alternatives(str(launcher), everything, str(tmp_path))
    assert [alternative.name for alternative in offered] == ["www-browser", "x-www-browser"]
    monkeypatch.setattr(browser, "untrusted_part", lambda path: None if is_safe else f"{path} is not")
    registered: t.Dict[str, str] = {}

    def run(command: t.List[str]) -> t.Tuple[int, str, str]:
        name = command[2]
        if command[1] == "--install":
            assert launcher.exists()
            name = command[3]
            registered[name] = f"Name: {name}\n\nAlternative: {command[4]}\nPriority: {command[5]}\n"
        elif command[1] == "--remove":
            assert launcher.exists() and command[3] == str(launcher)
            return 0, registered.pop(name), ""
        return (0, registered[name], "") if name in registered else (2, "", "no alternatives")

    setup = BrowserSetup(str(launcher), [ManagedFile(str(launcher), "x")], offered)
    names = ["www-browser", "x-www-browser"] if is_safe else []
    assert setup.install(run, True).alternatives == names and not registered
    changes = setup.install(run, False)
    assert changes.alternatives == list(registered) == names
    assert [entry["before_header"] for entry in changes.diff][1:] == [f"alternative {name}" for name in names]
    assert setup.install(run, False) == ([], [], [])
    assert setup.remove(run, True).alternatives == list(registered) == names
    assert setup.remove(run, False).alternatives == names and not registered
    assert setup.remove(run, False) == ([], [], [])


@pytest.mark.parametrize("distribution", ["Fedora", "Arch", "Leap", "Alpine"])
def test_other_distributions_have_no_alternatives(tmp_path: pathlib.Path, distribution: str) -> None:
    write_os_release(tmp_path, OS_RELEASES[distribution].encode())
    assert system_alternatives("/x", everything, str(tmp_path)) == []


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
