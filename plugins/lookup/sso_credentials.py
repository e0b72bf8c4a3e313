# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sso_credentials
short_description: Get credentials of a role of IAM Identity Center
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Returns temporary credentials of a role that is assigned to you in an account, or of another role that is
    assumed with it.
  - Credentials are read from C(~/.aws/cli/cache), which is shared with the AWS CLI, if they are valid for at
    least O(min_ttl). Otherwise they are requested from AWS, by one process for all hosts and forks that need
    the same role.
  - After a logout of the session, cached credentials are no longer returned.
  - Sign in with M(workstation.aws_sso.sso_login) or C(aws sso login) first. The lookup never opens a browser;
    it refreshes a token that is about to expire, or fails with the command that signs in.
options:
  _terms:
    description:
      - Names of profiles of the AWS configuration, with or without a session. Profiles with C(role_arn) and
        C(source_profile) that lead to IAM Identity Center are followed.
      - Without a term, O(account_id) and O(role_name) name the role.
    type: list
    elements: str
  session:
    description:
      - The name of the C([sso-session]) in which O(account_id) and O(role_name) are.
      - With O(start_url) and O(region) it need not be in the AWS configuration, and may be left out.
    type: str
  account_id:
    description:
      - The ID of the account, 12 digits. Quote it in YAML, where a number loses its leading zeros.
    type: str
  role_name:
    description:
      - The name of the role, which is that of its permission set.
    type: str
  start_url:
    description:
      - Start URL of the AWS access portal, such as V(https://acme.awsapps.com/start), if it is not in the AWS
        configuration.
    type: str
  region:
    description:
      - Region of IAM Identity Center, required with O(start_url). It is not the region of your resources.
    type: str
  format:
    description:
      - Format of the result.
      - V(options) returns options of modules and lookups of C(amazon.aws) and C(community.aws), for one task
        or, under C(group/aws), for C(module_defaults).
      - V(environment) returns variables for the C(environment) keyword, for any tool that supports AWS.
      - V(process) returns the output format of C(credential_process).
      - V(details) returns all details.
    type: str
    choices: [options, environment, process, details]
    default: options
  min_ttl:
    description:
      - Minimum remaining lifetime of the credentials in seconds. Set it to the duration of your work.
      - The session duration of the permission set is the upper limit. If it is shorter, a warning is shown,
        and the credentials are renewed after a quarter of their lifetime.
    type: int
    default: 900
  cache:
    description:
      - Whether to read credentials from the cache and write them to it. If V(false), each evaluation of the
        lookup calls AWS.
      - Ansible evaluates a variable each time it is used. With V(false), and rarely with V(true) when keys
        are renewed, two evaluations can return keys of different credentials, which AWS rejects with
        C(SignatureDoesNotMatch). Pass the dictionary as a whole instead of single keys.
    type: bool
    default: true
  role_arn:
    description:
      - ARN of a role to assume with the credentials of the profile, or of O(account_id) and O(role_name).
      - Its credentials are cached separately.
    type: str
  external_id:
    description:
      - External ID that the trust policy of O(role_arn) requires.
    type: str
  duration:
    description:
      - Lifetime of the credentials of O(role_arn) in seconds, 900 to 3600, which is AWS's limit for role
        chaining.
      - If not set, AWS uses 3600 seconds.
    type: int
requirements:
  - botocore on the controller, if credentials are not cached
notes:
  - Set C(no_log) on each task that uses the result of this lookup. Modules of C(amazon.aws) hide their own
    arguments, but the result of a loop shows its items, and other modules show their arguments.
  - Ansible passes the C(environment) keyword on the command line, which is shown with C(-vvv) even with
    C(no_log), and which all users of the machine can see in the process list. If a tool supports profiles,
    set E(AWS_PROFILE) instead; the tool finds the same credentials.
  - The variables E(AWS_PROFILE) and E(AWS_DEFAULT_PROFILE) in Ansible's environment conflict with keys in a
    task. With O(format=environment) they are unset for the task; with O(format=options) only if the profile
    does not exist, because an existing one is overridden by the empty RV(_raw[].profile).
seealso:
  - plugin: workstation.aws_sso.sso_access
    plugin_type: lookup
  - plugin: workstation.aws_sso.sso_accounts
    plugin_type: inventory
  - module: workstation.aws_sso.sso_login
"""

EXAMPLES = r"""
- name: List buckets with the role of a profile
  amazon.aws.s3_bucket_info:
  module_defaults:
    group/aws: "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333') }}"
  no_log: true

- name: Use one role for a whole play
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/aws: "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333') }}"
  tasks:
    - name: Get the caller identity
      amazon.aws.aws_caller_info:
      no_log: true

- name: Run a command in an account, without a profile for it
  ansible.builtin.command: aws s3 ls
  environment: >-
    {{ lookup('workstation.aws_sso.sso_credentials', session='corp', account_id='111122223333',
              role_name='ReadOnly', format='environment') }}
  changed_when: false
  no_log: true

- name: Assume a role of another account for half an hour
  amazon.aws.aws_caller_info:
  module_defaults:
    group/aws: >-
      {{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333', duration=1800,
                role_arn='arn:aws:iam::222233334444:role/Deploy') }}
  no_log: true
