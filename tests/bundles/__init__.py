# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS CLI v2 archives in AWS's own format, signed with a temporary key, for tests and for the demonstration.

Real ones are repacked from a wheel of aws-cdk-asset-awscli-v2, stubs are short shell scripts. A Mirror is a
directory that any static web server can serve as the base_url of the module aws_cli.
"""

from __future__ import annotations

from .archives import pack_stub, pack_wheel
from .keys import SigningKey, new_key
from .mirror import Mirror
from .serving import serving, serving_by
from .wheels import wheel_with

__all__ = [
    "Mirror",
    "SigningKey",
    "new_key",
    "pack_stub",
    "pack_wheel",
    "serving",
    "serving_by",
    "wheel_with",
]
