# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""sso_login, sso_logout and sso_session_info as tasks of real playbooks, and beside the real AWS CLI."""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import typing as t

import pytest

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser

TOKEN = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
REGISTRATION = "97a9fe18b9a6eedd34128795d876df7399aea547.json"
SECRETS = ("accessToken", "refreshToken", "clientSecret")
LOGIN = """\
- hosts: all
  gather_facts: false
  connection: local
  tasks:
    - name: Sign in
      workstation.aws_sso.sso_login:
        session: corp
        timeout: 60
        method: "{{ method | default('device') }}"
"""
THE_DAY = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Sign in
      workstation.aws_sso.sso_login:
        session: corp
        method: device
        timeout: 60
      register: login
    - name: Look
      workstation.aws_sso.sso_session_info:
      register: info
    - name: See what a logout would do
      workstation.aws_sso.sso_logout:
        session: corp
      check_mode: true
      register: forecast
    - name: Log out
      workstation.aws_sso.sso_logout:
      register: logout
    - name: Log out again
      workstation.aws_sso.sso_logout:
      register: again
    - name: Look again
      workstation.aws_sso.sso_session_info:
        session: corp
      register: afterwards
    - name: See what a login would do
      workstation.aws_sso.sso_login:
        session: corp
        method: device
      check_mode: true
      register: would
    - name: Judge
      ansible.builtin.assert:
        that:
          - login is changed
          - login.method == "device"
          - info is not changed
          - info.sessions[0].logged_in
          - info.sessions[0].expires_at == login.expires_at
          - forecast is changed
          - logout is changed
          - logout.sessions == forecast.sessions
          - logout.sessions[0].ended
          - again is not changed
          - not afterwards.sessions[0].logged_in
          - would is changed
          - would.method == "device"
          - would.expires_at is none
"""
LOGIN_OF_HOST = """\
- hosts: all
  gather_facts: false
  connection: local
  environment:
    HOME: "{{ playbook_dir }}/{{ inventory_hostname }}"
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  tasks:
    - name: Sign the host in
      workstation.aws_sso.sso_login:
        token_store: host
        session: corp
        start_url: https://acme.awsapps.com/start
        region: eu-west-1
        timeout: 60
      register: login
    - name: See that it holds
      workstation.aws_sso.sso_login:
        token_store: host
        session: corp
        start_url: https://acme.awsapps.com/start
        region: eu-west-1
      register: again
    - name: Judge
      ansible.builtin.assert:
        that:
          - login is changed
          - again is not changed
          - again.method == "cache"
          - again.expires_at == login.expires_at
