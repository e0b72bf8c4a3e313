# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""After the command that an error suggests, the error is gone."""

from __future__ import annotations

import pathlib
import re
import shlex

import pytest

from end_to_end import real_cli
from end_to_end.controller import Controller
from identity_center import IdentityCenter, write_browser

CONFIGURED = "'corp'"
LEGACY = "'https://acme.awsapps.com/start'"
INLINE = "sessions=[{'name': 'corp', 'start_url': 'https://acme.awsapps.com/start', 'region': 'eu-west-1'}]"
WITH_A_BLANK = INLINE.replace("'corp'", "'my corp'")
PLAY = """\
- hosts: localhost
  gather_facts: false
  tasks:
    - name: List
      ansible.builtin.assert:
        that:
          - >-
            query('workstation.aws_sso.sso_access', {0}) | length == 5
"""
OLD = """\
[profile old]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = ReadOnly
"""


@pytest.mark.parametrize(
    ("terms", "config"),
    [(CONFIGURED, None), (LEGACY, OLD), (INLINE, ""), (WITH_A_BLANK, "")],
    ids=["configured", "legacy", "inline", "blank"],
)
def test_the_command_of_an_error_signs_in(
    controller: Controller, center: IdentityCenter, tmp_path: pathlib.Path, terms: str, config: str | None
) -> None:
    if config is not None:
        controller.write_config(config)
    browser = write_browser(str(tmp_path / "browser"))
    with controller.play(PLAY.format(terms)) as play:
        error = " ".join(play.fail().split())
    found = re.search(r"needs a sign-in: it has no token\. Run: (.*?) \((or: (.*?)\)|or the role)", error)
    assert found, error
    ours = unescaped(found[1])
    answer = controller.run("sh", "-c", ours, BROWSER=browser)
    assert answer.returncode == 0, (ours, answer.stdout, answer.stderr)
    with controller.play(PLAY.format(terms)) as play:
        play.succeed()
    if found[3]:
        for path in (controller.home / ".aws" / "sso" / "cache").glob("*.json"):
            path.unlink()
        theirs = shlex.split(unescaped(found[3]))[1:]
        aws = real_cli.aws(real_cli.CURRENT)
        answer = controller.run(aws, *theirs, "--use-device-code", BROWSER=browser)
        assert answer.returncode == 0, (theirs, answer.stderr)
        with controller.play(PLAY.format(terms)) as play:
            play.succeed()


def unescaped(text: str) -> str:
    return text.replace('\\"', '"')
