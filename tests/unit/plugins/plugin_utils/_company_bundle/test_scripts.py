# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""setup.sh on machines with different shells and programs, and what cloud-init and Intune are given."""

from __future__ import annotations

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import typing as t

import pytest
import yaml

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.scripts import SCRIPTS
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.signing import CompanyKey
from bundles.serving import serving
from support.company_bundles import Company, new_key
from support.terminal import Terminal

SHELLS = {"dash": ["dash"], "bash": ["bash"], "busybox": ["busybox", "sh"], "posix bash": ["bash", "--posix"]}
PROGRAMS = (
    *("cat", "cut", "dash", "env", "getent", "id", "mkdir", "mktemp", "readlink", "rm", "sh", "sleep"),
    "ssh-keygen",
)


class Laptop:
    """A machine with a few programs, where setup.sh runs; *calls* is what its programs were called with."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        for program in PROGRAMS:
            (self.programs / program).symlink_to(shutil.which(program) or f"/bin/{program}")
        self.add("python3", f'exec {sys.executable} "$@"')
        self.calls = folder / "calls"
        self.calls.touch()
        self.environment = {"PATH": str(self.programs), "HOME": str(folder), "TMPDIR": str(folder)}

    def add(self, program: str, script: str) -> None:
        path = self.programs / program
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def records(self, program: str, then: str = "exit 0") -> None:
        self.add(program, f'echo "{program} $*" >>{self.calls}\n{then}')

    def be(self, user: int) -> None:
        self.add("id", f"echo {user}")

    def run(
        self, setup: pathlib.Path, *arguments: str, shell: t.Sequence[str] = ("sh",), **environment: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*shell, str(setup), *arguments],
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            start_new_session=True,
            check=False,
        )
        assert not [*self.folder.glob("tmp.*")]
        return done


@pytest.fixture
def laptop(tmp_path: pathlib.Path) -> Laptop:
    (tmp_path / "laptop").mkdir()
    return Laptop(tmp_path / "laptop")


@pytest.fixture
def server(company: Company) -> t.Iterator[str]:
    company.directory.mkdir()
    with serving(company.directory) as url:
        company.publish(url=url, pythons=["3.10", "3.11", "3.12", "3.13", "3.14"])
        yield url


@pytest.fixture
def setup(company: Company, server: str) -> pathlib.Path:
    return company.directory / "setup.sh"


def in_terminal(laptop: Laptop, command: list[str]) -> tuple[int, str]:
    """The exit code of *command*, and what it shows."""
    command[0] = shutil.which(command[0]) or command[0]
    with Terminal(command, environment=laptop.environment) as terminal:
        return terminal.exit_status(), terminal.text


def expected(url: str, *options: str) -> str:
    """What the updater prints: its arguments, and whether it has a terminal."""
    words = ("setup", "--url", url, "--name", "acme", "--allowed-signers", "SIGNERS", *options)
    return f"updater {' '.join(words)} False\n"


def output(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return re.sub(r"\S+/allowed_signers", "SIGNERS", done.stdout)


class TestShells:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_each_starts_the_updater_that_the_company_signed(
        self, laptop: Laptop, setup: pathlib.Path, server: str, shell: str
    ) -> None:
        words = [shutil.which(SHELLS[shell][0]) or "", *SHELLS[shell][1:]]
        subprocess.run([*words, "-n", setup], check=True)
        assert output(laptop.run(setup, shell=words)) == expected(server)

    def test_a_release_on_github_has_no_folders(
        self, laptop: Laptop, setup: pathlib.Path, company: Company
    ) -> None:
        release = company.directory / "releases" / "latest" / "download"
        files = [path for path in company.directory.rglob("*") if path.is_file()]
        release.mkdir(parents=True)
        for path in files:
            shutil.copy(path, release / "-".join(path.relative_to(company.directory).parts))
        with serving(company.directory) as url:
            done = laptop.run(setup, "--url", f"{url}/releases/latest/download")
        assert output(done) == expected(f"{url}/releases/latest/download")

    def test_it_may_come_through_a_pipe(self, laptop: Laptop, setup: pathlib.Path, server: str) -> None:
        done = subprocess.run(
            ["sh"],
            input=setup.read_text(),
            env=laptop.environment,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
        assert output(done) == expected(server)

    @pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
    def test_half_of_it_does_nothing(self, laptop: Laptop, setup: pathlib.Path, part: float) -> None:
        text = setup.read_text()
        for program in ("python3", "ssh-keygen", "sudo"):
            laptop.records(program)
        subprocess.run(
            ["sh"],
            input=text[: int(len(text) * part)],
            env=laptop.environment,
            text=True,
            check=False,
            capture_output=True,
        )
        assert laptop.calls.read_text() == ""

    def test_in_a_pipe_the_updater_has_the_terminal(
        self, laptop: Laptop, setup: pathlib.Path, server: str
    ) -> None:
        status, shown = in_terminal(laptop, ["sh", "-c", f"cat {setup} | sh"])
        assert status == 0 and shown.strip().endswith("True"), shown


class TestOptions:
    def test_another_place_and_no_timer(self, laptop: Laptop, setup: pathlib.Path, company: Company) -> None:
        for words in (["--url", f"{company.directory}/"], [f"--url={company.directory}"]):
            done = laptop.run(setup, *words, "--no-timer")
            assert output(done) == expected(str(company.directory), "--no-timer")
        done = laptop.run(setup, "--url", company.directory.as_uri())
        assert output(done) == expected(company.directory.as_uri())

    @pytest.mark.parametrize("words", [["--nonsense"], ["--url"], ["x"], ["--url", "laptops"]])
    def test_others_are_refused(self, laptop: Laptop, setup: pathlib.Path, words: list[str]) -> None:
        done = laptop.run(setup, *words)
        assert done.returncode == 2 and "usage: sh setup.sh" in done.stderr and not done.stdout

    def test_help(self, laptop: Laptop, setup: pathlib.Path) -> None:
        done = laptop.run(setup, "--help")
        assert done.returncode == 0 and done.stdout.startswith("usage: sh setup.sh") and not done.stderr

    def test_not_with_sudo(self, laptop: Laptop, setup: pathlib.Path) -> None:
        laptop.be(0)
        done = laptop.run(setup, SUDO_UID="1000")
        assert (done.returncode, done.stdout) == (1, "")
        assert (
            done.stderr == "setup: Run this as yourself, without sudo. It uses sudo where that is required.\n"
        )
        assert laptop.run(setup, "--packages", SUDO_UID="1000").returncode == 0


class TestPackages:
    def os_release(self, laptop: Laptop, **values: str) -> dict[str, str]:
        path = laptop.folder / "os-release"
        path.write_text("".join(f'{name}="{value}"\n' for name, value in values.items()))
        return {"OS_RELEASE": str(path)}

    def install(self, laptop: Laptop, *programs: str) -> str:
        """What a package manager does."""
        places = {"python3": f'exec {sys.executable} "$@"'}
        lines = [
            f"printf '%s\\n' '#!/bin/sh' '{places.get(name) or 'exec ' + str(shutil.which(name))} \"$@\"'"
            f" >{laptop.programs / name} && /bin/chmod 755 {laptop.programs / name}"
            for name in programs
        ]
        return "\n".join(["case $* in *install*) ;; *) exit 0 ;; esac", *lines]).replace('"$@" "$@"', '"$@"')

    @pytest.mark.parametrize(
        ("manager", "release", "command"),
        [
            (
                "apt-get",
                {"ID": "debian", "VERSION_ID": "12"},
                "-o DPkg::Lock::Timeout=300 install -y python3 openssh-client",
            ),
            ("dnf", {"ID": "rhel", "PLATFORM_ID": "platform:el9"}, "install -y python3.12 openssh"),
            ("zypper", {"ID": "opensuse-leap"}, "--non-interactive install python312 openssh-clients"),
            ("pacman", {"ID": "arch"}, "-Sy --noconfirm python openssh"),
        ],
    )
    def test_what_is_missing_is_installed(
        self,
        laptop: Laptop,
        setup: pathlib.Path,
        server: str,
        manager: str,
        release: dict[str, str],
        command: str,
    ) -> None:
        for program in ("python3", "ssh-keygen"):
            (laptop.programs / program).unlink()
        laptop.be(0)
        laptop.records(
            manager, self.install(laptop, "python3", "ssh-keygen").replace("*install*", "*install*|-Sy*")
        )
        done = laptop.run(setup, **self.os_release(laptop, **release))
        assert output(done) == expected(server)
        assert laptop.calls.read_text().splitlines()[-1] == f"{manager} {command}"
        assert (
            "no Python was found. ssh-keygen of OpenSSH 8.2 or newer is required. Installing:" in done.stderr
        )

    def test_an_ordinary_user_uses_sudo(self, laptop: Laptop, setup: pathlib.Path, server: str) -> None:
        laptop.be(1000)
        (laptop.programs / "ssh-keygen").unlink()
        laptop.records("apt-get", self.install(laptop, "ssh-keygen"))
        laptop.records("sudo", 'case $1 in -n) exit 0 ;; esac\nexec "$@"')
        assert output(laptop.run(setup)) == expected(server)
        assert "sudo env DEBIAN_FRONTEND=noninteractive apt-get" in laptop.calls.read_text()

    @pytest.mark.parametrize("sudo", [None, "exit 1"])
    def test_without_root_an_administrator_is_asked_for(
        self, laptop: Laptop, setup: pathlib.Path, sudo: str | None
    ) -> None:
        laptop.be(1000)
        (laptop.programs / "ssh-keygen").unlink()
        laptop.records("apt-get")
        if sudo:
            laptop.add("sudo", sudo)
        done = laptop.run(setup)
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and laptop.calls.read_text() == ""
        command = (
            "sudo apt-get install -y openssh-client" if sudo else "su -c 'apt-get install -y openssh-client'"
        )
        assert "Ask an administrator to run this command" in done.stderr
        assert done.stderr.endswith(f"{command}\n")

    def test_a_failed_installation(self, laptop: Laptop, setup: pathlib.Path) -> None:
        laptop.be(0)
        (laptop.programs / "ssh-keygen").unlink()
        laptop.records("apt-get", "echo 'E: no network' >&2; exit 100")
        done = laptop.run(setup)
        assert done.returncode == 1 and "E: no network" in done.stderr
        assert "The packages could not be installed; the reason is above." in done.stderr

    def test_a_distribution_that_is_too_old(self, laptop: Laptop, setup: pathlib.Path) -> None:
        laptop.add("python3", "case $2 in *print*) echo 3.9.2 ;; *) exit 1 ;; esac")
        laptop.records("apt-get")
        release = self.os_release(laptop, ID="debian", VERSION_ID="11", PRETTY_NAME="Debian 11")
        done = laptop.run(setup, **release)
        assert done.returncode == 1 and "python3 is Python 3.9.2. Debian 11 has no package" in done.stderr

    def test_an_ssh_keygen_that_remains_too_old(self, laptop: Laptop, setup: pathlib.Path) -> None:
        laptop.be(0)
        laptop.add("ssh-keygen", "echo 'unknown option -- Y' >&2; exit 1")
        laptop.records("dnf")
        done = laptop.run(setup)
        assert done.returncode == 1
        assert done.stderr.endswith("The packages of this distribution do not contain it.\n")

    def test_a_python_that_the_bundle_has_packages_for(
        self, laptop: Laptop, setup: pathlib.Path, company: Company, server: str
    ) -> None:
        own = f"{sys.version_info[0]}.{sys.version_info[1]}"
        other = "3.10" if own != "3.10" else "3.11"
        company.publish(version="2", url=server, pythons=[other])
        laptop.records("dnf")
        laptop.be(0)
        done = laptop.run(setup)
        assert (
            done.returncode == 1
            and f"Python {other} is required, and python3 is Python {own}." in done.stderr
        )
        laptop.add("python3", f'case $2 in *print*) echo {other}.1 ;; *) exec {sys.executable} "$@" ;; esac')
        assert output(laptop.run(setup)) == expected(server)

    def test_only_packages(self, laptop: Laptop, setup: pathlib.Path) -> None:
        done = laptop.run(setup, "--packages")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class TestTrust:
    def refused(self, laptop: Laptop, setup: pathlib.Path, *words: str, **environment: str) -> str:
        laptop.add("sleep", "exit 0")
        done = laptop.run(setup, *words, **environment)
        assert done.returncode == 1 and "updater" not in done.stdout
        return done.stderr

    def test_a_changed_manifest(self, laptop: Laptop, setup: pathlib.Path, company: Company) -> None:
        path = company.directory / "manifest.json"
        path.write_bytes(path.read_bytes() + b" ")
        assert "is not signed by the key of acme. Nothing was installed." in self.refused(laptop, setup)

    def test_another_key(
        self, laptop: Laptop, setup: pathlib.Path, company: Company, tmp_path: pathlib.Path
    ) -> None:
        text = setup.read_text()
        company.key = new_key(tmp_path / "other")
        company.publish(sign_only=True)
        setup.write_text(text)
        assert "is not signed by the key of acme" in self.refused(laptop, setup)

    def test_a_bundle_that_is_published_at_this_moment(
        self, laptop: Laptop, setup: pathlib.Path, company: Company, server: str
    ) -> None:
        signature = company.directory / "manifest.json.sig"
        shutil.copy(signature, laptop.folder / "new.sig")
        signature.write_text("the signature of another manifest")
        laptop.programs.joinpath("cp").symlink_to(shutil.which("cp") or "")
        laptop.add("sleep", f"cp {laptop.folder / 'new.sig'} {signature}")
        assert output(laptop.run(setup)) == expected(server)

    def test_a_changed_updater(self, laptop: Laptop, setup: pathlib.Path, company: Company) -> None:
        path = company.directory / "1" / "workstation-update.pyz"
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        assert "is not the file that the company signed" in self.refused(laptop, setup)
        path.write_bytes(path.read_bytes() + b"x")
        assert "so it is not the file of a bundle" in self.refused(laptop, setup)

    def test_the_bundle_of_another_name(self, laptop: Laptop, setup: pathlib.Path, company: Company) -> None:
        setup.write_text(setup.read_text().replace("name='acme'", "name='other'"))
        assert "has the bundle of another company" in self.refused(laptop, setup)

    def test_an_expired_bundle(self, laptop: Laptop, setup: pathlib.Path, company: Company) -> None:
        """It may have been withheld for long, with what was repaired since."""
        manifest = company.directory / "manifest.json"
        document = json.loads(manifest.read_text())
        document["expires"] = "2026-01-01T00:00:00Z"
        text = json.dumps(document).encode()
        manifest.write_bytes(text)
        signature = CompanyKey(str(company.key)).sign(text, str(laptop.folder))
        (company.directory / "manifest.json.sig").write_bytes(signature)
        assert "expired at 2026-01-01T00:00:00Z. Check the clock" in self.refused(laptop, setup)

    def test_the_page_of_a_proxy(self, laptop: Laptop, setup: pathlib.Path, company: Company) -> None:
        (company.directory / "manifest.json").write_text("<html>Sign in to the network</html>")
        assert "is not a manifest but perhaps the page of a proxy" in self.refused(laptop, setup)

    def test_no_server(self, laptop: Laptop, setup: pathlib.Path) -> None:
        said = self.refused(laptop, setup, "--url", "http://127.0.0.1:9/laptops")
        assert (
            "http://127.0.0.1:9/laptops/manifest.json cannot be read: [Errno 111] Connection refused" in said
        )

    def test_nothing_at_the_place(self, laptop: Laptop, setup: pathlib.Path, server: str) -> None:
        assert "cannot be read: File not found" in self.refused(laptop, setup, "--url", f"{server}/1")
        assert "No such file or directory" in self.refused(laptop, setup, "--url", "/nonexistent")


class TestFirstStart:
    """What lets a machine run setup.sh."""

    @pytest.fixture
    def files(self, company: Company) -> t.Mapping[str, bytes]:
        company.publish()
        return {name: (company.directory / name).read_bytes() for name in SCRIPTS}

    def test_cloud_init_accepts_the_user_data(
        self, files: t.Mapping[str, bytes], tmp_path: pathlib.Path
    ) -> None:
        path = tmp_path / "user-data"
        path.write_bytes(files["wsl-user-data"])
        assert path.read_bytes().startswith(b"#cloud-config\n")
        done = subprocess.run(
            ["/usr/bin/cloud-init", "schema", "--config-file", path],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        )
        assert done.returncode == 0 and "Valid" in done.stdout, done.stdout + done.stderr

    def test_the_user_data_contains_setup_sh(self, files: t.Mapping[str, bytes]) -> None:
        """So it needs no download that could be exchanged."""
        setup, login = yaml.safe_load(files["wsl-user-data"])["write_files"]
        assert setup["content"].encode() == files["setup.sh"]
        assert yaml.safe_load(files["wsl-user-data"])["runcmd"] == [["sh", setup["path"], "--packages"]]
        subprocess.run(["dash", "-n"], input=login["content"], text=True, check=True)

    def test_the_first_login_runs_it_once(self, files: t.Mapping[str, bytes], laptop: Laptop) -> None:
        setup, login = yaml.safe_load(files["wsl-user-data"])["write_files"]
        program = laptop.folder / "setup.sh"
        profile = laptop.folder / "profile"
        profile.write_text(login["content"].replace(setup["path"], str(program)))
        laptop.be(1000)
        command = ["dash", "-c", f". {profile}"]
        for status, runs in ((1, 1), (0, 2), (0, 2)):
            program.write_text(f"echo ran >>{laptop.calls}\nexit {status}\n")
            in_terminal(laptop, command)
            assert laptop.calls.read_text().count("ran") == runs
        laptop.run(profile)  # no terminal
        assert laptop.calls.read_text().count("ran") == 2

    def test_intune(self, files: t.Mapping[str, bytes]) -> None:
        line = files["intune.ps1"].decode()
        assert line.count("\n") == 1 and '"' not in line
        assert hashlib.sha256(files["setup.sh"]).hexdigest().upper() in line
        assert "-Uri 'https://example.com/laptops/setup.sh'" in line

    @pytest.mark.parametrize("url", ["/mnt/share/laptops", "file:///mnt/share/laptops"])
    def test_a_share(self, company: Company, url: str) -> None:
        assert company.publish(url=url)["command"] == "sh /mnt/share/laptops/setup.sh"
        line = (company.directory / "intune.ps1").read_text()
        assert "Invoke-WebRequest" not in line
        assert "--exec sh '/mnt/share/laptops/setup.sh' --packages;" in line
