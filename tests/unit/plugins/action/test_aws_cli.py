# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The aws_cli action, by ansible-playbook: one download for many hosts, and its progress."""

from __future__ import annotations

import functools
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._host import tools
from bundles import Mirror, SigningKey, pack_stub, serving, serving_by

COLLECTIONS = t.cast(str, tools.__file__).partition("/ansible_collections/")[0]
PLAYBOOK_PROGRAM = pathlib.Path(sys.executable).with_name("ansible-playbook")
HOSTS = ("one", "two", "three")
BUNDLE = "/awscli-exe-linux-x86_64-2.38.5.zip"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Records the requested paths, and serves archives in a given number of seconds."""

    requested: t.ClassVar[list[str]] = []
    seconds: t.ClassVar[float] = 0

    def do_GET(self) -> None:
        self.requested.append(self.path)
        super().do_GET()

    def copyfile(self, source: t.Any, outputfile: t.Any) -> None:
        content = source.read()
        outputfile.write(content[:100])
        outputfile.flush()
        if self.path == BUNDLE:
            time.sleep(self.seconds)
        outputfile.write(content[100:])

    def log_message(self, format: str, *args: t.Any) -> None:
        """The output of the test stays clean."""


class Fleet:
    """Hosts that are directories of this machine, and a mirror that records requests."""

    def __init__(self, directory: pathlib.Path, url: str, key: SigningKey) -> None:
        self.directory = directory
        self.requested = Handler.requested
        self.options = {
            "install_dir": "{{ directory }}/{{ inventory_hostname }}/aws-cli",
            "bin_dir": "{{ directory }}/{{ inventory_hostname }}/bin",
            "base_url": url,
            "public_key": key.public_key,
            "fingerprint": key.fingerprint,
            "download_on": "controller",
        }
        self.output = ""
        self.interpreter = sys.executable

    def answer(self, **result: t.Any) -> None:
        """From now on, the hosts return this *result* for the module, whatever it is called with."""
        self.interpreter = str(self.directory / "python")
        pathlib.Path(self.interpreter).write_text(
            "#!/bin/sh\ncase $1 in *aws_cli*) cat <<'END'\n"
            f'{json.dumps(result)}\nEND\n;; *) exec {sys.executable} "$@" ;; esac\n'
        )
        pathlib.Path(self.interpreter).chmod(0o755)

    def run(self, *arguments: str, path: str = "", **options: t.Any) -> dict[str, dict[str, t.Any]]:
        """The result of the task on each host; *options* given as None are left out."""
        self.requested.clear()
        wanted = {name: value for name, value in {**self.options, **options}.items() if value is not None}
        tasks = [
            {"workstation.aws_sso.aws_cli": wanted, "register": "result", "ignore_errors": True},
            {
                "ansible.builtin.copy": {
                    "content": "{{ result | to_json }}",
                    "dest": "{{ directory }}/{{ inventory_hostname }}.json",
                },
                "check_mode": False,
            },
        ]  # fmt: skip
        play = [{"hosts": "all", "gather_facts": False, "tasks": tasks}]
        (self.directory / "play.json").write_text(json.dumps(play))
        variables = {"directory": str(self.directory), "ansible_python_interpreter": self.interpreter}
        done = subprocess.run(
            [
                PLAYBOOK_PROGRAM,
                *("-c", "local", "-i", ",".join(HOSTS), "-e", json.dumps(variables)),
                *(self.directory / "play.json", *arguments),
            ],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS, "PATH": path or os.environ["PATH"]},
        )
        self.output = done.stdout + done.stderr
        assert done.returncode == 0, self.output
        return {host: json.loads((self.directory / f"{host}.json").read_text()) for host in HOSTS}

    def versions(self) -> set[str]:
        """The versions that the CLIs on the hosts report."""
        programs = [self.directory / host / "bin" / "aws" for host in HOSTS]
        return {subprocess.check_output([program, "--version"], text=True).split()[0] for program in programs}


@pytest.fixture
def fleet(home: pathlib.Path, tmp_path: pathlib.Path, mirror: Mirror) -> t.Iterator[Fleet]:
    directory = tmp_path / "fleet"
    directory.mkdir()
    handler = functools.partial(Handler, directory=os.fspath(mirror.directory))
    with serving_by(handler) as url:
        yield Fleet(directory, url, mirror.key)


def seen(results: dict[str, dict[str, t.Any]], *names: str) -> set[tuple[t.Any, ...]]:
    return {tuple(result.get(name) for name in names) for result in results.values()}


def test_one_download_serves_all_hosts_and_later_runs(fleet: Fleet) -> None:
    url = fleet.options["base_url"]
    previewed = fleet.run("--check", version="2.38.5")
    assert seen(previewed, "changed", "version", "source") == {(True, "2.38.5", url + BUNDLE)}
    assert not fleet.requested

    done = fleet.run(version="2.38.5")
    assert seen(done, "changed", "version", "source", "verified_by") == {
        (True, "2.38.5", url + BUNDLE, "gpgv")
    }
    assert sorted(fleet.requested) == [BUNDLE, BUNDLE + ".sig"]
    assert fleet.versions() == {"aws-cli/2.38.5"}
    for result in done.values():
        record = result["record"]
        assert (record["source"], record["verified_by"]) == (url + BUNDLE, "gpgv")
        assert (record["key"], record["version"]) == (fleet.options["fingerprint"], "2.38.5")
        assert len(record["sha256"]) == 64
        assert re.fullmatch(r"20..-..-..T..:..:..Z", record["signed_at"])

    assert seen(fleet.run(version="2.38.5"), "changed", "source") == {(False, "")}
    assert not fleet.requested

    shutil.rmtree(fleet.directory / "one")
    assert [result["changed"] for result in fleet.run(version="2.38.5").values()] == [True, False, False]
    assert not fleet.requested


def test_latest_version_is_requested_once(fleet: Fleet) -> None:
    assert seen(fleet.run(state="latest"), "changed", "version") == {(True, "2.38.5")}
    assert sorted(fleet.requested) == [BUNDLE, BUNDLE + ".sig", "/v2/version.txt"]
    assert seen(fleet.run(state="latest"), "changed", "version") == {(False, "2.38.5")}
    assert not fleet.requested


def test_latest_version_of_a_lagging_mirror_is_no_downgrade(
    fleet: Fleet, mirror: Mirror, tmp_path: pathlib.Path
) -> None:
    fleet.run(version="2.38.5")
    lagging = Mirror(tmp_path, mirror.key)
    lagging.add_stub("2.27.1")
    with serving(tmp_path) as url:
        assert seen(fleet.run(state="latest", base_url=url), "changed", "version") == {(False, "2.38.5")}
    assert seen(fleet.run(state="absent"), "changed", "version") == {(True, "")}


def test_archive_on_the_controller_is_installed(fleet: Fleet, mirror: Mirror) -> None:
    files = fleet.directory / "files"
    files.mkdir()
    for name in ("cli.zip", "cli.zip.sig"):
        shutil.copy(mirror.directory / (BUNDLE[1:] + name[len("cli.zip") :]), files / name)
    done = fleet.run(source="cli.zip")
    assert seen(done, "changed", "version", "source") == {(True, "2.38.5", "cli.zip")}
    assert not fleet.requested
    assert seen(fleet.run(source="cli.zip"), "changed") == {(False,)}
    missing = fleet.run(source="other.zip", version="2.9.19")
    assert {result["msg"] for result in missing.values()} == {
        "On the controller: There is no file other.zip, nor in the directory files of the play or the role."
    }


def test_archive_that_fails_verification_is_not_copied(fleet: Fleet, tmp_path: pathlib.Path) -> None:
    bad = fleet.run(version="2.38.5", public_key=None, fingerprint=None)
    assert all("On the controller: The signature was made by the key" in one["msg"] for one in bad.values())
    assert not (fleet.directory / "one").exists()
    mismatch = fleet.run(version="2.38.5", checksum="sha256:" + "0" * 64)
    assert all("The checksum of the archive is sha256:" in result["msg"] for result in mismatch.values())
    store = pathlib.Path(os.environ["HOME"], ".cache/workstation.aws_sso/bundles")
    assert not list(store.iterdir())


def test_changed_archive_in_the_store_is_downloaded_again(fleet: Fleet, tmp_path: pathlib.Path) -> None:
    fleet.run(version="2.38.5")
    (stored,) = pathlib.Path(os.environ["HOME"], ".cache/workstation.aws_sso/bundles").glob("*/bundle.zip")
    assert stored.stat().st_mode & 0o077 == 0 or stored.parent.stat().st_mode & 0o077 == 0
    pack_stub("2.38.5", stored, commands="echo something else")
    shutil.rmtree(fleet.directory / "two")
    assert fleet.run(version="2.38.5")["two"]["changed"]
    assert sorted(fleet.requested) == [BUNDLE, BUNDLE + ".sig"]
    assert fleet.versions() == {"aws-cli/2.38.5"}


def test_download_on_the_controller_requires_a_version(fleet: Fleet) -> None:
    results = fleet.run()
    assert all("set version, source or state=latest" in str(result["msg"]) for result in results.values())
    results = fleet.run(state="latest", version="2.27.1")
    assert all("mutually exclusive with version and source" in str(one["msg"]) for one in results.values())


def test_progress_is_shown(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Handler, "seconds", 13.0)
    where = "{{ 'controller' if inventory_hostname == 'one' else 'host' }}"
    assert seen(fleet.run(version="2.38.5", download_on=where), "changed") == {(True,)}
    progress = re.findall(r"^(.*AWS CLI.*) (\d+) of (\d+) MB downloaded$", fleet.output, re.MULTILINE)
    assert {what for what, _done, _total in progress} == {
        "AWS CLI for all hosts:",
        "[two] AWS CLI 2.38.5:",
        "[three] AWS CLI 2.38.5:",
    }


HOSTILE = "x86_64/../../internal/secret.txt?"


@pytest.mark.parametrize("architecture", [HOSTILE, "\x1b[2J", "", None, ["x86_64"], {"x86_64": 1}, 64])
def test_architecture_that_a_host_makes_up_is_refused(fleet: Fleet, architecture: t.Any) -> None:
    fleet.answer(changed=True, version="2.38.5", source="https://a.example/x.zip", architecture=architecture)
    results = fleet.run(version="2.38.5", verify_signature=False)
    for host, result in results.items():
        assert f"On the controller: {host} reports the architecture" in result["msg"]
        assert "AWS CLI v2 is available for x86_64 and aarch64 only" in result["msg"]
        assert result["msg"].isprintable()
    assert not fleet.requested


@pytest.mark.parametrize("version", ["2.9.19", f"2.38.5/../{HOSTILE}", "9.9.9", None])
@pytest.mark.parametrize("options", [{"version": "2.38.5"}, {"state": "latest"}])
def test_version_is_that_of_the_play_whatever_a_host_returns(
    fleet: Fleet, options: dict[str, t.Any], version: t.Any
) -> None:
    fleet.answer(
        changed=True,
        version=version,
        previous_version="9.9.9",
        source="https://a.example/x.zip",
        architecture="x86_64",
    )
    fleet.run(**options)
    assert set(fleet.requested) - {"/v2/version.txt"} == {BUNDLE, BUNDLE + ".sig"}


@pytest.mark.parametrize("where", ["controller", "host"])
def test_incomplete_answer_of_a_host_is_no_traceback(fleet: Fleet, where: str) -> None:
    for result in (
        {"changed": True},
        {},
        {"changed": True, "source": "http://a.example/\x1b[2J", "version": 5},
    ):
        fleet.answer(**result)
        fleet.run(version="2.38.5", download_on=where)
        assert "Traceback" not in fleet.output
        assert "Unexpected" not in fleet.output


@pytest.mark.parametrize("where", ["controller", "host"])
def test_secrets_in_urls_are_not_shown(fleet: Fleet, where: str) -> None:
    base_url = fleet.options["base_url"].replace("http://", "http://user:hunter2@")
    results = fleet.run("-vvv", version="2.38.5", base_url=base_url, download_on=where)
    assert seen(results, "changed", "source") == {(True, fleet.options["base_url"] + BUNDLE)}
    source = f"{base_url}{BUNDLE}?X-Amz-Signature=0123abcd"
    results |= fleet.run(
        "-vvv", version="2.27.1", source=source, signature=f"{source}&x=1", download_on=where
    )
    for secret in ("hunter2", "0123abcd"):
        assert secret not in fleet.output
        assert secret not in json.dumps(results)


def test_hosts_do_not_receive_secrets_of_the_controller(fleet: Fleet) -> None:
    """What a host receives is in the program that it runs."""
    fleet.answer(changed=False, version="", source="")
    interpreter = pathlib.Path(fleet.interpreter)
    received = fleet.directory / "received"
    interpreter.write_text(f'#!/bin/sh\ncat "$1" >> {received}\n' + interpreter.read_text())
    fleet.run(
        version="2.38.5",
        base_url=fleet.options["base_url"].replace("http://", "http://user:hunter2@"),
        signature="http://127.0.0.1/a.sig?X-Amz-Signature=0123abcd",
    )
    program = received.read_text()
    assert "2.38.5" in program
    assert "hunter2" not in program
    assert "0123abcd" not in program


def test_old_latest_version_of_a_mirror_is_refused(
    fleet: Fleet, mirror: Mirror, tmp_path: pathlib.Path
) -> None:
    Mirror(tmp_path, mirror.key).add_stub("2.9.19")
    with serving(tmp_path) as url:
        results = fleet.run(state="latest", base_url=url, minimum_version="2.27.1")
    assert seen(results, "msg") == {
        (
            f"On the controller: The latest version below {url} is AWS CLI 2.9.19, which is older than"
            " minimum_version 2.27.1. Use a mirror or an archive that is up to date, or lower"
            " minimum_version.",
        )
    }
    assert not (fleet.directory / "one").exists()


def test_archive_on_the_controller_below_the_minimum_is_refused(fleet: Fleet, mirror: Mirror) -> None:
    results = fleet.run(source=str(mirror.bundle("2.9.19")), minimum_version="2.27.1")
    assert all("which is older than minimum_version 2.27.1" in result["msg"] for result in results.values())


def test_public_key_on_the_controller_is_read_there(
    fleet: Fleet, mirror: Mirror, tmp_path: pathlib.Path
) -> None:
    """A host could not read it, so it must not be passed on as a path."""
    (tmp_path / "key.asc").write_text(mirror.key.public_key)
    fleet.answer(changed=False, version="", source="")
    interpreter = pathlib.Path(fleet.interpreter)
    received = fleet.directory / "received"
    interpreter.write_text(f'#!/bin/sh\ncat "$1" >> {received}\n' + interpreter.read_text())
    fleet.run(version="2.38.5", public_key=str(tmp_path / "key.asc"))
    assert str(tmp_path / "key.asc") not in received.read_text()
    fleet.interpreter = sys.executable
    assert seen(fleet.run(version="2.38.5", public_key=str(tmp_path / "key.asc")), "changed") == {(True,)}


def test_headers_remain_on_the_controller(fleet: Fleet) -> None:
    headers = {"Authorization": "Bearer hunter2"}
    results = fleet.run("-vvv", version="2.38.5", headers=headers)
    assert seen(results, "changed", "version") == {(True, "2.38.5")}
    assert "hunter2" not in fleet.output + json.dumps(results)
    fleet.answer(changed=False, version="", source="")
    interpreter = pathlib.Path(fleet.interpreter)
    received = fleet.directory / "received"
    interpreter.write_text(f'#!/bin/sh\ncat "$1" >> {received}\n' + interpreter.read_text())
    fleet.run(version="2.38.5", headers=headers)
    assert "hunter2" not in received.read_text()


def test_headers_of_a_host_are_not_shown(fleet: Fleet) -> None:
    headers = {"Authorization": "Bearer hunter2"}
    results = fleet.run("-vvv", version="2.38.5", headers=headers, download_on="host")
    assert seen(results, "changed", "version") == {(True, "2.38.5")}
    assert "hunter2" not in fleet.output + json.dumps(results)
    results = fleet.run("-vvv", version="2.38.6", headers=headers, download_on="host")
    assert "hunter2" not in fleet.output + json.dumps(results)
