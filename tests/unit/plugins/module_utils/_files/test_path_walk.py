# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a file is the one that the kernel takes."""

from __future__ import annotations

import errno
import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._files.path_walk import MOST_LINKS, walk


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "file").write_text("x")
    (tmp_path / "relative").symlink_to("a/../a/b")
    (tmp_path / "absolute").symlink_to(tmp_path / "a")
    (tmp_path / "chain").symlink_to("absolute/file")
    (tmp_path / "here").symlink_to(".")
    (tmp_path / "dangling").symlink_to("missing/file")
    return tmp_path


def names(tree: pathlib.Path, path: str) -> t.List[str]:
    """The places below *tree* on the way to *path*."""
    places = [step.place for step in walk(str(tree / path))]
    return [place[len(str(tree)) + 1 :] for place in places if place.startswith(f"{tree}/")]


def test_each_directory_and_link_is_a_step_before_what_it_leads_to(tree: pathlib.Path) -> None:
    assert [step.place for step in walk("/")] == ["/"]
    assert names(tree, "a//./file") == ["a", "a/file"]
    assert names(tree, "relative/x") == ["relative", "a", "a", "a/b", "a/b/x"]
    assert names(tree, "chain") == ["chain", "absolute", "a", "a/file"]


@pytest.mark.parametrize(
    "path",
    [
        "a/file",
        "relative",
        "relative/..",
        "absolute/b/../file",
        "chain",
        "here/here/chain",
        "dangling",
        "no/../a",
    ],
)
def test_the_last_step_is_the_path_without_links(tree: pathlib.Path, path: str) -> None:
    (*_steps, last) = walk(str(tree / path))
    assert last.place == os.path.realpath(tree / path)
    assert last.is_last and not last.is_link
    assert (last.status is not None) == os.path.exists(last.place)


def test_a_relative_path_starts_in_the_working_directory(
    tree: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)
    (*_steps, last) = walk("a/file")
    assert last.place == str(tree / "a" / "file")


def test_below_a_file_nothing_exists(tree: pathlib.Path) -> None:
    (*_steps, last) = walk(str(tree / "a" / "file" / "x"))
    assert last.status is None


def test_links_are_followed_as_often_as_the_kernel_does(tmp_path: pathlib.Path) -> None:
    (tmp_path / "link0").write_text("x")
    for number in range(1, MOST_LINKS + 2):
        (tmp_path / f"link{number}").symlink_to(f"link{number - 1}")
    for number, opens in ((MOST_LINKS, True), (MOST_LINKS + 1, False)):
        path = tmp_path / f"link{number}"
        if opens:
            assert path.read_text() == "x"
            (*_steps, last) = walk(str(path))
            assert last.place == str(tmp_path / "link0")
        else:
            for use in (path.read_text, lambda path=path: [*walk(str(path))]):
                with pytest.raises(OSError) as caught:
                    use()
                assert caught.value.errno == errno.ELOOP
