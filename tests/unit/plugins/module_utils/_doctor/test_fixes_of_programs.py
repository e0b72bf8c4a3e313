# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell executes the fix of each finding about programs and the network; then the finding is gone.

Some fixes are instructions, for example for what only Windows or the network's administrators can change.
"""

from __future__ import annotations

import pathlib
import re
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils import _doctor
from ansible_collections.workstation.aws_sso.plugins.module_utils._network import trust_store
from support.fixes import execute
from support.scratch_workstation import PROFILE, SESSION, WSL2, ScratchWorkstation

PACKAGE = pathlib.Path(next(iter(_doctor.__path__)))
FILES = ("cli", "connectivity", "connectivity_findings", "proxy_and_ca", "wsl")

Arrange = t.Callable[[ScratchWorkstation, pathlib.Path], object]


def no_cli(host: ScratchWorkstation, _directory: pathlib.Path) -> None:
    (host.bin / "aws").unlink()
    host.environment["PATH"] += f":{host.root}/usr/local/bin"


def version(number: str) -> Arrange:
    return lambda host, _directory: host.add_cli(number)


def broken(host: ScratchWorkstation, _directory: pathlib.Path) -> None:
    host.add_program("aws", "#!/bin/sh\nexit 3\n")


def not_on_path(host: ScratchWorkstation, _directory: pathlib.Path) -> None:
    (host.bin / "aws").rename(host.bin / "aws.old")
    host.add_cli("2.38.5", host.home / ".local" / "bin")


def two_clis(host: ScratchWorkstation, directory: pathlib.Path) -> None:
    host.environment["PATH"] += f":{host.add_cli('2.30.0', directory / 'other').parent}"


def plugins(host: ScratchWorkstation, _directory: pathlib.Path) -> None:
    script = 'while read -r line; do case "$line" in *gone*) exit 255 ;; esac; done < "$AWS_CONFIG_FILE"\n'
    host.add_program("aws", f"#!/bin/sh\n{script}echo aws-cli/1.30.0 >&2; echo aws-cli/2.38.5\n")
    host.write_config(SESSION + "[plugins]\na = gone.a\nb = gone.b\n[profile dev]\n" + PROFILE)


def no_name_server(host: ScratchWorkstation, _directory: pathlib.Path) -> None:
    host.write("/etc/resolv.conf", "search example.com\n")
    host.environment["AWS_ENDPOINT_URL_SSO"] = "http://portal.sso.invalid"


def stale_interop(host: ScratchWorkstation, _directory: pathlib.Path) -> None:
    for path, text in {**WSL2, "/proc/sys/fs/binfmt_misc/WSLInterop": "enabled"}.items():
        host.write(path, text)
    host.environment["WSL_INTEROP"] = "/run/WSL/4711_interop"


def variables(**values: str) -> Arrange:
    return lambda host, _directory: host.environment.update(values)


def ca_bundle_in_config(host: ScratchWorkstation, directory: pathlib.Path) -> None:
    host.write_config(SESSION + f"[profile dev]\n{PROFILE}ca_bundle = {directory}/ca bundle.pem\n")
    (directory / "ca bundle.pem").write_bytes((directory / "ca.pem").read_bytes())


EXECUTED: t.Dict[str, Arrange] = {
    "ca-bundle-in-config-only": ca_bundle_in_config,
    "ca-bundle-unusable": variables(AWS_CA_BUNDLE="/no/such.pem"),
    "cli-broken": broken,
    "cli-missing": no_cli,
    "cli-multiple": two_clis,
    "cli-plugin-missing": plugins,
    "cli-v1": version("1.44.2"),
    "cli-without-pkce": version("2.15.0"),
    "cli-without-sessions": version("2.8.13"),
    "dns-not-configured": no_name_server,
    "proxy-for-loopback": variables(HTTPS_PROXY="http://proxy.invalid:3128", no_proxy="localhost"),
    "wsl-interop-stale": stale_interop,
}
ELSEWHERE = {
    "certificate-trusted-by-system-only": "tests/unit/plugins/modules/test_workstation_info.py",
    "certificate-untrusted": "tests/unit/plugins/modules/test_workstation_info.py",
    "cli-not-on-path": "test_cli.py",
    "cli-refused": "test_cli.py",
    "cli-unreadable": "test_cli.py",
    "cli-windows-first": "test_cli.py",
    "cli-windows-only": "test_cli.py",
    "clock-skew": "test_connectivity.py",
    "proxy-authentication-required": "test_connectivity_findings.py",
}
"""Findings whose fixes are executed in other files."""
INSTRUCTIONS = {
    # in Windows
    "wsl-1",
    "wsl-custom-kernel",
    "wsl-interop-off",
    "wsl-localhost-unreachable",
    "wsl-systemd-off",
    # on the network
    "certificate-not-current",
    "dns-failure",
    "endpoint-connection-closed",
    "endpoint-error",
    "endpoint-invalid",
    "endpoint-not-aws",
    "endpoint-tls",
    "endpoint-unreachable",
    "proxy-refused",
    "proxy-unreachable",
    # decisions
    "cli-timeout",
    "cli-untrusted",
}


def test_every_finding_is_here() -> None:
    found: t.Set[str] = set()
    for name in FILES:
        text = (PACKAGE / f"{name}.py").read_text()
        found.update(re.findall(r'(?:Finding|_error|_proxy_error)\(\s*"([a-z0-9-]+)"', text))
    assert found == {*EXECUTED, *ELSEWHERE} | INSTRUCTIONS


@pytest.mark.parametrize("id", sorted(EXECUTED))
def test_the_finding_is_gone_after_its_fix(
    host: ScratchWorkstation, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, id: str
) -> None:
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=x -keyout /dev/null -out"
    subprocess.run([*make.split(), str(tmp_path / "ca.pem")], check=True, stderr=subprocess.DEVNULL)
    store = trust_store.TrustStore((str(tmp_path / "ca.pem"),), "/anchors", "update")
    monkeypatch.setattr(trust_store, "TRUST_STORES", {"fedora": store})
    EXECUTED[id](host, tmp_path)
    finding = {finding.id: finding for finding in host.examine().findings}[id]
    fix = finding.fix.replace("/etc/resolv.conf", f"{host.root}/etc/resolv.conf")
    execute(host, fix.replace("ADDRESS", "192.0.2.53"))
    installed = host.root / "usr" / "local" / "bin"
    if installed.exists():  # as on a real host, where it is on PATH
        host.environment["PATH"] = f"{installed}:{host.environment['PATH']}"
    assert id not in {finding.id for finding in host.examine().findings}
