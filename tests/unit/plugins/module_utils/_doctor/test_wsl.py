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
