# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor says about AWS CLIs, beside the real ones."""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import subprocess
import typing as t

import pytest

import hosts
from end_to_end import real_cli
from end_to_end.controller import Controller
from end_to_end.needs import need
from hosts import Host
from support.fixes import execute
from support.scratch_workstation import PROFILE, SESSION, FakeEndpoint, ScratchWorkstation

PLUGINS = """\
[plugins]
endpoint = awscli_plugin_endpoint
cli_legacy_plugin_path = /usr/lib/python3/dist-packages
"""
TIGHT = """\
umask 077
version=/usr/local/aws-cli/v2/2.38.5
mkdir -p $version/dist/awscli $version/bin
printf '#!/bin/sh\\nmkdir -p ~/.aws; echo aws-cli/2.38.5\\n' > $version/dist/aws
cp $version/dist/aws $version/dist/aws_completer
chmod 755 $version/dist/aws*
ln -s ../dist/aws ../dist/aws_completer $version/bin/
ln -s $version /usr/local/aws-cli/v2/current
ln -s ../aws-cli/v2/current/bin/aws /usr/local/bin/aws
"""
"""What AWS's installer leaves with a tight umask."""
V1 = "#!/bin/sh\necho aws-cli/1.29.0\n"
FIND_AND_FIX = """\
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.raw: "{{ fault }}"
      become: "{{ as_root }}"
    - workstation.aws_sso.workstation_info: &doctor
        sessions: []
        login_shell: true
      register: before
    - ansible.builtin.assert:
        that: finding in before.findings | map(attribute="id")
    - ansible.builtin.raw: "{{ (before.findings | selectattr('id', 'eq', finding) | first).fix }}"
    - workstation.aws_sso.workstation_info: *doctor
      register: after
    - ansible.builtin.assert:
        that:
          - after.findings | map(attribute="id") | select("match", "cli-") | length == 0
          - after.facts.aws_cli | map(attribute="version") == ["2.38.5"]
    - ansible.builtin.raw: test ! -e ~/.aws
"""


@pytest.fixture(params=[real_cli.OLD, "2.36.12", real_cli.CURRENT])
def host(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> t.Iterator[ScratchWorkstation]:
    """A workstation with a real AWS CLI."""
    program = real_cli.aws(request.param)  # from the cache in the home directory
    with FakeEndpoint() as aws:
        host = ScratchWorkstation(tmp_path, aws.url)
        monkeypatch.setenv("HOME", str(host.home))
        (host.bin / "aws").unlink()
        (host.bin / "aws").symlink_to(program)
        yield host


def version(host: ScratchWorkstation) -> subprocess.CompletedProcess[str]:
    environment = {**host.environment, "PATH": f"{host.bin}:{os.environ['PATH']}"}
    return subprocess.run(["aws", "--version"], env=environment, capture_output=True, text=True, check=False)


def test_a_missing_plugin_that_stops_every_command_is_found_and_deleted(host: ScratchWorkstation) -> None:
    """The examination creates nothing. Version 2 ignores plugins without a path for them."""
    config = host.write_config(PLUGINS + SESSION + "[profile dev]\n" + PROFILE)
    before = sorted(host.home.rglob("*"))
    assert "awscli_plugin_endpoint" in version(host).stderr
    (finding,) = host.findings().values()
    assert (finding.id, finding.severity) == ("cli-plugin-missing", "error")
    assert sorted(host.home.rglob("*")) == before
    execute(host, finding.fix)
    assert version(host).returncode == 0
    assert config.read_text() == PLUGINS.replace("endpoint = awscli_plugin_endpoint\n", "") + SESSION + (
        "[profile dev]\n" + PROFILE
    )
    config.write_text(config.read_text().replace("cli_legacy_plugin_path", "endpoint"))
    assert host.findings() == {}


@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_fixes_for_programs_on_a_real_host(controller: Controller, suite: str) -> None:
    need(hosts.missing())
    write_v1 = (
        f"mkdir -p ~/.local/bin; printf %s {shlex.quote(V1)} > ~/.local/bin/aws; chmod +x ~/.local/bin/aws"
    )
    faults = [("cli-unreadable", TIGHT), ("cli-v1", write_v1)]
    with Host(f"doctor-{os.getpid()}", suite, packages=("python3",)) as made:
        for finding, fault in faults:
            variables = {"finding": finding, "fault": fault, "as_root": finding == "cli-unreadable"}
            with controller.play(
                FIND_AND_FIX, "-i", str(made.inventory), "-e", json.dumps(variables)
            ) as play:
                play.succeed(120)
