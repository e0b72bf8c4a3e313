# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer on a scratch host: what it brings about, what it heals, and what it leaves alone."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import typing as t
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.installer import (
    DoesNotRun,
    Installer,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.source import (
    ChecksumMismatch,
    supported_architecture,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from bundles import Mirror, new_key, pack_stub
from support.scratch_host import ScratchHost

VERSIONS = ("2.9.19", "2.27.1", "2.36.12", "2.38.5")
NEWEST = VERSIONS[-1]
NOBODY = 65534


def test_installs_what_the_installer_of_aws_would(host: ScratchHost, tmp_path: pathlib.Path) -> None:
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
    assert ours == theirs
    assert json.loads(bytes.fromhex(recorded)) == {
        "install_dir": str(host.install_dir),
        "bin_dir": str(host.bin_dir),
    }
    assert stat.S_IMODE(mode) == 0o644


def test_converged_host_costs_one_process_and_no_download(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    host.commands.clear()
    host.opened.clear()

    for wanted in ({"version": "2.27.1"}, {"version": None}, {"location": "/nonexistent/bundle.zip"}):
        assert not host.converge(**wanted).changed

    assert host.commands == [[str(host.versions_dir / "2.27.1/bin/aws"), "--version"]] * 3
    assert host.opened == []


def test_present_takes_the_latest_version_of_the_mirror(host: ScratchHost) -> None:
    result = host.converge()
    assert (result.after.current, result.previous_version, result.verified_by) == (NEWEST, "", "gpgv")
    assert host.version() == NEWEST


def test_present_keeps_any_version_that_works(host: ScratchHost) -> None:
    host.converge(version="2.9.19")
    assert not host.converge().changed
    assert host.version() == "2.9.19"


def test_latest_downloads_nothing_but_the_number_when_it_is_there(host: ScratchHost) -> None:
    host.converge(state="latest")
    host.opened.clear()
    assert not host.converge(state="latest").changed
    assert host.opened == ["version.txt"]


def test_latest_upgrades_and_prunes(host: ScratchHost) -> None:
    host.converge(version="2.9.19")
    result = host.converge(state="latest")
    assert (result.previous_version, result.removed_versions) == ("2.9.19", ["2.9.19"])
    assert (host.version(), host.versions()) == (NEWEST, [NEWEST])


def test_latest_of_a_mirror_that_lags_behind_is_no_downgrade(
    host: ScratchHost, tmp_path: pathlib.Path
) -> None:
    host.converge(version=NEWEST)
    behind = tmp_path / "behind"
    behind.mkdir()
    Mirror(behind, host.mirror.key).add_stub("2.27.1")
    assert not host.converge(state="latest", base_url=behind.as_uri()).changed
    assert host.version() == NEWEST


def test_downgrades_to_a_version_that_has_to_be_fetched(host: ScratchHost) -> None:
    host.converge(version=NEWEST)
    result = host.converge(version="2.9.19")
    assert result.previous_version == NEWEST
    assert (host.version(), host.versions()) == ("2.9.19", ["2.9.19"])


def test_rolls_back_to_a_kept_version_without_a_download(host: ScratchHost) -> None:
    for version in VERSIONS:
        host.converge(version=version, keep_versions=3)
    assert host.versions() == ["2.27.1", "2.36.12", "2.38.5"]
    host.opened.clear()

    result = host.converge(version="2.27.1", keep_versions=3)

    assert (result.verified_by, result.removed_versions, host.opened) == ("", [], [])
    assert host.version() == "2.27.1"


def test_never_prunes_the_current_version(host: ScratchHost) -> None:
    for version in VERSIONS:
        host.converge(version=version, keep_versions=4)
    result = host.converge(version="2.9.19", keep_versions=2)
    assert result.removed_versions == ["2.27.1", "2.36.12"]
    assert (host.version(), host.versions()) == ("2.9.19", ["2.38.5", "2.9.19"])


def test_installs_for_one_user_without_root(host: ScratchHost, mirror: Mirror) -> None:
    host.converge(version="2.27.1")  # loads what Python loads late, from where only root may be able to read
    home = pathlib.Path(tempfile.mkdtemp(dir="/tmp"))  # outside of a directory that only root can search
    home.chmod(0o777)
    host = ScratchHost(home, mirror)
    host.install_dir, host.bin_dir = home / ".local/share/aws-cli", home / ".local/bin"
    for suffix in ("", ".sig"):
        shutil.copy(f"{mirror.bundle('2.27.1')}{suffix}", home)

    def install() -> None:
        os.environ["HOME"] = str(home)
        host.converge(version="2.27.1", base_url=home.as_uri())

    try:
        assert end_of(start(install, user=NOBODY)) == 0
        assert host.version() == "2.27.1"
    finally:
        shutil.rmtree(home)


def test_says_what_to_do_where_it_may_not_write(host: ScratchHost, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", tempfile.gettempdir())
    read_only = host.install_dir.parent
    read_only.mkdir(parents=True, exist_ok=True)
    read_only.chmod(0o555)

    def install() -> None:
        with pytest.raises(WorkstationError, match=r"become.*\.local"):
            host.converge(version="2.27.1")

    try:
        assert end_of(start(install, user=NOBODY)) == 0
    finally:
        read_only.chmod(0o755)


def test_umask_of_the_installing_user_locks_nobody_out(host: ScratchHost) -> None:
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


def is_program_or_directory(path: str, mode: int) -> bool:
    return stat.S_ISDIR(mode) or path.endswith(("dist/aws", "dist/aws_completer"))


def test_blanks_and_quotes_in_paths(host: ScratchHost, tmp_path: pathlib.Path) -> None:
    odd = tmp_path / "it's a $HOME"
    odd.mkdir()
    for suffix in ("", ".sig"):
        (odd / f"the bundle.zip{suffix}").write_bytes(
            pathlib.Path(f"{host.mirror.bundle('2.27.1')}{suffix}").read_bytes()
        )
    host.install_dir, host.bin_dir, host.share_dir = odd / "aws cli", odd / "my bin", odd / "share"
    host.converge(version="2.27.1", location=str(odd / "the bundle.zip"))
    assert host.version() == "2.27.1"
    assert not host.converge(version="2.27.1").changed


# what AWS's installer leaves behind, and other damage


def interrupted_copy(host: ScratchHost) -> None:
    """AWS's installer, killed before it had made bin/; it would say "Found same version" for ever."""
    host.converge("absent")
    directory = host.versions_dir / "2.27.1" / "dist"
    directory.mkdir(parents=True)
    (directory / "aws").write_text("#!/bin/sh\nexit 1\n")


def missing_link(host: ScratchHost) -> None:
    (host.bin_dir / "aws").unlink()


def missing_completer_link(host: ScratchHost) -> None:
    (host.bin_dir / "aws_completer").unlink()


def link_into_another_place(host: ScratchHost) -> None:
    (host.bin_dir / "aws").unlink()
    (host.bin_dir / "aws").symlink_to("/usr/bin/true")


def missing_current(host: ScratchHost) -> None:
    (host.versions_dir / "current").unlink()


def current_into_nothing(host: ScratchHost) -> None:
    (host.versions_dir / "current").unlink()
    (host.versions_dir / "current").symlink_to(host.versions_dir / "2.0.0")


def current_as_a_directory(host: ScratchHost) -> None:
    (host.versions_dir / "current").unlink()
    (host.versions_dir / "current" / "dist").mkdir(parents=True)


def misplaced_by_a_failing_version_command(host: ScratchHost) -> None:
    """What AWS's installer does when it cannot run the new CLI: it takes v2/ itself for the version."""
    (host.versions_dir / "current").unlink()
    (host.versions_dir / "current").symlink_to(str(host.versions_dir) + "/")
    (host.versions_dir / "dist").mkdir()
    (host.versions_dir / "bin").mkdir()


def program_that_fails(host: ScratchHost) -> None:
    (host.versions_dir / "2.27.1/dist/aws").write_text(
        "#!/bin/sh\necho 'symbol lookup error' >&2\nexit 127\n"
    )


def program_of_another_version(host: ScratchHost) -> None:
    (host.versions_dir / "2.27.1/dist/aws").write_text("#!/bin/sh\necho aws-cli/1.32.0 Python/3.9\n")


def program_without_permission(host: ScratchHost) -> None:
    (host.versions_dir / "2.27.1/dist/aws").chmod(0o644)


def missing_program(host: ScratchHost) -> None:
    (host.versions_dir / "2.27.1/dist/aws").unlink()


def staging_of_a_killed_run(host: ScratchHost) -> None:
    (host.versions_dir / ".staging-abcdef" / "tree").mkdir(parents=True)


def changed_completion(host: ScratchHost) -> None:
    path = host.share_dir / "bash-completion/completions/aws"
    path.write_text(path.read_text().replace("complete -C", "complete -C nowhere"))


DAMAGES = (
    interrupted_copy,
    missing_link,
    missing_completer_link,
    link_into_another_place,
    missing_current,
    current_into_nothing,
    current_as_a_directory,
    misplaced_by_a_failing_version_command,
    program_that_fails,
    program_of_another_version,
    program_without_permission,
    missing_program,
    staging_of_a_killed_run,
    changed_completion,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_repairs(host: ScratchHost, damage: t.Callable[[ScratchHost], None]) -> None:
    host.converge(version="2.27.1")
    whole = host.snapshot()
    damage(host)
    assert host.snapshot() != whole

    assert host.preview(version="2.27.1").changed
    assert host.converge(version="2.27.1").changed

    assert host.snapshot() == whole
    assert not host.converge(version="2.27.1").changed


@pytest.mark.parametrize("damage", [program_that_fails, missing_program, missing_link])
def test_repairs_to_the_version_that_was_there(
    host: ScratchHost, damage: t.Callable[[ScratchHost], None]
) -> None:
    host.converge(version="2.27.1")
    damage(host)
    assert host.converge().after.current == "2.27.1"


def test_takes_a_version_on_the_disk_when_none_is_current(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    missing_current(host)
    host.opened.clear()
    assert host.converge().after.current == "2.27.1"
    assert host.opened == []


# check mode


operations = st.lists(
    st.one_of(
        st.tuples(st.just("present"), st.sampled_from((None, *VERSIONS)), st.integers(1, 3), st.booleans()),
        st.tuples(st.sampled_from(("latest", "absent")), st.none(), st.integers(1, 3), st.booleans()),
        st.sampled_from(DAMAGES),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequence=operations)
def test_preview_tells_exactly_what_follows(mirror: Mirror, sequence: t.List[t.Any]) -> None:
    """From any state: a preview touches nothing, the run does what it said, and a second run does nothing."""
    with tempfile.TemporaryDirectory() as directory:
        host = ScratchHost(pathlib.Path(directory), mirror)
        for operation in sequence:
            if callable(operation):
                damage_if_possible(host, operation)
                continue
            options = dict(zip(("state", "version", "keep_versions", "completion"), operation))
            before = host.snapshot()
            previewed = host.preview(**options)
            assert host.snapshot() == before
            done = host.converge(**options)
            assert (done.before, done.after, done.source) == (
                previewed.before,
                previewed.after,
                previewed.source,
            )
            assert done.changed == (host.snapshot() != before)
            assert host.version() == done.after.current
            after = host.snapshot()
            assert not host.converge(**options).changed
            assert host.snapshot() == after


def damage_if_possible(host: ScratchHost, damage: t.Callable[[ScratchHost], None]) -> None:
    try:
        damage(host)
    except OSError as error:  # what it would damage is not there, or is damaged otherwise already
        assert error.errno in (errno.ENOENT, errno.EEXIST, errno.EISDIR), error


def test_preview_names_the_version_of_a_bundle_by_its_file(host: ScratchHost) -> None:
    bundle = str(host.mirror.bundle("2.27.1"))
    assert host.preview(location=bundle).after.versions == ("2.27.1",)


def test_describes_a_state_in_lines(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    program_that_fails(host)
    changed_completion(host)
    missing_completer_link(host)
    staging_of_a_killed_run(host)
    installer = host.installer(version="2.27.1")
    result = installer.preview()
    share = host.share_dir
    assert installer.describe(result.before).splitlines() == [
        "version 2.27.1 (damaged)",
        "current 2.27.1",
        f"link {host.bin_dir}/aws -> {host.versions_dir}/current/bin/aws",
        f"completion {share}/bash-completion/completions/aws (other content)",
        f"completion {share}/fish/vendor_completions.d/aws.fish",
        f"completion {share}/zsh/site-functions/_aws",
        "leftover .staging-abcdef",
    ]


# kills and races


STATE_CHANGES = (
    "os.mkdir",
    "os.rename",
    "os.symlink",
    "os.remove",
    "os.rmdir",
    "os.chmod",
    "subprocess.Popen",
)


def start(action: t.Callable[[], object], user: t.Optional[int] = None) -> int:
    """Run *action* in a forked process, as *user* where we are root; its process ID."""
    child = os.fork()
    if not child:
        status = 1
        try:
            if user is not None and os.geteuid() == 0:
                os.setgroups([])
                os.setgid(user)
                os.setuid(user)
            action()
            status = 0
        except BaseException as error:
            os.write(2, f"in the child: {error!r}\n".encode())
        finally:
            os._exit(status)
    return child


def end_of(child: int) -> int:
    """The exit code of a process, or minus the signal that it died of."""
    _pid, status = os.waitpid(child, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def killed_at(step: int, action: t.Callable[[], object]) -> bool:
    """Run *action*, and kill it just before its *step*-th change; False when it ended before."""

    def kill_when_due(event: str, arguments: t.Tuple[t.Any, ...]) -> None:
        nonlocal step
        writes = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if event in STATE_CHANGES or writes:
            step -= 1
            if step < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def watched() -> None:
        sys.addaudithook(kill_when_due)
        action()

    return end_of(start(watched)) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("before", "wanted"),
    [("2.27.1", "2.38.5"), ("2.38.5", "2.27.1"), ("", "2.38.5")],
    ids=["upgrade", "downgrade", "first installation"],
)
def test_killed_at_any_step_leaves_the_old_or_the_new_and_the_next_run_heals(
    host: ScratchHost, before: str, wanted: str
) -> None:
    for step in range(1000):
        host.converge("absent")
        if before:
            host.converge(version=before)
        if not killed_at(step, lambda: host.converge(version=wanted)):
            break
        assert host.version() in (before, wanted), f"after step {step}"
        host.converge(version=wanted)
        assert (host.version(), host.versions()) == (wanted, [wanted]), f"after step {step}"
        assert not list(host.versions_dir.glob(".staging-*"))
        assert not host.converge(version=wanted).changed
    assert 20 < step < 1000


def test_killed_while_removing_is_removed_by_the_next_run(host: ScratchHost) -> None:
    for step in range(1000):
        host.converge(version="2.27.1")
        if not killed_at(step, lambda: host.converge("absent")):
            break
        host.converge("absent")
        assert not list(host.versions_dir.glob("*")), f"after step {step}"
        assert list(host.bin_dir.iterdir()) == []
    assert 5 < step < 1000


def test_runs_at_once_take_turns(host: ScratchHost) -> None:
    children = [start(converge_to(host, version)) for version in VERSIONS * 2]
    assert [end_of(child) for child in children] == [0] * len(children)
    assert host.version() in VERSIONS
    assert sorted(host.versions()) == sorted(VERSIONS)
    assert not list(host.versions_dir.glob(".staging-*"))


def converge_to(host: ScratchHost, version: str) -> t.Callable[[], object]:
    return lambda: host.converge(version=version, keep_versions=len(VERSIONS))


# absent


def test_absent_removes_what_we_installed_and_nothing_else(host: ScratchHost, tmp_path: pathlib.Path) -> None:
    secrets = tmp_path / "home" / ".aws"
    secrets.mkdir()
    (secrets / "config").write_text("[default]\n")
    host.bin_dir.mkdir(parents=True)
    (host.bin_dir / "other").write_text("")
    before = host.snapshot()
    host.converge(version="2.27.1")
    host.converge(version="2.38.5", keep_versions=2)

    result = host.converge("absent")

    assert result.removed_versions == ["2.27.1", "2.38.5"]
    left = {path for path, (mode, _content) in host.snapshot().items() if not stat.S_ISDIR(mode)}
    assert left == {path for path, (mode, _content) in before.items() if not stat.S_ISDIR(mode)}
    assert not host.install_dir.exists()
    assert (secrets / "config").read_text() == "[default]\n"
    assert not host.converge("absent").changed


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_absent_removes_a_damaged_installation(
    host: ScratchHost, damage: t.Callable[[ScratchHost], None]
) -> None:
    host.converge(version="2.27.1")
    damage(host)
    assert host.converge("absent").changed
    assert not host.install_dir.exists()
    assert not host.converge("absent").changed


def test_absent_leaves_links_and_files_of_others(host: ScratchHost) -> None:
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


def test_completion_can_be_left_out_and_kept_as_edited(host: ScratchHost) -> None:
    host.converge(version="2.27.1", completion=False)
    assert not host.share_dir.exists()
    edited = host.share_dir / "bash-completion/completions/aws"
    edited.parent.mkdir(parents=True)
    edited.write_text("# my own\n")
    host.converge(version="2.27.1")
    assert edited.read_text() == "# my own\n"
    assert (host.share_dir / "zsh/site-functions/_aws").exists()


# refusals: nothing has changed afterwards


@pytest.fixture
def installed(host: ScratchHost) -> t.Iterator[ScratchHost]:
    """A host with 2.27.1 that a failing run must leave exactly as it was."""
    host.converge(version="2.27.1")
    before = host.snapshot()
    yield host
    assert host.snapshot() == before
    assert host.version() == "2.27.1"


def test_a_program_in_the_place_of_a_link_is_not_overwritten(host: ScratchHost) -> None:
    host.bin_dir.mkdir(parents=True)
    (host.bin_dir / "aws").write_text("#!/usr/bin/python3\n# AWS CLI v1\n")
    before = host.snapshot()
    for attempt in (host.preview, host.converge):
        with pytest.raises(WorkstationError, match=r"bin/aws is not a symlink.*pip uninstall awscli"):
            attempt(version="2.27.1")
    assert (host.opened, host.snapshot()) == ([], before)


def test_changed_bundle(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    bundle = tmp_path / "bundle.zip"
    data = bytearray(installed.mirror.bundle(NEWEST).read_bytes())
    data[100] ^= 1
    bundle.write_bytes(data)
    (tmp_path / "bundle.zip.sig").write_bytes(
        pathlib.Path(f"{installed.mirror.bundle(NEWEST)}.sig").read_bytes()
    )
    with pytest.raises(WorkstationError, match="does not match its signature"):
        installed.converge(version=NEWEST, location=str(bundle))


def test_unsigned_bundle(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    pack_stub(NEWEST, tmp_path / "bundle.zip")
    with pytest.raises(WorkstationError, match=r"no readable signature.*verify_signature=false"):
        installed.converge(version=NEWEST, location=str(tmp_path / "bundle.zip"))


def test_bundle_signed_by_another_key(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    with new_key() as stranger:
        bundle = Mirror(tmp_path, stranger).add_stub(NEWEST)
        with pytest.raises(WorkstationError, match="was made by the key"):
            installed.converge(version=NEWEST, location=str(bundle))


def test_no_program_to_verify_with(installed: ScratchHost) -> None:
    with pytest.raises(WorkstationError, match=r"gpgv \(Debian"):
        installed.converge(version=NEWEST, verifier=installed.verifier(find_program=lambda _name: None))


def test_wrong_checksum(installed: ScratchHost) -> None:
    with pytest.raises(ChecksumMismatch, match="sha256"):
        installed.converge(version=NEWEST, checksum="sha256:" + "0" * 64)


def test_version_that_does_not_exist(installed: ScratchHost) -> None:
    with pytest.raises(WorkstationError, match=r"awscli-exe-linux-x86_64-2\.0\.99\.zip.*version"):
        installed.converge(version="2.0.99")


def test_bundle_of_another_version_than_wanted(installed: ScratchHost) -> None:
    with pytest.raises(WorkstationError, match=r"2\.38\.5, not the requested version 2\.36\.12"):
        installed.converge(version="2.36.12", location=str(installed.mirror.bundle("2.38.5")))


def test_mirror_that_passes_off_an_old_version_as_the_latest(
    installed: ScratchHost, tmp_path: pathlib.Path
) -> None:
    mirror = Mirror(tmp_path, installed.mirror.key)
    for suffix in ("", ".sig"):
        shutil.copy(f"{installed.mirror.bundle('2.9.19')}{suffix}", f"{mirror.bundle('2.40.0')}{suffix}")
    (tmp_path / "v2").mkdir()
    (tmp_path / "v2/version.txt").write_text("2.40.0\n")
    with pytest.raises(WorkstationError, match=r"2\.9\.19, not the requested version 2\.40\.0"):
        installed.converge("latest", base_url=tmp_path.as_uri())


def test_bundle_that_is_no_archive(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    (tmp_path / "bundle.zip").write_text("<html>Please log in to the proxy</html>")
    with pytest.raises(WorkstationError, match="damaged"):
        installed.converge(version=NEWEST, location=str(tmp_path / "bundle.zip"), verifier=None)


AARCH64_ELF = bytes.fromhex("7f454c4602010100") + bytes(8) + bytes.fromhex("0200b70001000000") + bytes(40)


def test_bundle_for_another_processor(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    bundle = tmp_path / "bundle.zip"
    repack_with_program(installed.mirror.bundle(NEWEST), bundle, AARCH64_ELF)
    with pytest.raises(DoesNotRun, match="another processor architecture"):
        installed.converge(version=NEWEST, location=str(bundle), verifier=None)


def test_bundle_whose_loader_is_missing(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    bundle = tmp_path / "bundle.zip"
    repack_with_program(installed.mirror.bundle(NEWEST), bundle, b"#!/nonexistent/loader\n")
    with pytest.raises(DoesNotRun, match="cannot be started"):
        installed.converge(version=NEWEST, location=str(bundle), verifier=None)


def repack_with_program(original: pathlib.Path, bundle: pathlib.Path, program: bytes) -> None:
    with zipfile.ZipFile(original) as source, zipfile.ZipFile(bundle, "w") as target:
        for info in source.infolist():
            target.writestr(info, program if info.filename == "aws/dist/aws" else source.read(info))


def test_checksum_alone_can_vouch(host: ScratchHost) -> None:
    digest = hashlib.sha256(host.mirror.bundle("2.27.1").read_bytes()).hexdigest()
    result = host.converge(version="2.27.1", checksum=f"sha256:{digest.upper()}", verifier=None)
    assert result.verified_by == "checksum"


def test_mirror_without_a_version_file(host: ScratchHost, tmp_path: pathlib.Path) -> None:
    (tmp_path / "v2").mkdir()
    (tmp_path / "v2/version.txt").write_text("<html>not a number</html>")
    with pytest.raises(WorkstationError, match="Set version"):
        host.converge(base_url=tmp_path.as_uri())


# file systems that need a mount namespace of their own

COLLECTIONS = str(sys.modules[Installer.__module__].__file__).partition("/ansible_collections/")[0]


def mounted(options: str, directory: pathlib.Path, script: str) -> str:
    """What a Python *script* prints that runs with a tmpfs on *directory*, which no other process sees."""
    directory.mkdir(parents=True, exist_ok=True)
    namespace = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*namespace, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("this machine does not let its users have mount namespaces")
    mount = f'mount -t tmpfs -o {options} none "$1" && exec "$2" -c "$3"'
    return subprocess.run(
        [*namespace, "sh", "-c", mount, "sh", str(directory), sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, COLLECTIONS])},
        check=False,
    ).stdout


INSTALL_THERE = """
import pathlib
from bundles import Mirror, pack_stub
from support.scratch_host import ScratchHost
class Key: public_key = fingerprint = ""
host = ScratchHost(pathlib.Path({directory!r}), Mirror({directory!r}, Key()))
host.install_dir = pathlib.Path({install_dir!r})
try:
    host.converge(location={bundle!r}, verifier=None)
except Exception as error:
    print(type(error).__name__, error)
print(sorted(path.name for path in host.install_dir.rglob("*")), host.version())
"""


def test_file_system_that_runs_no_programs(tmp_path: pathlib.Path) -> None:
    bundle = tmp_path / "bundle.zip"
    pack_stub(NEWEST, bundle)
    target = tmp_path / "noexec"
    script = INSTALL_THERE.format(directory=str(tmp_path), install_dir=str(target / "i"), bundle=str(bundle))
    output = mounted("noexec", target, script)
    assert "DoesNotRun" in output
    assert "noexec" in output
    assert "[] \n" in output


def test_temporary_directory_that_runs_no_programs(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.zip"
    pack_stub(NEWEST, bundle)
    target = tmp_path / "noexec"
    monkeypatch.setenv("TMPDIR", str(target))
    install_dir = str(tmp_path / "elsewhere")
    script = INSTALL_THERE.format(directory=str(tmp_path), install_dir=install_dir, bundle=str(bundle))
    assert mounted("noexec", target, script).endswith(f" {NEWEST}\n")


@pytest.mark.parametrize(
    ("size", "result"),
    [("40k", "WorkstationError"), ("120k", "WorkstationError"), ("600k", NEWEST)],
    ids=["no room for the archive", "no room to unpack it", "room enough"],
)
def test_disk_full(tmp_path: pathlib.Path, size: str, result: str) -> None:
    bundle = tmp_path / "bundle.zip"
    pack_stub(NEWEST, bundle, files={f"data/{number}": os.urandom(4096) for number in range(20)})
    target = tmp_path / "small"
    script = INSTALL_THERE.format(directory=str(tmp_path), install_dir=str(target / "i"), bundle=str(bundle))
    output = mounted(f"size={size}", target, script)
    assert result in output
    assert ("[] \n" in output) == (result == "WorkstationError")


# which hosts AWS builds for


@pytest.mark.parametrize(
    ("machine", "files", "expected"),
    [
        ("x86_64", ["lib64/ld-linux-x86-64.so.2"], "x86_64"),
        ("AMD64", ["lib64/ld-linux-x86-64.so.2"], "x86_64"),
        ("aarch64", ["lib/ld-linux-aarch64.so.1"], "aarch64"),
        ("arm64", ["lib/ld-linux-aarch64.so.1"], "aarch64"),
        ("x86_64", ["lib/ld-musl-x86_64.so.1", "lib64/ld-linux-x86-64.so.2"], "x86_64"),
    ],
)
def test_supported_host(machine: str, files: t.List[str], expected: str, tmp_path: pathlib.Path) -> None:
    touch(tmp_path, files)
    assert supported_architecture(machine, str(tmp_path)) == expected


@pytest.mark.parametrize(
    ("machine", "files", "reason"),
    [
        ("i686", ["lib/ld-linux.so.2"], "this host is i686"),
        ("armv7l", ["lib/ld-linux-armhf.so.3"], "this host is armv7l"),
        ("x86_64", ["lib/ld-linux.so.2"], "32-bit"),
        ("aarch64", ["lib/ld-linux-armhf.so.3"], "32-bit"),
        ("x86_64", ["lib/ld-musl-x86_64.so.1"], "musl.*apk add aws-cli"),
    ],
)
def test_unsupported_host(machine: str, files: t.List[str], reason: str, tmp_path: pathlib.Path) -> None:
    touch(tmp_path, files)
    with pytest.raises(WorkstationError, match=reason):
        supported_architecture(machine, str(tmp_path))


def touch(root: pathlib.Path, files: t.Iterable[str]) -> None:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
