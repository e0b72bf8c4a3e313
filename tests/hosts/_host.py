# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host: namespaces over a root file system, and what a caller needs to reach it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import subprocess
import typing as t

from ._roots import HERE, HostError, root_file_system

STATE = pathlib.Path("/run/wsl2-like-hosts")
NAMESPACES = ("--mount", "--pid", "--uts", "--ipc")
NEEDED = {  # program: the Debian package that has it
    "debootstrap": "debootstrap",
    "gcc": "gcc",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "ssh": "openssh-client",
    "unshare": "util-linux",
}


class WindowsCall(t.NamedTuple):
    """How a stand-in for a Windows program was called."""

    program: str
    directory: str
    arguments: t.Tuple[str, ...]


def missing() -> t.List[str]:
    """The names of the missing requirements of hosts."""
    found = [] if os.geteuid() == 0 else ["root"]
    return found + [
        f"{program} (package {package})" for program, package in NEEDED.items() if not shutil.which(program)
    ]


def host_names() -> t.List[str]:
    """The names of all hosts that were created here and not removed, running or not."""
    return sorted(state.name for state in STATE.iterdir()) if STATE.is_dir() else []


def inventory(hosts: t.Iterable[Host]) -> t.Dict[str, t.Any]:
    """An Ansible inventory with *hosts* in the group wsl; write it as JSON to a file with a name on .yml."""
    return {"wsl": {"hosts": {host.name: host.variables() for host in hosts}}}


class Host:
    """A fresh WSL2-like Debian, reached over ssh as the user "dev", who may sudo without a password.

    It has a file system, processes and a host name of its own, and shares the network of this machine. What
    is written on it is in memory and is lost with it. As a context manager it lives no longer than its
    creator, however that ends; after up() it lives until down().

    *environment* is what every login on it finds in its environment. With *packages* it is less fresh: they
    are installed.
    """

    def __init__(
        self,
        name: str,
        suite: str = "trixie",
        environment: t.Optional[t.Mapping[str, str]] = None,
        packages: t.Sequence[str] = (),
    ):
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise HostError(f"{name!r} is no host name: use small letters, digits and hyphens")
        self.name = name
        self.suite = suite
        self.environment = dict(environment or {})
        self.packages = packages
        self.state = STATE / name
        self._holder: t.Optional[subprocess.Popen[bytes]] = None

    def __enter__(self) -> Host:
        self.up(with_creator=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def up(self, with_creator: bool = False) -> None:
        """Make the host; *with_creator* ends it when the calling thread ends. Raises HostError."""
        if requirements := missing():
            raise HostError("Hosts require what is missing here: " + ", ".join(requirements))
        root = root_file_system(self.suite, self.packages)
        self.state.mkdir(parents=True, exist_ok=True)
        with self._alive_file().open("w") as alive:
            try:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HostError(f"the host {self.name} is up already") from None
            try:
                self._start(root, alive, with_creator)
            except BaseException:
                self._end()
                shutil.rmtree(self.state)
                raise

    def _start(self, root: pathlib.Path, alive: t.TextIO, with_creator: bool) -> None:
        """The processes of the host inherit the lock on *alive*, and hold it until the last of them ends."""
        (self.state / "process_1").unlink(missing_ok=True)
        key = self._make_key()
        mount_point = self.state / "mount_point"
        mount_point.mkdir(exist_ok=True)
        command = ["setpriv", "--pdeathsig", "KILL"] if with_creator else []
        command += ["unshare", *NAMESPACES, "--fork", "--kill-child", "--propagation", "private"]
        command += [str(HERE / "start_host.sh"), str(root), self.name, str(mount_point)]
        with (self.state / "log").open("w") as log:
            self._holder = subprocess.Popen(
                command,
                env={**os.environ, "AUTHORIZED_KEY": key},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=[alive.fileno()],
                start_new_session=not with_creator,
            )
        assert self._holder.stdout is not None
        with self._holder.stdout:
            process_1 = self._holder.stdout.readline().strip()
        if not process_1:
            raise HostError(f"the host {self.name} did not start: {(self.state / 'log').read_text().strip()}")
        self._remember(process_1.decode())

    def _end(self) -> None:
        if self._holder:
            self._holder.kill()
            self._holder.wait()

    def _make_key(self) -> str:
        key = self.state / "key"
        key.unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        return key.with_suffix(".pub").read_text().strip()

    def _remember(self, process_1: str) -> None:
        (self.state / "process_1").write_text(process_1)
        entry = shlex.join(self.entry("/usr/sbin/sshd", "-i", *self._sshd_options()))
        (self.state / "ssh_config").write_text(
            f"Host {self.name}\n"
            f"    ProxyCommand {entry.replace('%', '%%')}\n"
            "    User dev\n"
            f"    IdentityFile {self.state}/key\n"
            "    IdentitiesOnly yes\n"
            "    StrictHostKeyChecking no\n"
            "    UserKnownHostsFile /dev/null\n"
            "    LogLevel ERROR\n"
        )
        (self.state / "inventory.yml").write_text(json.dumps(inventory([self]), indent=2) + "\n")

    def _sshd_options(self) -> t.List[str]:
        variables = " ".join(f'"{name}={value}"' for name, value in self.environment.items())
        return ["-oUsePAM=no", "-oLogLevel=ERROR", *([f"-oSetEnv={variables}"] if variables else [])]

    @property
    def process_1(self) -> int:
        """The first process of the host, as this machine numbers it. Raises HostError."""
        try:
            return int((self.state / "process_1").read_text())
        except FileNotFoundError:
            raise HostError(f"there is no host {self.name}, or not yet") from None

    def entry(self, *command: str) -> t.List[str]:
        """The command that runs *command* as root on the host, with nothing of this machine's environment."""
        enter = ["nsenter", "--target", str(self.process_1), *NAMESPACES, "--root", "--wd=/"]
        return [*enter, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *command]

    def run(self, *command: str) -> str:
        """Run *command* as root on the host; returns what it wrote. Raises subprocess.CalledProcessError."""
        return subprocess.run(self.entry(*command), check=True, capture_output=True, text=True).stdout

    @property
    def inventory(self) -> pathlib.Path:
        """An Ansible inventory file with this host alone, in the group wsl."""
        return self.state / "inventory.yml"

    def ssh_command(self, *command: str) -> t.List[str]:
        """The command that logs in as the user dev, or runs *command* so."""
        login = ["ssh", "-F", str(self.state / "ssh_config"), self.name]
        return [*login, shlex.join(command)] if command else login

    def variables(self) -> t.Dict[str, str]:
        """The variables of this host in an Ansible inventory."""
        return {"ansible_user": "dev", "ansible_ssh_common_args": f"-F {self.state}/ssh_config"}

    def windows_calls(self) -> t.List[WindowsCall]:
        """The calls of Windows programs on the host so far, oldest first."""
        fields = iter(self.run("cat", "/mnt/c/calls").split("\0")[:-1])
        return [
            WindowsCall(next(fields), next(fields), tuple(next(fields) for _unused in range(int(count))))
            for count in fields
        ]

    def down(self) -> None:
        """End the host and forget it; does nothing if it is gone already."""
        if not self.state.is_dir():
            return
        with self._alive_file().open("w") as alive:
            if self._is_up(alive):
                os.kill(self.process_1, signal.SIGKILL)
                fcntl.flock(alive, fcntl.LOCK_EX)
            self._end()
            shutil.rmtree(self.state)

    def _alive_file(self) -> pathlib.Path:
        return self.state / "alive"

    @staticmethod
    def _is_up(alive: t.TextIO) -> bool:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return False
        return True
