# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile mirror of the AWS CLI, or somebody between it and the host."""

from __future__ import annotations

import contextlib
import itertools
import os
import pathlib
import stat
import typing as t
import zipfile

import pytest

from adversary.conftest import assert_readable
from adversary.hostile_mirror import CHUNK, HostileMirror
from bundles import Mirror, SigningKey, new_key, pack_stub
from support.module_run import run_module

VERSION = "2.38.5"
OLD_VERSION = "2.9.19"
BUNDLE = f"/awscli-exe-linux-x86_64-{VERSION}.zip"
SIGNATURE = f"{BUNDLE}.sig"
MIB = 1024 * 1024
TERABYTES = str(10**13)


class Host:
    """A user's installation from a mirror, with a file that no attack may change."""

    def __init__(self, directory: pathlib.Path, key: SigningKey) -> None:
        directory.mkdir()
        self.directory = directory
        self.mirror_directory = directory.parent / "mirror"
        self.mirror_directory.mkdir()
        self.key = key
        self.published = Mirror(self.mirror_directory, key)
        self.published.add_stub(OLD_VERSION)
        self.published.add_stub(VERSION)
        self.mirror = HostileMirror(self.mirror_directory)
        self.victim = directory / "victim.txt"
        self.victim.write_text("untouched")

    def install(self, **options: t.Any) -> dict[str, t.Any]:
        """What the module returns, without the mirror's answer in any log or message."""
        with self.mirror.serving() as url:
            result = run_module(
                "aws_cli",
                {
                    "install_dir": str(self.directory / "aws-cli"),
                    "bin_dir": str(self.directory / "bin"),
                    "base_url": url,
                    "public_key": self.key.public_key,
                    "fingerprint": self.key.fingerprint,
                    "timeout": 10,
                    "version": VERSION,
                    **options,
                },
            )
        assert self.victim.read_text() == "untouched"
        return result

    def refuse(self, **options: t.Any) -> str:
        """Let the module fail; returns the message. Nothing is installed."""
        result = self.install(**options)
        assert result.get("failed"), result
        assert_readable(result["msg"])
        assert not (self.directory / "bin" / "aws").exists()
        left = list((self.directory / "aws-cli").rglob("*")) if (self.directory / "aws-cli").exists() else []
        assert not [path for path in left if path.is_file()]
        return str(result["msg"])


@pytest.fixture
def host(tmp_path: pathlib.Path, signing_key: SigningKey) -> Host:
    return Host(tmp_path / "host", signing_key)


def test_an_honest_mirror_is_accepted(host: Host) -> None:
    assert host.install()["version"] == VERSION


