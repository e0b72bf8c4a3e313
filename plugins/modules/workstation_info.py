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
  - Examines a host as the user that the task runs as, and returns problems, why they matter, and the commands
    that fix them.
  - It covers WSL, the AWS CLI, the configuration and credentials files, environment variables, certificates
    and proxies, the clock, modes and owners of files, and the token of each session.
  - It calls the endpoints of IAM Identity Center from the host itself, in the region of each session, with a
    client and a token that do not exist, so that the calls are rejected.
  - It changes nothing, returns no secret, and never fails because of its findings.
extends_documentation_fragment:
  - workstation.aws_sso._attributes.read_only
  - workstation.aws_sso._attributes.module
  - workstation.aws_sso._attributes.linux
options:
  sessions:
    description:
      - The sessions to examine. An entry is the name of a C(sso-session) section, the start URL of legacy
        profiles without C(sso_session), or a full definition as in
        O(workstation.aws_sso.sso_profiles#module:sessions), with the keys C(name), C(start_url), C(region)
        and, if needed, C(registration_scopes).
      - A definition need not be in the configuration yet, so that its endpoints can be checked before
        anything is written.
      - By default, all sessions of the configuration are examined. Findings about the configuration itself
        are always returned.
    type: list
    elements: raw
  timeout:
    description:
      - Timeout in seconds of each step of a call to AWS.
    type: int
    default: 10
  login_shell:
    description:
      - Whether to use the environment variables of the user's login shell instead of those of the task, which
        over SSH lack the settings of C(~/.profile) and similar files.
      - This runs the startup files of the login shell, but not those of interactive shells, such as
        C(~/.bashrc) on most distributions.
    type: bool
    default: false
notes:
  - The AWS CLI reads E(AWS_CONFIG_FILE), E(AWS_SHARED_CREDENTIALS_FILE), E(AWS_PROFILE), E(AWS_CA_BUNDLE),
    E(AWS_ENDPOINT_URL), E(AWS_ENDPOINT_URL_SSO), E(AWS_ENDPOINT_URL_SSO_OIDC), E(HTTPS_PROXY),
    E(HTTP_PROXY) and E(NO_PROXY). So does this module.
  - Certificates are verified as by the AWS CLI that a shell finds first, with E(AWS_CA_BUNDLE) or else with
    the CA bundle that this CLI ships.
  - The AWS CLIs that are found are run with C(--version), in the environment of the user and with the files
    of the home directory, except C(~/.aws). They have no network, so that a version manager cannot install
    one, and images of containers are not pulled.
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

- name: Fail if a sign-in cannot work, with the variables of a login shell
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
  description: The findings, most severe first, and those of the same severity in the order of their subjects.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: Identifier of the kind of finding; it is stable across versions.
      type: str
    severity:
      description:
        - V(error) for something that does not work, V(warning) for something that will stop working or
          behaves unexpectedly, V(info) for useful information.
      type: str
    subject:
      description: What the finding is about, such as a session, a profile, a file, a variable or a host name.
      type: str
    what:
      description: What was found.
      type: str
    why:
      description: Why it matters.
      type: str
    fix:
      description:
        - The command that fixes it, or otherwise what to do. What to change in a file follows the command
          that opens it; after the change, the AWS CLI can still parse the file.
        - C(HOST) is a placeholder for the name of the host in your inventory. Replace other words in capital
          letters with your own values.
      type: str
  sample:
    - id: profile-contradicts-session
      severity: error
      subject: profile dev
      what: >-
        sso_region = eu-west-1 in [sso-session corp] (line 3) differs from sso_region = us-east-1 in
        [profile dev] (line 7). botocore rejects a profile with another value than its session.
      why: The AWS CLI and the SDKs reject inconsistent profiles.
      fix: in line 7 of /home/ann/.aws/config, delete sso_region
report:
  description: The findings as readable text, a summary followed by three lines for each finding.
  returned: success
  type: list
  elements: str
  sample:
    - 1 error
    - >-
      ERROR profile dev: sso_region = eu-west-1 in [sso-session corp] (line 3) differs from
      sso_region = us-east-1 in [profile dev] (line 7). botocore rejects a profile with another value than
      its session. [profile-contradicts-session]
    - "    why: The AWS CLI and the SDKs reject inconsistent profiles."
    - '    fix: in line 7 of /home/ann/.aws/config, delete sso_region'
facts:
  description: Facts about the host.
  returned: success
  type: dict
  contains:
    wsl:
      description: The return value C(wsl) of M(workstation.aws_sso.wsl_info).
      type: dict
    aws_cli:
      description: The AWS CLIs that were found, in the order in which a shell finds them.
      type: list
      elements: dict
      contains:
        path:
          description: Path of the program.
          type: str
        version:
          description:
            - Its version; empty for a program that does not run, for a Windows program, and for one that is
              RV(facts.aws_cli[].untrusted).
          type: str
        on_path:
          description: Whether its directory is on E(PATH).
          type: bool
        on_windows:
          description: Whether it is on a Windows drive.
          type: bool
        untrusted:
          description: Why it was not run as root, such as a directory that another user can change, or empty.
          type: str
        problem:
          description:
            - Why it does not run, or empty. One of V(unreadable) (its permissions keep this user out),
              V(refused) (the system does not start it), V(timeout) (it does not finish within fifteen
              seconds) and V(broken).
          type: str
        detail:
          description: The words for RV(facts.aws_cli[].problem), such as an exit code and an error, or empty.
          type: str
    config_file:
      description: Path of the configuration file.
      type: str
    active_profile:
      description:
        - The profile of a command without C(--profile), which is E(AWS_PROFILE), or V(default) if that
          profile exists.
        - V(null) if such a command has no profile.
      type: str
    profiles:
      description: Number of profiles in the configuration and credentials files together.
      type: int
    sessions:
      description: The sessions that were examined.
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
            - State of its token. One of V(signed_in), V(expired), V(missing), V(foreign) (it belongs to
              another start URL or region) and V(damaged).
          type: str
        expires_at:
          description: When the token expires or expired, in UTC; V(null) without a token.
          type: str
        refreshable:
          description: Whether the token file has what is required to refresh the token without a sign-in.
          type: bool
        registration_expires_at:
          description: When the client registration of the token expires, in UTC; V(null) without one.
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
          description: URL of the endpoint, without credentials.
          type: str
        reachable:
          description: Whether AWS responded.
          type: bool
    clock_skew:
      description: How many seconds the host's clock is ahead of AWS's; V(null) if AWS did not respond.
      type: float
"""

import os
import typing as t

from ..module_utils._doctor.examine import examine
from ..module_utils._doctor.sessions import chosen_sessions
from ..module_utils._errors import WorkstationError
from ..module_utils._host.login_environment import login_environment
from ..module_utils._host.running_program import run_within
from ..module_utils._host.secrets import HostModule

ARGUMENT_SPEC: t.Dict[str, t.Dict[str, t.Any]] = {
    "sessions": {"type": "list", "elements": "raw"},
    "timeout": {"type": "int", "default": 10},
    "login_shell": {"type": "bool", "default": False},
}

_SECONDS = 5.0
"""How long to wait for a program of the system."""
_SECONDS_OF_A_SHELL = 30.0
"""Longer than login_environment() gives a shell that can be ended; one that ignores this is killed."""


def main() -> None:
    module = HostModule(ARGUMENT_SPEC, supports_check_mode=True)
    options = module.params

    def debug(text: str) -> None:
        module.debug(f"workstation.aws_sso: {text}")

    try:
        environment = _environment(module)
        sessions = chosen_sessions(options["sessions"])
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    report = examine(environment, run_within(_SECONDS), sessions, options["timeout"], debug=debug)
    result: t.Dict[str, t.Any] = {
        "changed": False,
        "healthy": report.healthy,
        "findings": [finding._asdict() for finding in report.findings],
        "report": report.lines(),
        "facts": report.facts,
    }
    module.exit_json(**result)


def _environment(module: HostModule) -> t.Mapping[str, str]:
    """The variables to examine. Raises WorkstationError if the login shell fails."""
    if not module.params["login_shell"]:
        return os.environ
    return login_environment(run_within(_SECONDS_OF_A_SHELL))


if __name__ == "__main__":
    main()
