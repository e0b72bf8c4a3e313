# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports after updates: what they say, and when they are written and delivered."""

from __future__ import annotations

import json
import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop import setup
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    ReportSettings,
    Settings,
    dump,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import trust, versions
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import Paths
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.state import (
    Outcome,
    State,
    Status,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._run.feedback import report_update
from support.published_bundle import Key, PublishedBundle

FAILED = Status(Outcome.FAILED, "It is broken.", "Repair it.")


class Laptop:
    """A laptop with version 1, whose reports go to the directory *share*."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.paths = Paths(str(directory / "data"))
        self.share = directory / "share"
        self.share.mkdir()
        key = Key(directory)
        bundle = PublishedBundle(directory / "bundle", key)
        trust.establish(self.paths, trust.Trust("acme", str(bundle.root)), key.allowed_signers)
        setup.make_host_key(self.paths.host_key)
        report = ReportSettings(str(self.share / "{host}.json"))
        self.manifest = bundle.publish("1", settings=Settings(report=report))
        pathlib.Path(self.paths.manifest).write_bytes(dump(self.manifest))

    def install(self) -> None:
        directory = pathlib.Path(versions.directory_of(self.paths, self.manifest))
        directory.mkdir(parents=True)
        (directory / "manifest.json").write_bytes(dump(self.manifest))
        (directory / "complete").touch()
        versions.switch(self.paths, versions.InstalledVersion(str(directory), self.manifest))

    @property
    def delivered(self) -> t.List[t.Dict[str, t.Any]]:
        return [json.loads(path.read_text())["report"] for path in self.share.iterdir()]

    @property
    def written(self) -> t.Dict[str, t.Any]:
        return t.cast("t.Dict[str, t.Any]", json.loads(pathlib.Path(self.paths.report).read_text())["report"])


@pytest.fixture
def laptop(tmp_path: pathlib.Path) -> Laptop:
    return Laptop(tmp_path)


def test_report_is_delivered_once_until_something_changes(laptop: Laptop) -> None:
    laptop.install()
    state = State(available="2", status=FAILED, run=FAILED)
    report_update(laptop.paths, state)
    (found,) = laptop.delivered
    assert found == laptop.written
    assert (found["outcome"], found["message"], found["fix"]) == ("failed", "It is broken.", "Repair it.")
    assert found["bundle"] == {
        "name": "acme",
        "version": "1",
        "content_id": laptop.manifest.content_id,
        "serial": 1,
        "available": "2",
    }
    assert state.reported
    (path,) = laptop.share.iterdir()
    path.unlink()
    os.unlink(laptop.paths.report)
    report_update(laptop.paths, state)
    assert laptop.delivered == []
    assert laptop.written["outcome"] == "failed"
    state.status = state.run = Status()
    report_update(laptop.paths, state)
    assert [report["outcome"] for report in laptop.delivered] == ["ok"]


def test_what_the_last_run_left_to_do_is_reported_by_each_update(laptop: Laptop) -> None:
    report_update(laptop.paths, State(run=Status(Outcome.SIGN_IN_REQUIRED, "Sign in.")))
    assert laptop.written["outcome"] == "sign_in_required"
    assert laptop.written["bundle"]["version"] == ""
    refused = Status(Outcome.REFUSED, "The signature is wrong.")
    report_update(laptop.paths, State(run=Status(Outcome.SIGN_IN_REQUIRED), status=refused))
    assert laptop.written["outcome"] == "refused"


def test_laptop_that_is_offline_does_not_try_to_report(laptop: Laptop) -> None:
    report_update(laptop.paths, State(status=Status(Outcome.OFFLINE)))
    assert not os.path.exists(laptop.paths.report)


def test_report_that_was_not_delivered_is_delivered_later(laptop: Laptop) -> None:
    laptop.share.rmdir()
    state = State()
    with pytest.raises(WorkstationError, match="The report was not delivered"):
        report_update(laptop.paths, state)
    assert laptop.written["outcome"] == "ok"
    laptop.share.mkdir()
    report_update(laptop.paths, state)
    assert len(laptop.delivered) == 1


def test_without_a_destination_the_report_stays_here(laptop: Laptop) -> None:
    os.unlink(laptop.paths.manifest)
    report_update(laptop.paths, State())
    assert laptop.written["outcome"] == "ok"
    before = os.stat(laptop.paths.report).st_mtime_ns
    report_update(laptop.paths, State())
    assert os.stat(laptop.paths.report).st_mtime_ns == before
    pathlib.Path(laptop.paths.report).write_text("damaged")
    report_update(laptop.paths, State())
    assert laptop.written["outcome"] == "ok"
