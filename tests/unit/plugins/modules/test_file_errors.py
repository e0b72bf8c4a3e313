# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules say when a file cannot be written or read."""

from __future__ import annotations

import errno
import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config import parser
from ansible_collections.workstation.aws_sso.plugins.module_utils._files import atomic
from support.module_run import run_module

SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
MODULES: t.Dict[str, t.Dict[str, t.Any]] = {
    "sso_profiles": {"sessions": [SESSION]},
    "workstation_network": {"proxy": "http://proxy.example:3128", "scope": "user"},
}


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    for name in ("XDG_CACHE_HOME", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    ("code", "cure"),
    [
        (errno.ENOSPC, "The disk is full: free some space, then run the task again."),
        (errno.EDQUOT, "Your disk quota is used up"),
        (errno.EROFS, "The file system is mounted read-only"),
        (errno.EIO, ""),
    ],
)
def test_only_what_helps_is_named(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch, module: str, code: int, cure: str
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code), "/a/file")

    monkeypatch.setattr(atomic.os, "fsync", refuse)
    result = run_module(module, MODULES[module])
    assert result["failed"] and result["msg"].startswith(f"/a/file: {os.strerror(code)}. {cure}".strip())
    assert "become" not in result["msg"] and "chown" not in result["msg"] and "Errno" not in result["msg"]


def test_only_a_missing_permission_leads_to_become(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted", "/a/file")

    monkeypatch.setattr(atomic.os, "fsync", refuse)
    result = run_module("workstation_network", MODULES["workstation_network"])
    assert result["msg"] == "/a/file: Operation not permitted. Use become, or scope=user."


@pytest.mark.parametrize("foreign", [True, False])
def test_a_configuration_that_cannot_be_read(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch, foreign: bool
) -> None:
    path = home / ".aws" / "config"
    path.parent.mkdir()
    path.write_text("")
    path.chmod(0)

    def refuse(name: str, *_arguments: t.Any, **_options: t.Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", name)

    monkeypatch.setattr(parser, "open", refuse, raising=False)
    owner = os.geteuid() + foreign
    monkeypatch.setattr(os, "geteuid", lambda: owner)
    message = run_module("sso_profiles", MODULES["sso_profiles"])["msg"]
    assert message.startswith(f"{path}: it cannot be read: Permission denied. ")
    cure = f'sudo chown -R "$(id -u):$(id -g)" {path.parent}' if foreign else f"chmod u+rwX {path}"
    assert message.endswith(cure)
