# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that opens URLs in the Windows browser from WSL.

PRIVATE to the collection.

Python's webbrowser, which the AWS CLI uses, takes BROWSER as one executable, calls it with the URL only,
waits for it, and tries another browser if it fails. So the script takes one argument and returns immediately
with exit code 0.
"""

from __future__ import annotations

import re

# rundll32 passes a URL unchanged. PowerShell is slow; its script is encoded in Base64. It takes ' and the
# typographic quotes U+2018 to U+201B as the end of a string, so only other ASCII characters of a URL stay as
# they are. explorer.exe and cmd.exe break URLs with a query string. The working directory of a Windows
# program must be on a Windows drive. A valid URL has no blanks, quotes or characters beyond ASCII, but a
# caller may pass them anyway.
#
# It does not read /etc/wsl.conf: conf.py is the only parser of it, and what it found is written into the
# script. The script looks at the same directories in the same order as drives.py, which also explains which
# mounts are Windows drives. The octal number that is \040 in /proc/self/mounts is \0040 for printf.
_SCRIPT = r"""#!/bin/sh
# Opens a URL in the Windows browser. Part of the Ansible collection workstation.aws_sso.

# As www-browser or x-www-browser, what cannot be opened in Windows is left to the next alternative.
use_other_browser() {
    case ${0##*/} in
        www-browser | x-www-browser) ;;
        *) return ;;
    esac
    others=$(update-alternatives --list "${0##*/}" 2>/dev/null)
    while IFS= read -r other <&3; do
        case $other in
            */wsl-browser | LAUNCHER) ;;
            *) [ -x "$other" ] && exec "$other" "$@" 3<&- ;;
        esac
    done 3<<END
$others
END
}

url=$(printf %s "${1-}" | tr -d '\000-\037\177' | sed -e 's/ /%20/g' -e 's/"/%22/g')
case $url in
    http://* | https://*) ;;
    *)
        use_other_browser "$@"
        echo "wsl-browser: only http and https URLs can be opened." >&2
        exit 0
        ;;
esac

interop=$(cat /proc/sys/fs/binfmt_misc/WSLInterop /proc/sys/fs/binfmt_misc/WSLInterop-late 2>/dev/null)

# A drive whose connection is lost never responds.
command -v timeout >/dev/null || timeout() { shift; "$@"; }

find_windows() {
    mounted=$(LC_ALL=C awk -F '[ ]' '
        $1 ~ /^[A-Za-z]:(\\134)?$/ || $4 ~ /aname=drvfs/ ||
            $3 == "virtiofs" && $2 ~ /\/[A-Za-z]$/ { print $2 }
    ' /proc/self/mounts | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')
    set -- AUTOMOUNT_ROOT/c
    while IFS= read -r drive; do
        [ -n "$drive" ] && set -- "$@" "$(printf %b "$drive")"
    done <<END
$mounted
END
    timeout 5 /bin/sh -c '
        for drive do
            for windows in "$drive"/[Ww][Ii][Nn][Dd][Oo][Ww][Ss]; do
                [ -d "$windows/System32" ] && printf %s "$windows" && exit
            done
        done
    ' sh "$@"
}

# Programs such as tmux keep the socket of a closed session. Without it, WSL finds another one.
forget_ended_session() {
    [ -n "${WSL_INTEROP-}" ] && [ -r /proc/net/unix ] || return
    if [ -S "$WSL_INTEROP" ]; then
        awk '
            $4 == "00010000" && $8 == ENVIRON["WSL_INTEROP"] { found = 1 }
            END { exit !(found || NR < 2) }
        ' /proc/net/unix && return
    fi
    unset WSL_INTEROP
}

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

windows=
case $interop in
    *enabled*) windows=$(find_windows) ;;
esac

if [ -n "$windows" ]; then
    forget_ended_session
    { open_page || printf 'Open this page: %s\n' "$url" >/dev/tty; } </dev/null >/dev/null 2>&1 &
else
    use_other_browser "$@"
    printf 'Open this page: %s\n' "$url" >&2
fi
exit 0
"""


def script(launcher: str, automount_root: str) -> str:
    """The script at *launcher* for Windows drives below *automount_root*, both quoted for a shell."""
    values = {"AUTOMOUNT_ROOT": automount_root, "LAUNCHER": launcher}
    return re.sub("|".join(values), lambda name: values[name.group()], _SCRIPT)
