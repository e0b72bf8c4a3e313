# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged installations: what AWS's installer leaves when it is interrupted, and other damage."""

from __future__ import annotations

import shutil

from support.scratch_host import ScratchHost


def interrupted_copy(host: ScratchHost) -> None:
    """AWS's installer, killed before it created bin/; it reports "Found same version" from then on."""
    host.converge("absent")
    directory = host.versions_dir / "2.27.1" / "dist"
    directory.mkdir(parents=True)
    (directory / "aws").write_text("#!/bin/sh\nexit 1\n")


def missing_link(host: ScratchHost) -> None:
    (host.bin_dir / "aws").unlink()


def missing_completer_link(host: ScratchHost) -> None:
    (host.bin_dir / "aws_completer").unlink()


def link_into_another_place(host: ScratchHost) -> None:
    (host.bin_dir / "aws").unlink()
    (host.bin_dir / "aws").symlink_to("/usr/bin/true")


def missing_current(host: ScratchHost) -> None:
    (host.versions_dir / "current").unlink()


def current_into_nothing(host: ScratchHost) -> None:
    (host.versions_dir / "current").unlink()
    (host.versions_dir / "current").symlink_to(host.versions_dir / "2.0.0")


def current_as_a_directory(host: ScratchHost) -> None:
    (host.versions_dir / "current").unlink()
    (host.versions_dir / "current" / "dist" / "awscli").mkdir(parents=True)


def misplaced_by_a_failing_version_command(host: ScratchHost) -> None:
    """What AWS's installer leaves when it cannot run the new CLI: it takes v2/ itself for the version."""
    (host.versions_dir / "current").unlink()
    (host.versions_dir / "current").symlink_to(str(host.versions_dir) + "/")
    (host.versions_dir / "dist").mkdir()
    (host.versions_dir / "dist" / "aws").write_text("#!/bin/sh\nexit 1\n")
    (host.versions_dir / "bin").mkdir()
    (host.versions_dir / "bin" / "aws").symlink_to("../dist/aws")


def program_that_fails(host: ScratchHost) -> None:
    (host.versions_dir / "2.27.1/dist/aws").write_text(
        "#!/bin/sh\necho 'symbol lookup error' >&2\nexit 127\n"
    )


def program_of_another_version(host: ScratchHost) -> None:
    (host.versions_dir / "2.27.1/dist/aws").write_text("#!/bin/sh\necho aws-cli/1.32.0 Python/3.9\n")


def program_without_permission(host: ScratchHost) -> None:
    (host.versions_dir / "2.27.1/dist/aws").chmod(0o644)


def missing_program(host: ScratchHost) -> None:
    (host.versions_dir / "2.27.1/dist/aws").unlink()


def staging_of_a_killed_run(host: ScratchHost) -> None:
    (host.versions_dir / ".aws_sso-abcdef" / "tree").mkdir(parents=True)


def changed_completion(host: ScratchHost) -> None:
    path = host.share_dir / "bash-completion/completions/aws"
    path.write_text(path.read_text().replace("complete -C", "complete -C nowhere"))


def closed_to_other_users(host: ScratchHost) -> None:
    """What umask 077 does to an installation by root."""
    for path in [host.versions_dir, *host.versions_dir.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)


def missing_data(host: ScratchHost) -> None:
    """`aws --version` needs none of it."""
    shutil.rmtree(host.versions_dir / "2.27.1/dist/awscli")


DAMAGES = (
    interrupted_copy,
    missing_link,
    missing_completer_link,
    link_into_another_place,
    missing_current,
    current_into_nothing,
    current_as_a_directory,
    misplaced_by_a_failing_version_command,
    program_that_fails,
    program_of_another_version,
    program_without_permission,
    missing_program,
    staging_of_a_killed_run,
    changed_completion,
    closed_to_other_users,
    missing_data,
)
