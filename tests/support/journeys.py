# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo and the emulator for trials share: a company, a mirror of the real AWS CLI, a clean end."""

from __future__ import annotations

import contextlib
import hashlib
import pathlib
import shutil
import signal
import typing as t

import yaml

from bundles import Mirror, new_key, serving, wheel_with
from bundles.wheels import CURRENT
from identity_center import World

Variables = t.Dict[str, t.Any]


def end_on_signals() -> None:
    """Let SIGHUP, SIGINT and SIGTERM end this process as an exit does, so that everything is cleaned up."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _exit)


def _exit(number: int, _frame: object) -> None:
    for later in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(later, signal.SIG_IGN)  # one is enough: do not interrupt the cleaning up
    raise SystemExit(128 + number)


@contextlib.contextmanager
def signed_mirror(directory: pathlib.Path) -> t.Iterator[Variables]:
    """A mirror with the real AWS CLI on loopback, as options of the aws_cli module that verify its bundle."""
    directory.mkdir()
    with new_key() as key:
        mirror = Mirror(directory, key)
        mirror.add_wheel(wheel_with(CURRENT))
        with serving(directory) as url:
            yield {"version": CURRENT, "base_url": url, **_trust_in(mirror)}


def _trust_in(mirror: Mirror) -> Variables:
    """How the playbook is to verify the bundle; without gpgv and gpg it has no signature to go by."""
    if shutil.which("gpgv") or shutil.which("gpg"):
        key_file = mirror.directory / "public-key.asc"
        key_file.write_text(mirror.key.public_key)
        public_key = f"{{{{ lookup('ansible.builtin.file', '{key_file}') }}}}"
        return {"public_key": public_key, "fingerprint": mirror.key.fingerprint}
    digest = hashlib.sha256(mirror.bundle(CURRENT).read_bytes()).hexdigest()
    return {"verify_signature": False, "checksum": f"sha256:{digest}"}


def write_company(path: pathlib.Path, world: World, home: pathlib.Path, bundle: Variables) -> None:
    """Write the company.yml of a platform team, for an installation below *home* without root."""
    company = {
        "workstation_sessions": [{"name": "acme", "start_url": world.start_url, "region": world.region}],
        "workstation_region": "eu-central-1",
        "workstation_become": False,
        "workstation_prerequisites": {"tools": {"python3": "3.8"}},
        "workstation_aws_cli": {
            "install_dir": str(home / ".local" / "share" / "aws-cli"),
            "bin_dir": str(home / ".local" / "bin"),
            **bundle,
        },
    }
    path.write_text(yaml.safe_dump(company, sort_keys=False, width=120))
