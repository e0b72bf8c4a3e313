# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that select sessions, and whose they are. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  session:
    description:
      - Name of an C(sso-session) in the AWS configuration, or the start URL of legacy profiles, which name
        no session. A session that is not in the configuration is found by its token.
      - By default, all sessions are selected. These are the sessions of the AWS configuration, and those that
        only have a token in C(~/.aws/sso/cache), because their section was renamed or removed.
    type: str
  token_store:
    description:
      - Whose sessions are selected.
      - V(controller) is for the user who runs Ansible on the controller.
      - V(host) is for the remote user on the managed host, in whose home directory
        O(workstation.aws_sso.sso_login#module:token_store=host) stores tokens. The AWS configuration is that
        of the host.
    type: str
    choices: [controller, host]
    default: controller
"""
