# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private data directory of ansible-runner, and runs of playbooks in it."""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

from end_to_end.controller import Controller, Play

LOCALHOST = {"localhost": {"ansible_connection": "local"}}


class Runner:
    """*variables* are extra variables, *project* has the text of playbooks by their file names."""

    def __init__(
        self, controller: Controller, variables: dict[str, t.Any], project: t.Mapping[str, str]
    ) -> None:
        self._controller = controller
        self.directory = controller.home / "runner"
        for path, content in {
            "env/envvars": {**controller.environment, "ANSIBLE_HOME": str(controller.home / ".ansible")},
            "env/extravars": variables,
            "env/settings": {"idle_timeout": 60},
            "inventory/hosts.json": {"all": {"hosts": LOCALHOST}},
        }.items():
            (self.directory / path).parent.mkdir(parents=True, exist_ok=True)
            (self.directory / path).write_text(json.dumps(content))
        (self.directory / "project").mkdir()
        for name, text in project.items():
            (self.directory / "project" / name).write_text(text)

    def start(self, playbook: str, name: str, *arguments: str) -> Play:
        """Run a playbook of the project or of a collection; *name* is for its artifacts."""
        command = [sys.executable, "-m", "ansible_runner", "run", str(self.directory)]
        command += ["--playbook", playbook, "--ident", name, *arguments]
        return Play(command, self._controller.home, self._controller.environment)

    def events(self, name: str) -> list[dict[str, t.Any]]:
        """The events of the run so far."""
        paths = (self.artifacts / name / "job_events").glob("*-*.json")
        return [json.loads(path.read_text()) for path in paths if "partial" not in path.name]

    def stats(self, name: str) -> dict[str, dict[str, int]]:
        """The last event of the run, by kind and host."""
        assert (self.artifacts / name / "status").read_text() == "successful"
        (last,) = (event for event in self.events(name) if event["event"] == "playbook_on_stats")
        stats: dict[str, dict[str, int]] = last["event_data"]
        return stats

    def kept(self) -> list[pathlib.Path]:
        """All files that the runs have left."""
        return [path for path in self.artifacts.rglob("*") if path.is_file()]

    @property
    def artifacts(self) -> pathlib.Path:
        return self.directory / "artifacts"
