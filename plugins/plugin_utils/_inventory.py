# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory plugins share; *plugin* is one of them, with its options.

PRIVATE to the collection.
"""

from __future__ import annotations

import hashlib
import json
import typing as t

from ansible.errors import AnsibleOptionsError, AnsibleParserError

from ._options import plain_options


def checked_options(plugin: t.Any, direct: t.Mapping[str, t.Any] | None) -> dict[str, t.Any]:
    """The options of an inventory file, which Ansible passes as *direct*. Raises AnsibleParserError."""
    if direct is None:
        return {}
    try:
        return plain_options(direct, plugin.option_definitions)
    except AnsibleOptionsError as error:
        raise AnsibleParserError(str(error)) from None


def cache_key(plugin: t.Any, path: str, options: t.Iterable[str]) -> str:
    """The key in the inventory cache for the file at *path* with its *options*, which are names."""
    values = json.dumps([plugin.get_option(name) for name in options], sort_keys=True, default=str)
    return f"{plugin.get_cache_key(path)}_{hashlib.sha256(values.encode()).hexdigest()[:8]}"


def construct(plugin: t.Any, host: str, variables: t.Mapping[str, t.Any]) -> None:
    """Apply the options of the documentation fragment constructed to *host*."""
    strict = plugin.get_option("strict")
    plugin._set_composite_vars(plugin.get_option("compose"), variables, host, strict)
    plugin._add_host_to_composed_groups(plugin.get_option("groups"), variables, host, strict)
    plugin._add_host_to_keyed_groups(plugin.get_option("keyed_groups"), variables, host, strict)
