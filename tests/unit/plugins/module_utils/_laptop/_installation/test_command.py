# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command workstation-update, as a shell runs it."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import command
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import Paths
from support.laptops import executable

PRINT_ARGUMENTS = "import sys; print(__file__, sys.flags.isolated, *sys.argv[1:])\n"


@pytest.fixture
def paths(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("HOME", str(tmp_path))
    root = tmp_path / "it's data"
    root.mkdir()
    (root / "workstation-update.pyz").write_text(PRINT_ARGUMENTS)
    return Paths(str(root))


def run_command(*arguments: str, path: str = "/usr/bin:/bin") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command.command_path(), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": path},
    )


@pytest.fixture
def modern(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> pathlib.Path:
    """A Python that says that it is new enough, for hosts where the tests run with an old one."""
    script = f'#!/bin/sh\ncase $* in *version_info*) exit 0 ;; esac\nexec {sys.executable} "$@"\n'
    python = executable(tmp_path / "pythons/python3", script)
    monkeypatch.setattr(sys, "executable", str(python))
    return python


def test_command_runs_the_current_version(paths: Paths, modern: pathlib.Path) -> None:
    command.install_command(paths)
    assert run_command("--check").stdout == f"{paths.updater} 1 --check\n"
    version = pathlib.Path(paths.versions) / "1"
    version.mkdir(parents=True)
    (version / "workstation-update.pyz").write_text(PRINT_ARGUMENTS)
    os.symlink("versions/1", paths.current)
    assert run_command("a b").stdout == f"{paths.current}/workstation-update.pyz 1 a b\n"


def test_command_finds_another_python_once_its_own_is_gone(paths: Paths, modern: pathlib.Path) -> None:
    command.install_command(paths)
    other = modern.rename(modern.parent.parent / "python3.12")
    assert run_command(path=f"{other.parent}:/bin").stdout == f"{paths.updater} 1\n"
    other.unlink()
    done = run_command(path="/nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("workstation-update requires Python 3.10 or newer. Run setup.sh")


def test_another_program_of_that_name_is_neither_replaced_nor_removed(paths: Paths) -> None:
    other = executable(pathlib.Path(command.command_path()), "#!/bin/sh\nexit 0\n")
    with pytest.raises(WorkstationError, match=r"workstation-update is another program\. Move it away"):
        command.install_command(paths)
    command.remove_command()
    assert other.read_text() == "#!/bin/sh\nexit 0\n"


def test_command_is_removed(paths: Paths) -> None:
    command.install_command(paths)
    command.install_command(paths)
    command.remove_command()
    command.remove_command()
    assert not os.path.exists(command.command_path())


def test_command_is_on_the_search_path(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"/bin:{os.path.dirname(command.command_path())}/")
    assert command.is_on_path()
    monkeypatch.setenv("PATH", "/bin")
    assert not command.is_on_path()
