# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse the shared AWS configuration file (~/.aws/config) by the rules of botocore.

PRIVATE to the collection. The rules are those of botocore.configloader: Python's strict RawConfigParser plus
one level of nested blocks. Every line is kept with its position, so that an editor can change one line and
leave the others as they are.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import stat
import typing as t

from .._errors import WorkstationError
from .._files.errors import file_error_cure

DEFAULT_CONFIG_PATH = "~/.aws/config"
DEFAULT_CREDENTIALS_PATH = "~/.aws/credentials"

# A value is a string, or a dictionary of strings for a nested block such as "s3 =".
Settings = t.Dict[str, t.Any]

_PLAIN_NAME = re.compile(r"[^ \t\r\n'\"\\]+[ \t]+([^ \t\r\n'\"\\]+)[ \t]*\Z")
_VARIABLE = re.compile(r"\$(\w+|\{[^}]*\})", re.ASCII)
DEFAULTS_HEADER = "DEFAULT"

_BLANK, _COMMENT, _HEADER, _OPTION = range(4)
_LineToken = t.Tuple[int, int, str, str]
_LineTokens = t.Dict[str, _LineToken]


class ConfigError(WorkstationError):
    """A configuration file that botocore rejects; str() contains the file, the line and the reason.

    *reason* is a full sentence, *line* counts from 1.
    """

    def __init__(self, path: str, reason: str, line: t.Optional[int] = None) -> None:
        self.path = path
        self.reason = reason
        self.line = line
        place = path if line is None else f"{path}, line {line}"
        super().__init__(f"{place}: {reason}")


class UnreadableConfig(ConfigError):
    """A configuration file that cannot be opened or read because of *error*."""

    def __init__(self, path: str, error: OSError) -> None:
        self.error = error
        remedy = file_error_cure(error, path)
        super().__init__(path, f"It cannot be read: {error.strerror}." + (f" {remedy}" if remedy else ""))


class Section:
    """A header, the lines up to the next header, and its *settings*.

    *first* is the line of the header and *end* the line after the last one; *starts* and *ends* are, by
    key, the lines where its value starts and, if that is a different line, where it ends. All count from 0.
    """

    __slots__ = ("end", "ends", "first", "header", "settings", "starts")

    def __init__(self, header: str, first: int) -> None:
        self.header = header
        self.first = first
        self.end = first + 1
        self.settings: Settings = {}
        self.starts: t.Dict[str, int] = {}
        self.ends: t.Dict[str, int] = {}

    def line_range(self, key: str) -> t.Tuple[int, int]:
        """The first line of the value of *key*, and the line after its last one."""
        start = self.starts[key]
        return start, self.ends.get(key, start) + 1

    @property
    def profile(self) -> t.Optional[str]:
        """The name of the profile that this section defines; None if it defines none."""
        if self.header == "default":
            return "default"
        return name_in_header("profile", self.header)

    @property
    def session(self) -> t.Optional[str]:
        """The name of the sso-session that this section defines; None if it defines none."""
        return name_in_header("sso-session", self.header)


class Document:
    """A file that botocore accepts: its lines, including their line endings, and its sections."""

    def __init__(self, path: str, data: bytes, tokens: t.Optional[_LineTokens] = None) -> None:
        """Parse *data*; *path* is only used in error messages. Raises ConfigError."""
        self.path = path
        self.lines = _split_lines(_decode(path, data))
        self._tokens: _LineTokens = {} if tokens is None else tokens
        self.sections = _scan(path, self.lines, self._tokens)

    def reparse(self, data: bytes) -> Document:
        """Parse *data*, which shares most of its lines with this document. Raises ConfigError."""
        return Document(self.path, data, self._tokens)

    def contents(self) -> t.List[t.Tuple[str, Settings]]:
        """The header and the own keys of each section, in the order of the file."""
        return [(section.header, section.settings) for section in self.sections]

    def defaults(self) -> Settings:
        """The keys of [DEFAULT], which all sections inherit."""
        found: Settings = {}
        for section in self.sections:
            if section.header == DEFAULTS_HEADER:
                found.update(section.settings)
        return found

    def settings_by_header(self) -> t.Dict[str, Settings]:
        """All sections as botocore's raw_config_parse returns them; each one inherits from [DEFAULT]."""
        defaults = self.defaults()
        return {
            section.header: {**defaults, **section.settings} if defaults else section.settings
            for section in self.sections
            if section.header != DEFAULTS_HEADER
        }


