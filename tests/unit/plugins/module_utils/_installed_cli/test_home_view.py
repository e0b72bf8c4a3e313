# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that need the user's home directory, and must neither change nor download anything."""

from __future__ import annotations

import os
import pathlib
import subprocess
import tempfile
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._installed_cli.home_view import HomeView

VERSION = "echo aws-cli/2.33.9 Python/3.13.11\n"
WITH_DOCKER = """\
exec docker run --rm -v "$HOME/.aws:/home/aws/.aws" amazon/aws-cli "$@"
"""
DOCKER = """\
[ "$1 $2" = "run --pull=never" ] || echo pulled > {home}/pulled
mkdir -p "$HOME/.aws/made-by-docker"
echo aws-cli/2.31.0
"""


@pytest.fixture
def home(tmp_path: pathlib.Path) -> pathlib.Path:
    home = tmp_path / "home"
    (home / ".local" / "share" / "shims").mkdir(parents=True)
    (home / ".tool-versions").write_text("awscli 2.33.9\n")
    return home


def program(path: pathlib.Path, script: str) -> pathlib.Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return path


def run(path: pathlib.Path, home: pathlib.Path, **variables: str) -> t.Tuple[int, str]:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], **variables}
    with HomeView(environment) as view:
        done = subprocess.run(
            [str(path), "--version"], env=view.variables(), stdout=subprocess.PIPE, text=True, check=False
        )
    assert not os.path.exists(view.path)
    return done.returncode, done.stdout


def tree(home: pathlib.Path) -> t.List[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*"))


def test_a_shim_finds_its_files_and_an_old_cli_creates_no_directory(home: pathlib.Path) -> None:
    before = tree(home)
    shim = "grep -q awscli ~/.tool-versions && cd ~/.local/share/shims || exit 126\n"
    path = program(home.parent / "aws", shim + "mkdir -p ~/.aws/cli/cache && touch ~/.awsrc && " + VERSION)
    assert run(path, home) == (0, "aws-cli/2.33.9 Python/3.13.11\n")
    assert tree(home) == before


def test_the_configuration_and_the_cache_of_the_user_are_not_seen(home: pathlib.Path) -> None:
    (home / ".aws").mkdir()
    (home / ".aws" / "config").write_text("[plugins]\n")
    path = program(home.parent / "aws", 'cat "$AWS_CONFIG_FILE" ~/.aws/* 2>/dev/null; ' + VERSION)
    assert run(path, home) == (0, "aws-cli/2.33.9 Python/3.13.11\n")


def test_a_program_of_pip_install_user_finds_its_modules(home: pathlib.Path) -> None:
    script = "import site, sys; print(site.getusersitepackages())"
    path = program(home.parent / "aws", f"exec python3 -c '{script}'\n")
    with HomeView({"HOME": str(home), "PATH": os.environ["PATH"]}) as view:
        found = subprocess.run(
            [str(path)], env=view.variables(), stdout=subprocess.PIPE, text=True, check=True
        )
        site = pathlib.Path(found.stdout.strip())
        assert (pathlib.Path(view.path) / ".local").resolve() == home / ".local"
    assert pathlib.Path(view.path) in site.parents


@pytest.mark.parametrize(
    "name",
    ["MISE_OFFLINE", "MISE_EXEC_AUTO_INSTALL", "UV_OFFLINE", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"],
)
def test_programs_that_install_what_is_missing_are_offline(home: pathlib.Path, name: str) -> None:
    path = program(home.parent / "aws", f'echo "${name}"\n')
    online = {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "*", "MISE_EXEC_AUTO_INSTALL": "1"}
    assert run(path, home, **online)[1].strip() in ("1", "0", "http://127.0.0.1:9")
    assert run(program(home.parent / "aws", 'echo "$NO_PROXY"\n'), home, **online)[1] == "\n"


@pytest.mark.parametrize("name", ["docker", "podman"])
def test_an_image_of_a_container_is_not_pulled(home: pathlib.Path, name: str) -> None:
    directory = home.parent / "bin"
    program(directory / name, DOCKER.format(home=home))
    before = tree(home)
    path = program(directory / "aws", WITH_DOCKER.replace("docker", name))
    assert run(path, home, PATH=f"{directory}:{os.environ['PATH']}") == (0, "aws-cli/2.31.0\n")
    assert tree(home) == before


def test_a_home_directory_that_does_not_exist_is_empty(home: pathlib.Path) -> None:
    path = program(home.parent / "aws", "ls -A ~\n")
    assert run(path, home / "missing") == (0, ".aws\n")


def test_programs_run_where_no_directory_can_be_created(
    home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(home / "missing"))
    path = program(home.parent / "aws", VERSION)
    assert run(path, home) == (0, "aws-cli/2.33.9 Python/3.13.11\n")
