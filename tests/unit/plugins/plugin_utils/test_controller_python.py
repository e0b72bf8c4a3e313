# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to install a library for the Python that runs Ansible."""

from __future__ import annotations

import importlib.util
import pathlib
import sys

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._controller_python import (
    missing_library_text,
    old_library_text,
)


@pytest.fixture(autouse=True)
def virtual_environment(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Ansible runs in a virtual environment of a Python that the operating system manages."""
    (tmp_path / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    monkeypatch.setattr(sys, "prefix", "/home/ann/venv")
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(sys, "executable", "/home/ann/venv/bin/python")
    return tmp_path


def test_a_missing_library_is_reported_with_the_python_and_the_command() -> None:
    assert missing_library_text("botocore") == (
        "The Python library botocore is missing on the controller, for the Python that runs Ansible"
        " (/home/ann/venv/bin/python)."
        " Run: /home/ann/venv/bin/python -m pip install boto3"
    )


def test_a_library_of_any_version_is_installed_by_its_name() -> None:
    assert missing_library_text("segno").endswith(" -m pip install segno")


def test_an_old_library_is_reported_with_both_versions_and_upgraded() -> None:
    assert old_library_text("botocore", "1.29.27", "1.36") == (
        "botocore 1.29.27 is too old, 1.36 or later is required by the Python that runs Ansible"
        " (/home/ann/venv/bin/python)."
        " Run: /home/ann/venv/bin/python -m pip install --upgrade 'boto3>=1.36'"
    )


@pytest.mark.parametrize(
    ("prefix", "missing", "old"),
    [
        (
            "/home/ann/.local/share/pipx/venvs/ansible-core",
            "pipx inject ansible-core boto3",
            "pipx inject --force ansible-core 'boto3>=1.36'",
        ),
        (
            "/home/ann/.local/share/uv/tools/ansible-core",
            "uv tool install ansible-core --with boto3",
            "uv tool install ansible-core --with 'boto3>=1.36'",
        ),
        (
            "/usr",
            "pipx inject ansible-core boto3",
            "pipx inject ansible-core 'boto3>=1.36'",
        ),
    ],
    ids=["pipx", "uv", "operating system"],
)
def test_the_command_depends_on_how_ansible_was_installed(
    prefix: str, missing: str, old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", prefix)
    for text, command in (
        (missing_library_text("botocore"), missing),
        (old_library_text("botocore", "1.29.27", "1.36"), old),
    ):
        assert text.endswith(command)
        assert ("PEP 668" in text) == (prefix == "/usr")


def test_a_system_python_that_allows_pip_is_not_called_managed(
    virtual_environment: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", "/usr")
    (virtual_environment / "EXTERNALLY-MANAGED").unlink()
    assert missing_library_text("segno").endswith(" -m pip install segno")


def test_an_environment_without_pip_is_changed_with_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert missing_library_text("segno").endswith(
        "Run: uv pip install --python /home/ann/venv/bin/python segno"
    )


def test_paths_are_quoted_for_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/home/ann/my venv/bin/python")
    assert "Run: '/home/ann/my venv/bin/python' -m pip" in missing_library_text("segno")