"""

RETURN = r"""
_raw:
  description:
    - One dictionary for each term, in the requested O(format). The keys of V(options) and V(details) are
      listed below.
    - V(environment) contains C(AWS_ACCESS_KEY_ID), C(AWS_SECRET_ACCESS_KEY), C(AWS_SESSION_TOKEN),
      C(AWS_CREDENTIAL_EXPIRATION), C(AWS_ACCOUNT_ID), and, if the profile has a region, C(AWS_REGION) and
      C(AWS_DEFAULT_REGION).
    - V(process) contains C(Version), C(AccessKeyId), C(SecretAccessKey), C(SessionToken), C(Expiration) and
      C(AccountId).
  type: list
  elements: dict
  contains:
    access_key:
      description: The access key ID.
      type: str
      sample: ASIAIOSFODNN7EXAMPLE
    secret_key:
      description: The secret access key.
      type: str
    session_token:
      description: The session token.
      type: str
    profile:
      description: Empty, so that a module does not look for a profile. Only with O(format=options).
      type: str
    region:
      description: The region that the profile sets, if it sets one.
      type: str
      sample: eu-central-1
    expiration:
      description: When the credentials end, in UTC. Only with O(format=details), as the keys below.
      type: str
      sample: "2026-11-23T09:24:45Z"
    account_id:
      description: The account of the credentials.
      type: str
      sample: "111122223333"
    role_name:
      description: The name of the role in IAM Identity Center.
      type: str
      sample: ReadOnly
    role_arn:
      description: The role that was assumed last, or none.
      type: str
      sample: arn:aws:iam::222233334444:role/Deploy
    session:
      description: The name of the session, or its start URL if it has no name.
      type: str
      sample: corp
