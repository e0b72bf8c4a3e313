# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real AWS CLI and this collection write the same configuration file at the same time."""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import subprocess
import threading
import time
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import read_config
from end_to_end import real_cli
from support.aws_config_file import SESSION, ConfigFile, access_entries

CALLS = int(os.environ.get("WORKSTATION_TEST_CLI_CALLS", "25"))


def test_no_setting_of_the_aws_cli_is_lost_beside_a_loop_of_updates(home: pathlib.Path) -> None:
    aws = real_cli.aws(real_cli.CURRENT)
    config = ConfigFile(home / ".aws" / "config")
    config.path.parent.mkdir(exist_ok=True)
    finished = threading.Event()
    updates = 0

    def update_in_a_loop() -> None:
        nonlocal updates
        while not finished.is_set():
            updates += 1
            time.sleep(0.01)
            config.run(sessions=[SESSION], access=access_entries(1 + updates % 50))

    def set_regions(numbers: t.Iterable[int]) -> None:
        for number in numbers:
            command = [
                str(aws),
                "configure",
                "set",
                "region",
                f"eu-west-{number}",
                "--profile",
                f"cli-{number}",
            ]
            subprocess.run(command, check=True, env={**os.environ, "HOME": str(home)})

    with concurrent.futures.ThreadPoolExecutor() as pool:
        loop = pool.submit(update_in_a_loop)
        try:
            set_regions(range(CALLS))
        finally:
            finished.set()
        loop.result()
    config.run(sessions=[SESSION], access=access_entries(50))
    profiles = read_config(str(config.path)).profiles
    lost = [
        number for number in range(CALLS) if profiles.get(f"cli-{number}") != {"region": f"eu-west-{number}"}
    ]
    assert not lost and len(profiles) == CALLS + 50
    print(f"{CALLS} settings of the AWS CLI beside {updates} updates: none lost")
