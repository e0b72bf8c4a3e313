# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start URLs and regions as people write them."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import described_session
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session_input import (
    InvalidSession,
    checked_region,
    checked_start_url,
    portal_of,
)

PORTAL = "https://acme.awsapps.com/start"


@pytest.mark.parametrize(
    "url",
    [
        PORTAL,
        PORTAL + "/",
        PORTAL + "#/",
        PORTAL + "/#/",
        PORTAL + "#",
        "https://ssoins-1234.portal.us-east-1.app.aws",
        "https://identitycenter.amazonaws.com/ssoins-1234",
        "https://start.home.awsapps.cn/directory/acme",
        "https://start.us-gov-home.awsapps.com/directory/acme",
        "https://sso.acme.example",
        "https://sso:8443/start",
    ],
)
def test_forms_that_aws_accepts_stay_as_they_are(url: str) -> None:
    assert checked_start_url(url) == url


@pytest.mark.parametrize(
    "tail",
    [
        "#/?tab=accounts",
        "/#/?tab=accounts",
        "/#/console?account_id=111122223333&role_name=ReadOnly",
        "/#/saml/custom/111122223333%20%28x%29/abc",
        "?workflow_state=abc",
    ],
)
def test_a_link_into_the_portal_is_the_portal(tail: str) -> None:
    assert checked_start_url(PORTAL + tail) == PORTAL
    assert described_session("corp", PORTAL + tail, "eu-west-1").start_url == PORTAL


def test_without_a_name_the_url_stays_because_the_token_is_found_by_it() -> None:
    url = PORTAL + "#/?tab=accounts"
    assert described_session(None, url, "eu-west-1").start_url == url


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("acme.awsapps.com/start", "begins with https://: https://acme.awsapps.com/start"),
        ("http://acme.awsapps.com/start", "begins with https://: https://acme.awsapps.com/start"),
        ("//acme.awsapps.com/start", "begins with https://: https://acme.awsapps.com/start"),
        ("https:/acme.awsapps.com/start", "begins with https://: https://acme.awsapps.com/start"),
        (f" {PORTAL}", "begins with https://: https://acme.awsapps.com/start"),
        ("acme", "is not the URL of an AWS access portal, such as https://"),
        ("d-1234567890", "is not the URL of an AWS access portal"),
        ("https://", "is not the URL of an AWS access portal"),
        ("https://a@b.example/start", "is not the URL of an AWS access portal"),
        (PORTAL + "\nsso_region = x", "is not the URL of an AWS access portal"),
        ("https://eu-west-1.signin.aws/platform/d-1/login?x=y", "address of a sign-in page or of a console"),
        ("https://signin.aws.amazon.com/console", "Access keys"),
        ("https://eu-west-1.console.aws.amazon.com/singlesignon/home", "address of a sign-in page"),
        ("https://console.aws.amazon.com/", "address of a sign-in page"),
    ],
)
def test_what_is_wrong_with_a_start_url_is_said(url: str, message: str) -> None:
    with pytest.raises(InvalidSession) as caught:
        checked_start_url(url)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        *(
            PORTAL + end
            for end in ("'", '"', ">", "`", "\\", "\\#/", "\u200b", "\u200b#/", "\u201d", "\xa0", "%22")
        ),
        *(PORTAL + end for end in (",", ".", ";", ")", ").", "/'", "'/", "|", "}", "%E2%80%8B")),
        "https://acme.awsapps.com.awsapps.com/start",
        "https://acme.awsapps.com.AWSapps.com/start",
        "https://https://acme.awsapps.com/start",
        "https://http://https://acme.awsapps.com/start",
        "https://acme\u200b.awsapps.com/start",
        "https://\ufeffacme.awsapps.com/start",
        "https://<acme>.awsapps.com/start",
    ],
)
def test_what_was_copied_with_a_url_is_refused_with_the_url(url: str) -> None:
    with pytest.raises(InvalidSession) as caught:
        checked_start_url(url)
    assert f"start_url {url!r} " in str(caught.value) or "must be a URL" in str(caught.value)
    assert str(caught.value).endswith(PORTAL)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://sso.\xe4cme.example/start", "Write https://sso.xn--cme-pla.example/start"),
        (
            "https://acme.awsapps.com/\xe4",
            "contains '\xe4', which is not in the URL of an AWS access",
        ),
        ("https://acme.<.awsapps.com/start", "Write it as in https://acme.awsapps.com/start"),
        ("https://acme.awsapps.com.app.aws", "has a part that is not in the URL of an AWS access portal."),
    ],
)
def test_other_characters_and_hosts_that_no_portal_has(url: str, message: str) -> None:
    with pytest.raises(InvalidSession) as caught:
        checked_start_url(url)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://sso.acme.example.",
        "https://[::1]:8443/start",
        "https://acme.awsapps.com.proxy.example/start",
        "https://acme-awsapps.com/start",
        "https://https.example/start",
        "https://acme.awsapps.com:443/start",
        "https://sso.acme.example/a.b,c/~d_(e)f",
    ],
)
def test_unusual_urls_that_may_work_stay_as_they_are(url: str) -> None:
    assert checked_start_url(url) == url


@pytest.mark.parametrize(
    "region",
    [
        "eu-west-1",
        "ap-northeast-1",
        "us-gov-west-1",
        "cn-north-1",
        "eusc-de-east-1",
        "us-isob-east-1",
        "mx-central-1",
    ],
)
def test_regions(region: str) -> None:
    assert checked_region(region) == region


@pytest.mark.parametrize(
    ("region", "message"),
    [
        ("Ireland", "'Ireland' is not the code of an AWS region, such as eu-west-1"),
        ("Europe (Ireland)", "next to the name of the region"),
        ("ireland", "is not the code"),
        ("", "is not the code"),
        ("euwest1", "is not the code"),
        ("eu-west", "is not the code"),
        ("eu_west_1", "is not the code"),
        ("eu-west-1.evil.example/", "is not the code"),
        ("eu-west-1a", "Availability Zone; its region is eu-west-1"),
        ("EU-West-1", "must be written eu-west-1"),
        ("eu-west-1 ", "must be written eu-west-1"),
    ],
)
def test_what_is_no_region_is_said(region: str, message: str) -> None:
    with pytest.raises(InvalidSession) as caught:
        checked_region(region)
    assert message in str(caught.value)


@given(st.text())
@pytest.mark.parametrize("check", [checked_start_url, checked_region])
def test_any_text_is_answered_with_a_sentence_or_a_portal(check: t.Callable[[str], str], text: str) -> None:
    try:
        found = check(text)
    except InvalidSession as error:
        assert str(error)
    else:
        assert found in (text, portal_of(text)) and check(found) == found
