# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the package action passes to package managers, and what happens where they fail."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._action.package_manager import (
    PackageManager,
    failed_apt_sources,
)

INSTALLED = {"changed": True}
DEAD_APT_SOURCE = {
    "failed": True,
    "stdout": "Hit:1 http://deb.example.com/debian trixie InRelease\n"
    "Err:2 http://user:secret@ppa.example.com/ubuntu noble InRelease\n"
    "  Could not connect to ppa.example.com:80.\n  Unable to connect:\n"
    "Err:3 http://gone.example.com/debian stable InRelease\n"
    "Reading package lists...",
    "stderr": "E: The repository is not signed.",
}
LOCKED = {
    "failed": True,
    "stderr": "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 8 (apt)",
}


class Modules:
    """Returns *results*, one after the other, and records the names and options of modules."""

    def __init__(self, *results: dict[str, t.Any]) -> None:
        self._results = list(results)
        self.calls: list[tuple[str, dict[str, t.Any]]] = []

    def __call__(
        self, module_name: str, module_args: dict[str, t.Any], **keywords: t.Any
    ) -> dict[str, t.Any]:
        assert keywords == {"task_vars": {}}
        self.calls.append((module_name, module_args))
        return self._results.pop(0)


def install(manager: str, modules: Modules, **options: t.Any) -> tuple[dict[str, t.Any], list[str]]:
    """The result and the warnings of an installation."""
    packages = PackageManager(modules, lock_timeout=10)
    arguments = {"name": ["hammer"], "state": "present", "update_cache": True, **options}
    result = packages.run(module_name=f"ansible.legacy.{manager}", module_args=arguments, task_vars={})
    return result, packages.warnings


@pytest.mark.parametrize(
    ("manager", "option"),
    [
        ("apt", "install_recommends"),
        ("dnf", "install_weak_deps"),
        ("dnf5", "install_weak_deps"),
        ("zypper", ""),
        ("pacman", ""),
    ],
)
def test_recommended_packages_are_not_installed(manager: str, option: str) -> None:
    modules = Modules(INSTALLED)
    install(manager, modules, update_cache=False)
    ((_name, arguments),) = modules.calls
    assert set(arguments) - {"lock_timeout"} == {"name", "state", "update_cache"} | ({option} - {""})
    assert not option or arguments[option] is False
    modules = Modules(INSTALLED)
    if option:  # as module_defaults of a play may have it
        install(manager, modules, update_cache=False, **{option: True})
        assert modules.calls[0][1][option] is True


def test_facts_are_gathered_as_ever() -> None:
    modules = Modules({"ansible_facts": {}})
    PackageManager(modules, 10).run("ansible.legacy.setup", {"filter": "ansible_pkg_mgr"}, task_vars={})
    assert modules.calls == [("ansible.legacy.setup", {"filter": "ansible_pkg_mgr"})]


@pytest.mark.parametrize(("packages", "more"), [(["less"], []), (["curl", "less"], ["ca-certificates"])])
def test_curl_of_debian_gets_certificates(packages: list[str], more: list[str]) -> None:
    modules = Modules({"stdout": ""}, INSTALLED)
    install("apt", modules, name=packages)
    assert modules.calls[-1][1]["name"] == packages + more


def test_failing_sources_of_apt_are_named_without_passwords() -> None:
    modules = Modules(DEAD_APT_SOURCE, INSTALLED)
    result, (warning,) = install("apt", modules)
    assert result == INSTALLED and modules.calls[-1][1]["update_cache"] is False
    assert (
        "@ppa.example.com/ubuntu noble InRelease (Could not connect to ppa.example.com:80. Unable to"
        " connect:); http://gone.example.com/debian stable InRelease" in warning
    )
    assert "secret" not in warning and "deb.example.com" not in warning


