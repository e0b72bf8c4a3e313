# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories that cannot be used: nothing is downloaded, nothing is left, the message names the cause."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from support.child_processes import exit_code, start
from support.scratch_host import ScratchHost

CLONE_NEWNS = 0x00020000


def mount(*arguments: str) -> None:
    """Mount something that only this process sees, which is a forked one."""
    ctypes.CDLL(None).unshare(CLONE_NEWNS)
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", *arguments], check=True)


def files(host: ScratchHost) -> t.Set[str]:
    return set(host.snapshot())


@pytest.mark.parametrize("option", ["install_dir", "bin_dir", "share_dir"])
@pytest.mark.parametrize("kind", ["a file", "a link to something that does not exist"])
def test_directory_that_is_none_is_refused_before_the_download(
    host: ScratchHost, option: str, kind: str
) -> None:
    path = getattr(host, option)
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "a file":
        path.touch()
    else:
        path.symlink_to("nowhere")
    before = files(host)
    for attempt in (host.preview, host.converge):
        with pytest.raises(WorkstationError, match=f"because {path} is {kind}, not a directory"):
            attempt(version="2.27.1")
    assert (files(host), host.opened) == (before, [])
    assert not host.converge("absent").changed


def test_dangling_directory_of_the_versions_is_refused(host: ScratchHost) -> None:
    host.install_dir.mkdir(parents=True)
    host.versions_dir.symlink_to("nowhere")
    for attempt in (host.preview, host.converge):
        with pytest.raises(WorkstationError, match="a link to something that does not exist"):
            attempt(version="2.27.1")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
@pytest.mark.parametrize("option", ["install_dir", "bin_dir", "share_dir"])
def test_read_only_file_system_is_named(host: ScratchHost, option: str) -> None:
    path = getattr(host, option)
    path.mkdir(parents=True)

    def install() -> None:
        mount("-t", "tmpfs", "-o", "ro,mode=755", "none", str(path))
        for attempt in (host.preview, host.converge):
            with pytest.raises(WorkstationError, match=f"{path}.* is mounted read-only"):
                attempt(version="2.27.1")
        assert host.opened == []
        assert host.versions() == []

    assert exit_code(start(install)) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_converged_host_with_read_only_file_systems_is_no_error(host: ScratchHost) -> None:
    host.converge(version="2.27.1")
    top = str(host.install_dir.parent)

    def check() -> None:
        mount("--bind", top, top)
        mount("-o", "remount,bind,ro", top)
        assert not host.preview(version="2.27.1").changed
        assert not host.converge(version="2.27.1").changed

    assert exit_code(start(check)) == 0


def test_file_larger_than_the_limit_is_named(host: ScratchHost) -> None:
    def install() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        with pytest.raises(WorkstationError, match="ulimit -f"):
            host.converge(version="2.27.1")

    assert exit_code(start(install)) == 0
    assert host.versions() == []


def test_change_that_the_directory_of_the_links_refuses_leaves_nothing(
    host: ScratchHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as an immutable directory, where os.access() expects no error."""
    host.bin_dir.mkdir(parents=True)
    symlink = os.symlink

    def refuse(target: str, path: str, **options: t.Any) -> None:
        if os.path.dirname(path) == str(host.bin_dir):
            raise PermissionError(errno.EPERM, "Operation not permitted", path)
        symlink(target, path, **options)

    monkeypatch.setattr(os, "symlink", refuse)
    with pytest.raises(WorkstationError, match="bin_dir"):
        host.converge(version="2.27.1")
    assert (host.opened, host.versions(), list(host.bin_dir.iterdir())) == ([], [], [])
