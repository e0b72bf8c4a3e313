# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixes that remove, replace or repair AWS CLIs, carried out."""

from __future__ import annotations

import errno
import importlib.util
import os
import pathlib
import subprocess
import tempfile
import typing as t
import venv
import zipfile

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor._fixes.programs import (
    INSTALL,
    ProgramFixes,
    make_readable,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli import programs
from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.other_programs import (
    OtherProgram,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.programs import Program
from support.child_processes import exit_code, start
from support.fixes import execute
from support.mounts import with_tmpfs
from support.scratch_workstation import FakeEndpoint, ScratchWorkstation

V1 = "#!/bin/sh\necho aws-cli/1.29.0 Python/3.11.2\n"


def virtual_environment_with_pip(directory: pathlib.Path) -> pathlib.Path:
    """A new virtual environment that uses the pip of this one, which is faster than installing it."""
    path = directory / "venv"
    venv.create(str(path), with_pip=False)
    found = importlib.util.find_spec("pip")
    assert found and found.origin
    (directory / "shared").mkdir()
    (directory / "shared" / "pip").symlink_to(pathlib.Path(found.origin).parent)
    (site,) = path.glob("lib/python3*/site-packages")
    (site / "shared.pth").write_text(f"{directory / 'shared'}\n")
    return path


def wheel_of_version_1(directory: pathlib.Path) -> pathlib.Path:
    """A package that pip installs as it installs AWS CLI v1."""
    path = directory / "awscli-1.29.0-py3-none-any.whl"
    metadata = "awscli-1.29.0.dist-info/"
    with zipfile.ZipFile(str(path), "w") as wheel:
        wheel.writestr("awscli/__init__.py", "")
        wheel.writestr("awscli/clidriver.py", "def main():\n    print('aws-cli/1.29.0 Python/3.11.2')\n")
        wheel.writestr(metadata + "METADATA", "Metadata-Version: 2.1\nName: awscli\nVersion: 1.29.0\n")
        wheel.writestr(metadata + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(metadata + "entry_points.txt", "[console_scripts]\naws = awscli.clidriver:main\n")
        wheel.writestr(metadata + "RECORD", "")
    return path


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (V1, "cli-v1"),
        ("#!/bin/sh\necho aws-cli/2.8.1\n", "cli-without-sessions"),
        ("#!/bin/sh\nexit 127\n", "cli-broken"),
        ("#!/no/such/interpreter\n", "cli-broken"),
        ("\x7fELF", "cli-broken"),
    ],
)
@pytest.mark.parametrize("another", [False, True])
def test_the_fix_leaves_one_cli_that_works(
    host: ScratchWorkstation, text: str, id: str, another: bool
) -> None:
    """With *another* one behind it, the first one is removed; else one is installed, too."""
    host.add_program("aws", text)
    installed = host.root / "usr" / "local" / "bin"
    if another:
        host.add_cli("2.38.5", installed)
    host.environment["PATH"] += f":{installed}"
    fix = host.findings()[id].fix
    assert ("aws_cli" in fix) != another
    execute(host, fix)
    assert host.findings() == {}
    assert host.examine().facts["aws_cli"][0]["path"] == str(installed / "aws")


def test_a_cli_that_the_installed_one_hides_needs_no_removal() -> None:
    path, search_path = "/usr/bin/aws", "/usr/local/bin:/usr/bin:/bin"
    package = OtherProgram(path, "apt", "sudo apt-get remove awscli")
    old = Program(path, "1.44.2")
    fixes = ProgramFixes([old], search_path, lambda _path: package)
    assert fixes.replace(old) == INSTALL
    fixes = ProgramFixes([old], "/usr/bin:/bin", lambda _path: package)
    assert fixes.replace(old) == f"sudo apt-get remove awscli && {INSTALL}"


def test_aws_installer_in_another_place_is_updated_there(host: ScratchWorkstation) -> None:
    tree = host.home / ".local" / "share" / "aws-cli"
    host.add_program("aws", V1.replace("1.29.0", "2.8.1"), tree / "v2" / "2.8.1" / "dist")
    host.add_program("aws_completer", "", tree / "v2" / "2.8.1" / "dist")
    (tree / "v2" / "current").symlink_to(tree / "v2" / "2.8.1")
    (tree / "v2" / "2.8.1" / "bin").mkdir()
    (tree / "v2" / "2.8.1" / "bin" / "aws").symlink_to("../dist/aws")
    (host.bin / "aws").unlink()
    (host.bin / "aws").symlink_to(tree / "v2" / "current" / "bin" / "aws")
    finding = host.findings()["cli-without-sessions"]
    assert f"state=latest install_dir={tree} bin_dir={host.bin}" in finding.fix
    execute(host, finding.fix)
    assert host.findings() == {}


@pytest.mark.skipif(not importlib.util.find_spec("pip"), reason="needs pip")
def test_a_cli_of_pip_is_removed_by_pip(host: ScratchWorkstation, tmp_path: pathlib.Path) -> None:
    environment = virtual_environment_with_pip(tmp_path)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "-q", "--no-index"]
    subprocess.run([*pip, str(wheel_of_version_1(tmp_path))], check=True)
    host.environment["PATH"] = f"{environment / 'bin'}:{host.bin}"
    findings = host.findings()
    assert list(findings) == ["cli-v1", "cli-multiple"]
    assert f"{environment}/bin/aws (1.29.0, pip)" in findings["cli-multiple"].what
    assert findings["cli-v1"].fix == findings["cli-multiple"].fix
    execute(host, findings["cli-v1"].fix, answers="y\n")
    assert host.findings() == {}


