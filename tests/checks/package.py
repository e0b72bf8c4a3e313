# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The built collection as Galaxy receives it, and the demo in a clean clone."""

from __future__ import annotations

import shutil
import subprocess
import sys

from .changelog import render_changelog, write_release_notes
from .part import ROOT, STATE, Failed, Part
from .pythons import partner_python
from .sbom import write_sbom

FINDINGS = ("WARNING", "ERROR")


def check_package(part: Part) -> None:
    from documentation.guides import write_guides

    dist = part.scratch / "dist"
    copy = part.collection_copy()
    write_guides(copy)
    part.run("ansible-galaxy", "collection", "build", "--output-path", dist, copy)
    artefact = next(dist.glob("*.tar.gz"))
    part.run(
        "ansible-galaxy", "collection", "install", "--offline", "-p", part.scratch / "installed", artefact
    )
    partner = partner_python(part)
    before = len(part.lines_that_start_with(*FINDINGS))  # pip has installed the importer's Python
    part.run(sys.executable, "-m", "galaxy_importer.main", artefact, cwd=part.scratch)
    part.run(
        partner, "-m", "galaxy_importer.main", artefact,
        cwd=part.scratch, PATH=f"{partner.parent}:/usr/bin:/bin",
    )  # fmt: skip
    findings = part.lines_that_start_with(*FINDINGS)[before:]
    if findings:
        raise Failed("the importer of Galaxy reports: " + "; ".join(findings)[:400])
    listed = subprocess.run(["tar", "-tzf", artefact], check=True, capture_output=True, text=True).stdout
    unwanted = [
        name for name in listed.splitlines() if name.startswith(".run") or "cache" in name.rsplit("/", 1)[0]
    ]
    if unwanted:
        raise Failed(f"the built collection contains unwanted files: {unwanted[:5]}")
    bill = write_sbom(artefact, STATE / "package")
    shutil.copy(artefact, bill.parent)
    render_changelog(part)
    write_release_notes(part, bill.parent / "RELEASE-NOTES.md")
    part.run(
        "echo", "The collection, its software bill of materials and its release notes are in", bill.parent
    )


def check_demo(part: Part) -> None:
    clone = part.scratch / "clone"
    part.run("git", "clone", "--quiet", ROOT, clone)
    part.run("./run", "demo", cwd=clone)
