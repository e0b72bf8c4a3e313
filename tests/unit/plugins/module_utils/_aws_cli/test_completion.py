# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The completion files, loaded by the real shells."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.completion import (
    completion_files,
    is_managed,
    share_directory,
)
from support.terminal import Terminal

COMPLETER = """\
#!/bin/sh
case $COMP_LINE in
    'aws s3 l'*) echo 'ls ' ;;
    *) printf '%s\\n' s3 sso sts ;;
esac
"""


@pytest.fixture(params=["plain", "a dir with 'odd' $names"])
def files(request: pytest.FixtureRequest, tmp_path: pathlib.Path) -> t.Dict[str, pathlib.Path]:
    """The files of an installation, by shell; each calls a completer that knows `aws s3 ls`."""
    place = tmp_path / request.param
    (place / "bin").mkdir(parents=True)
    for name, script in (("aws", "#!/bin/sh\n"), ("aws_completer", COMPLETER)):
        (place / "bin" / name).write_text(script)
        (place / "bin" / name).chmod(0o755)
    written = {}
    for path, content in completion_files(str(place / "bin/aws_completer"), str(place / "share")).items():
        assert is_managed(content)
        file = pathlib.Path(path)
        file.parent.mkdir(parents=True)
        file.write_text(content)
        written[file.parts[-3].split("-")[0]] = file
    return written


def require(shell: str) -> str:
    program = shutil.which(shell)
    if not program:
        pytest.skip(f"{shell} is not installed here")
    return program


def test_bash_completes_commands(files: t.Dict[str, pathlib.Path]) -> None:
    """The way that readline takes: the command of `complete -C` with three arguments and COMP_LINE."""
    script = """
        source "$1"
        command=$(complete -p aws); command=${command#complete -C }; eval "command=${command% aws}"
        COMP_LINE='aws s3 l' COMP_POINT=8 bash -c "$command aws l s3"
    """
    bash = [require("bash"), "--norc", "--noprofile", "-c", script, "bash", str(files["bash"])]
    assert subprocess.run(bash, capture_output=True, text=True, check=True).stdout.split() == ["ls"]


def test_fish_completes_commands(files: t.Dict[str, pathlib.Path], tmp_path: pathlib.Path) -> None:
    script = f"source {quoted_for_fish(str(files['fish']))}; complete --do-complete 'aws s3 l'"
    done = subprocess.run(
        [require("fish"), "--no-config", "--command", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert done.stdout.split() == ["ls"]


def quoted_for_fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def test_zsh_completes_commands(files: t.Dict[str, pathlib.Path], tmp_path: pathlib.Path) -> None:
    """In a terminal, as a user: TAB is pressed after `aws s3 l`, and the line is shown by the next key."""
    home = tmp_path / "home"
    home.mkdir()
    directory = str(files["zsh"].parent).replace("'", "'\\''")
    (home / ".zshrc").write_text(
        f"fpath=('{directory}' $fpath)\nPS1='ready> '\nautoload -Uz compinit && compinit -u -d ~/dump\n"
        "show() { print -r -- \"line=[$BUFFER]\" > ~/line }\nzle -N show\nbindkey '^X' show\n"
    )
    zsh = require("zsh")
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "dumb"}
    with Terminal([zsh, "-i"], home, environment) as terminal:
        terminal.wait_for("ready> ")
        terminal.press("aws s3 l\t\x18")
        assert wait_for(home / "line").strip() == "line=[aws s3 ls ]"


def wait_for(file: pathlib.Path) -> str:
    for _attempt in range(200):
        if file.exists() and file.read_text():
            return file.read_text()
        time.sleep(0.05)
    raise AssertionError("zsh did not show its line")


@pytest.mark.parametrize(
    ("bin_dir", "expected"),
    [
        ("/usr/local/bin", "/usr/local/share"),
        ("/opt/aws/bin", "/opt/aws/share"),
        ("/home/ann/.local/bin", "/home/ann/.local/share"),
        ("/home/ann/bin", "/home/ann/.local/share"),
        ("/home/anna/bin", "/home/anna/share"),
    ],
)
def test_share_directory_depends_on_bin_dir(bin_dir: str, expected: str) -> None:
    assert share_directory(bin_dir, "/home/ann") == expected


def test_share_directory_without_a_home_directory() -> None:
    assert share_directory("/usr/local/bin", "/") == "/usr/local/share"


def test_edited_file_is_no_longer_managed() -> None:
    for content in completion_files("/usr/local/bin/aws_completer", "/usr/local/share").values():
        assert not is_managed(
            "".join(line for line in content.splitlines() if "workstation.aws_sso" not in line)
        )
