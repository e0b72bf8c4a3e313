# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of the project, part by part: ``./run test [PART...]``.

A part that cannot run on this machine is named with what it misses. With WORKSTATION_TEST_REQUIRE_ALL=1,
as in .ci/run, that is a failure.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import typing as t

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATE = ROOT / ".run"
TOOLS = STATE / "test-venv" / "bin"
LOGS = STATE / "logs"
REQUIRE_ALL = os.environ.get("WORKSTATION_TEST_REQUIRE_ALL") == "1"
HOST_PYTHONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
TYPED = (
    "bundles",
    "cache.py",
    "check.py",
    "company_network.py",
    "company.py",
    "demo.py",
    "end_to_end",
    "hosts",
    "identity_center",
)
OLDEST_CONTROLLER = ("3.10", "ansible-core>=2.17,<2.18")


class CannotRun(Exception):
    """What this machine lacks for a part, and how to get it."""


class Failed(Exception):
    """A command of a part did not succeed."""


class Part:
    """Runs the commands of one part, with their output in one log."""

    def __init__(self, name: str, scratch: pathlib.Path) -> None:
        self.log = LOGS / f"{name}.log"
        self.scratch = scratch

    def run(self, *command: str | pathlib.Path, cwd: pathlib.Path = ROOT, **environment: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            print("$", *command, file=log, flush=True)
            result = subprocess.run(
                [str(word) for word in command],
                cwd=cwd,
                env={**os.environ, "PATH": f"{TOOLS}:{path_without_shims()}", **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if result.returncode:
            raise Failed(f"{' '.join(map(str, command))[:160]} ended with {result.returncode}")

    def pytest(self, python: str | pathlib.Path, tests: str, **environment: str) -> None:
        """Run *tests* on both cores; a test that was skipped is something that this machine lacks."""
        self.run(python, "-m", "pytest", "-n", "2", tests, cwd=ROOT, **environment)
        skipped = [line for line in self.log.read_text().splitlines() if line.startswith("SKIPPED")]
        if skipped:
            raise CannotRun("; ".join(skipped))

    def collection_tree(self) -> pathlib.Path:
        """A collections path that holds the checkout itself."""
        parent = self.scratch / "tree" / "ansible_collections" / "workstation"
        if not parent.exists():
            parent.mkdir(parents=True)
            (parent / "aws_sso").symlink_to(ROOT)
        return self.scratch / "tree"

    def collection_copy(self) -> pathlib.Path:
        """A copy of what git knows, in a repository of its own, as ansible-test wants it."""
        copy = self.scratch / "copy" / "ansible_collections" / "workstation" / "aws_sso"
        if not copy.exists():
            listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
            for name in filter(None, listed.split("\0")):
                if (ROOT / name).exists():
                    (copy / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, copy / name)
            self.run("git", "init", "--quiet", cwd=copy)
            self.run("git", "add", "--all", cwd=copy)
        return copy


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def path_without_shims() -> str:
    """pyenv puts commands on PATH that do not start; ansible-test believes every one of them."""
    return ":".join(entry for entry in os.environ["PATH"].split(":") if not entry.endswith("shims"))


def interpreters() -> dict[str, str]:
    """Version -> path of every Python of HOST_PYTHONS that starts on this machine."""
    found = {}
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    for version in HOST_PYTHONS:
        candidates = [shutil.which(f"python{version}", path=path_without_shims())]
        candidates += sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))
        for candidate in filter(None, candidates):
            if (
                subprocess.run(
                    [candidate, "-c", "import ensurepip, venv"], capture_output=True, check=False
                ).returncode
                == 0
            ):
                found[version] = candidate
    return found


def interpreter(version: str) -> str:
    try:
        return interpreters()[version]
    except KeyError:
        raise CannotRun(f"Python {version} with its venv module is not installed") from None


def virtual_environment(part: Part, python: str, name: str, *requirements: str) -> pathlib.Path:
    path = STATE / name
    stamp = path / "stamp"
    if not stamp.exists() or stamp.read_text() != repr(requirements):
        part.run(python, "-m", "venv", "--clear", path)
        part.run(path / "bin" / "python", "-m", "pip", "install", "--quiet", *requirements)
        stamp.write_text(repr(requirements))
    return path / "bin" / "python"


def check_style(part: Part) -> None:
    part.run("ruff", "check", ".")
    part.run("ruff", "format", "--check", ".")
    scripts = [name for name in git("ls-files").splitlines() if is_shell_script(ROOT / name)]
    part.run("shellcheck", *scripts)
    part.run("yamllint", "--strict", ".")
    part.run("antsibull-changelog", "lint")


def is_shell_script(path: pathlib.Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        first = stream.readline()
    return first.startswith(b"#!") and (b"/sh" in first or b"bash" in first)


def check_types(part: Part) -> None:
    tree = part.collection_tree()
    collection = pathlib.Path("ansible_collections/workstation/aws_sso")
    config = f"--config-file={ROOT / 'pyproject.toml'}"
    part.run("mypy", config, collection / "plugins", cwd=tree, MYPYPATH=str(tree))
    part.run("mypy", config, *TYPED, cwd=ROOT / "tests", MYPYPATH="")


def check_unit(part: Part) -> None:
    part.pytest(sys.executable, "tests/unit")


def check_unit_oldest_host(part: Part) -> None:
    requirements = ("pytest", "pytest-xdist", "hypothesis")
    python = virtual_environment(part, interpreter(HOST_PYTHONS[0]), "oldest-host", *requirements)
    part.pytest(python, "tests/unit/host", PATH=path_without_shims())


def check_unit_oldest_controller(part: Part) -> None:
    version, core = OLDEST_CONTROLLER
    libraries = (ROOT / "meta" / "ee-requirements.txt").read_text().splitlines()
    tools = ("pytest", "pytest-xdist", "pytest-mock", "hypothesis", "moto[server]")
    requirements = (core, *(line for line in libraries if not line.startswith("#")), *tools)
    python = virtual_environment(part, interpreter(version), "oldest-controller", *requirements)
    path = f"{python.parent}:{path_without_shims()}"
    part.pytest(python, "tests/unit/controller", PATH=path)


def check_sanity(part: Part) -> None:
    home = STATE / "sanity-home"
    links = STATE / "pythons"
    shutil.rmtree(links, ignore_errors=True)
    links.mkdir(parents=True)
    for version, python in interpreters().items():
        (links / f"python{version}").symlink_to(python)
    provide_pip_without_download(home)
    path = f"{TOOLS}:{links}:{path_without_shims()}"
    part.run("ansible-test", "sanity", "--color", "no", cwd=part.collection_copy(), HOME=str(home), PATH=path)


def provide_pip_without_download(home: pathlib.Path) -> None:
    """ansible-test would fetch get-pip.py from a host that closed networks do not reach."""
    package = importlib.util.find_spec("ansible_test")
    assert package is not None and package.submodule_search_locations
    source = pathlib.Path(package.submodule_search_locations[0]) / "_internal" / "python_requirements.py"
    versions = [
        line.split("'")[1] for line in source.read_text().splitlines() if line.strip().startswith("pip='")
    ]
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in versions:
        name = f"get_pip_{version.replace('.', '_')}.py"
        shutil.copy(ROOT / "tests" / "get_pip.py", cache / name)


def check_lint(part: Part) -> None:
    part.run(
        "ansible-lint", "--profile", "production", "--offline", "--strict",
        cwd=part.collection_copy(), ANSIBLE_COLLECTIONS_PATH=str(part.scratch / "copy"),
    )  # fmt: skip


def check_package(part: Part) -> None:
    dist = part.scratch / "dist"
    part.run("ansible-galaxy", "collection", "build", "--output-path", dist, part.collection_copy())
    artefact = next(dist.glob("*.tar.gz"))
    part.run(
        "ansible-galaxy", "collection", "install", "--offline", "-p", part.scratch / "installed", artefact
    )
    part.run(sys.executable, "-m", "galaxy_importer.main", artefact, cwd=part.scratch)
    findings = [line for line in part.log.read_text().splitlines() if line.startswith(("WARNING", "ERROR"))]
    if findings:
        raise Failed("the importer of Galaxy complains: " + "; ".join(findings)[:400])
    listed = subprocess.run(["tar", "-tzf", artefact], check=True, capture_output=True, text=True).stdout
    litter = [
        name for name in listed.splitlines() if name.startswith(".run") or "cache" in name.rsplit("/", 1)[0]
    ]
    if litter:
        raise Failed(f"the artefact holds litter: {litter[:5]}")


def check_integration(part: Part) -> None:
    home = part.scratch / "integration-home"
    home.mkdir()
    part.run(
        "ansible-test", "integration", "--local", "--color", "no", cwd=part.collection_copy(), HOME=str(home)
    )


def check_end_to_end(part: Part) -> None:
    part.pytest(sys.executable, "tests/end_to_end")


def check_demo(part: Part) -> None:
    clone = part.scratch / "clone"
    part.run("git", "clone", "--quiet", ROOT, clone)
    part.run("./run", "demo", cwd=clone)


# The parts of a lane run in turn, the lanes at the same time: what is tested waits more than it computes.
LANES: tuple[dict[str, t.Callable[[Part], None]], ...] = (
    {
        "unit": check_unit,
        "oldest-host": check_unit_oldest_host,
        "end-to-end": check_end_to_end,
    },
    {
        "style": check_style,
        "types": check_types,
        "sanity": check_sanity,
        "lint": check_lint,
        "package": check_package,
        "integration": check_integration,
        "oldest-controller": check_unit_oldest_controller,
        "demo": check_demo,
    },
)
PARTS = {name: check for lane in LANES for name, check in lane.items()}


def run_part(name: str, scratch: pathlib.Path) -> str:
    """Run one part, tell how it went in a line, and return passed, failed or skipped."""
    part = Part(name, scratch)
    part.log.unlink(missing_ok=True)
    part.log.touch()
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


def run_lane(names: t.Sequence[str], scratch: pathlib.Path) -> list[str]:
    return [run_part(name, scratch) for name in names]


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run test", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of: {', '.join(PARTS)}; default: all")
    parser.add_argument("--list", action="store_true", help="name the parts and end")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}; --list names them")
    if options.list:
        print("\n".join(PARTS))
        return 0
    LOGS.mkdir(parents=True, exist_ok=True)
    wanted = options.parts or list(PARTS)
    lanes = [[name for name in lane if name in wanted] for lane in LANES]
    with tempfile.TemporaryDirectory(prefix="workstation-test-") as directory:
        scratch = pathlib.Path(directory)
        with concurrent.futures.ThreadPoolExecutor(len(lanes)) as pool:
            ended = list(pool.map(lambda lane: run_lane(lane, scratch), lanes))
    outcomes = [outcome for lane in ended for outcome in lane]
    passed, failed, skipped = (outcomes.count(outcome) for outcome in ("passed", "failed", "skipped"))
    print(f"logs: {LOGS}\n{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
