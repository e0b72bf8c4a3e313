# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration and credentials files of a user, as the doctor examines them.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from .._aws_config.origins import Origin, Origins
from .._aws_config.parser import (
    DEFAULTS_HEADER,
    AwsConfig,
    ConfigError,
    Document,
    Settings,
    config_path,
    credentials_path,
    read_bytes,
)
from .._aws_config.resolution import Resolver, with_overrides
from .finding import place


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
        self.defaults = [section for section in self.sections if section.header == DEFAULTS_HEADER]
        self.config = AwsConfig(self.document)
        self.credentials: t.Dict[str, Settings] = self.credentials_document.settings_by_header()
        self._origins = Origins(self.document, self.credentials_document)
        self.resolver = Resolver(
            with_overrides(self.config.profiles, {}, self.credentials), self.config.sessions, self._origins
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

    def place(self, kind: str, name: str, key: str = "") -> str:
        """The beginning of an instruction: at a section, or where its effective *key* is set.

        *kind* is profile or session; *name* is the name in the section header. A key that is not in the
        section itself is that of [DEFAULT].
        """
        origin = self.origin(kind, name, key)
        return place(origin.path, origin.line or None)

    def origin(self, kind: str, name: str, key: str = "") -> Origin:
        """What place() names; its line is 0 if there is no such section."""
        find = self._origins.of_profile if kind == "profile" else self._origins.of_session
        found = find(name, key)
        return found if found.line else find(name)
