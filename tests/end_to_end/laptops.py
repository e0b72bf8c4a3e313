# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company that publishes bundles, and laptops that nothing reaches: they only download."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import os
import pathlib
import shlex
import subprocess
import typing as t

from bundles.serving import serving_by
from end_to_end import readme
from end_to_end.bare_host import PASSWORD, Shell
from end_to_end.controller import Controller
from hosts import Host

GUIDE = readme.README.parent / "docs" / "laptops.md"
NAME = "acme"
REPORTS = "/srv/reports"
"""The directory of laptops to which they deliver reports, in place of a share."""
WITHOUT_INDEX = "[global]\nindex-url = http://127.0.0.1:9/\n"
"""For pip.conf: no package index is in reach."""


class Server:
    """A web server of *directory*; it remembers the paths that were asked for, with the status."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        self.answers: t.List[t.Tuple[str, int]] = []
        self.url = ""

    @contextlib.contextmanager
    def running(self) -> t.Iterator[Server]:
        answers = self.answers

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                answers.append((self.path, int(code)))

            def log_message(self, format: str, *args: t.Any) -> None:
                """The output of the tests stays clean."""

        with serving_by(functools.partial(Handler, directory=os.fspath(self.directory))) as self.url:
            yield self


def guide(word: str, server: Server) -> t.List[str]:
    """The commands with *word* in the first section of docs/laptops.md, with the URL of *server*."""
    block = readme.block("Three laptops in ten minutes", "console", word, GUIDE)
    return [command.replace("http://192.0.2.10:8000", server.url) for command in block.commands()]


class Company:
    """Publishes bundles of *company* on *server*, as an administrator does on *controller*."""

    def __init__(self, controller: Controller, server: Server, company: t.Mapping[str, t.Any]) -> None:
        self._controller = controller
        self._server = server
        self._company = company
        self.key = controller.home / "company-bundle"
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "acme", "-f", str(self.key)]
        subprocess.run(command, check=True)

    def publish_as_in_the_guide(self, python: str) -> None:
        """Type what docs/laptops.md says, with a company.yml of this company; for one version of Python."""
        self.key.unlink()
        (self._controller.home / "company.yml").write_text(json.dumps(self._company))
        (self._controller.home / "bundle").symlink_to(self._server.directory)
        restriction = {"workstation_bundle_pythons": [python], "workstation_bundle_machines": ["x86_64"]}
        for command in guide("ssh-keygen", self._server)[:2]:
            more = f" -e {shlex.quote(json.dumps(restriction))}" if "company_bundle" in command else ""
            done = self._controller.run("bash", "-c", command + more)
            assert done.returncode == 0, done.stdout + done.stderr

    def publish(self, version: str, settings: t.Mapping[str, t.Any], **changes: t.Any) -> None:
        """Make and sign *version*: with *changes* of company.yml, and *settings* of the bundle."""
        company = self._controller.home / "company.json"
        company.write_text(json.dumps({**self._company, **changes}))
        bundle = {
            "workstation_bundle_name": NAME,
            "workstation_bundle_version": version,
            "workstation_bundle_directory": str(self._server.directory),
            "workstation_bundle_url": self._server.url,
            "workstation_bundle_key": str(self.key),
            **{f"workstation_bundle_{name}": value for name, value in settings.items()},
        }
        variables = ("-e", f"@{company}", "-e", json.dumps(bundle))
        with self._controller.play("workstation.aws_sso.company_bundle", *variables) as play:
            play.succeed()


@contextlib.contextmanager
def laptop(
    name: str,
    suite: str,
    environment: t.Mapping[str, str],
    password: bool = False,
    packages: t.Sequence[str] = (),
) -> t.Iterator[Host]:
    """A fresh WSL2-like host without ssh and without a package index; with *password*, sudo asks for one.

    With *packages* it is less fresh: they are installed.
    """
    with Host(f"{name}-{os.getpid()}", suite, environment, packages) as host:
        if not packages:
            host.run("apt-get", "purge", "--yes", "openssh-client", "openssh-server", "openssh-sftp-server")
        write(host, "/etc/pip.conf", WITHOUT_INDEX)
        write(host, "/etc/environment", "".join(f"{key}={value}\n" for key, value in environment.items()))
        host.run("install", "--directory", "--owner=dev", REPORTS)
        if password:
            write(host, "/etc/sudoers.d/dev", "dev ALL=(ALL) ALL\n")
            host.run("sh", "-c", f"echo {shlex.quote('dev:' + PASSWORD)} | chpasswd")
        yield host


def write(host: Host, path: str, content: str) -> None:
    """Write a file of root on *host*."""
    subprocess.run(host.entry("tee", path), input=content.encode(), check=True, stdout=subprocess.DEVNULL)


def terminal(host: Host) -> Shell:
    """A new window of WSL."""
    return Shell(host, folder=".", ssh=False)


def as_user(host: Host, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a login shell of dev that has no terminal, as a timer does."""
    login = host.entry("setsid", "su", "--login", "dev", "--command", shlex.join(command))
    return subprocess.run(login, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def delivered_reports(host: Host, directory: str = REPORTS) -> t.Dict[str, str]:
    """The reports that *host* has delivered to *directory*, by the name of their file."""
    names = host.run("ls", "-A", directory).split()
    return {name: host.run("cat", f"{directory}/{name}") for name in names}
