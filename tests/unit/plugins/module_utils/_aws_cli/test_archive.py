# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives that AWS would publish, and harmful ones."""

from __future__ import annotations

import contextlib
import errno
import os
import pathlib
import stat
import tempfile
import typing as t
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli import archive as aws_cli_archive
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.archive import unpack
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError

FILE = stat.S_IFREG | 0o644
PROGRAM = stat.S_IFREG | 0o755
LINK = stat.S_IFLNK | 0o777
DIRECTORY = stat.S_IFDIR | 0o755


def member(
    name: str, content: t.Union[bytes, str] = b"", mode: int = FILE
) -> t.Tuple[zipfile.ZipInfo, bytes]:
    info = zipfile.ZipInfo("placeholder")
    info.filename = info.orig_filename = name  # as it is: ZipInfo() would truncate it at a NUL
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return info, content.encode() if isinstance(content, str) else content


AWS = member("aws/dist/aws", "#!/bin/sh\n", PROGRAM)
COMPLETER = member("aws/dist/aws_completer", "#!/bin/sh\n", PROGRAM)


def archive(directory: pathlib.Path, *members: t.Tuple[zipfile.ZipInfo, bytes]) -> str:
    path = directory / "bundle.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        for info, content in members:
            bundle.writestr(info, content)
    return str(path)


