#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sso_logout
short_description: End sessions of AWS IAM Identity Center
version_added: 0.1.0
description:
  - Removes the tokens of sessions and the role credentials that are cached for them, and ends the sessions at
    AWS. Other sessions, files of other tools and the client registration are kept.
  - This includes temporary files that a killed process left beside them, and the target if the token file is
    a symbolic link.
  - Files are removed first, and AWS is called afterwards. AWS is waited for no longer than ten seconds.
    Without a network, a warning says that the session is still active at AWS.
  - A token is ended by the start URL and the Region in its own file. So a session can be signed out of when
    its section in the AWS configuration was changed, is incomplete or was removed, and when the configuration
    cannot be parsed.
  - A file that cannot be removed does not keep the others from being removed. The task then fails at its end
    and names the file.
  - Role credentials that were issued before stay valid at AWS until they expire.
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.action
  - workstation.aws_sso._attributes.action_group
  - workstation.aws_sso._controller
  - workstation.aws_sso._session
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details: What is removed are secrets; RV(sessions) names the files.
  idempotent:
    support: full
notes:
  - The name of a file of role credentials does not say which session it belongs to. The files that this
    collection wrote are found, those of accounts and roles that the AWS configuration mentions, and, while no
    other session is signed in, all others that the AWS CLI cached for IAM Identity Center.
  - With O(token_store=host), the remote user removes the files on the host. Before that, the controller reads
    its tokens into memory, so as to end the sessions at AWS. The host needs no route to AWS. Tokens are
    neither in results nor on command lines, and the controller does not store them. This requires a
    connection and a become method that pass data on standard input, as with
    O(workstation.aws_sso.sso_login#module:token_store=host).
seealso:
  - module: workstation.aws_sso.sso_login
  - module: workstation.aws_sso.sso_session_info
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
"""

EXAMPLES = r"""
- name: Sign out of the session "corp"
  workstation.aws_sso.sso_logout:
    session: corp

- name: Sign out of all sessions
  workstation.aws_sso.sso_logout:

- name: Sign the user of a host out of all sessions
  workstation.aws_sso.sso_logout:
    token_store: host
"""

RETURN = r"""
removed:
  description: Paths of all files that were removed, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [/home/alice/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json]
ended:
  description: Whether AWS ended at least one session, or in check mode would be asked to.
  returned: success
  type: bool
  sample: true
sessions:
  description: The requested sessions, signed in or not.
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
    removed:
      description: Paths of the files that were removed, or in check mode would be.
      type: list
      elements: str
    ended:
      description: Whether AWS ended a session, or in check mode would be asked to.
      type: bool
  sample:
    - name: corp
      start_url: https://example.awsapps.com/start
      region: eu-west-1
      removed: [/home/alice/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json]
      ended: true
"""


from ansible.module_utils.basic import AnsibleModule

from ..module_utils._errors import WorkstationError
from ..module_utils._files.errors import file_error_text
from ..module_utils._sso.known_sessions import OPTIONS
from ..module_utils._sso.sign_out import remove_on_host
from ..module_utils._text import printable_values


def main() -> None:
    """The host's half for O(token_store=host): it removes the files, and does not call AWS."""
    module = AnsibleModule(OPTIONS, supports_check_mode=True)
    try:
        result = remove_on_host(module.params["session"], module.check_mode)
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error))
    module.exit_json(changed=bool(result["removed"]), **printable_values(result))


if __name__ == "__main__":
    main()
