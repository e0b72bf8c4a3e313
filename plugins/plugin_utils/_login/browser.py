# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's browser: whether this machine has one, and how to open a page in it.

PRIVATE to the collection. On WSL2, this is the Windows browser. Programs are started without a terminal and
without a shell, and are not waited for: the sign-in must continue while they run, and a text browser must not
use the terminal.
"""

from __future__ import annotations

import base64
import functools
import os
import re
import shlex
import shutil
import string
import subprocess
import sys
import threading
import time
import typing as t
import urllib.parse

from ...module_utils._host import wsl as host_wsl

_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
_LAUNCHERS_FOR_WSL = ("wsl-browser", "wslview")
_SECONDS_TO_FAIL = 5
"""A launcher that cannot open a page fails at once; one that still runs after this time is the browser."""
_SECONDS_UNTIL_WINDOWS_FORWARDS_A_PORT = 1.5
"""WSL2 forwards new ports of localhost about once a second; the browser must not be redirected before."""

_KEPT_CHARACTERS = "".join(character for character in string.punctuation if character not in "'\"`")

_DRIVE = re.compile(r"([A-Za-z]):[\\/]")
_WINDOWS_PATH = re.compile(r"""(["']?)([A-Za-z]:[\\/].*?)\1(?: +(["']?)%s\3)?""")

Command = t.Sequence[str]


class Opening:
    """A page that is being opened in a browser, or the failure to do so."""

    def __init__(self) -> None:
        self._failed = threading.Event()

    @property
    def failed(self) -> bool:
        """Whether no browser could be started; False as long as one may start."""
        return self._failed.is_set()

    def fail(self) -> None:
        self._failed.set()


def launchers(url: str, env: t.Mapping[str, str], chosen: Command = ()) -> list[Command]:
    """The commands that may open *url* in a browser of this machine, best first; empty if it has none.

    It is only the *chosen* command, if there is one. "%s" in its arguments is replaced with the URL, which is
    otherwise the last argument.
    """
    if chosen:
        program = _executable(chosen[0], env)
        return [[program, *_arguments(chosen[1:], url)]] if program else []
    return [*_environment_commands(url, env), *_windows_commands(url), *_desktop_commands(url, env)]


def can_open(chosen: Command = ()) -> bool:
    """Whether a page can be opened for the user: chosen or with BROWSER anywhere, else where the user is."""
    is_named = bool(chosen or os.environ.get("BROWSER", "").strip())
    return (is_named or _is_used_locally()) and bool(name(chosen))


def loopback_obstacle(chosen: Command = ()) -> str:
    """Why no browser can be opened that also connects to 127.0.0.1 of this machine; empty if one can.

    On WSL2, this may take a few seconds, because a program of WSL is asked how it is connected to Windows.
    """
    if not (_is_used_locally() and can_open(chosen)):
        return "there is no browser that reaches 127.0.0.1 of this machine"
    if not _opens_windows_browser(chosen):
        return ""
    wsl = host_wsl.detect("/", None, host_wsl.run_wsl_program)
    if wsl.localhost_reaches_wsl():
        return ""
    forwarding = ", localhostForwarding=false in .wslconfig" if wsl.localhost_forwarding is False else ""
    mode = wsl.networking_mode or "unknown"
    return f"Windows does not connect 127.0.0.1 to WSL (networking mode {mode}{forwarding})"


def name(chosen: Command = ()) -> str:
    """What messages call the browser that open_page() opens; empty if there is none."""
    if _opens_windows_browser(chosen):
        return "Windows browser"
    return "browser" if launchers("https://localhost", os.environ, chosen) else ""


def open_page(url: str, chosen: Command = ()) -> Opening:
    """Open *url* in the first browser that starts, without waiting for it."""
    opening = Opening()
    if url.lower().startswith(("http://", "https://")):
        threading.Thread(target=_open_first, args=(url, chosen, opening), daemon=True).start()
    else:
        opening.fail()
    return opening


def percent_encoded(url: str) -> str:
    """*url* with everything encoded that is not ASCII, or could end a string of a shell or of PowerShell."""
    return urllib.parse.quote(url, safe=_KEPT_CHARACTERS, errors="surrogatepass")


def _environment_commands(url: str, env: t.Mapping[str, str]) -> t.Iterator[Command]:
    """Those of BROWSER, as Python's webbrowser reads it: alternatives separated by ":".

    One without "%s" is the name or path of a program, which may contain blanks. Python does not know two
    others: on WSL, a path as Windows writes it, and a command with arguments.
    """
    setting = env.get("BROWSER", "")
    windows_path = _WINDOWS_PATH.fullmatch(setting)
    program = _executable(windows_path[2], env) if windows_path else None
    if program:
        yield [program, url]
        return
    for alternative in filter(None, setting.split(os.pathsep)):
        if "%s" not in alternative and _executable(alternative, env):
            yield [alternative, url]
            continue
        try:
            program, *arguments = shlex.split(alternative)
        except ValueError:  # a quote that is not closed, or only blanks
            continue
        if arguments[-1:] == ["&"]:  # nothing waits for a browser anyway
            arguments.pop()
        yield [program, *_arguments(arguments, url)]


def _arguments(arguments: t.Sequence[str], url: str) -> list[str]:
    replaced = [argument.replace("%s", url) for argument in arguments]
    return replaced if replaced != list(arguments) else [*arguments, url]


def _executable(program: str, env: t.Mapping[str, str]) -> str | None:
    """The path of *program*, also for one as Windows writes it on WSL; None if it cannot be run."""
    wsl = _wsl()
    drive = _DRIVE.match(program) if wsl.version else None
    if drive:
        rest = program[drive.end() :].replace("\\", "/")
        program = f"{wsl.automount_root.rstrip('/')}/{drive[1].lower()}/{rest}"
    found = shutil.which(os.path.expanduser(program), path=env.get("PATH"))
    return os.path.abspath(found) if found else None


def _windows_commands(url: str) -> t.Iterator[Command]:
    """rundll32 passes a URL unchanged; explorer.exe and cmd.exe do not.

    PowerShell takes not only ' but also typographic quotes (U+2018 to U+201B) as the end of a string.
    """
    script = f"Start-Process '{percent_encoded(url)}'"
    encoded = base64.b64encode(script.encode("utf-16-le")).decode("ascii")
    arguments = {
        "rundll32.exe": ["url.dll,FileProtocolHandler", url],
        "powershell.exe": ["-NoProfile", "-NonInteractive", "-EncodedCommand", encoded],
    }
    for program in _wsl().browser_launchers:
        yield [program, *arguments.get(os.path.basename(program), [url])]


def _desktop_commands(url: str, env: t.Mapping[str, str]) -> t.Iterator[Command]:
    if sys.platform == "darwin":
        yield ["/usr/bin/open", url]
    elif env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        opener = shutil.which("xdg-open", path=env.get("PATH"))
        if opener:
            yield [opener, url]


def _opens_windows_browser(chosen: Command) -> bool:
    """Whether open_page() begins with a Windows program, or with a launcher for WSL."""
    wsl = _wsl()
    if not wsl.version:
        return False
    first = next(iter(launchers("https://localhost", os.environ, chosen)), [""])[0]
    known = first in wsl.browser_launchers or os.path.basename(first) in _LAUNCHERS_FOR_WSL
    return known or first.lower().endswith(".exe")


def _is_used_locally() -> bool:
    """Over ssh, the user is elsewhere, and a container has its own loopback interface."""
    over_ssh = any(os.environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
    return not over_ssh and not any(os.path.exists(mark) for mark in _CONTAINER_MARKS)


def _wsl() -> host_wsl.WslInfo:
    """The facts about this machine, which takes seconds if a Windows drive does not respond."""
    return _detected(host_wsl.detect)


@functools.lru_cache(maxsize=1)
def _detected(detect: t.Callable[[], host_wsl.WslInfo]) -> host_wsl.WslInfo:
    return detect()


def _open_first(url: str, chosen: Command, opening: Opening) -> None:
    if _wsl().version:
        time.sleep(_SECONDS_UNTIL_WINDOWS_FORWARDS_A_PORT)
    if not any(_starts(command) for command in launchers(url, os.environ, chosen)):
        opening.fail()


def _starts(command: Command) -> bool:
    """Whether *command* is still running after a while, or succeeds."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=_wsl().windows_directory or None,
            env=host_wsl.without_stale_interop(os.environ),
        )
        return process.wait(_SECONDS_TO_FAIL) == 0
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
