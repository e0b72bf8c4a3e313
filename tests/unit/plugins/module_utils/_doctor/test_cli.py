# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the AWS CLI."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli import programs
from support.fixes import execute, path_of_login_shell
from support.scratch_workstation import SESSION, ScratchWorkstation

LOADS_PLUGINS = """\
#!/bin/sh
config=
while read -r line; do config="$config$line;"; done < "$AWS_CONFIG_FILE"
case "$config" in
*gone_plugin*cli_legacy*) echo "No module named 'gone_plugin'" >&2; exit 255 ;;
esac
echo aws-cli/2.38.5
"""
"""An AWS CLI with the rules of version 2, which loads plugins only if it has a path for them."""


@pytest.mark.parametrize(
    ("version", "id"),
    [
        ("1.44.2", "cli-v1"),
        ("2.8.13", "cli-without-sessions"),
        ("2.9.0", "cli-without-pkce"),
        ("2.21.3", "cli-without-pkce"),
        ("2.22.0", None),
    ],
)
def test_an_outdated_cli_is_reported_by_what_it_does_not_support(
    host: ScratchWorkstation, version: str, id: t.Optional[str]
) -> None:
    path = host.add_cli(version)
    assert [(finding.id, finding.subject) for finding in host.findings().values()] == (
        [(id, str(path))] if id else []
    )


def test_a_missing_cli_is_an_error(host: ScratchWorkstation) -> None:
    (host.bin / "aws").unlink()
    assert list(host.findings()) == ["cli-missing"]


@pytest.mark.parametrize(
    "text", ["#!/bin/sh\nexit 1\n", "#!/no/such/interpreter\n", "#!/bin/sh\necho 2.38.5\n"]
)
def test_a_cli_that_does_not_print_its_version_is_broken(host: ScratchWorkstation, text: str) -> None:
    host.add_program("aws", text)
    assert list(host.findings()) == ["cli-broken"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")
@pytest.mark.parametrize("part", ["bin/aws", "bin"])
def test_a_cli_that_another_user_can_change_is_not_run_as_root(host: ScratchWorkstation, part: str) -> None:
    host.add_program("aws", f"#!/bin/sh\ntouch {host.home}/ran\necho aws-cli/2.38.5\n")
    os.chown(host.bin.parent / part, 5, 5)
    findings = host.findings()
    assert list(findings) == ["cli-untrusted"]
    assert "belongs to the user games, so the check did not run it as root." in findings["cli-untrusted"].what
    assert not (host.home / "ran").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")
def test_a_trusted_cli_is_examined_beside_an_untrusted_one(
    host: ScratchWorkstation, tmp_path: pathlib.Path
) -> None:
    untrusted = host.add_cli("2.38.5", tmp_path / "other")
    os.chown(untrusted, 5, 5)
    host.add_cli("2.8.13")
    host.environment["PATH"] = f"{tmp_path}/other:{tmp_path}/bin"
    assert {id: finding.subject for id, finding in host.findings().items()} == {
        "cli-untrusted": str(untrusted),
        "cli-without-sessions": str(host.bin / "aws"),
    }


def test_several_clis_are_listed_in_the_order_of_path(
    host: ScratchWorkstation, tmp_path: pathlib.Path
) -> None:
    host.add_cli("2.9.19", tmp_path / "other")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "aws").symlink_to(host.bin / "aws")
    host.environment["PATH"] = os.pathsep.join(str(tmp_path / name) for name in ("bin", "links", "other"))
    findings = host.findings()
    assert list(findings) == ["cli-multiple"]
    assert f"{tmp_path}/bin/aws (2.38.5), {tmp_path}/other/aws (2.9.19)" in findings["cli-multiple"].what


def test_a_cli_in_a_usual_directory_that_is_not_on_path_is_found(host: ScratchWorkstation) -> None:
    (host.bin / "aws").unlink()
    host.add_cli("2.38.5", host.home / ".local" / "bin")
    finding = host.findings()["cli-not-on-path"]
    assert finding.fix.startswith(f"echo 'PATH={host.home}/.local/bin:$PATH' >> ~/.profile")


def test_a_windows_cli_is_never_run(host: ScratchWorkstation, windows_bin: pathlib.Path) -> None:
    host.add_program("aws.exe", f"#!/bin/sh\ntouch {host.home}/ran\n", windows_bin)
    assert host.findings() == {}
    (host.bin / "aws").unlink()
    finding = host.findings()["cli-windows-only"]
    assert finding.severity == "error"
    execute(host, finding.fix)
    host.environment["PATH"] += f":{host.root}/usr/local/bin"
    assert host.findings() == {}
    assert not (host.home / "ran").exists()


def test_a_windows_cli_before_the_linux_cli_on_path_is_a_finding(
    host: ScratchWorkstation, windows_bin: pathlib.Path
) -> None:
    host.add_program("aws", "#!/bin/sh\n", windows_bin)
    findings = host.findings()
    assert list(findings) == ["cli-windows-first"]
    host.environment["SHELL"] = "/bin/bash"
    execute(host, findings["cli-windows-first"].fix)
    host.environment["PATH"] = path_of_login_shell(host)
    assert host.findings() == {}


def test_a_cli_that_does_not_respond_is_an_error(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs.ProgramSearch.__init__, "__defaults__", (1.0,))
    host.add_program("aws", "#!/bin/sh\n/bin/sleep 300\n")
    finding = host.findings()["cli-timeout"]
    assert finding.severity == "error" and f"{host.bin}/aws --version" in finding.fix


@pytest.mark.parametrize(
    ("script", "plugins", "left"),
    [
        # version 1 loads all
        (LOADS_PLUGINS.replace("cli_legacy*", ""), "endpoint = gone_plugin\n", []),
        (
            LOADS_PLUGINS,
            "endpoint = gone_plugin\ncli_legacy_plugin_path = /srv\n",
            ["cli_legacy_plugin_path"],
        ),
        (LOADS_PLUGINS, "a = fine\nb = gone_plugin\ncli_legacy_plugin_path=/srv\n", ["a", "cli_legacy"]),
        # version 2 does not
        (LOADS_PLUGINS, "endpoint = gone_plugin\n", None),
    ],
)
def test_a_plugin_that_is_missing_is_deleted(
    host: ScratchWorkstation, script: str, plugins: str, left: t.Optional[t.List[str]]
) -> None:
    host.add_program("aws", script)
    config = host.write_config(f"# mine\n[plugins]\n{plugins}{SESSION}")
    findings = host.findings()
    if left is None:
        assert findings == {}
        return
    assert list(findings) == ["cli-plugin-missing"]
    assert "No module named 'gone_plugin'" in findings["cli-plugin-missing"].what
    execute(host, findings["cli-plugin-missing"].fix)
    assert host.findings() == {}
    text = config.read_text()
    assert "gone_plugin" not in text and all(name in text for name in left)
    assert text.startswith("# mine\n[plugins]\n") and text.endswith(SESSION)
