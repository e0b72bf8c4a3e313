# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The person's browser: whether this machine has one, and how a page is opened in it.

PRIVATE to the collection. On WSL2 the browser is that of Windows. Programs are started without a terminal and
without a shell, and nothing waits for them: a sign-in must go on while they run, and a text browser must not
take the terminal.
"""

from __future__ import annotations

import base64
import os
import shlex
import shutil
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
_SECONDS_UNTIL_WINDOWS_RELAYS_A_PORT = 1.5

Command = t.Sequence[str]


def launchers(url: str, env: t.Mapping[str, str]) -> list[Command]:
    """The commands that may open *url* in a browser of this machine, best first; empty if it has none.

    BROWSER holds alternatives with ":" between, as for Python's webbrowser; "%s" stands for the URL, which
    otherwise comes last.
    """
    return [*_from_environment(url, env), *_of_windows(url), *_of_desktop(url, env)]


def can_open() -> bool:
    """Whether a page can be opened for the person: with BROWSER anywhere, else where the person sits."""
    if os.environ.get("BROWSER"):
        return True
    return _person_sits_here() and bool(launchers("https://localhost", os.environ))


def reaches_loopback() -> bool:
    """Whether the browser that can be opened also reaches a port of 127.0.0.1 on which we listen."""
    return _person_sits_here() and can_open()


def name() -> str:
    """What to call the browser that open_page() opens; empty if there is none to open."""
    for command in launchers("https://localhost", os.environ):
        return "Windows browser" if _is_of_windows(command[0]) else "browser"
    return ""


def open_page(url: str) -> None:
    """Open *url* in the first browser that takes it, without waiting. Whether one did is not known."""
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        return
    threading.Thread(target=_open_first, args=(url,), daemon=True).start()


def _from_environment(url: str, env: t.Mapping[str, str]) -> t.Iterator[Command]:
    for alternative in filter(None, env.get("BROWSER", "").split(os.pathsep)):
        try:
            words = shlex.split(alternative)
        except ValueError:
            continue
        if "%s" in alternative:
            yield [word.replace("%s", url) for word in words]
        else:
            yield [*words, url]


def _of_windows(url: str) -> t.Iterator[Command]:
    """rundll32 passes a URL on as it is; explorer.exe and cmd.exe do not."""
    script = "Start-Process '{}'".format(url.replace("'", "''"))
    encoded = base64.b64encode(script.encode("utf-16-le")).decode("ascii")
    arguments = {
        "rundll32.exe": ["url.dll,FileProtocolHandler", url],
        "powershell.exe": ["-NoProfile", "-NonInteractive", "-EncodedCommand", encoded],
    }
    for program in host_wsl.detect().browser_launchers:
        yield [program, *arguments.get(os.path.basename(program), [url])]


def _of_desktop(url: str, env: t.Mapping[str, str]) -> t.Iterator[Command]:
    if sys.platform == "darwin":
        yield ["/usr/bin/open", url]
    elif env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        opener = shutil.which("xdg-open", path=env.get("PATH"))
        if opener:
            yield [opener, url]


def _is_of_windows(program: str) -> bool:
    """Whether *program* opens the browser of Windows: one of its own, or a launcher for WSL."""
    wsl = host_wsl.detect()
    known = program in wsl.browser_launchers or os.path.basename(program) in _LAUNCHERS_FOR_WSL
    return bool(wsl.version) and (known or program.lower().endswith(".exe"))


def _person_sits_here() -> bool:
    """Over ssh the person sits elsewhere, and a container has a loopback interface of its own."""
    over_ssh = any(os.environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
    return not over_ssh and not any(os.path.exists(mark) for mark in _CONTAINER_MARKS)


def _open_first(url: str) -> None:
    if host_wsl.detect().version:
        time.sleep(_SECONDS_UNTIL_WINDOWS_RELAYS_A_PORT)
    for command in launchers(url, os.environ):
        if _starts(command):
            return


def _starts(command: Command) -> bool:
    """Whether *command* runs for a while, or ends well."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd=host_wsl.detect().windows_directory or None,
        )
        return process.wait(_SECONDS_TO_FAIL) == 0
    except subprocess.TimeoutExpired:
        return True
    except OSError:
        return False
