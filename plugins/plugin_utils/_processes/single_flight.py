# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One process calls AWS, and the others wait for its response.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._files.errors import file_error_text
from ...module_utils._files.lock import LockTimeout
from .._display import debug
from .._errors import Unreachable
from .parent import ends_with_parent
from .waiting import turn


@contextlib.contextmanager
def single_flight(path: str, seconds: float, action: str = "requests the same from AWS") -> t.Iterator[None]:
    """Be the only process that requests the content of the file at *path*; *action* says what that is.

    A process that is stopped, or takes longer than *seconds*, is not waited for: of those who wait, one takes
    its place. A worker whose run is gone ends meanwhile.

    Raises Unreachable after twice *seconds*, and WorkstationError where files cannot be written.
    """
    with ends_with_parent(), contextlib.ExitStack() as stack:
        try:
            _take_turn(stack, path, seconds, action)
        except LockTimeout as error:
            raise Unreachable(
                f"Another process has been waiting for the same response of AWS for {seconds:.0f} seconds."
                " Check that AWS can be reached, and run it again."
            ) from error
        try:
            yield
        except OSError as error:
            raise WorkstationError(file_error_text(error, path)) from error


def _take_turn(stack: contextlib.ExitStack, path: str, seconds: float, action: str) -> None:
    try:
        stack.enter_context(turn(path, seconds, action))
    except LockTimeout as error:
        debug(f"{path}: going on without the process that {action}: {error}")
        stack.enter_context(turn(f"{path} (in its place)", seconds, action))
