# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package module, with options of the package manager that it uses, and despite sources that fail.

PRIVATE to the collection.

The package module passes its options to the module of the package manager, and has none for the optional
packages. With pip3, those of Debian are a compiler and the headers of Python.
"""

from __future__ import annotations

import re
import typing as t

from ...module_utils._network.proxy import without_secrets
from ...module_utils._text import printable
from .package_errors import is_failed_source
from .package_lock import lock_holder

Result = dict[str, t.Any]
RunModule = t.Callable[..., Result]

_NO_WEAK_DEPENDENCIES = {"install_weak_deps": False}
OPTIONS: dict[str, dict[str, t.Any]] = {
    "apt": {"install_recommends": False},
    "dnf": _NO_WEAK_DEPENDENCIES,
    "dnf5": _NO_WEAK_DEPENDENCIES,
    "yum": _NO_WEAK_DEPENDENCIES,
}
"""Options by the module of the package manager. The others install no recommended packages anyway."""
_INSTALL = ["install", "-y", "--setopt=install_weak_deps=False"]
COMMANDS = {
    "apt": [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-q",
        "-y",
        "--no-install-recommends",
    ],
    "dnf": ["dnf", *_INSTALL],
    "yum": ["yum", *_INSTALL],
}
"""The commands of package managers whose modules use libraries of the distribution's Python."""
_LIBRARY_FOR_ANOTHER_PYTHON = re.compile(
    r"requires (?:a minimum of )?Python|could not import the \S+ (?:python )?module|SyntaxError"
    r"|no output from dnf script|failed to (?:parse JSON from|execute) dnf script",
    re.IGNORECASE,
)
WITH_LOCK_TIMEOUT = ("apt", "dnf", "yum")
CERTIFICATES = "ca-certificates"
NEED_CERTIFICATES = {"curl", "git", "wget"}
"""Debian packages that cannot use HTTPS without a package that they only recommend."""

# The default of three retries takes seven seconds longer, and no source is as slow as that.
UPDATE_APT = ["env", "LC_ALL=C", "apt-get", "update", "-q", "-o", "Acquire::Retries=1"]
UPDATE_APT += ["-o", "Acquire::http::Timeout=20", "-o", "Acquire::https::Timeout=20"]
_APT_ERROR = re.compile(r"^Err:\d+ (.*)((?:\n  .*)*)", re.MULTILINE | re.ASCII)
_APT_FATAL = re.compile(r"^E: (.*)", re.MULTILINE)
_DNF_SOURCE = re.compile(r"\brepo(?:sitory)? ['\"]([^'\"]+)['\"]")
MOST_SOURCES = 5
"""The number of sources that may fail before the installation does, where each costs an attempt."""


class PackageManager:
    """Runs the modules of the package action instead of *run_module*, its own method.

    *warnings* name the sources that failed.
    """

    def __init__(self, run_module: RunModule, lock_timeout: int) -> None:
        self._run_module = run_module
        self._lock_timeout = lock_timeout
        self.warnings: list[str] = []

    def run(self, module_name: str, module_args: dict[str, t.Any], **keywords: t.Any) -> Result:
        """Run the module *module_name*, which may also be the one that gathers facts."""
        name = module_name.rpartition(".")[2]
        arguments = {**OPTIONS.get(name, {}), **module_args}
        if name in WITH_LOCK_TIMEOUT:
            arguments.setdefault("lock_timeout", self._lock_timeout)
        if name == "apt":
            result = self._run_apt(module_name, arguments, keywords)
        else:
            result = self._run_module(module_name=module_name, module_args=arguments, **keywords)
            result = self._without_failed_sources(result, module_name, arguments, keywords)
        if name in COMMANDS and result.get("failed") and _LIBRARY_FOR_ANOTHER_PYTHON.search(_output(result)):
            return self._run_command([*COMMANDS[name], *arguments["name"]], keywords)
        return result

    def _run_command(self, command: list[str], keywords: dict[str, t.Any]) -> Result:
        """The result of *command*, which installs packages, in the form of that of a module."""
        result = self._run_module(
            module_name="ansible.legacy.command", module_args={"argv": command}, **keywords
        )
        return result | ({"msg": str(result.get("stderr"))} if result.get("failed") else {})

    def _run_apt(self, module: str, arguments: dict[str, t.Any], keywords: dict[str, t.Any]) -> Result:
        """apt keeps the lists of a source that fails; its module fails, without a reason, after a minute."""
        if not NEED_CERTIFICATES.isdisjoint(arguments["name"]):
            arguments["name"] = [*arguments["name"], CERTIFICATES]
        if arguments.get("update_cache") and not arguments.get("cache_valid_time"):
            arguments["update_cache"] = False
            update = {"argv": UPDATE_APT}
            done = self._run_module(module_name="ansible.legacy.command", module_args=update, **keywords)
            if lock_holder(str(done.get("stderr"))):
                return {"failed": True, "msg": str(done["stderr"])}
            self._warn(failed_apt_sources(str(done.get("stdout")), str(done.get("stderr"))))
        return self._run_module(module_name=module, module_args=arguments, **keywords)

    def _without_failed_sources(
        self, first: Result, module: str, arguments: dict[str, t.Any], keywords: dict[str, t.Any]
    ) -> Result:
        """The result of another attempt if the *first* one failed because of a source."""
        result = first
        disabled: list[str] = []
        while result.get("failed") and is_failed_source(str(result.get("msg"))):
            found = _DNF_SOURCE.search(str(result["msg"]))
            if "install_weak_deps" not in arguments or not found:
                if not arguments.get("update_cache"):
                    return first
                arguments = {**arguments, "update_cache": False}
            elif found.group(1) in disabled or len(disabled) == MOST_SOURCES:
                return first
            else:
                disabled.append(found.group(1))
                arguments = {**arguments, "disablerepo": [*disabled]}
            message = str(result["msg"])
            result = self._run_module(module_name=module, module_args=arguments, **keywords)
            self._warn([message])
        return result

    def _warn(self, sources: list[str]) -> None:
        if sources:
            self.warnings.append(
                "Packages are installed although package sources of the host failed. Correct or remove them:"
                f" {printable(without_secrets('; '.join(sources)))}"
            )


def _output(result: Result) -> str:
    return " ".join(
        str(result.get(name, "")) for name in ("msg", "module_stdout", "module_stderr", "exception")
    )


def failed_apt_sources(output: str, errors: str) -> list[str]:
    """The sources that failed, each with the reason, according to the output of `apt-get update`."""
    sources = [
        f"{source} ({' '.join(reason.split())})" if reason.strip() else source
        for source, reason in _APT_ERROR.findall(output)
    ]
    return list(dict.fromkeys(sources or _APT_FATAL.findall(errors)))
