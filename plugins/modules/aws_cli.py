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
  - Installs AWS CLI v2 from the bundles that AWS publishes, after their signature proved to be the AWS CLI
    team's.
  - The tree has the shape that AWS's own installer gives it, so that the installer and C(aws update) can take
    over at any time. Unlike that installer, the module also goes back to an older version, repairs a
    damaged or interrupted installation and its links, and removes the versions that are no longer wanted.
  - What is installed is found out by running C(aws --version), so that a CLI that was changed by other
    means is noticed.
  - An installation that is interrupted at any moment leaves the old CLI or the new one working; the next run
    cleans up.
requirements:
  - C(gpgv) or C(gpg) where the bundle is verified, unless O(verify_signature=false)
  - a 64-bit Linux system with the GNU C library, version 2.17 or newer
attributes:
  check_mode:
    support: full
    details: O(state=latest) looks up the latest version in check mode too.
  diff_mode:
    support: full
    details: Shows the versions, the current one, the links and the completion files before and after.
  idempotent:
    support: full
    details: Nothing is downloaded to find out that nothing is to change.
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.action
  - workstation.aws_sso._attributes.linux
options:
  state:
    description:
      - V(present) has a working CLI there, in exactly O(version) if that is given, in any version otherwise.
      - V(latest) has the latest version there that O(base_url) offers. It never goes back to an older
        version.
      - V(absent) removes the versions, the links that point to them and the completion files. It leaves
        C(~/.aws) and everything that it did not install.
    type: str
    choices: [present, latest, absent]
    default: present
  version:
    description:
      - The version to have, as in V(2.38.5). It may be older than the installed one.
      - A version that is still on the host is switched to without a download.
    type: str
  install_dir:
    description:
      - Directory that holds the versions.
    type: path
    default: /usr/local/aws-cli
  bin_dir:
    description:
      - Directory for the links C(aws) and C(aws_completer).
      - Together with O(install_dir) it makes an installation per user, for example
        V(~/.local/share/aws-cli) and V(~/.local/bin).
    type: path
    default: /usr/local/bin
  source:
    description:
      - Path on the host, or URL, of the zip archive to install from, instead of the archives below
        O(base_url). With O(download_on=controller) the path is one on the controller, where it is looked for
        as M(ansible.builtin.copy) does.
      - With O(version), the archive must hold that version. Without, it is used only when no working CLI
        is there, and check mode knows its version only if the name of the archive tells it.
    type: str
  base_url:
    description:
      - Where AWS's bundles lie, or a mirror of it.
      - A mirror offers C(awscli-exe-linux-ARCHITECTURE-VERSION.zip) with its C(.sig), and
        C(v2/version.txt) with the number of the latest version.
    type: str
    default: https://awscli.amazonaws.com
  download_on:
    description:
      - Where the bundle is downloaded and its signature verified.
      - V(controller) does both once for all hosts, in the environment of C(ansible-playbook), and copies the
        bundle to the hosts that need it, which check that they got just that. They need neither a way to
        O(base_url) nor C(gpgv).
      - With V(controller), O(version), O(source) or O(state=latest) says what all hosts get. The bundles are
        kept for a week in E(XDG_CACHE_HOME), and the latest version is asked for every ten minutes at most.
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
      - Whether the signature must be good before anything is unpacked.
    type: bool
    default: true
  public_key:
    description:
      - The OpenPGP public key to check the signature with, armored, or its path on the host, or with
        O(download_on=controller) on the controller.
      - The default is the key of the AWS CLI team that comes with the collection. AWS prolongs it about
        once a year; a copy that has expired is accepted with a warning.
    type: str
  fingerprint:
    description:
      - Fingerprint of the one key whose signature is accepted.
    type: str
    default: FB5DB77FD5C118B80511ADA8A6310ACC4672475C
  checksum:
    description:
      - Checksum that the zip archive must have, as in V(sha256:0123...). AWS publishes none.
      - It is checked in addition to the signature.
    type: str
  keep_versions:
    description:
      - How many versions stay on the host, the current one included, for a quick way back.
      - A version takes about 250 MB.
    type: int
    default: 1
  completion:
    description:
      - Whether to install completion for bash, zsh and fish.
      - The files lie in C(share) beside O(bin_dir), or in C(~/.local/share) when O(bin_dir) is in the home
        directory. Add C(~/.local/share/zsh/site-functions) to C(fpath) for zsh in the latter case.
      - Completion files that this module did not write are left alone.
    type: bool
    default: true
  timeout:
    description:
      - Seconds to wait for an answer of the network before a download is tried again.
    type: int
    default: 30
