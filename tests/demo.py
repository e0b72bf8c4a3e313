# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole journey in a scratch home, against the emulator: ``./run demo``.

Real are the playbooks, the AWS CLI v2, its bundle and the pages to click through; only AWS is played. With a
terminal a user clicks; without one a script follows the links.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import typing as t

from identity_center import IdentityCenter, write_browser
from identity_center.world import User
from support.journeys import end_on_signals, signed_mirror, write_company

PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TERM",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XDG_RUNTIME_DIR",
    "ANSIBLE_COLLECTIONS_PATH",
)


class Surprise(Exception):
    """Something did not go as the demo promises."""


class Journey:
    """One scratch home, and the commands that a user would type there."""

    def __init__(self, scratch: pathlib.Path, center: IdentityCenter) -> None:
        self.home = scratch / "home"
        self.home.mkdir(mode=0o700)
        for name in (".profile", ".zprofile"):
            # as distributions do for new users; otherwise an AWS CLI of the system would come first
            (self.home / name).write_text('PATH="$HOME/.local/bin:$PATH"\n')
        self.company = scratch / "company.yml"
        self.aws = self.home / ".local" / "bin" / "aws"
        self._environment = {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **center.environment(),
            "HOME": str(self.home),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }
        if len(str(scratch)) < 60:  # Ansible's socket is in it, whose name has 107 bytes at most
            self._environment["TMPDIR"] = str(scratch)
        if not sys.stdin.isatty():
            self._environment["BROWSER"] = write_browser(str(scratch / "browser"))

    def play(self, name: str, *options: str) -> str:
        """Run a playbook of the collection, showing what it shows, and return its recap line."""
        command = ["ansible-playbook", f"workstation.aws_sso.{name}", "-e", f"@{self.company}", *options]
        print(f"\n$ {' '.join(command)}", flush=True)
        with self._started(command) as process:
            assert process.stdout is not None
            lines = [self._shown(line) for line in process.stdout]
        if process.returncode:
            raise Surprise(f"the playbook {name} failed with {process.returncode}")
        return next(line for line in reversed(lines) if "changed=" in line)

    @contextlib.contextmanager
    def _started(self, command: list[str]) -> t.Iterator[subprocess.Popen[str]]:
        """A process that ends, with all that it started, when this one is interrupted."""
        with subprocess.Popen(
            command, env=self._environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as process:
            try:
                yield process
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise

    @staticmethod
    def _shown(line: str) -> str:
        print(f"    {line}", end="", flush=True)
        return line

    def cli(self, *words: str) -> subprocess.CompletedProcess[str]:
        print(f"\n$ aws {' '.join(words)}", flush=True)
        result = subprocess.run(
            [str(self.aws), *words], env=self._environment, capture_output=True, text=True, check=False
        )
        print("    " + "\n    ".join((result.stdout + result.stderr).strip().splitlines()), flush=True)
        return result


def describe_company(journey: Journey, center: IdentityCenter, bundle: dict[str, t.Any]) -> None:
    write_company(journey.company, center.world, journey.home, bundle)
    print(f"\n$ cat {journey.company}\n{journey.company.read_text()}", flush=True)


def travel(journey: Journey) -> dict[str, str]:
    """The journey itself: step -> what was seen."""
    seen = {}
    seen["first run"] = journey.play("workstation").split(":", 1)[1].strip()
    identity = journey.cli(
        "sts", "get-caller-identity", "--profile", first_profile(journey), "--output", "json"
    )
    if identity.returncode:
        raise Surprise("the AWS CLI did not return an identity")
    seen["identity"] = json.loads(identity.stdout)["Arn"]
    again = journey.play("workstation")
    if "changed=0" not in again:
        raise Surprise("the second run changed something")
    seen["second run"] = again.split(":", 1)[1].strip()
    journey.play("logout")
    refused = journey.cli("sts", "get-caller-identity", "--profile", first_profile(journey))
    if refused.returncode == 0:
        raise Surprise("the AWS CLI still works after the logout")
    seen["after logout"] = "the AWS CLI is refused"
    return seen


def first_profile(journey: Journey) -> str:
    names = journey.cli("configure", "list-profiles").stdout.split()
    if not names:
        raise Surprise("no profile was written")
    return names[0]


def announce(user: User) -> None:
    """Say with which name to sign in: the page that is about to open says so too."""
    print(f"\ndemo: next is a sign-in. Sign in as {user.name} with the password {user.password}.", flush=True)


def main() -> int:
    started = time.monotonic()
    end_on_signals()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="workstation-demo-"))
    try:
        print("demo: packing the bundle of the AWS CLI", flush=True)
        with IdentityCenter() as center, signed_mirror(scratch / "mirror") as bundle:
            journey = Journey(scratch, center)
            describe_company(journey, center, bundle)
            if "verify_signature" in bundle:
                print(
                    "demo: without gpgv and gpg here, the bundle is verified by its sha256, not its signature"
                )
            if sys.stdin.isatty():
                announce(center.world.users[0])
            seen = travel(journey)
    except Surprise as surprise:
        print(f"\ndemo: {surprise}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # such as ./run demo | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"\nThe journey took {time.monotonic() - started:.0f} s. Your own ~/.aws was not touched.")
    for step, what in seen.items():
        print(f"  {step:13} {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
