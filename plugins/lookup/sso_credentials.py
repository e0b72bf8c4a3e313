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
  - Returns temporary credentials of a role that you have in an account, or of a role that this one may
    assume.
  - They come from C(~/.aws/cli/cache), which the AWS CLI shares, as long as they last for O(min_ttl). Else
    AWS is asked, by one process for all hosts and forks that want the same role.
  - After a logout of the session, credentials that are left in the cache are not handed out.
  - Sign in with M(workstation.aws_sso.sso_login) or C(aws sso login) before. The lookup itself never opens a
    browser; it refreshes a token that nears its end, and else fails with the command that signs in.
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
      - The ID of the account, 12 digits. Quote it, because YAML takes it for a number.
    type: str
  role_name:
    description:
      - The name of the role, which is that of its permission set.
    type: str
  start_url:
    description:
      - The start URL of your company, for example V(https://acme.awsapps.com/start), where no configuration
        file has it.
    type: str
  region:
    description:
      - The region of IAM Identity Center that goes with O(start_url). It is not the region in which tasks
        work.
    type: str
  format:
    description:
      - The shape of what is returned.
      - V(options) has the keys that modules and lookups of C(amazon.aws) take, for one task or for
        C(module_defaults).
      - V(environment) has variables for the C(environment) keyword, and so for any tool that knows AWS.
      - V(process) is a document as C(credential_process) writes it.
      - V(details) says everything.
    type: str
    choices: [options, environment, process, details]
    default: options
  min_ttl:
    description:
      - Seconds for which the credentials are good at least. Ask for as long as the work with them takes.
      - The session duration of the permission set has the last word. If it is shorter, a warning says so, and
        the credentials are renewed when a quarter of their life is over.
    type: int
    default: 900
  cache:
    description:
      - Whether credentials are taken from the cache and kept there. If V(false), each use of the lookup asks
        AWS.
    type: bool
    default: true
  role_arn:
    description:
      - A role to assume with the credentials of the profile, or of O(account_id) and O(role_name).
      - Its credentials have a cache entry of their own.
    type: str
  external_id:
    description:
      - The external ID that the trust policy of O(role_arn) asks for.
    type: str
  duration:
    description:
      - Seconds for which the credentials of O(role_arn) are issued, 900 to 3600. A role that is assumed with
        another role cannot have more.
      - If not specified, AWS gives 3600 seconds.
    type: int
requirements:
  - botocore on the controller, where credentials are not in the cache
notes:
  - Set C(no_log) on each task that gets what this lookup returns. Modules of C(amazon.aws) hide
    their own arguments, but the result of a loop shows its items, and other modules show what they are given.
  - Ansible puts the C(environment) keyword in front of a command line, which it shows with C(-vvv) even if
    C(no_log) is set, and which the users of the machine can see in the list of processes. Where a tool knows
    profiles, name one in E(AWS_PROFILE) instead; it finds the same credentials.
  - The variables E(AWS_PROFILE) and E(AWS_DEFAULT_PROFILE) of Ansible's own environment would get in the way
    of keys in a task. With O(format=environment) they are removed for the task, with O(format=options) if
    there is no such profile; one that exists does not matter there, because RV(_raw[].profile) is empty.
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
    group/amazon.aws.aws: "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333') }}"
  no_log: true

- name: Work with one role for a whole play
  hosts: localhost
  gather_facts: false
  module_defaults:
    group/amazon.aws.aws: "{{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333') }}"
  tasks:
    - name: Ask who I am
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
    group/amazon.aws.aws: >-
      {{ lookup('workstation.aws_sso.sso_credentials', 'ReadOnly-111122223333', duration=1800,
                role_arn='arn:aws:iam::222233334444:role/Deploy') }}
  no_log: true
"""

RETURN = r"""
_raw:
  description:
    - One dictionary for each term, in the shape that O(format) asks for. Below are the keys of V(options) and
      V(details).
    - V(environment) has C(AWS_ACCESS_KEY_ID), C(AWS_SECRET_ACCESS_KEY), C(AWS_SESSION_TOKEN),
      C(AWS_CREDENTIAL_EXPIRATION), C(AWS_ACCOUNT_ID), and, if the profile has a region, C(AWS_REGION) and
      C(AWS_DEFAULT_REGION).
    - V(process) has C(Version), C(AccessKeyId), C(SecretAccessKey), C(SessionToken), C(Expiration) and
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

import difflib
import importlib.machinery
import os
import sys
import types
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

if t.TYPE_CHECKING:
    from ansible_collections.workstation.aws_sso.plugins.plugin_utils._at_hand import Role, RoleCredentials

# A lookup is loaded in each worker, that is for each task on each host, where two things that Ansible does
# would take longer than to hand out credentials that are at hand. It would parse the documentation above,
# unless it knows the options already; nothing of them can be configured, so they are checked here.
C.config.initialize_plugin_configuration_definitions("lookup", __name__, {})

_DEFAULTS: dict[str, t.Any] = {
    "session": None,
    "account_id": None,
    "role_name": None,
    "start_url": None,
    "region": None,
    "format": "options",
    "min_ttl": 900,
    "cache": True,
    "role_arn": None,
    "external_id": None,
    "duration": None,
}
_DIRECT = ("session", "account_id", "role_name", "start_url", "region")


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: t.Any = None, **kwargs: t.Any) -> list[dict[str, t.Any]]:
        options = _checked(terms, kwargs)
        shape = _FORMATS[options["format"]]
        profiles: list[str | None] = [*terms] or [None]
        answers = [shape(*self._credentials(profile, options)) for profile in profiles]
        if "AWS_PROFILE" in os.environ or "AWS_DEFAULT_PROFILE" in os.environ:
            from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _ambient_profile

            _ambient_profile.step_aside(options["format"])
        return answers

    def _credentials(self, profile: str | None, options: dict[str, t.Any]) -> tuple[RoleCredentials, Role]:
        at_hand = _shortest_way()
        role = at_hand.plain_role(profile) if profile is not None else at_hand.direct_role(options)
        if role is not None and options["cache"]:
            role.chain += _assume_role(options)
            credentials = at_hand.credentials_at_hand(role, options["min_ttl"])
            if credentials is not None:
                return credentials, role
        return self._fetched(profile, options)

    def _fetched(self, profile: str | None, options: dict[str, t.Any]) -> tuple[RoleCredentials, Role]:
        from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _credentials
        from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import AwsSsoError

        try:
            source = _credentials.source_of(profile, options).assuming(_assume_role(options))
            credentials = _credentials.role_credentials(
                source, options["min_ttl"], options["cache"], self._display.warning
            )
        except AwsSsoError as error:
            raise AnsibleError(str(error)) from None
        return credentials, source.role


