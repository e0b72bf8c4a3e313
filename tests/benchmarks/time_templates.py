# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times templates as tasks evaluate them: each in a fresh fork of a process that has loaded Ansible.

    python tests/benchmarks/time_templates.py FORKS < templates.json > milliseconds.json

The input is an object of pairs by name, each of a template and of variables for its environment; the output
is one of CPU milliseconds, the median of FORKS forks. The templates take turns, so that other work on the
machine hits them alike.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
import warnings

from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import action_loader, init_plugin_loader, module_loader
from ansible.template import Templar

for module in ("ansible.cli.playbook", "ansible.executor.task_queue_manager"):
    importlib.import_module(module)  # the process that forks workers has them

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19

    def trust_as_template(value: str) -> str:
        return value


def milliseconds(template: str, environment: dict[str, str], loader: DataLoader) -> float:
    """The CPU time of one evaluation in a fork, as a worker of Ansible is one."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        os.environ.update(environment)
        started = time.process_time()
        Templar(loader, variables={}).template(trust_as_template(template))
        os.write(writable, str((time.process_time() - started) * 1000).encode())
        os._exit(0)
    os.close(writable)
    _child, status = os.waitpid(child, 0)
    with os.fdopen(readable) as answer:
        measured = answer.read()
    if status:
        sys.exit(f"{template} failed")
    return float(measured)


def main() -> None:
    forks = int(sys.argv[1])
    templates: dict[str, tuple[str, dict[str, str]]] = json.load(sys.stdin)
    init_plugin_loader()
    module_loader.find_plugin_with_context("ansible.builtin.assert")
    action_loader.find_plugin_with_context("ansible.builtin.assert")
    loader = DataLoader()
    found: dict[str, list[float]] = {name: [] for name in templates}
    for _turn in range(forks):
        for name, (template, environment) in templates.items():
            found[name].append(milliseconds(template, environment, loader))
    json.dump({name: statistics.median(times) for name, times in found.items()}, sys.stdout)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
