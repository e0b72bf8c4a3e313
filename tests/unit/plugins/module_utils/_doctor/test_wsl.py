# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the Windows Subsystem for Linux."""

from __future__ import annotations

import typing as t

import pytest

from support.scratch_workstation import WSL2, ScratchWorkstation


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"/proc/sys/kernel/osrelease": "6.1.0-18-amd64"}, {}),
        ({"/proc/sys/kernel/osrelease": "4.4.0-19041-Microsoft"}, {"wsl-1": "error"}),
        (WSL2, {"wsl-interop-off": "info", "wsl-systemd-off": "info"}),
        (
            {**WSL2, "/proc/sys/fs/binfmt_misc/WSLInterop": "enabled", "/run/systemd/system/x": ""},
            {},
        ),
        (
            {
                "/proc/sys/kernel/osrelease": "6.12.1-ours-WSL2+",
                "/run/WSL/1_interop": "",
                "/proc/sys/fs/binfmt_misc/WSLInterop": "enabled",
                "/run/systemd/system/x": "",
            },
            {"wsl-custom-kernel": "info"},
        ),
    ],
)
def test_wsl_version_kernel_interop_and_systemd_are_checked(
    host: ScratchWorkstation, files: t.Dict[str, str], expected: t.Dict[str, str]
) -> None:
    for path, text in files.items():
        host.write(path, text)
    assert {id: finding.severity for id, finding in host.findings().items()} == expected


def test_the_fix_for_wsl_1_contains_the_name_of_the_distribution(host: ScratchWorkstation) -> None:
    host.write("/proc/sys/kernel/osrelease", "4.4.0-19041-Microsoft")
    host.environment["WSL_DISTRO_NAME"] = "Ubuntu-24.04"
    assert host.findings()["wsl-1"].fix == "In Windows: wsl --set-version Ubuntu-24.04 2"


INTEROP = {**WSL2, "/proc/sys/fs/binfmt_misc/WSLInterop": "enabled", "/run/systemd/system/x": ""}


@pytest.mark.parametrize(
    ("wslconfig", "words"),
    [
        ("[wsl2]\nlocalhostForwarding=false\n", "localhostForwarding is disabled"),
        ("[WSL2]\nlocalhostforwarding = 0 # VPN\n", "localhostForwarding is disabled"),
        ("[wsl2]\nnetworkingMode=none\n", "networking mode is none"),
        ("[wsl2]\nnetworkingMode=bridged\nlocalhostForwarding=true\n", "networking mode is bridged"),
        ("[wsl2]\nnetworkingMode=mirrored\nlocalhostForwarding=false\n", None),
        ("[wsl2]\nmemory=8GB\n", None),
    ],
)
def test_a_windows_browser_that_cannot_reach_this_host_is_a_warning(
    host: ScratchWorkstation, wslconfig: str, words: t.Optional[str]
) -> None:
    for path, text in INTEROP.items():
        host.write(path, text)
    host.write("/mnt/c/Windows/System32/rundll32.exe", "")
    config = host.write("/mnt/c/Users/ann/.wslconfig", wslconfig)
    findings = host.findings()
    assert list(findings) == (["wsl-localhost-unreachable"] if words else [])
    if words:
        finding = findings["wsl-localhost-unreachable"]
        assert words in finding.what and "--use-device-code" in finding.fix
        assert "/mnt/c/Users/ann/.wslconfig" in finding.fix
        # the fix, as far as a test can execute it
        kept = [line for line in wslconfig.splitlines() if "localhostforwarding" not in line.lower()]
        if "mirrored" in finding.fix:
            kept = ["[wsl2]", "networkingMode=mirrored"]
        config.write_text("\n".join(kept))
        assert host.findings() == {}


def test_a_stale_wsl_interop_is_unset(host: ScratchWorkstation) -> None:
    for path, text in INTEROP.items():
        host.write(path, text)
    host.environment["WSL_INTEROP"] = "/run/WSL/4711_interop"
    finding = host.findings()["wsl-interop-stale"]
    assert finding.fix == "unset WSL_INTEROP"
    del host.environment["WSL_INTEROP"]
    assert host.findings() == {}
