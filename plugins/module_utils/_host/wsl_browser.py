# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that make programs in WSL open the browser of Windows: a launcher, and what exports BROWSER.

PRIVATE to the collection.

Python's webbrowser, which the AWS CLI uses, takes BROWSER as one executable, calls it with the URL alone,
waits for it, and opens something else when it fails. So the launcher takes one argument, returns at once
and with 0.
"""

from __future__ import annotations

import typing as t

from .._files.managed import ManagedFile
from . import shell_startup
from .commands import FindProgram
from .shell_startup import (
    Snippet,
    quoted,
    quoted_for_fish,
)

# rundll32 passes a URL on as it is. PowerShell is slow; what it gets is encoded, so that it takes no
# character for its own. explorer.exe and cmd.exe break URLs that have a query. The working directory of a
# Windows program has to be on a Windows drive. A URL holds no blank and no quote, but who calls may not know.
LAUNCHER = r"""#!/bin/sh
# Opens a page in the browser of Windows. Part of the Ansible collection workstation.aws_sso.

url=$(printf %s "${1-}" | tr -d '\000-\037\177' | sed -e 's/ /%20/g' -e 's/"/%22/g')
case $url in
    http://* | https://*) ;;
    *) echo "wsl-browser opens http and https pages only" >&2; exit 0 ;;
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
    script=$(printf %s "$url" | sed -e "s/'/''/g" -e "s/.*/Start-Process '&'/")
    script=$(printf %s "$script" | iconv -t UTF-16LE | base64 | tr -d '\n')
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


def parts_for_system(launcher: str, find: FindProgram, root: str = "/") -> t.List[ManagedFile]:
    """What serves all users of a machine."""
    return [
        ManagedFile(launcher, LAUNCHER, 0o755),
        *shell_startup.parts_for_system(_snippet(launcher), find, root),
    ]


def parts_for_user(launcher: str, find: FindProgram, home: str) -> t.List[ManagedFile]:
    """What serves one user."""
    return [
        ManagedFile(launcher, LAUNCHER, 0o755),
        *shell_startup.parts_for_user(_snippet(launcher), find, home),
    ]


def _snippet(launcher: str) -> Snippet:
    return Snippet(
        name="wsl-browser",
        block="workstation.aws_sso.wsl_browser",
        bourne=_BOURNE.format(launcher=quoted(launcher)),
        fish=_FISH.format(launcher=quoted_for_fish(launcher)),
    )
