#!/usr/bin/python
# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: laptop_reports
short_description: Merge the reports of laptops into the fleet report
version_added: 0.1.0
description:
  - Laptops that update themselves from a company bundle deliver reports to a directory. This module merges
    them into the page and the state file of the callback plugin P(workstation.aws_sso.fleet_report#callback).
    The playbook C(workstation.aws_sso.fleet_report) runs it.
  - The page shows which version of the bundle each laptop has, when it was last seen, why an update failed
    and how to fix it, what waits for the user, and which expected hosts have never reported.
  - Each report is signed with a key that the laptop made when it was set up. The first key of a host name is
    recorded in O(keys); a report with another key, a damaged one and any other file is refused, and changes
    nothing but the list of refused reports on the page.
  - A laptop cannot report for a host that was set up from the controller, unless its key is in O(keys).
  - Reports contain names of hosts, accounts, roles and sessions, account IDs and ARNs, but no secret.
extends_documentation_fragment:
  - workstation.aws_sso._attributes
  - workstation.aws_sso._attributes.action
  - workstation.aws_sso._controller
attributes:
  check_mode:
    support: full
    description: In check mode, the page shows what a run would show; O(json) and O(keys) are not changed.
  diff_mode:
    support: none
  idempotent:
    support: full
    description: Without new reports, only the time on the page changes.
options:
  directory:
    description:
      - The directory with the reports. Its folders may contain reports too, and hidden files are ignored.
      - Anything can be in it. Symbolic links are not followed.
    type: path
    required: true
  html:
    description:
      - Path of the page, as O(workstation.aws_sso.fleet_report#callback:html) of the callback plugin,
        relative to the current directory.
      - If empty, no page is written.
    type: path
    default: fleet.html
  json:
    description:
      - Path of the state of the fleet, as O(workstation.aws_sso.fleet_report#callback:json) of the callback
        plugin. With the same file, the page has both laptops and hosts that are set up from the controller.
      - If empty, no state is kept. Nothing is compared with earlier reports then, and laptops whose reports
        were deleted are missing.
    type: path
    default: fleet.json
  keys:
    description:
      - Path of the file with the public key of each host. Each line has the name of a host and its key, such
        as C(laptop-042 ssh-ed25519 AAAA). New hosts are added at its end.
      - After a laptop was set up again, remove its line, so that its new key is recorded.
      - With the word C(revoked) in place of its key, the host is removed from the page, and its reports are
        refused.
    type: path
    default: fleet-keys
  new_hosts:
    description:
      - Whether to record the key of a host that has none in O(keys). With V(false), its reports are refused.
    type: bool
    default: true
  expected:
    description:
      - Names of hosts that should report, such as those of an inventory or of the device management. Those
        that never did are on the page. Upper and lower case are the same.
    type: list
    elements: str
    default: []
  bundle:
    description:
      - The version that laptops should have, or the path or URL of the current bundle or its manifest. The
        page marks laptops with another one as outdated.
      - With a path or URL, laptops are not outdated as long as the rollout of the bundle leaves them out.
    type: str
    default: ''
  keep_days:
    description:
      - Number of days after its last report after which a host is dropped from the page, if its report has
        been deleted. V(0) keeps all hosts.
    type: int
    default: 90
  csv:
    description:
      - Path of a CSV file, as O(workstation.aws_sso.fleet_report#callback:csv) of the callback plugin.
      - If empty, none is written.
    type: path
    default: ''
  title:
    description:
      - Name of the company or fleet, which is shown in the title of the page.
    type: str
    default: ''
  administrator_roles:
    description:
      - Globs of the names of roles in the risk class administrator, as
        O(workstation.aws_sso.fleet_report#callback:administrator_roles) of the callback plugin.
    type: list
    elements: str
    default:
      - '*admin*'
      - IAMFullAccess
      - '*OrganizationsFullAccess'
  write_roles:
    description:
      - Globs of the names of roles in the risk class write, as all roles that match no glob.
    type: list
    elements: str
    default: [DatabaseAdministrator, NetworkAdministrator, SystemAdministrator]
  read_roles:
    description:
      - Globs of the names of roles in the risk class read.
    type: list
    elements: str
    default:
      - '*ReadOnly*'
      - '*read-only*'
      - '*ViewOnly*'
      - '*view-only*'
      - '*audit*'
seealso:
  - plugin: workstation.aws_sso.fleet_report
    plugin_type: callback
author:
  - workstation.aws_sso contributors (@workstation-aws-sso)
"""

EXAMPLES = r"""
- name: Merge the reports of all laptops
  workstation.aws_sso.laptop_reports:
    directory: /srv/reports
    html: /srv/www/fleet.html
    json: /srv/fleet/fleet.json
    keys: /srv/fleet/keys
    expected: "{{ groups['laptops'] }}"
    bundle: https://laptops.example.com
  register: reports

- name: Fail if an update failed
  ansible.builtin.assert:
    that: reports.problems | selectattr('outcome', 'in', ['failed', 'rolled_back', 'refused']) | length == 0
"""

RETURN = r"""
hosts:
  description: Number of laptops on the page.
  returned: success
  type: int
  sample: 180
new_reports:
  description: Names of the hosts with a report that was not merged before.
  returned: success
  type: list
  elements: str
  sample: [laptop-042]
never_seen:
  description: Names in O(expected) that have never reported.
  returned: success
  type: list
  elements: str
outdated:
  description: Names of the laptops that do not have the version of O(bundle), but should.
  returned: success
  type: list
  elements: str
not_yet:
  description: Names of the laptops that have another version, and that the rollout still leaves out.
  returned: success
  type: list
  elements: str
problems:
  description: Laptops whose last update did not end well, or waits for the user.
  returned: success
  type: list
  elements: dict
  contains:
    host:
      description: Name of the host.
      type: str
    outcome:
      description: >-
        V(failed), V(rolled_back) to the version before, V(refused) because the bundle is not acceptable,
        V(sign_in_required) or V(password_required).
      type: str
    message:
      description: What happened.
      type: str
    fix:
      description: What to do about it; may be empty.
      type: str
  sample:
    - host: laptop-042
      outcome: rolled_back
      message: Version 4 failed, and version 2 was installed again.
      fix: workstation-update --retry
refused:
  description: Up to 200 files that were not used.
  returned: success
  type: list
  elements: dict
  contains:
    file:
      description: Path in O(directory).
      type: str
    host:
      description: The name of a host that it claims; empty if it has none.
      type: str
    reason:
      description: Why it was not used, and what to do if it should be.
      type: str
refused_count:
  description: Number of files that were not used.
  returned: success
  type: int
"""
