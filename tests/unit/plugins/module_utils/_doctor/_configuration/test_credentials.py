# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the credentials file beside the configuration file."""

from __future__ import annotations

import pytest

from support.scratch_workstation import PROFILE, SESSION, ScratchWorkstation


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("[dev]\nregion = us-west-2\n", "credentials-shadow-config"),
        ("[dev]\naws_access_key_id = AKIA\naws_secret_access_key = hush\n", "credentials-mixed-with-sso"),
        ("[profile dev]\naws_access_key_id = AKIA\n", "credentials-section-name"),
    ],
)
def test_a_credentials_file_that_interferes_with_a_profile_is_a_finding(
    host: ScratchWorkstation, text: str, id: str
) -> None:
    host.write_config(SESSION + "[profile dev]\nregion = eu-west-1\n" + PROFILE)
    host.write_credentials(text)
    assert list(host.findings()) == [id]
