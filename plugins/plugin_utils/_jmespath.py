# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JMESPath expressions over the list of a lookup.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ..module_utils._errors import WorkstationError
from ._controller_python import missing_library_text


def selected(query: str | None, listed: list[t.Any]) -> list[t.Any]:
    """The result of the expression *query* for *listed*, as a list; *listed* itself without an expression.

    Raises WorkstationError.
    """
    if not query:
        return listed
    try:
        import jmespath
    except ImportError as error:
        raise WorkstationError(missing_library_text("jmespath")) from error
    try:
        found = jmespath.search(query, listed)
    except jmespath.exceptions.JMESPathError as error:
        raise WorkstationError(
            f"query is not a valid JMESPath expression for a list of roles: {error}"
        ) from error
    return found if isinstance(found, list) else [found]
