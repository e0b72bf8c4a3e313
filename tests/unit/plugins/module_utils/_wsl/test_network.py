# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What .wslconfig, wslinfo and the sockets of WSL reveal of its connection to Windows."""

from __future__ import annotations

import pathlib
import socket
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host.wsl import without_stale_interop
from ansible_collections.workstation.aws_sso.plugins.module_utils._wsl.host_files import HostFiles
from ansible_collections.workstation.aws_sso.plugins.module_utils._wsl.network import (
    WslConfig,
    networking_mode,
    parse_wslconfig,
)
from support.fuzz import damaged

SAMPLE = b"""\
# settings for all distributions\r
[wsl2]\r
memory=4GB\r
networkingMode=Mirrored # since Windows 11\r
localhostForwarding=False\r
"""


@pytest.mark.parametrize(
    ("content", "mode", "forwarding"),
    [
        (SAMPLE, "mirrored", False),
        (SAMPLE.decode().encode("utf-16"), "mirrored", False),
        (b"\xfe\xff" + SAMPLE.decode().encode("utf-16-be"), "mirrored", False),
        (b"\xef\xbb\xbf[wsl2]\nlocalhostforwarding = 0\n", "", False),
        (b"", "", True),
        (b"[wsl2]\nlocalhostForwarding=TRUE\n", "", True),
        (b"[wsl2]\nlocalhostForwarding=no\nlocalhostForwarding=false\n", "", True),
        (b"[wsl2]\nlocalhostForwarding=false\nlocalhostForwarding=true\n", "", False),
        (b"[experimental]\nnetworkingMode=mirrored\n[wsl2]\nnetworkingMode=nat\n", "mirrored", True),
        (b"[WSL2]\nNETWORKINGMODE=NAT\n[experimental]\nnetworkingMode=mirrored\n", "nat", True),
        (b"[wsl2]\nthis line is wrong\nnetworkingMode=VirtioProxy\n", "virtioproxy", True),
        (b"[wsl2]\nnetworkingMode=$(reboot)\n", "", True),
        (b"networkingMode=none\n[wsl]\nlocalhostForwarding=false\n", "", True),
        (b"\xff\xfe\x00", "", True),
    ],
)
def test_two_settings_are_read_as_wsl_reads_them(content: bytes, mode: str, forwarding: bool) -> None:
    assert parse_wslconfig(content) == WslConfig(mode, forwarding)


def test_damaged_files_never_raise_an_error() -> None:
    for content in damaged([SAMPLE.decode(), "[wsl2]\nnetworkingMode=nat\n"], 500):
        parse_wslconfig(content)
        parse_wslconfig(b"\xff\xfe" + content)


@pytest.mark.parametrize(
    ("reported", "interface", "config", "mode"),
    [
        ("nat\n", True, WslConfig("mirrored"), "nat"),
        ("", True, WslConfig("nat"), "mirrored"),
        ("", False, WslConfig("virtioproxy"), "virtioproxy"),
        ("", False, WslConfig(), ""),
        ("", False, None, ""),
        ("usage: wslinfo [OPTION]", False, None, ""),
        ("\x1b[31mnat", False, None, ""),
        ("x" * 100, False, None, ""),
    ],
)
def test_the_networking_mode_has_several_sources(
    tmp_path: pathlib.Path, reported: str, interface: bool, config: t.Optional[WslConfig], mode: str
) -> None:
    if interface:
        (tmp_path / "sys/class/net/loopback0").mkdir(parents=True)
    assert networking_mode(HostFiles(str(tmp_path)), reported, config) == mode


def test_only_a_socket_that_accepts_connections_starts_windows_programs(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "1_interop"
    variables = {"WSL_INTEROP": str(path), "PATH": "/bin"}
    left = {"PATH": "/bin"}
    assert without_stale_interop(left) == left
    assert without_stale_interop({"WSL_INTEROP": ""}) == {"WSL_INTEROP": ""}
    assert without_stale_interop(variables) == left
    path.touch()
    assert without_stale_interop(variables) == left
    path.unlink()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        assert without_stale_interop(variables) == left
        server.listen()
        assert without_stale_interop(variables) == variables
    assert without_stale_interop(variables) == left


def test_without_the_list_of_sockets_a_socket_is_as_good_as_it_looks(tmp_path: pathlib.Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "1_interop"))
        variables = {"WSL_INTEROP": "/1_interop"}
        assert without_stale_interop(variables, str(tmp_path)) == variables
