# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of profiles and sessions, and findings about misspelled ones.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

from ..._aws_config.parser import Document, Section
from ..config import Configuration
from ..finding import Finding, place

SSO_SESSION_KEYS = ("sso_start_url", "sso_region")
"""What every sso-session, and every legacy profile, requires."""

PLACEHOLDERS = {
    "aws_access_key_id": "KEY",
    "aws_secret_access_key": "KEY",
    "role_arn": "ROLE_ARN",
    "sso_account_id": "ACCOUNT_ID",
    "sso_region": "REGION",
    "sso_role_name": "ROLE_NAME",
    "sso_session": "SESSION",
    "sso_start_url": "START_URL",
}
"""What a fix has in place of values that are not known."""

SCALARS = frozenset(
    (
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "ca_bundle",
        "cli_auto_prompt",
        "cli_pager",
        "credential_source",
        "external_id",
        "mfa_serial",
        "output",
        "region",
        "role_arn",
        "role_session_name",
        "source_profile",
        "sso_account_id",
        "sso_region",
        "sso_registration_scopes",
        "sso_role_name",
        "sso_session",
        "sso_start_url",
        "web_identity_token_file",
    )
)
"""Keys whose value is on one line."""

PROFILE_KEYS = SCALARS | {"credential_process"}
"""Keys by which a section is recognized as a profile, and for which misspelled ones are meant."""

S3_KEYS = frozenset(
    (
        "addressing_style",
        "max_bandwidth",
        "max_concurrent_requests",
        "max_queue_size",
        "multipart_chunksize",
        "multipart_threshold",
        "payload_signing_enabled",
        "preferred_transfer_client",
        "signature_version",
        "target_bandwidth",
        "use_accelerate_endpoint",
        "use_dualstack_endpoint",
    )
)
"""Keys of the nested block "s3 ="."""

_NOT_MISSPELLED = frozenset(("aws_account_id", "aws_security_token", "cli_pagers", "services"))

_CONFUSED = {
    "aws_access_key": "aws_access_key_id",
    "aws_secret_key": "aws_secret_access_key",
    "sso_account": "sso_account_id",
    "sso_role": "sso_role_name",
    "sso_rolename": "sso_role_name",
    "sso_url": "sso_start_url",
}

_WITHOUT_EFFECT_ON_SIGN_IN = ("ca_bundle", "cli_auto_prompt", "cli_pager", "output", "region")


def intended_key(key: str) -> t.Optional[str]:
    """The key that the misspelled *key* is meant to be; None for all other keys."""
    if key in PROFILE_KEYS or key in S3_KEYS or key in _NOT_MISSPELLED:
        return None
    plain = "_".join(key.replace("-", " ").replace(".", " ").split())
    if plain in _CONFUSED:
        return _CONFUSED[plain]
    return next((known for known in sorted(PROFILE_KEYS) if plain == known or _is_typo(plain, known)), None)


def _is_typo(text: str, known: str) -> bool:
    """Whether *text* is *known* with one letter changed, missing or added, or two exchanged."""
    if abs(len(text) - len(known)) > 1:
        return False
    start = next((at for at, pair in enumerate(zip(text, known)) if pair[0] != pair[1]), None)
    if start is None:
        return True
    return text[start + (len(text) >= len(known)) :] == known[start + (len(known) >= len(text)) :] or (
        text[start : start + 2] == known[start : start + 2][::-1] and text[start + 2 :] == known[start + 2 :]
    )


def misspelled_keys(section: Section) -> t.Dict[str, str]:
    """The misspelled keys of *section*, by the key that is meant."""
    meant = ((intended_key(key), key) for key in section.starts)
    return {known: key for known, key in meant if known is not None}


def key_findings(configuration: Configuration) -> t.Iterator[Finding]:
    """Misspelled keys of profiles and sessions, which the AWS CLI ignores."""
    for section in configuration.document.sections:
        if section.profile is not None or section.session is not None:
            yield from _misspelled(configuration.document, section)
    for section in configuration.credentials_document.sections:
        yield from _misspelled(configuration.credentials_document, section)


def _misspelled(document: Document, section: Section) -> t.Iterator[Finding]:
    for known, key in misspelled_keys(section).items():
        line = section.starts[key] + 1
        todo = f"delete {key}" if known in section.starts else f"rename the key to {known}"
        yield Finding(
            "config-key-misspelled",
            "warning" if known in section.starts or known in _WITHOUT_EFFECT_ON_SIGN_IN else "error",
            f"{document.path}, line {line}",
            f"[{section.header}] has the key {key}, which does not exist; {known} is probably meant.",
            "The AWS CLI and the SDKs ignore the key.",
            f"{place(document.path, line)}, {todo}",
        )
