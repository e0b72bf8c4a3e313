# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxy URLs, hosts that bypass a proxy, and redaction of credentials."""

from __future__ import annotations

import urllib.request

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.package_managers import REPLACED
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.proxy import (
    parse_proxy,
    secrets_in,
    unsupported_exceptions,
    without_secrets,
)
from support.fuzz import damaged
from support.network_host import URL, WITH_PASSWORD


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("proxy.example.com:3128", "must be a URL"),
        ("jane:hush@proxy.example.com:3128", "must be a URL"),
        ("socks5://proxy.example.com:1080", "must be a URL"),
        ("http://proxy.example.com", "requires a port"),
        ("http://proxy.example.com:0", "requires a port"),
        ("http://proxy.example.com:99999", "must be a URL"),
        ("http://:3128", "requires a host name"),
        ("http://pro_xy@[::1:3128", "must be a URL"),
        ("http://proxy.example.com:3128/path", "must be a URL"),
        ("http://proxy.example.com:3128?x", "characters that are not allowed"),
        ("http://proxy.example.com:3128\nexport PATH=/tmp", "characters that are not allowed"),
        ('http://jane:hu"sh@proxy.example.com:3128', "characters that are not allowed"),
        ("http://jane:hu`sh@proxy.example.com:3128", "characters that are not allowed"),
        ("http://jane:hush%0aproxy=x@proxy.example.com:3128", "control characters"),
        (" ", "characters that are not allowed"),
    ],
)
def test_an_invalid_proxy_url_is_an_error_without_its_password(url: str, message: str) -> None:
    with pytest.raises(WorkstationError, match=message) as error:
        parse_proxy(url)
    assert "hush" not in str(error.value) and "hu" not in str(error.value).split()


@pytest.mark.parametrize("exception", ["", "a b", "a,b", "a\nb", "http://x y", "$(id)", "'"])
def test_an_invalid_element_of_no_proxy_is_an_error(exception: str) -> None:
    with pytest.raises(WorkstationError, match="no_proxy contains"):
        parse_proxy(URL, [exception])


def test_no_proxy_always_includes_loopback() -> None:
    proxy = parse_proxy("http://[2001:db8::1]:3128/", ["localhost", "10.0.0.0/8", "*.example.com"])
    assert proxy.environment()["NO_PROXY"] == "localhost,10.0.0.0/8,*.example.com,127.0.0.1,::1"
    assert proxy.url == "http://[2001:db8::1]:3128"


def test_credentials_are_redacted() -> None:
    assert secrets_in(WITH_PASSWORD) == ["jane:s3cr%40t%2Fhome@"]
    assert secrets_in("jane:hush@proxy:1") == ["jane:hush@"]
    assert secrets_in(URL) == [] == secrets_in("")
    text = f'Acquire "{WITH_PASSWORD}";\nproxy_password = hush\n{REPLACED}proxy_username=bob\nbest=1\n'
    text += "machine http://proxy.example.com:3128 login jane password s3cr\n"
    hidden = without_secrets(text)
    assert not [secret for secret in ("jane", "s3cr", "hush", "bob") if secret in hidden]
    assert "proxy.example.com:3128" in hidden and "best=1\n" in hidden


def test_damaged_urls_raise_workstation_errors_that_contain_no_part_of_them() -> None:
    for content in damaged(["http://jane:zzsecretzz@proxy.example.com:3128/", "http://[::1]:3128"], 2000):
        url = content.decode("utf-8", "surrogateescape")
        try:
            proxy = parse_proxy(url)
        except WorkstationError as error:
            assert "zzsecretzz" not in str(error)
        else:
            assert "zzsecretzz" not in proxy.without_credentials and "zzsecretzz" not in without_secrets(url)
            assert "zzsecretzz" not in url or any("zzsecretzz" in secret for secret in secrets_in(url))


def test_underscore_in_the_host_name_is_named() -> None:
    with pytest.raises(WorkstationError, match=r"contains an underscore \(_\)") as refused:
        parse_proxy("http://jane:s3cret@web_proxy.example.com:3128")
    assert "s3cret" not in str(refused.value)
    assert parse_proxy("http://jane_d:s_3@proxy.example.com:3128").url


@pytest.mark.parametrize(
    ("exception", "warning"),
    [
        ("*.corp", "supports wildcards. Use a domain with a leading dot, such as .corp."),
        ("intra*.corp", "supports wildcards. Use a domain with a leading dot, such as .example.com."),
        ("10.0.0.0/8", "do not support networks"),
        ("fd00::/8", "do not support networks"),
    ],
)
def test_element_of_no_proxy_that_programs_ignore_causes_a_warning(exception: str, warning: str) -> None:
    (found,) = unsupported_exceptions(parse_proxy(URL, [exception, ".example.com", "10.1.2.3"]).exceptions)
    assert repr(exception) in found and warning in found
    variables = {"no": exception}
    assert not urllib.request.proxy_bypass_environment("a.corp", variables)
    assert not urllib.request.proxy_bypass_environment("10.1.2.3", variables)


def test_elements_of_no_proxy_that_all_programs_know_cause_no_warning() -> None:
    assert not unsupported_exceptions(parse_proxy(URL, ["*", ".corp", "intranet", "10.1.2.3"]).exceptions)
