# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxy settings of package managers, which run as root and so do not see the variables of users.

PRIVATE to the collection.

Existing proxy settings in a foreign file are commented out with a marker, and restored when the managed
settings are removed.
"""

from __future__ import annotations

import os
import re
import typing as t

from .._errors import WorkstationError
from .._files.managed import (
    ManagedFile,
    read_text,
    with_block,
    without_block,
)
from .proxy import Proxy

BLOCK = "workstation.aws_sso.workstation_network"
REPLACED = f"#replaced by {BLOCK}: "

_HOST_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
# apt takes a word of the format for itself where it is a keyword
_NETRC_WORD = re.compile(r"(?!(?:machine|login|password|default|account|macdef)$)[!-~]+")
_MAIN = re.compile(r"[ \t]*\[main\]")
_SECTION = re.compile(r"[ \t]*\[")
_DNF_OPTION = re.compile(r"(proxy|proxy_username|proxy_password)[ \t]*=")
_SYSCONFIG_OPTION = re.compile(r"[ \t]*(export[ \t]+)?(PROXY_ENABLED|HTTP_PROXY|HTTPS_PROXY|NO_PROXY)=")


def package_manager_files(proxy: Proxy, root: str = "/") -> t.List[ManagedFile]:
    """Proxy settings for the package managers of the host below *root*. Raises OSError, WorkstationError."""
    files = _apt_files(proxy, root)
    for directory, path, edit in (
        ("etc/dnf", "etc/dnf/dnf.conf", for_dnf),
        ("etc/zypp", "etc/sysconfig/proxy", for_zypper),
    ):
        if os.path.isdir(os.path.join(root, directory)):
            path = os.path.join(root, path)
            files.append(ManagedFile(path, edit(read_text(path), proxy), foreign=True))
    return files


def _apt_files(proxy: Proxy, root: str) -> t.List[ManagedFile]:
    """Each apt command of a user warns about a file in apt.conf.d that only root can read.

    So the credentials are in a file for apt_auth.conf(5), which such commands do not read. It cannot contain
    all of them, and needs apt 1.5.
    """
    directory = os.path.join(root, "etc/apt/apt.conf.d")
    credentials = os.path.join(root, "etc/apt/auth.conf.d")
    if not os.path.isdir(directory):
        return []
    path = os.path.join(directory, "95workstation-proxy")
    if not os.path.isdir(credentials):
        return [ManagedFile(path, for_apt(proxy), private=proxy.has_credentials)]
    secret = for_apt_auth(proxy)
    public = proxy._replace(url=proxy.without_credentials) if secret else proxy
    return [
        ManagedFile(os.path.join(credentials, "95workstation-proxy.conf"), secret, mode=0o600, private=True),
        ManagedFile(path, for_apt(public), private=public.has_credentials),
    ]


def replaced_lines(text: str) -> t.List[str]:
    """The original lines that *text* contains commented out by us."""
    return [line[len(REPLACED) :].strip() for line in _split(text) if line.startswith(REPLACED)]


def for_apt(proxy: Proxy) -> str:
    """An apt.conf(5) file. The format cannot escape quotation marks; parse_proxy() refuses them."""
    if not proxy.url:
        return ""
    lines = ["// Part of the Ansible collection workstation.aws_sso."]
    for scheme in ("http", "https"):
        lines.append(f'Acquire::{scheme}::Proxy "{proxy.url}";')
        hosts = filter(_HOST_NAME.fullmatch, proxy.exceptions)
        lines += [f'Acquire::{scheme}::Proxy::{host} "DIRECT";' for host in hosts]
    return "".join(f"{line}\n" for line in lines)


def for_apt_auth(proxy: Proxy) -> str:
    """An apt_auth.conf(5) file with the credentials of *proxy*; "" for none, or where it cannot have them."""
    user, password = proxy.credentials
    if (
        not _NETRC_WORD.fullmatch(user)
        or not _NETRC_WORD.fullmatch(password)
        or "[" in proxy.without_credentials
    ):
        return ""
    return f"machine {proxy.without_credentials} login {user} password {password}\n"


def for_dnf(text: str, proxy: Proxy) -> str:
    """dnf.conf(5) *text* with the proxy in [main]. Raises WorkstationError."""
    text = _restored(text)
    if not proxy.url:
        return text
    settings = [f"proxy={proxy.without_credentials}"]
    if proxy.has_credentials:
        _check_dnf_credentials(proxy)
        user, password = proxy.credentials
        settings += [f"proxy_username={user}", f"proxy_password={password}"]
    lines = _split(text)
    begin = next((number for number, line in enumerate(lines, 1) if _MAIN.match(line)), 0)
    if not begin:
        settings.insert(0, "[main]")
    end = next((number for number in range(begin, len(lines)) if _SECTION.match(lines[number])), len(lines))
    header = "".join(lines[:begin])
    rest = "".join([*_replaced(lines[begin:end], _DNF_OPTION), *lines[end:]])
    return with_block(header, BLOCK, _lines(settings)) + rest


def for_zypper(text: str, proxy: Proxy) -> str:
    """/etc/sysconfig/proxy *text* with the proxy; shells may source the file, so values are quoted."""
    text = _restored(text)
    if not proxy.url:
        return text
    url = proxy.url.replace("$", "%24")
    settings = ['PROXY_ENABLED="yes"', f'HTTP_PROXY="{url}"', f'HTTPS_PROXY="{url}"']
    settings.append(f'NO_PROXY="{", ".join(proxy.exceptions)}"')
    rest = "".join(_replaced(_split(text), _SYSCONFIG_OPTION))
    return with_block("", BLOCK, _lines(settings)) + rest


def _check_dnf_credentials(proxy: Proxy) -> None:
    for secret in proxy.credentials:
        if re.search(r"[$\\]|^\s|\s$", secret):
            raise WorkstationError(
                "The user name or password in proxy contains a dollar sign, a backslash, or a leading or"
                " trailing blank, which dnf.conf does not support. Use other credentials for the proxy."
            )


def _restored(text: str) -> str:
    lines = _split(without_block(text, BLOCK))
    return "".join(line[len(REPLACED) :] if line.startswith(REPLACED) else line for line in lines)


def _replaced(lines: t.Iterable[str], option: t.Pattern[str]) -> t.Iterator[str]:
    """*lines* with those that set *option*, and their indented continuation lines, commented out."""
    inside = False
    for line in lines:
        continues = inside and line[:1] in (" ", "\t") and bool(line.strip())
        inside = bool(option.match(line)) or continues
        yield REPLACED + line if inside else line


def _split(text: str) -> t.List[str]:
    """Lines with their line feeds; splitlines() would also split at other characters."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _lines(lines: t.Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
