# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a program with the user's home directory, but so that it neither changes nor downloads anything.

PRIVATE to the collection.

The shims of version managers, scripts of C(pip install --user) and wrappers need files of the home directory.
Some versions of the AWS CLI create ~/.aws even for C(aws --version), some version managers install what is
missing, and a wrapper may pull an image of a container.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import tempfile
import typing as t

from .._host.tools import WITHOUT_INSTALLATION

_AWS_DIRECTORY = ".aws"
_NO_DIRECTORY = "/nonexistent"
_NOWHERE = "http://127.0.0.1:9"
"""A proxy that does not exist: a program that needs the network fails at once."""
_PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy")
_OFFLINE = {
    **WITHOUT_INSTALLATION,
    "HOMEBREW_NO_AUTO_UPDATE": "1",
    "PIP_NO_INDEX": "1",
    "UV_OFFLINE": "1",
}
_CONTAINER_PROGRAMS = ("docker", "podman", "nerdctl")
_RUN_WITHOUT_PULL = """\
#!/bin/sh
# An image is used only if it is on this host already.
if [ "$1" = run ]; then
    shift
    set -- run --pull=never "$@"
fi
exec {program} "$@"
"""


class HomeView:
    """A temporary directory that shows the home directory of a user, except ~/.aws, by symbolic links.

    What a program creates in it disappears with it. A context manager.
    """

    def __init__(self, environment: t.Mapping[str, str]) -> None:
        """*environment* are the variables of the user."""
        self._environment = environment
        self._directory = _NO_DIRECTORY

    def __enter__(self) -> HomeView:
        home = self._environment.get("HOME") or os.path.expanduser("~")
        with contextlib.suppress(OSError):  # with a full disk, programs have a part of the files, or none
            self._directory = tempfile.mkdtemp(prefix="aws_sso-")
            os.makedirs(os.path.join(self.path, _AWS_DIRECTORY), 0o700)
            for name in os.listdir(home):
                if name != _AWS_DIRECTORY:
                    os.symlink(os.path.join(home, name), os.path.join(self.path, name))
        return self

    def __exit__(self, *_: object) -> None:
        if self._directory != _NO_DIRECTORY:
            shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def path(self) -> str:
        return os.path.join(self._directory, "home")

    def variables(self, config_file: str = os.devnull) -> t.Dict[str, str]:
        """The environment for a program that only sees the configuration *config_file*."""
        inherited = {
            name: value for name, value in self._environment.items() if not name.lower().endswith("_proxy")
        }
        state = os.path.join(self._directory, "state")  # mise records each path of a configuration there
        proxies = {name: _NOWHERE for lower in _PROXIES for name in (lower, lower.upper())}
        return {
            **inherited,
            **_OFFLINE,
            **proxies,
            "AWS_CONFIG_FILE": config_file,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "HOME": self.path,
            "MISE_STATE_DIR": os.path.join(state, "mise"),
            "XDG_STATE_HOME": state,
            "PATH": self._search_path(inherited.get("PATH", os.defpath)),
        }

    def _search_path(self, search_path: str) -> str:
        """*search_path* with programs first that run a container only from an image of this host."""
        directory = os.path.join(self._directory, "bin")
        for name in _CONTAINER_PROGRAMS:
            program = shutil.which(name, path=search_path)
            path = os.path.join(directory, name)
            if not program or os.path.exists(path):
                continue
            with contextlib.suppress(OSError):
                os.makedirs(directory, exist_ok=True)
                with open(path, "w", encoding="utf-8") as stream:
                    stream.write(_RUN_WITHOUT_PULL.format(program=shlex.quote(os.path.abspath(program))))
                os.chmod(path, 0o700)
        is_usable = os.path.isdir(directory) and not os.statvfs(directory).f_flag & os.ST_NOEXEC
        return directory + os.pathsep + search_path if is_usable else search_path
