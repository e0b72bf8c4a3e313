# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options for sections that exist, written by the module itself or by others. PRIVATE to the collection."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  adopt:
    description:
      - >-
        Take over profiles that aws-sso-util, Granted, aws-sso-cli, C(aws configure sso) or legacy tools wrote
        for the requested account, role and start URL. They get a comment C(# adopted by workstation.aws_sso),
        and O(purge) removes them when they are no longer requested.
      - What the session replaces is removed, such as C(credential_process) of these tools, C(granted_sso_*)
        and C(sso_start_url). Other keys stay. O(state=absent) restores all lines.
    type: bool
    default: false
  force:
    description:
      - Allow sections that this module did not write to be changed even if they name another account, role,
        session or start URL, or have other credentials. Otherwise they are an error.
      - A name in O(access) that results from the name of an account, which other people can choose, never
        changes the role of such a section. List the profile in O(profiles) instead.
    type: bool
    default: false
  force_default:
    description:
      - Allow O(default_profile) to replace the credentials in C([default]) of the configuration file.
    type: bool
    default: false
  owner:
    description:
      - A name for the profiles of this task, which becomes part of the comment in their sections. With
        different owners, several tasks can use O(purge) for the same session without removing each other's
        profiles.
      - Profiles without an owner that this task requests get this one.
    type: str
  purge:
    description:
      - Remove profiles that this module wrote and that are no longer requested, if their session is one of
        those in O(sessions), O(profiles) or O(access), and their owner is O(owner).
    type: bool
    default: false
"""
