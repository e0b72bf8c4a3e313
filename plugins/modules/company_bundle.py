#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: company_bundle
short_description: Make the directory from which laptops set themselves up
version_added: 0.1.0
description:
  - Makes a directory to publish on a web server, in a bucket or on a share. Laptops that no controller
    reaches set themselves up from it and stay current. The playbook C(workstation.aws_sso.company_bundle)
    runs this module.
  - A version contains this collection, the Python packages that it requires for each Python and machine, the
    variables of the laptops, and optionally AWS CLI v2. It never changes. A manifest with the checksums of
    all files is signed with the company's key.
  - If the version is in the directory with the same content, only the manifest is signed again. That extends
    it, pauses and resumes its installation, changes its rings, or changes the keys. Other content requires a
    new version.
  - The directory contains no secret. A variable with a secret is an error.
  - The file C(setup.sh) in it sets up a laptop, C(wsl-user-data) lets cloud-init do that for a new WSL
    distribution, and C(intune.ps1) is one line for Intune or a group policy.
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.action
  - workstation.aws_sso._controller
attributes:
  check_mode:
    support: none
  diff_mode:
    support: none
  idempotent:
    support: none
    details: Each run signs the manifest again. The files of a version are the same.
options:
  directory:
    description:
      - The directory to make, or to add a version to. Versions that are not needed any more may be removed.
    type: path
    required: true
  url:
    description:
      - Where laptops find the directory, such as V(https://example.com/laptops); or an absolute path, such as
        that of a share on all laptops.
    type: str
    required: true
  name:
    description:
      - Name of the bundle, such as the company's. Laptops refuse a bundle of another name.
    type: str
    required: true
  version:
    description:
      - Version of the content, such as V(2026-05-01). Laptops install the version of the newest manifest, so
        an older one is a way back.
      - Required unless O(sign_only=true).
    type: str
  sign_only:
    description:
      - Whether to only sign the manifest that is in O(directory) again, with the other O(expire_days),
        O(paused), O(rings), O(key) and O(next_keys). It does not matter then whether the content of the
        version would be another today.
    type: bool
    default: false
  key:
    description:
      - The company's private key in the format of OpenSSH, without a passphrase; or a private or public key
        file whose key is in C(ssh-agent) or on a hardware token. C(ssh-keygen -t ed25519) creates one.
      - Laptops run as the user who works on them what this key has signed, partly as root. Protect it.
    type: path
    required: true
  next_keys:
    description:
      - Further public keys, or files with one, that laptops accept from now on. Publish with the next key
        here before it becomes O(key), and for as long as a laptop may be switched off.
    type: list
    elements: str
    default: []
  expire_days:
    description:
      - Days after which laptops refuse the manifest, unless it was signed again. This limits how long a
        server can withhold a newer one.
    type: int
    default: 90
  company:
    description:
      - The variables of the laptops, as for the role P(workstation.aws_sso.workstation#role).
      - By default these are the variables of the option C(-e) of C(ansible-playbook), without
        C(workstation_bundle_*), C(ansible_*) and C(target). Their templates are evaluated by the laptops,
        except for variables with the lookup P(ansible.builtin.file#lookup), such as a CA certificate.
    type: dict
  requirements:
    description:
      - A file of pinned Python packages with hashes, instead of those that this collection was tested with.
    type: path
  pythons:
    description:
      - Versions of Python on the laptops.
    type: list
    elements: str
    default: ["3.10", "3.11", "3.12", "3.13", "3.14"]
  machines:
    description:
      - Machines of the laptops.
    type: list
    elements: str
    choices: [x86_64, aarch64]
    default: [x86_64, aarch64]
  aws_cli:
    description:
      - Whether the bundle contains AWS CLI v2, so that laptops do not download it from AWS. The version and
        its verification are those of C(workstation_aws_cli); by default it is the latest one.
    type: bool
    default: false
  paused:
    description:
      - Whether laptops wait before they install another version than the one they have.
    type: bool
    default: false
  rings:
    description:
      - When which part of the laptops installs a version. By default all of them do at once.
    type: list
    elements: dict
    default: []
    suboptions:
      percent:
        description:
          - The part of the laptops, including that of earlier rings. Which laptops it consists of is
            determined by their names.
        type: float
        required: true
      start:
        description:
          - When these laptops start, such as V(2026-05-01T12:00:00Z).
        type: raw
        required: true
  interval:
    description:
      - How often laptops look for a new manifest.
    type: str
    choices: [hourly, daily, weekly]
    default: daily
  random_delay_minutes:
    description:
      - Minutes over which the requests of the laptops are spread.
    type: int
    default: 240
  rerun_days:
    description:
      - Days after which a laptop runs the playbook of an unchanged version again, which repairs what was
        changed by hand. V(0) for never.
    type: int
    default: 7
  report:
    description:
      - Where laptops deliver what their last run did. By default it remains on the laptop.
    type: dict
    suboptions:
      destination:
        description:
          - A directory, or an https URL for the method PUT. It may contain C({host}) for the name of the
            laptop.
        type: str
        required: true
      token_variable:
        description:
          - The environment variable of the laptop that contains a bearer token for the server, or the query
            of a presigned URL, which begins with C(?).
        type: str
        default: ""
      every_days:
        description:
          - Days after which an unchanged report is delivered again.
        type: int
        default: 1
notes:
  - Upload the directory of the version first, then the scripts and C(manifest.json.sig), and C(manifest.json)
    last.
  - Requires C(ssh-keygen), and pip in the environment of Ansible, on the controller.
seealso:
  - module: workstation.aws_sso.aws_cli
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
"""

EXAMPLES = r"""
- name: Make a bundle for the laptops
  workstation.aws_sso.company_bundle:
    directory: /srv/www/laptops
    url: https://example.com/laptops
    name: acme
    version: "2026-05-01"
    key: ~/.ssh/company-bundle
    aws_cli: true
    rings:
      - {percent: 5, start: "2026-05-01T08:00:00Z"}
      - {percent: 100, start: "2026-05-04T08:00:00Z"}
    company:
      workstation_sessions:
        - name: acme
          start_url: https://acme.awsapps.com/start
          region: eu-west-1
  register: bundle

- name: Show the line to type on a laptop
  ansible.builtin.debug:
    msg: "{{ bundle.command }}"
"""

RETURN = r"""
directory:
  description: The directory to publish.
  returned: success
  type: str
  sample: /srv/www/laptops
url:
  description: Where laptops find it.
  returned: success
  type: str
  sample: https://example.com/laptops
name:
  description: Name of the bundle.
  returned: success
  type: str
  sample: acme
version:
  description: Version that laptops install.
  returned: success
  type: str
  sample: "2026-05-01"
new_version:
  description: Whether the version was added; V(false) if its manifest was signed again.
  returned: success
  type: bool
content_id:
  description: Identifies what laptops install and run. It does not change when a manifest is signed again.
  returned: success
  type: str
  sample: 0123456789abcdef
serial:
  description: Number of the manifest. Laptops refuse one with a lower number than they have seen.
  returned: success
  type: int
  sample: 1777622400
expires:
  description: When laptops start to refuse the manifest, in UTC.
  returned: success
  type: str
  sample: "2026-07-30T08:00:00Z"
files:
  description: Number of files of the version.
  returned: success
  type: int
  sample: 75
size:
  description: Size of these files in bytes.
  returned: success
  type: int
  sample: 60000000
public_keys:
  description: The public keys that laptops accept from now on; the first one has signed the manifest.
  returned: success
  type: list
  elements: str
command:
  description: The line that sets up a laptop.
  returned: success
  type: str
  sample: curl -fsSL https://example.com/laptops/setup.sh | sh
"""
