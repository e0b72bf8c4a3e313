# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with IAM Identity Center, as errors whose text says what to do.

PRIVATE to the collection. Plugins turn AwsSsoError into AnsibleError at their edge, without a traceback and
without a secret: no message ever holds a token, a key, a code verifier or a client secret.
"""

from __future__ import annotations


class AwsSsoError(Exception):
    """The base of all errors of this collection's controller code; str() is ready for a person to read."""


class LoginRequired(AwsSsoError):
    """Only a person can help: there is no token, or it ended and could not be refreshed."""


class LoginRefused(AwsSsoError):
    """The person, or AWS on the company's behalf, said no to a login."""


class ServiceError(AwsSsoError):
    """AWS answered with an error that neither a login nor a retry cures; says the operation and the cure."""


class Unreachable(AwsSsoError):
    """No answer from AWS, or an answer that is not from AWS: network, proxy, certificate or clock trouble."""
