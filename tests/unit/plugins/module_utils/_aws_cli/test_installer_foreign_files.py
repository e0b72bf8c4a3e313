# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of other users and of other programs, which the installer neither runs nor removes."""

from __future__ import annotations

import os
import pathlib
import shutil
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from bundles import Mirror
from support.child_processes import exit_code, start
from support.scratch_host import NEWEST, ScratchHost

DEV = 4242
"""A user without an account."""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")


@pytest.fixture
def dev(place: pathlib.Path, mirror: Mirror) -> ScratchHost:
    """A host that is to be installed on by root, below the home directory of the user DEV."""
    home = place / "dev"
    home.mkdir()
    os.chown(home, DEV, DEV)
    host = ScratchHost(home, mirror)
    host.install_dir = home / ".local/share/aws-cli"
    host.bin_dir = home / ".local/bin"
    host.share_dir = home / ".local/share"
    return host


def own(top: pathlib.Path) -> None:
    """Make DEV the owner of everything in *top*."""
    for directory, directories, files in os.walk(top):
        for name in [*directories, *files]:
            os.lchown(os.path.join(directory, name), DEV, DEV)


def program(path: pathlib.Path, marker: pathlib.Path, version: str = NEWEST) -> None:
    """A program that leaves a *marker* and reports that it is an AWS CLI."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ntouch {marker}\necho aws-cli/{version} Python/3.14\n")
    path.chmod(0o755)


def attempts(host: ScratchHost) -> t.List[t.Callable[[], object]]:
    return [
        host.preview,
        host.converge,
        lambda: host.converge(version=NEWEST),
        lambda: host.converge("latest"),
        lambda: host.converge("absent"),
    ]


@as_root
@pytest.mark.parametrize("number", range(5))
def test_program_of_another_user_is_not_run(dev: ScratchHost, place: pathlib.Path, number: int) -> None:
    version = dev.versions_dir / NEWEST
    program(version / "bin/aws", place / "was-run")
    program(version / "bin/aws_completer", place / "was-run")
    (dev.versions_dir / "current").symlink_to(version)
    own(place / "dev")
    before = dev.snapshot()
    with pytest.raises(WorkstationError) as caught:
        attempts(dev)[number]()
    assert str(caught.value) == (
        f"Root does not use {dev.versions_dir}, because {place}/dev belongs to the user {DEV}, who could"
        f" replace what root installs and runs there. Install as that user (become_user: {DEV}), or set"
        " install_dir and bin_dir to directories that only root can change."
    )
    assert not (place / "was-run").exists()
    assert (dev.snapshot(), dev.commands, dev.opened) == (before, [], [])


@as_root
def test_user_installs_into_the_own_directories(
    host: ScratchHost, dev: ScratchHost, place: pathlib.Path, mirror: Mirror
) -> None:
    host.converge(version="2.27.1")  # imports what Python imports late, from directories of root
    for suffix in ("", ".sig"):
        shutil.copy(f"{mirror.bundle('2.27.1')}{suffix}", place)

    def install() -> None:
        os.environ["HOME"] = str(place / "dev")
        dev.converge(version="2.27.1", base_url=place.as_uri())
        assert not dev.converge(version="2.27.1", base_url=place.as_uri()).changed

    assert exit_code(start(install, user=DEV)) == 0
    assert dev.version() == "2.27.1"


@as_root
@pytest.mark.parametrize("directory", ["install_dir", "bin_dir", "share_dir"])
def test_each_directory_is_checked(host: ScratchHost, dev: ScratchHost, directory: str) -> None:
    setattr(host, directory, getattr(dev, directory))
    with pytest.raises(WorkstationError, match=f"belongs to the user {DEV}"):
        host.converge(version="2.27.1")
    assert not host.versions_dir.exists()


@as_root
def test_completion_file_is_not_written_through_a_link(host: ScratchHost, place: pathlib.Path) -> None:
    """The link points to a file that would lock all users out of the host."""
    completions = host.share_dir / "bash-completion/completions"
    completions.mkdir(parents=True)
    (completions / "aws").symlink_to(place / "nologin")
    os.chown(completions, DEV, DEV)
    with pytest.raises(WorkstationError, match=r"completions belongs to the user.*completion=false"):
        host.converge(version="2.27.1")
    assert not (place / "nologin").exists()
    assert host.converge(version="2.27.1", completion=False).changed


@as_root
def test_directories_of_another_user_behind_a_link_are_refused(host: ScratchHost, dev: ScratchHost) -> None:
    host.install_dir.parent.mkdir(parents=True)
    host.install_dir.symlink_to(dev.install_dir)
    with pytest.raises(WorkstationError, match=f"belongs to the user {DEV}"):
        host.converge(version="2.27.1")


@as_root
@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o757])
def test_directory_that_all_users_can_change_is_refused(host: ScratchHost, mode: int) -> None:
    host.install_dir.mkdir(parents=True)
    host.versions_dir.mkdir()
    host.versions_dir.chmod(mode)
    with pytest.raises(WorkstationError, match=r"can be changed by all users.*Remove that permission from"):
        host.converge(version="2.27.1")


@as_root
@pytest.mark.parametrize("damage", ["owner", "mode"])
def test_version_with_a_file_that_others_can_change_is_replaced_and_not_run(
    host: ScratchHost, place: pathlib.Path, damage: str
) -> None:
    host.converge(version="2.27.1")
    whole = host.snapshot()
    aws = host.versions_dir / "2.27.1/dist/aws"
    program(aws, place / "was-run", "2.27.1")
    if damage == "owner":
        os.chown(aws, DEV, DEV)
    else:
        aws.chmod(0o777)
    assert host.preview(version="2.27.1").changed
    assert host.converge(version="2.27.1").before.damaged == ("2.27.1",)
    assert not (place / "was-run").exists()
    assert host.snapshot() == whole
    assert f"version 2.27.1 is not run as root: {aws}" in "\n".join(host.debug_output)


@as_root
def test_reason_is_reported_if_a_version_cannot_be_replaced(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    library = host.versions_dir / "2.27.1/dist/awscli/data/metadata.json"
    os.chown(library, DEV, DEV)
    before = host.snapshot()
    with pytest.raises(WorkstationError) as caught:
        host.converge(base_url="file:///nonexistent")
    assert str(caught.value).endswith(
        "The archive is required because version 2.27.1 is not run as root:"
        f" {library} belongs to the user {DEV}."
    )
    assert host.snapshot() == before


def another_program(host: ScratchHost) -> None:
    """A program with the directories that AWS's installer uses, too."""
    for name in ("bin/server", "1.0.0/index.js", "1.1.0/dist/index.js", "docs/index.html", "dist/server.js"):
        path = host.versions_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("precious")
    (host.versions_dir / "current").symlink_to("1.1.0")


