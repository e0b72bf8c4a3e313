# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CA bundle of an AWS CLI, by the layouts of its installers."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.ca_bundle import ca_bundle

SITE = "lib/python3.13/site-packages"
OWN = "awscli/botocore/cacert.pem"


@pytest.mark.parametrize(
    ("program", "files", "bundle"),
    [
        # AWS's installer
        ("v2/current/dist/aws", [f"v2/current/dist/{OWN}"], f"v2/current/dist/{OWN}"),
        # pip: a virtual environment, --user, and sudo pip on Debian
        ("venv/bin/aws", [f"venv/{SITE}/{OWN}"], f"venv/{SITE}/{OWN}"),
        (
            "local/bin/aws",
            [f"local/lib/python3.11/dist-packages/{OWN}"],
            f"local/lib/python3.11/dist-packages/{OWN}",
        ),
        # version 1 with botocore as a package of its own
        (
            "venv/bin/aws",
            [f"venv/{SITE}/awscli/__init__.py", f"venv/{SITE}/botocore/cacert.pem"],
            f"venv/{SITE}/botocore/cacert.pem",
        ),
        # certifi comes first, also one that a distribution has patched to use the system's bundle
        (
            "venv/bin/aws",
            [f"venv/{SITE}/{OWN}", f"venv/{SITE}/certifi/cacert.pem"],
            f"venv/{SITE}/certifi/cacert.pem",
        ),
        ("usr/bin/aws", [f"usr/lib/python3/dist-packages/{path}" for path in (OWN, "certifi/core.py")], None),
        # Homebrew
        (
            "Cellar/awscli/2.31.0/bin/aws",
            [f"Cellar/awscli/2.31.0/libexec/{SITE}/{OWN}"],
            f"Cellar/awscli/2.31.0/libexec/{SITE}/{OWN}",
        ),
        # mise and pyenv
        (
            "mise/shims/aws",
            ["mise/installs/aws-cli/2.31.0/bin/aws", f"mise/installs/aws-cli/2.31.0/{SITE}/{OWN}"],
            f"mise/installs/aws-cli/2.31.0/{SITE}/{OWN}",
        ),
        (
            ".pyenv/shims/aws",
            [".pyenv/versions/3.13.0/bin/aws", f".pyenv/versions/3.13.0/{SITE}/{OWN}"],
            f".pyenv/versions/3.13.0/{SITE}/{OWN}",
        ),
        # none
        ("bin/aws", [f"{SITE}/botocore/cacert.pem"], None),
        ("bin/aws", [], None),
    ],
)
def test_bundle_is_found_by_the_layout_and_through_links(
    tmp_path: pathlib.Path, program: str, files: t.List[str], bundle: t.Optional[str]
) -> None:
    for name in [program, *files]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    expected = bundle and str(tmp_path / bundle)
    assert ca_bundle(str(tmp_path / program)) == expected
    if "shims" not in program:
        link = tmp_path / "links" / "aws"
        link.parent.mkdir()
        link.symlink_to(tmp_path / program)
        assert ca_bundle(str(link)) == expected


def test_snap(tmp_path: pathlib.Path) -> None:
    """The command of each snap is a link to the program snap."""
    for name in ("usr/bin/snap", "snap/aws-cli/current/bin/aws", f"snap/aws-cli/current/{SITE}/{OWN}"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "snap" / "bin").mkdir()
    (tmp_path / "snap" / "bin" / "aws").symlink_to(tmp_path / "usr/bin/snap")
    assert ca_bundle(str(tmp_path / "snap/bin/aws")) == str(tmp_path / f"snap/aws-cli/current/{SITE}/{OWN}")
