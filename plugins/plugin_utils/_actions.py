# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all action plugins of the collection do alike.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import typing as t

from ansible.errors import AnsibleActionFail

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._errors import AwsSsoError


@contextlib.contextmanager
def errors_fail_the_task() -> t.Iterator[None]:
    """Turn an error of ours into the task's failure with the same text, and with nothing behind it to
    print."""
    try:
        yield
    except AwsSsoError as error:
        raise AnsibleActionFail(str(error)) from None
