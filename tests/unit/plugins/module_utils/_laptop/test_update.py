# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates: what is installed when, and that nothing else changes what is in use."""

from __future__ import annotations

import datetime
import os
import pathlib
import shutil
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import (
    Ring,
    Rollout,
    Settings,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import trust
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.state import Outcome
from support import mounts, web_server
from support.child_processes import exit_code, killed_at, start
from support.published_bundle import NOW, Key, PublishedBundle
from support.scratch_laptop import FAILS, ScratchLaptop
from support.web_server import WebServer

DAY = datetime.timedelta(days=1)


@pytest.fixture
def installed(laptop: ScratchLaptop, published: PublishedBundle, server: WebServer) -> ScratchLaptop:
    """A laptop with version 1."""
    published.publish("1")
    assert laptop.update().exit_status == 0
    server.requests.clear()
    return laptop


def test_the_first_version_is_installed(installed: ScratchLaptop) -> None:
    assert (installed.version, installed.runs, installed.applied) == ("1", ["1"], ["1"])
    assert installed.state.outcome == Outcome.OK
    assert installed.reports


def test_a_laptop_with_nothing_new_sends_one_request(installed: ScratchLaptop, server: WebServer) -> None:
    assert installed.update(scheduled=True).exit_status == 0
    assert (server.paths, installed.runs) == (["manifest.json"], [])
    assert "nothing is to be done" in installed.lines[0]


def test_a_server_without_validators_is_asked_for_the_manifest_only(
    installed: ScratchLaptop, server: WebServer
) -> None:
    server.validators = False
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.update(scheduled=True).exit_status == 0
    assert (server.paths, installed.runs) == (["manifest.json"] * 2, [])


def test_a_new_version_is_installed_and_the_one_before_is_kept(
    installed: ScratchLaptop, published: PublishedBundle, server: WebServer
) -> None:
    for version in ("2", "3"):
        published.publish(version)
        assert installed.update(scheduled=True).exit_status == 0
        assert (installed.version, installed.runs) == (version, [version])
    assert installed.installed == ["2", "3"]
    assert installed.state.available == "3"
    assert not [path for path in server.paths if path.endswith(".whl")], "equal files are downloaded once"


def test_signing_again_installs_nothing(installed: ScratchLaptop, published: PublishedBundle) -> None:
    published.publish("1", expires=NOW + 200 * DAY)
    assert installed.update(scheduled=True).exit_status == 0
    assert (installed.runs, installed.state.serial) == ([], 2)


def test_the_playbook_runs_again_after_the_days_of_the_bundle(installed: ScratchLaptop) -> None:
    installed.later(days=6)
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.runs == []
    installed.later(days=1)
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.runs == ["1"]


def test_a_clock_that_was_ahead_does_not_stop_the_runs(installed: ScratchLaptop) -> None:
    installed.later(days=-30)
    installed.update(scheduled=True)
    assert installed.runs == ["1"]
    installed.update(scheduled=True)
    assert installed.runs == []


def test_without_days_the_playbook_never_runs_again(
    laptop: ScratchLaptop, published: PublishedBundle
) -> None:
    published.publish("1", settings=Settings(rerun_days=0))
    laptop.update()
    laptop.later(days=80)
    laptop.update(scheduled=True)
    assert laptop.runs == []


def test_repair_runs_the_playbook_and_restores_changed_files(installed: ScratchLaptop) -> None:
    company = pathlib.Path(installed.paths.current, "company.yml")
    company.write_bytes(FAILS)
    assert installed.update(repair=True).exit_status == 0
    assert installed.runs == ["1"]
    assert company.read_bytes() == b"company.yml of 1"


# What must not be installed


Change = t.Callable[[PublishedBundle, WebServer, pathlib.Path], None]


def _edited(published: PublishedBundle, _server: WebServer, _directory: pathlib.Path) -> None:
    path = published.root / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"rerun_days": 7', b'"rerun_days": 8'))


def _foreign_key(published: PublishedBundle, _server: WebServer, directory: pathlib.Path) -> None:
    Key(directory, "foreign").sign(published.root / "manifest.json")


def _foreign_purpose(published: PublishedBundle, _server: WebServer, _directory: pathlib.Path) -> None:
    published.key.sign(published.root / "manifest.json", "file")


def _no_signature(published: PublishedBundle, _server: WebServer, _directory: pathlib.Path) -> None:
    (published.root / "manifest.json.sig").unlink()


def _no_manifest(published: PublishedBundle, _server: WebServer, _directory: pathlib.Path) -> None:
    path = published.root / "manifest.json"
    path.write_bytes(b'{"format": "another"}')
    published.key.sign(path)


def _swapped(published: PublishedBundle, _server: WebServer, _directory: pathlib.Path) -> None:
    path = published.root / "2" / "company.yml"
    path.write_bytes(path.read_bytes()[::-1])


def _half(published: PublishedBundle, _server: WebServer, _directory: pathlib.Path) -> None:
    path = published.root / "2" / "company.yml"
    path.write_bytes(path.read_bytes()[:5])


def _missing(published: PublishedBundle, _server: WebServer, _directory: pathlib.Path) -> None:
    (published.root / "2" / "updater.pyz").unlink()


def _page(path: str) -> Change:
    def change(_published: PublishedBundle, server: WebServer, _directory: pathlib.Path) -> None:
        server.answers[path] = web_server.page

    return change


def _manifest(**changes: t.Any) -> Change:
    return lambda published, server, directory: t.cast(None, published.publish("2", **changes))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_edited, "signature"),
        (_foreign_key, "signature"),
        (_foreign_purpose, "signature"),
        (_no_signature, "404"),
        (_no_manifest, "not the manifest"),
        (_swapped, "does not have the content"),
        (_half, "5 bytes"),
        (_missing, "404"),
        (_page("manifest.json"), "web page"),
        (_page("manifest.json.sig"), "web page"),
        (_page("2/*"), "web page"),
        (_manifest(name="other"), "follows the bundle acme"),
        (_manifest(serial=0), "older than one"),
        (_manifest(serial=1), "Two different bundles"),
        (_manifest(expires=NOW - 2 * DAY), "expired"),
        (_manifest(environments={}), "nothing for Python 3.12"),
    ],
)
def test_a_bad_bundle_changes_nothing(
    installed: ScratchLaptop,
    published: PublishedBundle,
    server: WebServer,
    tmp_path: pathlib.Path,
    change: Change,
    message: str,
) -> None:
    before = installed.content()
    published.publish("2")
    change(published, server, tmp_path)
    result = installed.update(scheduled=True)
    assert (result.exit_status, result.status.outcome) == (1, Outcome.REFUSED)
    assert message in result.status.message
    assert installed.runs == []
    after = installed.content()
    assert {name: after[name] for name in before} == before
    assert installed.state.outcome == Outcome.REFUSED
    assert installed.reports[-1].status == result.status

    server.answers.clear()
    published.serial += 1
    published.publish("2")
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.version == "2"


