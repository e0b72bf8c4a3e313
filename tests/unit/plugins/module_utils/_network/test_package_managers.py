# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy settings of apt, dnf and zypper."""

from __future__ import annotations

import pathlib
import stat
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.package_managers import (
    BLOCK,
    REPLACED,
    for_apt,
    for_apt_auth,
    for_dnf,
    for_zypper,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.proxy import Proxy, parse_proxy
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.settings import NetworkSettings
from support.company_network import Authority
from support.fuzz import damaged
from support.network_host import DNF_CONF, SUSE_PROXY, URL, WITH_PASSWORD, Computer

LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "[main]",
                "[updates]",
                "proxy=http://other:1",
                "proxy_password = x",
                "  continued",
                "#proxy=no",
                "best=True",
                'HTTP_PROXY="http://other:1"',
                "export NO_PROXY=''",
                "PROXY_ENABLED=no\r",
                "",
            ]
        ),
        st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=8),
    )
).map(lambda lines: "".join(f"{line}\n" for line in lines))
PROXIES = st.sampled_from([URL, WITH_PASSWORD, "https://[::1]:8443"]).map(parse_proxy)


@given(LINES, PROXIES, PROXIES, st.sampled_from([for_dnf, for_zypper]))
def test_foreign_settings_are_restored_when_the_proxy_is_removed(
    text: str, first: Proxy, second: Proxy, edit: t.Callable[[str, Proxy], str]
) -> None:
    once = edit(text, first)
    assert edit(once, first) == once
    assert edit(once, second) == edit(text, second)
    assert edit(once, Proxy()) == text
    kept = [line[len(REPLACED) :] if line.startswith(REPLACED) else line for line in once.split("\n")]
    assert [line for line in text.split("\n") if line not in kept] == []


@given(LINES, PROXIES)
def test_zypper_and_dnf_use_only_the_configured_proxy(text: str, proxy: Proxy) -> None:
    lines = for_zypper(text, proxy).split("\n")
    settings_of_proxy = [line for line in lines if line.lstrip().startswith(("HTTP_PROXY=", "export HTTP"))]
    assert settings_of_proxy == [f'HTTP_PROXY="{proxy.url}"']
    section, found = "", []
    for line in for_dnf(text, proxy).split("\n"):
        if line.strip(" \t").startswith("["):
            section = line.strip(" \t").partition("]")[0]
        elif section == "[main" and line.startswith("proxy="):
            found.append(line)
    assert f"proxy={proxy.without_credentials}" in found
    assert len(found) == 1 or text.count("[main]") > 1


def test_dnf_conf_gets_the_proxy_and_its_decoded_credentials() -> None:
    edited = for_dnf(DNF_CONF, parse_proxy("http://jane:pa%40ss@proxy.example.com:3128"))
    assert (
        edited
        == f"""\
# see `man dnf.conf`
[main]
# BEGIN {BLOCK}
proxy=http://proxy.example.com:3128
proxy_username=jane
proxy_password=pa@ss
# END {BLOCK}
gpgcheck=True
{REPLACED}proxy=http://old.example.com:8080
{REPLACED} /continued
{REPLACED}proxy_username = bob
best=False

[extra]
proxy=_none_
"""
    )
    with pytest.raises(WorkstationError):
        for_dnf(DNF_CONF, parse_proxy(WITH_PASSWORD.replace("%40", "%24")))


def test_apt_bypasses_the_proxy_for_single_hosts_only() -> None:
    lines = for_apt(parse_proxy(URL, ["mirror.example.com", ".example.com", "10.0.0.0/8"])).splitlines()
    assert 'Acquire::http::Proxy "http://proxy.example.com:3128";' in lines
    assert 'Acquire::https::Proxy::mirror.example.com "DIRECT";' in lines
    assert len(lines) == 1 + 2 * (1 + len(["mirror.example.com", "127.0.0.1", "localhost"]))


def test_a_replaced_proxy_causes_a_warning_without_its_password(
    tmp_path: pathlib.Path, authority: Authority
) -> None:
    fedora = Computer(tmp_path, "fedora", authority.pem)
    old = "http://bob:hush@old.example.com:8080"
    fedora.write("etc/dnf/dnf.conf", DNF_CONF.replace("http://old.example.com:8080", old))
    settings = NetworkSettings(parse_proxy(URL), None)
    (warning,) = fedora.apply_settings(settings).warnings
    assert "dnf.conf already had proxy settings" in warning and "old.example.com:8080" in warning
    assert "hush" not in warning and "bob" not in warning
    assert not fedora.apply_settings(settings).warnings


def test_the_proxy_is_set_and_removed_in_damaged_files_without_an_error() -> None:
    proxy = parse_proxy(WITH_PASSWORD)
    for content in damaged([DNF_CONF, SUSE_PROXY], 500):
        text = content.decode("utf-8", "surrogateescape")
        for edit in (for_dnf, for_zypper):
            edited = edit(text, proxy)
            assert edit(edited, proxy) == edited
            assert edit(edited, Proxy()).rstrip("\n") == edit(text, Proxy()).rstrip("\n")


def test_password_for_apt_is_in_a_file_of_its_own(debian: Computer) -> None:
    """apt commands of users warn about a file in apt.conf.d that they cannot read."""
    path, credentials = (
        "etc/apt/apt.conf.d/95workstation-proxy",
        "etc/apt/auth.conf.d/95workstation-proxy.conf",
    )
    for directory in ("etc/apt/apt.conf.d", "etc/apt/auth.conf.d"):
        (debian.root / directory).mkdir(parents=True, exist_ok=True)
    before = debian.snapshot()
    settings = NetworkSettings(parse_proxy("http://j%25:p%40a%3A%22s@proxy.example.com:3128"), None)
    debian.apply_settings(settings)
    assert stat.S_IMODE((debian.root / path).stat().st_mode) == 0o644
    assert 'Proxy "http://proxy.example.com:3128";' in (debian.root / path).read_text()
    assert stat.S_IMODE((debian.root / credentials).stat().st_mode) == 0o600
    assert (debian.root / credentials).read_text() == (
        'machine http://proxy.example.com:3128 login j% password p@a:"s\n'
    )
    assert not debian.apply_settings(settings).changes

    debian.apply_settings(NetworkSettings(parse_proxy(URL), None))
    assert not (debian.root / credentials).exists()
    debian.apply_settings(NetworkSettings(Proxy(), None))
    assert debian.snapshot() == before


@pytest.mark.parametrize(
    "credentials",
    ["jane:two%20words", "jane", "jane:", ":secret", "login:secret", "jane:password", "j%C3%A4n:x"],
)
def test_password_that_apt_could_not_read_there_is_in_a_file_for_root_alone(
    debian: Computer, credentials: str
) -> None:
    for directory in ("etc/apt/apt.conf.d", "etc/apt/auth.conf.d"):
        (debian.root / directory).mkdir(parents=True, exist_ok=True)
    proxy = parse_proxy(f"http://{credentials}@proxy.example.com:3128")
    assert for_apt_auth(proxy) == ""
    debian.apply_settings(NetworkSettings(proxy, None))
    path = debian.root / "etc/apt/apt.conf.d/95workstation-proxy"
    assert credentials in path.read_text() and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not list((debian.root / "etc/apt/auth.conf.d").iterdir())
