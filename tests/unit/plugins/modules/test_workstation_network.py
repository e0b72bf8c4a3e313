# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module workstation_network with scope=user, and curl with the settings that it wrote."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import typing as t

import pytest

from identity_center import IdentityCenter
from support.company_network import Authority, Proxy
from support.module_run import run_module

SECRET = "hu%40sh"
WITH_PASSWORD = f"http://jane:{SECRET}@proxy.example.com:3128"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(autouse=True)
def _no_proxy_here(home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def for_user(check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
    result = run_module("workstation_network", {"scope": "user", **options}, check_mode, diff=True)
    assert SECRET not in json.dumps(result.pop("invocation", None))  # ansible-core before 2.19 shows it
    return result


def files_of(home: pathlib.Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


def test_settings_are_applied_idempotently_and_removed(home: pathlib.Path, authority: Authority) -> None:
    options = {"proxy": "http://proxy.example.com:3128", "ca_certificates": str(authority.file)}
    preview = for_user(check_mode=True, **options)
    assert not files_of(home)
    done = for_user(**options)
    assert done == preview
    assert done["changed"] and sorted(done["files"]) == [str(home / path) for path in files_of(home)]
    assert [change["after_header"] for change in done["diff"]] == done["files"]
    assert done["environment"]["HTTPS_PROXY"] == done["environment"]["https_proxy"] == options["proxy"]
    assert done["ca_bundle"] == done["environment"]["AWS_CA_BUNDLE"]

    again = for_user(**options)
    assert not again["changed"] and again["files"] == [] and again["environment"] == done["environment"]
    assert for_user()["environment"] == {}

    gone = for_user(proxy="", ca_certificates="")
    assert gone["changed"] and gone["ca_bundle"] == "" and gone["environment"] == {}
    assert not files_of(home)


@pytest.mark.parametrize(
    "options",
    [
        {"proxy": WITH_PASSWORD},
        {"proxy": WITH_PASSWORD, "no_proxy": ["a b"]},
        {"proxy": f"jane:{SECRET}@proxy.example.com:3128"},
        {"proxy": f"http://jane:{SECRET}@proxy.example.com:3128/path"},
        {"proxy": f"http://jane:{SECRET}\n@proxy.example.com:3128"},
    ],
)
def test_no_result_contains_the_password(home: pathlib.Path, options: dict[str, t.Any]) -> None:
    for check_mode in (True, False):
        result = for_user(check_mode, **options)
        assert SECRET not in json.dumps(result) and "hu@sh" not in json.dumps(result)
    result = for_user(proxy="")
    assert SECRET not in json.dumps(result)


def test_the_environment_does_not_contain_a_proxy_with_a_password(home: pathlib.Path) -> None:
    result = for_user(proxy=WITH_PASSWORD, no_proxy=[".example.com"])
    assert set(result["environment"]) == {"NO_PROXY", "no_proxy"}
    assert SECRET in (home / ".profile").read_text()
    assert "proxy.example.com:3128" in json.dumps(result["diff"])


def test_a_private_key_is_an_error_that_does_not_show_it(home: pathlib.Path, authority: Authority) -> None:
    text = authority.issue("www.example.com").read_text()
    result = for_user(ca_certificates=text)
    assert result["failed"] and "contains a private key" in result["msg"]
    assert text.splitlines()[-3] not in json.dumps(result)
    assert not files_of(home)


def test_the_error_contains_the_path_that_cannot_be_written(home: pathlib.Path) -> None:
    (home / ".profile").mkdir()
    result = for_user(proxy="http://proxy.example.com:3128")
    assert result["failed"] and result["msg"].startswith(f"{home}/.profile: ")


def test_curl_reaches_aws_in_a_login_shell(home: pathlib.Path, authority: Authority) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed here")
    certificate = authority.issue("*.eu-west-1.amazonaws.com")
    with IdentityCenter(certificate=str(certificate)) as center:
        port = int(center.url.rpartition(":")[2])
        with Proxy({"*.amazonaws.com": port}, credentials="jane:hu@sh") as proxy:
            for_user(proxy=f"http://jane:{SECRET}@{proxy.address}", ca_certificates=authority.pem)
            shell = ["sh", "-lc", "exec curl -sS https://oidc.eu-west-1.amazonaws.com/nothing"]
            environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
            done = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
            assert proxy.asked == ["oidc.eu-west-1.amazonaws.com"] and len(center.requests) == 1
