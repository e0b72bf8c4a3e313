# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Executing the fixes of the doctor on a scratch workstation."""

from __future__ import annotations

import os
import subprocess
import typing as t

from support.scratch_workstation import ScratchWorkstation

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
_SHELL = """\
sudo() {{ "$@"; }}
ansible() {{ sh {ansible} "$@"; }}
{fix}
status=$?
env -0 >&3
exit $status
"""


def execute(host: ScratchWorkstation, fix: str, answers: str = "") -> None:
    """Run the command line *fix* in a shell of the user of *host*, who types *answers* and goes on in it.

    Its sudo runs programs without a change, and its ansible only does what is in a fix.
    """
    ansible = host.root / "tools" / "ansible"
    ansible.parent.mkdir(parents=True, exist_ok=True)
    ansible.write_text(_ANSIBLE.format(bin_dir=host.root / "usr" / "local" / "bin"))
    before = {**host.environment, "PATH": f"{host.environment['PATH']}:{os.environ['PATH']}"}
    after = _variables(_SHELL.format(ansible=ansible, fix=fix), before, answers)
    if not after:
        return  # the fix starts another shell
    for name in {*before, *after} - {"PATH", "SHLVL", "PWD", "OLDPWD", "_"}:
        if before.get(name) != after.get(name):
            host.environment.pop(name, None)
            host.environment.update({name: after[name]} if name in after else {})


def path_of_login_shell(host: ScratchWorkstation) -> str:
    """PATH after ~/.profile; what /etc/profile sets instead of that of *host* is added at the end."""
    command = ["/bin/bash", "-l", "-c", "echo $PATH"]
    done = subprocess.run(command, env=host.environment, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip() + ":" + host.environment["PATH"]


def _variables(script: str, environment: t.Mapping[str, str], answers: str) -> t.Dict[str, str]:
    """The variables of a shell after *script*."""
    reader, writer = os.pipe()
    command = ["bash", "-c", f"exec 3>&{writer}; {script}"]
    try:
        subprocess.run(
            command, env=environment, input=answers.encode(), check=True, timeout=60, pass_fds=[writer]
        )
    finally:
        os.close(writer)
        with open(reader, "rb") as stream:
            content = stream.read()
    pairs = (os.fsdecode(variable).partition("=") for variable in content.split(b"\0") if variable)
    return {name: value for name, _equals, value in pairs}
