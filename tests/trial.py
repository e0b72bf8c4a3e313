# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator for trials of `./run workstation` in another terminal: ``./run identity-center``.

Beside the emulator it serves a bundle of the real AWS CLI, and it writes a company and an environment with a
home of its own: what is tried there does not read or change the user's own ~/.aws.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import pathlib
import shlex
import shutil
import signal
import sys
import typing as t

from identity_center.__main__ import emulator, export_lines, new_parser

if t.TYPE_CHECKING:
    from identity_center import IdentityCenter

DESCRIPTION = """\

The emulator serves. In another terminal, in this folder, type

    . {environment}
    ./run workstation -e @{company}

and sign in as {user} with the password {password}. HOME is {home} there, so
that your own files stay as they are. Then try ./run whoami, or
aws s3 ls --profile with a profile of ~/.aws/config. Ctrl-C here ends the emulator.
"""


def write_environment(path: pathlib.Path, home: pathlib.Path, center: IdentityCenter) -> None:
    """Write the lines for the shell of the other terminal; *home* becomes its HOME."""
    home.mkdir(mode=0o700, exist_ok=True)
    exports = export_lines({**center.environment(), "HOME": str(home)})
    path.write_text(f'{exports}export PATH="$HOME/.local/bin:$PATH"\n')


@contextlib.contextmanager
def only_one(directory: pathlib.Path) -> t.Iterator[None]:
    """Raises ValueError where another process serves *directory*. The lock ends with the process."""
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(
                "another ./run identity-center runs in this folder: end it with Ctrl-C"
            ) from None
        yield


def serve(center: IdentityCenter, directory: pathlib.Path) -> None:
    """Write the files of a trial to *directory*, describe them, and wait for a signal."""
    from support import journeys

    mirror, environment, company = directory / "mirror", directory / "environment", directory / "company.yml"
    home = directory / "home"
    shutil.rmtree(mirror, ignore_errors=True)
    try:
        with journeys.signed_mirror(mirror) as bundle:
            write_environment(environment, home, center)
            journeys.write_company(company, center.world, home, bundle)
            user = center.world.users[0]
            names = {"environment": shlex.quote(str(environment)), "company": shlex.quote(str(company))}
            print(DESCRIPTION.format(home=home, user=user.name, password=user.password, **names), flush=True)
            signal.pause()
    finally:
        for path in (environment, company):
            path.unlink(missing_ok=True)
        shutil.rmtree(mirror, ignore_errors=True)


def main() -> int:
    parser = new_parser("./run identity-center")
    parser.add_argument("--directory", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--check-arguments", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.check_arguments:
        return 0
    from support import journeys

    journeys.end_on_signals()
    directory: pathlib.Path = options.directory
    directory.mkdir(exist_ok=True)
    try:
        with only_one(directory), emulator(options) as center:
            serve(center, directory)
    except (OSError, ValueError) as error:
        print(f"identity-center: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
