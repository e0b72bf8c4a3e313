#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: aws_cli
short_description: Install, upgrade, roll back, repair and remove AWS CLI v2
version_added: 0.1.0
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
description:
  - Installs AWS CLI v2 from the archives that AWS publishes, after verifying the AWS CLI team's signature.
  - The directory layout is that of AWS's own installer, so the installer and C(aws update) keep working.
    Unlike that installer, the module can also downgrade, repair a damaged or interrupted installation and
    its links, and remove old versions.
  - The installed version is determined by running C(aws --version), so other changes are detected.
  - An installation can be interrupted at any time. Either the old or the new CLI works, and the next run
    cleans up. A version that is running is kept, with a warning, and removed by a later run.
  - What root installs can be used by all users; the modes are a part of the state. A directory above it that
    keeps other users out stays as it is, with a warning.
requirements:
  - C(gpgv) or C(gpg) where the archive is verified, unless O(verify_signature=false)
  - a 64-bit Linux system with the GNU C library, version 2.17 or newer
attributes:
  check_mode:
    details: O(state=latest) looks up the latest version in check mode too.
  diff_mode:
    details: Shows the versions, the current one, the links and the completion files before and after.
  idempotent:
    details: Nothing is downloaded when nothing has to change.
  facts:
    support: full
    description: Returns RV(record) as the fact C(aws_cli_record), too.
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.full
  - workstation.aws_sso._attributes.action
  - workstation.aws_sso._attributes.linux
options:
  state:
    description:
      - V(present) ensures a working CLI, in exactly O(version) if it is set, in any version otherwise.
      - V(latest) ensures the latest version that O(base_url) offers. It never downgrades.
      - V(absent) removes the versions, the links that point to them and the completion files. It keeps
        C(~/.aws) and everything that it did not install.
    type: str
    choices: [present, latest, absent]
    default: present
  version:
    description:
      - The version to install, such as V(2.38.5). It may be older than the installed one.
      - A version that is still on the host is activated without a download.
    type: str
  minimum_version:
    description:
      - The oldest version to accept, such as V(2.30.0).
      - With O(state=present), an older installed version is upgraded to the latest. An older O(version),
        archive or latest version of O(base_url) is an error.
      - AWS does not sign the number of the latest version, so without this option, a mirror could offer an
        old version as the latest, with AWS's valid signature.
    type: str
  install_dir:
    description:
      - Absolute path of the directory that contains the versions.
      - As root, O(install_dir), O(bin_dir) and the directories above them must be changeable by root only.
        Others are refused, because another user could replace what root installs and runs there. For the
        directories of a user, set C(become_user) to that user.
      - A directory with files of another program in C(v2) is refused, too.
    type: path
    default: /usr/local/aws-cli
  bin_dir:
    description:
      - Directory for the links C(aws) and C(aws_completer).
      - Together with O(install_dir), it allows an installation for one user, for example
        V(~/.local/share/aws-cli) and V(~/.local/bin).
    type: path
    default: /usr/local/bin
  source:
    description:
      - Path on the host, or URL, of the zip archive to install from, instead of the archives below
        O(base_url). With O(download_on=controller) it is a path on the controller, searched for as by
        M(ansible.builtin.copy).
      - With O(version), the archive must contain that version. Without it, the archive is used only when no
        working CLI is installed, and check mode knows its version only if the file name contains it.
    type: str
  base_url:
    description:
      - Base URL of the archives of AWS or of a mirror.
      - Credentials in URLs and the queries of presigned URLs are neither logged nor returned.
      - A mirror provides C(awscli-exe-linux-ARCHITECTURE-VERSION.zip) with its C(.sig), and
        C(v2/version.txt) with the number of the latest version. For O(state=latest) with
        O(download_on=host), C(awscli-exe-linux-ARCHITECTURE.zip) with its C(.sig) is enough.
    type: str
    default: https://awscli.amazonaws.com
  headers:
    description:
      - HTTP headers with a token for a mirror, such as C(Authorization) with the value V(Bearer TOKEN).
      - They are sent to the server of O(source) or O(base_url) only, not to another one that it redirects to.
        They are neither logged nor returned, and stay on the controller with O(download_on=controller).
    type: dict
  download_on:
    description:
      - Where the archive is downloaded and its signature verified.
      - V(controller) does both once for all hosts, in the environment of C(ansible-playbook), and copies the
        archive to the hosts that need it, which verify its checksum. They need neither access to O(base_url)
        nor C(gpgv).
      - V(controller) requires O(version), O(source) or O(state=latest). Archives with their signatures are
        kept for a week in E(XDG_CACHE_HOME) and verified in each run. The latest version is requested at
        most every ten minutes.
    type: str
    choices: [host, controller]
    default: host
  signature:
    description:
      - URL of the detached signature, or its path on the host, or with O(download_on=controller) on the
        controller.
      - The default is the bundle's own path or URL with C(.sig) added.
    type: str
  verify_signature:
    description:
      - Whether the signature must be valid before anything is unpacked.
    type: bool
    default: true
  public_key:
    description:
      - The OpenPGP public key to verify the signature with, armored, or its path on the host, or with
        O(download_on=controller) on the controller. Or a list of keys.
      - The default is the key of the AWS CLI team, which is part of the collection. AWS extends its expiry
        about once a year. A warning says so 60 days before, and an expired copy is accepted with a warning.
      - To update the key without the collection, set it to the one that AWS publishes (see below). For
        another key, set the old and the new one, and both of their fingerprints.
    type: raw
  fingerprint:
    description:
      - Fingerprints of the keys whose signature is accepted. The archive must be signed by one of them.
    type: list
    elements: str
    default: [FB5DB77FD5C118B80511ADA8A6310ACC4672475C]
  checksum:
    description:
      - Checksum of the zip archive, such as V(sha256:0123...). AWS publishes none.
      - It is verified in addition to the signature.
    type: str
  keep_versions:
    description:
      - How many versions to keep, including the current one, for a quick rollback. Each takes 250 MB.
    type: int
    default: 1
  completion:
    description:
      - Whether to install completion for bash, zsh and fish.
      - The files are in C(share) beside O(bin_dir), or in C(~/.local/share) when O(bin_dir) is in the home
        directory. In the latter case, add C(~/.local/share/zsh/site-functions) to C(fpath) for zsh.
      - Completion files that this module did not write are not changed.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for a network response before a download is retried.
    type: int
    default: 30
