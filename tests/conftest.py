# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the collection importable by its full name, and the helpers of the tests by theirs.

pytest alone works in a checkout of any name; ansible-test works in a collection path, and has set up
the imports of the collection by then.
"""

from __future__ import annotations

import atexit
import importlib.util
import pathlib
import shutil
import signal
import sys
import tempfile
import typing as t

if t.TYPE_CHECKING:
    import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"


def is_importable() -> bool:
    try:
        return importlib.util.find_spec("ansible_collections.workstation.aws_sso.plugins") is not None
    except ModuleNotFoundError:
        return False


def make_collection_importable() -> None:
    tree = pathlib.Path(tempfile.mkdtemp(prefix="collections-"))
    atexit.register(shutil.rmtree, tree, ignore_errors=True)
    (tree / "ansible_collections" / "workstation").mkdir(parents=True)
    (tree / "ansible_collections" / "workstation" / "aws_sso").symlink_to(ROOT)
    if sys.version_info < (3, 10):  # host code, on Pythons on which no supported ansible-core runs
        sys.path.insert(0, str(tree))
        return
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader([str(tree)])


def restore_signals() -> None:
    """Ctrl-C and a lost terminal end what the tests start, although nohup and a shell's "&" ignore them."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_configure(config: pytest.Config) -> None:
    """Here and not in pyproject.toml, which ansible-test does not read."""
    meaning = (
        "run only by `./run test --full`, and by name: other tests, or another part, cover the same code"
    )
    config.addinivalue_line("markers", f"full: {meaning}")


restore_signals()
if not is_importable():
    make_collection_importable()
sys.path.insert(0, str(TESTS))
