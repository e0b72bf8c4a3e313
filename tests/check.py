# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of the project, part by part.

    ./run test                                  all parts, but for those that only --full runs
    ./run test style unit                       two parts
    ./run test cores --full                     sanity, units and integration on each supported ansible-core
    ./run test unit -k wsl                      the tests of a part that pytest runs, with arguments of pytest
    ./run test tests/unit/test_run.py           one file of tests

A part that cannot run on this machine is reported with the reason. With WORKSTATION_TEST_REQUIRE_ALL=1,
as in .ci/run, that is a failure.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import sys
import tempfile
import time
import typing as t

from checks import ansible_test, cores, newest_python, package, source, unit
from checks.part import LOGS, ROOT, CannotRun, Failed, Part, is_test

REQUIRE_ALL = os.environ.get("WORKSTATION_TEST_REQUIRE_ALL") == "1"

# The parts of a lane run in turn, the lanes at the same time: the tests wait more than they compute. Each
# lane takes about as long as the other.
LANES: tuple[dict[str, t.Callable[[Part], None]], ...] = (
    {
        "style": source.check_style,
        "types": source.check_types,
        "unit": unit.check_unit,
        "oldest-host": unit.check_oldest_host,
        "sanity": ansible_test.check_sanity,
        **cores.CHECKS,
    },
    {
        "end-to-end": unit.check_end_to_end,
        "newest-python": newest_python.check_newest_python,
        "integration": ansible_test.check_integration,
        "security": unit.check_security,
        "demo": package.check_demo,
        "lint": source.check_lint,
        "docs": source.check_docs,
        "package": package.check_package,
        "oldest-botocore": unit.check_oldest_botocore,
    },
)
PARTS = {name: check for lane in LANES for name, check in lane.items()}
GROUPS = {"cores": tuple(cores.CHECKS)}
# The parts that take arguments of pytest, with the folder of their tests.
BY_PYTEST = {
    "unit": "tests/unit",
    "oldest-host": "tests/unit/plugins/module_utils",
    "security": "tests/adversary",
    "end-to-end": "tests/end_to_end",
}


class Request(t.NamedTuple):
    parts: list[str]
    tests: dict[str, list[str]]
    """The tests that were named, by the part that runs them."""
    arguments: list[str]
    """For pytest."""
    full: bool

    @property
    def share_the_terminal(self) -> bool:
        return bool(self.tests or self.arguments)

    def of_pytest(self, part: str) -> list[str]:
        return self.tests.get(part, []) + self.arguments


def run_part(name: str, scratch: pathlib.Path, request: Request) -> str:
    """Run one part, report it in a line, and return passed, failed or skipped."""
    part = Part(name, scratch, request.of_pytest(name), request.full)
    part.log.write_text("")
    started = time.monotonic()
    reason = ""
    try:
        PARTS[name](part)
        outcome = "passed"
    except Failed as error:
        outcome, reason = "failed", str(error)
    except CannotRun as error:
        outcome, reason = ("failed" if REQUIRE_ALL else "skipped"), f"cannot run here: {error}"
    lines = [f"{name:20} {outcome:8} {time.monotonic() - started:5.0f} s  {reason}"]
    if outcome == "failed":
        lines += part.log.read_text(errors="replace").splitlines()[-60:]
    print("\n    ".join(lines), flush=True)
    return outcome


def run_lane(names: t.Sequence[str], scratch: pathlib.Path, request: Request) -> list[str]:
    return [run_part(name, scratch, request) for name in names]


def run(request: Request) -> list[str]:
    """The outcome of each part."""
    LOGS.mkdir(parents=True, exist_ok=True)
    lanes = [[name for name in lane if name in request.parts] for lane in LANES]
    with tempfile.TemporaryDirectory(prefix="workstation-test-") as directory:
        scratch = pathlib.Path(directory)
        with concurrent.futures.ThreadPoolExecutor(1 if request.share_the_terminal else len(lanes)) as pool:
            outcomes = pool.map(lambda lane: run_lane(lane, scratch, request), lanes)
            return [outcome for lane in outcomes for outcome in lane]


def argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run test", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="%(prog)s [--list] [--full] [PART | TEST]... [PYTEST_ARGUMENT...]", allow_abbrev=False,
    )  # fmt: skip
    names = f"of: {', '.join((*PARTS, *GROUPS))}; default: all but {', '.join(cores.EXTRA)}"
    parser.add_argument("words", nargs="*", metavar="PART", help=names)
    parser.add_argument("--list", action="store_true", help="print the names of the parts and exit")
    parser.add_argument(
        "--full", action="store_true", help="everything on every ansible-core, not a fixed subset"
    )
    return parser


def split(command_line: t.Sequence[str]) -> tuple[list[str], list[str]]:
    """The arguments of this program, and those for pytest, which start with the first unknown option."""
    for position, word in enumerate(command_line):
        if word.startswith("-") and word not in ("--list", "--full", "-h", "--help"):
            return list(command_line[:position]), list(command_line[position + (word == "--") :])
    return list(command_line), []


def read(command_line: t.Sequence[str]) -> Request | None:
    """What is requested; None for the list of parts. Invalid arguments end the program."""
    own, for_pytest = split(command_line)
    parser = argument_parser()
    options = parser.parse_args(own)
    named = [word for word in options.words if word not in PARTS and word not in GROUPS]
    unknown = [word for word in named if not is_test(word)]
    if unknown:
        parser.error(f"there is no part or test {', '.join(unknown)}; --list prints the names of the parts")
    parts = [name for word in options.words if word not in named for name in GROUPS.get(word, (word,))]
    tests: dict[str, list[str]] = {}
    for test in named:
        tests.setdefault(part_of(parser, test, parts), []).append(test)
    parts += tests
    without_pytest = [name for name in parts if name not in BY_PYTEST]
    if for_pytest and (without_pytest or not parts):
        parser.error(
            f"{' '.join(for_pytest)}: name parts that take arguments of pytest: {', '.join(BY_PYTEST)}"
        )
    if options.list:
        return None
    default = [name for name in PARTS if options.full or name not in cores.EXTRA]
    return Request(parts or default, tests, for_pytest, options.full)


def part_of(parser: argparse.ArgumentParser, test: str, parts: t.Sequence[str]) -> str:
    """The part that runs *test*: one of *parts* if it can be."""
    path = (ROOT / test.partition("::")[0]).resolve()
    able = [name for name, folder in BY_PYTEST.items() if ROOT / folder in (path, *path.parents)]
    if not able:
        folders = " or ".join(dict.fromkeys(BY_PYTEST.values()))
        parser.error(f"{test} is not a test that pytest runs; those are in {folders}")
    return next((name for name in able if name in parts), able[0])


def main() -> int:
    request = read(sys.argv[1:])
    if request is None:
        print("\n".join(PARTS))
        return 0
    outcomes = run(request)
    passed, failed, skipped = (outcomes.count(outcome) for outcome in ("passed", "failed", "skipped"))
    if not request.share_the_terminal:
        print(f"logs: {LOGS}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