"""

import importlib.machinery
import os
import sys
import types
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError, AnsibleOptionsError
from ansible.plugins.lookup import LookupBase

from ..module_utils._errors import WorkstationError

_TEXT = {"type": "str"}
# A lookup is loaded in each worker, that is for each task on each host. Parsing the documentation above would
# take a fifth of its time, so Ansible gets what it would find there; a test compares the two.
_DEFINITIONS: dict[str, dict[str, t.Any]] = {
    "session": _TEXT,
    "account_id": _TEXT,
    "role_name": _TEXT,
    "start_url": _TEXT,
    "region": _TEXT,
    "format": {
        "type": "str",
        "choices": ["options", "environment", "process", "details"],
        "default": "options",
    },
    "min_ttl": {"type": "int", "default": 900},
    "cache": {"type": "bool", "default": True},
    "role_arn": _TEXT,
    "external_id": _TEXT,
    "duration": {"type": "int"},
}
C.config.initialize_plugin_configuration_definitions("lookup", __name__, _DEFINITIONS)
_DIRECT = ("session", "account_id", "role_name", "start_url", "region")


def _with_bytecode(name: str) -> types.ModuleType:
    """The module *name* of plugin_utils, by Python's loader, which keeps bytecode, unlike Ansible's."""
    full_name = f"{__name__.partition('lookup.')[0]}plugin_utils.{name}"
    if full_name not in sys.modules:
        path = os.path.join(os.path.dirname(os.path.dirname(__file__)), "plugin_utils", f"{name}.py")
        loader = importlib.machinery.SourceFileLoader(full_name, path)
        module = sys.modules[full_name] = types.ModuleType(full_name)
        module.__file__ = path
        loader.exec_module(module)
    return sys.modules[full_name]


if t.TYPE_CHECKING:
    from ..plugin_utils import _cached_credentials
    from ..plugin_utils._cached_credentials import Role, RoleCredentials
else:
    _cached_credentials = _with_bytecode("_cached_credentials")


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: t.Any = None, **kwargs: t.Any) -> list[dict[str, t.Any]]:
        names, options = self._terms_and_options(terms, kwargs)
        _refuse_what_does_not_fit(names, options)
        shape = _FORMATS[options["format"]]
        profiles: list[str | None] = [*names] or [None]
        answers = [shape(*self._credentials(profile, options)) for profile in profiles]
        if "AWS_PROFILE" in os.environ or "AWS_DEFAULT_PROFILE" in os.environ:
            from ..plugin_utils._credentials import aws_profile

            aws_profile.unset_conflicting_profile(options["format"])
        return answers

    def _terms_and_options(
        self, terms: list[str], given: dict[str, t.Any]
    ) -> tuple[list[str], dict[str, t.Any]]:
        """The terms and the options by Ansible's option handling, unless all have their types already.

        It would make no difference to these, but takes a tenth of the time of a lookup.
        """
        if all(isinstance(term, str) for term in terms) and all(map(_has_its_type, given, given.values())):
            defaults = {name: definition.get("default") for name, definition in _DEFINITIONS.items()}
            return terms, {**defaults, **given}
        _options: t.Any = _with_bytecode("_options")
        names, options = _options.lookup_options(self, terms, given)
        return names, options

    def _credentials(self, profile: str | None, options: dict[str, t.Any]) -> tuple[RoleCredentials, Role]:
        role = (
            _cached_credentials.simple_profile_role(profile)
            if profile is not None
            else _cached_credentials.explicit_role(options)
        )
        if role is not None and options["cache"]:
            role.chain += _assume_role(options)
            credentials = _cached_credentials.cached_credentials(role, options["min_ttl"])
            if credentials is not None:
                return credentials, role
        return self._fetched(profile, options)

    def _fetched(self, profile: str | None, options: dict[str, t.Any]) -> tuple[RoleCredentials, Role]:
        from ..plugin_utils._credentials import resolve

        try:
            source = resolve.source_of(profile, options).assuming(_assume_role(options))
            credentials = resolve.role_credentials(
                source, options["min_ttl"], options["cache"], self._display.warning
            )
        except WorkstationError as error:
            raise AnsibleError(str(error)) from None
        return credentials, source.role


def _has_its_type(name: str, value: object) -> bool:
    definition = _DEFINITIONS.get(name, {})
    if definition.get("type") == "str" and isinstance(value, str):
        # omit is a string before ansible-core 2.19
        return value in definition.get("choices", (value,)) and not value.startswith("__omit")
    kind = {"int": int, "bool": bool}.get(definition.get("type", ""))
    return kind is not None and isinstance(value, kind) and isinstance(value, bool) == (kind is bool)


def _refuse_what_does_not_fit(profiles: list[str], options: dict[str, t.Any]) -> None:
    if profiles:
        _refuse_beside_a_profile(options)
    else:
        _check_direct_role(options)
    for name in ("external_id", "duration"):
        if options[name] is not None and options["role_arn"] is None:
            raise AnsibleOptionsError(f"{name} requires role_arn, the role to assume.")


def _refuse_beside_a_profile(options: dict[str, t.Any]) -> None:
    direct = [name for name in _DIRECT if options[name] is not None]
    if direct == ["region"]:
        raise AnsibleOptionsError(
            "region is the region of IAM Identity Center, which comes from the profile. Set the region in"
            " which a task works in the task, as an option of its module or as AWS_REGION in its environment."
        )
    if direct:
        raise AnsibleOptionsError(
            f"{' and '.join(direct)} cannot be combined with a profile, which names its own role."
        )


def _check_direct_role(options: dict[str, t.Any]) -> None:
    for name in ("account_id", "role_name"):
        if options[name] is None:
            raise AnsibleOptionsError(
                f"{name} is missing. Name a profile as a term, or specify account_id and role_name."
            )
    if options["session"] is None and None in (options["start_url"], options["region"]):
        raise AnsibleOptionsError("account_id and role_name require session, or start_url and region.")
    account_id = options["account_id"]
    if not (len(account_id) == 12 and account_id.isascii() and account_id.isdigit()):
        raise AnsibleOptionsError(
            f"account_id must be a string of 12 digits, not {account_id!r}. Quote it in YAML, which takes an"
            " unquoted one for a number."
        )


def _assume_role(options: dict[str, t.Any]) -> tuple[dict[str, t.Any], ...]:
    """The request of AssumeRole that goes on top of what the profile says."""
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


_FORMATS = {
    "options": _as_options,
    "environment": _as_environment,
    "process": _as_process,
    "details": _as_details,
}
