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

import contextlib
import os
import shlex
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import replace_file

Find = t.Callable[[str], t.Optional[str]]
"""Where a program is, if it is anywhere."""

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
_BEGIN = "# BEGIN workstation.aws_sso.wsl_browser\n"
_END = "# END workstation.aws_sso.wsl_browser\n"


class Part(t.NamedTuple):
    """A file, or with *block* a marked part of a file that holds other things as well."""

    path: str
    text: str
    mode: int = 0o644
    block: bool = False


class Change(t.NamedTuple):
    """A file before and after; "" stands for no file."""

    path: str
    before: str
    after: str


def parts_for_system(launcher: str, find: Find, root: str = "/") -> t.List[Part]:
    """What serves all users of a machine. zsh and fish get their part where they are installed."""
    parts = [
        Part(launcher, LAUNCHER, 0o755),
        Part(os.path.join(root, "etc/profile.d/wsl-browser.sh"), _filled(_BOURNE, launcher)),
    ]
    if find("zsh"):
        directory = "etc/zsh" if os.path.isdir(os.path.join(root, "etc/zsh")) else "etc"
        parts.append(Part(os.path.join(root, directory, "zshenv"), _filled(_BOURNE, launcher), block=True))
    if find("fish"):
        parts.append(Part(os.path.join(root, "etc/fish/conf.d/wsl-browser.fish"), _filled(_FISH, launcher)))
    return parts


def parts_for_user(launcher: str, find: Find, home: str) -> t.List[Part]:
    """What serves one user. bash reads the first of three files, so each one that exists gets the part."""
    parts = [Part(launcher, LAUNCHER, 0o755)]
    others = (name for name in (".bash_profile", ".bash_login") if os.path.exists(os.path.join(home, name)))
    bourne = [".profile", *others, *([".zshenv"] if find("zsh") else [])]
    parts += [Part(os.path.join(home, name), _filled(_BOURNE, launcher), block=True) for name in bourne]
    if find("fish"):
        path = os.path.join(home, ".config/fish/conf.d/wsl-browser.fish")
        parts.append(Part(path, _filled(_FISH, launcher)))
    return parts


def bring(parts: t.Iterable[Part], check: bool = False) -> t.List[Change]:
    """Make the files as they should be; with *check* only tell what that would change. Raises OSError."""
    changes = []
    for part in parts:
        before = _read(part.path)
        wanted = _with_block(before, part.text) if part.block else part.text
        mode_differs = not part.block and before and os.stat(part.path).st_mode & 0o777 != part.mode
        if wanted == before and not mode_differs:
            continue
        changes.append(Change(part.path, before, wanted))
        if not check:
            _make_directory(os.path.dirname(part.path))
            keeps_mode = part.block and os.path.exists(part.path)
            replace_file(
                part.path, wanted.encode("utf-8", "surrogateescape"), None if keeps_mode else part.mode
            )
    return changes


def remove(parts: t.Iterable[Part], check: bool = False) -> t.List[Change]:
    """Take the files and blocks away; with *check* only tell what that would change. Raises OSError."""
    changes = []
    for part in parts:
        before = _read(part.path)
        after = _without_block(before) if part.block else ""
        if after == before:
            continue
        changes.append(Change(part.path, before, after))
        if not check:
            if after:
                replace_file(part.path, after.encode("utf-8", "surrogateescape"))
            else:
                os.unlink(part.path)
    return changes


def _filled(template: str, launcher: str) -> str:
    return template.format(launcher=shlex.quote(launcher))


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""


def _with_block(text: str, block: str) -> str:
    rest = _without_block(text)
    if rest and not rest.endswith("\n"):
        rest += "\n"
    start = text.find(_BEGIN)
    if start < 0 or _END not in text[start:]:
        return rest + _BEGIN + block + _END
    return rest[:start] + _BEGIN + block + _END + rest[start:]


def _without_block(text: str) -> str:
    start = text.find(_BEGIN)
    end = text.find(_END, start)
    return text if start < 0 or end < 0 else text[:start] + text[end + len(_END) :]


def _make_directory(path: str) -> None:
    """Readable by all, unlike the private ones that replace_file() would make."""
    missing = []
    while not os.path.isdir(path):
        missing.append(path)
        path = os.path.dirname(path)
    for directory in reversed(missing):
        with contextlib.suppress(FileExistsError):
            os.mkdir(directory)
            os.chmod(directory, 0o755)
