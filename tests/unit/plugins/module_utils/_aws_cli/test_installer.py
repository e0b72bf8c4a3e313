# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The installer on a scratch host: install, upgrade, downgrade, roll back and remove."""

from __future__ import annotations

import errno
import os
import pathlib
import shutil
import stat
import tempfile
import typing as t
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.installer import (
    DoesNotRun,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from bundles import Mirror
from support.child_processes import exit_code, start
from support.damages import (
    DAMAGES,
    changed_completion,
    missing_completer_link,
    program_that_fails,
    staging_of_a_killed_run,
)
from support.scratch_host import NEWEST, VERSIONS, ScratchHost

NOBODY = 65534


def test_converged_host_runs_one_process_and_downloads_nothing(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    host.commands.clear()
    host.opened.clear()

    for wanted in ({"version": "2.27.1"}, {"version": None}, {"location": "/nonexistent/bundle.zip"}):
        assert not host.converge(**wanted).changed

    assert host.commands == [[str(host.versions_dir / "2.27.1/bin/aws"), "--version"]] * 3
    assert host.opened == []


def test_present_installs_the_latest_version_when_there_is_none(host: ScratchHost) -> None:
    result = host.converge()
    assert (result.after.current, result.previous_version, result.verified_by) == (NEWEST, "", "gpgv")
    assert host.version() == NEWEST


def test_present_keeps_any_working_version(host: ScratchHost) -> None:
    host.converge(version="2.9.19")
    assert not host.converge().changed
    assert host.version() == "2.9.19"


def test_latest_downloads_only_the_version_file_when_up_to_date(host: ScratchHost) -> None:
    host.converge(state="latest")
    host.opened.clear()
    assert not host.converge(state="latest").changed
    assert host.opened == ["version.txt"]


def test_latest_upgrades_and_removes_the_old_version(host: ScratchHost) -> None:
    host.converge(version="2.9.19")
    result = host.converge(state="latest")
    assert (result.previous_version, result.removed_versions) == ("2.9.19", ["2.9.19"])
    assert (host.version(), host.versions()) == (NEWEST, [NEWEST])


def test_latest_does_not_downgrade_when_the_mirror_lags_behind(
    host: ScratchHost, tmp_path: pathlib.Path
) -> None:
    host.converge(version=NEWEST)
    behind = tmp_path / "behind"
    behind.mkdir()
    Mirror(behind, host.mirror.key).add_stub("2.27.1")
    assert not host.converge(state="latest", base_url=behind.as_uri()).changed
    assert host.version() == NEWEST


def test_downgrade_downloads_a_version_that_is_not_on_the_host(host: ScratchHost) -> None:
    host.converge(version=NEWEST)
    result = host.converge(version="2.9.19")
    assert result.previous_version == NEWEST
    assert (host.version(), host.versions()) == ("2.9.19", ["2.9.19"])


def test_rollback_to_a_kept_version_needs_no_download(host: ScratchHost) -> None:
    for version in VERSIONS:
        host.converge(version=version, keep_versions=3)
    assert host.versions() == ["2.27.1", "2.36.12", "2.38.5"]
    host.opened.clear()

    result = host.converge(version="2.27.1", keep_versions=3)

    assert (result.verified_by, result.removed_versions, host.opened) == ("", [], [])
    assert host.version() == "2.27.1"


def test_current_version_is_never_removed(host: ScratchHost) -> None:
    for version in VERSIONS:
        host.converge(version=version, keep_versions=4)
    result = host.converge(version="2.9.19", keep_versions=2)
    assert result.removed_versions == ["2.27.1", "2.36.12"]
    assert (host.version(), host.versions()) == ("2.9.19", ["2.38.5", "2.9.19"])


def test_installation_for_one_user_needs_no_root(host: ScratchHost, mirror: Mirror) -> None:
    host.converge(
        version="2.27.1"
    )  # imports what Python imports late, from directories that only root may be able to read
    home = pathlib.Path(tempfile.mkdtemp(dir="/tmp"))  # not below a directory that only root can search
    home.chmod(0o777)
    host = ScratchHost(home, mirror)
    host.install_dir, host.bin_dir = home / ".local/share/aws-cli", home / ".local/bin"
    for suffix in ("", ".sig"):
        shutil.copy(f"{mirror.bundle('2.27.1')}{suffix}", home)

    def install() -> None:
        os.environ["HOME"] = str(home)
        host.converge(version="2.27.1", base_url=home.as_uri())

    try:
        assert exit_code(start(install, user=NOBODY)) == 0
        assert host.version() == "2.27.1"
    finally:
        shutil.rmtree(home)


def test_unwritable_directory_is_an_error_that_suggests_become(
    host: ScratchHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", tempfile.gettempdir())
    read_only = host.install_dir.parent
    read_only.mkdir(parents=True, exist_ok=True)
    read_only.chmod(0o555)

    def install() -> None:
        with pytest.raises(WorkstationError, match=r"become.*\.local"):
            host.converge(version="2.27.1")

    try:
        assert exit_code(start(install, user=NOBODY)) == 0
    finally:
        read_only.chmod(0o755)


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
def test_preview_is_exactly_what_converge_does(mirror: Mirror, sequence: t.List[t.Any]) -> None:
    """From any state: a preview changes nothing, the run does what it reported, a second run nothing."""
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
    except OSError as error:  # what it would damage does not exist, or is damaged otherwise already
        assert error.errno in (errno.ENOENT, errno.EEXIST, errno.EISDIR), error


def test_state_is_described_in_lines(host: ScratchHost) -> None:
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
        "leftover .aws_sso-abcdef",
    ]


def test_absent_removes_only_what_was_installed(host: ScratchHost, tmp_path: pathlib.Path) -> None:
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


def test_archive_with_another_version_is_refused(installed: ScratchHost) -> None:
    with pytest.raises(WorkstationError, match=r"2\.38\.5, not the requested version 2\.36\.12"):
        installed.converge(version="2.36.12", location=str(installed.mirror.bundle("2.38.5")))


def test_old_version_offered_as_the_latest_is_refused(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    mirror = Mirror(tmp_path, installed.mirror.key)
    for suffix in ("", ".sig"):
        shutil.copy(f"{installed.mirror.bundle('2.9.19')}{suffix}", f"{mirror.bundle('2.40.0')}{suffix}")
    (tmp_path / "v2").mkdir()
    (tmp_path / "v2/version.txt").write_text("2.40.0\n")
    with pytest.raises(WorkstationError, match=r"2\.9\.19, not the requested version 2\.40\.0"):
        installed.converge("latest", base_url=tmp_path.as_uri())


def test_file_that_is_not_an_archive_is_refused(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    (tmp_path / "bundle.zip").write_text("<html>Please log in to the proxy</html>")
    with pytest.raises(WorkstationError, match="damaged"):
        installed.converge(version=NEWEST, location=str(tmp_path / "bundle.zip"), verifier=None)


AARCH64_ELF = bytes.fromhex("7f454c4602010100") + bytes(8) + bytes.fromhex("0200b70001000000") + bytes(40)


def test_archive_for_another_architecture_is_refused(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    bundle = tmp_path / "bundle.zip"
    repack_with_program(installed.mirror.bundle(NEWEST), bundle, AARCH64_ELF)
    with pytest.raises(DoesNotRun, match="another processor architecture"):
        installed.converge(version=NEWEST, location=str(bundle), verifier=None)


def test_program_without_its_loader_is_refused(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    bundle = tmp_path / "bundle.zip"
    repack_with_program(installed.mirror.bundle(NEWEST), bundle, b"#!/nonexistent/loader\n")
    with pytest.raises(DoesNotRun, match="cannot be started"):
        installed.converge(version=NEWEST, location=str(bundle), verifier=None)


def repack_with_program(original: pathlib.Path, bundle: pathlib.Path, program: bytes) -> None:
    with zipfile.ZipFile(original) as source, zipfile.ZipFile(bundle, "w") as target:
        for info in source.infolist():
            target.writestr(info, program if info.filename == "aws/dist/aws" else source.read(info))


def test_debug_output_contains_the_decisions(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    output = "\n".join(host.debug_output)
    assert "versions [], damaged [], current none, desired 2.27.1" in output
    assert f"installing from {host.base_url}/awscli-exe-linux-x86_64-2.27.1.zip" in output
    assert "archive verified by gpgv" in output


def test_version_below_the_minimum_is_upgraded(host: ScratchHost) -> None:
    host.converge(version="2.9.19")
    result = host.converge(minimum_version="2.27.1")
    assert (result.previous_version, result.after.current) == ("2.9.19", NEWEST)
    assert not host.converge(minimum_version=NEWEST).changed


def test_kept_version_below_the_minimum_is_not_activated(host: ScratchHost) -> None:
    host.converge(version="2.9.19")
    host.converge(version="2.27.1", keep_versions=2)
    shutil.rmtree(host.versions_dir / "2.27.1")
    assert host.converge(keep_versions=2, minimum_version="2.20.0").after.current == NEWEST


@pytest.mark.parametrize("state", ["present", "latest"])
def test_old_version_that_a_mirror_offers_as_the_latest_is_refused(
    host: ScratchHost, tmp_path: pathlib.Path, state: str
) -> None:
    """The archive has a valid signature of the AWS CLI team; the number of the latest version has none."""
    Mirror(tmp_path, host.mirror.key).add_stub("2.9.19")
    for attempt in (host.preview, host.converge):
        with pytest.raises(WorkstationError) as caught:
            attempt(state, base_url=tmp_path.as_uri(), minimum_version="2.27.1")
        assert str(caught.value) == (
            f"The latest version below {tmp_path.as_uri()} is AWS CLI 2.9.19, which is older than"
            " minimum_version 2.27.1. Use a mirror or an archive that is up to date, or lower"
            " minimum_version."
        )
    assert not host.install_dir.exists()


@pytest.mark.parametrize("name", ["awscli-exe-linux-x86_64-2.9.19.zip", "cli.zip"])
def test_archive_with_a_version_below_the_minimum_is_refused(
    installed: ScratchHost, tmp_path: pathlib.Path, name: str
) -> None:
    for suffix in ("", ".sig"):
        shutil.copy(f"{installed.mirror.bundle('2.9.19')}{suffix}", tmp_path / f"{name}{suffix}")
    with pytest.raises(
        WorkstationError, match=r"contains AWS CLI 2\.9\.19, which is older than minimum_version"
    ):
        installed.converge(location=str(tmp_path / name), minimum_version="2.30.0")
