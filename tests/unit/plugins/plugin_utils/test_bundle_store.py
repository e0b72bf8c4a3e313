# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store of archives on the controller: what is downloaded, kept and removed."""

from __future__ import annotations

import json
import os
import pathlib
import time
import typing as t

import pytest
from ansible.errors import AnsibleError

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.source import checksum_of
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._bundle_store import SharedBundles
from bundles import Mirror, pack_stub

WEEK = 7 * 24 * 3600


@pytest.fixture
def options(mirror: Mirror, home: pathlib.Path) -> dict[str, t.Any]:
    return {
        "state": "present",
        "version": "2.38.5",
        "source": None,
        "signature": None,
        "base_url": mirror.directory.as_uri(),
        "verify_signature": True,
        "public_key": mirror.key.public_key,
        "fingerprint": mirror.key.fingerprint,
        "checksum": None,
        "minimum_version": None,
        "timeout": 5,
    }


def find_nothing(path: str) -> str:
    raise AnsibleError(f"no {path}")


def bundles(options: dict[str, t.Any], **changes: t.Any) -> SharedBundles:
    return SharedBundles({**options, **changes}, find_nothing, "task")


def test_archive_is_downloaded_once_and_the_debug_output_says_where_it_is(
    options: dict[str, t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    output: list[str] = []
    monkeypatch.setattr(_display.display, "vvv", output.append)
    first = bundles(options).bundle("x86_64", "laptop")
    assert first.verified_by == "gpgv"
    assert bundles(options, base_url=options["base_url"]).bundle("x86_64", "laptop") == first
    directory = os.path.dirname(first.path)
    required = "workstation.aws_sso: laptop requires an archive of AWS CLI 2.38.5 for x86_64"
    assert [line for line in output if line != required] == [
        f"workstation.aws_sso: archive of the AWS CLI not found in {directory}",
        f"workstation.aws_sso: archive of the AWS CLI found in {directory}",
    ]
    assert output.count(required) == 2


def test_archive_verified_by_another_key_is_not_reused(options: dict[str, t.Any]) -> None:
    bundles(options).bundle("x86_64", "laptop")
    with pytest.raises(WorkstationError, match="was made by the key"):
        bundles(options, fingerprint="0" * 40).bundle("x86_64", "laptop")


def test_archive_that_was_not_used_for_a_week_is_removed(options: dict[str, t.Any]) -> None:
    old = bundles(options, version="2.27.1").bundle("x86_64", "laptop")
    before = time.time() - WEEK - 60
    os.utime(os.path.dirname(old.path), (before, before))
    new = bundles(options).bundle("x86_64", "laptop")
    assert (os.path.exists(old.path), os.path.exists(new.path)) == (False, True)


def test_all_hosts_install_the_same_version(options: dict[str, t.Any]) -> None:
    assert "version" not in bundles(options).host_arguments()
    latest = bundles(options, version=None, state="latest")
    assert {name: latest.host_arguments()[name] for name in ("state", "version")} == {
        "state": "present",
        "version": "2.38.5",
    }
    assert latest.bundle("x86_64", "laptop").version == "2.38.5"
    with pytest.raises(WorkstationError, match="set version, source or state=latest"):
        bundles(options, version=None).host_arguments()


def test_missing_file_on_the_controller_is_an_error(options: dict[str, t.Any]) -> None:
    with pytest.raises(WorkstationError, match=r"no file aws\.zip"):
        bundles(options, source="aws.zip").bundle("x86_64", "laptop")


@pytest.fixture
def shared_cache(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, home: pathlib.Path) -> pathlib.Path:
    """A cache directory for all users, as /tmp."""
    cache = tmp_path / "shared"
    cache.mkdir()
    cache.chmod(0o1777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    return cache


def give_away(top: pathlib.Path) -> None:
    """Make another user the owner of *top* and everything in it."""
    for path in [top, *top.rglob("*")]:
        os.chown(path, 5, 5)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")
def test_archive_that_another_user_put_into_a_shared_cache_is_refused(
    options: dict[str, t.Any], shared_cache: pathlib.Path
) -> None:
    stored = bundles(options).bundle("x86_64", "laptop")
    pack_stub("2.38.5", stored.path, commands="id > /tmp/evil")
    record = {"checksum": checksum_of(stored.path), "verified_by": "gpgv", "warning": ""}
    (pathlib.Path(stored.path).parent / "record.json").write_text(json.dumps(record))
    give_away(shared_cache / "workstation.aws_sso")
    for attempt in (
        lambda: bundles(options).bundle("x86_64", "laptop"),
        lambda: bundles(options, verify_signature=False).bundle("x86_64", "laptop"),
        lambda: bundles(options, version=None, state="latest").host_arguments(),
    ):
        with pytest.raises(
            WorkstationError, match=r"workstation\.aws_sso belongs to the user.*XDG_CACHE_HOME"
        ):
            attempt()


@pytest.mark.parametrize("directory", ["", "workstation.aws_sso", "workstation.aws_sso/bundles"])
def test_store_that_all_users_can_change_is_refused(
    options: dict[str, t.Any], shared_cache: pathlib.Path, directory: str
) -> None:
    bundles(options).bundle("x86_64", "laptop")
    (shared_cache / directory).chmod(0o777)
    with pytest.raises(WorkstationError, match=r"can be changed by all users.*XDG_CACHE_HOME"):
        bundles(options).bundle("x86_64", "laptop")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")
def test_archive_of_another_user_in_the_own_store_is_downloaded_again(
    options: dict[str, t.Any], shared_cache: pathlib.Path
) -> None:
    options["verify_signature"] = False
    stored = pathlib.Path(bundles(options).bundle("x86_64", "laptop").path)
    original = stored.read_bytes()
    pack_stub("2.38.5", stored, commands="id > /tmp/evil")
    (stored.parent / "record.json").write_text(json.dumps({"checksum": checksum_of(str(stored))}))
    give_away(stored.parent)
    assert pathlib.Path(bundles(options).bundle("x86_64", "laptop").path).read_bytes() == original
    assert stored.stat().st_uid == 0


@pytest.mark.parametrize("damage", ["archive and record", "signature", "missing signature", "missing record"])
def test_stored_archive_is_verified_on_each_use(options: dict[str, t.Any], damage: str) -> None:
    stored = bundles(options).bundle("x86_64", "laptop")
    path = pathlib.Path(stored.path)
    original = path.read_bytes()
    record, signature = path.with_name("record.json"), path.with_name("bundle.zip.sig")
    if damage == "archive and record":
        pack_stub("2.38.5", path, commands="id > /tmp/evil")
        record.write_text(json.dumps({"checksum": checksum_of(stored.path), "verified_by": "gpgv"}))
    elif damage == "signature":
        signature.write_bytes(bytes(100))
    elif damage == "missing signature":
        signature.unlink()
    else:
        record.unlink()
    again = bundles(options).bundle("x86_64", "laptop")
    assert (again, path.read_bytes()) == (stored, original)


def test_stored_archive_is_not_verified_by_its_record(options: dict[str, t.Any]) -> None:
    stored = bundles(options, verify_signature=False).bundle("x86_64", "laptop")
    record = pathlib.Path(stored.path).with_name("record.json")
    record.write_text(json.dumps({"checksum": stored.checksum, "verified_by": "gpgv"}))
    assert bundles(options, verify_signature=False).bundle("x86_64", "laptop").verified_by == ""


@pytest.mark.parametrize("version", ["../../x", "2.38", "", None, 5])
def test_stored_latest_version_that_is_no_version_is_refused(
    options: dict[str, t.Any], version: t.Any
) -> None:
    options |= {"version": None, "state": "latest"}
    bundles(options).host_arguments()
    (path,) = pathlib.Path(os.environ["HOME"], ".cache/workstation.aws_sso/latest").glob("*.json")
    path.write_text(path.read_text().replace('"2.38.5"', json.dumps(version)))
    with pytest.raises(WorkstationError, match="contains no version number"):
        bundles(options).host_arguments()


def test_hosts_receive_neither_secrets_nor_paths_of_the_controller(options: dict[str, t.Any]) -> None:
    arguments = bundles(
        options,
        base_url="https://user:hunter2@mirror.example/awscli",
        source="https://bucket.example/a.zip?X-Amz-Signature=0123",
        signature="/home/alice/a.sig",
        public_key="/home/alice/key.asc",
    ).host_arguments()
    assert arguments == {
        "base_url": "https://mirror.example/awscli",
        "source": "https://bucket.example/a.zip",
        "signature": None,
        "public_key": None,
    }
