# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts without a DNS server."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor._fixes.name_servers import (
    missing_name_server,
    name_servers,
)
from support.fixes import execute
from support.scratch_workstation import WSL2, ScratchWorkstation

STUB = "/run/systemd/resolve/stub-resolv.conf"
NO_GENERATION = {**WSL2, "/etc/wsl.conf": "[network]\ngenerateResolvConf = false\n"}
WRITE = "echo nameserver ADDRESS | sudo tee /etc/resolv.conf"


@pytest.fixture
def host(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> ScratchWorkstation:
    host = ScratchWorkstation(tmp_path, "http://portal.sso.invalid")
    monkeypatch.setenv("HOME", str(host.home))
    (host.root / "etc" / "resolv.conf").unlink()
    return host


def resolv_conf(host: ScratchWorkstation, kind: str) -> None:
    """*kind* is the text of the file, or "-> " and the target of a link."""
    path = host.root / "etc" / "resolv.conf"
    if kind.startswith("-> "):
        path.symlink_to(kind[3:])
    elif kind:
        path.write_text(kind)


@pytest.mark.parametrize(
    ("kind", "files", "reason", "fix"),
    [
        ("", {}, "does not exist.", WRITE),
        ("# nameserver 1.1.1.1\nsearch example.com\n", {}, "contains no nameserver.", WRITE),
        ("-> /gone", {}, "a link to /gone, which does not exist.", f"sudo rm /etc/resolv.conf && {WRITE}"),
        (
            "-> ../run/systemd/resolve/stub-resolv.conf",
            {},
            f"a link to {STUB}, which does not exist.",
            "sudo systemctl enable --now systemd-resolved",
        ),
        ("-> /run/NetworkManager/resolv.conf", {}, "exist.", "sudo systemctl restart NetworkManager"),
        ("", {STUB: "nameserver 127.0.0.53\n"}, "exist.", f"sudo ln -sf ..{STUB} /etc/resolv.conf"),
        ("", WSL2, "does not exist.", "In Windows: wsl --shutdown"),
        ("-> /mnt/wsl/resolv.conf", WSL2, "does not exist.", "In Windows: wsl --shutdown"),
        (
            "",
            NO_GENERATION,
            "does not exist.",
            "sudo sed -i /generateResolvConf/Id /etc/wsl.conf, then in Windows: wsl --shutdown",
        ),
    ],
)
def test_a_host_without_a_dns_server_is_an_error(
    host: ScratchWorkstation, kind: str, files: t.Dict[str, str], reason: str, fix: str
) -> None:
    for path, text in files.items():
        host.write(path, text)
    resolv_conf(host, kind)
    finding = host.findings()["dns-not-configured"]
    assert finding.severity == "error" and finding.what.endswith(reason), finding
    assert finding.fix == fix


@pytest.mark.parametrize("kind", ["", "-> /gone", "search example.com\n", "stub"])
def test_the_command_gives_the_host_a_dns_server(host: ScratchWorkstation, kind: str) -> None:
    if kind == "stub":
        host.write(STUB, "nameserver 127.0.0.53\n")
    else:
        resolv_conf(host, kind)
    missing = missing_name_server(str(host.root))
    assert missing
    command = missing.fix.replace("/etc/resolv.conf", str(host.root / "etc" / "resolv.conf"))
    execute(host, command.replace("ADDRESS", "192.0.2.53"))
    assert name_servers(str(host.root)) == ["127.0.0.53" if kind == "stub" else "192.0.2.53"]
    assert missing_name_server(str(host.root)) is None


@pytest.mark.parametrize("text", ["nameserver 192.0.2.1\n", "search x\n  nameserver\t::1 # local\n"])
def test_a_host_with_a_dns_server(host: ScratchWorkstation, text: str) -> None:
    resolv_conf(host, text)
    assert missing_name_server(str(host.root)) is None
    assert "dns-failure" in {finding.id for finding in host.examine().findings}
