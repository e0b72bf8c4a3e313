# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unit tests on the newest Python. Where it is not installed, that of Debian's next release is used."""

from __future__ import annotations

import pathlib
import shutil
import sys

from .cores import TOP_LEVEL
from .part import CannotRun, Part
from .pythons import HOST_PYTHONS, interpreters, pinned, virtual_environment

VERSION = HOST_PYTHONS[-1]
SUITE = "forky"
PACKAGES = (
    "bash-completion", "curl", "fish", "gnupg", "gpgv",
    "openssh-client", "openssl", "python3-venv", "unzip", "zsh",
)  # fmt: skip
# What the plugins call is tested with other Pythons, and uses little that is new in this one.
TESTS = (
    "tests/unit/plugins/modules",
    "--ignore-glob=*/modules/test_aws_cli*",
    "tests/unit/plugins/lookup",
    "tests/unit/plugins/plugin_utils/_processes",
    *TOP_LEVEL,
)
ALL_TESTS = ("tests/unit/plugins", *TOP_LEVEL)
REQUIREMENTS = "core-2.21"
# They get a real AWS CLI or amazon.aws by pip, which has no way to a package index in the root file system.
NEEDS_PACKAGE_INDEX = (
    "tests/unit/plugins/inventory/test_sso_ec2",
    "tests/unit/plugins/modules/test_aws_cli.py::test_real_clis_are_upgraded_downgraded_pruned_and_repaired",
    "tests/unit/plugins/modules/test_aws_cli.py::test_upgrade_does_not_end_a_running_download",
)
IN_ROOT = pathlib.Path(__file__).with_name("in_root.sh")


def check_newest_python(part: Part) -> None:
    if VERSION in interpreters():
        python = virtual_environment(part, interpreters()[VERSION], REQUIREMENTS)
        part.run(python, "-m", "pytest", "-n", "2", *_tests(part))
    else:
        _run_in_root(part, _root_file_system(), _downloaded(part))
    part.refuse_skipped_tests()


def _tests(part: Part) -> tuple[str, ...]:
    return ALL_TESTS if part.full else TESTS


def _root_file_system() -> pathlib.Path:
    from hosts import HostError, missing, root_file_system

    lacking = missing()
    if lacking:
        raise CannotRun(f"Python {VERSION} is not installed, and to run that of Debian {SUITE}: {lacking}")
    try:
        return root_file_system(SUITE, PACKAGES)
    except HostError as error:
        raise CannotRun(f"Python {VERSION} is not installed, and {error}") from error


def _downloaded(part: Part) -> pathlib.Path:
    wheels = part.scratch / "wheels"
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:")
    requirements = pinned(part, REQUIREMENTS)
    part.run(*pip, f"--python-version={VERSION}", "--dest", wheels, "--requirement", requirements)
    shutil.copy(requirements, wheels / "requirements.txt")
    return wheels


def _run_in_root(part: Part, root: pathlib.Path, wheels: pathlib.Path) -> None:
    copy = part.collection_copy().parents[2]
    namespaces = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private")
    pytest = ("-n", "2", *(f"--deselect={test}" for test in NEEDS_PACKAGE_INDEX), *_tests(part))
    part.run(*namespaces, "sh", IN_ROOT, root, copy, wheels, *pytest)
