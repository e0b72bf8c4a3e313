# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""URLs with secrets, and URLs that are not valid."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.urls import (
    displayable,
    require_valid_url,
    url_secrets,
    without_secrets,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError

URL = "https://user:hunter2@mirror.example:8443/a/b.zip?X-Amz-Signature=0123abcd&x=1#part"


def test_displayable_url_has_no_secrets() -> None:
    assert displayable(URL) == "https://mirror.example:8443/a/b.zip"
    assert displayable("file:///srv/awscli") == "file:///srv/awscli"
    assert displayable("http://[::1/x?token=0123") == "a URL that is not valid"


@pytest.mark.parametrize(
    ("url", "secrets"),
    [
        (URL, {"user:hunter2@", "?X-Amz-Signature=0123abcd&x=1#part"}),
        ("https://token@mirror.example", {"token@"}),
        ("https://user:p@ss@mirror.example/x", {"user:p@ss@"}),
        ("https://user:p/ss@mirror.example/x", {"user:p/ss@"}),
        ("https://mirror.example/a@b/c", set()),
        ("https://[::1]:8443/a@b/c", set()),
        ("https://awscli.amazonaws.com", set()),
    ],
)
def test_secrets_of_a_url(url: str, secrets: t.Set[str]) -> None:
    assert url_secrets(url) == secrets


def test_text_of_a_library_is_shown_without_secrets() -> None:
    text = without_secrets(f"cannot open {URL}: /a/b.zip?X-Amz-Signature=0123abcd&x=1#part", URL)
    assert "hunter2" not in text
    assert "0123abcd" not in text
    assert "mirror.example:8443/a/b.zip" in text


@pytest.mark.parametrize(
    "url", [URL, "http://127.0.0.1:8080", "HTTPS://A.example", "file:///srv", "ftp://a/b"]
)
def test_valid_url_is_accepted(url: str) -> None:
    require_valid_url("base_url", url)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("awscli.example.com/aws", "base_url must be a URL that begins with https://"),
        ("", "base_url must be a URL"),
        ("s3://bucket/hunter2", "not of the scheme s3"),
        ("https://user:hunter2@a.example/b c", "spaces"),
        ("https://user:hunter2@a.example/\\b", "backslashes"),
        ("https://user:hunter2@a.example/\x00b", "control characters"),
        ("https://user:hunter2@a.example:port/", "valid host name and port"),
        ("https://user:hunter2@a.example:99999/", "valid host name and port"),
        ("https://user:hunter2@[::1/", "valid host name and port"),
        ("https://", "valid host name and port"),
    ],
)
def test_invalid_url_is_refused_without_its_secrets(url: str, reason: str) -> None:
    with pytest.raises(WorkstationError, match=reason) as caught:
        require_valid_url("base_url", url)
    assert "hunter2" not in str(caught.value)
