# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole journey in a scratch home, against the emulator: ``./run demo``.

Real are the playbooks, the AWS CLI v2, its bundle and the pages to click through; only AWS is played. With a
terminal a person clicks; without one a script follows the links.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import typing as t

from bundles import Mirror, new_key, serving, wheel_with
from identity_center import IdentityCenter
from identity_center.person import write_browser

CLI_VERSION = "2.38.5"
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
    """One scratch home, and the commands that a person would type there."""

    def __init__(self, scratch: pathlib.Path, center: IdentityCenter) -> None:
        self.home = scratch / "home"
        self.home.mkdir(mode=0o700)
        self.company = scratch / "company.json"
        self.aws = self.home / ".local" / "bin" / "aws"
        self._environment = {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            **center.environment(),
            "HOME": str(self.home),
            "ANSIBLE_HOME": str(self.home / ".ansible"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }
        if not sys.stdin.isatty():
            self._environment["BROWSER"] = write_browser(str(scratch / "browser"))

    def play(self, name: str, *options: str) -> str:
        """Run a playbook of the collection, showing what it shows, and return its recap line."""
        command = ["ansible-playbook", f"workstation.aws_sso.{name}", "-e", f"@{self.company}", *options]
        print(f"\n$ {' '.join(command)}", flush=True)
        with subprocess.Popen(command, env=self._environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            lines = [self._shown(line) for line in process.stdout]
        if process.returncode:
            raise Surprise(f"the playbook {name} ended with {process.returncode}")
        return next(line for line in reversed(lines) if "changed=" in line)

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
    """What a platform team hands to its people, plus where this demo keeps the CLI and its bundle."""
    company = {
        "workstation_sessions": [
            {"name": "acme", "start_url": center.world.start_url, "region": center.world.region}
        ],
        "workstation_region": "eu-central-1",
        "workstation_become": False,
        "workstation_prerequisites": {"tools": {"python3": "3.8"}},
        "workstation_aws_cli": {
            "version": CLI_VERSION,
            "install_dir": str(journey.home / ".local" / "share" / "aws-cli"),
            "bin_dir": str(journey.aws.parent),
            **bundle,
        },
    }
    journey.company.write_text(json.dumps(company, indent=2))
    print(f"\n$ cat {journey.company}\n{journey.company.read_text()}", flush=True)


def trust_in(mirror: Mirror) -> dict[str, t.Any]:
    """How the playbook is to verify the bundle; without gpgv and gpg it has no signature to go by."""
    if shutil.which("gpgv") or shutil.which("gpg"):
        return {"public_key": mirror.key.public_key, "fingerprint": mirror.key.fingerprint}
    print("demo: without gpgv and gpg here, the bundle is checked by its sha256, not by its signature")
    digest = hashlib.sha256(mirror.bundle(CLI_VERSION).read_bytes()).hexdigest()
    return {"verify_signature": False, "checksum": f"sha256:{digest}"}


@contextlib.contextmanager
def signed_mirror(scratch: pathlib.Path) -> t.Iterator[dict[str, t.Any]]:
    """A mirror with the real CLI on loopback, as options of the aws_cli module."""
    print(f"demo: fetching AWS CLI {CLI_VERSION} and packing its bundle", flush=True)
    directory = scratch / "mirror"
    directory.mkdir()
    with new_key() as key:
        mirror = Mirror(directory, key)
        mirror.add_wheel(wheel_with(CLI_VERSION))
        with serving(directory) as url:
            yield {"base_url": url, **trust_in(mirror)}


def travel(journey: Journey) -> dict[str, str]:
    """The journey itself: step -> what was seen."""
    seen = {}
    seen["first run"] = journey.play("workstation").split(":", 1)[1].strip()
    identity = journey.cli(
        "sts", "get-caller-identity", "--profile", first_profile(journey), "--output", "json"
    )
    if identity.returncode:
        raise Surprise("the AWS CLI did not tell who this is")
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


def main() -> int:
    started = time.monotonic()
    if "--help" in sys.argv[1:]:
        print(__doc__)
        return 0
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="workstation-demo-"))
    try:
        with IdentityCenter() as center, signed_mirror(scratch) as bundle:
            journey = Journey(scratch, center)
            if sys.stdin.isatty():
                user = center.world.users[0]
                print(
                    f"demo: your browser will open; sign in as {user.name!r} with {user.password!r}",
                    flush=True,
                )
            describe_company(journey, center, bundle)
            seen = travel(journey)
    except Surprise as surprise:
        print(f"\ndemo: {surprise}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"\nThe journey took {time.monotonic() - started:.0f} s. Your own ~/.aws was not touched.")
    for step, what in seen.items():
        print(f"  {step:13} {what}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