"""


@pytest.fixture
def browser(tmp_path: pathlib.Path) -> str:
    """An executable for BROWSER that signs in and clicks Allow."""
    return write_browser(str(tmp_path / "browser"))


def cache_of(home: pathlib.Path) -> pathlib.Path:
    return home / ".aws" / "sso" / "cache"


def secrets_in(directory: pathlib.Path) -> t.Set[str]:
    documents = [json.loads(path.read_text()) for path in directory.glob("*.json")]
    return {document[name] for document in documents for name in SECRETS if name in document}


def test_a_day_with_a_session(controller: Controller, center: IdentityCenter, browser: str) -> None:
    with controller.play(THE_DAY, BROWSER=browser) as play:
        play.succeed()
    assert center.count("StartDeviceAuthorization") == center.count("Logout") == 1
    assert not (cache_of(controller.home) / TOKEN).exists()
    assert (cache_of(controller.home) / REGISTRATION).exists()


@pytest.mark.parametrize("method", ["device", "pkce"])
def test_many_hosts_cause_one_sign_in(
    controller: Controller, center: IdentityCenter, browser: str, method: str
) -> None:
    hosts = ",".join(f"host{number}" for number in range(12)) + ","
    arguments = ("-i", hosts, "--forks", "12", "-e", f"method={method}")
    with controller.play(LOGIN, *arguments, BROWSER=browser) as play:
        output = play.succeed()
    assert center.count("RegisterClient") == 1
    assert center.count("StartDeviceAuthorization") + center.count("Authorize") == 1
    assert output.count("Sign in to corp") == 1 and "waiting for a sign-in" not in output
    assert len(re.findall(r"ok=1 +changed=[01] ", output)) == 12
    with controller.play(LOGIN, *arguments) as play:
        assert "changed=1" not in play.succeed()


def test_many_hosts_share_one_refusal(
    controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path
) -> None:
    browser = write_browser(str(tmp_path / "denier"), deny=True)
    with controller.play(LOGIN, "-i", "a,b,c,", BROWSER=browser) as play:
        output = play.fail()
    assert center.count("StartDeviceAuthorization") == 1
    assert output.count("Deny was chosen") >= 3
    assert "Traceback" not in output


@pytest.mark.parametrize("method", ["device", "pkce"])
def test_no_verbosity_log_or_callback_shows_a_secret(
    controller: Controller, browser: str, method: str
) -> None:
    log = controller.home / "ansible.log"
    with controller.play(
        LOGIN,
        "-vvvvvv",
        "-i",
        "localhost,",
        "-e",
        f"method={method}",
        BROWSER=browser,
        ANSIBLE_LOG_PATH=str(log),
        ANSIBLE_DEBUG="1",
        ANSIBLE_CALLBACKS_ENABLED="ansible.builtin.junit",
        JUNIT_OUTPUT_DIR=str(controller.home / "junit"),
    ) as play:
        output = play.succeed()
    secrets = secrets_in(cache_of(controller.home))
    assert len(secrets) == 3
    written = [path.read_text(errors="replace") for path in (controller.home / "junit").iterdir()]
    for text in (output, log.read_text(errors="replace"), *written):
        assert not [secret for secret in secrets if secret in text]
    assert "codeVerifier" not in output


def test_the_token_of_a_host_goes_there_alone(
    controller: Controller, center: IdentityCenter, browser: str
) -> None:
    arguments = ("-i", "one,two,", "-vvvv")
    with controller.play(LOGIN_OF_HOST, *arguments, BROWSER=browser, ANSIBLE_DEBUG="1") as play:
        output = play.succeed()
    assert center.count("StartDeviceAuthorization") == 2
    tokens = set()
    for name in ("one", "two"):
        assert f"[{name}] Sign in to acme.awsapps.com/start" in output
        cache = cache_of(controller.home / name)
        assert sorted(path.name for path in cache.iterdir()) == [REGISTRATION, TOKEN]
        assert {stat.S_IMODE(path.stat().st_mode) for path in cache.iterdir()} == {0o600}
        assert stat.S_IMODE(cache.stat().st_mode) == 0o700
        tokens |= secrets_in(cache)
    assert len(tokens) == 6 and not [token for token in tokens if token in output]
    assert not cache_of(controller.home).exists()
    kept = [
        path for path in controller.home.rglob("*") if path.is_file() and ".aws/sso/cache" not in str(path)
    ]
    assert not [path for path in kept if any(token in path.read_text(errors="replace") for token in tokens)]


def test_ctrl_c_leaves_nothing_behind(controller: Controller, center: IdentityCenter) -> None:
    path = controller.home / "login.yml"
    path.write_text(LOGIN)
    command = [
        sys.executable,
        "-m",
        "ansible",
        "playbook",
        str(path),
        "-i",
        "localhost,",
        "-e",
        "method=pkce",
    ]
    with subprocess.Popen(
        command,
        env=controller.environment,
        cwd=controller.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as play:
        assert play.stdout is not None
        output = ""
        while "redirect_uri" not in output:
            line = play.stdout.readline()
            assert line, output
            output += line
        port = int(re.findall(r"127\.0\.0\.1%3A(\d+)%2F", output)[0])
        # ansible-core's queue stays locked if a worker is killed while it sends a line
        time.sleep(0.5)
        os.killpg(play.pid, signal.SIGINT)
        play.communicate(timeout=300)
    assert play.returncode != 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert not (cache_of(controller.home) / TOKEN).exists()
    with controller.play(
        LOGIN, "-i", "localhost,", BROWSER=write_browser(str(controller.home / "b"))
    ) as again:
        assert "waiting for a sign-in" not in again.succeed()


LOGOUT = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: Sign out
      workstation.aws_sso.sso_logout:
"""


def test_ctrl_c_in_a_logout_leaves_no_token(
    controller: Controller, center: IdentityCenter, browser: str
) -> None:
    with controller.play(LOGIN, "-i", "localhost,", BROWSER=browser) as play:
        play.succeed()
    center.faults.add("Logout", "hang")
    path = controller.home / "logout.yml"
    path.write_text(LOGOUT)
    command = [sys.executable, "-m", "ansible", "playbook", str(path)]
    with subprocess.Popen(
        command, env=controller.environment, cwd=controller.home, start_new_session=True
    ) as running:
        deadline = time.monotonic() + 300
        while not center.count("Logout") and time.monotonic() < deadline:
            time.sleep(0.02)
        assert running.poll() is None and not (cache_of(controller.home) / TOKEN).exists()
        os.killpg(running.pid, signal.SIGINT)
        running.wait(300)
    assert running.returncode != 0
    assert not (cache_of(controller.home) / TOKEN).exists()


