# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environment variables for a part of this process's life.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import os
import typing as t


@contextlib.contextmanager
def environment_with(variables: t.Mapping[str, t.Any]) -> t.Iterator[None]:
    """Set *variables* in os.environ, and restore the previous values at the end.

    botocore and the standard library read proxies and CA bundles only there.
    """
    with _restored(variables):
        os.environ.update({name: str(value) for name, value in variables.items()})
        yield


@contextlib.contextmanager
def environment_without(*names: str) -> t.Iterator[None]:
    """Remove the variables *names* from os.environ, and restore them at the end."""
    with _restored(names):
        for name in names:
            os.environ.pop(name, None)
        yield


@contextlib.contextmanager
def _restored(names: t.Iterable[str]) -> t.Iterator[None]:
    before = {name: os.environ.get(name) for name in names}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
