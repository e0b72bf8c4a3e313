# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/release.md: its commands in a clone, up to the signature, as a maintainer types them."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import typing as t

import pytest
import yaml

from end_to_end import readme
from end_to_end.needs import need

GUIDE = readme.ROOT / "docs" / "release.md"
TOOLS = pathlib.Path(sys.executable).parent
KEY = ("--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "Release <release@example.com>")
TESTED_ELSEWHERE = ("./run test --full", "./run test package")


pytestmark = pytest.mark.full


@pytest.fixture
def clone(tmp_path: pathlib.Path) -> t.Iterator[pathlib.Path]:
    """A clone with what git knows here, whose version was never released, and the tools of `./run test`."""
    need(["git"] if not shutil.which("git") else [])
    clone = tmp_path / "clone"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=readme.ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (readme.ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(readme.ROOT / name, clone / name)
    (clone / "changelogs" / "fragments").mkdir(exist_ok=True)
    (clone / "changelogs" / "fragments" / "last.yml").write_text("---\nbugfixes:\n  - run - the last fix.\n")
    (clone / ".run").mkdir()
    (clone / ".run" / "test-venv").symlink_to(TOOLS.parent)
    yield clone


@pytest.fixture
def environment(clone: pathlib.Path) -> t.Iterator[t.Dict[str, str]]:
    """That of a maintainer with a key of their own."""
    with tempfile.TemporaryDirectory(prefix="g-", ignore_cleanup_errors=True) as home:
        identity = {"NAME": "Maintainer", "EMAIL": "release@example.com"}
        roles = {
            f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in identity.items()
        }
        found = {
            "HOME": home,
            "GNUPGHOME": home,
            "LANG": "C.UTF-8",
            "PATH": f"{TOOLS}:{os.environ['PATH']}",
            **roles,
        }
        for command in (["git", "init", "--quiet"], ["git", "add", "--all"], ["gpg", *KEY]):
            subprocess.run(command, cwd=clone, env=found, check=True)
        yield found
        subprocess.run(["gpgconf", "--kill", "all"], env=found, check=False)


def blocks() -> t.List[readme.Block]:
    return [block for block in readme.blocks(GUIDE) if block.language == "console"]


def run(commands: t.Sequence[str], cwd: pathlib.Path, environment: t.Mapping[str, str]) -> str:
    script = "\n".join(["set -eu", *commands])
    done = subprocess.run(
        ["bash", "-c", script], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_release_as_in_the_guide(clone: pathlib.Path, environment: t.Dict[str, str]) -> None:
    full, changelog, package, sign, check = [block.commands() for block in blocks()]
    assert (*full, *package) == TESTED_ELSEWHERE
    changelog[0] = "version=99.0.0"

    run(changelog, clone, environment)
    assert yaml.safe_load((clone / "galaxy.yml").read_text())["version"] == "99.0.0"
    notes = (clone / "CHANGELOG.rst").read_text()
    assert re.search(r"^v99\.0\.0\n=+$", notes, re.MULTILINE) and "- run - the last fix." in notes
    assert not list((clone / "changelogs" / "fragments").iterdir())
    assert not run(["git status --porcelain"], clone, environment)

    build = ["ansible-galaxy collection build --output-path .run/package"]
    run(build, clone, environment)
    verified = run([changelog[0], *sign, *check], clone, environment)
    assert "Successfully verified that checksums for 'workstation.aws_sso:99.0.0'" in verified


def test_a_changed_archive_is_refused(clone: pathlib.Path, environment: t.Dict[str, str]) -> None:
    sign, check = [block.commands() for block in blocks()][-2:]
    run(["ansible-galaxy collection build --output-path .run/package"], clone, environment)
    (archive,) = (clone / ".run" / "package").iterdir()
    version = f"version={archive.name.split('-')[2].removesuffix('.tar.gz')}"
    run([version, *sign], clone, environment)
    (clone / "README.md").write_text("changed")
    run(["ansible-galaxy collection build --force --output-path .run/package"], clone, environment)
    with pytest.raises(AssertionError, match="Signature verification failed"):
        run([version, "cd .run/package", *check], clone, environment)
