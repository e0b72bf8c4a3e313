# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    PKCE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.start_url import is_aws_url, resolved
from identity_center import IdentityCenter
from support.logins import absent_user

PORTAL = "https://acme.awsapps.com/start"
IMPOSSIBLE = [
    ("https://acme.awsapps.com:abc/start", "Its port must be a number up to 65535."),
    ("https://acme.awsapps.com:70000/start", "Its port must be"),
    ("https://acme.awsapps.com:-1/start", "Its port must be"),
    ("https://sso.acme.example:4 43/", "It contains a blank"),
    ("https://acme. awsapps.com/start", "It contains a blank"),
    ("https://acme.awsapps.com/st art", "It contains a blank"),
    ("https://acme.awsapps.com/\x1b[2J", "It contains a blank or a control character."),
    ("https://[::1/", "Its host is not valid."),
    ("https://::1]/start", "Its host is not valid."),
    ("https://[abc]/start", "Its host is not valid."),
    ("http://[::1/", "Its host is not valid."),
    ("https://acme..awsapps.com/start", "Its host is not valid."),
    ("https://.awsapps.com/start", "Its host is not valid."),
    (f"https://{'a' * 64}.example/", "Its host is not valid."),
    ("https://a\u2100b.example/", "Its host is not valid."),
    ("https:///start", "It has no host."),
    ("https://", "It has no host."),
    ("https://:443/start", "It has no host."),
    ("https://#/start", "It has no host."),
]


@pytest.mark.parametrize(
    "url",
    [
        PORTAL,
        "https://ssoins-1234.portal.us-east-1.app.aws",
        "https://identitycenter.amazonaws.com/ssoins-1234",
        "https://identitycenter.us-gov.amazonaws.com/ssoins-1234",
        "https://start.home.awsapps.cn/directory/acme",
        "https://d-1234.portal.cn-north-1.app.amazonwebservices.com.cn",
        "https://ssoins-1.portal.eusc-de-east-1.portal.amazonaws.eu",
    ],
)
def test_the_start_urls_of_aws_are_taken_as_they_are(url: str) -> None:
    assert is_aws_url(url) and resolved(url, lambda method, address: pytest.fail("was asked")) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://acme.awsapps.com/start",
        "https://awsapps.com.evil.example",
        "https://evil.example/.awsapps.com",
    ],
)
def test_others_are_not_of_aws(url: str) -> None:
    assert not is_aws_url(url)


@pytest.mark.parametrize(
    ("status", "location", "result"),
    [
        (302, PORTAL, PORTAL),
        (301, PORTAL, PORTAL),
        (302, "https://evil.example/start", "https://sso.acme.example"),
        (302, "http://acme.awsapps.com/start", "https://sso.acme.example"),
        (302, "", "https://sso.acme.example"),
        (302, "/elsewhere", "https://sso.acme.example"),
        (200, PORTAL, "https://sso.acme.example"),
        (404, "", "https://sso.acme.example"),
        (0, "", "https://sso.acme.example"),
    ],
)
def test_a_vanity_url_leads_to_aws_or_stays(status: int, location: str, result: str) -> None:
    asked = []

    def fetch(method: str, url: str) -> tuple[int, str]:
        asked.append((method, url))
        return status, location

    assert resolved("https://sso.acme.example", fetch) == result
    assert asked == [("HEAD", "https://sso.acme.example")]


@pytest.mark.parametrize("status", [405, 501])
def test_a_server_that_knows_no_head_is_asked_with_get(status: int) -> None:
    answers = {"HEAD": (status, ""), "GET": (302, PORTAL)}
    assert resolved("https://sso.acme.example", lambda method, url: answers[method]) == PORTAL


def test_a_vanity_url_that_does_not_answer_stays() -> None:
    assert resolved("https://127.0.0.1:9/start") == "https://127.0.0.1:9/start"


@pytest.mark.parametrize(
    "tail", ["/", "#/", "/#/", "#/?tab=accounts", "/#/console?account_id=1&role_name=x", "?x=y"]
)
def test_what_a_browser_adds_is_not_sent_to_aws(tail: str) -> None:
    assert resolved(PORTAL + tail, lambda method, address: pytest.fail("was asked")) == PORTAL
    assert resolved("https://sso.acme.example", lambda method, url: (302, PORTAL + tail)) == PORTAL


@pytest.mark.parametrize(("url", "fault"), IMPOSSIBLE)
def test_what_cannot_be_a_url_is_said(url: str, fault: str) -> None:
    with pytest.raises(WorkstationError) as caught:
        resolved(url)
    text = str(caught.value)
    assert fault in text and "Correct sso_start_url" in text and text.isprintable()


@pytest.mark.parametrize("method", [DEVICE, PKCE])
@pytest.mark.parametrize("url", [url for url, _fault in IMPOSSIBLE])
def test_a_sign_in_with_it_ends_at_once(center: IdentityCenter, url: str, method: str) -> None:
    with pytest.raises(WorkstationError, match=r"^Cannot sign in to the start URL .* Correct sso_start_url"):
        ensure_login(SsoSession("corp", url, "eu-west-1"), LoginOptions(method), absent_user().user)
    assert not center.count("StartDeviceAuthorization")


ANY_URL = st.one_of(
    st.text(max_size=40),
    st.text("https:/[]@#?%.\\ab1-é\u3002 ", max_size=40).map("https://".__add__),
    st.tuples(st.sampled_from(["https", "http", "HTTPS", ""]), st.text(max_size=10), st.text(max_size=6)).map(
        lambda parts: f"{parts[0]}://{parts[1]}:{parts[2]}/start"
    ),
)


@given(ANY_URL, ANY_URL, st.sampled_from([200, 302, 405]))
@example("https://acme.example", "https://[::1/", 302)
@example("https://acme.example", "//x:abc", 302)
def test_any_start_url_and_redirect_end_in_a_url_or_a_sentence(url: str, location: str, status: int) -> None:
    try:
        portal = resolved(url, lambda method, address: (status, location))
    except WorkstationError as error:
        assert str(error).endswith(".") and str(error).isprintable()
    else:
        assert portal == url or is_aws_url(portal) or url.startswith(portal)


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:abc", "http://[::1", "nonsense://x", "http://127.0.0.1:1"]
)
def test_a_fault_of_the_proxy_is_none_of_the_url(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    assert resolved("https://127.0.0.1:9/start") == "https://127.0.0.1:9/start"