def test_a_refused_manifest_is_not_remembered(installed: ScratchLaptop, published: PublishedBundle) -> None:
    """Its serial number may be the highest one that there is."""
    published.publish("2", serial=2**61, name="other")
    installed.update(scheduled=True)
    assert installed.state.serial == 1


def test_a_lost_state_does_not_allow_a_downgrade(
    installed: ScratchLaptop, published: PublishedBundle
) -> None:
    os.unlink(installed.paths.state)
    published.publish("0", serial=0)
    assert "older" in installed.update(scheduled=True).status.message
    assert installed.version == "1"


def test_a_manifest_that_is_just_being_published_is_read_again(
    installed: ScratchLaptop, published: PublishedBundle, server: WebServer
) -> None:
    old = (published.root / "manifest.json.sig").read_bytes()
    published.publish("2")

    def old_once(handler: web_server.Handler, _content: bytes) -> None:
        del server.answers["manifest.json.sig"]
        handler.respond(200, old)

    server.answers["manifest.json.sig"] = old_once
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.version == "2"


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_wrong_by_a_day_is_no_reason(
    installed: ScratchLaptop, published: PublishedBundle, days: int
) -> None:
    published.publish("2", issued=NOW, expires=NOW + datetime.timedelta(hours=1))
    installed.later(days=days)
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.version == "2"


def test_an_unchanged_manifest_expires(installed: ScratchLaptop) -> None:
    installed.later(days=92)
    result = installed.update(scheduled=True)
    assert result.status.outcome == Outcome.REFUSED
    assert "clock" in result.status.fix


