# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bounded fuzzing of what is read from files: the same inputs in each run, from the seed of each test.

The inputs are valid files with random changes, which get further than random bytes.
"""

from __future__ import annotations

import copy
import functools
import json
import os
import pathlib
import random
import time
import typing as t

import pytest

from adversary.conftest import assert_readable, attempt
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.redact import message
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._fleet_report.report import Files
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._laptop_reports.reports import (
    Options,
    merge_reports,
)
from bundles import SigningKey, pack_stub
from identity_center import IdentityCenter
from support.fleets import FIRST, SECOND, FleetRun, company_run, read_page
from support.laptop_reports import LaptopKey, company_state, laptop_document, signed
from support.logins import token_file
from support.module_run import run_module
from support.role_credentials import CREDENTIALS, PROFILES, as_the_cli_writes, lookup, sign_in

LONGEST = 5.0
"""Seconds for one input, which takes milliseconds; a hang takes longer."""

VALUES: tuple[t.Any, ...] = (
    None, True, -1, 0, 10**30, 1e308, "", "x", "9" * 5000, "\x1b]0;pwned\x07", "\ud800", "../../x",
    "{{ 7 * 7 }}", [], [[[[[]]]]], {}, {"x": [1]}, "2026-99-99T99:99:99Z", "2026-11-21T08:00:00Z",
)  # fmt: skip
SNIPPETS = (
    b"[", b"]", b"=", b"\n", b"\r\n", b"\t", b"#", b";", b"\0", b"\xff", b"\xef\xbb\xbf", b"\\", b'"', b"'",
    b"%", b"[default]\n", b"[profile dev]\n", b"[sso-session corp]\n", b"sso_session = corp\n",
    b"  nested =\n    a = b\n", b"credential_process = touch /tmp/pwned\n", b"# workstation.aws_sso\n",
    b"\xe2\x80\xa8", b"key\n", b" = value\n", b"x" * 300,
)  # fmt: skip


def changed_bytes(source: random.Random, data: bytes, most: int = 4) -> bytes:
    """*data* with up to *most* places deleted, doubled, overwritten or with something inserted."""
    for _change in range(source.randint(1, most)):
        start = source.randint(0, len(data))
        stop = min(len(data), start + source.choice((0, 1, 1, 4, 40)))
        middle = source.choice((b"", data[start:stop] * 2, source.choice(SNIPPETS), source.randbytes(2)))
        data = data[:start] + middle + data[stop:]
    return data


def changed_document(source: random.Random, document: t.Any) -> t.Any:
    """A JSON document with another value, or without one, somewhere."""
    document = json.loads(json.dumps(document))
    for _change in range(source.randint(1, 3)):
        place = document
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not keys:
                break
            key = source.choice(keys)
            if isinstance(place[key], (dict, list)) and source.random() < 0.8:
                place = place[key]
            elif source.random() < 0.2:
                del place[key]
                break
            else:
                place[key] = copy.deepcopy(source.choice(VALUES))
                break
    return document


def inputs(seed: int, number: int, document: t.Any, text: bytes | None = None) -> t.Iterator[bytes]:
    """Changes of a JSON document, and of its bytes."""
    source = random.Random(seed)
    for index in range(number):
        if index % 3:
            yield json.dumps(changed_document(source, document)).encode("utf-8", "surrogatepass")
        else:
            yield changed_bytes(source, text or json.dumps(document, indent=1).encode())


def timed(call: t.Callable[[], t.Any], content: bytes) -> t.Any:
    started = time.monotonic()
    result = call()
    assert time.monotonic() - started < LONGEST, content
    return result


SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
OWN = {"name": "mine", "session": "acme", "account_id": "111122223333", "role_name": "ReadOnly"}


@pytest.mark.parametrize("seed", range(4))
def test_configurations(seed: int, tmp_path: pathlib.Path) -> None:
    """A configuration is refused and unchanged, or written once with all other lines as they were."""
    config = tmp_path / "config"
    wanted = {"path": str(config), "sessions": [SESSION], "profiles": [OWN]}
    run_module("sso_profiles", wanted)
    sources = (PROFILES.encode(), PROFILES.encode() + config.read_bytes())
    source = random.Random(seed)
    for _number in range(100):
        content = changed_bytes(source, source.choice(sources))
        config.write_bytes(content)
        os.utime(config, (0, 0))  # a new file could be one that another program is still writing
        result = timed(lambda: run_module("sso_profiles", wanted), content)
        if result.get("failed"):
            assert_readable(result["msg"])
            assert config.read_bytes() == content
            continue
        after = config.read_bytes()
        again = run_module("sso_profiles", wanted)
        assert not again.get("failed") and not again["changed"] and config.read_bytes() == after, content


@pytest.fixture(scope="module")
def signed_in(center: IdentityCenter) -> IdentityCenter:
    sign_in(center)
    return center


def test_tokens(signed_in: IdentityCenter, home: pathlib.Path) -> None:
    """A token is used or refused; its file is never the reason for an error of Python."""
    path = token_file()
    valid = path.read_bytes()
    try:
        for content in inputs(1, 60, json.loads(valid)):
            path.write_bytes(content)
            for cached in (home / ".aws" / "cli" / "cache").glob("*"):
                cached.unlink()
            message = timed(lambda: attempt(lambda: lookup(CREDENTIALS, "dev")), content)
            assert json.loads(valid)["accessToken"] not in message
    finally:
        path.write_bytes(valid)


def test_cached_credentials(signed_in: IdentityCenter, home: pathlib.Path) -> None:
    """Cached keys are used or replaced by new ones, whatever is in their file."""
    lookup(CREDENTIALS, "dev")
    (path,) = (home / ".aws" / "cli" / "cache").glob("*.json")
    as_the_cli_writes(path)
    valid = json.loads(path.read_bytes())
    for content in inputs(2, 60, valid):
        path.write_bytes(content)
        (found,) = timed(lambda: lookup(CREDENTIALS, "dev"), content)
        assert all(isinstance(value, str) for value in dict(found).values()), content


@pytest.mark.parametrize("seed", range(2))
def test_archives(seed: int, tmp_path: pathlib.Path, signing_key: SigningKey) -> None:
    """An archive is unpacked or refused, and nothing is left of one that is refused."""
    bundle = tmp_path / "bundle.zip"
    pack_stub("2.38.5", bundle)
    valid = bundle.read_bytes()
    source = random.Random(seed)
    for number in range(60):
        content = changed_bytes(source, valid, 2)
        bundle.write_bytes(content)
        top = tmp_path / str(number)
        wanted = {"install_dir": str(top / "aws-cli"), "bin_dir": str(top / "bin"), "source": str(bundle)}
        wanted["verify_signature"] = "false"
        result = timed(functools.partial(run_module, "aws_cli", wanted), content)
        if result.get("failed"):
            assert_readable(result["msg"])
            assert not [path for path in top.rglob("*") if path.is_file()], content
    assert {path.name for path in tmp_path.iterdir()} <= {"bundle.zip", *map(str, range(60))}


def test_states_of_the_fleet(tmp_path: pathlib.Path) -> None:
    """A report is written whatever the state is, and the next one has nothing to complain of."""
    company_run("2026-11-21T08:00:00Z", 3, 2).write(tmp_path)
    path = tmp_path / "fleet.json"
    valid = path.read_bytes()
    for content in inputs(3, 150, json.loads(valid), valid):
        path.write_bytes(content)
        run = FleetRun("2026-11-22T08:00:00Z")
        run.record("laptop-000.acme.example", "wsl_info", wsl={"version": 2})
        warnings = timed(functools.partial(run.write, tmp_path), content)
        assert len(warnings) <= 1
        for warning in warnings:
            assert_readable(warning)
        assert "laptop-000" in read_page(tmp_path) and "\x1b" not in read_page(tmp_path)
        if "did not change" not in "".join(warnings):
            assert run.write(tmp_path) == [], content
        else:
            assert path.read_bytes() == content
    assert os.listdir(tmp_path)


MESSAGE_PARTS = (
    "a.", "a:", "x://", "//a:", "user:pw", "aA1-", "aA1=", 'password="', "password ", "bearer ", "@", "AKIA",
    "authorization ", "-----BEGIN PRIVATE KEY", "<password ", "eyJ", "--token ", "-u ", "?code=", '\\"',
    "\x1b]",
)  # fmt: skip


def test_messages_of_failed_tasks() -> None:
    """However long and repetitive a message is, it is redacted at once."""
    source = random.Random(4)
    for _number in range(60):
        parts = source.sample(MESSAGE_PARTS, source.randint(1, 3))
        text = "".join(parts) * 4000 + "password=hunter2 https://jane:hunter2@proxy"
        assert "hunter2" not in timed(functools.partial(message, text), text.encode())
    for part in MESSAGE_PARTS:
        timed(functools.partial(message, part * 8000), part.encode())


def test_reports_of_laptops_with_valid_signatures(tmp_path: pathlib.Path) -> None:
    """Whoever has a key can sign anything: each report here is changed before it is signed."""
    source = random.Random(17)
    (tmp_path / "reports").mkdir()
    for number in range(400):
        host = f"laptop-{number}"
        document = laptop_document(host, SECOND, company_state(SECOND, 3), outcome="failed", message="x")
        document["history"] = [
            {"time": FIRST, "outcome": "ok", "message": "", "version": "1", "available": ""}
        ]
        if number:
            document = {**changed_document(source, document), "host": host, "key": document["key"]}
        data = signed(document, LaptopKey(host))
        if number % 5 == 4:
            data = changed_bytes(source, data)
        (tmp_path / "reports" / f"{host}.json").write_bytes(data)
    files = Files(str(tmp_path / "fleet.html"), str(tmp_path / "fleet.json"), 0)
    options = Options(str(tmp_path / "reports"), str(tmp_path / "keys"), files, (), "2")
    began = time.monotonic()
    first, warnings = merge_reports(options)
    again, more = merge_reports(options)
    assert (warnings, more, again["new_reports"]) == ([], [], [])
    assert "laptop-0" in first["new_reports"] and 100 < first["refused_count"] < 400
    assert first["hosts"] == again["hosts"] == 400 - first["refused_count"]
    assert time.monotonic() - began < 10 * LONGEST
    shown = read_page(tmp_path)
    assert "\x1b" not in shown and "laptop-0" in shown
