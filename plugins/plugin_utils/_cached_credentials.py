# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast path of the lookup sso_credentials: role credentials that are already in the cache.

PRIVATE to the collection. Ansible evaluates a lookup in a new worker for each task on each host, and compiles
each module of a collection that the worker imports, because its loader writes no bytecode. Cached credentials
that are found by the full path (_options, then _credentials/resolve.py) take 6.6 times as long as the
builtin lookup file for the same file; found by this module, 1.06 times (CPU time; the part "hit" of
tests/benchmarks/credentials.py measures both). What that takes:

* The lookup loads this module by its path, with Python's own loader, which keeps bytecode. So this module
  imports nothing of the collection, and otherwise only what Ansible has already imported.
* A hit uses no botocore, no YAML, no socket and no process (a test of the lookup checks that). Options are
  read from the documentation without YAML (a test compares the two). Options that already have their types
  do not go through Ansible's option handling, which would not change them.
* A profile is found by a search in the bytes of the configuration file, without parsing it.

It answers simple cases only. Whenever it returns None, the full path decides: for a profile with role_arn, a
section that the parser might read in another way, expired credentials, credentials of another sign-in. So
there are two implementations of "which role does a profile have" and "are the cached credentials usable". A
property test compares the first one with the parser, for configuration files made of all constructs that
might be read in different ways (tests/unit/plugins/plugin_utils/test_cached_credentials.py). For the second
one, the full path leaves its answer in the file: credentials of the sign-in that the current token belongs to
get the modification time of the token's file (_credentials/cache.py: bind()). Any write to one of the two
files ends that, so no clock and no order of writes has to be trusted.
"""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from datetime import datetime, timezone

from ansible.errors import AnsibleOptionsError

if t.TYPE_CHECKING:  # evaluating it would cost each worker 0.15 ms
    Definitions = t.Mapping[str, t.Mapping[str, t.Any]]

_ROLE_OPTIONS = ("session", "account_id", "role_name", "start_url", "region")


class RoleCredentials:
    """Temporary credentials of a role; *account_id* is None if an older AWS CLI stored them."""

    __slots__ = ("access_key_id", "account_id", "expires_at", "secret_access_key", "session_token")

    def __init__(
        self,
        access_key_id: str,
        secret_access_key: str,
        session_token: str,
        expires_at: datetime,
        account_id: str | None = None,
    ) -> None:
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.session_token = session_token
        self.expires_at = expires_at
        self.account_id = account_id

    def seconds_left(self) -> float:
        return (self.expires_at - datetime.now(timezone.utc)).total_seconds()


class Role:
    """A role of IAM Identity Center; *session* is None in legacy profiles, which have a *start_url* instead.

    *chain* are the requests of AssumeRole that follow, and *region* is the region that the profile sets.
    """

    __slots__ = ("account_id", "chain", "region", "role_name", "session", "start_url")

    def __init__(
        self,
        session: str | None,
        start_url: str | None,
        account_id: str,
        role_name: str,
        region: str | None = None,
        chain: tuple[dict[str, t.Any], ...] = (),
    ) -> None:
        self.session = session
        self.start_url = start_url
        self.account_id = account_id
        self.role_name = role_name
        self.region = region
        self.chain = chain


def cached_credentials(role: Role, min_ttl: float) -> RoleCredentials | None:
    """Cached credentials of *role*, bound to the current token and valid for *min_ttl* seconds more."""
    credentials, modified = read_stored(role_path(role))
    if credentials is None or credentials.seconds_left() < min_ttl:
        return None
    return credentials if modified == token_time(role) else None


def cached_role(profile: str | None, options: t.Mapping[str, t.Any]) -> tuple[RoleCredentials, Role] | None:
    """The cached credentials of *profile*, or of the role in *options*, and their role.

    None if the full path has to look for them.
    """
    role = explicit_role(options) if profile is None else simple_profile_role(profile)
    if role is None or not options["cache"]:
        return None
    role.chain = assume_role_requests(options)
    credentials = cached_credentials(role, options["min_ttl"])
    return None if credentials is None else (credentials, role)


def hit_text(credentials: RoleCredentials, role: Role) -> str:
    """A line of debug output."""
    session = role.start_url if role.session is None else role.session
    return (
        f"{role.role_name} in {role.account_id} ({session}): using cached credentials in {role_path(role)},"
        f" which are valid for {credentials.seconds_left():.0f} seconds"
    )


def role_path(role: Role) -> str:
    """The cache file of a role: the one that the AWS CLI reads and writes, unless the role has a chain.

    The AWS CLI's file name for a role that is assumed does not depend on the role that assumes it, so a role
    with a chain has a file of its own, which the AWS CLI does not use.
    """
    key: dict[str, t.Any] = {"accountId": role.account_id, "roleName": role.role_name}
    if role.session is None:
        key["startUrl"] = role.start_url
    else:
        key["sessionName"] = role.session
    if role.chain:
        key["assumeRole"] = role.chain
    return _cache_file("cli", json.dumps(key, sort_keys=True, separators=(",", ":")))


def token_time(role: Role) -> int | None:
    """When the token of the session of *role* was written, in nanoseconds; None after a logout."""
    key = role.start_url if role.session is None else role.session
    try:
        return os.stat(_cache_file("sso", key or "")).st_mtime_ns
    except OSError:
        return None


def _cache_file(tool: str, key: str) -> str:
    name = hashlib.sha1(key.encode("utf-8")).hexdigest() + ".json"
    return os.path.join(os.path.expanduser("~"), ".aws", tool, "cache", name)


def read_credentials(path: str) -> RoleCredentials | None:
    """The credentials in the file at *path*, expired or not; None if there are none, or only a part."""
    return read_stored(path)[0]


def read_stored(path: str) -> tuple[RoleCredentials | None, int]:
    """As read_credentials(), with the modification time of the file in nanoseconds.

    The AWS CLI truncates a file before it writes it again. A reader in between requests new
    credentials, which is never wrong.
    """
    try:
        with open(path, "rb") as stream:
            modified = os.fstat(stream.fileno()).st_mtime_ns
            entry = json.loads(stream.read())["Credentials"]
        credentials = RoleCredentials(
            _nonempty(entry["AccessKeyId"]),
            _nonempty(entry["SecretAccessKey"]),
            _nonempty(entry["SessionToken"]),
            _parse_time(entry["Expiration"]),
            _account_id(entry.get("AccountId")),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None, 0
    return credentials, modified


def _nonempty(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a string")
    return value


def _account_id(value: object) -> str | None:
    if value is None or (isinstance(value, str) and len(value) == 12 and value.isascii() and value.isdigit()):
        return value
    raise ValueError("not an account ID")


def _parse_time(text: str) -> datetime:
    for utc in ("Z", "UTC"):
        if text.endswith(utc):
            text = text[: -len(utc)] + "+00:00"
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


def explicit_role(options: t.Mapping[str, t.Any]) -> Role | None:
    """The role in *options*; None if only one of start_url and region is given."""
    if (options["start_url"] is None) != (options["region"] is None):
        return None
    return Role(options["session"], options["start_url"], options["account_id"], options["role_name"])


def simple_profile_role(profile: str) -> Role | None:
    """The role of a profile that has one itself; None for any other, and for one that requires the parser."""
    name = profile.encode("utf-8", "surrogatepass")
    if profile.split() != [profile] or name in _content("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"):
        return None
    data = _content("AWS_CONFIG_FILE", "~/.aws/config")
    settings = plain_section(data, name)
    if settings is None or "role_arn" in settings or "web_identity_token_file" in settings:
        return None
    session, start_url = settings.get("sso_session"), settings.get("sso_start_url")
    account_id, role_name = settings.get("sso_account_id"), settings.get("sso_role_name")
    if not account_id or not role_name or (session is None and start_url is None):
        return None
    if session is not None and not _is_complete_session(data, session.encode("utf-8"), settings):
        return None
    return Role(session, start_url, account_id, role_name, settings.get("region"))


def _is_complete_session(data: bytes, session: bytes, settings: t.Mapping[str, str]) -> bool:
    """Whether *session* has a section with a start URL that does not contradict *settings*, of a profile."""
    start = data.find((b"[sso-session '%b']\n" if b" " in session else b"[sso-session %b]\n") % session)
    if start < 0:
        return False
    end = data.find(b"\n[", start)
    section = data[start : len(data) if end < 0 else end].decode("utf-8", "replace")
    for line in section.split("\n")[1:]:
        key, _equals, value = line.partition("=")
        if settings.get(key.rstrip().lower(), value.strip()) != value.strip():
            return False
    return "\nsso_start_url" in section


def _content(variable: str, default: str) -> bytes:
    """A file of the AWS configuration, with universal newlines."""
    try:
        with open(os.path.expanduser(os.path.expandvars(os.environ.get(variable, default))), "rb") as stream:
            data = stream.read()
    except OSError:
        return b""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def plain_section(data: bytes, profile: bytes) -> dict[str, str] | None:
    """The settings of a profile; None unless nothing else in the file can affect them.

    So it has one header, as the AWS CLI writes it, and then only 'key = value' at the start of lines.
    """
    header = b"[default]\n" if profile == b"default" else b"[profile %b]\n" % profile
    start = data.find(header)
    if start < 0 or data[start - 1 : start] not in (b"", b"\n") or not _is_only_header(data, profile):
        return None
    start += len(header)
    end = data.find(b"\n[", start - 1)
    if end < 0:
        end = len(data)
    elif data.find(b"]", end + 3, data.find(b"\n", end + 1)) < 0:
        return None
    settings: dict[str, str] = {}
    for line in data[start:end].decode("utf-8", "replace").split("\n"):
        if line and line[0] not in "#;":
            key, equals, value = line.partition("=")
            key = key.rstrip().lower()
            if line[0].isspace() or not equals or not key or ":" in key or key in settings:
                return None
            settings[key] = value.strip()
    return settings


def _is_only_header(data: bytes, profile: bytes) -> bool:
    """Whether no other header could be one of *profile*, or one with defaults for all sections."""
    odd = (b"DEFAULT]", b"\t", b" %b " % profile, b'"', b"'", b"\\")
    if data.count(b"[") != data.count(b"\n[") + data.startswith(b"[") or any(part in data for part in odd):
        data = _header_lines(data)
        if any(part in data for part in odd):
            return False
    headers = [data.count(b"[%b %b]" % (kind, profile)) for kind in (b"profile", b"sso-session", b"services")]
    return headers[0] == (profile != b"default") and data.count(b" %b]" % profile) == sum(headers)


def _header_lines(data: bytes) -> bytes:
    """The lines that are headers; a line that may or may not be one becomes a tab, which counts as odd."""
    lines = [line.decode("utf-8", "replace") for line in data.split(b"\n") if b"[" in line]
    return "\n".join(line if line[0] == "[" else "\t" for line in lines if line.lstrip()[0] == "[").encode(
        "utf-8"
    )


def option_definitions(documentation: str) -> dict[str, dict[str, t.Any]]:
    """The types, choices and defaults of the options in *documentation*, without its terms.

    It reads the lines "  option:" and "    key: value", with plain values and lists in brackets. The option
    of the fragment _access.environment is not in them.
    """
    definitions: dict[str, dict[str, t.Any]] = {}
    section = documentation.partition("\noptions:\n")[2]
    for line in section[: section.index("\nrequirements:")].split("\n"):
        key, _colon, value = line.partition(":")
        if line[2] != " ":
            definition = definitions[key[2:]] = {}
        elif value and line[4] not in " -":
            definition[key[4:]] = _plain_value(value[1:])
    del definitions["_terms"]
    definitions["environment"] = {"type": "dict", "default": {}}
    return definitions


def _plain_value(text: str) -> t.Any:
    if text[0] == "[":
        return text[1:-1].split(", ")
    if text in ("true", "false"):
        return text == "true"
    return int(text) if text.isdigit() else text


def typed_options(
    terms: t.Iterable[t.Any], given: t.Mapping[str, t.Any], definitions: Definitions
) -> dict[str, t.Any] | None:
    """All options, with *given* in place of defaults; None unless all of *given* already have their types.

    For these, Ansible's option handling would change nothing, and take a tenth of the time of the lookup.
    """
    if not all(isinstance(term, str) for term in terms):
        return None
    if not all(_has_its_type(value, definitions.get(name, {})) for name, value in given.items()):
        return None
    return {**{name: definition.get("default") for name, definition in definitions.items()}, **given}


def _has_its_type(value: object, definition: t.Mapping[str, t.Any]) -> bool:
    if definition.get("type") == "str" and isinstance(value, str):
        # omit is a string before ansible-core 2.19
        return value in definition.get("choices", (value,)) and not value.startswith("__omit")
    kind = {"int": int, "bool": bool, "dict": dict}.get(definition.get("type", ""))
    return kind is not None and isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def check_options(profiles: t.Sequence[str], options: t.Mapping[str, t.Any]) -> None:
    """Raises AnsibleOptionsError for options that exclude each other or require another one."""
    if profiles:
        _refuse_role_options(options)
    else:
        _check_explicit_role(options)
    for name in ("external_id", "duration"):
        if options[name] is not None and options["role_arn"] is None:
            raise AnsibleOptionsError(f"{name} requires role_arn, the role to assume.")


def _refuse_role_options(options: t.Mapping[str, t.Any]) -> None:
    given = [name for name in _ROLE_OPTIONS if options[name] is not None]
    if given == ["region"]:
        raise AnsibleOptionsError(
            "region is the region of IAM Identity Center, which is taken from the profile. Set the region of"
            " your resources in the task, as an option of its module or as AWS_REGION in its environment."
        )
    if given:
        raise AnsibleOptionsError(
            f"{' and '.join(given)} cannot be combined with a profile, which has its own role."
        )


def _check_explicit_role(options: t.Mapping[str, t.Any]) -> None:
    for name in ("account_id", "role_name"):
        if options[name] is None:
            raise AnsibleOptionsError(
                f"{name} is missing. Pass a profile as a term, or specify account_id and role_name."
            )
    if options["session"] is None and options["start_url"] is None:
        raise AnsibleOptionsError("account_id and role_name require session, or start_url and region.")
    account_id = options["account_id"]
    if not (len(account_id) == 12 and account_id.isascii() and account_id.isdigit()):
        from ..module_utils._text import account_id_hint  # only an error requires it

        raise AnsibleOptionsError(
            f"account_id must be a string of 12 digits, not {account_id!r}. {account_id_hint(account_id)}"
        )


def assume_role_requests(options: t.Mapping[str, t.Any]) -> tuple[dict[str, t.Any], ...]:
    """The request of AssumeRole for role_arn in *options*, if any; it follows those of the profile."""
    names = {"RoleArn": "role_arn", "ExternalId": "external_id", "DurationSeconds": "duration"}
    request = {parameter: options[name] for parameter, name in names.items() if options[name] is not None}
    return (request,) if request else ()


def _as_options(credentials: RoleCredentials, role: Role) -> dict[str, t.Any]:
    options = {
        "access_key": credentials.access_key_id,
        "secret_key": credentials.secret_access_key,
        "session_token": credentials.session_token,
        "profile": "",
    }
    return {**options, "region": role.region} if role.region else options


def _as_environment(credentials: RoleCredentials, role: Role) -> dict[str, t.Any]:
    environment = {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_CREDENTIAL_EXPIRATION": _expiration(credentials),
    }
    if credentials.account_id:
        environment["AWS_ACCOUNT_ID"] = credentials.account_id
    if role.region:
        environment["AWS_REGION"] = environment["AWS_DEFAULT_REGION"] = role.region
    return environment


def _as_process(credentials: RoleCredentials, role: Role) -> dict[str, t.Any]:
    document = {
        "Version": 1,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": _expiration(credentials),
    }
    return {**document, "AccountId": credentials.account_id} if credentials.account_id else document


def _as_details(credentials: RoleCredentials, role: Role) -> dict[str, t.Any]:
    return {
        "access_key": credentials.access_key_id,
        "secret_key": credentials.secret_access_key,
        "session_token": credentials.session_token,
        "expiration": _expiration(credentials),
        "account_id": credentials.account_id or role.account_id,
        "role_name": role.role_name,
        "role_arn": role.chain[-1]["RoleArn"] if role.chain else None,
        "session": role.start_url if role.session is None else role.session,
        "region": role.region,
    }


def _expiration(credentials: RoleCredentials) -> str:
    return credentials.expires_at.isoformat(timespec="seconds").replace("+00:00", "Z")


FORMATS = {
    "options": _as_options,
    "environment": _as_environment,
    "process": _as_process,
    "details": _as_details,
}