def test_the_next_key_of_the_company_is_accepted(
    installed: ScratchLaptop, published: PublishedBundle, tmp_path: pathlib.Path
) -> None:
    old, new = published.key, Key(tmp_path, "new")
    published.publish("1", keys=[old.public, new.public])
    installed.update(scheduled=True)
    published.key = new
    published.publish("2", keys=[new.public])
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.version == "2"
    published.key = old
    published.publish("3", keys=[old.public])
    assert "signature" in installed.update(scheduled=True).status.message


# Offline, and rollouts


def test_offline_is_no_error(installed: ScratchLaptop, server: WebServer) -> None:
    server.close()
    installed.sign_in_required = True
    result = installed.update(scheduled=True)
    assert (result.exit_status, result.status.outcome, installed.runs) == (0, Outcome.OFFLINE, [])
    assert installed.update().exit_status == 0
    assert installed.version == "1"


def test_a_setup_that_could_install_nothing_has_failed(laptop: ScratchLaptop, server: WebServer) -> None:
    server.close()
    assert (laptop.update().exit_status, laptop.state.outcome) == (1, Outcome.OFFLINE)
    assert laptop.update(scheduled=True).exit_status == 0


def test_offline_in_the_middle_is_no_error_and_the_next_update_goes_on(
    installed: ScratchLaptop, published: PublishedBundle, server: WebServer
) -> None:
    published.publish("2")
    server.answers["2/updater.pyz"] = web_server.truncated(3)
    assert installed.update(scheduled=True).status.outcome == Outcome.OFFLINE
    assert (installed.version, installed.runs) == ("1", [])
    server.answers.clear()
    server.requests.clear()
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.version == "2"
    assert "2/company.yml" not in server.paths, "it was downloaded before"
    assert dict(server.requests)["2/updater.pyz"]["Range"] == "bytes=3-"


def test_somebody_can_sign_in_while_the_server_is_down(installed: ScratchLaptop, server: WebServer) -> None:
    installed.sign_in_required = True
    installed.update(repair=True, scheduled=True)
    server.close()
    assert installed.update(scheduled=True).status.outcome == Outcome.OFFLINE
    assert installed.update().exit_status == 0
    assert installed.runs == ["1"]
    assert installed.state.run.outcome == Outcome.OK


def test_a_rollout_is_awaited_paused_and_resumed(
    installed: ScratchLaptop, published: PublishedBundle
) -> None:
    ring = Ring(100, NOW + DAY)
    for rollout, expected in (
        (Rollout(paused=True), "paused"),
        (Rollout(rings=(Ring(0, NOW - DAY),)), "0 %"),
        (Rollout(rings=(ring,)), "from 2026-11-27T12:00:00Z on"),
    ):
        published.publish("2", rollout=rollout)
        assert installed.update(scheduled=True).exit_status == 0
        assert expected in installed.lines[0]
        assert installed.version == "1"
    assert "2026-11-27" in installed.update(check=True).status.message
    installed.later(days=1)
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.version == "2"


def test_a_new_laptop_does_not_wait_for_a_rollout(laptop: ScratchLaptop, published: PublishedBundle) -> None:
    published.publish("1", rollout=Rollout(paused=True))
    assert laptop.update().exit_status == 0
    assert laptop.version == "1"


def test_check_changes_nothing(
    installed: ScratchLaptop, published: PublishedBundle, server: WebServer
) -> None:
    before, state = installed.content(), installed.state
    assert "no newer one" in installed.update(check=True).status.message
    published.publish("2")
    result = installed.update(check=True)
    assert (result.exit_status, result.status.message) == (0, "Version 2 is available.")
    assert (installed.content(), installed.state) == (before, state)
    server.answers["manifest.json"] = web_server.page
    assert installed.update(check=True).exit_status == 1


# Runs that fail, or that require somebody


