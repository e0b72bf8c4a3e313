# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A launcher that opens URLs in the Windows browser from WSL, and the snippets that export it as BROWSER.

PRIVATE to the collection.

Python's webbrowser, which the AWS CLI uses, takes BROWSER as one executable, calls it with the URL only,
waits for it, and tries another browser if it fails. So the launcher takes one argument and returns
immediately with exit code 0.
"""

from __future__ import annotations

import typing as t

from .._files.managed import ManagedFile
from . import shell_startup
from .commands import FindProgram
from .shell_startup import (
    Snippet,
    quote,
    quote_for_fish,
)

# rundll32 passes a URL unchanged. PowerShell is slow; its script is encoded in Base64. It takes ' and the
# typographic quotes U+2018 to U+201B as the end of a string, so only other ASCII characters of a URL stay as
# they are. explorer.exe and cmd.exe break URLs with a query string. The working directory of a Windows
# program must be on a Windows drive. A valid URL has no blanks, quotes or characters beyond ASCII, but a
# caller may pass them anyway.
LAUNCHER = r"""#!/bin/sh
# Opens a URL in the Windows browser. Part of the Ansible collection workstation.aws_sso.

url=$(printf %s "${1-}" | tr -d '\000-\037\177' | sed -e 's/ /%20/g' -e 's/"/%22/g')
case $url in
    http://* | https://*) ;;
    *) echo "wsl-browser: only http and https URLs can be opened." >&2; exit 0 ;;
esac

root=$(sed -n '/^ *\[automount]/,/^ *\[/s/^ *root *= *//p' /etc/wsl.conf 2>/dev/null)
root=$(printf '%s\n' "$root" | tail -n 1 | tr -d "\"' \t\r")
root=${root:-/mnt}
root=${root%/}
interop=$(cat /proc/sys/fs/binfmt_misc/WSLInterop /proc/sys/fs/binfmt_misc/WSLInterop-late 2>/dev/null)
windows=
case $interop in
    *enabled*)
        for windows in "$root"/c/[Ww][Ii][Nn][Dd][Oo][Ww][Ss] "$root"/?/[Ww][Ii][Nn][Dd][Oo][Ww][Ss]; do
            [ -d "$windows/System32" ] && break
        done
        ;;
esac

open_page() {
    cd "$windows" || return
    "$windows/System32/rundll32.exe" url.dll,FileProtocolHandler "$url" && return
    encoded=$(printf %s "$url" | od -An -v -tx1 | awk '
        BEGIN {
            for (i = 33; i < 127; i++) ascii[sprintf("%02x", i)] = sprintf("%c", i)
            delete ascii["22"]; delete ascii["27"]; delete ascii["60"]
        }
        { for (i = 1; i <= NF; i++) printf "%s", ($i in ascii) ? ascii[$i] : "%" toupper($i) }
    ')
    script=$(printf %s "Start-Process '$encoded'" | iconv -t UTF-16LE | base64 | tr -d '\n')
    "$windows/System32/WindowsPowerShell/v1.0/powershell.exe" \
        -NoProfile -NonInteractive -EncodedCommand "$script"
}

if [ -d "$windows/System32" ]; then
    { open_page || printf 'Open this page: %s\n' "$url" >/dev/tty; } </dev/null >/dev/null 2>&1 &
else
    printf 'Open this page: %s\n' "$url" >&2
fi
exit 0
"""

_BOURNE = """\
# BROWSER for WSL. Part of the Ansible collection workstation.aws_sso.
if [ -z "${{BROWSER-}}" ] && [ -d /run/WSL ] && [ -x {launcher} ]; then
    export BROWSER={launcher}
fi
"""
_FISH = """\
# BROWSER for WSL. Part of the Ansible collection workstation.aws_sso.
if test -z "$BROWSER" -a -d /run/WSL -a -x {launcher}
    set -gx BROWSER {launcher}
end
"""


def system_files(launcher: str, find: FindProgram, root: str = "/") -> t.List[ManagedFile]:
    """The launcher and the startup files for all users of a host."""
    return [
        ManagedFile(launcher, LAUNCHER, 0o755),
        *shell_startup.system_files(_snippet(launcher), find, root),
    ]


def user_files(launcher: str, find: FindProgram, home: str) -> t.List[ManagedFile]:
    """The launcher and the startup files for one user."""
    return [
        ManagedFile(launcher, LAUNCHER, 0o755),
        *shell_startup.user_files(_snippet(launcher), find, home),
    ]


def _snippet(launcher: str) -> Snippet:
    return Snippet(
        name="wsl-browser",
        block="workstation.aws_sso.wsl_browser",
        bourne=_BOURNE.format(launcher=quote(launcher)),
        fish=_FISH.format(launcher=quote_for_fish(launcher)),
    )
