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
  - Cached credentials are returned only in the sign-in that obtained them, not after a logout of the session
    or a sign-in of another user. A token that AWS has revoked does not affect them.
  - Credentials that cannot be cached are returned all the same, with a warning.
  - Calls to AWS use the endpoints, the CA bundle and the other settings of the profile that is looked up, as
    the AWS CLI with C(--profile). Neither the active profile (E(AWS_PROFILE)) nor C([default]) has a say in
    it. Where only a session is named, the endpoints are those of AWS. In both cases, the variables
    E(AWS_ENDPOINT_URL_SSO), E(AWS_ENDPOINT_URL_SSO_OIDC), E(AWS_ENDPOINT_URL) and E(AWS_CA_BUNDLE) take
    precedence.
  - Sign in with M(workstation.aws_sso.sso_login) or C(aws sso login) first. The lookup never opens a browser;
    it refreshes a token that is about to expire, or fails with the command that signs in.
extends_documentation_fragment:
  - workstation.aws_sso._access.environment
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
      - With O(start_url) it need not be in the AWS configuration, and may be left out.
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
      - Region of IAM Identity Center. It is not the region of your resources.
      - Required with O(start_url), unless that contains the region, such as
        V(https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws).
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
  - Inventories share the environment of all tasks, so nothing is unset for them. An inventory with keys of
    this lookup in its options fails if E(AWS_PROFILE) names a profile that does not exist; a warning says so.
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
from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ..module_utils._errors import WorkstationError


def _load(name: str) -> types.ModuleType:
    """The module *name* of plugin_utils, by Python's loader, which keeps bytecode, unlike Ansible's."""
    full_name = f"{__name__.partition('lookup.')[0]}plugin_utils.{name}"
    if full_name not in sys.modules:
        path = os.path.join(os.path.dirname(os.path.dirname(__file__)), "plugin_utils", f"{name}.py")
        loader = importlib.machinery.SourceFileLoader(full_name, path)
        module = sys.modules[full_name] = types.ModuleType(full_name)
        module.__file__, module.__package__ = path, full_name.rpartition(".")[0]
        loader.exec_module(module)
    return sys.modules[full_name]


if t.TYPE_CHECKING:
    from ..plugin_utils import _cached_credentials as fast_path
else:
    fast_path = _load("_cached_credentials")  # its docstring says why, and what it may do

_DEFINITIONS = fast_path.option_definitions(DOCUMENTATION)
C.config.initialize_plugin_configuration_definitions("lookup", __name__, _DEFINITIONS)


class LookupModule(LookupBase):
    def run(self, terms: list[str], variables: t.Any = None, **kwargs: t.Any) -> list[dict[str, t.Any]]:
        profiles, options = self._profiles_and_options(terms, kwargs)
        fast_path.check_options(profiles, options)
        if options["environment"]:
            with _load("_environment").environment_with(options["environment"]):
                results = self._results(profiles or (None,), options)
        else:
            results = self._results(profiles or (None,), options)
        if "AWS_PROFILE" in os.environ or "AWS_DEFAULT_PROFILE" in os.environ:
            from ..plugin_utils._credentials import aws_profile

            aws_profile.unset_conflicting_profile(options["format"])
        return results

    def _results(self, profiles: t.Sequence[str | None], options: dict[str, t.Any]) -> list[dict[str, t.Any]]:
        make_result = fast_path.FORMATS[options["format"]]
        return [make_result(*self._credentials(profile, options)) for profile in profiles]

    def _profiles_and_options(
        self, terms: list[str], given: dict[str, t.Any]
    ) -> tuple[list[str], dict[str, t.Any]]:
        options = fast_path.typed_options(terms, given, _DEFINITIONS)
        if options is not None:
            return terms, options
        profiles, options = _load("_options").lookup_options(self, terms, given)
        return profiles, options

    def _credentials(
        self, profile: str | None, options: dict[str, t.Any]
    ) -> tuple[fast_path.RoleCredentials, fast_path.Role]:
        found = fast_path.cached_role(profile, options)
        if found is None:
            return self._by_full_path(profile, options)
        if self._display.verbosity > 2:
            self._display.vvv(f"workstation.aws_sso: {fast_path.hit_text(*found)}")
        return found

    def _by_full_path(
        self, profile: str | None, options: dict[str, t.Any]
    ) -> tuple[fast_path.RoleCredentials, fast_path.Role]:
        from ..plugin_utils._credentials import resolve

        try:
            source = resolve.find_source(profile, options).assuming(fast_path.assume_role_requests(options))
            credentials = resolve.role_credentials(
                source, options["min_ttl"], options["cache"], self._display.warning
            )
        except WorkstationError as error:
            raise AnsibleError(str(error)) from None
        return credentials, source.role
