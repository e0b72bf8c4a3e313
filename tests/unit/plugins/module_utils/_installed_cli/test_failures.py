# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about errors of the operating system; the ones of file systems are in the installer's tests."""

from __future__ import annotations

import errno
import os
import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.failures import (
    start_failure,
    translate_errors,
)


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.EACCES, "security module such as SELinux"),
        (errno.EPERM, "fapolicyd"),
        (errno.ENOEXEC, "another processor architecture"),
        (errno.ENOENT, "cannot be started on this host: No such file or directory"),
    ],
)
def test_reason_that_a_program_does_not_start(tmp_path: pathlib.Path, number: int, message: str) -> None:
    assert message in start_failure(OSError(number, os.strerror(number)), str(tmp_path))


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EROFS, r"file system \(/opt/x\) is mounted read-only"),
        (errno.EFBIG, "ulimit -f"),
        (errno.EPERM, "immutable" if os.geteuid() == 0 else "become"),
    ],
)
def test_known_errors_are_explained(number: int, message: str) -> None:
    with pytest.raises(WorkstationError, match=message), translate_errors("/opt"):
        raise OSError(number, os.strerror(number), "/opt/x")


def test_other_errors_are_passed_on() -> None:
    with pytest.raises(OSError, match="Input/output"), translate_errors("/opt"):
        raise OSError(errno.EIO, os.strerror(errno.EIO), "/opt/x")
