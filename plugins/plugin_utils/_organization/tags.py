# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tags of accounts in an organization.

PRIVATE to the collection. AWS returns them for one account at a time.
"""

from __future__ import annotations

import typing as t

from .._assignments.connection import AdminClient
from .._aws.errors import AwsRefused
from .._aws.paced_client import in_parallel
from .._display import show
from .._sso import names

Tags = t.Dict[str, str]


def account_tags(organizations: AdminClient, account_ids: t.Iterable[str]) -> dict[str, Tags]:
    """The tags of each of these accounts, by ID. Raises what AdminClient raises."""
    found = in_parallel(
        lambda account_id: _tags(organizations, account_id),
        account_ids,
        lambda done, total: show(f"AWS Organizations: tags of {done} of {total} accounts are listed"),
    )
    return dict(found)


def _tags(organizations: AdminClient, account_id: str) -> Tags:
    try:
        listed = list(organizations.pages("list_tags_for_resource", "Tags", size=None, ResourceId=account_id))
    except AwsRefused as error:
        if error.code == "TargetNotFound":  # it has left the organization meanwhile
            return {}
        raise
    return {
        names.free_text("name of a tag", tag.get("Key")): names.free_text("value of a tag", tag.get("Value"))
        for tag in listed
    }
