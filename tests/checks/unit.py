# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts that run pytest."""

from __future__ import annotations

import sys
import typing as t

from .part import Part, path_without_shims
from .pythons import HOST_PYTHONS, interpreter, virtual_environment

CALLS_AWS = (
    "_assignments",
    "_aws/test_client.py",
    "_aws/test_errors.py",
    "_aws/test_response.py",
    "_aws/test_session.py",
    "_login/test_device_code.py",
    "_login/test_pkce.py",
    "_login/test_registration.py",
    "_sso/test_portal.py",
)


def check_unit(part: Part) -> None:
    part.pytest(sys.executable, "tests/unit", *_chosen(part))


def check_oldest_host(part: Part) -> None:
    """Host code on the oldest Python, with the module_utils of the last ansible-core that runs on it."""
    python = virtual_environment(part, interpreter(HOST_PYTHONS[0]), "oldest-host")
    # What a kill leaves behind depends on the order of writes, not on the version of Python.
    tests = ("tests/unit/plugins/module_utils", *([] if part.full else ["-k", "not kill"]))
    part.pytest(python, *tests, PATH=path_without_shims())


def check_oldest_botocore(part: Part) -> None:
    """What calls AWS itself, with the oldest botocore that is accepted."""
    python = virtual_environment(part, interpreter("3.13", "3.12", "3.11", "3.10"), "oldest-botocore")
    tests = [f"tests/unit/plugins/plugin_utils/{name}" for name in CALLS_AWS]
    # The model of the oldest botocore has no reasons of KMS, with which the emulator would answer.
    part.pytest(python, *tests, "-k", "not kms", PATH=f"{python.parent}:{path_without_shims()}")


def check_security(part: Part) -> None:
    """The scenarios with a second local user require root; without it, the part is reported as not run."""
    part.pytest(sys.executable, "tests/adversary")


def check_end_to_end(part: Part) -> None:
    part.pytest(sys.executable, "tests/end_to_end", *_chosen(part))


def _chosen(part: Part) -> t.Sequence[str]:
    return () if part.full else ("-m", "not full")
