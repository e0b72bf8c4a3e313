# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._jmespath import selected

ROLES = [{"role_name": "Admin"}, {"role_name": "ReadOnly"}]


@pytest.mark.parametrize(
    ("query", "result"),
    [
        (None, ROLES),
        ("", ROLES),
        ("[].role_name", ["Admin", "ReadOnly"]),
        ("length(@)", [2]),
        ("[0].role_name", ["Admin"]),
    ],
)
def test_the_result_of_an_expression_is_a_list(query: str | None, result: list[object]) -> None:
    assert selected(query, ROLES) == result


def test_an_invalid_expression_is_an_error() -> None:
    with pytest.raises(WorkstationError, match="query is not a valid JMESPath expression"):
        selected("[?", ROLES)
