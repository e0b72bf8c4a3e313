# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All findings about the AWS configuration and credentials files.

PRIVATE to the collection.
"""

from __future__ import annotations

import shlex
import typing as t

from ..._aws_config.parser import ConfigError, UnreadableConfig
from ..._files.errors import foreign_path, is_permission_error
from ..config import Configuration
from ..finding import Finding, edit
from .credentials import credentials_findings
from .headers import header_findings
from .keys import key_findings
from .lines import line_findings
from .profiles import profile_findings
from .sessions import session_findings
from .values import value_findings


def config_findings(configuration: Configuration) -> t.List[Finding]:
    """What is wrong with both files and with their sections."""
    return [
        *filter(None, (_unusable(error) for error in configuration.errors)),
        *header_findings(configuration),
        *line_findings(configuration),
        *key_findings(configuration),
        *session_findings(configuration),
        *profile_findings(configuration),
        *value_findings(configuration),
        *credentials_findings(configuration),
    ]


def _unusable(error: ConfigError) -> t.Optional[Finding]:
    if isinstance(error, UnreadableConfig):
        if is_permission_error(error.error) and foreign_path(error.path):
            return None  # the owner of the file is a finding of its own
        return Finding(
            "config-unreadable",
            "error",
            error.path,
            f"It cannot be read: {error.error.strerror}.",
            "None of its profiles and sessions work.",
            f"chmod u+rwX {shlex.quote(error.path)}"
            if is_permission_error(error.error)
            else f"ls -l {shlex.quote(error.path)}",
        )
    return Finding(
        "config-unparseable",
        "error",
        error.path if error.line is None else f"{error.path}, line {error.line}",
        f"The AWS CLI cannot parse it. {error.reason}",
        "None of its profiles and sessions work.",
        edit(error.path, error.line),
    )
