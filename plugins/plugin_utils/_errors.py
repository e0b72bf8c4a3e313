# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of calls to IAM Identity Center that callers handle by type.

PRIVATE to the collection.
"""

from __future__ import annotations

from ..module_utils._errors import WorkstationError


class LoginRequired(WorkstationError):
    """There is no token, or it has expired and could not be refreshed: a user must sign in."""


class ServiceError(WorkstationError):
    """AWS returned an error that neither a sign-in nor a retry resolves; str() is the operation and a fix."""


class RoleRefused(WorkstationError):
    """AWS refuses credentials of a role to a user who is signed in."""


class Unreachable(WorkstationError):
    """No response from AWS, or none but refusals of too many calls, or one that is not from AWS: a network,
    proxy, certificate or clock problem.
    """


def not_from_aws(fault: str) -> Unreachable:
    """The error for a response that AWS cannot have sent; *fault* begins a sentence about it."""
    return Unreachable(
        f"{fault}, so the response is not from AWS but from something in between. Check the proxy and the"
        " variables AWS_ENDPOINT_URL*."
    )
