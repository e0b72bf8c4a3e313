#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: workstation_info
short_description: Diagnose AWS sign-in problems on a workstation
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Examines a host as the user whom the task runs as, and returns what is wrong, why that matters, and the
    command that fixes it.
  - It covers WSL, the AWS CLI, the configuration and credentials files, environment variables, certificates
    and proxies, the clock, the modes and owners of files, and the life of each session's token.
  - It calls the endpoints of IAM Identity Center from the host itself, for the region of each session. The
    calls name a client and a token that do not exist, and are refused.
  - It changes nothing, returns no secret, and never fails because of what it finds.
extends_documentation_fragment:
  - workstation.aws_sso._attributes.read_only
  - workstation.aws_sso._attributes.module
  - workstation.aws_sso._attributes.linux
options:
  sessions:
    description:
      - The sessions to examine. An entry is the name of a C(sso-session) section, the start URL of legacy
        profiles, which name no session, or a full definition as in
        O(workstation.aws_sso.sso_profiles#module:sessions), with the keys C(name), C(start_url), C(region)
        and, if needed, C(registration_scopes).
      - A definition need not be in the configuration yet, so that its endpoints can be checked before
        anything is written.
      - The default is all sessions of the configuration. Findings about the configuration itself are not
        limited by this.
    type: list
    elements: raw
  timeout:
    description:
      - How many seconds each step of a call to AWS may take.
    type: int
    default: 10
  login_shell:
    description:
      - Whether to take the environment variables that the user's login shell has, instead of those of the
        task, which over ssh lack what C(~/.profile) and its kin set.
      - The start files of the login shell are run for that. Those that only interactive shells read, such
        as C(~/.bashrc) on most distributions, are not.
    type: bool
    default: false
notes:
  - The AWS CLI obeys E(AWS_CONFIG_FILE), E(AWS_SHARED_CREDENTIALS_FILE), E(AWS_PROFILE), E(AWS_CA_BUNDLE),
    E(AWS_ENDPOINT_URL), E(AWS_ENDPOINT_URL_SSO), E(AWS_ENDPOINT_URL_SSO_OIDC), E(HTTPS_PROXY),
    E(HTTP_PROXY) and E(NO_PROXY). So does this module.
  - Certificates are judged as the AWS CLI of the host judges them, by those of E(AWS_CA_BUNDLE) or else by
    those that the CLI brings.
seealso:
  - module: workstation.aws_sso.sso_session_info
  - module: workstation.aws_sso.wsl_info
  - module: workstation.aws_sso.aws_cli
"""

EXAMPLES = r"""
- name: Examine the workstation
  workstation.aws_sso.workstation_info:
  register: check

- name: Show the findings
  ansible.builtin.debug:
    msg: "{{ check.report }}"

- name: Continue only where a sign-in can work, with the variables of a login shell
  workstation.aws_sso.workstation_info:
    sessions: [corp]
    login_shell: true
  register: login_check
  failed_when: not login_check.healthy

- name: Check the endpoints of a session before it is written
  workstation.aws_sso.workstation_info:
    sessions:
      - name: acme
        start_url: https://acme.awsapps.com/start
        region: eu-west-1
"""

RETURN = r"""
healthy:
  description: Whether no finding is an error.
  returned: success
  type: bool
  sample: false
findings:
  description: What was found, worst first.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Name of the kind of finding; it stays the same from version to version.
      type: str
    severity:
      description:
        - V(error) for what does not work, V(warning) for what will stop to work or works other than it
          seems, V(info) for what is good to know.
      type: str
    subject:
      description: What the finding is about, such as a session, a profile, a file, a variable or a host name.
      type: str
    what:
      description: What is the case.
      type: str
    why:
      description: Why it matters.
      type: str
    fix:
      description:
        - The command that fixes it, or where there is none, what to do.
        - C(HOST) stands for the name of the host in your inventory. Replace other words in capital letters
          with your own values.
      type: str
  sample:
    - id: profile-contradicts-session
      severity: error
      subject: profile dev
      what: sso_region is another one than in its session corp.
      why: The AWS CLI and the SDKs refuse such a profile as inconsistent.
      fix: '${EDITOR:-vi} +7 /home/ann/.aws/config and delete sso_region'
report:
  description: The findings as lines to read.
  returned: success
  type: list
  elements: str
  sample:
    - 1 error
    - "ERROR profile dev: sso_region is another one than in its session corp. [profile-contradicts-session]"
    - "    why: The AWS CLI and the SDKs refuse such a profile as inconsistent."
    - '    fix: ${EDITOR:-vi} +7 /home/ann/.aws/config and delete sso_region'
facts:
  description: What the host is like.
  returned: success
  type: dict
  contains:
    wsl:
      description: As M(workstation.aws_sso.wsl_info) returns it.
      type: dict
    aws_cli:
      description: The AWS CLIs that were found, the one that the user gets first.
      type: list
      elements: dict
      contains:
        path:
          description: Where it is.
          type: str
        version:
          description: Its version; empty for one that does not run, and for one of Windows.
          type: str
        on_path:
          description: Whether its directory is on E(PATH).
          type: bool
        of_windows:
          description: Whether it lies on a drive of Windows.
          type: bool
    config_file:
      description: Path of the configuration file.
      type: str
    active_profile:
      description:
        - The profile of a command without C(--profile), that is E(AWS_PROFILE), or V(default) where that
          profile exists.
        - V(null) where a command has no profile.
      type: str
    profiles:
      description: How many profiles the configuration and credentials files have together.
      type: int
    sessions:
      description: The sessions that were looked at.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the session; V(null) for a start URL without a name.
          type: str
        start_url:
          description: Start URL of the session.
          type: str
        region:
          description: Region of IAM Identity Center.
          type: str
        profiles:
          description: Names of the profiles that use the session, in the order of the configuration file.
          type: list
          elements: str
        state:
          description:
            - State of its token. One of V(signed_in), V(expired), V(missing), V(foreign), which is for
              another start URL or region, and V(damaged).
          type: str
        expires_at:
          description: When the token ends or ended, in UTC; V(null) without a token.
          type: str
        refreshable:
          description: Whether the token can be refreshed without a person, as far as its file tells.
          type: bool
        registration_expires_at:
          description: Until when the token's client is registered, in UTC; V(null) without one.
          type: str
    endpoints:
      description: The endpoints that were called.
      type: list
      elements: dict
      contains:
        service:
          description: V(oidc) for tokens, V(portal) for accounts, roles and role credentials.
          type: str
        url:
          description: The endpoint, without credentials that its URL may have.
          type: str
        reachable:
          description: Whether AWS answered.
          type: bool
    clock_skew:
      description: How many seconds the host's clock is ahead of AWS's; V(null) if AWS did not answer.
      type: float
"""

import os
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._aws_config.validation import InputError
from ..module_utils._doctor.examine import examine
from ..module_utils._doctor.sessions import (
    chosen_sessions,
)
from ..module_utils._errors import WorkstationError
from ..module_utils._host.login_environment import login_environment

ARGUMENT_SPEC: t.Dict[str, t.Dict[str, t.Any]] = {
    "sessions": {"type": "list", "elements": "raw"},
    "timeout": {"type": "int", "default": 10},
    "login_shell": {"type": "bool", "default": False},
}


def main() -> None:
    module = AnsibleModule(ARGUMENT_SPEC, supports_check_mode=True)
    options = module.params

    def run(command: t.List[str]) -> t.Tuple[int, str, str]:
        # some versions of the AWS CLI create ~/.aws even for --version
        scratch_home = {
            "HOME": module.tmpdir,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        result: t.Tuple[int, str, str] = module.run_command(
            command, environ_update=scratch_home, handle_exceptions=False
        )
        return result

    environment: t.Mapping[str, str] = os.environ
    if options["login_shell"]:
        try:
            environment = login_environment(
                lambda command: module.run_command(command, handle_exceptions=False)
            )
        except WorkstationError as error:
            module.fail_json(msg=str(error))
    try:
        sessions = chosen_sessions(options["sessions"])
    except InputError as error:
        module.fail_json(msg=str(error))
    report = examine(environment, run, sessions, options["timeout"])
    result: t.Dict[str, t.Any] = {
        "changed": False,
        "healthy": report.healthy,
        "findings": [finding._asdict() for finding in report.findings],
        "report": report.lines(),
        "facts": report.facts,
    }
    module.exit_json(**result)


if __name__ == "__main__":
    main()
