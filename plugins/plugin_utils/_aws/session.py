# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of botocore whose clients always verify TLS certificates.

PRIVATE to the collection. botocore before 1.43.60 takes an empty CA bundle for "do not verify":
AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE, or ca_bundle of a profile. A playbook can set an empty one by
mistake, as in ``AWS_CA_BUNDLE: "{{ company_ca | default('') }}"``, and then tokens could be read in transit.
"""

from __future__ import annotations

import os
import typing as t

from .._display import debug

_NO_PROFILE = {"profile": (None, None, None, None)}


def verified_session(profile: str | None = None, with_profile: bool = True) -> t.Any:
    """A botocore session of *profile*, by default the active one, or without *with_profile* of none.

    Raises ProfileNotFound of botocore.
    """
    import botocore.session

    session_vars = None if with_profile else _NO_PROFILE
    session = botocore.session.Session(profile=profile, session_vars=session_vars)
    configured = session.get_config_variable("ca_bundle")
    bundle = next(filter(_is_set, (configured, os.environ.get("REQUESTS_CA_BUNDLE"))), None)
    if bundle is None and configured is not None:
        debug("the CA bundle is set to an empty value: using the certificates of botocore")
    # An explicit value has precedence over the environment and the profile, for all clients of the session.
    session.set_config_variable("ca_bundle", True if bundle is None else bundle)
    return session


def _is_set(bundle: object) -> bool:
    return isinstance(bundle, str) and bool(bundle.strip())
