# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration file is read as botocore reads it, and edited so that botocore sees what was wanted."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
import typing as t

import botocore.configloader
import botocore.exceptions
import pytest
from botocore.session import Session
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import (
    AccessOptions,
    desired_profiles,
    desired_sessions,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import (
    ConfigError,
    Document,
    config_path,
    read_config,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.planner import Request
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.update import update
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError

# Lines on which parsers differ, as people and tools have written them, and as nobody should.
LINES = [
    "[default]",
    "[profile default]",
    "[DEFAULT]",
    "[profile a]",
    '[profile "a"]',
    "[profile 'a']",
    "[profile  a]",
    "[profile\ta]",
    "[profile a] # note",
    "[profile b]",
    "[profile a b]",
    "[profile 'a b']",
    "[profile o'neil]",
    "[profile DOM\\user]",
    "[profile a]b]",
    "[profile '']",
    "[profilesX foo]",
    "[Profile a]",
    "[ profile a ]",
    "  [profile c]",
    "[sso-session s]",
    "[sso-session 's']",
    '[sso-session "s s"]',
    "[sso-sessions s]",
    "[services q]",
    "[dev]",
    "[plugins]",
    "[]",
    "[x",
    "[x]y = z",
    "k = v",
    "K=v",
    "k: v",
    "  k = v",
    " n = 1",
    "\tn = 1",
    "    x = 1",
    "no equals",
    "  no equals",
    "= v",
    "region = eu-west-1 # home",
    "Region = us-east-1",
    "output",
    "output = ",
    "sso_session = s",
    "sso_start_url = https://acme.awsapps.com/start",
    "sso_region = eu-west-1",
    "sso_account_id = 111122223333",
    "sso_role_name = ReadOnly",
    "granted_sso_account_id = 111122223333",
    "granted_sso_role_name = ReadOnly",
    "common_fate_generated_from = aws-sso",
    "sso_auto_populated = true",
    "credential_process = aws-sso-util credential-process --profile a",
    "credential_process = granted credential-process --profile a",
    "sso_session = s\nsso_account_id = 111122223333\nsso_role_name = ReadOnly",
    "role_arn = arn:aws:iam::111122223333:role/x",
    "aws_access_key_id = AKIAEXAMPLE",
    "credential_process = /bin/true --url http://x/?a=b",
    "s3 =",
    "s3 =\n  max_concurrent_requests = 20\n  # slow\n\n  addressing_style = path",
    "region =\n  eu = west",
    "v = a\n\n  b",
    "",
    "   ",
    "\t",
    "# comment",
    "  ; comment",
    "# managed by workstation.aws_sso",
    "# keys added by workstation.aws_sso: region, output",
    "\xa0",
    "\x0b",
    "k\x0b = \u2028v",
    "s3=\n  a\x0bb = c",
    "a=\x85b",
    "\x1c x = y",
    "\ufeff",
    "\u540d\u524d = \u672c\u756a",
    "\u0130 = 1",
]

line_ends = st.sampled_from(["\n"] * 6 + ["\r\n", "\r", ""])
lines = st.tuples(st.one_of(st.sampled_from(LINES), st.text(max_size=12)), line_ends).map("".join)
texts = st.builds(
    lambda start, body: start + "".join(body),
    st.sampled_from(["[profile q]\n", ""]),
    st.lists(lines, max_size=9),
).filter(lambda text: not any("\ud800" <= character <= "\udfff" for character in text))


class Seen(t.NamedTuple):
    profiles: t.Dict[str, t.Any]
    sessions: t.Dict[str, t.Any]
    others: t.Dict[str, t.Any]


def as_botocore(path: pathlib.Path) -> t.Optional[Seen]:
    try:
        loaded = botocore.configloader.load_config(str(path))
    except botocore.exceptions.ConfigParseError:
        return None
    return Seen(loaded.pop("profiles"), loaded.pop("sso_sessions"), loaded)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return tmp_path_factory.mktemp("aws") / "config"


@settings(deadline=None)
@given(text=texts)
def test_reads_what_botocore_reads_and_refuses_what_it_refuses(config: pathlib.Path, text: str) -> None:
    config.write_bytes(text.encode())
    os.utime(config, (0, 0))
    expected = as_botocore(config)
    if expected is None:
        with pytest.raises(ConfigError):
            read_config(str(config))
    else:
        found = read_config(str(config))
        assert (found.profiles, found.sessions) == (expected.profiles, expected.sessions)


@pytest.mark.parametrize(
    "value", [None, "", "/etc/aws", "~/x", "~", "$HOME/x", "${HOME}/x", "~/$NONE/x", "a//b"]
)
def test_looks_for_the_file_where_botocore_does(
    monkeypatch: pytest.MonkeyPatch, value: t.Optional[str]
) -> None:
    monkeypatch.setenv("HOME", tempfile.gettempdir())
    environment = {"HOME": tempfile.gettempdir()}
    monkeypatch.delenv("AWS_CONFIG_FILE", raising=False)
    if value is not None:
        monkeypatch.setenv("AWS_CONFIG_FILE", value)
        environment["AWS_CONFIG_FILE"] = value
    path = Session().get_config_variable("config_file")
    assert config_path(environment) == os.path.expanduser(os.path.expandvars(path))


names = st.sampled_from(["a", "a b", "b", "c", "default", "new", "x y z", "\u672c\u756a", "A=1,b", "a#b"])
session_names = st.sampled_from(["s", "s s", "corp"])
blocks = st.dictionaries(
    st.sampled_from(["addressing_style", "X"]), st.sampled_from(["path", ""]), min_size=1
)
options = st.dictionaries(
    st.sampled_from(["s3", "cli_pager", "K", "v", "n"]),
    st.one_of(
        st.none(), st.sampled_from(["", "x = y", "%(a)s", "'q'"]), blocks, st.booleans(), st.integers(0, 9)
    ),
    max_size=3,
)
profile_lists = st.lists(
    st.fixed_dictionaries(
        {
            "name": names,
            "session": session_names,
            "account_id": st.sampled_from(["111122223333", "000000000001"]),
            "role_name": st.sampled_from(["ReadOnly", "R+=,.@-_"]),
            "region": st.sampled_from([None, "eu-west-1"]),
            "output": st.sampled_from([None, "json"]),
            "options": options,
        }
    ),
    max_size=4,
    unique_by=lambda profile: profile["name"],
)


def request_for(profiles: t.List[t.Dict[str, t.Any]], absent: bool = False, adopt: bool = False) -> Request:
    sessions = [
        {"name": name, "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
        for name in sorted({profile["session"] for profile in profiles})
    ]
    return Request(
        desired_sessions(sessions),
        desired_profiles(profiles, [], AccessOptions()),
        absent,
        force_default=True,
        force=True,
        adopt=adopt,
    )


@settings(deadline=None)
@given(text=texts, profiles=profile_lists)
@example(text="[profile a]\n  k = v\n    [profile b]\n", profiles=[])
def test_writes_what_was_wanted_and_nothing_else(
    config: pathlib.Path, text: str, profiles: t.List[t.Dict[str, t.Any]]
) -> None:
    config.write_bytes(text.encode())
    os.utime(config, (0, 0))
    before = as_botocore(config)
    request = request_for(profiles)
    try:
        outcome = update(str(config), "/nonexistent", request)
    except (ConfigError, InputError):
        assert config.read_bytes() == text.encode()
        return
    assert before is not None
    after = as_botocore(config)
    assert after is not None
    assert after.others == before.others
    inherited: t.Dict[str, t.Any] = {}
    for header, section in Document("config", text.encode()).contents():
        inherited.update(section if header == "DEFAULT" else {})
    assert_section_settings(before.profiles, after.profiles, request.profiles, inherited)
    assert_section_settings(before.sessions, after.sessions, request.sessions, inherited)
    assert (outcome.plan.data is None) == (config.read_bytes() == text.encode())
    assert update(str(config), "/nonexistent", request).plan.data is None


def assert_section_settings(
    before: t.Dict[str, t.Any],
    after: t.Dict[str, t.Any],
    wanted: t.Mapping[str, t.Any],
    inherited: t.Mapping[str, t.Any],
) -> None:
    """A new section has what is wanted, and what each section inherits from [DEFAULT]."""
    assert set(after) == set(before) | set(wanted)
    for name, found in after.items():
        expected = dict(before.get(name, inherited))
        if name in wanted:
            expected.update(wanted[name].settings)
        # keys of the older form follow the session, other credentials give way in a forced [default]
        free = {"sso_start_url", "sso_region", "aws_access_key_id", "role_arn", "credential_process"}
        for key in set(found) | set(expected):
            if name not in wanted or key not in free:
                assert found.get(key) == expected.get(key)


@settings(deadline=None)
@given(text=texts, profiles=profile_lists, changed=profile_lists, adopt=st.booleans())
def test_absent_brings_back_every_byte(
    config: pathlib.Path,
    text: str,
    profiles: t.List[t.Dict[str, t.Any]],
    changed: t.List[t.Dict[str, t.Any]],
    adopt: bool,
) -> None:
    if "workstation.aws_sso" in text:
        return
    config.write_bytes(text.encode())
    os.utime(config, (0, 0))
    for wanted in (profiles, changed, profiles):
        with contextlib.suppress(ConfigError, InputError):
            update(str(config), "/nonexistent", request_for(wanted, adopt=adopt))
    with contextlib.suppress(ConfigError, InputError):
        for wanted in (profiles, changed):
            update(str(config), "/nonexistent", request_for(wanted, absent=True))
    assert config.read_bytes() == text.encode()


@pytest.mark.parametrize(("of_profile", "works"), [("standard", True), ("adaptive", False)])
def test_a_key_of_a_profile_must_not_differ_from_that_of_its_session(
    config: pathlib.Path, monkeypatch: pytest.MonkeyPatch, of_profile: str, works: bool
) -> None:
    """sso_profiles refuses such a profile, see test_planner.py."""
    config.write_text(
        "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\nsso_region = eu-west-1\n"
        f"retry_mode = standard\n[profile p]\nretry_mode = {of_profile}\nsso_session = acme\n"
        "sso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    session = Session(profile="p")
    if works:
        assert session.get_credentials() is not None
    else:
        with pytest.raises(botocore.exceptions.InvalidConfigError, match="retry_mode is inconsistent"):
            session.get_credentials()
