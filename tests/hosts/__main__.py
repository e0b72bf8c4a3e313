# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts from the command line, for a look around by hand."""

from __future__ import annotations

import argparse
import json
import os
import sys

from . import Host, HostError, host_names, inventory, root_file_system


def main() -> None:
    options = _arguments()
    names = host_names() if getattr(options, "all", False) else getattr(options, "names", [])
    if options.action == "build":
        print(root_file_system(options.suite))
    elif options.action == "up":
        for name in names:
            Host(name, options.suite).up()
    elif options.action == "down":
        for name in names:
            Host(name).down()
    elif options.action == "inventory":
        print(json.dumps(inventory([Host(name) for name in names or host_names()]), indent=2))
    elif options.action == "ssh":
        command = Host(options.name).ssh_command(*options.command)
        os.execvp(command[0], command)
    elif options.action == "list":
        print("\n".join(host_names()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m hosts", description="WSL2-like Debian hosts for tests")
    actions = parser.add_subparsers(dest="action", required=True)
    up = actions.add_parser("up", help="make hosts")
    up.add_argument("names", nargs="+")
    up.add_argument("--suite", default="trixie", help="the release of Debian (default: %(default)s)")
    build = actions.add_parser("build", help="build the root file system of a release now")
    build.add_argument("suite")
    listed = actions.add_parser("inventory", help="print an Ansible inventory of some hosts or of all")
    listed.add_argument("names", nargs="*")
    ssh = actions.add_parser("ssh", help="log in as the user dev, or run a command so")
    ssh.add_argument("name")
    ssh.add_argument("command", nargs=argparse.REMAINDER)
    actions.add_parser("list", help="print the names of the hosts")
    down = actions.add_parser("down", help="end hosts")
    down.add_argument("names", nargs="*")
    down.add_argument("--all", action="store_true", help="all hosts of this machine")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except HostError as error:
        sys.exit(f"hosts: {error}")