def test_a_script_of_pip_without_its_python_is_deleted(host: ScratchWorkstation) -> None:
    host.add_program("aws", "#!/no/such/python3.9\nfrom awscli.clidriver import main\n")
    installed = host.root / "usr" / "local" / "bin"
    host.add_cli("2.38.5", installed)
    host.environment["PATH"] += f":{installed}"
    finding = host.findings()["cli-broken"]
    assert finding.fix.endswith(f"rm {host.bin}/aws")
    execute(host, finding.fix)
    assert host.findings() == {}


def test_the_newest_of_several_clis_is_kept(host: ScratchWorkstation, tmp_path: pathlib.Path) -> None:
    host.add_cli("2.30.0")
    for name, version in (("b", "2.38.5"), ("c", "2.31.0")):
        host.add_cli(version, tmp_path / name)
        host.environment["PATH"] += f":{tmp_path / name}"
    execute(host, host.findings()["cli-multiple"].fix)
    assert [program["version"] for program in host.examine().facts["aws_cli"]] == ["2.38.5"]
    assert host.findings() == {}


def test_a_cli_of_a_version_manager_is_described_by_a_sentence(
    host: ScratchWorkstation, tmp_path: pathlib.Path
) -> None:
    shims = tmp_path / ".asdf" / "shims"
    host.add_cli("2.30.0", shims)
    host.environment["PATH"] = f"{shims}:{host.bin}"
    finding = host.findings()["cli-multiple"]
    assert "(2.30.0, a version manager)" in finding.what
    assert finding.fix == f"Keep {host.bin}/aws. Remove that one with a version manager"


@pytest.mark.parametrize(
    ("shims", "text", "id", "fix"),
    [
        ("mise/shims", "#!/bin/sh\nexit 1\n", "cli-broken", "mise use --global aws-cli@latest"),
        (".pyenv/shims", "#!/bin/sh\nexit 127\n", "cli-broken", "Remove that one with a version manager"),
        (".pyenv/shims", V1, "cli-v1", "pyenv exec python -m pip uninstall awscli && pyenv rehash"),
    ],
)
def test_a_cli_of_a_version_manager_is_replaced_by_it(
    host: ScratchWorkstation, tmp_path: pathlib.Path, shims: str, text: str, id: str, fix: str
) -> None:
    host.add_program("aws", text, tmp_path / shims)
    host.environment["PATH"] = f"{tmp_path / shims}:{host.bin}"
    assert host.findings()[id].fix == fix


