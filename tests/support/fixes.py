# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Executing the fixes of the doctor on a scratch workstation."""

from __future__ import annotations

import os
import subprocess

from support.scratch_workstation import ScratchWorkstation

_FUNCTIONS = 'sudo() {{ "$@"; }}; ansible() {{ sh {ansible} "$@"; }}; {fix}'
_ANSIBLE = """\
# Installs a stand-in for the AWS CLI, as the module aws_cli installs the real one.
case "$*" in
*workstation.aws_sso.aws_cli*state=latest*) ;;
*) exit 2 ;;
esac
bin_dir=$(expr "$*" : '.*bin_dir=\\([^ ]*\\)') || bin_dir={bin_dir}
mkdir -p "$bin_dir"
printf '#!/bin/sh\necho aws-cli/2.38.5\n' > "$bin_dir/aws.new"
chmod 755 "$bin_dir/aws.new"
# as the module, this replaces links but no other files
[ ! -e "$bin_dir/aws" ] || [ -L "$bin_dir/aws" ] || exit 3
mv "$bin_dir/aws.new" "$bin_dir/aws"
"""


def execute(host: ScratchWorkstation, fix: str, answers: str = "") -> None:
    """Run the command line *fix* as the user of *host*, who types *answers*.

    Its sudo runs programs without a change, and its ansible only does what is in a fix.
    """
    tools = host.root / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    ansible = tools / "ansible"
    ansible.write_text(_ANSIBLE.format(bin_dir=host.root / "usr" / "local" / "bin"))
    command = ["bash", "-c", _FUNCTIONS.format(ansible=ansible, fix=fix)]
    environment = {**host.environment, "PATH": f"{host.environment['PATH']}:{os.environ['PATH']}"}
    subprocess.run(command, env=environment, input=answers.encode(), check=True, timeout=60)
