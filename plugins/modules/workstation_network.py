#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: workstation_network
short_description: Tell a host of the company's proxy and certificate authorities
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Puts the certificates of a company's certificate authorities among those that the system trusts, and
    exports E(AWS_CA_BUNDLE) with the bundle of all trusted certificates for login shells. The AWS CLI has
    certificates of its own and looks nowhere else; for C(aws sso login) this variable is the only setting
    that counts.
  - Exports E(HTTP_PROXY), E(HTTPS_PROXY) and E(NO_PROXY), in capital and in small letters, for login shells,
    and sets the proxy for the package manager.
  - Login shells of bash, dash and other Bourne shells get the variables, and zsh and fish where those are
    installed. A E(AWS_CA_BUNDLE) that is set already stays, and so do all variables of proxies when one of
    them is set, as WSL does with C(autoProxy). E(AWS_CA_BUNDLE) is exported only while its file can be
    read, as the AWS CLI fails without it.
  - Whether a certificate is trusted is judged by the bundle, not by the file that was added.
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.module
  - workstation.aws_sso._attributes.linux
options:
  proxy:
    description:
      - URL of the proxy with its port, such as V(http://proxy.example.com:3128).
      - An empty one takes the proxy away from all places that this module sets. Without the option they stay
        as they are.
      - A user name and a password may be part of the URL, with special characters as in V(%40). Results and
        diffs show neither. The files of shells below C(/etc) have to be readable for all, so that all users
        of the host can read the password; with O(scope=user) the files that hold it are made readable for the
        user alone.
    type: str
  no_proxy:
    description:
      - Hosts that are called without the proxy, such as V(intranet.example.com) or, for a domain,
        V(.example.com).
      - V(127.0.0.1), V(localhost) and V(::1) are always among them. The sign-in in a browser ends on a page
        there.
    type: list
    elements: str
    default: []
  ca_certificates:
    description:
      - Certificates of one or several certificate authorities in PEM form, or the absolute path of a file
        with such on the host.
      - An empty one takes those away that this module has added. Without the option they stay as they are.
      - Those that were given before and are no longer given are taken away.
      - A certificate that has ended or not begun yet causes a warning; one that is not that of a certificate
        authority is refused, and so is a private key.
    type: str
  scope:
    description:
      - V(system) serves all users, with the certificates of the system, files below C(/etc) and the package
        manager, and needs root.
      - V(user) serves the remote user, with marked blocks in the files of their shells and a bundle in
        C(~/.local/share/workstation.aws_sso/ca-bundle.pem), which holds the certificates of the system as
        they were at the last run, and those of O(ca_certificates). E(CURL_CA_BUNDLE) and E(SSL_CERT_FILE)
        are exported as well, as nothing else tells curl, and what uses OpenSSL, of the bundle.
      - V(auto) is V(system) for root and V(user) for everybody else.
    type: str
    choices: [auto, system, user]
    default: auto
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details: Of bundles it shows the fingerprints of their certificates.
  idempotent:
    support: full
notes:
  - The package managers are apt, by a file in C(/etc/apt/apt.conf.d), dnf, by C(/etc/dnf/dnf.conf), and
    zypper, by C(/etc/sysconfig/proxy). pacman and apk have no such setting; give RV(environment) to tasks
    that call them.
  - Settings of a proxy that somebody else wrote into C(/etc/dnf/dnf.conf) or C(/etc/sysconfig/proxy) become
    comments, with a warning. They come back as they were when the proxy is taken away.
  - dnf knows no O(no_proxy). apt knows it for single hosts and IPv4 addresses, not for domains and networks.
  - Small images of Debian lack the package C(ca-certificates). The certificates are put where it takes them
    from when it is installed, and a warning tells so. M(workstation.aws_sso.prerequisites) brings it as the
    tool C(ca-certificates).
  - The distributions known are Debian, Fedora, SUSE, Arch, Alpine and their kin.
  - Shells and programs that run already keep their variables. Services of systemd read none of these files.
seealso:
  - module: workstation.aws_sso.prerequisites
  - module: workstation.aws_sso.workstation_info
  - name: Proxies of the AWS CLI
    description: The variables that the AWS CLI reads.
    link: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html
"""

EXAMPLES = r"""
- name: Tell all users of the host of the proxy and of the CA that inspects TLS
  workstation.aws_sso.workstation_network:
    proxy: http://proxy.example.com:3128
    no_proxy: [.example.com]
    ca_certificates: "{{ lookup('ansible.builtin.file', 'company-ca.pem') }}"
  become: true
  register: network

- name: Use both at once, for no task is a login shell
  workstation.aws_sso.aws_cli:
  become: true
  environment: "{{ network.environment }}"

- name: Trust a certificate that is on the host already, for me alone
  workstation.aws_sso.workstation_network:
    ca_certificates: /mnt/c/ProgramData/Company/ca.pem
    scope: user

- name: Take the proxy away again
  workstation.aws_sso.workstation_network:
    proxy: ""
  become: true
"""

RETURN = r"""
ca_bundle:
  description:
    - The bundle that E(AWS_CA_BUNDLE) names. It may be missing where the package C(ca-certificates) is.
    - Empty when O(ca_certificates) is empty or not given.
  returned: success
  type: str
  sample: /etc/ssl/certs/ca-certificates.crt
environment:
  description:
    - The variables, for the keyword C(environment) of further tasks. In check mode those that would be.
    - What O(proxy) and O(ca_certificates) leave alone or take away is not among them.
    - When O(proxy) holds a user name or a password, the variables with its URL are not among them either, as
      results are registered, shown and logged. Add E(HTTP_PROXY), E(HTTPS_PROXY), E(http_proxy) and
      E(https_proxy) from where O(proxy) came from.
  returned: success
  type: dict
  sample:
    AWS_CA_BUNDLE: /etc/ssl/certs/ca-certificates.crt
    HTTP_PROXY: http://proxy.example.com:3128
    HTTPS_PROXY: http://proxy.example.com:3128
    NO_PROXY: .example.com,127.0.0.1,localhost,::1
    http_proxy: http://proxy.example.com:3128
    https_proxy: http://proxy.example.com:3128
    no_proxy: .example.com,127.0.0.1,localhost,::1
files:
  description: The files that were changed, or in check mode would be.
  returned: success
  type: list
  elements: str
  sample: [/etc/apt/apt.conf.d/95workstation-proxy, /etc/profile.d/workstation-proxy.sh]
"""

import typing as t

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._errors import WorkstationError
from ..module_utils._files import directories, managed
from ..module_utils._files.errors import file_error_text
from ..module_utils._host import shell_startup
from ..module_utils._network.certificates import (
    Certificate,
    read_certificates,
)
from ..module_utils._network.proxy import (
    parse_proxy,
    secrets_in,
    without_secrets,
)
from ..module_utils._network.settings import (
    Machine,
    NetworkSettings,
    apply_settings,
)


def main() -> None:
    module = AnsibleModule(
        {
            # no_log would hide every mention of a proxy; only its user name and password are hidden, below
            "proxy": {"type": "str", "no_log": False},
            "no_proxy": {"type": "list", "elements": "str", "default": []},
            "ca_certificates": {"type": "str"},
            "scope": {"type": "str", "choices": ["auto", "system", "user"], "default": "auto"},
        },
        supports_check_mode=True,
    )
    module.no_log_values.update(secrets_in(module.params["proxy"] or ""))
    for_system = shell_startup.is_for_system(module.params["scope"])
    try:
        outcome = apply_settings(
            _wish(module.params),
            Machine(
                find=module.get_bin_path,
                run=module.run_command,
                check=module.check_mode,
                home="" if for_system else directories.home_directory(),
            ),
        )
    except WorkstationError as error:
        _hide_private_key(module)
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error, permission="Use become, or scope=user."))
    for warning in outcome.warnings:
        module.warn(warning)
    module.exit_json(
        changed=bool(outcome.changes),
        ca_bundle=outcome.ca_bundle,
        environment={
            name: value for name, value in outcome.environment.items() if without_secrets(value) == value
        },
        files=[change.path for change in outcome.changes],
        diff=managed.as_diff(
            change._replace(before=without_secrets(change.before), after=without_secrets(change.after))
            for change in outcome.changes
        ),
    )


def _wish(options: t.Mapping[str, t.Any]) -> NetworkSettings:
    proxy = None
    if options["proxy"] is not None:
        proxy = parse_proxy(options["proxy"], options["no_proxy"])
    certificates: t.Optional[t.List[Certificate]] = None
    if options["ca_certificates"] is not None:
        given = options["ca_certificates"]
        certificates = read_certificates(given) if given.strip() else []
    return NetworkSettings(proxy, certificates)


def _hide_private_key(module: AnsibleModule) -> None:
    """A failure shows the options of the task."""
    if "PRIVATE KEY" in (module.params["ca_certificates"] or ""):
        module.no_log_values.add(module.params["ca_certificates"])


if __name__ == "__main__":
    main()
