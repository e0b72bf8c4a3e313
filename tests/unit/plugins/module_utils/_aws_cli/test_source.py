# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where archives come from, and that only verified ones are installed."""

from __future__ import annotations

import hashlib
import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.source import (
    ChecksumMismatch,
    supported_architecture,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from bundles import Mirror, new_key, pack_stub
from support.scratch_host import NEWEST, ScratchHost


def test_changed_archive_is_refused(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    bundle = tmp_path / "bundle.zip"
    data = bytearray(installed.mirror.bundle(NEWEST).read_bytes())
    data[100] ^= 1
    bundle.write_bytes(data)
    (tmp_path / "bundle.zip.sig").write_bytes(
        pathlib.Path(f"{installed.mirror.bundle(NEWEST)}.sig").read_bytes()
    )
    with pytest.raises(WorkstationError, match="does not match its signature"):
        installed.converge(version=NEWEST, location=str(bundle))


def test_archive_without_a_signature_is_refused(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    pack_stub(NEWEST, tmp_path / "bundle.zip")
    with pytest.raises(WorkstationError, match=r"no readable signature.*verify_signature=false"):
        installed.converge(version=NEWEST, location=str(tmp_path / "bundle.zip"))


def test_archive_signed_by_another_key_is_refused(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    with new_key() as other_key:
        bundle = Mirror(tmp_path, other_key).add_stub(NEWEST)
        with pytest.raises(WorkstationError, match="was made by the key"):
            installed.converge(version=NEWEST, location=str(bundle))


def test_missing_gpgv_and_gpg_are_an_error(installed: ScratchHost) -> None:
    with pytest.raises(WorkstationError, match=r"gpgv \(Debian"):
        installed.converge(version=NEWEST, verifier=installed.verifier(find_program=lambda _name: None))


def test_wrong_checksum_is_an_error(installed: ScratchHost) -> None:
    with pytest.raises(ChecksumMismatch, match="sha256"):
        installed.converge(version=NEWEST, checksum="sha256:" + "0" * 64)


def test_checksum_verifies_without_a_signature(host: ScratchHost) -> None:
    digest = hashlib.sha256(host.mirror.bundle("2.27.1").read_bytes()).hexdigest()
    result = host.converge(version="2.27.1", checksum=f"sha256:{digest.upper()}", verifier=None)
    assert result.verified_by == "checksum"


def test_missing_version_on_the_mirror_is_an_error(installed: ScratchHost) -> None:
    with pytest.raises(WorkstationError, match=r"awscli-exe-linux-x86_64-2\.0\.99\.zip.*version"):
        installed.converge(version="2.0.99")


def test_invalid_version_file_on_the_mirror_is_an_error(host: ScratchHost, tmp_path: pathlib.Path) -> None:
    (tmp_path / "v2").mkdir()
    (tmp_path / "v2/version.txt").write_text("<html>not a number</html>")
    with pytest.raises(WorkstationError, match="Set version"):
        host.converge(base_url=tmp_path.as_uri())


def test_check_mode_takes_the_version_from_the_file_name(host: ScratchHost) -> None:
    bundle = str(host.mirror.bundle("2.27.1"))
    assert host.preview(location=bundle).after.versions == ("2.27.1",)


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
def test_architecture_of_a_supported_host(
    machine: str, files: t.List[str], expected: str, tmp_path: pathlib.Path
) -> None:
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
def test_unsupported_host_is_an_error(
    machine: str, files: t.List[str], reason: str, tmp_path: pathlib.Path
) -> None:
    touch(tmp_path, files)
    with pytest.raises(WorkstationError, match=reason):
        supported_architecture(machine, str(tmp_path))


def touch(root: pathlib.Path, files: t.Iterable[str]) -> None:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_source_that_is_no_file_is_refused_at_once(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    for location in (tmp_path / "pipe.zip", tmp_path, pathlib.Path("/dev/zero")):
        with pytest.raises(WorkstationError, match="is not a regular file"):
            installed.converge(version=NEWEST, location=str(location))


def test_signature_that_is_too_large_is_refused(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    bundle = mirror / installed.mirror.bundle(NEWEST).name
    bundle.write_bytes(installed.mirror.bundle(NEWEST).read_bytes())
    with open(f"{bundle}.sig", "wb") as stream:
        stream.truncate(600 << 20)
    for options in ({"location": str(bundle)}, {"base_url": mirror.as_uri()}):
        with pytest.raises(WorkstationError, match=r"\.zip\.sig is larger than 65536 bytes"):
            installed.converge(version=NEWEST, **options)


def test_archive_that_is_too_large_is_refused(installed: ScratchHost, tmp_path: pathlib.Path) -> None:
    with open(tmp_path / "cli.zip", "wb") as stream:
        stream.truncate((1 << 29) + 1)
    with pytest.raises(WorkstationError, match=r"cli\.zip is larger than 536870912 bytes"):
        installed.converge(version=NEWEST, location=(tmp_path / "cli.zip").as_uri())


# a mirror with one archive, whose name has no version


class OneArchive:
    """A mirror without v2/version.txt."""

    def __init__(self, directory: pathlib.Path, mirror: Mirror) -> None:
        self.directory = directory
        self.mirror = mirror
        self.url = directory.as_uri()

    def offer(self, version: str) -> None:
        for suffix in ("", ".sig"):
            name = f"awscli-exe-linux-x86_64.zip{suffix}"
            content = pathlib.Path(f"{self.mirror.bundle(version)}{suffix}").read_bytes()
            (self.directory / name).write_bytes(content)


@pytest.fixture
def one_archive(tmp_path: pathlib.Path, mirror: Mirror) -> OneArchive:
    directory = tmp_path / "one archive"
    directory.mkdir()
    return OneArchive(directory, mirror)


@pytest.mark.parametrize("state", ["latest", "present"])
def test_mirror_with_one_archive_is_installed_from(
    host: ScratchHost, one_archive: OneArchive, state: str
) -> None:
    one_archive.offer("2.27.1")
    assert host.preview(state, base_url=one_archive.url).changed
    assert host.converge(state, base_url=one_archive.url).after.current == "2.27.1"
    host.opened.clear()
    for attempt in (host.preview, host.converge):
        assert not attempt(state, base_url=one_archive.url).changed
    assert "awscli-exe-linux-x86_64.zip" not in host.opened


def test_mirror_with_one_archive_upgrades_and_does_not_downgrade(
    host: ScratchHost, one_archive: OneArchive
) -> None:
    one_archive.offer("2.27.1")
    host.converge("latest", base_url=one_archive.url)
    one_archive.offer("2.38.5")
    upgraded = host.converge("latest", base_url=one_archive.url)
    assert (upgraded.previous_version, upgraded.removed_versions) == ("2.27.1", ["2.27.1"])
    one_archive.offer("2.36.12")
    assert not host.converge("latest", base_url=one_archive.url).changed
    assert (host.version(), host.versions()) == ("2.38.5", ["2.38.5"])


def test_same_archive_by_its_other_name_is_not_downloaded_again(
    host: ScratchHost, one_archive: OneArchive
) -> None:
    host.converge(version="2.27.1")
    one_archive.offer("2.27.1")
    host.opened.clear()
    assert not host.converge("latest", base_url=one_archive.url).changed
    assert host.opened == ["version.txt", "awscli-exe-linux-x86_64.zip.sig"]


def test_mirror_with_one_archive_requires_a_signature(host: ScratchHost, one_archive: OneArchive) -> None:
    one_archive.offer("2.27.1")
    with pytest.raises(WorkstationError, match=r"version\.txt does not exist.*verify_signature must be true"):
        host.converge("latest", base_url=one_archive.url, verifier=None)
    (one_archive.directory / "awscli-exe-linux-x86_64.zip.sig").unlink()
    with pytest.raises(WorkstationError, match=r"version\.txt does not exist\. Set version"):
        host.converge("latest", base_url=one_archive.url)


def test_same_version_that_was_installed_by_other_means_is_not_replaced(
    host: ScratchHost, one_archive: OneArchive
) -> None:
    """It may be running; only its record is added, so that the next run downloads nothing."""
    host.converge(version="2.27.1")
    directory = host.versions_dir / "2.27.1"
    (directory / "install-record.json").unlink()
    before = directory.stat().st_ino
    one_archive.offer("2.27.1")
    assert not host.converge("latest", base_url=one_archive.url).changed
    assert directory.stat().st_ino == before
    host.opened.clear()
    assert not host.converge("latest", base_url=one_archive.url).changed
    assert host.opened == ["version.txt", "awscli-exe-linux-x86_64.zip.sig"]
