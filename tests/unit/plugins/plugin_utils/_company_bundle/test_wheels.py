# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wheels for Pythons and machines that this controller is not, by pip itself."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.collection import ROOT
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.wheels import (
    MACHINES,
    PYTHONS,
    Environment,
    Wheels,
    read_pins,
)
from support.company_bundles import Company, add_wheel

NEW = Environment("3.14", "aarch64")
OLD = Environment("3.10", "x86_64")


def pins(company: Company, *lines: str) -> str:
    path = company.wheels.parent / "requirements.txt"
    path.write_text("# made by a program\n" + "".join(f"{line}  # why\n" for line in lines))
    return str(path)


def with_marker(line: str, marker: str) -> str:
    return line.replace(" --hash", f" ; {marker} --hash")


def provide(company: Company, path: str, environment: Environment) -> list[str]:
    target = company.wheels.parent / "target"
    target.mkdir(exist_ok=True)
    return Wheels(str(target), read_pins(path), {}).provide(environment, [])


def test_markers_are_those_of_the_laptops(company: Company) -> None:
    """pip evaluates them for the controller's Python."""
    old, new, arm = (add_wheel(company.wheels, name) for name in ("old", "new", "arm"))
    path = pins(
        company,
        with_marker(old, "python_full_version < '3.11' and platform_python_implementation != 'PyPy'"),
        with_marker(new, "python_version >= '3.11'"),
        with_marker(arm, "platform_machine == 'aarch64' and sys_platform != 'win32'"),
    )
    assert provide(company, path, OLD) == ["old-1.0-py3-none-any.whl"]
    assert provide(company, path, NEW) == ["arm-1.0-py3-none-any.whl", "new-1.0-py3-none-any.whl"]


def test_each_environment_gets_its_own_wheel_and_the_one_for_the_oldest_system(company: Company) -> None:
    tags = [
        *(
            "cp314-cp314-manylinux2014_aarch64",
            "cp314-cp314-manylinux_2_28_aarch64",
            "cp310-cp310-manylinux2014_x86_64",
        ),
        *("cp310-cp310-win_amd64", "cp310-cp310-musllinux_1_2_x86_64", "cp314-cp314t-manylinux2014_aarch64"),
    ]
    lines = [add_wheel(company.wheels, "x", tag) for tag in tags]
    hashes = " ".join(line.partition(" ")[2] for line in lines)
    path = pins(company, f"x==1.0 {hashes}")
    assert provide(company, path, OLD) == ["x-1.0-cp310-cp310-manylinux2014_x86_64.whl"]
    assert provide(company, path, NEW) == ["x-1.0-cp314-cp314-manylinux2014_aarch64.whl"]


def test_a_wheel_that_is_not_there(company: Company) -> None:
    path = pins(company, add_wheel(company.wheels, "x", "cp310-cp310-manylinux2014_x86_64"))
    with pytest.raises(
        WorkstationError, match=r"packages for Python 3\.14 on aarch64: ERROR.*\n.*PIP_INDEX_URL"
    ):
        provide(company, path, NEW)


def test_a_wheel_that_was_exchanged(company: Company) -> None:
    path = pins(company, add_wheel(company.wheels, "x"))
    (company.wheels / "x-1.0-py3-none-any.whl").write_bytes(b"something else")
    with pytest.raises(WorkstationError, match="DO NOT MATCH THE HASHES"):
        provide(company, path, NEW)


def test_requirements_without_hashes_are_refused(company: Company) -> None:
    with pytest.raises(WorkstationError, match=r"requirements\.txt: x has no hash"):
        read_pins(pins(company, "x==1.0"))
    with pytest.raises(WorkstationError, match=r"not a requirement: -r other\.txt"):
        read_pins(pins(company, "-r other.txt"))


def test_no_pip(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    python = company.wheels.parent / "python"
    python.write_text("#!/bin/sh\necho '/usr/bin/python3: No module named pip' >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    with pytest.raises(WorkstationError, match=r"has no pip.*pipx inject ansible-core pip"):
        provide(company, pins(company, add_wheel(company.wheels, "x")), NEW)


def test_our_own_pins_are_complete_for_each_environment() -> None:
    found = read_pins(str(pathlib.Path(ROOT) / "requirements" / "run.txt"))
    for python in PYTHONS:
        for machine in MACHINES:
            markers = Environment(python, machine).markers
            names = [
                pin.requirement.partition("==")[0]
                for pin in found
                if pin.marker is None or pin.marker.evaluate(markers)
            ]
            assert len(names) == len(set(names)) and {"ansible-core", "botocore", "cryptography"} <= {*names}
