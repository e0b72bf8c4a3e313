# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes that run from a directory, and versions that are kept as long as one does."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.processes import processes_in
from bundles import Mirror, pack_stub
from support.child_processes import exit_code, start
from support.scratch_host import ScratchHost

NOBODY = 65534
SLEEP = shutil.which("sleep") or "/bin/sleep"
WAITING = 'test "$1" = --version || { echo started; exec 3< /dev/null; read -r nothing; }'
"""Commands of a stub that runs until it is killed, as a script that its interpreter has open.

A child process, such as sleep, would be another process of the version for a moment.
"""


@contextlib.contextmanager
def running(*command: str | pathlib.Path) -> t.Iterator[int]:
    """The ID of a process that runs *command*, once it has printed something or was started."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, start_new_session=True) as process:
        try:
            if not str(command[0]).endswith("program"):
                assert process.stdout
                process.stdout.readline()
            yield process.pid
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture
def version(tmp_path: pathlib.Path) -> pathlib.Path:
    directory = tmp_path / "v2" / "2.27.1"
    (directory / "dist").mkdir(parents=True)
    shutil.copy(SLEEP, directory / "dist" / "aws")
    shutil.copy(SLEEP, directory / "dist" / "program")
    return directory


@pytest.mark.parametrize("program", ["aws", "program"])
def test_process_of_a_program_is_found(version: pathlib.Path, program: str) -> None:
    (version / "program").symlink_to(f"dist/{program}")
    with running(version / "program", "60") as process:
        other = version.with_name("2.27.10")
        other.mkdir()
        found = processes_in({"2.27.1": str(version), "2.27.10": str(other)})
        assert found == {"2.27.1": [process]}
    assert processes_in({"2.27.1": str(version)}) == {}


def test_directory_may_be_reached_through_a_link(version: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "other name").symlink_to(version.parent)
    (version / "program").symlink_to("dist/aws")
    with running(version / "program", "60") as process:
        assert processes_in({"a": str(tmp_path / "other name" / "2.27.1")}) == {"a": [process]}


def test_process_with_a_mapped_or_open_file_is_found(version: pathlib.Path) -> None:
    library = version / "dist" / "library.so"
    library.write_bytes(b"x" * 4096)
    script = (
        "import mmap, sys, time\n"
        "file = open(sys.argv[1], 'rb')\n"
        "mapped = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)\n"
        "sys.argv[2] == 'mapped' and file.close()\n"
        "print('started', flush=True)\n"
        "time.sleep(60)\n"
    )
    for how in ("mapped", "open"):
        with running("/usr/bin/env", "python3", "-c", script, library, how) as process:
            assert processes_in({"a": str(version)}) == {"a": [process]}


def test_host_without_proc_is_no_error(version: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert processes_in({"a": str(version)}, str(tmp_path / "missing")) == {}


def test_processes_of_another_user_are_not_visible_without_root(version: pathlib.Path) -> None:
    """A version that another user runs is removed by an ordinary user who owns it; that is no error."""

    def look() -> None:
        assert processes_in({"a": str(version)}) == {}

    (version / "program").symlink_to("dist/aws")
    with running(version / "program", "60"):
        assert exit_code(start(look, user=NOBODY)) == 0


@pytest.fixture
def slow(
    host: ScratchHost, mirror: Mirror, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> ScratchHost:
    """A host whose AWS CLI 2.27.1, which is for its user alone, runs until it is killed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    pack_stub("2.27.1", tmp_path / "slow.zip", commands=WAITING)
    host.converge(location=str(tmp_path / "slow.zip"), verifier=None)
    return host


def test_version_in_use_is_kept_until_it_has_finished(slow: ScratchHost) -> None:
    with running(slow.bin_dir / "aws", "s3", "sync") as process:
        previewed = slow.preview(version="2.38.5")
        upgraded = slow.converge(version="2.38.5")
        assert (previewed.before, previewed.after) == (upgraded.before, upgraded.after)
        assert previewed.warnings == upgraded.warnings == [
            f"AWS CLI 2.27.1 is not removed yet, because it is running (process ID {process})."
            " Run this task again when it has finished."
        ]  # fmt: skip
        assert (slow.version(), slow.versions()) == ("2.38.5", ["2.27.1", "2.38.5"])
        assert (upgraded.changed, upgraded.removed_versions) == (True, [])
        assert os.readlink(f"/proc/{process}/fd/10").endswith("2.27.1/dist/aws")

        again = slow.converge(version="2.38.5")
        assert (again.changed, again.warnings) == (False, upgraded.warnings)
    assert slow.preview(version="2.38.5").removed_versions == ["2.27.1"]
    assert slow.converge(version="2.38.5").removed_versions == ["2.27.1"]
    assert slow.versions() == ["2.38.5"]


def test_version_in_use_is_kept_by_downgrades_and_in_addition_to_others(slow: ScratchHost) -> None:
    with running(slow.bin_dir / "aws", "s3", "sync"):
        for version in ("2.36.12", "2.38.5", "2.9.19"):
            slow.converge(version=version, keep_versions=2)
        assert slow.versions() == ["2.27.1", "2.38.5", "2.9.19"]
        slow.converge(version="2.9.19", keep_versions=1)
        assert slow.versions() == ["2.27.1", "2.9.19"]
    slow.converge(version="2.9.19", keep_versions=2)
    assert slow.versions() == ["2.27.1", "2.9.19"]


def test_absent_removes_all_but_the_running_version(slow: ScratchHost) -> None:
    with running(slow.bin_dir / "aws", "s3", "sync"):
        previewed = slow.preview("absent")
        removed = slow.converge("absent")
        assert (previewed.before, previewed.after) == (removed.before, removed.after)
        assert (removed.changed, removed.removed_versions, slow.version()) == (True, [], "")
        assert slow.versions() == ["2.27.1"]
        assert "AWS CLI 2.27.1 is not removed yet" in removed.warnings[0]
        assert not slow.converge("absent").changed
    assert slow.converge("absent").removed_versions == ["2.27.1"]
    assert not slow.install_dir.exists()


def test_process_that_starts_while_the_archive_is_downloaded_counts(
    slow: ScratchHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    with contextlib.ExitStack() as stack:
        open_url = slow._open_url

        def started_meanwhile(url: str, **options: t.Any) -> t.Any:
            stack.enter_context(running(slow.bin_dir / "aws", "s3", "sync"))
            return open_url(url, **options)

        monkeypatch.setattr(slow, "_open_url", started_meanwhile)
        assert slow.converge(version="2.38.5").removed_versions == []
        assert slow.versions() == ["2.27.1", "2.38.5"]
