# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base class of action plugins, and files on the host."""

from __future__ import annotations

import os
import pathlib
import threading
import typing as t

import pytest
from ansible.errors import AnsibleError

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _display
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action.base import (
    HostFile,
    Options,
    Result,
    SsoAction,
)
from support.action_plugins import OtherHost, connection_of, connection_to, new_action


class Example(SsoAction):
    """Returns its options, and the proxy in the environment."""

    argument_spec: t.ClassVar = {
        "session": {"type": "str"},
        "start_url": {"type": "str"},
        "ttl": {"type": "int", "default": 60},
    }
    constraints: t.ClassVar = {"mutually_exclusive": [("session", "start_url")]}

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        return {"options": options, "task_vars": task_vars, "proxy": os.environ.get("HTTPS_PROXY")}


class Failing(SsoAction):
    error: t.ClassVar[Exception] = WorkstationError("The session corp needs a sign-in.")

    def work(self, options: Options, task_vars: dict[str, t.Any]) -> Result:
        raise self.error


@pytest.fixture(autouse=True)
def environment(home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HTTPS_PROXY", raising=False)


def test_work_gets_options_with_their_types_and_defaults() -> None:
    action = new_action(Example, {"session": 4711, "ttl": "5"})
    result = action.run(task_vars={"inventory_hostname": "laptop"})
    assert result["options"] == {"session": "4711", "start_url": None, "ttl": 5}
    assert result["task_vars"] == {"inventory_hostname": "laptop"}
    assert new_action(Example).run()["options"] == {"session": None, "start_url": None, "ttl": 60}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sesion": "corp"}, "sesion"),
        ({"ttl": "soon"}, "ttl.* int"),
        ({"session": "corp", "start_url": "https://x"}, "mutually exclusive"),
    ],
)
def test_invalid_options_fail_before_work(arguments: dict[str, t.Any], message: str) -> None:
    with pytest.raises(AnsibleError, match=message):
        new_action(Example, arguments).run()


def test_an_error_of_the_collection_is_the_failure_of_the_task() -> None:
    assert new_action(Failing).run() == {
        "failed": True,
        "changed": False,
        "msg": "The session corp needs a sign-in.",
    }


def test_another_error_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Failing, "error", ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        new_action(Failing).run()


def test_a_local_task_works_with_its_environment_and_restores_that_of_ansible() -> None:
    action = new_action(Example, environment=[{"HTTPS_PROXY": "http://proxy.example:3128"}])
    assert action.run()["proxy"] == "http://proxy.example:3128"
    assert "HTTPS_PROXY" not in os.environ


def test_a_task_for_another_host_works_with_the_environment_of_ansible() -> None:
    proxy = [{"HTTPS_PROXY": "http://proxy.example:3128"}]
    action = new_action(Example, connection=connection_of(OtherHost), environment=proxy)
    assert action.run()["proxy"] is None


def test_a_failed_task_restores_the_environment_of_ansible() -> None:
    action = new_action(Failing, environment=[{"HTTPS_PROXY": "http://proxy.example:3128"}])
    assert action.run()["failed"]
    assert "HTTPS_PROXY" not in os.environ


def test_a_host_file_is_in_the_temporary_directory_of_the_task() -> None:
    action = new_action(Example)
    file = HostFile(action, "bundle.zip")
    directory = action._connection._shell.tmpdir
    assert directory is None
    path = pathlib.Path(file.path)
    assert path.parent.is_dir() and path.name == "bundle.zip"
    assert file.path == str(path), "the directory is created once"


def test_a_host_file_is_read_and_measured(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "my file"
    path.write_text("12 of 40 MB")
    file = HostFile(new_action(Example), str(path))
    assert (file.path, file.read(), file.size()) == (str(path), "12 of 40 MB", 11)


def test_progress_of_a_local_file_is_shown_until_the_work_ends(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_display, "SECONDS_BETWEEN_PROGRESS", 0.01)
    path = tmp_path / "bundle.zip"
    path.write_bytes(bytes(40))
    asked_again = threading.Event()
    texts: list[str] = []

    def progress(file: HostFile) -> str:
        if texts:
            asked_again.set()
        texts.append(f"{file.size()} bytes")
        return texts[-1]

    with HostFile(new_action(Example), str(path)).watched(progress, "laptop"):
        assert asked_again.wait(30)
    assert "[laptop] 40 bytes" in capsys.readouterr().err


@pytest.mark.parametrize(
    "connection",
    [lambda: connection_of(OtherHost), lambda: connection_to("ssh", password="secret")],
    ids=["without ssh", "ssh with a password"],
)
def test_no_second_command_runs_beside_the_work_if_the_connection_may_not_allow_it(
    connection: t.Callable[[], t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_display, "SECONDS_BETWEEN_PROGRESS", 0)
    action = new_action(Example, connection=connection())
    threads = set(threading.enumerate())
    with HostFile(action, "/bundle.zip").watched(
        lambda file: pytest.fail("progress was requested"), "laptop"
    ):
        assert set(threading.enumerate()) <= threads
