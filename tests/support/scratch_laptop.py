# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A laptop that follows a published bundle, whose playbook is a stub that notes its runs."""

from __future__ import annotations

import datetime
import os
import pathlib
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle.manifest import Manifest
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import (
    state as states,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation import trust, versions
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.paths import Paths
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._installation.state import (
    Outcome,
    State,
    Status,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop.update import (
    Laptop,
    Options,
    Result,
    Run,
    RunResult,
    Tools,
    update,
)

from .published_bundle import ENVIRONMENT, NAME, NOW, Key

FAILS = b"this version fails"
"""As company.yml: the run of that version fails."""


class ScratchLaptop:
    """The runs are also noted in a file, so that those of killed processes are known."""

    def __init__(self, directory: pathlib.Path, url: str, key: Key) -> None:
        self.paths = Paths(str(directory / "workstation-update"))
        self.now = NOW
        self.lines: t.List[str] = []
        self.slept: t.List[float] = []
        self.applied: t.List[str] = []
        self.reports: t.List[State] = []
        self.sign_in_required = False
        self.everything_fails = False
        self.during_run: t.Callable[[Run], None] = lambda run: None
        self._runs = directory / "runs"
        self._runs.touch()
        trust.establish(self.paths, trust.Trust(NAME, url), key.allowed_signers)

    def update(self, **options: bool) -> Result:
        self.lines.clear()
        self._runs.write_text("")
        return update(self.paths, Laptop("laptop-042", ENVIRONMENT), Options(**options), self.tools())

    def tools(self) -> Tools:
        return Tools(
            prepare_environment=self._prepare_environment,
            run_playbook=self._run_playbook,
            apply_settings=lambda manifest: self.applied.append(manifest.version),
            after_update=[self._after_update],
            show=self.lines.append,
            now=lambda: self.now,
            sleep=self.slept.append,
        )

    @property
    def runs(self) -> t.List[str]:
        """The versions whose playbook ran in the last update."""
        return self._runs.read_text().split()

    @property
    def state(self) -> State:
        return states.load(self.paths)

    @property
    def version(self) -> str:
        """The version in use, which is complete; empty for none."""
        if not os.path.lexists(self.paths.current):
            return ""
        found = versions.current(self.paths)
        assert found, "the link current leads to no complete version"
        for name in ("company.yml", "venv/bin/python"):
            assert os.path.exists(os.path.join(found.directory, name))
        return found.manifest.version

    @property
    def content_id(self) -> str:
        """Of the version in use; empty for none."""
        found = versions.current(self.paths)
        return found.manifest.content_id if found else ""

    @property
    def installed(self) -> t.List[str]:
        return sorted(name.partition("-")[0] for name in os.listdir(self.paths.versions))

    def content(self) -> t.Dict[str, t.Optional[bytes]]:
        """What is installed and trusted: all files but the state, and those that were not accepted."""
        root = pathlib.Path(self.paths.root)
        found = {str(path.relative_to(root)): path for path in root.rglob("*")}
        return {
            name: path.read_bytes() if path.is_file() else None
            for name, path in found.items()
            if name.partition("/")[0] in ("versions", "current", "trust.json", "allowed_signers")
        }

    def later(self, **time_span: float) -> None:
        self.now += datetime.timedelta(**time_span)

    def _prepare_environment(self, directory: str, manifest: Manifest) -> None:
        program = pathlib.Path(directory, "venv", "bin", "python")
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(manifest.version)

    def _run_playbook(self, run: Run) -> RunResult:
        with self._runs.open("a") as stream:
            stream.write(f"{run.manifest.version}\n")
        assert pathlib.Path(run.directory, "venv", "bin", "python").read_text() == run.manifest.version
        self.during_run(run)
        if self.everything_fails or pathlib.Path(run.directory, "company.yml").read_bytes() == FAILS:
            message = f"Version {run.manifest.version} is not good."
            return RunResult(Status(Outcome.FAILED, message, "Ask for another one."), False)
        if self.sign_in_required and run.scheduled:
            return RunResult(Status(Outcome.SIGN_IN_REQUIRED, "Sign in.", "Run workstation-update."), True)
        return RunResult(Status(), True)

    def _after_update(self, state: State) -> None:
        self.reports.append(state)
