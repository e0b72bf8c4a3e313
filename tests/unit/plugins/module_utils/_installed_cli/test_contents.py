# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installations by root that other users can use, whatever umask AWS's installer had."""

from __future__ import annotations

import os
import pathlib
import subprocess
import typing as t
import zipfile

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.contents import contents
from bundles import Mirror
from support.child_processes import exit_code, start
from support.scratch_host import ScratchHost

NOBODY = 65534

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root installs for other users")


def modes(top: pathlib.Path) -> t.Dict[str, int]:
    return {
        str(path.relative_to(top)): path.lstat().st_mode & 0o777
        for path in [top, *top.rglob("*")]
        if not path.is_symlink()
    }


def close(top: pathlib.Path) -> None:
    for path in [top, *top.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)


def installed_by_aws(host: ScratchHost, mirror: Mirror, version: str, directory: pathlib.Path) -> None:
    """By the installer in the archive, under umask 077."""
    with zipfile.ZipFile(mirror.bundle(version)) as archive:
        archive.extractall(directory)
    for program in ("install", "dist/aws", "dist/aws_completer"):
        (directory / "aws" / program).chmod(0o755)
    command = f"umask 077; {directory}/aws/install -i {host.install_dir} -b {host.bin_dir}"
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)
    host.bin_dir.chmod(0o755)
    host.install_dir.parent.chmod(0o755)


@pytest.mark.parametrize("options", [{}, {"version": "2.27.1"}, {"state": "latest"}, {"version": "2.9.19"}])
def test_tree_of_an_installer_under_umask_077_is_opened(
    host: ScratchHost, mirror: Mirror, tmp_path: pathlib.Path, options: t.Dict[str, t.Any]
) -> None:
    installed_by_aws(host, mirror, "2.27.1", tmp_path / "bundle")
    previewed, before = host.preview(**options), modes(host.install_dir)
    assert before["."] == before["v2"] == 0o700
    result = host.converge(**options)
    assert (previewed.changed, previewed.before, previewed.after) == (True, result.before, result.after)
    after = modes(host.install_dir)
    for name, mode in after.items():
        assert mode & 0o044 == 0o044, name
        assert bool(mode & 0o011) == bool(mode & 0o100), name
    again = host.converge(**options)
    assert (again.changed, host.preview(**options).changed) == (False, False)


@pytest.mark.parametrize(
    "path",
    [
        ".",
        "v2",
        "v2/2.27.1",
        "v2/2.27.1/dist",
        "v2/2.27.1/bin",
        "v2/2.27.1/dist/awscli/data/metadata.json",
        "v2/2.27.1/dist/aws_completer",
        "../share/bash-completion/completions/aws",
    ],
)
def test_single_closed_part_is_reported_and_opened(host: ScratchHost, path: str) -> None:
    host.converge(version="2.27.1")
    closed = host.install_dir / path
    mode = closed.stat().st_mode & 0o777
    closed.chmod(mode & 0o700)
    installer = host.installer(version="2.27.1")
    previewed = installer.preview()
    assert previewed.changed
    assert "not usable by all users" in installer.describe(previewed.before)
    assert "not usable by all users" not in installer.describe(previewed.after)
    assert host.converge(version="2.27.1").changed
    assert closed.stat().st_mode & 0o777 == mode
    assert not host.converge(version="2.27.1").changed
    assert host.opened == ["awscli-exe-linux-x86_64-2.27.1.zip", "awscli-exe-linux-x86_64-2.27.1.zip.sig"]


def test_kept_versions_are_opened_too(host: ScratchHost) -> None:
    for version in ("2.27.1", "2.38.5"):
        host.converge(version=version, keep_versions=2)
    close(host.versions_dir / "2.27.1")
    assert host.converge(version="2.38.5", keep_versions=2).changed
    assert modes(host.versions_dir / "2.27.1") == modes(host.versions_dir / "2.38.5")


def test_other_files_of_the_installation_directory_keep_their_modes(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    secret = host.install_dir / "notes"
    secret.mkdir(mode=0o700)
    close(host.versions_dir)
    host.converge(version="2.27.1")
    assert secret.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("others", [(), ("private-tool",)])
@pytest.mark.parametrize("installed", [True, False])
def test_directory_of_the_links_is_opened_if_it_contains_nothing_else(
    host: ScratchHost, installed: bool, others: t.Sequence[str]
) -> None:
    """AWS's installer creates it, too."""
    if installed:
        host.converge(version="2.27.1")
    host.bin_dir.mkdir(parents=True, exist_ok=True)
    for name in others:
        (host.bin_dir / name).touch()
    host.bin_dir.chmod(0o700)
    assert host.preview(version="2.27.1").changed == host.converge(version="2.27.1").changed
    assert host.bin_dir.stat().st_mode & 0o777 == (0o700 if others else 0o755)
    assert not host.converge(version="2.27.1").changed


def test_absent_does_not_change_the_modes_of_what_it_keeps(host: ScratchHost) -> None:
    host.install_dir.mkdir(parents=True)
    host.install_dir.chmod(0o700)
    assert not host.converge("absent").changed
    assert not host.preview("absent").changed


def test_links_of_others_are_not_followed(host: ScratchHost, tmp_path: pathlib.Path) -> None:
    """The tree may contain a link to a secret, and files of another user, who could replace them by links."""
    secret = tmp_path / "secret"
    secret.write_text("precious")
    secret.chmod(0o600)
    host.converge(version="2.27.1")
    host.converge(version="2.38.5", keep_versions=2)
    old = host.versions_dir / "2.27.1" / "dist"
    (old / "link").symlink_to(secret)
    close(host.versions_dir / "2.27.1")
    os.chown(old / "awscli", 4242, 4242)
    host.converge(version="2.38.5", keep_versions=2)
    assert old.stat().st_mode & 0o777 == 0o700
    os.chown(old / "awscli", 0, 0)
    host.converge(version="2.38.5", keep_versions=2)
    assert (old.stat().st_mode & 0o777, secret.stat().st_mode & 0o777) == (0o755, 0o600)


def test_ordinary_user_may_keep_an_installation_private(tmp_path: pathlib.Path) -> None:
    os.chmod(tmp_path, 0o755)
    (tmp_path / "dist").mkdir(mode=0o700)
    os.chown(tmp_path / "dist", NOBODY, NOBODY)

    def look() -> None:
        seen = contents(str(tmp_path / "dist"))
        assert (seen.closed, seen.untrusted, seen.names) == (False, None, frozenset())

    parents = [path for path in tmp_path.parents if path.stat().st_mode & 0o011 != 0o011]
    for path in parents:
        path.chmod(path.stat().st_mode | 0o011)
    assert exit_code(start(look, user=NOBODY)) == 0