def test_sources_that_apt_cannot_read_are_named() -> None:
    errors = "E: Malformed entry 1 in list file /etc/apt/sources.list.d/x.list (Component)\n"
    assert failed_apt_sources("", errors) == [errors[3:].strip()]


def test_no_list_is_updated_on_request_nor_while_it_is_young() -> None:
    for options in ({"update_cache": False}, {"cache_valid_time": 3600}):
        modules = Modules(INSTALLED)
        assert install("apt", modules, **options) == (INSTALLED, [])
        assert modules.calls[0][0] == "ansible.legacy.apt"


def test_locked_lists_are_an_error_of_their_own() -> None:
    result, warnings = install("apt", Modules(LOCKED))
    assert result == {"failed": True, "msg": LOCKED["stderr"]} and not warnings


DEAD_REPOSITORIES = [
    "Failed to download metadata for repo 'broken': Cannot download repomd.xml: no mirror",
    'Failed to download metadata (mirrorlist: x) for repository "other": Could not resolve host',
]


@pytest.mark.parametrize("manager", ["dnf", "dnf5", "yum"])
def test_failing_repositories_of_dnf_are_left_out(manager: str) -> None:
    modules = Modules(*({"failed": True, "msg": text} for text in DEAD_REPOSITORIES), INSTALLED)
    result, warnings = install(manager, modules)
    assert result == INSTALLED
    assert [call[1].get("disablerepo") for call in modules.calls] == [None, ["broken"], ["broken", "other"]]
    assert all(text in warning for text, warning in zip(DEAD_REPOSITORIES, warnings))


def test_repository_of_dnf_that_fails_nevertheless_is_an_error() -> None:
    failures = [{"failed": True, "msg": DEAD_REPOSITORIES[0]}] * 2
    assert install("dnf", Modules(*failures))[0] == failures[0]


@pytest.mark.parametrize(
    ("manager", "message"),
    [
        ("zypper", "Some of the repositories have not been refreshed because of an error."),
        ("pacman", "error: failed to synchronize all databases (failed to retrieve some files)"),
        ("apk", "could not update package db"),
    ],
)
def test_other_package_managers_go_on_with_the_lists_there_are(manager: str, message: str) -> None:
    modules = Modules({"failed": True, "msg": message}, INSTALLED)
    result, (warning,) = install(manager, modules)
    assert result == INSTALLED and message in warning
    assert [call[1]["update_cache"] for call in modules.calls] == [True, False]
    failures = [{"failed": True, "msg": message}] * 2
    assert install(manager, Modules(*failures))[0]["failed"]


@pytest.mark.parametrize(
    "message", ["This command has to be run under the root user.", "No package hammer available."]
)
def test_other_errors_are_not_tried_again(message: str) -> None:
    failure = {"failed": True, "msg": message}
    assert install("dnf", Modules(failure)) == (failure, [])


@pytest.mark.parametrize(
    "message",
    [
        "Ansible requires Python 3.9 or newer on the target. Current version: 3.6.8 (default)",
        "ansible-core requires a minimum of Python version 3.8. Current version: 3.6.8",
        "Could not import the dnf python module. Please install `python3-dnf` package.",
        "No output from dnf script. stderr: SyntaxError: future feature annotations is not defined",
    ],
)
def test_libraries_of_an_old_python_are_not_needed(message: str) -> None:
    """On AlmaLinux 8, those of dnf are for Python 3.6, and modules run with python3.11."""
    modules = Modules({"failed": True, "msg": message}, INSTALLED)
    assert install("dnf", modules) == (INSTALLED, [])
    assert modules.calls[1] == (
        "ansible.legacy.command",
        {"argv": ["dnf", "install", "-y", "--setopt=install_weak_deps=False", "hammer"]},
    )
    failed = {"failed": True, "stderr": "Error: Unable to find a match: hammer"}
    result, _warnings = install("dnf", Modules({"failed": True, "msg": message}, failed))
    assert result["msg"] == "Error: Unable to find a match: hammer"