class AwsConfig:
    """What botocore sees in a configuration file: *profiles* and *sessions* (sso-session) by name."""

    def __init__(self, document: t.Optional[Document] = None) -> None:
        self.profiles: t.Dict[str, Settings] = {}
        self.sessions: t.Dict[str, Settings] = {}
        if document is None:
            return
        for header, settings in document.settings_by_header().items():
            profile = "default" if header == "default" else name_in_header("profile", header)
            if profile is not None:
                self.profiles[profile] = settings
            session = name_in_header("sso-session", header)
            if session is not None:
                self.sessions[session] = settings


def read_config(path: str) -> AwsConfig:
    """Read *path* as botocore does. A missing file is treated as empty.

    Raises ConfigError for a file that botocore cannot parse, and for one that cannot be read.
    """
    data = read_bytes(path)
    return AwsConfig() if data is None else AwsConfig(Document(path, data))


def read_bytes(path: str) -> t.Optional[bytes]:
    """The content of the regular file at *path*; None if there is none. Raises ConfigError."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return None
        with open(path, "rb") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UnreadableConfig(path, error) from error


def _decode(path: str, data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise ConfigError(path, "The file starts with a byte order mark. Save it as UTF-8 without BOM.", 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            path,
            f"Byte 0x{data[error.start]:02x} is not UTF-8 ({error.reason}). Save the file as UTF-8.",
            len(_split_lines(data[: error.start].decode("utf-8") + "x")),
        ) from error


def _split_lines(text: str) -> t.List[str]:
    """Split *text* after each LF, CR LF or CR, and nowhere else; the line endings are kept."""
    return io.StringIO(text, newline="").readlines()


def config_path(env: t.Mapping[str, str]) -> str:
    """The configuration file that botocore uses with the environment *env*; ~ and $VARS are expanded."""
    return expand_path(env.get("AWS_CONFIG_FILE", DEFAULT_CONFIG_PATH), env)


def credentials_path(env: t.Mapping[str, str]) -> str:
    """The shared credentials file that botocore uses with the environment *env*."""
    return expand_path(env.get("AWS_SHARED_CREDENTIALS_FILE", DEFAULT_CREDENTIALS_PATH), env)


def ignored_variables(config: str, credentials: str, env: t.Mapping[str, str]) -> t.List[str]:
    """Warnings if *config* and *credentials* are the default files, and variables in *env* name others."""
    warnings = []
    for variable, used, default, named in (
        ("AWS_CONFIG_FILE", config, DEFAULT_CONFIG_PATH, config_path(env)),
        ("AWS_SHARED_CREDENTIALS_FILE", credentials, DEFAULT_CREDENTIALS_PATH, credentials_path(env)),
    ):
        is_default = os.path.realpath(used) == os.path.realpath(expand_path(default, env))
        if is_default and variable in env and os.path.realpath(named) != os.path.realpath(used):
            option = "path" if variable == "AWS_CONFIG_FILE" else "credentials_path"
            warnings.append(
                f"The environment variable {variable} is set to {named!r}, which programs with this variable"
                f" use instead of {used}. This task uses {used}. Set {option} to choose another file, or"
                " remove the variable."
            )
    return warnings


def expand_path(path: str, env: t.Mapping[str, str]) -> str:
    """*path* with $VARS of *env* and a leading ~ replaced, as os.path.expandvars and expanduser do."""
    path = _VARIABLE.sub(lambda match: env.get(match.group(1).strip("{}"), match.group(0)), path)
    if path == "~" or path.startswith("~/"):
        home = env.get("HOME")
        if home is not None:
            return (home.rstrip("/") + path[1:]) or "/"
    return os.path.expanduser(path)


def _scan(path: str, lines: t.List[str], tokens: _LineTokens) -> t.List[Section]:
    sections: t.List[Section] = []
    section: t.Optional[Section] = None
    open_key = ""
    indent = blank_lines = 0
    for index, line in enumerate(lines):
        token = tokens.get(line)
        if token is None:
            token = tokens[line] = _token(line)
        kind, margin, key, value = token
        if kind == _BLANK:
            blank_lines += 1
            continue
        if kind == _COMMENT:
            continue
        if margin > indent and open_key and section is not None:
            section.settings[open_key] += "\n" * (blank_lines + 1) + line.strip()
            section.ends[open_key] = index
        elif kind == _HEADER:
            if section is not None:
                section.end = index
            section, open_key, indent = Section(value, index), "", margin
            sections.append(section)
        elif section is None or not key or key in section.settings:
            raise _broken_line(path, lines, section, index, key)
        else:
            section.settings[key] = value
            section.starts[key] = index
            open_key, indent = key, margin
        blank_lines = 0
    if section is not None:
        section.end = len(lines)
    _refuse_duplicates(path, sections)
    _parse_blocks(path, lines, sections)
    return sections


def _parse_blocks(path: str, lines: t.List[str], sections: t.List[Section]) -> None:
    """Turn values that start on the line below their key into dictionaries.

    botocore parses the nested blocks of [DEFAULT] only if a section inherits them.
    """
    others = {section.header for section in sections} - {DEFAULTS_HEADER}
    for section in sections:
        for key in section.ends:
            if section.settings[key].startswith("\n") and (
                section.header in others or _is_inherited(key, sections)
            ):
                section.settings[key] = _block(path, lines, section, key)


def _is_inherited(key: str, sections: t.List[Section]) -> bool:
    return any(key not in section.settings for section in sections if section.header != DEFAULTS_HEADER)


def _block(path: str, lines: t.List[str], section: Section, key: str) -> t.Dict[str, str]:
    block: t.Dict[str, str] = {}
    for line in section.settings[key].splitlines():
        name, equals, setting = line.strip().partition("=")
        if equals:
            block[name.strip()] = setting.strip()
        elif name:
            start, end = section.line_range(key)
            number = next((index for index in range(start, end) if name in lines[index]), start) + 1
            raise ConfigError(
                path, "The nested block has a line that is not of the form 'key = value'.", number
            )
    return block


def _token(line: str) -> _LineToken:
    """The kind, margin, key and value of *line*, unless it continues a value."""
    text = line.strip()
    if not text:
        return _BLANK, 0, "", ""
    if text[0] in "#;":
        return _COMMENT, 0, "", ""
    margin = len(line) - len(line.lstrip())
    if text[0] == "[" and "]" in text[2:]:
        return _HEADER, margin, "", text[1 : text.rindex("]")]
    key, delimiter, value = text.partition("=")
    if not delimiter or ":" in key:
        key, delimiter, value = text.partition(":")
    return _OPTION, margin, key.rstrip().lower() if delimiter else "", value.lstrip()


def _broken_line(
    path: str, lines: t.List[str], section: t.Optional[Section], index: int, key: str
) -> ConfigError:
    """The text of the line is not part of the reason: it may be a secret that was pasted without its key."""
    if section is None:
        reason = "The line is before the first [section] header."
    elif not key:
        reason = "The line is neither a [section] header nor of the form 'key = value'."
    else:
        reason = f"Key {key!r} is already set in section [{section.header}]."
        indented = [at for at in range(section.first + 1, index) if _token(lines[at])[0] == _HEADER]
        if indented:
            reason += (
                f" The header on line {indented[-1] + 1} is indented, so it belongs to the value above it."
                " Remove the spaces before it."
            )
    return ConfigError(path, reason, index + 1)


def _refuse_duplicates(path: str, sections: t.List[Section]) -> None:
    """A header may occur once; only [DEFAULT] may be repeated, with different keys."""
    line_by_header: t.Dict[str, int] = {}
    default_keys: t.Set[str] = set()
    for section in sections:
        if section.header == DEFAULTS_HEADER:
            for key, index in section.starts.items():
                if key in default_keys:
                    reason = f"Key {key!r} is already set in an earlier section [{section.header}]."
                    raise ConfigError(path, reason, index + 1)
                default_keys.add(key)
        elif section.header in line_by_header:
            line = line_by_header[section.header]
            reason = f"Section [{section.header}] already exists on line {line}. Merge the two."
            raise ConfigError(path, reason, section.first + 1)
        line_by_header[section.header] = section.first + 1


def name_in_header(kind: str, header: str) -> t.Optional[str]:
    """The name in a header such as 'profile "a b"'; botocore only checks that it starts with *kind*."""
    if not header.startswith(kind):
        return None
    plain = _PLAIN_NAME.match(header)
    if plain:
        return plain.group(1)
    try:
        words = shlex.split(header)
    except ValueError:
        return None
    return words[1] if len(words) == 2 else None


def header_for(kind: str, name: str) -> str:
    """The text between the brackets for a section of *kind* (profile or sso-session) called *name*.

    A name with a space is quoted as by the AWS CLI, whose writer does not find a section with other quotes.
    """
    if kind == "profile" and name == "default":
        return "default"
    return f"{kind} '{name}'" if " " in name else f"{kind} {name}"