def test_a_signature_of_any_size_is_not_downloaded(host: Host) -> None:
    host.mirror.answers[SIGNATURE] = 200, {}, itertools.repeat(CHUNK, 256 * MIB // len(CHUNK))
    host.refuse()
    assert host.mirror.sent < 8 * MIB


def test_a_version_of_any_size_is_not_downloaded(host: Host) -> None:
    host.mirror.answers["/v2/version.txt"] = 200, {}, itertools.repeat(CHUNK, 256 * MIB // len(CHUNK))
    host.refuse(version=None, state="latest")
    assert host.mirror.sent < 8 * MIB


@pytest.mark.parametrize("path", [BUNDLE, SIGNATURE])
def test_terabytes_are_refused_before_they_are_downloaded(host: Host, path: str) -> None:
    endless = itertools.repeat(CHUNK, 256 * MIB // len(CHUNK))
    host.mirror.answers[path] = 200, {"Content-Length": TERABYTES}, endless
    host.refuse()
    assert host.mirror.sent < 8 * MIB


@pytest.mark.parametrize("length", ["abc", "-1", "1e9", "9" * 5000, "\u00b2"])
def test_a_length_that_is_no_number_is_refused_or_ignored(host: Host, length: str) -> None:
    content = host.published.bundle(VERSION).read_bytes()
    host.mirror.answers[BUNDLE] = 200, {"Content-Length": length}, [content]
    result = host.install()
    assert_readable(result.get("msg", ""))


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1/x", "//"])
@pytest.mark.parametrize("path", [BUNDLE, SIGNATURE])
def test_a_redirect_to_another_kind_of_url_is_refused(host: Host, path: str, target: str) -> None:
    host.mirror.answers[path] = 302, {"Location": target}, []
    host.refuse()


def test_a_circle_of_redirects_ends(host: Host) -> None:
    host.mirror.answers[BUNDLE] = 302, {"Location": BUNDLE}, []
    host.refuse()
    assert len(host.mirror.requested) < 100


@pytest.mark.parametrize(
    "content",
    [b"2.38.5/../../secret", b"2.38.5 x", b"\x1b]0;pwned\x072.38.5", b"", b"9" * 60, b"<html>", b"\xff"],
)
def test_a_version_that_is_none_is_refused(host: Host, content: bytes) -> None:
    (host.mirror_directory / "v2" / "version.txt").write_bytes(content)
    host.refuse(version=None, state="latest")
    assert not [path for path in host.mirror.requested if "secret" in path]


def test_an_old_signed_version_is_refused_below_the_minimum(host: Host) -> None:
    (host.mirror_directory / "v2" / "version.txt").write_text(OLD_VERSION)
    assert OLD_VERSION in host.refuse(version=None, state="latest", minimum_version="2.27.1")


def test_another_version_under_the_name_of_the_wanted_one_is_refused(host: Host) -> None:
    for suffix in ("", ".sig"):
        old = pathlib.Path(f"{host.published.bundle(OLD_VERSION)}{suffix}")
        pathlib.Path(f"{host.published.bundle(VERSION)}{suffix}").write_bytes(old.read_bytes())
    host.refuse()


def test_a_bundle_that_another_key_signed_is_refused(host: Host) -> None:
    with new_key() as other:
        other.sign(host.published.bundle(VERSION))
        host.refuse()


def test_a_bundle_that_changes_after_the_signature_is_refused(host: Host) -> None:
    content = bytearray(host.published.bundle(VERSION).read_bytes())
    content[len(content) // 2] ^= 1
    host.published.bundle(VERSION).write_bytes(bytes(content))
    host.refuse()


Members = t.Sequence[t.Tuple[str, int, bytes]]


def add_members(bundle: pathlib.Path, members: Members) -> None:
    """Add names, modes and contents, or the targets of links, to an archive."""
    with zipfile.ZipFile(bundle, "a") as archive:
        for name, mode, content in members:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content)


LINK = stat.S_IFLNK | 0o777
FILE = stat.S_IFREG | 0o644


def hostile_members(victim: pathlib.Path) -> dict[str, Members]:
    up = "../" * 12
    outside = str(victim).lstrip("/")
    return {
        "absolute": [(str(victim), FILE, b"pwned")],
        "up": [(f"aws/dist/{up}{outside}", FILE, b"pwned")],
        "link": [("aws/dist/p", LINK, f"{up}{outside}".encode())],
        "absolute link": [("aws/dist/p", LINK, str(victim).encode())],
        "below a link": [
            ("aws/dist/p", LINK, str(victim.parent).encode()),
            ("aws/dist/p/victim.txt", FILE, b"pwned"),
        ],
        "link called ...": [
            ("aws/dist/...", LINK, b"../../.."),
            ("aws/dist/q", LINK, f".../{up}{outside}".encode()),
        ],
        "link called ... that is a directory": [
            ("aws/dist/a/b/c/d/e/...", LINK, b"../../../../.."),
            ("aws/dist/a/b/c/d/e/evil", LINK, b".../../../../../victim.txt"),
        ],
        "two links": [
            ("aws/dist/a/b", LINK, b"."),
            ("aws/dist/c", LINK, f"a/b/b/b/b/{up}{outside}".encode()),
        ],
        "device": [("aws/dist/null", stat.S_IFCHR | 0o666, b"")],
        "long name": [(f"aws/dist/{'n' * 300}", FILE, b"")],
        "many levels": [("aws/dist/" + "d/" * 1500 + "f", FILE, b"")],
        "controls": [("aws/dist/\x1b]0;pwned\x07", FILE, b"")],
    }


@pytest.mark.parametrize("kind", sorted(hostile_members(pathlib.Path("/x"))))
def test_an_archive_does_not_write_or_point_outside_of_its_tree(host: Host, kind: str) -> None:
    """Whoever signed it: here it is not verified."""
    bundle = host.published.bundle(VERSION)
    add_members(bundle, hostile_members(host.victim)[kind])
    result = host.install(verify_signature=False)
    assert_readable(result.get("msg", ""))
    top = str(host.directory / "aws-cli")
    for path in (host.directory / "aws-cli").rglob("*"):
        assert os.path.realpath(path).startswith(top), f"{path} leads to {os.path.realpath(path)}"


@pytest.mark.parametrize("declared", [2**40, 10], ids=["declared", "hidden"])
def test_an_archive_that_grows_without_end_is_refused(host: Host, declared: int) -> None:
    """Its member is 256 MB, and the archive declares another size."""
    with zipfile.ZipFile(host.published.bundle(VERSION), "a", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("aws/dist/zeros")
        info.external_attr = FILE << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w") as stream:
            for _chunk in range(256):
                stream.write(b"\0" * MIB)
        info.file_size = declared
    host.refuse(verify_signature=False)


def test_the_credentials_of_a_mirror_are_in_no_message(host: Host) -> None:
    host.mirror.answers[BUNDLE] = 500, {}, [b"no"]
    with host.mirror.serving() as url:
        secret = url.replace("http://", "http://jane:hunter2@")
        result = run_module(
            "aws_cli",
            {"source": f"{secret}{BUNDLE}?X-Amz-Signature=hunter2", "install_dir": str(host.directory / "a")},
        )
    with contextlib.suppress(KeyError):
        del result["invocation"]
    assert result["failed"] and "hunter2" not in str(result)


def test_a_stub_of_the_attacker_is_installed_only_if_nothing_verifies_it(host: Host) -> None:
    pack_stub(VERSION, host.published.bundle(VERSION), commands="touch pwned")
    host.refuse()
