# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Only the files that a laptop needs are downloaded, and only once."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle import files
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.errors import Refused
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import Manifest
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.source import Source
from support.published_bundle import ENVIRONMENT, ROLES, PublishedBundle
from support.web_server import WebServer

WHEEL = "tool-1.0-py3-none-any.whl"
ARCHIVES = {
    name: name.encode()
    for machine in ("x86_64", "aarch64")
    for name in (f"awscli-exe-linux-{machine}.zip", f"awscli-exe-linux-{machine}.zip.sig", f"w-{machine}.whl")
}


@pytest.fixture
def manifest(published: PublishedBundle) -> Manifest:
    return published.publish(
        "1",
        ARCHIVES,
        environments={
            ENVIRONMENT: [f"1/{WHEEL}", "1/w-x86_64.whl"],
            "3.13-x86_64": ["1/w-x86_64.whl"],
            "3.12-aarch64": [f"1/{WHEEL}", "1/w-aarch64.whl"],
        },
    )


def test_the_files_of_another_machine_are_not_needed(manifest: Manifest) -> None:
    mine = {name for name in ARCHIVES if "x86_64" in name}
    assert set(files.needed_files(manifest, ENVIRONMENT)) == {*ROLES, WHEEL, *mine}
    assert WHEEL not in files.needed_files(manifest, "3.13-x86_64")
    assert "awscli-exe-linux-aarch64.zip" in files.needed_files(manifest, "3.12-aarch64")


def test_the_name_of_a_version_may_be_that_of_a_machine(published: PublishedBundle) -> None:
    environments = {ENVIRONMENT: ["aarch64/" + WHEEL], "3.12-aarch64": ["aarch64/" + WHEEL]}
    manifest = published.publish("aarch64", {"notes.txt": b"for all"}, environments=environments)
    assert "notes.txt" in files.needed_files(manifest, ENVIRONMENT)


def test_an_environment_that_the_bundle_does_not_have_is_named(manifest: Manifest) -> None:
    with pytest.raises(Refused, match=r"Python 3\.9 on x86_64, but for 3\.12-aarch64, 3\.12-x86_64"):
        files.needed_files(manifest, "3.9-x86_64")


@pytest.mark.parametrize("path", ["2/company.yml", "1/venv", "1/complete", "manifest.json"])
def test_names_that_collide_are_refused(published: PublishedBundle, path: str) -> None:
    manifest = published.publish("1")
    files_of = dict(manifest.files)
    files_of[path] = files_of["1/company.yml"]
    with pytest.raises(Refused, match="more than one file"):
        files.needed_files(manifest.__class__(**{**vars(manifest), "files": files_of}), ENVIRONMENT)


def test_only_what_is_missing_or_changed_is_downloaded(
    manifest: Manifest, server: WebServer, tmp_path: pathlib.Path
) -> None:
    here, other = tmp_path / "here", tmp_path / "other"
    here.mkdir()
    other.mkdir()
    source = Source(server.url)
    assert files.fetch(source, manifest, ENVIRONMENT, str(here))
    server.requests.clear()
    assert not files.fetch(source, manifest, ENVIRONMENT, str(here))
    assert files.is_complete(manifest, ENVIRONMENT, str(here))

    (here / "company.yml").write_bytes(b"COMPANY.YML of 1")
    (here / WHEEL).unlink()
    (here / WHEEL).symlink_to("/etc/passwd")
    assert not files.is_complete(manifest, ENVIRONMENT, str(here))
    assert files.fetch(source, manifest, ENVIRONMENT, str(here))
    assert sorted(server.paths) == ["1/company.yml", f"1/{WHEEL}"]
    assert not (here / WHEEL).is_symlink()

    server.requests.clear()
    assert files.fetch(source, manifest, ENVIRONMENT, str(other), [str(here)])
    assert server.requests == []
    assert not list(other.glob(".*"))


def test_a_file_of_another_version_with_other_content_is_not_used(
    manifest: Manifest, server: WebServer, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "company.yml").write_bytes(b"COMPANY.YML of 1")
    here = tmp_path / "here"
    here.mkdir()
    files.fetch(Source(server.url), manifest, ENVIRONMENT, str(here), [str(tmp_path), "/nonexistent"])
    assert (here / "company.yml").read_bytes() == b"company.yml of 1"


def test_what_an_interrupted_download_left_may_be_of_another_file(
    manifest: Manifest, server: WebServer, tmp_path: pathlib.Path
) -> None:
    (tmp_path / f".{WHEEL}.part").write_bytes(b"something else")
    files.fetch(Source(server.url), manifest, ENVIRONMENT, str(tmp_path))
    assert (tmp_path / WHEEL).read_bytes() == b"the same in all versions" * 100
    assert server.paths.count(f"1/{WHEEL}") == 2
