# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All findings about the AWS configuration and credentials files.

PRIVATE to the collection.
"""

from __future__ import annotations

import codecs
import contextlib
import re
import shlex
import typing as t

from ..._aws_config.parser import ConfigError, UnreadableConfig, read_bytes
from ..._files.errors import foreign_path, is_permission_error
from ..config import Configuration
from ..finding import Finding, place
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
    path = error.path
    if isinstance(error, UnreadableConfig):
        if is_permission_error(error.error) and foreign_path(path):
            return None  # the owner of the file is a finding of its own
        return Finding(
            "config-unreadable",
            "error",
            path,
            f"It cannot be read: {error.error.strerror}.",
            "None of its profiles and sessions work.",
            f"chmod u+rwX {shlex.quote(path)}"
            if is_permission_error(error.error)
            else f"Replace it with a file that can be read. What it is: ls -l {shlex.quote(path)}",
        )
    what, fix = _cause(error)
    return Finding(
        "config-unparseable",
        "error",
        path if error.line is None else f"{path}, line {error.line}",
        f"The AWS CLI cannot parse it. {error.reason}{what}",
        "None of its profiles and sessions work.",
        fix,
    )


def _cause(error: ConfigError) -> t.Tuple[str, str]:
    """More about the cause of *error*, and its fix."""
    with contextlib.suppress(ConfigError):
        data = read_bytes(error.path) or b""
        if data.startswith(codecs.BOM_UTF8):
            return "", f"sed -i --follow-symlinks '1s/^\\xef\\xbb\\xbf//' {shlex.quote(error.path)}"
        lines = data.decode("utf-8", "replace").splitlines()[: error.line]
        for number, line in reversed([*enumerate(lines, 1)]):
            if line.startswith("["):
                break
            if re.match(r"\s+\[.*\]", line):
                fix = f"{place(error.path, number)}, remove the indentation of line {number}"
                return f" Line {number} is indented, so that it is not a header but part of a value.", fix
    return "", f"{place(error.path, error.line)}, correct the syntax"
