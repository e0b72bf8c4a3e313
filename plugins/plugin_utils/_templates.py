# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which strings in the variables of an inventory Ansible may evaluate as templates.

PRIVATE to the collection.
"""

from __future__ import annotations

import typing as t

import ansible.template
from ansible.utils.unsafe_proxy import wrap_var

template: t.Callable[[str], str] = getattr(ansible.template, "trust_as_template", str)
"""A string that Ansible evaluates; before ansible-core 2.19, it evaluates any."""


def as_data(value: t.Any) -> t.Any:
    """*value* without strings that Ansible evaluates, also in its lists and dictionaries.

    Only strings that might be templates are marked as unsafe: AWX cannot import the format in which Ansible
    exports those.
    """
    if isinstance(value, str):
        may_be_template = "{" in value or "}" in value or "#jinja2" in value
        return wrap_var(value) if may_be_template else template(value)
    if isinstance(value, dict):
        return {name: as_data(content) for name, content in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_data(content) for content in value]
    return value
