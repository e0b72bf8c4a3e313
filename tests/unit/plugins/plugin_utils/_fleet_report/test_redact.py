# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of messages and names: redacted, printable and short."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.redact import (
    LONGEST_MESSAGE,
    message,
    name,
)
from support.secret_texts import SECRETS, leaks

MESSAGES = (
    "token_store=host needs method=device: no browser is on the host.",
    "There is no [sso-session a] in /home/Jane/.aws/config. Write it with workstation.aws_sso.sso_profiles.",
    "The token ended. Run: aws sso login --sso-session corp",
    "Could not refresh the token: aws sso login --profile ReadOnly-111122223333",
    "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/jane@example.com",
    "https://acme.awsapps.com/start/#/ and https://awscli.amazonaws.com/awscli-exe-linux-x86_64-2.38.5.zip.sig",
    "checksum sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "Nothing is in /Home/Jane2/Projects/Company/Configuration of /Home/Jane2/Files/a",
    "Basic authentication with a password is not offered.",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_redacted(secret: str) -> None:
    for text in (secret, f"curl failed with {secret}", f"'{secret}' is wrong", f"a\n{secret}\nb"):
        assert not leaks(secret, message(text))
        assert not leaks(secret, name(text))


@pytest.mark.parametrize("text", MESSAGES)
def test_messages_without_a_secret_are_shown_as_they_are(text: str) -> None:
    assert message(text) == text
    assert message(f"Task failed: Module failed: {text}") == text


@given(st.text(), st.sampled_from(SECRETS), st.text())
def test_a_secret_is_redacted_whatever_is_beside_it(before: str, secret: str, after: str) -> None:
    shown = message(f"{before} {secret} {after}")
    assert secret not in shown and ("hunter2" in before + after or "hunter2" not in shown)


@given(st.one_of(st.text(), st.lists(st.text()), st.integers(), st.none(), st.binary()))
def test_shown_text_is_printable_and_short(text: t.Any) -> None:
    shown = message(text)
    assert len(shown) <= LONGEST_MESSAGE and all(
        char.isprintable() or char in "\n\u3000" or ord(char) > 0x9F for char in shown
    )
    shown.encode()
    assert "\n" not in name(text) and "\u202e" not in name(text)


def test_escape_sequences_and_direction_controls_are_removed() -> None:
    assert message("\x1b[31mred\x1b[0m \x1b]0;title\x07\u202egnp.exe") == "red  gnp.exe"
