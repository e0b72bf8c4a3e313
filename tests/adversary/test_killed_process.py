# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process is killed at a system call of a write or an upgrade: the old state is left, or the new one.

What it leaves beside that, the next run removes.
"""

from __future__ import annotations

import math
import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.token_cache import write_document
from bundles import Mirror, SigningKey
from support.aws_config_file import ACME, SESSION, ConfigFile, profile_entry
from support.child_processes import SystemCallTracer
from support.scratch_host import ScratchHost

MOST_KILLS = int(os.environ.get("WORKSTATION_TEST_MOST_KILLS", "100"))
"""A write has fewer system calls than this; of those of an upgrade, which looks at all processes, a sample is
taken. WORKSTATION_TEST_MOST_KILLS=100000 takes all."""


def kill_at_each_call(
    prepare: t.Callable[[], object],
    action: t.Callable[[], object],
    check: t.Callable[[], object],
) -> None:
    """Run *prepare*, *action*, which is killed, and *check*, for the system calls of *action* in turn."""
    tracer = SystemCallTracer()
    prepare()
    calls = tracer.count(action)
    assert calls > 20
    for number in range(1, calls + 1, math.ceil(calls / MOST_KILLS)):
        prepare()
        tracer.killed_at(number, action)
        check()


def test_a_killed_update_leaves_the_old_configuration_or_the_new_one(tmp_path: pathlib.Path) -> None:
    config = ConfigFile(tmp_path / ".aws" / "config")
    config.path.parent.mkdir(mode=0o700)
    old = "# mine\n[profile own]\nregion = x\n" + ACME
    options: dict[str, t.Any] = {
        "sessions": [SESSION],
        "profiles": [profile_entry(), profile_entry("q")],
    }
    config.text = old
    config.run(**options)
    new = config.text

    def prepare() -> None:
        config.text = old

    def check() -> None:
        assert config.text in (old, new)
        config.run(**options)
        assert config.text == new
        assert os.listdir(config.path.parent) == ["config"]

    kill_at_each_call(prepare, lambda: config.run(**options), check)


@pytest.mark.parametrize("old", [{"accessToken": "old", "expiresAt": "2026-11-26T10:00:00Z"}, None])
def test_a_killed_write_leaves_the_old_token_or_the_new_one(
    tmp_path: pathlib.Path, old: dict[str, str] | None
) -> None:
    path = tmp_path / ".aws" / "sso" / "cache" / "token.json"
    new = {"accessToken": "new", "expiresAt": "2026-11-26T11:00:00Z", "refreshToken": "r" * 3000}

    def content() -> bytes | None:
        return path.read_bytes() if path.exists() else None

    def prepare() -> None:
        path.unlink(missing_ok=True)
        if old is not None:
            write_document(str(path), old)

    write_document(str(path), new)
    allowed = {content()}
    prepare()
    allowed.add(content())

    def check() -> None:
        assert content() in allowed
        write_document(str(path), new)
        assert os.listdir(path.parent) == ["token.json"]
        assert path.stat().st_mode & 0o777 == 0o600

    kill_at_each_call(prepare, lambda: write_document(str(path), new), check)


def test_a_killed_upgrade_leaves_a_working_cli(
    tmp_path: pathlib.Path, signing_key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mirror").mkdir()
    mirror = Mirror(tmp_path / "mirror", signing_key)
    for version in ("2.27.1", "2.38.5"):
        mirror.add_stub(version)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    host = ScratchHost(tmp_path, mirror)

    def prepare() -> None:
        host.converge(version="2.27.1")

    def check() -> None:
        assert host.version() in ("2.27.1", "2.38.5")
        host.converge(version="2.38.5")
        assert (host.version(), host.versions()) == ("2.38.5", ["2.38.5"])
        assert not list(host.versions_dir.glob(".aws_sso-*"))
        assert sorted(os.listdir(host.bin_dir)) == ["aws", "aws_completer"]

    kill_at_each_call(prepare, lambda: host.converge(version="2.38.5"), check)
