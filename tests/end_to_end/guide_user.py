# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user who follows a guide in docs/: writes its files, types its commands, and runs its tasks."""

from __future__ import annotations

import pathlib
import shlex
import typing as t

import yaml

from end_to_end import readme, real_cli
from end_to_end.controller import Controller
from identity_center import write_browser

START = "<!--"
"""What readme.blocks() takes for the heading of the blocks above the first heading."""
HOSTS = "[laptops]\nlaptop-042 ansible_connection=local\n"


class Guide:
    """The code blocks of a page, by the heading above them."""

    def __init__(self, name: str) -> None:
        self.path = readme.ROOT / "docs" / name

    def text(self, heading: str, language: str, part: str = "") -> str:
        """The only block that holds *part*."""
        return readme.block(heading, language, part, self.path).text

    def commands(self, heading: str, part: str = "") -> list[str]:
        return readme.block(heading, "console", part, self.path).commands()

    def contents(self) -> list[tuple[str, str]]:
        """The heading and the language of each block."""
        return [(block.heading, block.language) for block in readme.blocks(self.path)]


class GuideUser:
    """The home of a user with the AWS CLI, a browser, and an inventory whose only laptop is this machine."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.home = controller.home
        (self.home / ".aws" / "config").unlink()
        (self.home / "hosts.ini").write_text(HOSTS)
        aws = real_cli.aws(real_cli.CURRENT)
        controller.environment["PATH"] = f"{aws.parent}:{controller.environment['PATH']}"
        controller.environment["BROWSER"] = write_browser(str(self.home / "browser"))

    @property
    def config(self) -> str:
        return (self.home / ".aws" / "config").read_text()

    def write_company(self, *texts: str) -> None:
        """Write company.yml; its parts are merged, as a reader would do it."""
        merged: dict[str, t.Any] = {}
        for text in texts:
            merged.update(yaml.safe_load(text))
        (self.home / "company.yml").write_text(yaml.safe_dump(merged))

    def type(self, command: str, *more: str) -> str:
        """Type a command, with *more* arguments; returns its output."""
        words = shlex.split(command)
        variables = dict(word.split("=", 1) for word in words[: words.index("ansible-playbook")])
        playbook, *arguments = words[len(variables) + 1 :]
        return self.controller.play(playbook, *arguments, *more, **variables).succeed()

    def run_tasks(self, *texts: str) -> str:
        """Run tasks of the guide without the other users that they name; returns the output."""
        tasks = [task for text in texts for task in yaml.safe_load(text)]
        tasks = [
            {name: value for name, value in task.items() if not name.startswith("become")} for task in tasks
        ]
        play = {"hosts": "localhost", "gather_facts": False, "tasks": tasks}
        return self.controller.play(yaml.safe_dump([play], sort_keys=False)).succeed()


def readable_by_others(*directories: pathlib.Path) -> list[str]:
    """The files below *directories*, in each of which there are some, that other users can read.

    Without the database that the AWS CLI keeps for itself.
    """
    found = [[path for path in directory.rglob("*") if path.is_file()] for directory in directories]
    assert all(found)
    exposed = [path for paths in found for path in paths if path.stat().st_mode & 0o077]
    return [str(path) for path in exposed if path.name != "session.db"]
