# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a worker of Ansible whose run is gone: its terminal was closed, or the run was killed.

PRIVATE to the collection. No version of ansible-core ends its workers when ansible-playbook is killed, and
since 2.19 a hangup of the terminal does not reach them either, because each has a session of its own. Such a
worker would go on waiting for a user who cannot see it, and make the next run wait as well.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
import typing as t

from .._display import new_threads_without_signals

_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_TO_COMPLETE = 60
"""More than a refresh with its timeouts takes."""

_completing = threading.RLock()


@contextlib.contextmanager
def ends_with_parent() -> t.Iterator[None]:
    """Meanwhile, end this process if the ansible-playbook that started it ends.

    Nothing happens in ansible-playbook itself, whose parent is a shell that it may outlive (nohup).
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        yield
        return
    over = threading.Event()
    with new_threads_without_signals():
        threading.Thread(target=_watch, args=(parent.pid, over), daemon=True).start()
    try:
        yield
    finally:
        over.set()


@contextlib.contextmanager
def completes_first() -> t.Iterator[None]:
    """Complete the body before ends_with_parent() ends the process: its effect cannot be repeated."""
    with _completing:
        yield


def _watch(parent: int | None, over: threading.Event) -> None:
    while not over.wait(_SECONDS_BETWEEN_LOOKS):
        if os.getppid() != parent and _is_complete(over):
            os._exit(1)  # the kernel releases the locks


def _is_complete(over: threading.Event) -> bool:
    """Wait for completes_first(); whether ends_with_parent() is still wanted then."""
    held = _completing.acquire(timeout=_SECONDS_TO_COMPLETE)
    try:
        return not over.is_set()
    finally:
        if held:
            _completing.release()
