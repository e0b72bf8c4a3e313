# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users choose about a report, apart from its files.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from .role_classes import CLASSES, RoleClasses


class ReportOptions(t.NamedTuple):
    """*title* is the name of the company or fleet, if any."""

    title: str = ""
    classes: RoleClasses = RoleClasses()


def report_options(option: t.Callable[[str], t.Any]) -> ReportOptions:
    """From the options of a plugin, of which *option* returns one."""
    globs = ([str(glob) for glob in option(f"{each}_roles") or ()] for each in CLASSES)
    return ReportOptions(str(option("title") or ""), RoleClasses(*map(tuple, globs)))
