#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sso_profiles
version_added: 0.1.0
short_description: Write SSO sessions and profiles to the AWS configuration file
description:
  - Writes C([sso-session]) and C([profile]) sections for IAM Identity Center to C(~/.aws/config), one or
    thousands of them in one task.
  - Everything else in the file is kept byte for byte, including comments, order, nested blocks, line endings,
    mode, owner and symbolic links. The file is replaced atomically, after the new content has been parsed by
    the rules of botocore and contains exactly the requested settings.
  - A file that botocore would reject is not changed. The error message contains the line and the reason.
  - >-
    A section that this module adds contains the comment C(# managed by workstation.aws_sso). Only sections
    with this comment are ever removed. Delete the comment to keep a section permanently.
  - >-
    In a section that already existed, the requested keys are set. Added keys are listed in a comment
    C(# keys added by workstation.aws_sso:), and replaced lines are kept in comments
    C(# replaced by workstation.aws_sso:), so that O(state=absent) can undo both.
  - Before it writes, it resolves each requested profile as botocore does. What would not work, for example
    because of a key in C([DEFAULT]), is an error that names the line to change.
  - A glob that matches nothing in O(access) is no error. A warning names the globs of O(accounts) or O(roles)
    if none of them matches anything, and a glob that looks like a misspelled name, also in O(overrides).
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
attributes:
  diff_mode:
    details:
      - Shows the number of changes and the changed lines. Values of static credentials are masked.
  platform:
    platforms: posix
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.full
  - workstation.aws_sso._attributes.module
  - workstation.aws_sso._attributes.linux
  - workstation.aws_sso._session_definition
  - workstation.aws_sso._profiles
  - workstation.aws_sso._profiles.generated
  - workstation.aws_sso._existing_sections
options:
  default_profile:
    description:
      - Name of a profile, of this task or in the file, that C([default]) mirrors. O(state=absent) removes
        C([default]).
      - Fails if C([default]), in this file or in the credentials file, has other credentials, unless
        O(force_default=true).
    type: str
  state:
    description:
      - V(present) adds and updates sections.
      - V(absent) removes what V(present) added, for the names in O(sessions), O(profiles) and O(access).
        Lines that were replaced in existing sections are restored. With O(purge), it does so for all profiles
        of the sessions.
    type: str
    choices: [absent, present]
    default: present
  path:
    description:
      - The configuration file. Symbolic links are followed. A missing file is created with mode V(0600),
        missing directories with mode V(0700).
    type: path
    default: ~/.aws/config
  credentials_path:
    description:
      - The shared credentials file, which is read to find profiles of the same name, and never changed.
      - The default is the file C(credentials) in the directory of O(path).
    type: path
  backup:
    description:
      - Create a backup of the file, with a timestamp in its name, whenever the file changes.
    type: bool
    default: false
notes:
  - Concurrent tasks of this collection wait for each other. Other programs do not use this lock; if one of
    them writes the file in the meantime, the module waits until it has finished and repeats its work.
  - In a directory of another user, root reads and writes the file with the permissions of that user. Use
    C(become_user) for other files that only this user can reach.
  - A file with several hard links is written in place. So is one that cannot be replaced, because it is a
    mount point or its directory is not writable.
  - The environment variables E(AWS_CONFIG_FILE) and E(AWS_SHARED_CREDENTIALS_FILE) do not change O(path) and
    O(credentials_path). A warning says so if the defaults are other files than those that the variables name.
seealso:
  - plugin: workstation.aws_sso.sso_access
    plugin_type: lookup
  - module: workstation.aws_sso.sso_login
  - name: Configuration and credential file settings
    description: The format of the file.
    link: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
"""

EXAMPLES = r"""
- name: Add a session
  workstation.aws_sso.sso_profiles:
    sessions:
      - name: acme
        start_url: https://acme.awsapps.com/start
        region: eu-west-1

- name: Add a profile for each account and role that you can access
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

- name: Take over the profiles of another tool, and add a second scheme of names next to it
  workstation.aws_sso.sso_profiles:
    access: "{{ query('workstation.aws_sso.sso_access', 'acme') }}"
    profile_name: "{{ item.profile_name }}"
    owner: "{{ item.owner }}"
    adopt: true
    purge: true
  loop:
    - {owner: by-name, profile_name: "{account_name}.{role_name}"}
    - {owner: by-id, profile_name: "{account_id}-{role_name}"}

- name: Name profiles by a tag of the account, with other settings for an organizational unit
  workstation.aws_sso.sso_profiles:
    access: >-
      {{ query('workstation.aws_sso.sso_access', 'acme', organization={'profile': 'organization-reader'}) }}
    profile_name: "{tags[team]}-{account_name}-{role_name}"
    exclude_account_tags:
      decommissioned: "*"
    overrides:
      - organizational_units: ["Workloads/Production", "Workloads/Production/*"]
        options:
          cli_pager: ""
      - account_tags:
          data-residency: us-*
        region: us-east-1

- name: Add a single profile and make it the default
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

- name: Name the profiles as the company does, and keep the account's name in each profile
  workstation.aws_sso.sso_profiles:
    access: "{{ query('workstation.aws_sso.sso_access', 'acme') }}"
    profile_name: "{account_alias:removeprefix('Acme ')|lower}-{role_name:replace('Access', '')|lower}"
    account_aliases:
      "111122223333": root
    options:
      sso_account_name: "{account_name}"
    exclude_accounts: ["*sandbox*"]
    exclude_roles: ["*Audit*"]

- name: Add a profile that assumes a role in another account with the credentials of a first one
  workstation.aws_sso.sso_profiles:
    profiles:
      - name: deploy
        role_arn: arn:aws:iam::444455556666:role/Deploy
        source_profile: sandbox
        region: eu-west-1
        options:
          external_id: acme-1234
          duration_seconds: 3600

- name: Remove a session and its profiles
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
  description: Names of the requested profiles, first those of O(profiles), then those of O(access).
  returned: success
  type: list
  elements: str
  sample: [ReadOnly-111122223333]
profiles_added:
  description: Names of the added profiles; V(default) for C([default]).
  returned: success
  type: list
  elements: str
  sample: [ReadOnly-111122223333]
profiles_adopted:
  description: Profiles that were taken over from other tools, with the tool and the keys that were removed.
  returned: success
  type: list
  elements: dict
  sample: [{name: dev.Admin, written_by: aws-sso-util, removed_keys: [credential_process, sso_start_url]}]
profiles_changed:
  description: Names of the changed profiles.
  returned: success
  type: list
  elements: str
profiles_removed:
  description: Names of the removed profiles.
  returned: success
  type: list
  elements: str
profiles_shadowed:
  description: Names of requested profiles that the credentials file has as well; its keys take precedence.
  returned: success
  type: list
  elements: str
sessions_added:
  description: Names of the added sessions.
  returned: success
  type: list
  elements: str
  sample: [acme]
sessions_changed:
  description: Names of the changed sessions.
  returned: success
  type: list
  elements: str
sessions_removed:
  description: Names of the removed sessions.
  returned: success
  type: list
  elements: str
backup_file:
  description: Path of the backup of the file.
  returned: changed and O(backup=true) and the file existed
  type: str
  sample: /home/jane/.aws/config.4242.2026-11-23@07:24:45~
"""

import os
import typing as t

from ..module_utils._access.unmatched import unmatched_in_options
from ..module_utils._aws_config.desired import OVERRIDE_DEFINITION, PROFILE_DEFINITION, SETTINGS, access_list
from ..module_utils._aws_config.parser import ignored_variables
from ..module_utils._aws_config.update import request_from_options, update
from ..module_utils._errors import WorkstationError
from ..module_utils._files.errors import file_error_text
from ..module_utils._host.secrets import HostModule
from ..module_utils._sso.session_input import SESSION_DEFINITION

ARGUMENT_SPEC: t.Dict[str, t.Any] = {
    "sessions": {"type": "list", "elements": "dict", "default": [], "options": SESSION_DEFINITION},
    "profiles": {"type": "list", "elements": "dict", "default": [], "options": PROFILE_DEFINITION},
    "access": {"type": "raw", "default": []},
    "profile_name": {"type": "str", "default": "{role_name}-{account_id}"},
    **SETTINGS,
    "account_aliases": {"type": "dict", "default": {}},
    "overrides": {"type": "list", "elements": "dict", "default": [], "options": OVERRIDE_DEFINITION},
    "accounts": {"type": "list", "elements": "raw", "default": []},
    "roles": {"type": "list", "elements": "str", "default": []},
    "exclude_accounts": {"type": "list", "elements": "raw", "default": []},
    "exclude_roles": {"type": "list", "elements": "str", "default": []},
    "exclude_organizational_units": {"type": "list", "elements": "str", "default": []},
    "exclude_account_tags": {"type": "dict", "default": {}},
    "default_profile": {"type": "str"},
    "force_default": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": False},
    "owner": {"type": "str"},
    "adopt": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "purge": {"type": "bool", "default": False},
    "path": {"type": "path", "default": "~/.aws/config"},
    "credentials_path": {"type": "path"},
    "backup": {"type": "bool", "default": False},
}


def main() -> None:
    module = HostModule(ARGUMENT_SPEC, supports_check_mode=True)
    options = module.params
    path = os.path.abspath(options["path"])
    credentials_path = options["credentials_path"] or os.path.join(os.path.dirname(path), "credentials")
    backup = module.backup_local if options["backup"] else None
    try:
        request = request_from_options(options)
        unmatched = unmatched_in_options(access_list(options["access"]), options)
        plan, backup_file = update(path, credentials_path, request, backup, module.check_mode)
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error, path))
    summary = f"{path}: {plan.summary() or 'no changes'}"
    module.debug(f"workstation.aws_sso: {summary}")
    for warning in [*ignored_variables(path, credentials_path, os.environ), *plan.warnings, *unmatched]:
        module.warn(warning)
    result = {"path": path, "profiles": list(request.profiles), **plan.facts()}
    if backup_file:
        result["backup_file"] = backup_file
    if module._diff and result["changed"]:
        result["diff"] = {"prepared": f"{summary}\n{plan.diff()}"}
    module.exit_json(**result)


if __name__ == "__main__":
    main()
