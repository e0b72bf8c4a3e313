#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: workstation_network
short_description: Configure a corporate proxy and CA certificates
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Adds CA certificates to the trust store of the system, and exports E(AWS_CA_BUNDLE) with the bundle of all
    trusted certificates for login shells. The AWS CLI ships its own certificates and ignores the trust store;
    for C(aws sso login) this variable is the only way to change that.
  - Exports E(HTTP_PROXY), E(HTTPS_PROXY) and E(NO_PROXY), in upper and lower case, for login shells, and
    configures the proxy of the package manager.
  - The variables are set in login shells of bash, dash and other Bourne shells, and of zsh and fish if they
    are installed. An E(AWS_CA_BUNDLE) that is already set is kept, and so are all proxy variables if one of
    them is set, as WSL does with C(autoProxy). E(AWS_CA_BUNDLE) is exported only while its file is
    readable, because the AWS CLI fails without it.
  - The module verifies that the certificates are in the bundle, not only that they were added.
  - With O(scope=user) the trust store and the package manager are not changed. Instead, the bundle
    C(~/.local/share/workstation.aws_sso/ca-bundle.pem) is written, which contains the certificates of the
    system at the time of the last run and those of O(ca_certificates). E(CURL_CA_BUNDLE) and
    E(SSL_CERT_FILE) are exported as well, because curl and OpenSSL would not find the bundle otherwise.
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.full
  - workstation.aws_sso._attributes.module
  - workstation.aws_sso._attributes.linux
  - workstation.aws_sso._scope
