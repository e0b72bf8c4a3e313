# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which company bundle a laptop follows: its name, its URL and the company's public keys.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import json
import os
import typing as t

from ..._errors import WorkstationError
from ..._files.atomic import PRIVATE_FILE, replace_file
from .._bundle.manifest import NAME
from .._bundle.signature import allowed_signers, signer_keys
from .._bundle.source import require_valid_location
from . import state as states
from .paths import Paths

_NOT_SET_UP = "This laptop does not follow a company bundle yet: run setup.sh of the bundle of your company."


class Trust(t.NamedTuple):
    """A manifest with another *name* is refused. *url* is that of the folder of the manifest, or a path."""

    name: str
    url: str


def load(paths: Paths) -> Trust:
    """Raises WorkstationError if the laptop is not set up."""
    with contextlib.suppress(ValueError, TypeError, KeyError, FileNotFoundError, RecursionError):
        with open(paths.trust, "rb") as stream:
            document = json.loads(stream.read(100_000))
        trust = Trust(document["name"], document["url"])
        if all(isinstance(value, str) for value in trust) and os.path.exists(paths.allowed_signers):
            return trust
    raise WorkstationError(_NOT_SET_UP)


def establish(paths: Paths, trust: Trust, signers: str) -> None:
    """Follow a bundle from now on, at setup; *signers* is the content of an allowed_signers file.

    With another name or with other keys than before, the manifest that was accepted last is forgotten: the
    keys that it announced may be those that the company has lost. Raises OSError, and WorkstationError for a
    name, a URL or keys that are not valid.
    """
    if not NAME.fullmatch(trust.name):
        raise WorkstationError(f"The name of the bundle is not valid: {trust.name}.")
    require_valid_location(trust.url)
    keys = signer_keys(signers)
    state = states.load(paths)
    former = _former(paths)
    if former is None or former.name != trust.name:
        state.serial, state.failed = 0, None
        _forget(paths, state)
    elif former.url != trust.url or _keys(paths) != keys:
        _forget(paths, state)
    replace_file(paths.trust, json.dumps(trust._asdict()).encode() + b"\n", PRIVATE_FILE)
    adopt_keys(paths, keys)


def adopt_keys(paths: Paths, keys: t.Sequence[str]) -> None:
    """Accept only the signatures of *keys* from now on; no keys change nothing. Raises OSError."""
    if keys and _keys(paths) != [*keys]:
        replace_file(paths.allowed_signers, allowed_signers(keys).encode(), PRIVATE_FILE)


def _forget(paths: Paths, state: states.State) -> None:
    state.digest = state.etag = state.last_modified = ""
    states.save(paths, state)
    for path in (paths.manifest, paths.manifest_signature):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _former(paths: Paths) -> t.Optional[Trust]:
    with contextlib.suppress(WorkstationError, OSError):
        return load(paths)
    return None


def _keys(paths: Paths) -> t.List[str]:
    with contextlib.suppress(WorkstationError, OSError, ValueError), open(paths.allowed_signers) as stream:
        return signer_keys(stream.read())
    return []
