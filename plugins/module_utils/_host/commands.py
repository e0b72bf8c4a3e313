# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the programs of a host are found and run: functions that a module hands to the code that needs them.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

RunCommand = t.Callable[[t.List[str]], t.Tuple[int, str, str]]
"""Exit code, output and errors of a command. Raises OSError for one that cannot be started."""

FindProgram = t.Callable[[str], t.Optional[str]]
"""Where a program is, if it is anywhere."""