options:
  proxy:
    description:
      - URL of the proxy with its port, such as V(http://proxy.example.com:3128).
      - An empty string removes the settings that this module made. If not set, they are not changed.
      - The URL may contain a user name and a password, with special characters percent-encoded, such as
        V(%40). Results and diffs show neither. The shell files below C(/etc) are world-readable, so all users
        of the host can read the password; with O(scope=user), only the user can read the files that contain
        it.
    type: str
  no_proxy:
    description:
      - Hosts that are reached without the proxy, such as V(intranet.example.com) or, for a domain,
        V(.example.com).
      - Wildcards such as V(*.example.com), and networks such as V(10.0.0.0/8), cause a warning, because the
        AWS CLI supports neither.
      - V(127.0.0.1), V(localhost) and V(::1) are always added, because a browser sign-in is redirected
        there.
    type: list
    elements: str
    default: []
  ca_certificates:
    description:
      - One or more CA certificates in PEM format, or the absolute path of a PEM file on the host.
      - An empty string removes the certificates that this module added. If not set, they are not changed.
      - Certificates from earlier runs that are no longer listed are removed.
      - An expired or not yet valid certificate causes a warning. A certificate that is not a CA certificate
        is refused, and so is a private key.
    type: str
attributes:
  diff_mode:
    details: For bundles, the fingerprints of the certificates are shown.
notes:
  - Supported package managers are apt (a file in C(/etc/apt/apt.conf.d), and one that only root can read in
    C(/etc/apt/auth.conf.d) for the password), dnf (C(/etc/dnf/dnf.conf)) and
    zypper (C(/etc/sysconfig/proxy)). pacman and apk have no proxy setting; pass RV(environment) to tasks that
    call them.
  - Proxy settings of other origin in C(/etc/dnf/dnf.conf) or C(/etc/sysconfig/proxy) are commented out, with
    a warning. They are restored when the proxy is removed.
  - dnf does not support O(no_proxy). apt supports it for single hosts and IPv4 addresses, not for domains and
    networks.
  - Minimal Debian images lack the package C(ca-certificates). The certificates are stored where the package
    finds them once it is installed, with a warning. M(workstation.aws_sso.prerequisites) installs it as the
    tool C(ca-certificates).
  - Supported distributions are Debian, Fedora, SUSE, Arch, Alpine and their derivatives.
  - Running shells and programs keep their variables. systemd services do not read these files.
seealso:
  - module: workstation.aws_sso.prerequisites
  - module: workstation.aws_sso.workstation_info
  - name: Proxies of the AWS CLI
    description: The proxy variables of the AWS CLI.
    link: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html
"""

EXAMPLES = r"""
- name: Configure the proxy and the CA that inspects TLS for all users
  workstation.aws_sso.workstation_network:
    proxy: http://proxy.example.com:3128
    no_proxy: [.example.com]
    ca_certificates: "{{ lookup('ansible.builtin.file', 'company-ca.pem') }}"
  become: true
  register: network

- name: Use both in the same play, because tasks do not run in login shells
  workstation.aws_sso.aws_cli:
  become: true
  environment: "{{ network.environment }}"

- name: Trust a certificate that is already on the host, for the remote user only
  workstation.aws_sso.workstation_network:
    ca_certificates: /mnt/c/ProgramData/Company/ca.pem
    scope: user

- name: Remove the proxy
  workstation.aws_sso.workstation_network:
    proxy: ""
  become: true
"""

RETURN = r"""
ca_bundle:
  description:
    - Path in E(AWS_CA_BUNDLE). The file is missing as long as the package C(ca-certificates) is.
    - Empty when O(ca_certificates) is empty or not set.
  returned: success
  type: str
  sample: /etc/ssl/certs/ca-certificates.crt
environment:
  description:
    - The variables, for the C(environment) keyword of later tasks.
    - Settings that are removed or not changed are not included.
    - If O(proxy) contains a user name or a password, the variables with its URL are not included, because
      results are registered, shown and logged. Add E(HTTP_PROXY), E(HTTPS_PROXY), E(http_proxy) and
      E(https_proxy) from the source of O(proxy).
    - Modules of this collection keep passwords in C(environment) off the command line. For other modules,
      Ansible writes them there, where all users of the host can read them and C(-vvv) shows them.
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
  description: The changed files.
  returned: success
  type: list
  elements: str
  sample: [/etc/apt/apt.conf.d/95workstation-proxy, /etc/profile.d/workstation-proxy.sh]
"""

import typing as t

from ..module_utils._errors import WorkstationError
from ..module_utils._files import directories, managed
from ..module_utils._files.errors import file_error_text
from ..module_utils._host import shell_startup
from ..module_utils._host.secrets import HostModule
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

ARGUMENT_SPEC: t.Dict[str, t.Dict[str, t.Any]] = {
    # no_log would hide the whole URL everywhere; only its user name and password are hidden
    "proxy": {"type": "str", "no_log": False},
    "no_proxy": {"type": "list", "elements": "str", "default": []},
    "ca_certificates": {"type": "str"},
    "scope": shell_startup.SCOPE_OPTION,
}


def main() -> None:
    module = HostModule(
        ARGUMENT_SPEC,
        find_secrets=lambda options: secrets_in(options.get("proxy") or ""),
        supports_check_mode=True,
    )
    for_system = shell_startup.is_system_scope(module.params["scope"])
    module.debug(f"workstation_network: configuring {'all users' if for_system else 'one user'}")
    machine = Machine(
        find=module.get_bin_path,
        run=module.run_command,
        check=module.check_mode,
        home="" if for_system else directories.home_directory(),
    )
    try:
        result = apply_settings(_settings(module.params), machine)
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error, permission="Use become, or scope=user."))
    for warning in result.warnings:
        module.warn(warning)
    module.exit_json(
        changed=bool(result.changes),
        ca_bundle=result.ca_bundle,
        environment={
            name: value for name, value in result.environment.items() if without_secrets(value) == value
        },
        files=[change.path for change in result.changes],
        diff=managed.as_diff(
            change._replace(before=without_secrets(change.before), after=without_secrets(change.after))
            for change in result.changes
        ),
    )


def _settings(options: t.Mapping[str, t.Any]) -> NetworkSettings:
    proxy = None
    if options["proxy"] is not None:
        proxy = parse_proxy(options["proxy"], options["no_proxy"])
    certificates: t.Optional[t.List[Certificate]] = None
    if options["ca_certificates"] is not None:
        given = options["ca_certificates"]
        certificates = read_certificates(given) if given.strip() else []
    return NetworkSettings(proxy, certificates)


if __name__ == "__main__":
    main()