def test_a_version_that_fails_is_rolled_back_and_not_tried_again(
    installed: ScratchLaptop, published: PublishedBundle
) -> None:
    published.publish("2", {"company.yml": FAILS})
    result = installed.update(scheduled=True)
    assert (result.exit_status, result.status.outcome) == (1, Outcome.ROLLED_BACK)
    assert "Version 2 is not good." in result.status.message
    assert (installed.runs, installed.version) == (["2", "1"], "1")

    published.publish("2", {"company.yml": FAILS}, expires=NOW + 100 * DAY)
    result = installed.update(scheduled=True)
    assert (result.exit_status, result.status.outcome) == (0, Outcome.ROLLED_BACK)
    assert installed.runs == []
    assert "failed before" in installed.update(check=True).status.message

    for options in ({}, {"retry": True, "scheduled": True}):
        assert installed.update(**options).exit_status == 1
        assert installed.runs == ["2", "1"]

    published.publish("2", {"company.yml": b"corrected"})
    assert installed.update(scheduled=True).exit_status == 0
    assert (installed.version, installed.state.failed) == ("2", None)


def test_after_a_rollback_the_version_in_use_runs_again_in_its_time(
    installed: ScratchLaptop, published: PublishedBundle
) -> None:
    published.publish("2", {"company.yml": FAILS})
    installed.update(scheduled=True)
    installed.later(days=7)
    assert installed.update(scheduled=True).status.outcome == Outcome.ROLLED_BACK
    assert installed.runs == ["1"]


def test_returning_to_the_version_before_ends_the_failure(
    installed: ScratchLaptop, published: PublishedBundle
) -> None:
    published.publish("2", {"company.yml": FAILS})
    installed.update(scheduled=True)
    published.publish("1")
    assert installed.update(scheduled=True).status.outcome == Outcome.OK


def test_if_both_versions_fail_the_reason_may_pass(
    installed: ScratchLaptop, published: PublishedBundle
) -> None:
    installed.everything_fails = True
    published.publish("2")
    result = installed.update(scheduled=True)
    assert (result.exit_status, result.status.outcome) == (1, Outcome.FAILED)
    assert "Version 2 and version 1 failed." in result.status.message
    installed.everything_fails = False
    installed.update(scheduled=True)
    assert installed.runs == []
    installed.later(days=1)
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.version == "2"


def test_a_first_version_that_fails_is_kept_and_tried_again(
    laptop: ScratchLaptop, published: PublishedBundle
) -> None:
    """There is nothing to return to, and without it there is no command to try again with."""
    published.publish("1")
    laptop.everything_fails = True
    assert laptop.update().exit_status == 1
    assert laptop.version == "1"
    laptop.everything_fails = False
    assert laptop.update().exit_status == 0
    assert laptop.runs == ["1"]


def test_a_program_that_cannot_be_started_is_a_failed_run(
    installed: ScratchLaptop, published: PublishedBundle
) -> None:
    def unusable(_run: object) -> None:
        raise WorkstationError("The playbook did not end.")

    published.publish("2")
    installed.during_run = unusable
    result = installed.update(scheduled=True)
    assert "The playbook did not end." in result.status.message


def test_a_sign_in_is_required_of_somebody_and_no_reason_to_roll_back(
    installed: ScratchLaptop, published: PublishedBundle
) -> None:
    installed.sign_in_required = True
    published.publish("2")
    result = installed.update(scheduled=True)
    assert (result.exit_status, result.status.outcome) == (3, Outcome.SIGN_IN_REQUIRED)
    assert installed.version == "2"
    assert installed.update(scheduled=True).exit_status == 3
    assert installed.runs == [], "not before a day has passed"
    installed.later(days=1)
    installed.update(scheduled=True)
    assert installed.runs == ["2"]
    assert installed.update().exit_status == 0
    assert installed.runs == ["2"]
    assert installed.update(scheduled=True).exit_status == 0


# Faults of the laptop


@pytest.fixture
def offline_laptop(
    tmp_path: pathlib.Path, published: PublishedBundle, monkeypatch: pytest.MonkeyPatch
) -> ScratchLaptop:
    """A laptop that follows a directory: a process with threads, such as those of a server, must not fork."""
    for name in ("sync", "fsync"):
        monkeypatch.setattr(os, name, lambda *_descriptor: None)
    return ScratchLaptop(tmp_path, str(published.root), published.key)


