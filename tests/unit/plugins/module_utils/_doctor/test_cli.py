# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the AWS CLI."""

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
from support.scratch_workstation import SESSION, FakeEndpoint, ScratchWorkstation

V1 = "#!/bin/sh\necho aws-cli/1.29.0 Python/3.11.2\n"
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


def path_of_login_shell(host: ScratchWorkstation) -> str:
    """PATH after ~/.profile; what /etc/profile sets instead of that of *host* is added at the end."""
    command = ["/bin/bash", "-l", "-c", "echo $PATH"]
    done = subprocess.run(command, env=host.environment, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().strip() + ":" + host.environment["PATH"]


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


def test_a_cli_that_does_not_respond_is_an_error(
    host: ScratchWorkstation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs.ProgramSearch.__init__, "__defaults__", (1.0,))
    host.add_program("aws", "#!/bin/sh\n/bin/sleep 300\n")
    finding = host.findings()["cli-timeout"]
    assert finding.severity == "error" and f"{host.bin}/aws --version" in finding.fix


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


@pytest.mark.parametrize("existing", [None, ".bash_login", ".bash_profile"])
def test_the_fix_for_path_is_read_by_bash(host: ScratchWorkstation, existing: t.Optional[str]) -> None:
    (host.bin / "aws").unlink()
    directory = host.add_cli("2.38.5", host.home / ".local" / "bin").parent
    host.environment["SHELL"] = "/bin/bash"
    (host.home / ".profile").write_text("# not read if there is another one")
    if existing:
        (host.home / existing).write_text("true # no newline")
    finding = host.findings()["cli-not-on-path"]
    execute(host, finding.fix)
    assert path_of_login_shell(host).startswith(f"{directory}:")
    assert "true # no newline" in (host.home / (existing or ".profile")).read_text() or not existing


@pytest.mark.parametrize(
    ("shell", "fix"),
    [
        ("/usr/bin/fish", "fish -c 'fish_add_path --move --prepend DIRECTORY'"),
        ("/usr/bin/zsh", "echo 'PATH=DIRECTORY:$PATH' >> ~/.zprofile && exec zsh -l"),
        ("/bin/dash", "echo 'PATH=DIRECTORY:$PATH' >> ~/.profile && exec dash -l"),
        ("/bin/tcsh", "echo 'set path = (DIRECTORY $path)' >> ~/.cshrc && exec tcsh -l"),
        ("/usr/bin/nu", "Put DIRECTORY first on PATH in the startup file of nu, then log in again"),
    ],
)
def test_the_fix_for_path_is_that_of_the_shell(host: ScratchWorkstation, shell: str, fix: str) -> None:
    (host.bin / "aws").unlink()
    directory = host.add_cli("2.38.5", host.home / ".local" / "bin").parent
    host.environment["SHELL"] = shell
    assert host.findings()["cli-not-on-path"].fix == fix.replace("DIRECTORY", str(directory))


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