@pytest.fixture
def target(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "inner" / "target"


@pytest.fixture(autouse=True)
def parent_of_target(target: pathlib.Path) -> None:
    target.parent.mkdir()


def test_tree_is_unpacked_with_its_modes_and_links(tmp_path: pathlib.Path, target: pathlib.Path) -> None:
    unpack(
        archive(
            tmp_path,
            member("aws/", mode=DIRECTORY),
            member("aws/install", "#!/bin/sh\n", PROGRAM),
            member("aws/dist/", mode=DIRECTORY),
            member("aws/dist/empty/", mode=DIRECTORY),
            AWS,
            member("aws/dist/lib/libz.so.1.2", "library", stat.S_IFREG | 0o4711),
            member("aws/dist/lib/libz.so", "libz.so.1.2", LINK),
            member("aws/dist/lib/up", "../data", LINK),
            member("aws/dist/data/größe.json", "{}", mode=0),
        ),
        str(target),
    )
    found = {str(path.relative_to(target)): path for path in target.rglob("*")}
    assert sorted(found) == [
        "aws",
        "data",
        "data/größe.json",
        "empty",
        "lib",
        "lib/libz.so",
        "lib/libz.so.1.2",
        "lib/up",
    ]
    assert stat.S_IMODE(found["aws"].stat().st_mode) == 0o755
    assert (
        stat.S_IMODE(found["lib/libz.so.1.2"].stat().st_mode) == 0o755
    )  # executable, and no longer set-user-ID
    assert stat.S_IMODE(found["data/größe.json"].stat().st_mode) == 0o644
    assert os.readlink(found["lib/libz.so"]) == "libz.so.1.2"
    assert os.readlink(found["lib/up"]) == "../data"
    assert found["data/größe.json"].read_bytes() == b"{}"


ATTACKS = {
    "climbs out": [AWS, member("aws/dist/../../evil")],
    "climbs out at the start": [AWS, member("../evil")],
    "climbs out beside the tree": [AWS, member("aws/../../evil")],
    "absolute": [AWS, member("/tmp/evil")],
    "absolute in the tree": [AWS, member("aws/dist//tmp/evil")],
    "dot": [AWS, member("aws/dist/./evil")],
    "backslashes": [AWS, member("aws\\dist\\..\\..\\evil")],
    "NUL": [AWS, member("aws/dist/evil\0.txt")],
    "duplicate": [AWS, member("aws/dist/aws", "other", PROGRAM)],
    "duplicate directory": [
        AWS,
        member("aws/dist/d/", mode=DIRECTORY),
        member("aws/dist/d/", mode=DIRECTORY),
    ],
    "file and directory": [AWS, member("aws/dist/d"), member("aws/dist/d/evil")],
    "file and directory entry": [AWS, member("aws/dist/d"), member("aws/dist/d/", mode=DIRECTORY)],
    "through a link": [AWS, member("aws/dist/out", "/tmp", LINK), member("aws/dist/out/evil")],
    "through an inner link": [AWS, member("aws/dist/l", "lib", LINK), member("aws/dist/l/evil")],
    "link to an absolute path": [AWS, member("aws/dist/passwd", "/etc/passwd", LINK)],
    "link out of the tree": [AWS, member("aws/dist/lib/out", "../../evil", LINK)],
    "link that climbs through a link": [
        AWS,
        member("aws/dist/a/b/top", "../..", LINK),
        member("aws/dist/out", "a/b/top/../x", LINK),
    ],
    "link that climbs through a link named of dots": [
        AWS,
        member("aws/dist/...", ".", LINK),
        member("aws/dist/p/evil", ".../../../etc/passwd", LINK),
    ],
    "link that climbs through a directory named of dots": [
        AWS,
        member("aws/dist/.../", mode=DIRECTORY),
        member("aws/dist/p/evil", ".../../../../etc/passwd", LINK),
    ],
    "link to nothing": [AWS, member("aws/dist/l", "", LINK)],
    "link that is overlong": [AWS, member("aws/dist/l", "a/" * 5000, LINK)],
    "name that is too long for a file system": [AWS, member("aws/dist/" + "n" * 256)],
    "name that is too long in bytes": [AWS, member("aws/dist/" + "é" * 128)],
    "path that is too long": [AWS, member("aws/dist/" + "/".join(["n" * 100] * 11))],
    "directories that are nested too deeply": [AWS, member("aws/dist/" + "d/" * 1500 + "f")],
    "device": [AWS, member("aws/dist/null", mode=stat.S_IFCHR | 0o666)],
    "pipe": [AWS, member("aws/dist/pipe", mode=stat.S_IFIFO | 0o666)],
    "directory that is a file": [AWS, member("aws/dist/d/", mode=FILE)],
    "file that is a directory": [AWS, member("aws/dist/d", mode=DIRECTORY)],
    "outside of dist too": [AWS, member("aws/../evil")],
    "no CLI": [member("aws/dist/README")],
    "CLI v1": [member("awscli-bundle/install")],
    "empty": [],
}


@pytest.mark.parametrize("members", ATTACKS.values(), ids=ATTACKS.keys())
def test_harmful_archive_is_refused_before_anything_is_written(
    members: t.List[t.Tuple[zipfile.ZipInfo, bytes]], tmp_path: pathlib.Path, target: pathlib.Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_arguments, **_options: None)  # zipfile warns of duplicates
        path = archive(tmp_path, *members)
    with pytest.raises(WorkstationError):
        unpack(path, str(target))
    assert sorted(found.name for found in tmp_path.rglob("*")) == ["bundle.zip", "inner"]


def test_archive_that_declares_too_much_is_refused(
    tmp_path: pathlib.Path, target: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(tmp_path, AWS, member("aws/dist/zeros", bytes(1 << 20)))
    monkeypatch.setattr(aws_cli_archive, "UNPACKED_LIMIT", 1 << 20)
    with pytest.raises(WorkstationError, match="would unpack to more than"):
        unpack(path, str(target))
    assert not target.exists()


def test_member_that_exceeds_its_declared_size_is_refused(
    tmp_path: pathlib.Path, target: pathlib.Path
) -> None:
    path = archive(tmp_path, AWS, member("aws/dist/zeros", bytes(1 << 20)))
    data = pathlib.Path(path).read_bytes()
    size = (1 << 20).to_bytes(4, "little")
    assert data.count(size) == 2  # in the member's own header and in the directory
    pathlib.Path(path).write_bytes(data.replace(size, (10).to_bytes(4, "little")))
    with pytest.raises(WorkstationError, match="damaged"):
        unpack(path, str(target))
    assert (target / "zeros").stat().st_size <= 10


def test_archive_with_too_many_members_is_refused(
    tmp_path: pathlib.Path, target: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_cli_archive, "MEMBERS_LIMIT", 2)
    with pytest.raises(WorkstationError, match="more than 2 files"):
        unpack(archive(tmp_path, AWS, COMPLETER, member("aws/dist/x")), str(target))


def test_encrypted_member_is_refused(tmp_path: pathlib.Path, target: pathlib.Path) -> None:
    path = pathlib.Path(archive(tmp_path, AWS))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(WorkstationError, match="encrypted"):
        unpack(str(path), str(target))


def test_unknown_compression_is_refused(tmp_path: pathlib.Path, target: pathlib.Path) -> None:
    info, content = member("aws/dist/x", "x")
    info.compress_type = zipfile.ZIP_BZIP2
    with pytest.raises(WorkstationError, match="unknown compression"):
        unpack(archive(tmp_path, AWS, (info, content)), str(target))


@pytest.mark.parametrize("size", [0, 10, 100, -1, -30])
def test_truncated_archive_is_refused(size: int, tmp_path: pathlib.Path, target: pathlib.Path) -> None:
    path = pathlib.Path(archive(tmp_path, AWS, COMPLETER))
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(WorkstationError, match="damaged"):
        unpack(str(path), str(target))


def test_any_flipped_bit_is_detected(tmp_path: pathlib.Path, target: pathlib.Path) -> None:
    info, _content = member("aws/dist/aws")
    info.compress_type = zipfile.ZIP_STORED
    content = os.urandom(40)
    path = pathlib.Path(archive(tmp_path, (info, content)))
    data = path.read_bytes()
    start = data.index(content[:8])
    for offset in range(start, start + len(content)):
        path.write_bytes(data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :])
        with pytest.raises(WorkstationError):
            unpack(str(path), f"{target}-{offset}")


def test_free_space_is_checked_before_anything_is_written(
    tmp_path: pathlib.Path, target: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive(tmp_path, AWS, member("aws/dist/x", bytes(3 << 20)))
    usage = type("usage", (), {"free": 2 << 20})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    with pytest.raises(WorkstationError, match=r"requires 4 MB below .*inner, but 2 MB are free"):
        unpack(path, str(target))
    assert not target.exists()


parts = st.lists(st.sampled_from(("...", "..", ".", "", "a", "b", "etc")), min_size=1, max_size=5).map(
    "/".join
)
links = st.lists(st.tuples(st.sampled_from(("...", "a", "b", "a/b", "a/...", "etc/a")), parts), max_size=4)


@settings(max_examples=300, deadline=None)
@given(links=links)
def test_no_link_leaves_the_tree(links: t.List[t.Tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        target = pathlib.Path(scratch) / "inner" / "target"
        target.parent.mkdir()
        by_name = dict(links)
        path = archive(
            pathlib.Path(scratch),
            AWS,
            *(member(f"aws/dist/{name}", to, LINK) for name, to in by_name.items()),
        )
        with contextlib.suppress(WorkstationError):
            unpack(path, str(target))
        for found in target.rglob("*"):
            if not is_circular(found):
                assert f"{os.path.realpath(found)}/".startswith(f"{os.path.realpath(target)}/"), by_name


def is_circular(path: pathlib.Path) -> bool:
    """Whether *path* is a link without an end, which realpath() handles differently in old Pythons."""
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


@pytest.mark.parametrize(
    "signature",
    [b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"],
    ids=["end of the directory", "directory", "member"],
)
def test_damaged_record_raises_nothing_else(
    signature: bytes, tmp_path: pathlib.Path, target: pathlib.Path
) -> None:
    """Each byte of each record, set to a value that is far off: offsets, sizes, names, flags."""
    path = pathlib.Path(archive(tmp_path, AWS, member("aws/dist/größe")))
    data = path.read_bytes()
    start = data.rindex(signature)
    for offset in range(start + 4, min(start + 80, len(data))):
        for value in sorted({0xFF, 0x80, data[offset] ^ 1}):
            path.write_bytes(data[:offset] + bytes([value]) + data[offset + 1 :])
            with contextlib.suppress(WorkstationError):
                unpack(str(path), f"{target}-{offset}-{value}")


names = st.text(alphabet=st.sampled_from("ab./\\\0é"), min_size=1, max_size=12)
modes = st.sampled_from((FILE, PROGRAM, LINK, DIRECTORY, 0, stat.S_IFCHR))


@settings(max_examples=300, deadline=None)
@given(
    members=st.lists(st.tuples(st.sampled_from(("aws/dist/", "aws/", "")), names, names, modes), max_size=4)
)
def test_no_archive_writes_outside_of_its_directory(members: t.List[t.Tuple[str, str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        top = pathlib.Path(scratch)
        target = top / "inner" / "target"
        target.parent.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("warnings.warn", lambda *_arguments, **_options: None)
            path = archive(
                top, AWS, *(member(place + name, content, mode) for place, name, content, mode in members)
            )
        try:
            unpack(path, str(target))
        except WorkstationError:
            assert not target.exists()
        assert {found.name for found in top.iterdir()} == {"bundle.zip", "inner"}
        assert {found.name for found in target.parent.iterdir()} <= {"target"}
        for found in target.rglob("*"):
            assert f"{os.path.realpath(found)}/".startswith(f"{os.path.realpath(target)}/")
