# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One base for all errors of the collection."""

from __future__ import annotations

import ast
import builtins
import pathlib

from ansible_collections.workstation.aws_sso.plugins.module_utils import _errors

PLUGINS = pathlib.Path(_errors.__file__).resolve().parents[1]
BASE = _errors.WorkstationError.__name__


def test_all_exception_classes_derive_from_the_base() -> None:
    """A class that derives from an exception of Python would not be caught by the plugins."""
    for path in PLUGINS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and node.name != BASE:
                bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
                of_python = [getattr(builtins, base) for base in bases if hasattr(builtins, base)]
                exceptions = [kind for kind in of_python if issubclass(kind, BaseException)]
                assert not exceptions, f"{node.name} in {path.relative_to(PLUGINS)}"
