# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An sso-session: where a company's people sign in, and how its settings are read.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils import _token_cache

DEFAULT_SCOPES = ("sso:account:access",)


class IncompleteSession(Exception):
    """Settings that do not make an sso-session; str() names what is missing."""


@dataclasses.dataclass(frozen=True)
class SsoSession:
    """Where to sign in: an [sso-session] of the configuration, or a bare start URL as older profiles have.

    *name* is None for the latter. *registration_scopes* None means that the configuration has no such key,
    which the AWS CLI tells from an empty one.
    """

    name: t.Optional[str]
    start_url: str
    region: str
    registration_scopes: t.Optional[t.Tuple[str, ...]] = DEFAULT_SCOPES

    @property
    def label(self) -> str:
        """What a person calls this session."""
        return self.start_url if self.name is None else self.name

    @property
    def token_path(self) -> str:
        return os.path.join(
            _token_cache.sso_cache_directory(), _token_cache.token_file_name(self.name, self.start_url)
        )

    @property
    def registration_path(self) -> str:
        return os.path.join(
            _token_cache.sso_cache_directory(),
            _token_cache.registration_file_name(
                self.name, self.start_url, self.region, self.registration_scopes
            ),
        )


def session_from_settings(name: t.Optional[str], settings: t.Mapping[str, t.Any]) -> SsoSession:
    """The session in a section of the configuration; *name* None reads a profile of the older form.

    Raises IncompleteSession.
    """
    for key in ("sso_start_url", "sso_region"):
        if not isinstance(settings.get(key), str) or not settings[key]:
            raise IncompleteSession(f"the section has no {key}")
    scopes = None if name is None else settings.get("sso_registration_scopes")
    return SsoSession(
        name,
        settings["sso_start_url"],
        settings["sso_region"],
        parse_scopes(scopes) if isinstance(scopes, str) else None,
    )


def parse_scopes(text: str) -> t.Tuple[str, ...]:
    """The scopes in a comma-separated value, in their order, as AWS CLI v2 splits them."""
    return tuple(scope.strip() for scope in text.split(",") if scope.strip())
