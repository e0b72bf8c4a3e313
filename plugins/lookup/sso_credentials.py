# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: sso_credentials
short_description: Credentials of a role of IAM Identity Center
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Returns short-lived keys.
options:
  _terms:
    description: Names of profiles of the AWS configuration.
    type: list
    elements: str
  session:
    description: The name of a session.
    type: str
  account_id:
    description: The ID of an account.
    type: str
  role_name:
    description: The name of the role.
    type: str
  start_url:
    description: Start URL.
    type: str
  region:
    description: The region of IAM Identity Center.
    type: str
  format:
    description: format
    type: str
    choices: [options, environment, process, details]
    default: options
  min_ttl:
    description: seconds
    type: int
    default: 900
  cache:
    description: cache
    type: bool
    default: true
  role_arn:
    description: role
    type: str
  external_id:
    description: id
    type: str
  duration:
    description: seconds
    type: int
"""

EXAMPLES = r"""
"""

RETURN = r"""
_raw:
  description: keys
  type: list
  elements: dict
"""

import typing as t

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

from ansible_collections.workstation.aws_sso.plugins.plugin_utils import _credentials
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import AwsSsoError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._profiles import Profiles, CredentialSource
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._sessions import find_session


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        o = self.get_option
        try:
            if terms:
                p = Profiles()
                sources = [p.source(x) for x in terms]
            else:
                sources = [CredentialSource(find_session(o('session'), o('start_url'), o('region')), o('account_id'), o('role_name'))]
            out = []
            for s in sources:
                if o('role_arn'):
                    s = s._replace(chain=s.chain + ({"RoleArn": o('role_arn')},))
                c = _credentials.role_credentials(s, o('min_ttl'), o('cache'), self._display.warning)
                out.append({"access_key": c.access_key_id, "secret_key": c.secret_access_key, "session_token": c.session_token, "profile": "", **({"region": s.region} if s.region else {})})
            return out
        except AwsSsoError as error:
            raise AnsibleError(str(error)) from None