notes:
  - While a bundle is downloaded or copied, the task tells every ten seconds how far it is, over connections
    that can do so without a password, which are P(ansible.builtin.ssh#connection) with a key and
    P(ansible.builtin.local#connection).
  - Proxies and certificates are those of C(ansible.builtin.get_url); E(https_proxy), E(no_proxy) and
    E(SSL_CERT_FILE) can be set by the C(environment) keyword.
  - Unpacking needs about 350 MB below O(install_dir) while it runs.
seealso:
  - module: workstation.aws_sso.prerequisites
  - module: workstation.aws_sso.sso_profiles
  - name: Installing AWS CLI v2
    description: AWS's own instructions, with the public key.
    link: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
"""

EXAMPLES = r"""
- name: Have the AWS CLI
  workstation.aws_sso.aws_cli:
  become: true

- name: Have one version everywhere, and keep the one before for a rollback
  workstation.aws_sso.aws_cli:
    version: 2.38.5
    keep_versions: 2
  become: true

- name: Have the latest version for this user alone
  workstation.aws_sso.aws_cli:
    state: latest
    install_dir: ~/.local/share/aws-cli
    bin_dir: ~/.local/bin

- name: Install from a mirror
  workstation.aws_sso.aws_cli:
    version: 2.38.5
    base_url: https://mirror.example.com/awscli
  become: true

- name: Install without a network
  workstation.aws_sso.aws_cli:
    source: /opt/software/awscli-exe-linux-x86_64-2.38.5.zip
  become: true

- name: Download and verify one bundle for a fleet
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
  description: The version that is there now, or would be; empty after O(state=absent).
  returned: success
  type: str
  sample: 2.38.5
previous_version:
  description: The version that was current before; empty for none, and for one that was repaired.
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
    - Path or URL of the bundle that was installed, or would be, without credentials and query.
    - Empty when none was needed.
  returned: success
  type: str
  sample: https://awscli.amazonaws.com/awscli-exe-linux-x86_64-2.38.5.zip
verified_by:
  description:
    - What the bundle was verified by in this run, V(gpgv), V(gpg), or V(checksum) with
      O(verify_signature=false).
    - Empty when no bundle was installed, and when nothing was to be verified.
  returned: success
  type: str
  sample: gpgv
removed_versions:
  description: The versions that were removed, or would be, oldest first.
  returned: success
  type: list
  elements: str
  sample: [2.27.1]
"""

import contextlib
import os
import platform
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._aws_cli.completion import share_directory
from ..module_utils._aws_cli.download import Downloader
from ..module_utils._aws_cli.installer import Installer, InstallResult, Wanted
from ..module_utils._aws_cli.public_key import (
    FINGERPRINT,
    PUBLIC_KEY,
)
from ..module_utils._aws_cli.signature import Verifier, read_key
from ..module_utils._aws_cli.source import (
    CHECKSUM,
    Source,
    expanded,
    supported_architecture,
)
from ..module_utils._aws_cli.tree import VERSION, Tree
from ..module_utils._errors import WorkstationError
from ..module_utils._files.directories import home_directory
from ..module_utils._files.errors import file_error_text

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "latest", "absent"], "default": "present"},
    "version": {"type": "str"},
    "install_dir": {"type": "path", "default": "/usr/local/aws-cli"},
    "bin_dir": {"type": "path", "default": "/usr/local/bin"},
    "source": {"type": "str"},
    "base_url": {"type": "str", "default": "https://awscli.amazonaws.com"},
    "download_on": {"type": "str", "choices": ["host", "controller"], "default": "host"},
    "signature": {"type": "str"},
    "verify_signature": {"type": "bool", "default": True},
    "public_key": {"type": "str", "no_log": False},
    "fingerprint": {"type": "str", "default": FINGERPRINT},
    "checksum": {"type": "str"},
    "keep_versions": {"type": "int", "default": 1},
    "completion": {"type": "bool", "default": True},
    "timeout": {"type": "int", "default": 30},
}
ON_THE_CONTROLLER = "set download_on=controller, so that the controller downloads it for this host"
PROGRESS = "progress"
"""Name of the file below the task's temporary directory that tells the action how far a download is."""


def open_url(*arguments: t.Any, **options: t.Any) -> t.Any:
    """Ansible's own, imported late: that takes as long as all else that a converged host does."""
    from ansible.module_utils import urls

    return urls.open_url(*arguments, **options)


def build_installer(module: AnsibleModule) -> Installer:
    """Wire the domain to this host: its programs, its network, and the module's options."""
    options = module.params
    scratch_home = {
        "HOME": module.tmpdir,  # some versions create ~/.aws even for --version
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }

    def run(command: t.List[str]) -> t.Tuple[int, str, str]:
        result: t.Tuple[int, str, str] = module.run_command(
            command, environ_update=scratch_home, handle_exceptions=False
        )
        return result

    tree = Tree(
        options["install_dir"],
        options["bin_dir"],
        share_directory(options["bin_dir"], home_directory()),
    )
    verifier = None
    if options["verify_signature"]:
        public_key = read_key(options["public_key"] or PUBLIC_KEY)
        verifier = Verifier(public_key, options["fingerprint"], run, module.get_bin_path)
    absent = options["state"] == "absent"
    source = Source(
        architecture="" if absent else supported_architecture(platform.machine()),
        base_url=options["base_url"],
        location=expanded(options["source"]),
        signature=expanded(options["signature"]),
        checksum=options["checksum"],
        downloader=Downloader(
            open_url, options["timeout"], tell=teller(module.tmpdir), otherwise=ON_THE_CONTROLLER
        ),
        verifier=verifier,
    )
    wanted = Wanted(options["state"], options["version"], options["keep_versions"], options["completion"])
    return Installer(tree, source, wanted, run)


def teller(directory: str) -> t.Callable[[int, t.Optional[int]], None]:
    """Keeps how far a download is in a file, for the action plugin to look at."""
    path = os.path.join(directory, PROGRESS)

    def tell(received: int, total: t.Optional[int]) -> None:
        with contextlib.suppress(OSError), open(path, "w", encoding="ascii") as stream:
            os.chmod(path, 0o644)  # who looks may be another user than the one who installs
            stream.write(f"{received} {total or 0}")

    return tell


def validate(module: AnsibleModule) -> None:
    """Refuse option values that could only fail later, or name something else than they seem to."""
    options = module.params
    if options["version"] and not VERSION.fullmatch(options["version"]):
        module.fail_json(
            msg=f"version must be three numbers such as 2.38.5, not {options['version']!r}."
            " For the newest version, leave version out and set state=latest."
        )
    if options["checksum"] and not CHECKSUM.fullmatch(options["checksum"]):
        module.fail_json(
            msg="checksum must have the form sha256:HEXADECIMAL (64 digits)"
            " or sha512:HEXADECIMAL (128 digits)."
        )
    if options["keep_versions"] < 1:
        module.fail_json(msg="keep_versions must be 1 or more, because it includes the current version.")
    if options["state"] == "latest" and (options["version"] or options["source"]):
        module.fail_json(
            msg="state=latest is mutually exclusive with version and source:"
            " it installs the newest version that base_url offers."
        )


def result(installer: Installer, outcome: InstallResult) -> t.Dict[str, t.Any]:
    return {
        "changed": outcome.changed,
        "version": outcome.after.current,
        "previous_version": outcome.previous_version,
        "executable": installer.executable,
        "architecture": installer.architecture,
        "source": outcome.source,
        "verified_by": outcome.verified_by,
        "removed_versions": outcome.removed_versions,
        "diff": {
            "before": installer.describe(outcome.before),
            "after": installer.describe(outcome.after),
        },
    }


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    validate(module)
    try:
        installer = build_installer(module)
        outcome = installer.preview() if module.check_mode else installer.converge()
    except WorkstationError as error:
        module.fail_json(msg=str(error))
    except OSError as error:
        module.fail_json(msg=file_error_text(error))
    if outcome.warning:
        module.warn(outcome.warning)
    module.exit_json(**result(installer, outcome))


if __name__ == "__main__":
    main()