def test_a_logout_announces_a_portal_that_hangs_and_does_not_wait_for_it(
    controller: Controller, center: IdentityCenter, browser: str
) -> None:
    with controller.play(LOGIN, "-i", "localhost,", BROWSER=browser) as play:
        play.succeed()
    center.faults.add("Logout", "hang")
    began = time.monotonic()
    with controller.play(LOGOUT) as play:
        play.wait_for("Waiting for AWS to end the sessions")
        assert not (cache_of(controller.home) / TOKEN).exists()
        output = play.succeed()
    assert "could not be ended at AWS" in output and "AWS has not answered within 10 seconds" in output
    assert time.monotonic() - began < 50  # without the limit: three attempts of 20 seconds


@pytest.fixture(params=[real_cli.CURRENT, real_cli.OLD])
def aws(request: pytest.FixtureRequest) -> pathlib.Path:
    return real_cli.aws(request.param)


@pytest.mark.parametrize("method", ["device", "pkce"])
def test_the_registration_is_shared_with_the_aws_cli(
    controller: Controller, center: IdentityCenter, browser: str, aws: pathlib.Path, method: str
) -> None:
    flags = ["--use-device-code"] if method == "device" else []
    with controller.play(LOGIN, "-i", "localhost,", "-e", f"method={method}", BROWSER=browser) as play:
        play.succeed()
    ours = (cache_of(controller.home) / REGISTRATION).read_bytes()
    answer = controller.run(aws, "sso", "login", "--sso-session", "corp", *flags, BROWSER=browser)
    assert answer.returncode == 0, answer.stderr
    assert center.count("RegisterClient") == 1
    (cache_of(controller.home) / REGISTRATION).unlink()
    answer = controller.run(aws, "sso", "login", "--sso-session", "corp", *flags, BROWSER=browser)
    assert answer.returncode == 0, answer.stderr
    theirs = (cache_of(controller.home) / REGISTRATION).read_bytes()
    (cache_of(controller.home) / TOKEN).unlink()
    with controller.play(LOGIN, "-i", "localhost,", "-e", f"method={method}", BROWSER=browser) as play:
        play.succeed()
    assert center.count("RegisterClient") == 2
    assert (cache_of(controller.home) / REGISTRATION).read_bytes() == theirs
    assert shape(ours) == shape(theirs)


def shape(document: bytes) -> bytes:
    """A file of the cache without what differs from one time to the next."""
    values = (
        rb'("clientId|"clientSecret|"accessToken|"refreshToken|"expiresAt|"registrationExpiresAt)": "[^"]*"'
    )
    return re.sub(values, rb"\1", document)


def test_token_files_are_identical_to_those_of_the_aws_cli(
    controller: Controller, center: IdentityCenter, browser: str, aws: pathlib.Path
) -> None:
    with controller.play(LOGIN, "-i", "localhost,", "-e", "method=pkce", BROWSER=browser) as play:
        play.succeed()
    ours = {path.name: shape(path.read_bytes()) for path in cache_of(controller.home).iterdir()}
    for path in cache_of(controller.home).iterdir():
        path.unlink()
    answer = controller.run(aws, "sso", "login", "--sso-session", "corp", BROWSER=browser)
    assert answer.returncode == 0, answer.stderr
    theirs = {path.name: shape(path.read_bytes()) for path in cache_of(controller.home).iterdir()}
    assert ours == theirs


def test_beside_the_aws_cli_no_refresh_token_is_lost(
    controller: Controller, center: IdentityCenter, browser: str, aws: pathlib.Path
) -> None:
    center.set(access_token_seconds=14 * 60)
    with controller.play(LOGIN, "-i", "localhost,", BROWSER=browser) as play:
        play.succeed()
    command = [str(aws), "sts", "get-caller-identity", "--profile", "dev"]
    for _round in range(2):
        theirs = subprocess.Popen(
            command, env=controller.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        with controller.play(LOGIN, "-i", "a,b,c,") as play:
            output = play.succeed()
        errors = theirs.communicate(timeout=300)[1]
        assert theirs.returncode == 0, errors
        assert "Sign in to corp" not in output
