# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the files in ~/.aws: location, owner, permissions and damage."""

from __future__ import annotations

import grp
import os
import pathlib
import pwd
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


def test_the_fix_for_a_directory_does_not_repeat_what_is_in_it(host: ScratchWorkstation) -> None:
    host.write_cache("cli/cache/role.json", "{}")
    for path in (".aws/cli", ".aws/cli/cache"):
        (host.home / path).chmod(0o755)
    finding = host.findings()["files-too-permissive"]
    assert finding.subject == f"{host.home}/.aws/cli, {host.home}/.aws/cli/cache"
    assert finding.fix == f"chmod -R go= {host.home}/.aws/cli"
    os.system(finding.fix)
    assert host.findings() == {}


def test_files_of_another_user_are_an_error(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    finding = host.findings()["files-foreign-owner"]
    assert finding.severity == "error"
    assert str(host.home / ".aws") in finding.subject
    assert finding.fix.startswith("sudo chown -R $(id -u):$(id -g) ")


@pytest.mark.parametrize("name", [".aws", ".aws/sso/cache", ".aws/config", "TOKEN"])
def test_root_is_warned_of_files_of_another_user(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    path = str(host.sign_in() if name == "TOKEN" else host.home / name)
    assert host.findings() == {}
    owner = os.stat(host.home).st_uid
    _change_owner(monkeypatch, path, owner + 5)
    finding = host.findings()["files-foreign-owner"]
    assert (finding.severity, finding.subject) == ("error", path)
    assert finding.fix.endswith(f" {path}") and "credential_process" in finding.why


def test_root_who_acts_for_a_user_is_warned_of_files_of_others_in_the_home_of_that_user(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = {str(path): 1234 for path in [host.home, *host.home.rglob("*")]}
    owners[str(host.home / ".aws" / "config")] = 0
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    for path, owner in owners.items():
        _change_owner(monkeypatch, path, owner)
    config = host.home / ".aws" / "config"
    finding = host.findings()["files-foreign-owner"]
    assert (finding.subject, finding.fix) == (str(config), f"sudo chown -R 1234: {config}")


def test_a_link_of_another_user_is_an_error(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(host.sign_in())
    _change_owner(monkeypatch, path, os.geteuid() + 5, functions=("lstat",))
    assert host.findings()["files-foreign-owner"].subject == path


def test_a_configuration_that_root_provides_elsewhere_is_not_a_finding(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    company = tmp_path / "company-config"
    company.write_text((host.home / ".aws" / "config").read_text())
    company.chmod(0o600)
    host.environment["AWS_CONFIG_FILE"] = str(company)
    _change_owner(monkeypatch, str(company), 0)
    assert list(host.findings()) == ["variable-file-override"]


@pytest.mark.parametrize("path", [".aws", ".aws/sso/cache", ".aws/config", ".aws/cli/cache/role.json"])
@pytest.mark.parametrize(
    ("group", "members", "harmless"),
    [("USER", [], True), ("USER", ["USER"], True), ("USER", ["bob"], False), ("staff", [], False)],
)
def test_what_a_group_with_other_members_can_write_is_an_error(
    host: ScratchWorkstation,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    group: str,
    members: t.List[str],
    harmless: bool,
) -> None:
    user = pwd.getpwuid(os.geteuid()).pw_name
    members = [name.replace("USER", user) for name in members]
    entry = grp.struct_group((group.replace("USER", user), "x", 7, members))
    monkeypatch.setattr(grp, "getgrgid", lambda _number: entry)
    host.write_cache("cli/cache/role.json", "{}")
    (host.home / path).chmod(0o770)
    finding = next(iter(host.findings().values()))
    if harmless:
        assert finding.severity != "error"
    else:
        assert (finding.id, finding.severity) == ("files-group-writable", "error")
    assert finding.subject == str(host.home / path)
    os.system(finding.fix)
    assert host.findings() == {}


def test_an_access_control_list_that_lets_others_write_is_an_error(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a list, the permissions of the group are the most that any entry for a user grants."""
    path = host.sign_in()
    path.chmod(0o660)
    user = pwd.getpwuid(os.geteuid()).pw_name
    monkeypatch.setattr(grp, "getgrgid", lambda _number: grp.struct_group((user, "x", 7, [])))
    assert "files-group-writable" not in host.findings()
    monkeypatch.setattr(
        os, "getxattr", lambda _path, name: b"x" if name == "system.posix_acl_access" else b""
    )
    assert host.findings()["files-group-writable"].subject == str(path)


@pytest.mark.parametrize(("mode", "found"), [(0o755, False), (0o750, False), (0o777, True), (0o757, True)])
def test_a_home_directory_that_others_can_write_to_is_an_error(
    host: ScratchWorkstation, mode: int, found: bool
) -> None:
    host.home.chmod(mode)
    assert list(host.findings()) == (["home-writable"] if found else [])
    if found:
        os.system(host.findings()["home-writable"].fix)
        assert host.findings() == {}


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


def _change_owner(
    monkeypatch: pytest.MonkeyPatch, path: str, owner: int, functions: t.Sequence[str] = ("stat", "lstat")
) -> None:
    for name in functions:
        function = getattr(os, name)

        def owned(
            asked: t.Any, function: t.Callable[..., os.stat_result] = function, **options: t.Any
        ) -> os.stat_result:
            status = function(asked, **options)
            if str(asked) != path:
                return status
            return os.stat_result((*status[:4], owner, *status[5:]))

        monkeypatch.setattr(os, name, owned)
