# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Action plugins with a real task and connection, without a playbook."""

from __future__ import annotations

import os
import typing as t

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins import loader as plugin_loader
from ansible.plugins.action import ActionBase
from ansible.plugins.connection import ConnectionBase
from ansible.plugins.loader import become_loader, connection_loader
from ansible.template import Templar

Action = t.TypeVar("Action", bound=ActionBase)


class OtherHost(ConnectionBase):
    """A connection to a host that is not this machine. No command can be executed."""

    transport = "example.other.host"
    has_pipelining = True

    def _connect(self) -> OtherHost:
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> t.Any:
        raise NotImplementedError

    def put_file(self, in_path: str, out_path: str) -> None:
        raise NotImplementedError

    def fetch_file(self, in_path: str, out_path: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        pass


def connection_to(transport: str, become: str | None = None, **options: t.Any) -> t.Any:
    """A connection with the plugin *transport* and its *options*; *become* is the name of a plugin."""
    connection = connection_loader.get(transport, PlayContext(), new_stdin=os.devnull)
    return prepared(connection, become, **options)


def connection_of(plugin: type[ConnectionBase], become: str | None = None) -> t.Any:
    """A connection of the class *plugin*, which Ansible cannot load by name."""
    return prepared(plugin(PlayContext(), new_stdin=os.devnull), become)


def prepared(connection: t.Any, become: str | None, **options: t.Any) -> t.Any:
    if connection.__class__.__module__.startswith("ansible."):
        connection.set_options(direct=options)
    connection._shell.set_options(direct={})
    if become:
        method = become_loader.get(become)
        method.set_options(direct={"become_user": "dev"})
        connection.set_become_plugin(method)
    return connection


def new_action(
    action: type[Action],
    arguments: t.Mapping[str, t.Any] | None = None,
    connection: t.Any = None,
    **keywords: t.Any,
) -> Action:
    """*action* of a task with *arguments* and *keywords*; the default *connection* is to this machine."""
    task = Task.load({"name": "a task", "action": {"module": "ansible.builtin.setup"}, **keywords})
    task.args = dict(arguments or {})
    loader = DataLoader()
    plugin = action(
        task=task,
        connection=connection or connection_to("local"),
        play_context=PlayContext(),
        loader=loader,
        templar=Templar(loader=loader),
        shared_loader_obj=plugin_loader,
    )
    plugin._load_name = action.__name__  # as the plugin loader does
    return plugin
