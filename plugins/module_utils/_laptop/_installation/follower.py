# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest that a laptop follows: the published one, once its signature was verified.

PRIVATE to the collection. The last accepted manifest is kept, so that the answer "not modified" is enough.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import typing as t

from ..._files.atomic import PRIVATE_FILE, make_private_directory, replace_file
from .._bundle.acceptance import require_acceptable
from .._bundle.errors import Refused
from .._bundle.manifest import LARGEST_MANIFEST, MANIFEST, SIGNATURE, Manifest, ManifestError, parse
from .._bundle.signature import LARGEST_SIGNATURE, verify
from .._bundle.source import Document, Source, Validators
from . import state as states
from . import trust as trusts
from .paths import Paths
from .state import State

_PUBLISHING_SECONDS = 3.0
"""The manifest and its signature are two files: between them, one is already new and the other is not."""

_TRY_AGAIN = "The administrator must publish the bundle again, with its signature."


class Follower(t.NamedTuple):
    """Follows the bundle *trust* at *source*; *state* is changed, and saved with a new manifest.

    With *dry_run*, nothing is changed but the state in memory.
    """

    paths: Paths
    trust: trusts.Trust
    source: Source
    state: State
    sleep: t.Callable[[float], None]
    dry_run: bool = False

    def latest(self, now: datetime.datetime) -> Manifest:
        """The published manifest, by one request if it has not changed.

        Raises Unreachable, Refused, WorkstationError and OSError.
        """
        state = self.state
        kept = accepted(self.paths, state)
        known = Validators(state.etag, state.last_modified) if kept else Validators()
        published = self.source.read_if_changed(MANIFEST, LARGEST_MANIFEST, known)
        state.checked = now
        document = published or Document(kept, known)
        if document.data == kept:
            manifest = self._acceptable(kept, now)
            state.etag, state.last_modified = document.validators
        else:
            document = self._verified(document)
            manifest = self._acceptable(document.data, now)
            self._keep(document, manifest)
        if not self.dry_run:
            trusts.adopt_keys(self.paths, manifest.keys)
        return manifest

    def _verified(self, document: Document) -> Document:
        """*document*, or a later one, with a valid signature."""
        try:
            self._verify(document)
        except Refused:
            self.sleep(_PUBLISHING_SECONDS)
            later = self.source.read(MANIFEST, LARGEST_MANIFEST)
            self._verify(later)
            return later
        return document

    def _verify(self, document: Document) -> None:
        signature = self.source.read(SIGNATURE, LARGEST_SIGNATURE)
        make_private_directory(self.paths.incoming)
        places = [os.path.join(self.paths.incoming, name) for name in (MANIFEST, SIGNATURE)]
        for place, content in zip(places, (document, signature)):
            replace_file(place, content.data, PRIVATE_FILE)
        verify(places[0], places[1], self.paths.allowed_signers)

    def _acceptable(self, data: bytes, now: datetime.datetime) -> Manifest:
        try:
            manifest = parse(data)
        except ManifestError as error:
            raise Refused(str(error)) from None
        require_acceptable(manifest, self.trust.name, self.state.serial, now)
        digest = _digest(data)
        if manifest.serial == self.state.serial and self.state.digest not in ("", digest):
            raise Refused(f"Two different bundles have the serial number {manifest.serial}.", _TRY_AGAIN)
        return manifest

    def _keep(self, document: Document, manifest: Manifest) -> None:
        """The state is saved last: it names the manifest by its digest."""
        state = self.state
        state.serial, state.digest = manifest.serial, _digest(document.data)
        state.etag, state.last_modified = document.validators
        if self.dry_run:
            return
        with open(os.path.join(self.paths.incoming, SIGNATURE), "rb") as stream:
            replace_file(self.paths.manifest_signature, stream.read(), PRIVATE_FILE)
        replace_file(self.paths.manifest, document.data, PRIVATE_FILE)
        states.save(self.paths, state)


def accepted(paths: Paths, state: State) -> bytes:
    """The manifest that was accepted last; empty if there is none, or if the file is damaged."""
    with contextlib.suppress(OSError):
        with open(paths.manifest, "rb") as stream:
            data = stream.read(LARGEST_MANIFEST + 1)
        if state.digest and _digest(data) == state.digest:
            return data
    return b""


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