def _shortest_way() -> t.Any:
    """The module _at_hand, by Python's loader, which keeps bytecode; Ansible's compiles it each time."""
    name = f"{__name__.partition('lookup.')[0]}plugin_utils._at_hand"
    if name not in sys.modules:
        plugins = os.path.dirname(os.path.dirname(__file__))
        path = os.path.join(plugins, "plugin_utils", "_at_hand.py")
        loader = importlib.machinery.SourceFileLoader(name, path)
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__file__ = path
        loader.exec_module(sys.modules[name])
    return sys.modules[name]


def _checked(terms: list[str], given: dict[str, t.Any]) -> dict[str, t.Any]:
    """The options with their defaults, as Ansible would check them had it parsed the documentation."""
    for name in given:
        if name not in _DEFAULTS:
            near = difflib.get_close_matches(name, _DEFAULTS, n=1)
            raise AnsibleError(f"There is no option {name}.{f' Did you mean {near[0]}?' if near else ''}")
    options = {**_DEFAULTS, **{name: value for name, value in given.items() if value is not None}}
    if options["format"] not in _FORMATS:
        raise AnsibleError(f"format is one of {', '.join(_FORMATS)}, not {options['format']}.")
    for name in ("min_ttl", "duration"):
        options[name] = options[name] and _seconds(name, options[name])
    if not isinstance(options["cache"], bool):
        options["cache"] = _truth("cache", options["cache"])
    _refuse_what_does_not_fit(terms, options)
    return options


def _seconds(name: str, value: t.Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise AnsibleError(f"{name} is a number of seconds, not {value!r}.") from None


def _truth(name: str, value: t.Any) -> bool:
    from ansible.module_utils.parsing.convert_bool import boolean

    try:
        return bool(boolean(value))
    except TypeError:
        raise AnsibleError(f"{name} is true or false, not {value!r}.") from None


def _refuse_what_does_not_fit(terms: list[str], options: dict[str, t.Any]) -> None:
    direct = [name for name in _DIRECT if options[name] is not None]
    if terms and direct:
        raise AnsibleError(f"The profile decides already; leave out {' and '.join(direct)}.")
    if not terms:
        for name in ("account_id", "role_name"):
            if options[name] is None:
                raise AnsibleError(f"Name a profile, or give account_id and role_name; {name} is missing.")
        if options["session"] is None and None in (options["start_url"], options["region"]):
            raise AnsibleError("With account_id and role_name goes a session, or start_url and region.")
        if not _is_account_id(options["account_id"]):
            raise AnsibleError(
                f"account_id is a text of 12 digits, not {options['account_id']!r}. Quote it in YAML, which"
                " takes an unquoted one for a number."
            )
    for name in ("external_id", "duration"):
        if options[name] is not None and options["role_arn"] is None:
            raise AnsibleError(f"{name} belongs to role_arn, the role to assume.")


def _is_account_id(value: t.Any) -> bool:
    return isinstance(value, str) and len(value) == 12 and value.isascii() and value.isdigit()


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
