# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""workstation-update.pyz: the host code that laptops run, in one file that requires nothing but Python.

PRIVATE to the collection.
"""

from __future__ import annotations

import ast
import io
import os
import typing as t
import zipfile

from ...module_utils._errors import WorkstationError

UPDATER = "workstation-update.pyz"
ENTRY = "_laptop/main.py"
"""Below module_utils; the function main() there returns the exit status."""

_PACKAGE = "workstation_update"
_MAIN = f"""\
import sys

from {_PACKAGE}.{ENTRY[:-3].replace("/", ".")} import main

if __name__ == "__main__":
    sys.exit(main())
"""
_TIME = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a zip file can contain: the same content always makes the same file."""
_SHEBANG = b"#!/usr/bin/env python3\n"


def build_updater(module_utils: str, entry: str = ENTRY) -> bytes:
    """The zip application of *entry* and everything below *module_utils* that it imports.

    Raises WorkstationError if one of the modules imports Ansible, which laptops do not have yet.
    """
    modules = imported_modules(module_utils, entry)
    packages = {_PACKAGE, *(parent for path in modules for parent in _parents(f"{_PACKAGE}/{path}"))}
    files = {f"{package}/__init__.py": b"" for package in packages}
    files |= {f"{_PACKAGE}/{path}": source for path, source in modules.items()}
    files["__main__.py"] = _MAIN.encode()
    archive = io.BytesIO()
    archive.write(_SHEBANG)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(files):
            member = zipfile.ZipInfo(path, _TIME)
            member.external_attr = 0o644 << 16
            zipped.writestr(member, files[path], zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def imported_modules(module_utils: str, entry: str) -> dict[str, bytes]:
    """*entry* and the modules that it imports by relative imports, by their paths below *module_utils*."""
    found: dict[str, bytes] = {}
    pending = [entry]
    while pending:
        path = pending.pop()
        if path in found:
            continue
        with open(os.path.join(module_utils, path), "rb") as stream:
            found[path] = stream.read()
        pending += _imports(module_utils, path, found[path])
    return found


def _imports(module_utils: str, path: str, source: bytes) -> t.Iterator[str]:
    for node in ast.walk(ast.parse(source, path)):
        names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            if node.level:
                yield from _relative_import(module_utils, path, node)
            else:
                names = [node.module or ""]
        if any(name.split(".")[0] in ("ansible", "ansible_collections") for name in names):
            raise WorkstationError(
                f"module_utils/{path} imports Ansible, so {UPDATER} cannot be built. This is an error of the"
                " collection: report it."
            )


def _relative_import(module_utils: str, path: str, node: ast.ImportFrom) -> t.Iterator[str]:
    package = path.split("/")[: -node.level]
    module = "/".join([*package, *(node.module.split(".") if node.module else [])])
    if os.path.isfile(os.path.join(module_utils, f"{module}.py")):
        yield f"{module}.py"
        return
    for name in node.names:
        yield f"{module}/{name.name}.py".lstrip("/")


def _parents(path: str) -> t.Iterator[str]:
    parts = path.split("/")[:-1]
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))
