# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wheels of the pinned requirements, for each Python and machine of the laptops.

PRIVATE to the collection.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._host.running_program import RunningProgram
from ...module_utils._text import printable
from .._display import debug, show

if t.TYPE_CHECKING:
    from packaging.markers import Marker

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
MACHINES = ("x86_64", "aarch64")
WHEEL = ".whl"

_SECONDS = 1800
# The oldest systems first: what runs on them runs on all others. RHEL 8 has glibc 2.28.
_PLATFORMS = ("manylinux2014", "manylinux_2_24", "manylinux_2_26", "manylinux_2_27", "manylinux_2_28")
_SETTINGS = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
"""What pip.conf may demand for installations, which this is none."""
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Environment(t.NamedTuple):
    """A version of Python, such as 3.12, and a machine, as uname calls it."""

    python: str
    machine: str

    @property
    def name(self) -> str:
        return f"{self.python}-{self.machine}"

    @property
    def markers(self) -> dict[str, str]:
        from packaging.markers import default_environment

        own = t.cast(t.Dict[str, str], default_environment())
        return {
            **own,
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_system": "Linux",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "linux",
        }


class Pin(t.NamedTuple):
    """A *requirement* of one version, and the SHA-256 digests of its files."""

    requirement: str
    hashes: t.FrozenSet[str]
    marker: Marker | None

    @property
    def line(self) -> str:
        return " ".join([self.requirement, *(f"--hash=sha256:{digest}" for digest in sorted(self.hashes))])


def read_pins(path: str) -> list[Pin]:
    """The requirements in the file *path*. Raises WorkstationError and OSError."""
    with open(path, encoding="utf-8") as stream:
        text = stream.read().replace("\\\n", " ")
    from packaging.requirements import InvalidRequirement, Requirement

    pins = []
    for line in text.splitlines():
        specification = line.partition("--hash")[0].partition(" #")[0].strip()
        if not specification or specification.startswith("#"):
            continue
        try:
            requirement = Requirement(specification)
        except InvalidRequirement:
            raise WorkstationError(
                f"{path} contains a line that is not a requirement: {printable(specification[:80])}"
            ) from None
        hashes = frozenset(_HASH.findall(line))
        if not hashes:
            raise WorkstationError(
                f"{path}: {requirement.name} has no hash. Pin the requirements with hashes, for example"
                " with: uv pip compile --universal --generate-hashes"
            )
        pins.append(Pin(f"{requirement.name}{requirement.specifier}", hashes, requirement.marker))
    return pins


class Wheels:
    """The wheels of *pins* in *directory*, taken from *known* files by their digests or downloaded by pip.

    *known* has the path of a file for its SHA-256 digest.
    """

    def __init__(self, directory: str, pins: t.Sequence[Pin], known: t.Mapping[str, str]) -> None:
        self._directory = directory
        self._pins = pins
        self._known = known

    def provide(self, environment: Environment, known: t.Iterable[str]) -> list[str]:
        """The names of the files for *environment*, sorted.

        *known* are the digests of the wheels that this environment had before. Raises WorkstationError and
        OSError.
        """
        markers = environment.markers
        pins = [pin for pin in self._pins if pin.marker is None or pin.marker.evaluate(markers)]
        names: list[str] = []
        missing: list[Pin] = []
        available = {digest for digest in known if digest in self._known}
        for pin in pins:
            digest = next(iter(pin.hashes & available), None)
            name = self._take(digest) if digest else None
            if name:
                names.append(name)
            else:
                missing.append(pin)
        if missing:
            names += self._download(environment, missing)
        return sorted(names)

    def _take(self, digest: str) -> str | None:
        source = self._known[digest]
        with open(source, "rb") as stream:
            content = stream.read()
        if hashlib.sha256(content).hexdigest() != digest:
            debug(f"{source} was changed and is downloaded again")
            return None
        return self._keep(os.path.basename(source), content)

    def _keep(self, name: str, content: bytes) -> str:
        path = os.path.join(self._directory, name)
        if not os.path.exists(path):
            with open(path, "xb") as stream:
                stream.write(content)
        return name

    def _download(self, environment: Environment, pins: t.Sequence[Pin]) -> list[str]:
        show(f"Downloading {len(pins)} packages for Python {environment.python} on {environment.machine}")
        with tempfile.TemporaryDirectory() as scratch:
            listed = os.path.join(scratch, "requirements.txt")
            with open(listed, "w", encoding="utf-8") as stream:
                stream.writelines(f"{pin.line}\n" for pin in pins)
            target = os.path.join(scratch, "wheels")
            self._run_pip(environment, "--dest", target, "--requirement", listed)
            names = sorted(name for name in os.listdir(target) if name.endswith(WHEEL))
            if len(names) != len(pins):
                raise WorkstationError(
                    f"pip downloaded {len(names)} of {len(pins)} packages for Python {environment.python}."
                )
            for name in names:
                with open(os.path.join(target, name), "rb") as downloaded:
                    self._keep(name, downloaded.read())
        return names

    def _run_pip(self, environment: Environment, *arguments: str) -> None:
        platforms = [word for name in _PLATFORMS for word in ("--platform", f"{name}_{environment.machine}")]
        command = [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-input",
            "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:",
            "--implementation", "cp",
            "--python-version", environment.python, *platforms, *arguments,
        ]  # fmt: skip
        status, output, errors = RunningProgram(command, _SECONDS, {**os.environ, **_SETTINGS}).result()
        if status:
            lines = (output + errors).decode("utf-8", "replace").splitlines()
            if lines and lines[-1].endswith("No module named pip"):
                raise WorkstationError(
                    f"{sys.executable}, which runs Ansible, has no pip, which downloads the packages for"
                    " laptops. Install it with: apt install python3-pip, or pipx inject ansible-core pip,"
                    " or use ./run company-bundle from a clone."
                )
            causes = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
            raise WorkstationError(
                f"pip cannot download the packages for Python {environment.python} on {environment.machine}:"
                f" {printable(' '.join(causes)[:600])}\nCheck the network. Behind a proxy set HTTPS_PROXY,"
                " for a mirror PIP_INDEX_URL, for a company's certificate authority PIP_CERT."
            )
