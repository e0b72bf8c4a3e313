# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option with definitions of sessions. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    # The argument spec is SESSION_DEFINITION in module_utils/_sso/session_input.py.
    DOCUMENTATION = r"""
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
          - Name of the session. Avoid spaces, because SDKs other than botocore cannot read a session whose
            name contains one.
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
          - Required with O(state=present), unless O(sessions[].start_url) contains the region, such as
            V(https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws).
        type: str
      registration_scopes:
        description:
          - OAuth 2.0 scopes to register the client for. Without V(sso:account:access), AWS does not issue
            refresh tokens.
        type: list
        elements: str
        default: [sso:account:access]
      options:
        description:
          - Additional keys of the C([sso-session]) section, such as C(sso_use_device_code). A dictionary
            becomes a nested block. V(null) removes the key.
          - Keys for the start URL, the region, the scopes and for credentials are not allowed. A profile that
            uses the session must not have the same key with another value, because botocore rejects it.
        type: dict
"""
