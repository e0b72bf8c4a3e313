# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of `./run test`."""

from __future__ import annotations

import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECK = ROOT / "tests" / "check.py"
HERE = "tests/unit/test_check.py"


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, CHECK, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_list_prints_the_parts_and_runs_nothing() -> None:
    done = check("--list")
    assert (done.returncode, done.stderr) == (0, "")
    assert {"unit", "style", "sanity", "end-to-end", "security", "newest-python"} < set(done.stdout.split())


@pytest.mark.parametrize("option", ["--list", "--help"])
def test_list_and_help_need_the_standard_library_only(option: str) -> None:
    without_packages = [sys.executable, "-S", CHECK, option]
    done = subprocess.run(without_packages, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["unti"], "there is no part or test unti"),
        (["style", "unti"], "there is no part or test unti"),
        (["unti", "--list"], "there is no part or test unti"),
        (["tests/unit/no_such_file.py"], "there is no part or test tests/unit/no_such_file.py"),
        (["README.md"], "there is no part or test README.md"),
        (["tests/integration/targets/wsl_info"], "is not a test that pytest runs"),
        (["--lsit"], "--lsit: name parts that take arguments of pytest: unit"),
        (["-k", "wsl"], "-k wsl: name parts that take arguments of pytest: unit"),
        (["unit", "style", "-k", "wsl"], "-k wsl: name parts that take arguments of pytest: unit"),
        (["--ful"], "--ful: name parts"),
    ],
)
def test_unknown_words_are_refused_before_anything_runs(arguments: list[str], named: str) -> None:
    done = check(*arguments)
    assert done.returncode == 2
    assert named in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["unit", "--collect-only", "-q", "-k", "test_list_prints_the_parts"],
        [
            HERE,
            "--",
            "-k",
            "test_list_prints_the_parts",
            "--collect-only",
            "-q",
        ],
        [HERE, "-k", "test_list_prints_the_parts", "--collect-only", "-q"],
        [
            f"{HERE}::test_list_prints_the_parts_and_runs_nothing",
            "--collect-only",
            "-q",
        ],
    ],
)
def test_arguments_of_pytest_choose_the_tests(arguments: list[str]) -> None:
    done = check(*arguments)
    assert done.returncode == 0
    collected = re.findall(r"^tests/.*::(\w+)$", done.stdout, re.MULTILINE)
    assert collected == ["test_list_prints_the_parts_and_runs_nothing"]


def test_chosen_tests_leave_the_log_of_the_whole_part_alone(tmp_path: pathlib.Path) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(CHECK.parent / "checks", checkout / "tests" / "checks")
    shutil.copy(CHECK, checkout / "tests")
    log = checkout / ".run" / "logs" / "unit.log"
    log.parent.mkdir(parents=True)
    log.write_text("of a run of the whole part")
    command = [sys.executable, checkout / "tests" / "check.py", "unit", "--version"]
    subprocess.run(command, check=True, capture_output=True)
    assert log.read_text() == "of a run of the whole part"


@pytest.mark.parametrize("arguments", [["unit", "--no-such-option"], [HERE, "-k", "no_such_test"]])
def test_what_pytest_refuses_is_a_failure(arguments: list[str]) -> None:
    done = check(*arguments)
    assert done.returncode == 1
    assert "1 failed" in done.stdout


SKIPPED_TEST = """
import pytest

def test_skipped() -> None:
    pytest.skip("without the program x")
"""


@pytest.mark.parametrize("forced", ["FORCE_COLOR", "PY_COLORS"])
def test_a_skipped_test_is_found_where_colors_are_forced(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, forced: str
) -> None:
    monkeypatch.syspath_prepend(str(CHECK.parent))
    from checks import part

    monkeypatch.setattr(part, "LOGS", tmp_path)
    monkeypatch.setenv(forced, "1")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -ra\n")
    test = tmp_path / "test_x.py"
    test.write_text(SKIPPED_TEST)
    with pytest.raises(part.CannotRun, match="without the program x"):
        part.Part("unit", tmp_path).pytest(sys.executable, str(test))


def test_the_supported_versions_of_ansible_core_are_those_that_are_tested() -> None:
    sys.path.insert(0, str(CHECK.parent))
    from checks.cores import PYTHONS

    requires = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    (requirement,) = re.findall(r"^ansible-core(.*)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    tested = sorted({tuple(map(int, version.split(".")[:2])) for version in PYTHONS})
    assert requires == f">={tested[0][0]}.{tested[0][1]}.0"
    assert requirement == f"{requires},<{tested[-1][0]}.{tested[-1][1] + 1}"
    for version in PYTHONS:
        pins = (ROOT / "requirements" / f"core-{version}.txt").read_text(encoding="utf-8")
        assert re.findall(rf"^ansible-core=={re.escape(version)}(?:\.\d+)? ", pins, re.MULTILINE), version