notes:
  - Progress of a download or copy is shown every ten seconds, over connections that allow it without a
    password, which are P(ansible.builtin.ssh#connection) with a key and P(ansible.builtin.local#connection).
  - Proxies and certificates are used as by M(ansible.builtin.get_url); E(https_proxy), E(no_proxy) and
    E(SSL_CERT_FILE) can be set with the C(environment) keyword.
  - An installation temporarily needs about 350 MB below O(install_dir).
seealso:
  - module: workstation.aws_sso.prerequisites
  - module: workstation.aws_sso.sso_profiles
  - name: Installing AWS CLI v2
    description: AWS's own instructions, with the public key.
    link: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
"""

EXAMPLES = r"""
- name: Install AWS CLI v2
  workstation.aws_sso.aws_cli:
  become: true

- name: Pin a version and keep the previous one for rollback
  workstation.aws_sso.aws_cli:
    version: 2.38.5
    keep_versions: 2
  become: true

- name: Install the latest version for one user
  workstation.aws_sso.aws_cli:
    state: latest
    install_dir: ~/.local/share/aws-cli
    bin_dir: ~/.local/bin

- name: Install the latest version of a mirror, and no old one
  workstation.aws_sso.aws_cli:
    state: latest
    minimum_version: 2.30.0
    base_url: https://mirror.example.com/awscli
  become: true

- name: Install from a local archive
  workstation.aws_sso.aws_cli:
    source: /opt/software/awscli-exe-linux-x86_64-2.38.5.zip
  become: true

- name: Download and verify the archive once for many hosts
  workstation.aws_sso.aws_cli:
    version: 2.38.5
    download_on: controller
  become: true

- name: Remove the AWS CLI
  workstation.aws_sso.aws_cli:
    state: absent
  become: true
"""

RETURN = r"""
version:
  description: The installed version; empty after O(state=absent).
  returned: success
  type: str
  sample: 2.38.5
previous_version:
  description: The version that was current before; empty if there was none or it was repaired.
  returned: success
  type: str
  sample: 2.36.12
executable:
  description: Path of the C(aws) command.
  returned: success
  type: str
  sample: /usr/local/bin/aws
architecture:
  description: AWS's name for the architecture of the host; empty with O(state=absent).
  returned: success
  type: str
  sample: x86_64
source:
  description:
    - Path or URL of the installed archive, without credentials and query.
    - Empty when none was needed.
  returned: success
  type: str
  sample: https://awscli.amazonaws.com/awscli-exe-linux-x86_64-2.38.5.zip
verified_by:
  description:
    - How the archive was verified in this run, V(gpgv), V(gpg), or V(checksum) with
      O(verify_signature=false).
    - Empty when no archive was installed or nothing had to be verified.
  returned: success
  type: str
  sample: gpgv
removed_versions:
  description: The removed versions, oldest first.
  returned: success
  type: list
  elements: str
  sample: [2.27.1]
replaced_links:
  description: Links in O(bin_dir) to another program that were replaced, with their former targets.
  returned: success
  type: dict
shadowed_by:
  description:
    - Path of another C(aws) that a login shell of the user finds before RV(executable); empty if there is
      none. With C(become), the user is the one who became root. A warning says how to remove it.
  returned: success
  type: str
  sample: /home/jane/.local/bin/aws
record:
  description:
    - What this module recorded when it installed RV(version), in C(install-record.json) beside it; empty for
      an installation by other means, or without RV(version).
    - It has C(version), C(sha256) of the archive, its C(source), C(verified_by), and of its signature,
      C(signature_sha256), the time C(signed_at) and the fingerprint of the C(key).
  returned: success
  type: dict
  sample: {version: 2.38.5, verified_by: gpgv, signed_at: "2026-10-23T18:14:03Z"}
"""

from ..module_utils._aws_cli.options import installer_for, login_shell, option_secrets, other_program
from ..module_utils._aws_cli.public_key import FINGERPRINT
from ..module_utils._errors import WorkstationError
from ..module_utils._files.errors import file_error_text
from ..module_utils._host.secrets import HostModule

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "latest", "absent"], "default": "present"},
    "version": {"type": "str"},
    "minimum_version": {"type": "str"},
    "install_dir": {"type": "path", "default": "/usr/local/aws-cli"},
    "bin_dir": {"type": "path", "default": "/usr/local/bin"},
    "source": {"type": "str"},
    "base_url": {"type": "str", "default": "https://awscli.amazonaws.com"},
    "headers": {"type": "dict", "no_log": True},
    "download_on": {"type": "str", "choices": ["host", "controller"], "default": "host"},
    "signature": {"type": "str"},
    "verify_signature": {"type": "bool", "default": True},
    "public_key": {"type": "raw", "no_log": False},
    "fingerprint": {"type": "list", "elements": "str", "default": [FINGERPRINT]},
    "checksum": {"type": "str"},
    "keep_versions": {"type": "int", "default": 1},
    "completion": {"type": "bool", "default": True},
    "timeout": {"type": "int", "default": 30},
}
PROGRESS_PATH = "_progress_path"
"""The result with the path of the file that shows the progress, for the action plugin."""


def main() -> None:
    """Install, upgrade, downgrade, repair or remove the CLI; in check mode, report what would change."""
    module = HostModule(ARGUMENT_SPEC, find_secrets=option_secrets, supports_check_mode=True)
    try:
        installer = installer_for(module)
        shell = login_shell()  # runs beside the rest, because its startup files may take a while
        result = installer.preview() if module.check_mode else installer.converge()
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error))
    if result.changed and not module.check_mode:
        shell = login_shell()  # startup files may add directories to PATH that exist now
    shadowed_by, shadow_warning = other_program(module, installer.executable, shell)
    for warning in filter(None, [*result.warnings, shadow_warning]):
        module.warn(warning)
    record = installer.record(result.after.current)
    module.exit_json(
        changed=result.changed,
        version=result.after.current,
        previous_version=result.previous_version,
        executable=installer.executable,
        architecture=installer.architecture,
        source=result.source,
        verified_by=result.verified_by,
        removed_versions=result.removed_versions,
        replaced_links=result.replaced_links,
        shadowed_by=shadowed_by,
        record=record,
        ansible_facts={"aws_cli_record": record},
        diff={"before": installer.describe(result.before), "after": installer.describe(result.after)},
        **{PROGRESS_PATH: installer.progress_path},
    )


if __name__ == "__main__":
    main()
