# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option sessions of workstation_info."""

from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import InputError
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.sessions import chosen_sessions
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession

ACME = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}


def test_no_option_chooses_all_sessions() -> None:
    assert chosen_sessions(None) is None


def test_a_name_and_a_definition_without_a_start_url_choose_a_configured_session() -> None:
    assert chosen_sessions(["corp", {"name": "acme"}]) == ["corp", "acme"]


def test_a_full_definition_becomes_a_session() -> None:
    (session,) = chosen_sessions([ACME]) or []
    assert isinstance(session, SsoSession)
    assert (session.name, session.start_url, session.region) == tuple(ACME.values())


@pytest.mark.parametrize("entry", [7, {**ACME, "regoin": "eu-west-1"}, {**ACME, "region": "Ireland"}])
def test_an_invalid_entry_is_an_error_that_contains_it(entry: object) -> None:
    with pytest.raises(InputError, match=r"7|regoin|acme"):
        chosen_sessions([entry])


def test_the_region_of_a_definition_may_be_in_its_start_url() -> None:
    definition = {"name": "acme", "start_url": "https://ssoins-1.portal.eu-west-3.app.aws"}
    (session,) = chosen_sessions([definition]) or []
    assert isinstance(session, SsoSession) and session.region == "eu-west-3"


@pytest.mark.parametrize(
    "entry", [{"name": "acme", "start_url": ACME["start_url"]}, {"name": "acme", "region": "eu-west-1"}]
)
def test_half_a_definition_is_an_error(entry: object) -> None:
    with pytest.raises(InputError, match="region"):
        chosen_sessions([entry])
