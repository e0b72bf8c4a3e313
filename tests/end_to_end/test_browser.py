# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user signs in with Chromium while the task waits."""

from __future__ import annotations

import json
import pathlib
import shlex
import shutil
import sys
import time

import pytest

from end_to_end.chromium import Chromium
from end_to_end.controller import Controller
from identity_center import IdentityCenter

SIGN_IN = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
        method: "{{ method }}"
        timeout: 60
      register: login
    - ansible.builtin.assert:
        that:
          - login is changed
          - login.method == method
    - workstation.aws_sso.sso_login:
        session: corp
      register: again
    - ansible.builtin.assert:
        that:
          - again is not changed
          - again.expires_at == login.expires_at
"""

WAIT = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
        method: device
"""


def sign_in_at_the_company(browser: Chromium, center: IdentityCenter) -> None:
    user = center.world.users[0]
    browser.wait_for_page("Sign in")
    browser.fill("username", user.name)
    browser.fill("password", user.password)
    browser.click("sign-in")


def launcher_that_hands_over(directory: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """An executable for the variable BROWSER, and the file where it leaves the URL that it gets."""
    launcher, handed = directory / "launcher", directory / "handed-over"
    part = shlex.quote(f"{handed}.part")
    launcher.write_text(f'#!/bin/sh\nprintf %s "$1" >{part} && mv {part} {shlex.quote(str(handed))}\n')
    launcher.chmod(0o700)
    return launcher, handed


def wait_for_file(path: pathlib.Path, seconds: float = 300) -> str:
    deadline = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < deadline, f"there is no {path}"
        time.sleep(0.05)
    return path.read_text()


def test_pkce(
    controller: Controller, center: IdentityCenter, browser: Chromium, tmp_path: pathlib.Path
) -> None:
    launcher, handed = launcher_that_hands_over(tmp_path)
    with controller.play(SIGN_IN, "-e", "method=pkce", BROWSER=str(launcher)) as play:
        url = wait_for_file(handed)
        assert play.wait_for(r"\n(http\S+)\n") == (url,)
        browser.open(url)
        sign_in_at_the_company(browser, center)
        browser.wait_for_page("Allow")
        browser.click("allow")
        address = browser.wait_for_page("Request approved")
        assert address.startswith("http://127.0.0.1:") and "/oauth/callback?" in address
        play.succeed()
    assert center.count("RegisterClient") == center.count("CreateToken") == 1


def test_the_browser_of_the_task(
    controller: Controller, center: IdentityCenter, browser: Chromium, tmp_path: pathlib.Path
) -> None:
    directory = tmp_path / "Program Files"
    directory.mkdir()
    launcher, handed = launcher_that_hands_over(directory)
    command = [str(launcher), "%s", "--profile", "my work; touch hit"]
    company = {"workstation_login": {"browser": command, "method": "pkce"}}
    (controller.home / "company.json").write_text(json.dumps(company))
    sign_in = ("workstation.aws_sso.login", "-e", "@company.json", "-e", "workstation_session=corp")
    with controller.play(*sign_in, BROWSER="/bin/false") as play:
        url = wait_for_file(handed)
        assert play.wait_for(r"your browser opens now\. If it does not, open:\n\n(http\S+)\n") == (url,)
        browser.open(url)
        sign_in_at_the_company(browser, center)
        browser.wait_for_page("Allow")
        browser.click("allow")
        browser.wait_for_page("Request approved")
        play.succeed()
    assert not (controller.home / "hit").exists()


HOST = """\
- hosts: all
  gather_facts: false
  tasks:
    - workstation.aws_sso.sso_login:
        session: corp
        start_url: https://acme.awsapps.com/start
        region: eu-west-1
        token_store: host
        timeout: 3
        open_browser: "{{ opens }}"
        browser: ["{{ browser }}", "%s", a b]
"""


@pytest.mark.parametrize(
    ("opens", "become", "opened"),
    [("auto", [], 1), ("false", [], 0), ("auto", ["-b"], 0), ("true", ["-b"], 1)],
)
def test_the_browser_for_a_host_opens_where_it_may(
    controller: Controller, tmp_path: pathlib.Path, opens: str, become: list[str], opened: int
) -> None:
    if become and not shutil.which("sudo"):
        pytest.skip("without sudo, a host on this machine has no other user")
    launcher, handed = launcher_that_hands_over(tmp_path)
    variables = {
        "opens": opens,
        "browser": str(launcher),
        "ansible_python_interpreter": sys.executable,
    }
    host = ["-i", "laptop,", "-c", "local", *become, "-e", json.dumps(variables)]
    with controller.play(HOST, *host, BROWSER="/bin/false") as play:
        output = play.fail()
    assert "was not approved within 3 seconds" in output, output
    assert handed.exists() == ("your browser opens now" in output) == bool(opened)


def test_a_page_that_the_waiting_run_shows(
    controller: Controller, center: IdentityCenter, browser: Chromium
) -> None:
    with controller.play(SIGN_IN, "-e", "method=device") as first:
        first.wait_for(r"\n(http\S+)\n")
        with controller.play(WAIT) as second:
            url, code = second.wait_for(
                r"is waiting for a sign-in[^$]*\n(http\S+)\nCode: ([A-Z]{4}-[A-Z]{4}) "
            )
            browser.open(url)
            browser.wait_for_page("Authorization requested")
            assert browser.text("code") == code
            browser.click("confirm")
            sign_in_at_the_company(browser, center)
            browser.wait_for_page("Allow")
            browser.click("allow")
            browser.wait_for_page("Request approved")
            second.succeed()
        first.succeed()
    assert center.count("StartDeviceAuthorization") == 1


def test_device_code(controller: Controller, center: IdentityCenter, browser: Chromium) -> None:
    with controller.play(SIGN_IN, "-e", "method=device") as play:
        url, code = play.wait_for(r"\n(http\S+)\nCode: ([A-Z]{4}-[A-Z]{4}) ")
        browser.open(url)
        browser.wait_for_page("Authorization requested")
        assert browser.text("code") == code
        browser.click("confirm")
        sign_in_at_the_company(browser, center)
        browser.wait_for_page("Allow")
        browser.click("allow")
        browser.wait_for_page("Request approved")
        play.succeed()
    assert center.count("StartDeviceAuthorization") == center.count("CreateToken", status=200) == 1


def test_a_user_who_denies(controller: Controller, center: IdentityCenter, browser: Chromium) -> None:
    with controller.play(SIGN_IN, "-e", "method=pkce") as play:
        (url,) = play.wait_for(r"\n(http\S+)\n")
        browser.open(url)
        sign_in_at_the_company(browser, center)
        browser.wait_for_page("Allow")
        browser.click("deny")
        browser.wait_for_page("The sign-in failed")
        assert "access_denied" in play.fail()
    assert center.count("CreateToken") == 0
    assert not list((controller.home / ".aws" / "sso" / "cache").glob("ee0bfd25*"))
