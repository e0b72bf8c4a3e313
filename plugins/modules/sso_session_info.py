#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sso_session_info
short_description: Gather information about sessions of AWS IAM Identity Center
version_added: 0.1.0
description:
  - Returns from the files of the AWS CLI which sessions are signed in and until when. It returns no secret
    and does not call AWS.
  - A damaged file is reported in RV(sessions[].problems), and is not a failure.
extends_documentation_fragment:
  - workstation.aws_sso._attributes.read_only
  - workstation.aws_sso._attributes.action
  - workstation.aws_sso._attributes.action_group
  - workstation.aws_sso._controller
  - workstation.aws_sso._session
notes:
  - AWS tokens are valid for an hour, and are refreshed when they are used. So a play needs a sign-in only if
    a session has neither RV(sessions[].logged_in) nor RV(sessions[].refreshable).
seealso:
  - module: workstation.aws_sso.sso_login
  - module: workstation.aws_sso.sso_logout
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
"""

EXAMPLES = r"""
- name: Gather information about all sessions
  workstation.aws_sso.sso_session_info:
  register: info

- name: Show when they expire
  ansible.builtin.debug:
    msg: "{{ item.name }} is logged in until {{ item.expires_at }}"
  loop: "{{ info.sessions | selectattr('logged_in') }}"
  loop_control:
    label: "{{ item.name }}"

- name: Gather information about a session of the user of a host
  workstation.aws_sso.sso_session_info:
    session: corp
    token_store: host
  register: info

- name: Fail if a sign-in is required
  ansible.builtin.assert:
    that: info.sessions[0].logged_in or info.sessions[0].refreshable
"""

RETURN = r"""
sessions:
  description: The state of each session.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: >-
        Name of the session; V(null) for a start URL without a name, and for a session whose name is in no
        configuration.
      type: str
    start_url:
      description: Start URL of the session; V(null) if nothing contains it.
      type: str
    region:
      description: Region of IAM Identity Center; V(null) if nothing contains it.
      type: str
    configured:
      description:
        - Whether the AWS configuration defines the session completely, so that
          M(workstation.aws_sso.sso_login) can sign in to it by its name.
      type: bool
    logged_in:
      description:
        - Whether there is a token that has not expired.
        - It is V(false) an hour after the last use, also when no sign-in is required, see
          RV(sessions[].refreshable).
      type: bool
    expires_at:
      description: When the token expires or expired, in UTC; V(null) without a token.
      type: str
    refreshable:
      description:
        - Whether the token, expired or not, can be refreshed without a sign-in, judged from its file.
        - AWS refuses to refresh it once the user's session at IAM Identity Center has expired or was ended,
          which only AWS knows.
      type: bool
    registration_expires_at:
      description:
        - When the registration of the client expires; the token cannot be refreshed after that.
        - V(null) without a registration.
      type: str
    cached_roles:
      description:
        - Role credentials in the cache of the AWS CLI that belong to the session, expired ones too.
        - The files that this collection wrote are found, and those of accounts and roles that the
          configuration mentions.
      type: list
      elements: dict
      contains:
        account_id:
          description: The account.
          type: str
        role_name:
          description: The role of IAM Identity Center, which is the name of a permission set.
          type: str
        role_arn:
          description: The role that was assumed with it; V(null) if none was.
          type: str
        expires_at:
          description: When the credentials expire or expired, in UTC; V(null) for a damaged file.
          type: str
    problems:
      description: >-
        Damaged or unreadable files, an incomplete section of the configuration, a token of another start URL,
        and what to do about them.
      type: list
      elements: str
  sample:
    - name: corp
      start_url: https://example.awsapps.com/start
      region: eu-west-1
      configured: true
      logged_in: true
      expires_at: "2026-11-23T07:24:45Z"
      refreshable: true
      registration_expires_at: "2027-02-20T23:24:45Z"
      cached_roles:
        - account_id: "111122223333"
          role_name: ReadOnly
          role_arn: null
          expires_at: "2026-11-23T07:20:00Z"
      problems: []
"""

import os
import sys

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._errors import WorkstationError
from ..module_utils._files.errors import file_error_text
from ..module_utils._sso.known_sessions import OPTIONS
from ..module_utils._sso.session_facts import session_facts
from ..module_utils._sso.sign_out import SignOut, readable_tokens
from ..module_utils._text import printable_values


def main() -> None:
    """The host's half for O(token_store=host); it returns also where tokens are, for a sign-out."""
    module = AnsibleModule(OPTIONS, supports_check_mode=True)
    name = module.params["session"]
    try:
        facts, notes = session_facts(name)
        files = SignOut(name).find().sessions
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error))
    sessions = [
        {**one, "file": os.path.basename(found.session.token_path), "token_files": readable_tokens(found)}
        for one, found in zip(facts, files)
    ]
    answer = {"sessions": sessions, "notes": notes, "python": sys.executable}
    module.exit_json(changed=False, **printable_values(answer))


if __name__ == "__main__":
    main()
