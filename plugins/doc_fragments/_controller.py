# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes on modules that run on the controller. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
notes:
  - When the host is the controller itself, by P(ansible.builtin.local#connection), the variables of the
    task's keyword C(environment), such as E(HTTPS_PROXY), E(AWS_CA_BUNDLE) and E(AWS_CONFIG_FILE), apply to
    all that happens on the controller. For other hosts, the variables with which Ansible was started apply.
"""
