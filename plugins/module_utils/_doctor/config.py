# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration and credentials files of a user, as the doctor examines them.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from .._aws_config.origins import Origins
from .._aws_config.parser import (
    AwsConfig,
    ConfigError,
    Document,
    Section,
    Settings,
    config_path,
    credentials_path,
    read_bytes,
)
from .._aws_config.resolution import Resolver, with_overrides
from .finding import edit

DEFAULTS = "DEFAULT"
"""The header of the section whose keys apply to every other section of its file."""


class Configuration:
    """The configuration and credentials files of a user.

    A file that cannot be read or parsed counts as empty; *errors* has its error. *resolver* finds the cause
    why a profile does not work. *defaults* are the sections [DEFAULT] of the configuration file.
    """

    def __init__(self, environment: t.Mapping[str, str]) -> None:
        """Read both files from where the variables in *environment* put them."""
        self.errors: t.List[ConfigError] = []
        self.path = config_path(environment)
        self.credentials_path = credentials_path(environment)
        self.document = self._read(self.path)
        self.sections = self.document.sections
        self.credentials_document = self._read(self.credentials_path)
        self.defaults = [section for section in self.sections if section.header == DEFAULTS]
        self.config = AwsConfig(self.document)
        self.credentials: t.Dict[str, Settings] = self.credentials_document.settings_by_header()
        self.resolver = Resolver(
            with_overrides(self.config.profiles, {}, self.credentials),
            self.config.sessions,
            Origins(self.document, self.credentials_document),
        )

    def _read(self, path: str) -> Document:
        try:
            return Document(path, read_bytes(path) or b"")
        except ConfigError as error:
            self.errors.append(error)
            return Document(path, b"")

    @property
    def readable(self) -> bool:
        """Whether the configuration file could be read and parsed."""
        return not any(error.path == self.path for error in self.errors)

    @property
    def documents(self) -> t.Tuple[Document, Document]:
        """The configuration file and the credentials file."""
        return self.document, self.credentials_document

    @property
    def profiles(self) -> t.Mapping[str, Settings]:
        """The profiles of both files; a key in the credentials file takes precedence, as in botocore."""
        return self.resolver.profiles

    @property
    def profile_names(self) -> t.List[str]:
        """The profiles of both files."""
        return [*self.profiles]

    def edit(self, kind: str, name: str, key: str = "") -> str:
        """The command that opens a file at a section, or where its effective *key* is set.

        *kind* is profile or session; *name* is the name in the section header. A key that is not in the
        section itself is that of [DEFAULT].
        """
        place = self.place(kind, name, key)
        return edit(self.path) if place is None else edit(place[0].path, place[1] + 1)

    def place(self, kind: str, name: str, key: str = "") -> t.Optional[t.Tuple[Document, int]]:
        """The file and the line, counted from 0, that edit() opens; None if there is no such section."""
        own = [section for section in self.sections if getattr(section, kind) == name]
        found = [(self.document, section) for section in [*_defaults(self.document, own), *own[-1:]]]
        if kind == "profile":
            keys = [section for section in self.credentials_document.sections if section.header == name]
            keys = [*_defaults(self.credentials_document, keys), *keys]
            found += [(self.credentials_document, section) for section in keys]
        for document, section in reversed(found):
            if key in section.starts:
                return document, section.starts[key]
        named = [(document, section) for document, section in found if section.header != DEFAULTS]
        return (named[0][0], named[0][1].first) if named else None


def _defaults(document: Document, inheriting: t.Sequence[Section]) -> t.List[Section]:
    """The sections [DEFAULT], if there is a section that inherits from them."""
    return [section for section in document.sections if section.header == DEFAULTS and inheriting]
