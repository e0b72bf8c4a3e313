# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.start_url import is_aws_url, resolved

PORTAL = "https://acme.awsapps.com/start"


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
