# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option that selects configured sessions. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  session:
    description:
      - Name of an C(sso-session) in the AWS configuration, or the start URL of legacy profiles, which name
        no session. A session that is not in the configuration is found by its token.
      - By default, all sessions of the configuration are selected.
    type: str
"""
