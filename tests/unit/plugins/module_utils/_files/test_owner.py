# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a local user can prepare for a task that runs as root: with root, who can become other users."""

from __future__ import annotations

import contextlib
import os
import pathlib
import stat
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.atomic import replace_file
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.errors import file_error_text
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.managed import ManagedFile, apply
from ansible_collections.workstation.aws_sso.plugins.module_utils._files.owner import acting_as_owner
from support.child_processes import exit_code, start

ALICE, BOB = 12345, 23456
MODES: t.Tuple[t.Optional[int], ...] = (None, 0o644, 0o600)

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="requires root, to become other users")


class Machine:
    """Directories of root and of alice, and a sticky directory for everybody."""

    def __init__(self, root: pathlib.Path) -> None:
        for place in (root, *list(root.parents)[:-2]):
            place.chmod(place.stat().st_mode | 0o711)
        self.system = self._directory(root / "system", 0, 0o755)
        self.shared = self._directory(root / "shared", 0, 0o1777)
        self.home = self._directory(root / "alice", ALICE, 0o755)

    def owned(
        self, path: pathlib.Path, owner: int, content: bytes = b"old", mode: int = 0o644
    ) -> pathlib.Path:
        path.write_bytes(content)
        path.chmod(mode)
        os.chown(path, owner, owner)
        return path

    def link(self, path: pathlib.Path, target: t.Union[str, pathlib.Path], owner: int) -> pathlib.Path:
        path.symlink_to(target)
        os.chown(path, owner, owner, follow_symlinks=False)
        return path

    def _directory(self, path: pathlib.Path, owner: int, mode: int) -> pathlib.Path:
        path.mkdir()
        path.chmod(mode)
        os.chown(path, owner, owner)
        return path


@pytest.fixture
def machine(tmp_path: pathlib.Path) -> Machine:
    return Machine(tmp_path)


def write(path: pathlib.Path, mode: t.Optional[int] = None) -> None:
    replace_file(str(path), b"new", mode)
    assert os.geteuid() == 0 and os.getegid() == 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", [".aws/config", "config", "a/b/c"])
def test_a_new_file_in_a_home_belongs_to_its_user(machine: Machine, name: str, mode: t.Optional[int]) -> None:
    write(machine.home / name, mode)
    for path in (machine.home / name, (machine.home / name).parent):
        assert (path.stat().st_uid, path.stat().st_gid) == (ALICE, ALICE)
    assert (machine.home / name).read_bytes() == b"new"