def test_directory_of_another_program_is_refused(host: ScratchHost) -> None:
    another_program(host)
    before = host.snapshot()
    for options in ({"version": "2.27.1"}, {"version": "1.1.0"}, {"state": "latest"}, {}):
        for attempt in (host.preview, host.converge):
            with pytest.raises(WorkstationError, match=r"v2 contains files of another program.*: 1\.\d\.0"):
                attempt(**options)
    assert host.snapshot() == before


def test_absent_removes_nothing_of_another_program(host: ScratchHost) -> None:
    another_program(host)
    host.bin_dir.mkdir()
    (host.bin_dir / "aws").symlink_to(host.install_dir / "tools/aws")
    before = host.snapshot()
    assert not host.converge("absent").changed
    assert host.snapshot() == before


def test_files_of_another_program_beside_the_versions_are_kept(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    another = {"1.0.0/index.js", "bin/server", "dist/server.js", "notes"}
    for name in another:
        path = host.versions_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("precious")
    assert host.converge(version="2.38.5").removed_versions == ["2.27.1"]
    assert host.converge("absent").removed_versions == ["2.38.5"]
    left = {
        str(path.relative_to(host.versions_dir)) for path in host.versions_dir.rglob("*") if path.is_file()
    }
    assert left == another


@pytest.mark.parametrize("name", ["2.38.5", "current"])
def test_directory_in_place_of_a_version_is_not_replaced(host: ScratchHost, name: str) -> None:
    host.converge(version="2.27.1")
    place = host.versions_dir / name
    if place.is_symlink():
        place.unlink()
    place.mkdir()
    (place / "thesis.txt").write_text("precious")
    before = host.snapshot()
    for options in (
        {"version": "2.38.5"},
        {"location": str(host.mirror.bundle("2.38.5")), "version": "2.38.5"},
    ):
        with pytest.raises(WorkstationError, match=f"contains files of another program.*{name}"):
            host.converge(**options)
    assert host.snapshot() == before


def test_directory_in_place_of_the_version_in_an_archive_is_not_replaced(
    host: ScratchHost, tmp_path: pathlib.Path
) -> None:
    (host.versions_dir / "2.38.5").mkdir(parents=True)
    (host.versions_dir / "2.38.5" / "thesis.txt").write_text("precious")
    (host.versions_dir / "2.27.1" / "dist" / "awscli").mkdir(parents=True)
    for suffix in ("", ".sig"):
        shutil.copy(f"{host.mirror.bundle('2.38.5')}{suffix}", tmp_path / f"cli.zip{suffix}")
    before = host.snapshot()
    with pytest.raises(WorkstationError, match="contains files of another program"):
        host.converge(location=str(tmp_path / "cli.zip"))
    assert host.snapshot() == before


@pytest.mark.parametrize("empty", ["directory", "file"])
def test_empty_entry_in_place_of_a_version_is_replaced(host: ScratchHost, empty: str) -> None:
    host.versions_dir.mkdir(parents=True)
    if empty == "file":
        (host.versions_dir / "2.38.5").touch()
    else:
        (host.versions_dir / "2.38.5" / "dist").mkdir(parents=True)
    (host.versions_dir / "lost+found").mkdir()
    assert host.converge(version="2.38.5").changed
    assert host.version() == "2.38.5"


def test_empty_directory_of_a_failed_installation_is_kept(host: ScratchHost) -> None:
    host.install_dir.mkdir(parents=True)
    with pytest.raises(WorkstationError):
        host.converge(version="2.0.99")
    assert host.install_dir.is_dir()
    assert not host.versions_dir.exists()
