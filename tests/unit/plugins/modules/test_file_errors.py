# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of modules when a file cannot be written or read."""

from __future__ import annotations

import errno
import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files import atomic
from ansible_collections.workstation.aws_sso.plugins.module_utils._host import wsl
from support.module_run import run_module

SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
MODULES: t.Dict[str, t.Dict[str, t.Any]] = {
    "sso_profiles": {"sessions": [SESSION]},
    "workstation_network": {"proxy": "http://proxy.example:3128", "scope": "user"},
    "wsl_browser": {"scope": "user"},
}
FILES = {
    "sso_profiles": ".aws/config",
    "workstation_network": ".profile",
    "wsl_browser": ".local/bin/wsl-browser",
}
"""The first file that each module writes."""


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    for name in ("XDG_CACHE_HOME", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(wsl, "_is_wsl", lambda host, kernel: True)
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
def test_the_message_contains_only_the_fix_for_the_cause(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch, module: str, code: int, cure: str
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(atomic.os, "fsync", refuse)
    result = run_module(module, MODULES[module])
    path = home / FILES[module]
    assert result["failed"] and result["msg"].startswith(f"{path}: {os.strerror(code)}. {cure}".strip())
    assert "become" not in result["msg"] and "chown" not in result["msg"] and "Errno" not in result["msg"]


@pytest.mark.parametrize("module", ["workstation_network", "wsl_browser"])
def test_become_is_suggested_only_for_a_missing_permission(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    def refuse(descriptor: int) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(atomic.os, "fsync", refuse)
    result = run_module(module, MODULES[module])
    assert result["msg"] == f"{home / FILES[module]}: Operation not permitted. Use become, or scope=user."


@pytest.mark.parametrize("foreign", [True, False])
def test_an_unreadable_configuration_file_is_an_error_with_its_fix(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch, foreign: bool
) -> None:
    path = home / ".aws" / "config"
    path.parent.mkdir()
    path.write_text("")
    path.chmod(0)

    open_file = os.open

    def refuse(name: t.Any, *arguments: t.Any, **options: t.Any) -> int:
        if name == str(path):
            raise PermissionError(errno.EACCES, "Permission denied", name)
        return open_file(name, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    owner = os.geteuid() + foreign
    monkeypatch.setattr(os, "geteuid", lambda: owner)
    message = run_module("sso_profiles", MODULES["sso_profiles"])["msg"]
    assert message.startswith(f"{path}: It cannot be read: Permission denied. ")
    cure = f'sudo chown -R "$(id -u):$(id -g)" {path.parent}' if foreign else f"chmod u+rwX {path}"
    assert message.endswith(cure)
