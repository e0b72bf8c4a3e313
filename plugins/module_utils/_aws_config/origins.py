# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""In which file and on which line a key of a profile or session is.

PRIVATE to the collection. A key can be inherited from [DEFAULT], and the credentials file overrides the
configuration file.
"""

from __future__ import annotations

import typing as t

from .desired import DesiredSection
from .parser import DEFAULTS_HEADER, Document, Section, header_for

Written = t.Dict[str, t.Mapping[str, DesiredSection]]
Index = t.Dict[t.Tuple[str, str], Section]


class Origin(t.NamedTuple):
    """The *section* (with brackets), file and line of a key; *line* 0 means that it is not written yet."""

    path: str
    line: int
    section: str
    is_credentials: bool = False

    @property
    def is_inherited(self) -> bool:
        return self.section == f"[{DEFAULTS_HEADER}]"

    @property
    def place(self) -> str:
        """For the start of a message; empty if there is none yet."""
        return f"{self.path}, line {self.line}" if self.line else ""

    @property
    def described(self) -> str:
        """The section within a sentence."""
        text = self.section + (" of the credentials file" if self.is_credentials else "")
        if not self.line:
            return f"the new section {text}"
        return f"{text} (line {self.line}{', inherited by every section' if self.is_inherited else ''})"


class Origins:
    """Finds the origins of keys in the configuration file *config* and in the credentials file.

    *written* are the sections, by kind and name, whose own keys are about to be written to *config*.
    """

    def __init__(self, config: Document, credentials: Document, written: t.Optional[Written] = None) -> None:
        self._config = config
        self.credentials = credentials
        self.written: Written = written or {}
        self._found: t.Optional[Index] = None
        self._defaults = [_defaults(document) for document in (config, credentials)]

    def of_profile(self, name: str, key: str = "") -> Origin:
        """Where the profile *name* has *key* from; without a key, its section in the configuration file."""
        if key:
            override = self._index.get(("credentials", name))
            if override is not None:
                for section in (override, *self._defaults[1]):
                    if key in section.starts:
                        return _origin(self.credentials, section, key, True)
        return self._of("profile", name, key)

    def of_session(self, name: str, key: str = "") -> Origin:
        """Where the session *name* has *key* from; without a key, its section."""
        return self._of("sso-session", name, key)

    def _of(self, kind: str, name: str, key: str) -> Origin:
        section = self._index.get((kind, name))
        written = self.written.get(kind, {}).get(name)
        is_own = bool(key) and written is not None and written.settings.get(key) is not None
        if section is not None and (not key or is_own or key in section.starts):
            return _origin(self._config, section, key)
        if is_own:
            return Origin(self._config.path, 0, f"[{header_for(kind, name)}]")
        inherits = section is not None or written is not None
        for defaults in self._defaults[0]:
            if inherits and key in defaults.starts:
                return _origin(self._config, defaults, key)
        if section is None and kind == "profile" and ("credentials", name) in self._index:
            return _origin(self.credentials, self._index["credentials", name], "", True)
        header = section.header if section is not None else header_for(kind, name)
        return Origin(self._config.path, 0, f"[{header}]")

    @property
    def _index(self) -> Index:
        """The section that botocore uses for a kind and name: the last one."""
        if self._found is None:
            self._found = {}
            for section in self._config.sections:
                for kind, name in (("profile", section.profile), ("sso-session", section.session)):
                    if name is not None:
                        self._found[kind, name] = section
            for section in self.credentials.sections:
                self._found["credentials", section.header] = section
        return self._found


def _defaults(document: Document) -> t.List[Section]:
    return [section for section in document.sections if section.header == DEFAULTS_HEADER]


def _origin(document: Document, section: Section, key: str, is_credentials: bool = False) -> Origin:
    line = section.starts.get(key, section.first) + 1
    return Origin(document.path, line, f"[{section.header}]", is_credentials)
