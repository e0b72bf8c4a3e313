# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A login and a list through a proxy that inspects TLS, though Ansible was started without its variables."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import time
import typing as t
import urllib.parse

import pytest
from ansible.errors import AnsibleError

from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _environment
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._environment import environment_with
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.prompt import LoginUser
from identity_center import IdentityCenter
from support.company_network import Authority, Proxy
from support.logins import CORP
from support.role_credentials import ACCESS, lookup

COLLECTIONS = t.cast(str, _environment.__file__).partition("/ansible_collections/")[0]
SESSION = {"session": "corp"}


def playbook(connection: str, variables: t.Mapping[str, str]) -> list[dict[str, t.Any]]:
    return [
        {
            "hosts": "all",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "Sign in",
                    "workstation.aws_sso.sso_login": {**SESSION, "method": "device", "open_browser": "true"},
                    "environment": dict(variables),
                    "connection": connection,
                },
                {
                    "name": "Sign out,",
                    "workstation.aws_sso.sso_logout": SESSION,
                    "environment": dict(variables),
                    "connection": connection,
                    "register": "logout",
                },
                {
                    "name": "See that AWS knows",
                    "ansible.builtin.assert": {"that": "logout.sessions[0].ended"},
                },
            ],
        }
    ]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def center(
    authority: Authority, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> t.Iterator[IdentityCenter]:
    """The emulator, where the proxy shows it with a certificate of the company's instead of AWS."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    certificate = authority.issue("*.eu-west-1.amazonaws.com", "*.sso.eu-west-1.amazonaws.com")
    with IdentityCenter(certificate=str(certificate)) as emulator:
        yield emulator


@pytest.fixture
def proxy(center: IdentityCenter) -> t.Iterator[Proxy]:
    port = int(center.url.rpartition(":")[2])
    with Proxy({"*.amazonaws.com": port}, credentials="dev:p@ss") as running:
        yield running


@pytest.fixture
def variables(proxy: Proxy, authority: Authority) -> dict[str, str]:
    return {
        "HTTPS_PROXY": f"http://dev:p%40ss@{proxy.address}",
        "NO_PROXY": "127.0.0.1,localhost",
        "AWS_CA_BUNDLE": str(authority.file),
    }


@pytest.fixture
def browser(tmp_path: pathlib.Path) -> t.Iterator[t.Callable[[], str]]:
    """A browser that notes the page it is to open, and what waits for that page."""
    page = tmp_path / "page"
    program = tmp_path / "browser"
    program.write_text(f"#!/bin/sh\nprintf %s \"$1\" >'{page}.new'\nmv '{page}.new' '{page}'\n")
    program.chmod(0o755)

    def opened() -> str:
        deadline = time.monotonic() + 60
        while not page.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return page.read_text()

    yield opened


def allow(center: IdentityCenter, page: str) -> None:
    """What a person does whose browser knows the proxy."""
    query = urllib.parse.urlsplit(page.replace("#", "")).query
    center.approve(urllib.parse.parse_qs(query)["user_code"][0])


def start_playbook(
    connection: str, variables: t.Mapping[str, str], directory: pathlib.Path
) -> subprocess.Popen[str]:
    """Ansible, started without the variables."""
    book = directory / "playbook.json"
    book.write_text(json.dumps(playbook(connection, variables)))
    return subprocess.Popen(
        [pathlib.Path(sys.executable).with_name("ansible-playbook"), "-i", "me,", book],
        env={
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": COLLECTIONS,
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "BROWSER": str(directory / "browser"),
            "HTTPS_PROXY": "http://127.0.0.1:9",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_task_for_this_machine_takes_its_environment_to_aws(
    variables: dict[str, str],
    proxy: Proxy,
    center: IdentityCenter,
    browser: t.Callable[[], str],
    tmp_path: pathlib.Path,
) -> None:
    with start_playbook("local", variables, tmp_path) as play:
        allow(center, browser())
        output = play.communicate(timeout=60)[0]
    assert play.returncode == 0, output
    assert set(proxy.asked) == {"oidc.eu-west-1.amazonaws.com", "portal.sso.eu-west-1.amazonaws.com"}
    assert center.count("Logout", 200) == 1
    assert "p%40ss" not in output


def test_a_task_for_another_host_does_not(
    variables: dict[str, str], proxy: Proxy, tmp_path: pathlib.Path
) -> None:
    """Its variables are those of that host; from here, another proxy may be the right one, or none."""
    with start_playbook("ssh", variables, tmp_path) as play:
        output = play.communicate(timeout=60)[0]
    assert play.returncode != 0 and "the proxy of HTTPS_PROXY does not answer" in " ".join(output.split())
    assert not proxy.asked


def test_a_lookup_takes_the_environment_that_it_is_given(
    variables: dict[str, str], proxy: Proxy, center: IdentityCenter
) -> None:
    with environment_with(variables):
        user = LoginUser(lambda text: None, lambda text: None, lambda page: allow(center, page))
        ensure_login(CORP, LoginOptions(DEVICE), user)
    assert len(lookup(ACCESS, "corp", environment=variables)) == 5
    assert "portal.sso.eu-west-1.amazonaws.com" in proxy.asked
    with pytest.raises(AnsibleError, match=re.escape("/no/such.pem, which does not exist")):
        lookup(ACCESS, "corp", environment={**variables, "AWS_CA_BUNDLE": "/no/such.pem"})
    assert not [name for name in variables if name in os.environ]


def test_the_environment_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://before:1")
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    before = dict(os.environ)
    during = environment_with({"HTTPS_PROXY": "http://during:1", "AWS_CA_BUNDLE": "/x", "NUMBER": 1})
    with pytest.raises(ZeroDivisionError), during:
        assert (os.environ["HTTPS_PROXY"], os.environ["NUMBER"]) == ("http://during:1", "1")
        raise ZeroDivisionError
    assert dict(os.environ) == before
