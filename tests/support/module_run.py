# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module of the collection through its main(), as a host would, within this process."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import typing as t
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS

# Makes a module return its options as "invocation", which releases before ansible-core 2.21 always do.
WITH_INVOCATION: t.Mapping[str, t.Any] = (
    {"_ansible_inject_invocation": True} if "inject_invocation" in PASS_VARS else {}
)


def run_module(
    name: str, arguments: t.Mapping[str, t.Any], check_mode: bool = False, diff: bool = False
) -> t.Dict[str, t.Any]:
    """What the module *name* returns; a failure has the keys failed and msg."""
    module = importlib.import_module(f"ansible_collections.workstation.aws_sso.plugins.modules.{name}")
    settings = {"_ansible_check_mode": check_mode, "_ansible_diff": diff, "_ansible_module_name": name}
    packed = json.dumps({"ANSIBLE_MODULE_ARGS": {**arguments, **settings}}).encode()
    output = io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_ARGS", packed))
        # ansible-core before 2.19 has one way to read arguments and no name for it
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True))
        stack.enter_context(contextlib.redirect_stdout(output))
        stack.enter_context(contextlib.suppress(SystemExit))
        module.main()
    return t.cast(t.Dict[str, t.Any], json.loads(output.getvalue()))
