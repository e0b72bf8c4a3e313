# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor says about AWS CLIs, beside the real ones."""

from __future__ import annotations

import os
import pathlib
import subprocess
import typing as t

import pytest

from end_to_end import real_cli
from support.fixes import execute
from support.scratch_workstation import PROFILE, SESSION, FakeEndpoint, ScratchWorkstation

PLUGINS = """\
[plugins]
endpoint = awscli_plugin_endpoint
cli_legacy_plugin_path = /usr/lib/python3/dist-packages
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
