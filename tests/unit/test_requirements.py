# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pinned requirements of `./run`: all have hashes, and fit their sources on the Pythons that use them."""

from __future__ import annotations

import pathlib
import re
import typing as t

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bundles.wheels import CURRENT, WHEELS, UnexpectedWheel, wheel_with

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONTROLLER = ("requirements.txt", "meta/ee-requirements.txt")
UNIT = ("tests/unit/requirements.txt", "tests/pytest-requirements.txt")
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")


class Pins(t.NamedTuple):
    sources: tuple[str, ...]
    pythons: tuple[str, ...] = PYTHONS


SETS = {
    "run": Pins(CONTROLLER),
    "demo": Pins((*CONTROLLER, "tests/demo-requirements.txt")),
    "test": Pins((*CONTROLLER, "tests/requirements.txt")),
    "partner": Pins(("meta/ee-requirements.txt",), ("3.11", "3.12")),
    "oldest-host": Pins(("tests/pytest-requirements.txt",), ("3.8",)),
    "oldest-botocore": Pins((*CONTROLLER, *UNIT), PYTHONS[:-1]),
    "core-2.16.0": Pins((*CONTROLLER, *UNIT), ("3.10", "3.11", "3.12")),
    "core-2.16": Pins((*CONTROLLER, *UNIT), ("3.10", "3.11", "3.12")),
    "core-2.18": Pins((*CONTROLLER, *UNIT), ("3.11", "3.12", "3.13")),
    "core-2.20": Pins((*CONTROLLER, *UNIT), ("3.12", "3.13", "3.14")),
    "core-2.21": Pins((*CONTROLLER, *UNIT), ("3.12", "3.13", "3.14")),
}
HASH = re.compile(r"\s+--hash=sha256:[0-9a-f]{64}")


def pinned(name: str) -> list[Requirement]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in lines:
        assert HASH.search(line), f"{line} has no hash"
    return [Requirement(HASH.sub("", line).strip()) for line in lines]


def wanted(files: tuple[str, ...]) -> list[Requirement]:
    lines = [line for file in files for line in (ROOT / file).read_text(encoding="utf-8").splitlines()]
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_every_file_of_pins_is_known_here() -> None:
    assert {path.stem for path in (ROOT / "requirements").glob("*.txt")} == set(SETS)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize(
    ("name", "python"), [(name, python) for name, pins in SETS.items() for python in pins.pythons]
)
def test_one_version_of_each_requirement_is_pinned(name: str, python: str, machine: str) -> None:
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    chosen = [
        requirement
        for requirement in pinned(name)
        if requirement.marker is None or requirement.marker.evaluate(environment)
    ]
    versions = {canonicalize_name(requirement.name): str(requirement.specifier) for requirement in chosen}
    assert len(versions) == len(chosen)
    for requirement in wanted(SETS[name].sources):
        version = versions[canonicalize_name(requirement.name)]
        assert version.startswith("==") and requirement.specifier.contains(version[2:]), requirement


def test_every_package_of_a_run_has_the_same_version_in_the_tests() -> None:
    tested = {f"{requirement.name}{requirement.specifier}" for requirement in pinned("test")}
    for name in ("run", "demo"):
        assert {f"{requirement.name}{requirement.specifier}" for requirement in pinned(name)} <= tested


def test_a_changed_wheel_in_the_cache_is_refused(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    name = f"aws_cdk_asset_awscli_v2-{WHEELS[CURRENT].version}-py3-none-any.whl"
    wheel = tmp_path / "workstation.aws_sso" / "wheels" / name
    wheel.parent.mkdir(parents=True)
    wheel.write_bytes(b"something else")
    with pytest.raises(UnexpectedWheel, match=str(wheel)):
        wheel_with(CURRENT)
