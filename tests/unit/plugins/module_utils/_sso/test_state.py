# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory with what the collection notes about a session."""

from __future__ import annotations

import pathlib

from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.state import state_directory

CORP = SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")
LEGACY = SsoSession(None, "https://acme.awsapps.com/start", "eu-west-1")


def test_each_session_has_its_own_directory_in_the_cache_of_the_collection(home: pathlib.Path) -> None:
    directories = {pathlib.Path(state_directory(session)) for session in (CORP, LEGACY)}
    assert len(directories) == 2
    assert {path.parent for path in directories} == {home / ".cache" / "workstation.aws_sso" / "sessions"}
    assert pathlib.Path(state_directory(CORP)).name == pathlib.Path(CORP.token_path).stem
