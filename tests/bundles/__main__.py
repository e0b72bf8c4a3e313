# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills a directory with signed bundles.

Run in tests/: `python -m bundles --to DIR [--wheel FILE] [--stub VERSION] [--serve FILE]`.

Prints the options of the module aws_cli for them as YAML. With --serve, it serves them until it is killed.
"""

from __future__ import annotations

import argparse
import pathlib
import threading

from . import Mirror, new_key, serving


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bundles", description=__doc__)
    parser.add_argument("--to", type=pathlib.Path, required=True, help="directory, created if it is missing")
    parser.add_argument(
        "--wheel", type=pathlib.Path, action="append", default=[], help="a wheel with a real CLI"
    )
    parser.add_argument(
        "--stub", action="append", default=[], metavar="VERSION", help="a shell script that reports VERSION"
    )
    parser.add_argument(
        "--serve",
        type=pathlib.Path,
        metavar="FILE",
        help="serve the directory on loopback; the options of aws_cli for it are written to FILE",
    )
    parser.add_argument("--level", type=int, default=1, help="of compression (default: %(default)s)")
    options = parser.parse_args()
    options.to.mkdir(parents=True, exist_ok=True)
    with new_key() as key:
        mirror = Mirror(options.to, key)
        bundles = [mirror.add_stub(version) for version in options.stub]
        bundles += [mirror.add_wheel(wheel, options.level) for wheel in options.wheel]
        public_key = options.to / "public-key.asc"
        public_key.write_text(key.public_key)
    trust = f"public_key: {public_key.resolve()}\nfingerprint: {key.fingerprint}"
    print(trust)
    for bundle in bundles:
        print(f"source: {bundle.resolve()}")
    if options.serve:
        with serving(options.to) as url:
            options.serve.write_text(f"base_url: {url}\n{trust}\n")
            threading.Event().wait()


if __name__ == "__main__":
    main()