@pytest.mark.parametrize(
    ("company", "version", "outcome"), [(b"", "2", Outcome.OK), (FAILS, "1", Outcome.ROLLED_BACK)]
)
def test_killed_at_any_step_the_next_update_completes(
    offline_laptop: ScratchLaptop,
    published: PublishedBundle,
    tmp_path: pathlib.Path,
    company: bytes,
    version: str,
    outcome: Outcome,
) -> None:
    published.publish("1")
    offline_laptop.update()
    published.publish("2", {"company.yml": company})
    _survives(offline_laptop, tmp_path, version, outcome, range(0, 1000, 1 if version == "2" else 3))


def test_killed_at_any_step_of_the_first_update_the_next_one_completes(
    offline_laptop: ScratchLaptop, published: PublishedBundle, tmp_path: pathlib.Path
) -> None:
    published.publish("1")
    _survives(offline_laptop, tmp_path, "1", Outcome.OK, range(1, 1000, 3))


def _survives(
    laptop: ScratchLaptop, tmp_path: pathlib.Path, version: str, outcome: Outcome, steps: t.Sequence[int]
) -> None:
    """Kill an update at *steps*, each time from the same state."""
    before = tmp_path / "before"
    shutil.copytree(laptop.paths.root, before, symlinks=True)
    was = laptop.version
    for step in steps:
        if not killed_at(step, lambda: laptop.update(scheduled=True)):
            break
        assert laptop.version in (was, version)
        runs = laptop.runs
        assert laptop.update(scheduled=True).status.outcome == outcome
        assert laptop.version == version
        assert [*runs, *laptop.runs][-1] == version, "the last run is one of the version in use"
        assert laptop.state.applied == laptop.content_id
        assert not laptop.state.unfinished
        assert laptop.update(scheduled=True).status.outcome == outcome
        assert laptop.runs == []
        shutil.rmtree(laptop.paths.root)
        shutil.copytree(before, laptop.paths.root, symlinks=True)
    assert 60 < step < 150


