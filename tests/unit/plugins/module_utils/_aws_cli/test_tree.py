# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directories of an installation: layout, modes, links, and foreign files."""

from __future__ import annotations

import json
import os
import pathlib
import stat
import subprocess
import zipfile

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from bundles import Mirror, pack_stub
from support.damages import (
    link_into_another_place,
)
from support.scratch_host import ScratchHost


def test_layout_is_that_of_the_installer_of_aws(host: ScratchHost, tmp_path: pathlib.Path) -> None:
    host.converge(version="2.27.1", completion=False)
    ours = host.snapshot()
    subprocess.run(
        ["unzip", "-q", str(host.mirror.bundle("2.27.1")), "-d", str(tmp_path / "unzipped")], check=True
    )
    os.rename(host.install_dir.parent, tmp_path / "ours")

    installer = tmp_path / "unzipped" / "aws" / "install"
    subprocess.run([str(installer), "-i", str(host.install_dir), "-b", str(host.bin_dir)], check=True)
    theirs = host.snapshot()

    data = os.path.relpath(
        host.versions_dir / "2.27.1/dist/awscli/data/install.json", host.install_dir.parent
    )
    mode, recorded = ours.pop(data)
    del ours["aws-cli/v2/2.27.1/install-record.json"]
    assert ours == theirs
    assert json.loads(bytes.fromhex(recorded)) == {
        "install_dir": str(host.install_dir),
        "bin_dir": str(host.bin_dir),
    }
    assert stat.S_IMODE(mode) == 0o644


def test_files_are_readable_by_all_users_whatever_the_umask(host: ScratchHost) -> None:
    before = os.umask(0o077)
    try:
        host.converge(version="2.27.1")
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)
    for path, (mode, _content) in host.snapshot().items():
        if not stat.S_ISLNK(mode):
            assert stat.S_IMODE(mode) & 0o055 == (0o055 if is_program_or_directory(path, mode) else 0o044), (
                path
            )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs for other users")
def test_directory_above_that_keeps_other_users_out_is_a_warning(
    mirror: Mirror, home: pathlib.Path, place: pathlib.Path
) -> None:
    host = ScratchHost(place, mirror)
    tools = place / "my tools"
    tools.mkdir(mode=0o700)
    host.install_dir = tools / "company" / "aws-cli"
    for run in (host.preview, host.converge, host.converge):
        assert run(version="2.27.1").warnings == [
            f"Only root can use this AWS CLI, because other users cannot enter {tools}. Allow it with"
            f" chmod a+x '{tools}', or set other directories in install_dir and bin_dir."
        ]
    tools.chmod(0o711)
    assert host.converge(version="2.27.1").warnings == []


def is_program_or_directory(path: str, mode: int) -> bool:
    return stat.S_ISDIR(mode) or path.endswith(("dist/aws", "dist/aws_completer"))


def test_paths_may_contain_blanks_and_quotes(host: ScratchHost, tmp_path: pathlib.Path) -> None:
    odd = tmp_path / "it's a $HOME"
    odd.mkdir()
    for suffix in ("", ".sig"):
        (odd / f"the archive.zip{suffix}").write_bytes(
            pathlib.Path(f"{host.mirror.bundle('2.27.1')}{suffix}").read_bytes()
        )
    host.install_dir, host.bin_dir, host.share_dir = odd / "aws cli", odd / "my bin", odd / "share"
    host.converge(version="2.27.1", location=str(odd / "the archive.zip"))
    assert host.version() == "2.27.1"
    assert not host.converge(version="2.27.1").changed


def test_program_in_place_of_a_link_is_not_overwritten(host: ScratchHost) -> None:
    host.bin_dir.mkdir(parents=True)
    (host.bin_dir / "aws").write_text("#!/usr/bin/python3\n# AWS CLI v1\n")
    before = host.snapshot()
    for attempt in (host.preview, host.converge):
        with pytest.raises(WorkstationError, match=r"bin/aws is not a symlink.*pip uninstall awscli"):
            attempt(version="2.27.1")
    assert (host.opened, host.snapshot()) == ([], before)


def test_absent_keeps_foreign_links_and_files(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    link_into_another_place(host)
    (host.install_dir / "notes").write_text("mine")
    edited = host.share_dir / "zsh/site-functions/_aws"
    edited.write_text("#compdef aws\nmine\n")

    host.converge("absent")

    assert os.readlink(host.bin_dir / "aws") == "/usr/bin/true"
    assert not (host.bin_dir / "aws_completer").exists()
    assert (host.install_dir / "notes").read_text() == "mine"
    assert not host.versions_dir.exists()
    assert edited.read_text() == "#compdef aws\nmine\n"


def test_version_on_another_file_system_behind_a_link_is_used_and_only_the_link_removed(
    host: ScratchHost, tmp_path: pathlib.Path
) -> None:
    host.converge(version="2.27.1")
    elsewhere = tmp_path / "large-disk"
    (host.versions_dir / "2.27.1").rename(elsewhere)
    (host.versions_dir / "2.27.1").symlink_to(elsewhere)
    assert not host.converge(version="2.27.1").changed
    assert host.converge(version="2.38.5").removed_versions == ["2.27.1"]
    assert (elsewhere / "dist/aws").exists()


def test_installation_that_was_moved_or_has_another_name_is_removed(host: ScratchHost) -> None:
    for another_name in (False, True):
        host.converge(version="2.27.1")
        moved = host.install_dir.with_name("moved")
        host.install_dir.rename(moved)
        if another_name:
            host.install_dir.symlink_to(moved)
        host.install_dir = moved
        assert host.converge("absent").changed
        assert not moved.exists()
        host.install_dir = moved.with_name("aws-cli")
        if another_name:
            host.install_dir.unlink()


def test_edited_completion_file_is_not_overwritten(host: ScratchHost) -> None:
    host.converge(version="2.27.1", completion=False)
    assert not host.share_dir.exists()
    edited = host.share_dir / "bash-completion/completions/aws"
    edited.parent.mkdir(parents=True)
    edited.write_text("# my own\n")
    host.converge(version="2.27.1")
    assert edited.read_text() == "# my own\n"
    assert (host.share_dir / "zsh/site-functions/_aws").exists()


def test_archive_does_not_decide_where_the_installer_writes(
    host: ScratchHost, tmp_path: pathlib.Path
) -> None:
    bundle = tmp_path / "bundle.zip"
    pack_stub("2.27.1", bundle)
    with zipfile.ZipFile(bundle, "a") as archive:
        link = zipfile.ZipInfo("aws/dist/awscli/data/install.json")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "../../precious")
        archive.writestr("aws/dist/precious", "precious")
    host.converge(location=str(bundle), verifier=None)
    dist = host.versions_dir / "2.27.1/dist"
    assert (dist / "precious").read_text() == "precious"
    assert not (dist / "awscli/data/install.json").is_symlink()


def test_something_else_in_place_of_a_completion_file_is_kept(host: ScratchHost) -> None:
    completions = host.share_dir / "bash-completion/completions"
    completions.mkdir(parents=True)
    os.mkfifo(completions / "aws")
    (host.share_dir / "zsh/site-functions/_aws").mkdir(parents=True)
    host.converge(version="2.27.1")
    assert not host.converge(version="2.27.1").changed
    host.converge("absent")
    assert stat.S_ISFIFO((completions / "aws").stat().st_mode)
    assert (host.share_dir / "zsh/site-functions/_aws").is_dir()