IN_A_NAMESPACE = """
import os, pathlib, subprocess
from support.fixes import execute
from support.scratch_workstation import ScratchWorkstation
host = ScratchWorkstation(pathlib.Path({directory!r}), "http://portal.sso.invalid")
os.environ["HOME"] = str(host.home)
finding = host.findings()["cli-refused"]
print(finding.what)
print(finding.fix)
execute(host, finding.fix)
print("cli-refused" in host.findings())
"""


def test_a_cli_on_a_noexec_file_system(tmp_path: pathlib.Path) -> None:
    directory = tmp_path / "mounted"
    lines = with_tmpfs("noexec,mode=755", directory, IN_A_NAMESPACE.format(directory=str(directory)))
    assert lines.splitlines() == [
        "The system does not start it: its file system is mounted noexec.",
        f"sudo mount -o remount,exec {directory}",
        "False",
    ]


@pytest.mark.parametrize("has_fapolicyd", [False, True])
def test_a_cli_that_a_security_module_does_not_allow(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch, has_fapolicyd: bool
) -> None:
    """As fapolicyd does, which this machine does not have."""

    def refuse(*_arguments: t.Any, **_options: t.Any) -> t.NoReturn:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(programs, "RunningProgram", refuse)
    if has_fapolicyd:
        monkeypatch.setenv("PATH", f"{host.add_program('fapolicyd-cli', '').parent}:{os.environ['PATH']}")
    finding = host.findings()["cli-refused"]
    assert "Operation not permitted" in finding.what and "fapolicyd" in finding.why
    assert finding.fix == (
        f"sudo fapolicyd-cli --file add {host.bin}/ && sudo fapolicyd-cli --update"
        if has_fapolicyd
        else "Find the denial with: sudo ausearch -m avc,fanotify -ts recent, and allow it"
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("closed", ["aws-cli", "aws-cli/v2", "aws-cli/v2/2.38.5/dist/aws", "tool/aws"])
def test_a_cli_that_the_user_may_not_read_is_made_readable(aws: FakeEndpoint, closed: str) -> None:
    """As AWS's installer leaves it with umask 077."""
    with tempfile.TemporaryDirectory() as directory:
        base = pathlib.Path(directory)
        base.chmod(0o755)
        host = ScratchWorkstation(base, aws.url)
        for path in [host.home, *host.home.rglob("*")]:
            os.chown(path, 4242, 4242)
        (host.bin / "aws").unlink()
        place = "tool" if closed.startswith("tool") else "aws-cli/v2/2.38.5/dist"
        installed = host.add_cli("2.38.5", base / place)
        (host.bin / "aws").symlink_to(installed)
        for path in [base / closed, *(base / closed).rglob("*")]:
            path.chmod(0o700)
        fixes = base / "fixes"
        fixes.mkdir(mode=0o777)
        fixes.chmod(0o777)

        def unreadable() -> None:
            os.environ["HOME"] = str(host.home)
            findings = host.findings()
            assert list(findings) == ["cli-unreadable"], findings
            (fixes / "fix").write_text(findings["cli-unreadable"].fix)

        def readable() -> None:
            os.environ["HOME"] = str(host.home)
            assert host.findings() == {}

        assert exit_code(start(unreadable, user=4242)) == 0
        fix = (fixes / "fix").read_text()
        assert fix.startswith("sudo chmod ")
        execute(host, fix)
        assert exit_code(start(readable, user=4242)) == 0


def test_a_private_directory_is_not_opened() -> None:
    assert make_readable("/usr/local/bin/aws", "/root") == INSTALL