def test_after_a_loss_of_power_files_that_were_not_on_the_disk_are_replaced(
    installed: ScratchLaptop, published: PublishedBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File systems leave empty files where data was not yet written."""
    published.publish("2")

    def lose_power() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "sync", lose_power)
    with pytest.raises(KeyboardInterrupt):
        installed.update(scheduled=True)
    directory = next(pathlib.Path(installed.paths.versions).glob("2-*"))
    assert not (directory / "complete").exists()
    for path in directory.rglob("*"):
        if path.is_file():
            path.write_bytes(b"")
    monkeypatch.setattr(os, "sync", lambda: None)
    assert installed.update(scheduled=True).exit_status == 0
    assert installed.version == "2"
    assert (directory / "company.yml").read_bytes() == b"company.yml of 2"


def test_everything_is_on_the_disk_before_it_is_used(
    installed: ScratchLaptop, published: PublishedBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.publish("2")
    steps: t.List[str] = []
    replace = os.replace

    def replaced(source: str, target: str, **options: t.Any) -> None:
        steps.append(os.path.basename(target))
        replace(source, target, **options)

    monkeypatch.setattr(os, "replace", replaced)
    monkeypatch.setattr(os, "fsync", lambda _descriptor: steps.append("fsync"))
    monkeypatch.setattr(os, "sync", lambda: steps.append("sync"))
    installed.during_run = lambda run: steps.append("run")
    installed.update(scheduled=True)
    assert steps[steps.index("company.yml") - 1] == "fsync"
    order = [step for step in steps if step in ("updater.pyz", "sync", "complete", "run", "current")]
    assert order == ["updater.pyz", "sync", "complete", "run", "current"]


@pytest.mark.parametrize("cache", ["", "elsewhere"])
def test_two_updates_at_once(
    offline_laptop: ScratchLaptop,
    published: PublishedBundle,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    cache: str,
) -> None:
    """The variables of a timer and of a shell may differ."""
    installed = offline_laptop
    published.publish("2")
    started, goes_on = os.pipe(), os.pipe()

    def wait(_run: object) -> None:
        os.write(started[1], b"x")
        os.read(goes_on[0], 1)

    installed.during_run = wait
    child = start(lambda: installed.update(scheduled=True))
    os.read(started[0], 1)
    if cache:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / cache))
    result = installed.update(scheduled=True)
    assert (result.exit_status, "Another update" in result.status.message) == (0, True)
    assert installed.update().exit_status == 1
    os.write(goes_on[1], b"x")
    assert exit_code(child) == 0
    assert installed.version == "2"
    for descriptor in (*started, *goes_on):
        os.close(descriptor)


def test_a_full_disk_changes_nothing_and_is_not_left_full(
    published: PublishedBundle, tmp_path: pathlib.Path
) -> None:
    published.publish("1")
    shutil.copytree(published.root, tmp_path / "first")
    published.publish("2", {"large.bin": b"x" * 3_000_000})
    home = tmp_path / "home"
    script = f"""
import os, pathlib, shutil
from support.scratch_laptop import ScratchLaptop
from support.published_bundle import Key
class TheKey(Key):
    def __init__(self): pass
    allowed_signers = {published.key.allowed_signers!r}
laptop = ScratchLaptop(pathlib.Path({str(home)!r}), {str(tmp_path / "first")!r}, TheKey())
print(laptop.update().exit_status)
laptop = ScratchLaptop(pathlib.Path({str(home)!r}), {str(published.root)!r}, TheKey())
result = laptop.update(scheduled=True)
print(result.exit_status, result.status.outcome.value, result.status.message)
print(laptop.version, laptop.installed, laptop.state.outcome.value)
"""
    lines = mounts.with_tmpfs("size=1500k", home, script).splitlines()
    assert lines[0] == "0", lines
    assert lines[1].startswith("1 failed"), lines
    assert "The disk is full: free some space, then run workstation-update." in lines[1]
    assert lines[2] == "1 ['1'] failed"


def test_a_damaged_state_costs_a_request(installed: ScratchLaptop, server: WebServer) -> None:
    for damage in (b"", b"{", b"[]", b'{"serial": "x"}', b'{"failed": {}}'):
        pathlib.Path(installed.paths.state).write_bytes(damage)
        assert installed.update(scheduled=True).exit_status == 0
        assert installed.version == "1"


def test_a_damaged_manifest_is_requested_again(installed: ScratchLaptop, server: WebServer) -> None:
    pathlib.Path(installed.paths.manifest).write_bytes(b"{}")
    assert installed.update(scheduled=True).exit_status == 0
    assert server.paths == ["manifest.json", "manifest.json.sig"]


def test_a_version_in_use_that_was_removed_is_installed_again(installed: ScratchLaptop) -> None:
    shutil.rmtree(installed.paths.versions)
    assert installed.update(scheduled=True).exit_status == 0
    assert (installed.version, installed.runs) == ("1", ["1"])


def test_settings_that_could_not_be_applied_are_applied_by_the_next_update(
    installed: ScratchLaptop, published: PublishedBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_manifest: object) -> None:
        raise OSError("no systemd")

    tools = installed.tools()
    failing = tools._replace(apply_settings=fail)
    published.publish("2")
    monkeypatch.setattr(installed, "tools", lambda: failing)
    assert installed.update(scheduled=True).exit_status == 0
    assert "no systemd" in " ".join(installed.lines)
    monkeypatch.setattr(installed, "tools", lambda: tools)
    installed.update(scheduled=True)
    assert installed.applied == ["1", "2"]


def test_a_report_that_fails_does_not_change_the_outcome(
    installed: ScratchLaptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_state: object) -> None:
        raise WorkstationError("The report could not be delivered.")

    tools = installed.tools()._replace(after_update=[failing])
    monkeypatch.setattr(installed, "tools", lambda: tools)
    assert installed.update(scheduled=True).exit_status == 0
    assert "The report could not be delivered." in installed.lines


def test_a_laptop_that_is_not_set_up_says_so(laptop: ScratchLaptop) -> None:
    os.unlink(laptop.paths.trust)
    with pytest.raises(WorkstationError, match=r"setup\.sh"):
        laptop.update()


def test_another_key_at_setup_replaces_what_was_known(
    installed: ScratchLaptop, published: PublishedBundle, server: WebServer, tmp_path: pathlib.Path
) -> None:
    """The company has lost its key."""
    published.key = Key(tmp_path, "new")
    published.publish("2")
    assert installed.update().exit_status == 1
    signers = published.key.allowed_signers
    trust.establish(installed.paths, trust.Trust("acme", server.url), signers)
    assert installed.update().exit_status == 0
    assert installed.version == "2"
