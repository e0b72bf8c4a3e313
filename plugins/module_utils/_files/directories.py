# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directories of the user that a process runs as.

PRIVATE to the collection.
"""

from __future__ import annotations

import os


def home_directory() -> str:
    """The home directory of the user that this process runs as."""
    return os.path.expanduser("~")


def cache_directory() -> str:
    """The collection's cache directory, which may be deleted at any time; it may not exist."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "workstation.aws_sso")
