# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that must not be published."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.secrets import (
    require_no_secret,
)

AWS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
PEM = "-----BEGIN {0}-----\nMIIB0Dd8Zb3zJ5bXk2J4mY0hA9s8d7f6g5h4j3k2l1==\n-----END {0}-----\n"

FORBIDDEN: list[tuple[t.Any, str]] = [
    ({"workstation_proxy": "http://ann:geheim@proxy.example.com"}, "workstation_proxy contains a URL"),
    ({"workstation_proxy": "http://ann@proxy.example.com"}, "workstation_proxy contains a URL"),
    ({"workstation_aws_cli": {"headers": {"X-Key": "abc"}}}, r"workstation_aws_cli\.headers may contain"),
    (
        {"workstation_aws_cli": {"source": "https://b.example.com/a.zip?X-Amz-Signature=0123"}},
        r"workstation_aws_cli\.source contains a URL",
    ),
    (
        {"workstation_environment": {"HTTPS_PROXY": "http://a:b@c"}},
        r"workstation_environment\.HTTPS_PROXY contains",
    ),
    (
        {"workstation_environment": {"AWS_SECRET_ACCESS_KEY": "x"}},
        r"\.AWS_SECRET_ACCESS_KEY is a secret by its name",
    ),
    ({"workstation_environment": {"GITHUB_TOKEN": "x"}}, r"\.GITHUB_TOKEN is a secret by its name"),
    ({"workstation_proxy": "http://ann:ge/heim@proxy.example.com"}, "workstation_proxy contains a URL"),
    (
        {"workstation_environment": {"https_proxy": "ann:geheim@proxy.example.com:3128"}},
        r"https_proxy contains",
    ),
    ({"my_password": "{{ lookup('env', 'X') | default('hunter2') }}"}, "my_password is a secret by its name"),
    ({"my_password": "hunter2"}, "my_password is a secret by its name"),
    ({"my_password": "{{ 'hunter2' }}"}, "my_password is a secret by its name"),
    ({"my_password": "{{ lookup('env', 'X') }}hunter2"}, "my_password is a secret by its name"),
    ({"my_list": [{"a": ["x", PEM.format("PRIVATE KEY")]}]}, r"my_list\[0\]\.a\[1\] contains a private key"),
    ({"my_file": PEM.format("OPENSSH PRIVATE KEY")}, "my_file contains a private key"),
    ({"comment": f"use {AWS_KEY} here"}, "comment contains a token or an access key"),
    ({"comment": "ghp_" + "a" * 36}, "comment contains a token or an access key"),
    ({"comment": "$ANSIBLE_VAULT;1.1;AES256\n3162"}, "comment contains a token or an access key"),
]

ALLOWED: list[t.Any] = [
    {
        "workstation_sessions": [
            {"name": "acme", "start_url": "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws"}
        ]
    },
    {"workstation_login": {"token_store": "controller", "min_ttl": 900}},
    {
        "workstation_aws_cli": {
            "checksum": "sha256:" + "0123456789abcdef" * 4,
            "public_key": PEM.format("PUBLIC KEY"),
        }
    },
    {"workstation_aws_cli": {"headers": {}}},
    {"workstation_ca_certificates": PEM.format("CERTIFICATE")},
    {"workstation_proxy": "http://proxy.example.com:3128", "workstation_no_proxy": [".example.com"]},
    {"workstation_environment": {"HTTPS_PROXY": "{{ lookup('ansible.builtin.env', 'HTTPS_PROXY') }}"}},
    {"workstation_environment": {"GITHUB_TOKEN": "{{ lookup('env', 'GITHUB_TOKEN') | trim }}", "SECRET": ""}},
    {
        "workstation_aws_cli": {
            "base_url": "http://[::1]:8080/a@b",
            "source": "https://example.com:443/x@y.zip",
        }
    },
    {
        "my_notes": [
            "git@example.com:a/b",
            "arn:aws:iam::111122223333:role/x",
            "ann@example.com",
            "12:30 @ noon",
        ]
    },
    {"workstation_sso_profiles": {"credentials_path": "~/.aws/credentials"}},
    {
        "workstation_profile_options": {
            "sso_account_id": "111122223333",
            "number": 5,
            "none": None,
            "yes": True,
        }
    },
]


@pytest.mark.parametrize(("variables", "message"), FORBIDDEN)
def test_a_secret_is_named_but_not_shown(variables: t.Any, message: str) -> None:
    with pytest.raises(WorkstationError, match=message) as failure:
        require_no_secret(variables)
    for secret in ("geheim", "hunter2", "MIIB0", AWS_KEY, "0123456"):
        assert secret not in str(failure.value)


@pytest.mark.parametrize("variables", ALLOWED)
def test_what_is_no_secret(variables: t.Any) -> None:
    require_no_secret(variables)
