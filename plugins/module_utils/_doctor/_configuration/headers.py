# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the headers of sections: those that nothing recognizes, and several for the same name.

PRIVATE to the collection. Advice to change a header is only given if the file can be parsed afterwards, and
the section is then recognized.
"""

from __future__ import annotations

import re
import typing as t

from ..._aws_config.parser import DEFAULTS_HEADER, ConfigError, Document, Section, header_for, name_in_header
from ..config import Configuration
from ..finding import Finding, place
from .keys import PROFILE_KEYS

_Identity = t.Tuple[str, str]
"""The kind of a section, profile or sso-session, and its name."""

_KIND = re.compile(r"(profile|sso[-_ ]?session)(?:([\s:=._/\"'-]+)(.*)|)", re.IGNORECASE | re.DOTALL)
_OTHER_SECTIONS = ("services", "plugins", "preview")
_PREFIX = re.compile(r"\s*profile\s+(.*\S)\s*", re.IGNORECASE | re.DOTALL)


class _Sections:
    """The sections of *document* by what they define, to which renamed ones are added."""

    def __init__(self, document: Document, identity: t.Callable[[Section], t.Optional[_Identity]]) -> None:
        self.document = document
        self.identity = identity
        self._known: t.Dict[_Identity, Section] = {}
        for section in document.sections:
            identified = identity(section)
            if identified is not None:
                self._known[identified] = section  # the last one takes effect

    def rename(self, section: Section, header: str, verb: str = "change it to") -> str:
        """The fix that makes *section* one with *header*, or merges it into the one that exists."""
        where_it_is = place(self.document.path, section.first + 1)
        renamed = self._alone(section, header)
        identified = renamed and self.identity(renamed)
        if identified and identified in self._known:
            return f"{where_it_is}, {merge(self.document, section, self._known[identified])}"
        if not identified or (section.header == DEFAULTS_HEADER and not self._stays_valid(section, header)):
            return f"{where_it_is}, move its keys to the sections that are meant to have them"
        self._known[identified] = section
        return f"{where_it_is}, {verb} [{header}]"

    def _alone(self, section: Section, header: str) -> t.Optional[Section]:
        """*section* with *header*, as it is parsed without the others; None if it cannot be parsed."""
        lines = self.document.lines[section.first + 1 : section.end]
        sections = self._parsed([f"[{header}]\n", *lines])
        return sections[0] if sections and sections[0].header == header else None

    def _stays_valid(self, section: Section, header: str) -> bool:
        """Whether the file can be parsed after *section* is renamed: nested blocks may be inherited then."""
        lines = list(self.document.lines)
        lines[section.first] = f"[{header}]\n"
        return bool(self._parsed(lines))

    def _parsed(self, lines: t.Sequence[str]) -> t.List[Section]:
        try:
            return Document(self.document.path, "".join(lines).encode()).sections
        except (ConfigError, UnicodeEncodeError):
            return []


def header_findings(configuration: Configuration) -> t.List[Finding]:
    """Sections that nothing recognizes, or that others hide, in both files."""
    sections = _Sections(configuration.document, _identity)
    credentials = _Sections(configuration.credentials_document, lambda section: ("profile", section.header))
    return [
        *_ignored_sections(sections),
        *_duplicate_sections(configuration.document),
        *_credentials_sections(credentials),
        *_sessions_among_credentials(configuration),
    ]


def merge(document: Document, section: Section, target: Section) -> str:
    """What to do with *section*, whose name *target* has too."""
    repeated = [key for key in section.starts if key in target.starts]
    but = f", which already has {', '.join(repeated)}" if repeated else ""
    text = f"merge it into line {target.first + 1}, [{target.header}]{but}"
    if "".join(document.lines[section.end : section.end + 1]).startswith((" ", "\t")):
        text += f", and remove the indentation of line {section.end + 1}"  # or it continues the value above
    return text


def _identity(section: Section) -> t.Optional[_Identity]:
    if section.profile is not None:
        return "profile", section.profile
    return None if section.session is None else ("sso-session", section.session)


def _ignored_sections(sections: _Sections) -> t.Iterator[Finding]:
    path = sections.document.path
    for section in sections.document.sections:
        if section.header == DEFAULTS_HEADER:
            yield _uppercase_default(sections, section)
            continue
        header = _intended_header(section)
        if header is not None:
            yield Finding(
                "config-section-ignored",
                "warning",
                f"{path}, line {section.first + 1}",
                f"The section [{section.header}] is ignored.",
                "The AWS CLI and the SDKs recognize it neither as a profile nor as an sso-session.",
                sections.rename(section, header),
            )


def _uppercase_default(sections: _Sections, section: Section) -> Finding:
    return Finding(
        "config-default-uppercase",
        "warning",
        f"{sections.document.path}, line {section.first + 1}",
        "It has a section [DEFAULT] in upper case.",
        "Its keys apply to every other section; the default profile is [default].",
        sections.rename(section, "default", "rename it to"),
    )


def _intended_header(section: Section) -> t.Optional[str]:
    """The corrected header of a section that looks like a profile or session but is neither; else None."""
    if _identity(section) is not None:
        return None
    text = section.header.strip(" \t\"'")
    found = _KIND.fullmatch(text)
    like_a_profile = PROFILE_KEYS.intersection(section.settings)
    if found and (like_a_profile or not (found[2] or "").strip()):
        kind = "profile" if found[1].lower() == "profile" else "sso-session"
        return header_for(kind, _plain_name(found[3] or ""))
    if text.partition(" ")[0] in _OTHER_SECTIONS or not like_a_profile:
        return None
    if "sso_registration_scopes" in section.settings and "sso_account_id" not in section.settings:
        return header_for("sso-session", _plain_name(text))
    return header_for("profile", "default" if text.lower() == "default" else _plain_name(text))


def _plain_name(text: str) -> str:
    """*text* without quotes, backslashes and repeated blanks, which a header cannot have everywhere."""
    return " ".join(re.sub(r"[\"'\x60\\]", "", text).split()) or "NAME"


def _duplicate_sections(document: Document) -> t.Iterator[Finding]:
    last = {_identity(section): section for section in document.sections}
    for section in document.sections:
        identified = _identity(section)
        used = last[identified]
        if identified is not None and section is not used:
            kind, name = identified
            yield Finding(
                "config-section-shadowed",
                "warning",
                f"{kind} {name}",
                f"[{section.header}] (line {section.first + 1}) and [{used.header}] (line {used.first + 1})"
                f" define the same {kind}.",
                "Only the last one is used; the others are ignored.",
                f"{place(document.path, section.first + 1)}, {merge(document, section, used)}",
            )


def _sessions_among_credentials(configuration: Configuration) -> t.Iterator[Finding]:
    path = configuration.credentials_path
    known = {section.session: section for section in configuration.sections}
    for section in configuration.credentials_document.sections:
        name = section.session
        if name is None:
            continue
        target = known.get(name)
        yield Finding(
            "credentials-session",
            "warning",
            f"{path}, section [{section.header}]",
            f"The session {name} is in the credentials file.",
            "The AWS CLI and the SDKs read sessions from the configuration file only.",
            f"{place(path, section.first + 1)}, "
            + (
                f"move it to the end of {configuration.path}"
                if target is None
                else f"delete it, because it is in {configuration.path}, line {target.first + 1}"
            ),
        )


def _credentials_sections(sections: _Sections) -> t.Iterator[Finding]:
    path = sections.document.path
    for section in sections.document.sections:
        name = section.header
        if name == DEFAULTS_HEADER:
            yield _uppercase_default(sections, section)
            continue
        found = _PREFIX.fullmatch(name)
        if found or name != name.strip():
            intended = (name_in_header("profile", name) if found else None) or _plain_name(
                found[1] if found else name
            )
            yield Finding(
                "credentials-section-name",
                "warning",
                f"{path}, section [{name}]",
                f'It defines a profile named "{name}".',
                'Section headers in the credentials file do not start with "profile".'
                if found
                else "Blanks in the brackets are part of the name of the profile.",
                sections.rename(section, intended),
            )
