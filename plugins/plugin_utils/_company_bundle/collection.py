# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball of this collection, as it is installed on the controller.

PRIVATE to the collection.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._host.running_program import RunningProgram
from ...module_utils._text import printable, shortened_list

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
"""The directory of this collection."""
_MANIFEST = "MANIFEST.json"
_SECONDS = 300
_EXECUTABLE = 0o111


class Tarball(t.NamedTuple):
    """The *content* of the file *name*, such as workstation-aws_sso-1.0.0.tar.gz."""

    name: str
    content: bytes


def collection_tarball(root: str = ROOT) -> Tarball:
    """The collection in *root*; what is installed is verified by the checksums that it was installed with.

    The same files always make the same tarball. Raises WorkstationError and OSError.
    """
    is_installed = os.path.exists(os.path.join(root, _MANIFEST))
    members = _installed(root) if is_installed else _built(root)
    information = json.loads(members[_MANIFEST][0] or b"")["collection_info"]
    name = "{namespace}-{name}-{version}.tar.gz".format(**information)
    return Tarball(name, _pack(members))


Members = t.Dict[str, t.Tuple[t.Optional[bytes], int]]
"""The content and the mode of each file; directories have no content."""


def _installed(root: str) -> Members:
    members: Members = {}
    changed = []
    with open(os.path.join(root, _MANIFEST), "rb") as stream:
        members[_MANIFEST] = stream.read(), 0o644
    listed = json.loads(members[_MANIFEST][0] or b"")["file_manifest_file"]
    entries = [listed]
    while entries:
        entry = entries.pop()
        path, content = os.path.join(root, entry["name"]), None
        if os.path.isfile(path):
            with open(path, "rb") as stream:
                content = stream.read()
        if content is None or hashlib.sha256(content).hexdigest() != entry["chksum_sha256"]:
            changed.append(entry["name"])
            continue
        members[entry["name"]] = content, 0o755 if os.stat(path).st_mode & _EXECUTABLE else 0o644
        if entry is listed:
            for found in json.loads(content)["files"]:
                if found["ftype"] == "file":
                    entries.append(found)
                elif found["name"] != ".":
                    members[found["name"]] = None, 0o755
    if changed:
        raise WorkstationError(
            f"The collection in {root} was changed after its installation:"
            f" {shortened_list([*map(printable, sorted(changed))], 5)}. Install it again with:"
            " ansible-galaxy collection install --force workstation.aws_sso"
        )
    return members


def _built(root: str) -> Members:
    """From a checkout, by ansible-galaxy, which knows what a collection consists of."""
    program = os.path.join(os.path.dirname(sys.executable), "ansible-galaxy")
    program = program if os.path.exists(program) else shutil.which("ansible-galaxy") or program
    with tempfile.TemporaryDirectory() as scratch:
        command = [program, "collection", "build", "--output-path", scratch, os.path.realpath(root)]
        try:
            status, output, errors = RunningProgram(command, _SECONDS).result()
        except OSError as error:
            raise WorkstationError(f"{program} does not start: {error.strerror}.") from error
        names = os.listdir(scratch)
        if status or len(names) != 1:
            reason = (errors or output).decode("utf-8", "replace").strip().splitlines()
            raise WorkstationError(
                f"The collection in {root} cannot be built: {printable(' '.join(reason[-3:]))}"
            )
        with tarfile.open(os.path.join(scratch, names[0])) as archive:
            return {member.name: (_content(archive, member), member.mode) for member in archive}


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes | None:
    stream = archive.extractfile(member) if member.isfile() else None
    return stream.read() if stream else None


def _pack(members: Members) -> bytes:
    """Without times and owners. ansible-galaxy reads the two lists of files first."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in sorted(members, key=lambda name: (name not in (_MANIFEST, "FILES.json"), name)):
            content, mode = members[name]
            member = tarfile.TarInfo(name)
            member.mode = mode
            if content is None:
                member.type = tarfile.DIRTYPE
            else:
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content or b""))
    return gzip.compress(plain.getvalue(), mtime=0)
