# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the files in ~/.aws: location, owner, permissions and damage."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from support.scratch_workstation import ScratchWorkstation, refuse_to_open


@pytest.mark.parametrize(
    ("path", "mode", "id"),
    [
        (".aws", 0o755, "files-too-permissive"),
        (".aws/sso/cache", 0o750, "files-too-permissive"),
        (".aws/config", 0o644, "files-too-permissive"),
        (".aws/config", 0o602, "files-world-writable"),
        (".aws/cli/cache", 0o777, "files-world-writable"),
        (".aws/credentials", 0o640, "secrets-too-permissive"),
        (".aws/cli/cache/role.json", 0o604, "secrets-too-permissive"),
    ],
)
def test_the_fix_for_open_permissions_removes_the_finding(
    host: ScratchWorkstation, path: str, mode: int, id: str
) -> None:
    host.write_credentials("[other]\n")
    host.write_cache("cli/cache/role.json", "{}")
    (host.home / path).chmod(mode)
    findings = host.findings()
    assert list(findings) == [id]
    assert findings[id].subject == str(host.home / path)
    os.system(findings[id].fix)
    assert host.findings() == {}


def test_many_files_with_open_permissions_are_fixed_by_one_short_command(
    host: ScratchWorkstation, tmp_path: pathlib.Path
) -> None:
    for number in range(50):
        host.write_cache(f"cli/cache/{number}.json", "{}").chmod(0o644)
    elsewhere = tmp_path / "credentials"
    elsewhere.write_text("")
    elsewhere.chmod(0o644)
    host.environment["AWS_SHARED_CREDENTIALS_FILE"] = str(elsewhere)
    finding = host.findings()["secrets-too-permissive"]
    assert finding.fix == f"chmod -R go= {host.home}/.aws {elsewhere}"


def test_files_of_another_user_are_an_error_except_for_root(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert host.findings() == {}  # root may do everything
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    finding = host.findings()["files-foreign-owner"]
    assert finding.severity == "error"
    assert str(host.home / ".aws") in finding.subject


@pytest.mark.parametrize("foreign", ["config", ""])
def test_a_configuration_of_another_user_is_one_error_fixed_by_chown(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch, foreign: str
) -> None:
    """As root leaves it behind; a test cannot depend on being root, so that the refusal is simulated."""
    owner, path = os.geteuid(), str(host.home / ".aws" / foreign).rstrip("/")
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    for other in (host.home / ".aws").rglob("*"):
        if foreign and str(other) != path:
            _change_owner(monkeypatch, str(other), owner + 1)
    if foreign:
        _change_owner(monkeypatch, str(host.home / ".aws"), owner + 1)
    refuse_to_open(monkeypatch, host.home / ".aws" / "config")
    errors = [finding for finding in host.examine().findings if finding.severity == "error"]
    assert [finding.id for finding in errors] == ["files-foreign-owner"]
    assert errors[0].fix.startswith("sudo chown -R ") and path in errors[0].fix


def test_a_directory_on_a_windows_drive_is_a_finding_instead_of_its_permissions(
    host: ScratchWorkstation, windows_bin: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    target = tmp_path / "c" / "Users" / "ann" / ".aws"
    target.parent.mkdir(parents=True)
    (host.home / ".aws").rename(target)
    (host.home / ".aws").symlink_to(target)
    target.chmod(0o777)
    assert list(host.findings()) == ["directory-on-windows"]


@pytest.mark.parametrize("text", ["", '{"a": 1} trailing', "[]"])
def test_a_damaged_cache_file_is_a_finding(host: ScratchWorkstation, text: str) -> None:
    path = host.write_cache("cli/cache/0123.json", text)
    host.write_cache("cli/cache/session.db", "no JSON, and not meant to be")
    finding = host.findings()["cache-damaged"]
    assert (finding.subject, finding.fix) == (str(path), f"rm {path}")


def _change_owner(monkeypatch: pytest.MonkeyPatch, path: str, owner: int) -> None:
    stat = os.stat

    def owned(name: t.Any, **options: t.Any) -> os.stat_result:
        found = stat(name, **options)
        return os.stat_result((*found[:4], owner, *found[5:])) if str(name) == path else found

    monkeypatch.setattr(os, "stat", owned)
