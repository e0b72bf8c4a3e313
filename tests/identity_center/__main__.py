# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m identity_center``: serve until Ctrl-C, and say what to put into the environment."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import signal
import sys
import threading
import typing as t

from identity_center.center import IdentityCenter
from identity_center.settings import Knobs, kinds_of_knobs
from identity_center.world import World, big_world, default_world, hostile_world, load_world

BUILT_IN_WORLDS: dict[str, t.Callable[[], World]] = {
    "default": default_world,
    "hostile": hostile_world,
    "big": big_world,
}


def new_parser(prog: str = "python -m identity_center") -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description="IAM Identity Center on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes a free one")
    parser.add_argument(
        "--world",
        default="default",
        metavar="FILE",
        help=f"a JSON file, or one of: {', '.join(BUILT_IN_WORLDS)}",
    )
    parser.add_argument("--ready-file", metavar="FILE", help="gets the URL once the emulator serves")
    parser.add_argument(
        "--environment-file", metavar="FILE", help="gets the export lines, to be sourced by a shell"
    )
    parser.add_argument(
        "--certificate", default="", metavar="FILE", help="PEM with certificate and key, to serve HTTPS"
    )
    knobs = parser.add_argument_group("knobs (settings.py describes each one)")
    for name, kind in kinds_of_knobs().items():
        default = getattr(Knobs, name)
        knobs.add_argument(
            f"--{name.replace('_', '-')}",
            type=_truth if kind is bool else kind,
            default=default,
            metavar=str(default),
        )
    return parser


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise argparse.ArgumentTypeError("true or false")
    return text.lower() == "true"


def export_lines(environment: dict[str, str]) -> str:
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())


def write_whole(path: str, text: str) -> None:
    """Readers wait for the file to appear, so it appears only when it is complete."""
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(temporary, path)


@contextlib.contextmanager
def emulator(options: argparse.Namespace) -> t.Iterator[IdentityCenter]:
    """The emulator that *options* describe, with the files that they name for as long as it serves."""
    make_world = BUILT_IN_WORLDS.get(options.world)
    world = make_world() if make_world else load_world(options.world)
    knobs = {name: getattr(options, name) for name in kinds_of_knobs()}
    with IdentityCenter(world, options.port, options.certificate, **knobs) as center:
        exports = export_lines(center.environment())
        files = {options.environment_file: exports, options.ready_file: center.url + "\n"}
        for path, text in files.items():
            if path:
                write_whole(path, text)
        try:
            yield center
        finally:
            for path in filter(None, files):
                os.unlink(path)


def serve(options: argparse.Namespace, stop: threading.Event) -> None:
    with emulator(options) as center:
        user = center.world.users[0]
        print(export_lines(center.environment()), end="", flush=True)
        print(f"# start URL {center.world.start_url}, region {center.world.region}", flush=True)
        print(f"# sign in as {user.name!r} with password {user.password!r}; Ctrl-C ends it", flush=True)
        stop.wait()


def main() -> int:
    options = new_parser().parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        serve(options, stop)
    except (OSError, ValueError) as error:
        print(f"identity_center: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
