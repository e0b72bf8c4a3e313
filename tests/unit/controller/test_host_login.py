# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sign-in for a host, and the program that stores its token there."""

from __future__ import annotations

import json
import pathlib
import stat
import subprocess
import sys

import pytest
from identity_center import IdentityCenter
from logins import CORP, who_allows, who_denies

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import LoginRefused
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._host_login import (
    STORED,
    HostState,
    sign_in_for_host,
    storing_program,
)

FILES = {"a.json": {"accessToken": "the-'\"token\\ü"}, "b.json": {"clientSecret": "the-secret"}}


def run(program: bytes) -> subprocess.CompletedProcess[bytes]:
    """As the host does: Python alone, with nothing of the collection."""
    return subprocess.run([sys.executable, "-I", "-"], input=program, capture_output=True, check=False)


def test_the_program_stores_what_the_cli_reads(tmp_path: pathlib.Path) -> None:
    directory = tmp_path / ".aws" / "sso" / "cache"
    outcome = run(storing_program(str(directory), FILES))
    assert (outcome.returncode, outcome.stdout.decode().strip(), outcome.stderr) == (0, STORED, b"")
    for name, document in FILES.items():
        assert (directory / name).read_bytes() == json.dumps(document).encode()
        assert stat.S_IMODE((directory / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_a_program_that_fails_says_why_and_shows_nothing(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("")
    outcome = run(storing_program(str(tmp_path / "file" / "cache"), FILES))
    assert outcome.returncode == 1 and STORED not in outcome.stdout.decode()
    assert outcome.stderr.decode().strip() in ("Not a directory", "File exists")


def test_the_token_is_made_here_and_nothing_is_kept(center: IdentityCenter, home: pathlib.Path) -> None:
    someone = who_allows(center)
    login = sign_in_for_host(CORP, someone.person, 30)
    registration, token = login.files
    assert registration == "97a9fe18b9a6eedd34128795d876df7399aea547.json"
    assert token == "ee0bfd2552fbd840c02cc48b6e823320543c450f.json"
    assert login.files[token]["expiresAt"] == login.expires_at
    assert login.files[token]["clientSecret"] == login.files[registration]["clientSecret"]
    assert center.records.access_tokens[login.files[token]["accessToken"]]
    assert not list(home.iterdir())


def test_a_refusal_reaches_the_host(center: IdentityCenter) -> None:
    with pytest.raises(LoginRefused, match="somebody chose Deny"):
        sign_in_for_host(CORP, who_denies(center).person, 30)


@pytest.mark.parametrize(
    ("seconds_left", "refreshable", "good"), [(901, False, True), (900, False, False), (-5, True, True)]
)
def test_a_token_is_good_while_it_lives_or_the_cli_can_refresh_it(
    seconds_left: int, refreshable: bool, good: bool
) -> None:
    state = HostState.of_result(
        {
            "session": "corp",
            "start_url": CORP.start_url,
            "region": CORP.region,
            "registration_scopes": ["sso:account:access"],
            "expires_at": None,
            "seconds_left": seconds_left,
            "refreshable": refreshable,
            "directory": "/home/dev/.aws/sso/cache",
            "python": "/usr/bin/python3",
        }
    )
    assert state.session == CORP and state.python == "/usr/bin/python3"
    assert state.good_for(900) is good
