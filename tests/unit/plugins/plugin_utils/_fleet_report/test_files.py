# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and links of another user in a directory that all users can write to."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report import files
from support.fleets import FIRST, company_run, read_page, read_state

OTHER_USER = 12345
SECRET = "the content of a file of another user"


@pytest.fixture
def shared(tmp_path: pathlib.Path) -> pathlib.Path:
    """A directory like /tmp."""
    directory = tmp_path / "shared"
    directory.mkdir()
    directory.chmod(0o1777)
    return directory


@pytest.fixture
def give_away(monkeypatch: pytest.MonkeyPatch) -> t.Callable[[pathlib.Path], None]:
    """Make another user the owner of a file; without root, this process pretends to be another user."""

    def give_away(path: pathlib.Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, OTHER_USER, OTHER_USER, follow_symlinks=False)
        else:
            monkeypatch.setattr(os, "geteuid", lambda: OTHER_USER)

    return give_away


@pytest.mark.parametrize("name", ["fleet.html", "fleet.json"])
def test_a_link_of_another_user_is_not_followed(
    shared: pathlib.Path, tmp_path: pathlib.Path, give_away: t.Callable[[pathlib.Path], None], name: str
) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text(SECRET)
    (shared / name).symlink_to(victim)
    give_away(shared / name)
    warnings = company_run(FIRST, 1, 1).write(shared)
    assert victim.read_text() == SECRET
    assert any(f"{shared / name} is a symbolic link of the user" in warning for warning in warnings)
    assert any(f"set the option {name[6:]} of" in warning.lower() for warning in warnings)
    others = {path.name for path in shared.iterdir()} - {name}
    assert others == {"fleet.html", "fleet.json"} - {name}


@pytest.mark.parametrize("name", ["fleet.html", "fleet.json"])
def test_a_file_of_another_user_is_neither_read_nor_changed(
    shared: pathlib.Path, give_away: t.Callable[[pathlib.Path], None], name: str
) -> None:
    company_run(FIRST, 1, 1).write(shared)
    before = (shared / name).read_text().replace("laptop-000", "planted-host")
    (shared / name).write_text(before)
    (shared / name).chmod(0o666)
    give_away(shared / name)
    warnings = company_run(FIRST, 2, 1).write(shared)
    assert (shared / name).read_text() == before
    assert any(f"{shared / name} belongs to the user" in warning for warning in warnings)
    if name == "fleet.json":
        assert "planted-host" not in read_page(shared)


def test_a_dangling_link_of_another_user_creates_nothing(
    shared: pathlib.Path, tmp_path: pathlib.Path, give_away: t.Callable[[pathlib.Path], None]
) -> None:
    (shared / "fleet.html").symlink_to(tmp_path / "nologin")
    give_away(shared / "fleet.html")
    company_run(FIRST, 1, 1).write(shared)
    assert not (tmp_path / "nologin").exists()


def test_a_directory_link_of_another_user_is_not_followed(
    shared: pathlib.Path, tmp_path: pathlib.Path, give_away: t.Callable[[pathlib.Path], None]
) -> None:
    (tmp_path / "private").mkdir()
    (shared / "reports").symlink_to(tmp_path / "private")
    give_away(shared / "reports")
    assert len(company_run(FIRST, 1, 1).write(shared / "reports")) == 2
    assert not list((tmp_path / "private").iterdir())


def test_own_links_are_followed(shared: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "www").mkdir()
    (shared / "fleet.html").symlink_to(tmp_path / "www" / "index.html")
    (shared / "fleet.json").symlink_to("state/../state.json")
    (shared / "state").mkdir()
    assert company_run(FIRST, 1, 1).write(shared) == []
    assert "laptop-000" in (tmp_path / "www" / "index.html").read_text()
    assert (shared / "state.json").exists() and read_state(shared)["hosts"]


def test_a_file_of_another_user_in_a_protected_directory_is_replaced(
    tmp_path: pathlib.Path, give_away: t.Callable[[pathlib.Path], None]
) -> None:
    """As a page that root gave to the web server."""
    if os.geteuid() != 0:
        pytest.skip("not root, so no file can be given to another user")
    tmp_path.chmod(0o755)
    company_run(FIRST, 1, 1).write(tmp_path)
    give_away(tmp_path / "fleet.html")
    assert company_run(FIRST, 2, 1).write(tmp_path) == []
    assert "laptop-001" in read_page(tmp_path)


@pytest.mark.parametrize("name", ["fleet.html", "fleet.json"])
def test_special_files_are_refused_without_waiting(tmp_path: pathlib.Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    (warning,) = company_run(FIRST, 1, 1).write(tmp_path)
    assert "is not a regular file" in warning


def test_circular_links_are_refused(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(WorkstationError, match="circular"):
        files.resolve(str(tmp_path / "a"))


def test_a_state_of_any_size_is_not_read(tmp_path: pathlib.Path) -> None:
    with (tmp_path / "fleet.json").open("wb") as stream:
        stream.truncate(files.LARGEST_STATE + 1)
    (warning,) = company_run(FIRST, 1, 1).write(tmp_path)
    assert "larger than 100 MB" in warning and (tmp_path / "fleet.json").stat().st_size > files.LARGEST_STATE
