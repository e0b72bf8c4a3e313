# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the module aws_cli: which ones are refused, and the archives that they select."""

from __future__ import annotations

import shutil
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.download import Downloader
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.options import (
    option_secrets,
    require_valid,
    require_valid_directories,
    source_for,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.source import Source
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from support.scratch_host import open_url, run_program

VALID: t.Dict[str, t.Any] = {
    "state": "present",
    "version": None,
    "source": None,
    "signature": None,
    "base_url": "https://mirror.example.com",
    "verify_signature": True,
    "public_key": None,
    "fingerprint": "0123" * 10,
    "checksum": None,
    "keep_versions": 1,
    "minimum_version": None,
}


def source(**options: t.Any) -> Source:
    downloader = Downloader(open_url, timeout=1)
    return source_for({**VALID, **options}, "x86_64", downloader, run_program, shutil.which)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"version": "2.38.5", "minimum_version": "2.38.5"},
        {"version": "2.100.0", "minimum_version": "2.38.5"},
        {
            "version": "",
            "source": "",
            "signature": "",
            "checksum": "",
            "public_key": "",
            "minimum_version": "",
        },
        {"fingerprint": "0x" + "ab12 " * 10},
        {"checksum": "sha256:" + "0" * 64},
        {"state": "latest"},
    ],
)
def test_valid_options_are_accepted(options: t.Dict[str, t.Any]) -> None:
    require_valid({**VALID, **options})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": "2.38"}, "version must be three numbers"),
        ({"checksum": "sha256:12"}, "checksum must have the form"),
        ({"version": "\u0662.38.5"}, "version must be three numbers"),
        ({"version": "02.38.5"}, "version must be three numbers"),
        ({"minimum_version": "2.30"}, "minimum_version must be three numbers"),
        ({"version": "2.9.19", "minimum_version": "2.27.1"}, "version 2.9.19 is older than minimum_version"),
        ({"checksum": "", "verify_signature": False}, "nothing would be verified"),
        ({"fingerprint": "0123"}, "fingerprint must be the 40 hexadecimal digits"),
        ({"fingerprint": ""}, "fingerprint must be the 40 hexadecimal digits"),
        ({"base_url": "awscli.example.com"}, "base_url must be a URL"),
        ({"base_url": ""}, "base_url must be a URL"),
        ({"source": "s3://bucket/aws.zip"}, "source must be a URL .* not of the scheme s3"),
        ({"source": "/srv/a\0b"}, "source must not contain a NUL"),
        ({"signature": "https://a.example/a b"}, "signature must not contain spaces"),
        ({"keep_versions": 0}, "keep_versions must be 1 or more"),
        ({"state": "latest", "source": "aws.zip"}, "mutually exclusive with version and source"),
    ],
)
def test_invalid_option_is_an_error(options: t.Dict[str, t.Any], message: str) -> None:
    with pytest.raises(WorkstationError, match=message):
        require_valid({**VALID, **options})


def test_archive_is_below_base_url_unless_source_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/alice")
    below_base_url = "https://mirror.example.com/awscli-exe-linux-x86_64-2.38.5.zip"
    assert source().archive_location("2.38.5") == below_base_url
    assert source(source="~/aws.zip").archive_location("2.38.5") == "/home/alice/aws.zip"


def test_signature_is_verified_unless_that_is_disabled() -> None:
    assert source().verifier
    assert source(verify_signature=False).verifier is None


@pytest.mark.parametrize("path", ["", "aws-cli", "./aws-cli", "~nobody-here/aws-cli", "$HOME/x", "/srv/a\0b"])
@pytest.mark.parametrize("name", ["install_dir", "bin_dir"])
def test_directory_that_is_not_absolute_is_refused(name: str, path: str) -> None:
    options = {"install_dir": "/usr/local/aws-cli", "bin_dir": "/usr/local/bin"}
    require_valid_directories(options)
    with pytest.raises(WorkstationError, match=f"{name} must be an absolute path"):
        require_valid_directories({**options, name: path})


def test_secrets_in_urls_are_known() -> None:
    secrets = option_secrets(
        {
            **VALID,
            "base_url": "https://user:hunter2@mirror.example.com",
            "source": "https://bucket.example.com/a.zip?X-Amz-Signature=0123",
            "signature": "/srv/a?b@c",
        }
    )
    assert secrets == {"user:hunter2@", "?X-Amz-Signature=0123"}
    assert option_secrets(VALID) == option_secrets({"base_url": 5, "source": ["x"]}) == set()
