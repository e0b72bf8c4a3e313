# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import contextlib
import pathlib
import typing as t
import urllib.request
import warnings

import pytest

from bundles import Mirror, new_key, serving, wheel_with
from end_to_end import chromium, everywhere, real_cli
from end_to_end.chromium import Chromium
from end_to_end.needs import need
from support.controller_fixtures import center, collections_path, controller, home

__all__ = ["center", "collections_path", "controller", "home"]


@pytest.fixture
def browser(tmp_path: pathlib.Path) -> t.Iterator[Chromium]:
    need(chromium.missing())
    directory = tmp_path / "chromium"
    directory.mkdir()
    with Chromium(directory) as browser:
        yield browser


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[t.Dict[str, t.Any]]:
    """The variables that install the real AWS CLI from a mirror on loopback instead of from AWS."""
    directory = tmp_path_factory.mktemp("mirror")
    with new_key() as key:
        Mirror(directory, key).add_wheel(wheel_with(real_cli.CURRENT))
        with serving(directory) as url:
            trust = {"base_url": url, "public_key": key.public_key, "fingerprint": key.fingerprint}
            yield {"workstation_aws_cli": trust}


@pytest.fixture
def s3() -> t.Iterator[str]:
    """The URL of moto's S3."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # moto warns of parts that S3 does not need
        from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    yield url
    urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset", method="POST")).close()
    server.stop()


@pytest.fixture(scope="module")
def user(
    tmp_path_factory: pytest.TempPathFactory, collections_path: pathlib.Path
) -> t.Iterator[everywhere.User]:
    """A user of docs/credentials-everywhere.md; all tests of a module share what is in their home."""
    with contextlib.ExitStack() as stack:
        yield stack.enter_context(everywhere.user_in(tmp_path_factory.mktemp("home"), collections_path))
