#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sso_login
short_description: Sign in to AWS IAM Identity Center
version_added: 0.1.0
description:
  - Ensures a valid access token of a session of IAM Identity Center in the token cache of the AWS CLI and the
    SDKs, C(~/.aws/sso/cache), in their own format.
  - A valid token is kept, without a call to AWS. A token that is about to expire is refreshed without
    a sign-in. Only if that is not possible, a user has to sign in. The URL, and the code to compare, are
    shown while the task runs, and a browser is opened where there is one, from WSL2 the one of Windows.
  - Many hosts, forks and processes that need the same session at once cause one sign-in; the others wait
    for it and use its token.
  - All this happens on the controller, for the user who runs Ansible, unless O(token_store=host).
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.action
  - workstation.aws_sso._attributes.action_group
  - workstation.aws_sso._controller
options:
  session:
    description:
      - Name of an C(sso-session) in the AWS configuration of the controller, or the start URL of legacy
        profiles, which name no session.
      - With O(start_url), the name under which the token is stored; the AWS configuration does not have to
        contain it.
    type: str
  start_url:
    description:
      - Start URL of the AWS access portal, such as V(https://example.awsapps.com/start).
      - Start URL and region are shown in the portal under "Access keys" of any role, and to administrators
        in the console of IAM Identity Center under "Settings".
      - Requires O(region), unless it contains it as V(https://ssoins-1234567890.portal.eu-west-1.app.aws).
      - For such a portal of C(app.aws), which is reached by IPv4 and IPv6, the dual-stack endpoints of AWS
        are used, unless E(AWS_USE_DUALSTACK_ENDPOINT) or the AWS configuration says otherwise.
      - Without O(session), the token is stored as for legacy profiles.
    type: str
  region:
    description:
      - Region of IAM Identity Center, such as V(eu-west-1). It is not the region in which you use services.
      - Requires O(start_url). By default, the region that O(start_url) contains.
    type: str
  registration_scopes:
    description:
      - OAuth scopes to ask for when O(session) and O(start_url) are given. Without scopes a token cannot be
        refreshed.
      - The default is V([sso:account:access]).
    type: list
    elements: str
  method:
    description:
      - How to sign in.
      - V(pkce) requires a browser on this machine, which sends an authorization code to a port of 127.0.0.1.
      - V(device) works with a browser anywhere, such as on a phone; whoever signs in compares a code.
      - V(auto) is V(pkce) where a browser can be opened that reaches this machine's 127.0.0.1, that is
        with E(BROWSER) set, on WSL2 with interop, and on a desktop. It is V(device) over ssh, in a
        container, without a browser, when O(open_browser=false), for a session without a name, and on WSL2
        in the networking modes C(none) and C(bridged), or C(localhostForwarding=false) without C(mirrored).
      - If V(auto) is V(pkce), and the browser has not returned after 30 seconds or half of O(timeout), or
        cannot be opened, a code for any device is shown as well. What the user completes first counts.
    type: str
    choices: [auto, pkce, device]
    default: auto
  open_browser:
    description:
      - Whether to open a browser. The URL is shown in any case.
      - V(auto) opens one where E(BROWSER) is set, and otherwise the one of this machine, but not over ssh
        or in a container.
      - With O(token_store=host), V(auto) opens one only if the host is this machine and the user is yours.
        Approving the page of another host in your browser would give that host your access.
    type: str
    choices: [auto, 'true', 'false']
    default: auto
  browser:
    description:
      - The browser for this session, as a program and its arguments, such as another profile or a private
        window. Each element is passed on as it is, without a shell.
      - Replaces V(%s) in an argument with the URL, which is otherwise the last argument.
      - The default is the browser of E(BROWSER), or else that of this machine. E(BROWSER) contains
        alternatives separated by V(:), as Python's C(webbrowser) reads them.
      - With O(open_browser=auto), the browser is opened as if it were set in E(BROWSER). If there is no such
        program on this machine, a warning is shown, and no browser is opened. On WSL2, a program of Windows
        may be given by its path in Windows as well.
    type: list
    elements: str
    default: []
  redirect_port:
    description:
      - Port of 127.0.0.1 for O(method=pkce), for machines where a port has to be forwarded or allowed.
      - V(0) uses any free port.
    type: int
    default: 0
  timeout:
    description:
      - Seconds to wait for the sign-in, or for another process that waits for one.
    type: int
    default: 600
  min_ttl:
    description:
      - Minimum remaining lifetime of the token in seconds. A token that has less is refreshed or replaced.
      - The access tokens of IAM Identity Center live for an hour. Where none lives long enough, a new one is
        accepted with a warning, and kept until a quarter of an hour of its life is used up.
    type: int
    default: 900
  force:
    description:
      - Sign in even if the token is valid.
      - The old session is ended at AWS first, or else the new one would inherit what it has left in the
        browser. All tokens of the old session become invalid, also those of other hosts and tools. Where AWS
        does not answer within ten seconds, a warning is shown.
    type: bool
    default: false
  interactive:
    description:
      - Whether a user may be asked to sign in.
      - With V(false), a valid token is kept and an expiring one is refreshed. Where only a sign-in helps, the
        task fails at once, in check mode too, with the command that signs in. It excludes O(force=true).
    type: bool
    default: true
  token_store:
    description:
      - Where the token is stored.
      - V(controller) is for the user who runs Ansible on the controller.
      - V(host) is for the remote user on the managed host, which may have no browser and no route to AWS. The
        sign-in is by a device code, which the controller shows. The token is stored on the host only; the
        controller keeps nothing of it.
      - With V(host), a token that has less than O(min_ttl) is refreshed by the controller and stored on the
        host. The token is judged by the clocks of both machines. While AWS cannot be reached, one that is
        still valid is used, with a warning.
      - With V(host) and without O(start_url), O(session) names a session in the AWS configuration of the
        host. A host could then choose the access portal, so set O(start_url) for hosts that you do not trust,
        and check the portal that the prompt shows.
      - Where several hosts of a play may wait at the same time, each shows its page and code on two lines
        that begin with its name. A host that waits alone shows a QR code as well, where the library segno
        is installed and the terminal has room for it.
      - V(host) requires a connection and a become method that pass on standard input, such as
        P(ansible.builtin.ssh#connection), P(ansible.builtin.local#connection),
        P(community.general.wsl#connection) and P(ansible.builtin.sudo#become).
    type: str
    choices: [controller, host]
    default: controller
  list_access:
    description:
      - Whether to return RV(access), the accounts and roles of the user who is signed in.
      - With O(token_store=host) that is the user who signed in for the host, not necessarily you. The
        controller calls AWS on behalf of that user, and keeps neither the token nor the list.
      - With O(token_store=controller), the list is reused for further hosts for a minute, or until a new
        token is stored. With O(token_store=host), AWS is called for each host.
      - Accounts whose roles AWS refuses to list, such as suspended ones, are named by a warning and left out.
    type: bool
    default: false
attributes:
  check_mode:
    support: full
    details:
      - Decides from the cache alone whether a user would have to sign in.
      - With O(list_access), AWS is called only if there is a valid token. Where a token would have to be
        obtained first, RV(access) is empty and RV(ignore:changed) is V(true).
  diff_mode:
    support: none
    details: What changes is a secret.
  idempotent:
    support: full
    details: RV(ignore:changed) is V(true) when the token was replaced, by a refresh or by a sign-in.
notes:
  - botocore 1.36 or later is required on the controller.
  - Calls go to AWS, or to the endpoint in E(AWS_ENDPOINT_URL_SSO_OIDC) or E(AWS_ENDPOINT_URL). The keys
    C(endpoint_url) and C(services) of the active profile are ignored, because the task does not name it; its
    other settings, such as C(ca_bundle), apply. Legacy profiles are signed in to with their own settings.
seealso:
  - module: workstation.aws_sso.sso_logout
  - module: workstation.aws_sso.sso_session_info
  - plugin: workstation.aws_sso.sso_credentials
    plugin_type: lookup
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
"""

EXAMPLES = r"""
- name: Sign in to the session "corp" of ~/.aws/config
  workstation.aws_sso.sso_login:
    session: corp

- name: Sign in without a configuration file, over ssh, with a code
  workstation.aws_sso.sso_login:
    session: corp
    start_url: https://example.awsapps.com/start
    region: eu-west-1
    method: device

- name: Sign in with the profile "work" of Firefox, on WSL2 that of Windows
  workstation.aws_sso.sso_login:
    session: corp
    browser: ['C:\Program Files\Mozilla Firefox\firefox.exe', -P, work]

- name: Sign in the user of a host that has no browser
  workstation.aws_sso.sso_login:
    session: corp
    start_url: https://example.awsapps.com/start
    region: eu-west-1
    token_store: host
    list_access: true
  register: login

- name: Write a profile for each of that user's accounts and roles
  workstation.aws_sso.sso_profiles:
    sessions:
      - name: corp
        start_url: https://example.awsapps.com/start
        region: eu-west-1
    access: "{{ login.access }}"

- name: Fail at once if a user would have to sign in, as in a nightly job
  workstation.aws_sso.sso_login:
    session: corp
    interactive: false

- name: Begin the work day with a session of full length
  workstation.aws_sso.sso_login:
    session: corp
    force: true
"""

RETURN = r"""
session:
  description: Name of the session; V(null) for a start URL without a name.
  returned: success
  type: str
  sample: corp
start_url:
  description: Start URL of the session.
  returned: success
  type: str
  sample: https://example.awsapps.com/start
region:
  description: Region of IAM Identity Center.
  returned: success
  type: str
  sample: eu-west-1
expires_at:
  description:
    - When the token expires, in UTC.
    - In check mode, when the present token expires or expired, and V(null) if there is none.
  returned: success
  type: str
  sample: "2026-11-23T07:24:45Z"
method:
  description:
    - How the token was obtained, or in check mode how it would be.
    - V(cache) if it was there, V(refresh) if it was refreshed without a sign-in, V(device) and V(pkce) if a
      user signed in. In check mode, V(refresh) also if AWS would refuse the refresh.
  returned: success
  type: str
  sample: cache
access:
  description:
    - The accounts and roles of the user who is signed in, as P(workstation.aws_sso.sso_access#lookup) returns
      them, and as O(workstation.aws_sso.sso_profiles#module:access) accepts them.
    - Sorted by the name and ID of the account and by the name of the role.
  returned: success, with O(list_access=true)
  type: list
  elements: dict
  contains:
    session:
      description: Name of the session, or its start URL if it has no name.
      type: str
    account_id:
      description: ID of the account, 12 digits.
      type: str
    account_name:
      description: Name of the account; empty if AWS does not return it.
      type: str
    email:
      description: E-mail address of the account; empty if AWS does not return it.
      type: str
    role_name:
      description: Name of the role, which is that of its permission set.
      type: str
    console_url:
      description: Shortcut link of the AWS access portal that opens the AWS console with this role.
      type: str
  sample:
    - session: corp
      account_id: "111122223333"
      account_name: prod-payments
      email: aws+payments@example.com
      role_name: ReadOnly
      console_url: https://acme.awsapps.com/start/#/console?account_id=111122223333&role_name=ReadOnly
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._errors import WorkstationError
from ..module_utils._files.errors import file_error_text
from ..module_utils._sso.token_status import (
    describe,
    session_from_options,
)

ARGUMENT_SPEC: t.Dict[str, t.Dict[str, t.Any]] = {
    "session": {"type": "str"},
    "start_url": {"type": "str"},
    "region": {"type": "str"},
    "registration_scopes": {"type": "list", "elements": "str"},
    "method": {"type": "str", "choices": ["auto", "pkce", "device"], "default": "auto"},
    "open_browser": {"type": "str", "choices": ["auto", "true", "false"], "default": "auto"},
    "browser": {"type": "list", "elements": "str", "default": []},
    "redirect_port": {"type": "int", "default": 0},
    "timeout": {"type": "int", "default": 600},
    "min_ttl": {"type": "int", "default": 900},
    "force": {"type": "bool", "default": False},
    "interactive": {"type": "bool", "default": True},
    "token_store": {
        "type": "str",
        "choices": ["controller", "host"],
        "default": "controller",
        "no_log": False,
    },
    "list_access": {"type": "bool", "default": False},
}
CONSTRAINTS: t.Dict[str, t.Any] = {
    "required_one_of": [["session", "start_url"]],
    "required_by": {"region": "start_url"},
}


def main() -> None:
    """The host's half for O(token_store=host): returns the state of its token, without a secret."""
    module = AnsibleModule(ARGUMENT_SPEC, supports_check_mode=True, **CONSTRAINTS)
    try:
        state = describe(session_from_options(module.params))
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error))
    module.exit_json(changed=False, **state)


if __name__ == "__main__":
    main()
