# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRequired
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    PKCE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso import tokens
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.refresh import (
    live_token,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sso.tokens import CacheUnusable
from identity_center import IdentityCenter
from support.logins import CORP, approving_user, token_file


def test_an_unreadable_token_is_an_error_with_the_command_that_fixes_it(
    center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(tokens, "read_token", refuse)
    with pytest.raises(WorkstationError, match="sudo chown") as caught:
        live_token(CORP)
    assert not isinstance(caught.value, LoginRequired) and str(token_file()) in str(caught.value)


def test_a_token_that_cannot_be_stored_is_an_error_with_the_reason(
    center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: str, *_arguments: object) -> None:
        raise OSError(28, "No space left on device", path)

    monkeypatch.setattr(tokens, "write_document", full)
    with pytest.raises(CacheUnusable, match=f"{token_file()}: No space left on device"):
        ensure_login(CORP, LoginOptions(PKCE), approving_user(center).user)
