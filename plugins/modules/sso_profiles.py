#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sso_profiles
version_added: 0.1.0
short_description: Write SSO sessions and profiles into the AWS configuration file
description:
  - Writes C([sso-session]) and C([profile]) sections of IAM Identity Center into C(~/.aws/config), one or
    thousands in one task.
  - Everything that this module does not set is preserved byte by byte, including comments, order, nested
    blocks, line endings, mode, owner and symbolic links. The file is replaced atomically, after the new
    content was parsed by the rules of botocore and verified.
  - A file that botocore would reject is an error with the line and the reason, and is not changed.
  - >-
    A section that this module adds carries the comment C(# managed by workstation.aws_sso). Only sections
    with that comment are ever removed. Delete the comment to keep the section permanently.
  - >-
    In an existing section, the given keys are set, and added keys are listed in a comment
    C(# keys added by workstation.aws_sso:), so that O(state=absent) can remove them. Other keys are never
    removed, so your own additions to a section are kept.
  - A profile that exists with other credentials (such as C(role_arn)) is an error.
  - The host needs only Python.
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Counts, followed by the changed lines only. Values of static credentials are masked.
  idempotent:
    support: full
  platform:
    platforms: posix
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.module
  - workstation.aws_sso._attributes.linux
options:
  sessions:
    description:
      - Sessions of IAM Identity Center.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
          - Name of the session. Avoid blanks, because SDKs other than botocore do not read such a session.
        type: str
        required: true
      start_url:
        description:
          - Start URL of the AWS access portal, such as V(https://acme.awsapps.com/start).
          - Required with O(state=present).
        type: str
      region:
        description:
          - Region of IAM Identity Center itself.
          - Required with O(state=present).
        type: str
      registration_scopes:
        description:
          - OAuth 2.0 scopes to register the client for. Without V(sso:account:access) there are no refresh
            tokens.
        type: list
        elements: str
        default: [sso:account:access]
  profiles:
    description:
      - Individual profiles, with names of your choice.
      - >-
        A name may contain blanks, but no quotes, brackets, backslashes or control characters. It must not
        begin with a dash or a blank, nor may one of its words begin with C(#) or C(;).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description:
          - Name of the profile. V(default) is the section C([default]).
        type: str
        required: true
      session:
        description:
          - Name of a session in O(sessions) or in the file.
          - Required with O(state=present).
        type: str
      account_id:
        description:
          - ID of the account, a string of 12 digits. A number with fewer digits is an error, because it may
            have lost its leading zeros.
          - Required with O(state=present).
        type: raw
      role_name:
        description:
          - Name of the role, which is the name of the permission set.
          - Required with O(state=present).
        type: str
      region:
        description:
          - Default region of commands that use this profile.
        type: str
      output:
        description:
          - Output format of the AWS CLI, such as V(json), V(yaml), V(text) or V(table).
        type: str
      options:
        description:
          - Further keys, such as C(cli_pager) or C(retry_mode). A dictionary becomes a nested block.
            V(null) removes the key.
          - Keys of SSO and of other credentials are not allowed.
        type: dict
  access:
    description:
      - Accounts and roles, as the lookup P(workstation.aws_sso.sso_access#lookup) returns them, dictionaries
        with C(session), C(account_id), C(account_name), C(email) and C(role_name). Each one becomes a
        profile.
      - A single dictionary is accepted as well. C(lookup()) returns one if there is only one role; C(query())
        always returns a list.
    type: raw
    default: []
  profile_name:
    description:
      - Name of each profile of O(access), a format string with the fields C({account_id}), C({account_name}),
        C({role_name}), C({email}) and C({session}). The default is what C(aws configure sso) suggests.
      - >-
        Fields are sanitized. Each run of characters other than letters, digits and C(_.@+%:/=,-) becomes
        one C(-), which is removed at the start and end of the field. Dashes at the start of the name are
        removed.
      - A field that becomes empty is an error, and so are two profiles with the same name.
    type: str
    default: '{role_name}-{account_id}'
  region:
    description:
      - Region for all profiles of O(access).
    type: str
  output:
    description:
      - Output format for all profiles of O(access).
    type: str
  options:
    description:
      - Further keys for all profiles of O(access), see O(profiles[].options).
    type: dict
  overrides:
    description:
      - Different settings for some of the profiles of O(access). An entry applies to accounts and roles that
        match both of its lists; if several entries match, later ones take precedence key by key.
    type: list
    elements: dict
    default: []
    suboptions:
      accounts:
        description:
          - Shell patterns for the ID or the name of the account, case-sensitive. If empty, all accounts
            match.
        type: list
        elements: str
      roles:
        description:
          - Shell patterns for the name of the role, case-sensitive. If empty, all roles match.
        type: list
        elements: str
      name:
        description:
          - Instead of O(profile_name).
        type: str
      region:
        description:
          - Instead of O(region).
        type: str
      output:
        description:
          - Instead of O(output).
        type: str
      options:
        description:
          - Keys that replace those of the same name in O(options).
        type: dict
  accounts:
    description:
      - Shell patterns for the ID or the name of the account. Only entries of O(access) that match one of them
        become profiles. Case-sensitive. Without patterns, all of them do.
    type: list
    elements: str
    default: []
  roles:
    description:
      - Shell patterns for the name of the role. Only entries of O(access) that match one of them become
        profiles. Case-sensitive. Without patterns, all of them do.
    type: list
    elements: str
    default: []
  exclude_accounts:
    description:
      - Shell patterns for the ID or the name of the account. Entries of O(access) that match one of them do
        not become profiles. Case-sensitive.
    type: list
    elements: str
    default: []
  exclude_roles:
    description:
      - Shell patterns for the name of the role. Entries of O(access) that match one of them do not become
        profiles. Case-sensitive.
    type: list
    elements: str
    default: []
  default_profile:
    description:
      - Name of a profile, in this task or in the file, to mirror as C([default]).
      - With O(state=absent) the mirror is removed.
      - Fails if C([default]), here or in the credentials file, contains other credentials, unless
        O(force_default) is set.
    type: str
  force_default:
    description:
      - Let O(default_profile) replace the credentials in C([default]) of the configuration file.
    type: bool
    default: false
  state:
    description:
      - V(present) adds and updates.
      - V(absent) removes what V(present) added, for the names in O(sessions), O(profiles) and O(access).
        Values that were changed in existing sections are not restored; use O(backup) to keep them.
    type: str
    choices: [absent, present]
    default: present
  purge:
    description:
      - Remove profiles that this module wrote and that are no longer listed, if they belong to a session in
        O(sessions), O(profiles) or O(access).
    type: bool
    default: false
  path:
    description:
      - Path of the configuration file. A symbolic link is followed. Missing directories are created with mode
        V(0700), a missing file with mode V(0600).
    type: path
    default: ~/.aws/config
  credentials_path:
    description:
      - Path of the shared credentials file, which is read to find profiles of the same name and is never
        changed.
      - Defaults to the file C(credentials) beside O(path).
    type: path
  backup:
    description:
      - Keep a copy of the previous file with a timestamp beside it each time it changes.
    type: bool
    default: false
notes:
  - Tasks of this collection lock the file. Other programs do not; if one of them changes the file in the
    meantime, the module reads it again and repeats the change.
  - A file with several hard links, or one that cannot be replaced because it is a mount point or its
    directory is not writable, is written in place.
  - The environment variable E(AWS_CONFIG_FILE) is ignored; set O(path).
seealso:
  - plugin: workstation.aws_sso.sso_access
    plugin_type: lookup
  - module: workstation.aws_sso.sso_login
  - name: Configuration and credential file settings
    description: The format of the file.
    link: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
"""

EXAMPLES = r"""
- name: Write the session of the company
  workstation.aws_sso.sso_profiles:
    sessions:
      - name: acme
        start_url: https://acme.awsapps.com/start
        region: eu-west-1

- name: Write a profile for every account and role that you have access to
  workstation.aws_sso.sso_profiles:
    access: "{{ query('workstation.aws_sso.sso_access', 'acme') }}"
    profile_name: "{account_name}-{role_name}"
    region: eu-central-1
    output: json
    purge: true
    overrides:
      - accounts: ["*-us", "444455556666"]
        region: us-east-1
      - roles: ["Admin*"]
        options:
          cli_pager: ""

- name: Write a single profile and make it the default
  workstation.aws_sso.sso_profiles:
    profiles:
      - name: sandbox
        session: acme
        account_id: "012345678901"
        role_name: Developer
        region: eu-west-1
        options:
          s3:
            addressing_style: path
    default_profile: sandbox
    backup: true

- name: Remove the session and its profiles
  workstation.aws_sso.sso_profiles:
    state: absent
    sessions:
      - name: acme
    purge: true
"""

RETURN = r"""
path:
  description: The configuration file.
  returned: success
  type: str
  sample: /home/jane/.aws/config
profiles:
  description: Names of all profiles of the task, first those of O(profiles), then those of O(access).
  returned: success
  type: list
  elements: str
  sample: [ReadOnly-111122223333]
profiles_added:
  description: Names of the added profiles, V(default) for C([default]).
  returned: success
  type: list
  elements: str
  sample: [ReadOnly-111122223333]
profiles_changed:
  description: Names of the changed profiles.
  returned: success
  type: list
  elements: str
  sample: []
profiles_removed:
  description: Names of the removed profiles.
  returned: success
  type: list
  elements: str
  sample: []
profiles_shadowed:
  description: Names of wanted profiles that are sections of the credentials file as well, whose keys win.
  returned: success
  type: list
  elements: str
  sample: []
sessions_added:
  description: Names of the sessions that were added.
  returned: success
  type: list
  elements: str
  sample: [acme]
sessions_changed:
  description: Names of the sessions of which a line was changed.
  returned: success
  type: list
  elements: str
  sample: []
sessions_removed:
  description: Names of the sessions that were removed.
  returned: success
  type: list
  elements: str
  sample: []
backup_file:
  description: The copy of the file as it was.
  returned: changed and O(backup=true) and there was a file
  type: str
  sample: /home/jane/.aws/config.4242.2026-11-23@07:24:45~
"""

import os
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._aws_config.planner import Plan
from ..module_utils._aws_config.update import (
    UpdateResult,
    request_from_options,
    update,
)
from ..module_utils._errors import WorkstationError
from ..module_utils._files.errors import file_error_text

SELECTION = ("accounts", "roles", "exclude_accounts", "exclude_roles")


def argument_spec() -> t.Dict[str, t.Any]:
    settings: t.Dict[str, t.Any] = {
        "region": {"type": "str"},
        "output": {"type": "str"},
        "options": {"type": "dict"},
    }
    session = {
        "name": {"type": "str", "required": True},
        "start_url": {"type": "str"},
        "region": {"type": "str"},
        "registration_scopes": {"type": "list", "elements": "str", "default": ["sso:account:access"]},
    }
    profile = {
        "name": {"type": "str", "required": True},
        "session": {"type": "str"},
        "account_id": {"type": "raw"},
        "role_name": {"type": "str"},
        **settings,
    }
    override = {
        "accounts": {"type": "list", "elements": "str"},
        "roles": {"type": "list", "elements": "str"},
        "name": {"type": "str"},
        **settings,
    }
    return {
        "sessions": {"type": "list", "elements": "dict", "default": [], "options": session},
        "profiles": {"type": "list", "elements": "dict", "default": [], "options": profile},
        "access": {"type": "raw", "default": []},
        "profile_name": {"type": "str", "default": "{role_name}-{account_id}"},
        **settings,
        "overrides": {"type": "list", "elements": "dict", "default": [], "options": override},
        **{name: {"type": "list", "elements": "str", "default": []} for name in SELECTION},
        "default_profile": {"type": "str"},
        "force_default": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
        "purge": {"type": "bool", "default": False},
        "path": {"type": "path", "default": "~/.aws/config"},
        "credentials_path": {"type": "path"},
        "backup": {"type": "bool", "default": False},
    }


def main() -> None:
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True)
    options = module.params
    path = os.path.abspath(options["path"])
    try:
        request = request_from_options(options)
        outcome = update(
            path,
            options["credentials_path"] or os.path.join(os.path.dirname(path), "credentials"),
            request,
            backup=module.backup_local if options["backup"] else None,
            check_mode=module.check_mode,
        )
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error, path))
    plan = outcome.plan
    for warning in plan.warnings:
        module.warn(warning)
    values = {**result(path, outcome), "profiles": list(request.profiles)}
    if module._diff and values["changed"]:
        values["diff"] = {"prepared": f"{path}: {counts(plan)}\n{plan.diff()}"}
    module.exit_json(**values)


def result(path: str, outcome: UpdateResult) -> t.Dict[str, t.Any]:
    plan = outcome.plan
    values: t.Dict[str, t.Any] = {
        "changed": plan.data is not None,
        "path": path,
        "profiles_added": plan.added["profile"],
        "profiles_changed": plan.changed["profile"],
        "profiles_removed": plan.removed["profile"],
        "profiles_shadowed": plan.shadowed,
        "sessions_added": plan.added["sso-session"],
        "sessions_changed": plan.changed["sso-session"],
        "sessions_removed": plan.removed["sso-session"],
    }
    if outcome.backup_file:
        values["backup_file"] = outcome.backup_file
    return values


def counts(plan: Plan) -> str:
    """A line such as '5000 profiles added, 1 session changed'."""
    parts = []
    for verb, names in (("added", plan.added), ("changed", plan.changed), ("removed", plan.removed)):
        for noun, kind in (("session", "sso-session"), ("profile", "profile")):
            number = len(names[kind])
            if number:
                parts.append(f"{number} {noun}{'s' if number > 1 else ''} {verb}")
    return ", ".join(parts)


if __name__ == "__main__":
    main()
