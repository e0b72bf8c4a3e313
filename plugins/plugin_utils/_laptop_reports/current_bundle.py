# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundle that laptops should have: the one at a path or URL, or a version.

PRIVATE to the collection.
"""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible.module_utils.urls import open_url

from ...module_utils._aws_cli.urls import displayable, is_url, require_valid_url, without_secrets
from ...module_utils._errors import WorkstationError
from ...module_utils._files.errors import file_error_text
from ...module_utils._laptop._bundle.manifest import (
    LARGEST_MANIFEST,
    MANIFEST,
    Manifest,
    ManifestError,
    parse,
)
from ...module_utils._laptop._bundle.rollout import decide

_SECONDS = 30


class CurrentBundle(t.NamedTuple):
    """Both texts are empty if it is unknown, *content_id* also if only the version is known."""

    version: str = ""
    content_id: str = ""
    manifest: Manifest | None = None

    def is_for(self, host: str, now: datetime.datetime) -> bool:
        """Whether *host* installs it by now, according to its rollout."""
        return self.manifest is None or decide(self.manifest, host, now).install


def current_bundle(bundle: str) -> CurrentBundle:
    """*bundle* is a version, or the path or URL of a manifest or of its directory. Raises WorkstationError.

    The signature is not verified, because nothing of the bundle is used.
    """
    if not is_url(bundle) and not _is_path(bundle):
        return CurrentBundle(bundle)
    shown = displayable(bundle) if is_url(bundle) else bundle
    try:
        manifest = parse(_download(bundle) if is_url(bundle) else _read(os.path.expanduser(bundle)))
    except ManifestError as error:
        raise WorkstationError(f"{shown}: {error}") from None
    return CurrentBundle(manifest.version, manifest.content_id, manifest)


def _is_path(bundle: str) -> bool:
    return "/" in bundle or bundle.endswith(".json") or os.path.isfile(os.path.join(bundle, MANIFEST))


def _read(path: str) -> bytes:
    path = os.path.join(path, MANIFEST) if os.path.isdir(path) else path
    try:
        with open(path, "rb") as stream:
            return stream.read(LARGEST_MANIFEST + 1)
    except OSError as error:
        raise WorkstationError(file_error_text(error, path)) from None


def _download(url: str) -> bytes:
    require_valid_url("bundle", url)
    if not url.partition("?")[0].endswith(".json"):
        url = f"{url.rstrip('/')}/{MANIFEST}"
    try:
        with open_url(url, timeout=_SECONDS, http_agent="workstation.aws_sso") as response:
            data: bytes = response.read(LARGEST_MANIFEST + 1)
    except Exception as error:  # of several libraries
        reason = without_secrets(str(error), url).rstrip(".")
        raise WorkstationError(f"{displayable(url)} could not be read: {reason}.") from None
    return data