@pytest.mark.parametrize("mode", MODES)
def test_a_file_of_a_user_is_still_updated(machine: Machine, mode: t.Optional[int]) -> None:
    path = machine.owned(machine.home / "config", ALICE, mode=0o640)
    write(path, mode)
    assert path.read_bytes() == b"new"
    assert path.stat().st_uid == ALICE
    assert stat.S_IMODE(path.stat().st_mode) == (0o640 if mode is None else mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("what", ["file", "directory", "parent of the directory"])
def test_a_link_in_a_home_leads_root_nowhere_that_its_user_cannot_write(
    machine: Machine, what: str, exists: bool, mode: t.Optional[int]
) -> None:
    places = {"file": "target", "directory": "d/target", "parent of the directory": "d/e/target"}
    target = machine.system / places[what]
    target.parent.mkdir(parents=True, exist_ok=True)
    if exists:
        target.write_bytes(b"precious")
    if what == "file":
        path = machine.link(machine.home / "target", target, ALICE)
    else:
        path = machine.link(machine.home / "d", machine.system / "d", ALICE) / places[what][2:]
    with pytest.raises(PermissionError):
        write(path, mode)
    assert target.exists() == exists and (not exists or target.read_bytes() == b"precious")
    assert list(target.parent.iterdir()) == ([target] if exists else [])


def test_a_directory_exchanged_during_the_write_gains_nothing(machine: Machine) -> None:
    """The user swaps the directory for a link to one of root's, as often as possible, while root writes."""
    victim = machine.system / "victim"
    victim.mkdir()
    aws, aside = machine.home / ".aws", machine.home / "aside"

    def swap() -> None:
        while True:
            for action in (
                lambda: os.rename(aws, aside),
                lambda: os.symlink(victim, aws),
                lambda: os.unlink(aws),
                lambda: os.rename(aside, aws),
            ):
                with contextlib.suppress(OSError):
                    action()

    aws.mkdir()
    os.chown(aws, ALICE, ALICE)
    child = start(swap, ALICE)
    try:
        for number in range(300):
            with contextlib.suppress(OSError):
                replace_file(str(aws / "config"), b"%d" % number, (None, 0o600)[number % 2])
    finally:
        os.kill(child, 9)
        exit_code(child)
    assert list(victim.iterdir()) == []


@pytest.mark.parametrize("mode", MODES)
def test_root_does_not_write_through_a_foreign_link_in_a_shared_directory(
    machine: Machine, mode: t.Optional[int]
) -> None:
    victim = machine.owned(machine.system / "victim", 0)
    path = machine.link(machine.shared / "fleet.html", victim, ALICE)
    with contextlib.suppress(PermissionError):
        write(path, mode)
    assert victim.read_bytes() == b"old"


@pytest.mark.parametrize("mode", [None, 0o644])
def test_another_user_does_not_either(machine: Machine, mode: t.Optional[int]) -> None:
    """As Linux does with fs.protected_symlinks, which applies to an open() only."""
    mine = machine.owned(machine.home / "mine", BOB)
    machine.home.chmod(0o777)
    path = machine.link(machine.shared / "fleet.html", mine, ALICE)
    child = start(lambda: replace_file(str(path), b"new", mode), BOB)
    assert exit_code(child) == 1
    assert mine.read_bytes() == b"old"


@pytest.mark.parametrize("mode", MODES)
def test_a_file_that_root_gave_away_in_a_directory_of_root_is_updated(
    machine: Machine, mode: t.Optional[int]
) -> None:
    machine.system.chmod(0o700)
    path = machine.owned(machine.system / "page", ALICE)
    write(path, mode)
    assert path.read_bytes() == b"new"
    assert path.stat().st_uid == (0 if mode == 0o600 else ALICE)


def test_root_does_not_overwrite_its_own_file_by_a_hard_link_in_a_shared_directory(machine: Machine) -> None:
    victim = machine.owned(machine.system / "victim", 0)
    os.link(victim, machine.shared / "fleet.html")
    with pytest.raises(PermissionError, match="hard links"):
        write(machine.shared / "fleet.html", 0o644)
    write(machine.shared / "fleet.html", 0o600)
    assert victim.read_bytes() == b"old"


def test_a_secret_is_never_written_to_the_file_of_another_user(machine: Machine) -> None:
    everybody = machine.system / "cache"
    everybody.mkdir()
    everybody.chmod(0o777)
    path = machine.owned(everybody / "token", ALICE, mode=0o666)
    write(path, 0o600)
    assert (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) == (0, 0o600)
    path = machine.owned(everybody / "token", ALICE, mode=0o666)
    assert exit_code(start(lambda: replace_file(str(path), b"secret", 0o600), BOB)) == 0
    assert (path.stat().st_uid, stat.S_IMODE(path.stat().st_mode)) == (BOB, 0o600)


def test_in_a_sticky_directory_a_secret_is_rather_not_written(machine: Machine) -> None:
    path = machine.owned(machine.shared / "token", ALICE, mode=0o666)
    assert exit_code(start(lambda: replace_file(str(path), b"secret", 0o600), BOB)) == 1
    assert path.read_bytes() == b"old"


def test_a_lock_on_a_planted_file_does_not_stop_root(machine: Machine) -> None:
    path = machine.owned(machine.home / "config", ALICE)
    planted = machine.owned(machine.home / ".config.aws_sso", ALICE)
    holder = subprocess.Popen(
        ["flock", str(planted), "sleep", "60"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    try:
        write(path)
    finally:
        holder.kill()
        holder.wait()
    assert path.read_bytes() == b"new"


def test_files_of_root_in_system_directories_are_written_as_before(machine: Machine) -> None:
    path = machine.owned(machine.system / "profile", 0)
    link = machine.link(machine.system / "link", path, 0)
    write(link, 0o644)
    assert link.is_symlink() and path.read_bytes() == b"new" and path.stat().st_uid == 0
    (change,) = apply([ManagedFile(str(machine.system / "sub" / "new.sh"), "text\n")])
    assert change.after == "text\n" and (machine.system / "sub" / "new.sh").stat().st_uid == 0


def test_managed_files_in_a_home_are_read_and_written_as_its_user(machine: Machine) -> None:
    secret = machine.owned(machine.system / "secret", 0, b"export KEY=1\n", 0o600)
    profile = machine.link(machine.home / ".profile", secret, ALICE)
    for check in (True, False):
        with pytest.raises(PermissionError):
            apply([ManagedFile(str(profile), "export A=1\n", block="ours")], check=check)
    assert secret.read_bytes() == b"export KEY=1\n"
    profile.unlink()
    apply([ManagedFile(str(profile), "export A=1\n", block="ours")])
    assert profile.stat().st_uid == ALICE


@pytest.mark.parametrize("owner", [0, BOB])
def test_an_error_says_whose_permissions_were_used(machine: Machine, owner: int) -> None:
    """Not that root should become the owner of the file that a link leads to."""
    path = machine.owned(machine.home / "config", owner, mode=0o600)
    machine.link(machine.home / "d", machine.system, ALICE)
    for place in (path, machine.home / "d" / "config"):
        with pytest.raises(PermissionError) as caught:
            write(place)
        text = file_error_text(caught.value)
        assert text.startswith(f"{place}: ")
        assert f"with the permissions of the user {ALICE}" in text and "chown" not in text


def test_a_user_that_root_cannot_become_is_an_error_with_the_path(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_user: int) -> None:
        raise OSError(22, "Invalid argument")

    path = machine.home / "config"
    monkeypatch.setattr(os, "seteuid", fail)
    with pytest.raises(PermissionError, match="by user 12345") as caught, acting_as_owner(str(path)):
        pass
    assert caught.value.filename == str(path)
    assert os.getegid() == 0
