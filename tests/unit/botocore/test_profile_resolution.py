# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles lead where botocore goes with them, and those that botocore rejects are rejected."""

from __future__ import annotations

import os
import pathlib
import typing as t

import botocore.exceptions
import pytest
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import Document
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.resolution import (
    UnresolvedProfile,
    resolver_of,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.update import (
    request_from_options,
    update,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError
from support.aws_config_file import DEFAULTS, access
from support.aws_config_file import SESSION as ACME_SESSION
from support.config_of_tools import TOOLS

START_URLS = ["https://acme.awsapps.com/start", "https://other.awsapps.com/start"]
VALUES = {
    "region": ["eu-west-1", "us-east-1"],
    "output": ["json", "text"],
    "sso_account_id": ["111111111111", "999999999999"],
    "sso_role_name": ["ReadOnly", "Admin"],
    "sso_session": ["s", "t"],
    "sso_start_url": START_URLS,
    "sso_region": ["eu-west-1", "us-east-1"],
    "role_arn": ["arn:aws:iam::111111111111:role/One", "arn:aws:iam::111111111111:role/Two"],
    "source_profile": ["p", "q", "nope"],
    "credential_source": ["Environment"],
    "web_identity_token_file": ["/nonexistent", ""],
    "aws_access_key_id": ["AKIAEXAMPLE"],
    "aws_secret_access_key": ["secret"],
    "credential_process": ["/bin/false"],
}
SESSION = {"sso_start_url": START_URLS[0], "sso_region": "eu-west-1"}
ROLE = {"sso_session": "s", "sso_account_id": "111111111111", "sso_role_name": "ReadOnly"}
ASSUMED = {"role_arn": VALUES["role_arn"][0], "source_profile": "q"}
Keys = t.Dict[str, str]


def _one_of(values: t.List[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


stray_keys = st.dictionaries(_one_of(sorted(VALUES)), st.integers(0, 2), max_size=2).map(
    lambda found: {key: VALUES[key][number % len(VALUES[key])] for key, number in found.items()}
)


def section(*starts: Keys) -> st.SearchStrategy[t.Optional[Keys]]:
    """The keys of a section: one of *starts*, without some of its keys and with others."""
    keys = ["sso_region", "sso_account_id", "sso_start_url", "source_profile"]
    return st.builds(
        lambda start, without, stray: {
            **{key: value for key, value in start.items() if key not in without},
            **stray,
        },
        st.sampled_from(starts),
        st.sets(st.sampled_from(keys), max_size=1),
        stray_keys | st.just({}),
    )


def text_of(sections: t.Mapping[str, t.Optional[Keys]]) -> str:
    return "".join(
        f"[{header}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
        for header, keys in sections.items()
        if keys is not None
    )


configs = st.fixed_dictionaries(
    {
        "DEFAULT": st.none() | stray_keys,
        "sso-session s": section(SESSION),
        "sso-session t": st.none() | section(SESSION),
        "profile p": section(ROLE, ASSUMED, dict(ROLE, **ASSUMED), dict(SESSION, **ROLE)),
        "profile q": section(ROLE, ASSUMED, dict(SESSION, **ROLE), {}),
    }
).map(text_of)
credentials_files = st.just("") | st.fixed_dictionaries(
    {"DEFAULT": st.none() | stray_keys, "p": st.none() | stray_keys, "q": st.none() | stray_keys}
).map(text_of)


class AwsFiles(t.NamedTuple):
    config: pathlib.Path
    credentials: pathlib.Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[AwsFiles]:
    directory = tmp_path_factory.mktemp("aws")
    found = AwsFiles(directory / "config", directory / "credentials")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(directory))
        patch.setenv("AWS_CONFIG_FILE", str(found.config))
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(found.credentials))
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield found


def botocore_role(profile: str) -> t.Optional[t.Tuple[t.Any, ...]]:
    """The role of IAM Identity Center and the roles assumed from it; None for other credentials."""
    credentials = Session(profile=profile).get_credentials()
    assumed: t.List[str] = []
    while getattr(credentials, "method", None) == "assume-role":
        fetcher = credentials._refresh_using.__self__
        assumed.insert(0, fetcher._role_arn)
        credentials = fetcher._source_credentials
    if getattr(credentials, "method", None) != "sso":
        return None
    fetcher = credentials._refresh_using.__self__
    if fetcher._token_provider is not None:
        fetcher._token_provider._load_sso_config()
    role = (fetcher._account_id, fetcher._role_name, fetcher._sso_session_name, fetcher._start_url)
    return (*role, fetcher._sso_region, *assumed)


@settings(deadline=None)
@given(config=configs, credentials=credentials_files)
def test_a_profile_leads_where_botocore_goes(files: AwsFiles, config: str, credentials: str) -> None:
    files.config.write_text(config)
    files.credentials.write_text(credentials)
    try:
        expected = botocore_role("p")
        rejected = False
    except botocore.exceptions.BotoCoreError:
        expected, rejected = None, True
    resolver = resolver_of(Document("config", config.encode()), Document("credentials", credentials.encode()))
    try:
        found = resolver.resolve("p")
    except UnresolvedProfile as error:
        assert expected is None
        assert error.works or rejected
        assert error.cause.where and error.cause.what
    else:
        keys = ("sso_account_id", "sso_role_name", "sso_session", "sso_start_url", "sso_region")
        assumed = [step.settings["role_arn"] for step in reversed(found.steps)]
        assert (*map(found.settings.get, keys), *assumed) == expected


@settings(deadline=None)
@given(
    config=configs,
    credentials=credentials_files,
    region=st.sampled_from([None, *VALUES["region"]]),
    with_session=st.booleans(),
    default=st.booleans(),
)
def test_what_sso_profiles_writes_is_what_botocore_finds(
    files: AwsFiles, config: str, credentials: str, region: t.Optional[str], with_session: bool, default: bool
) -> None:
    files.config.write_text(config)
    files.credentials.write_text(credentials)
    os.utime(files.config, (0, 0))
    session = {"name": "s", "start_url": START_URLS[0], "region": "eu-west-1"}
    profiles = [
        {"name": name, "session": "s", "account_id": "111111111111", "role_name": role, "region": region}
        for name, role in (("p", "ReadOnly"), ("new", "Admin"))
    ]
    options = {
        **DEFAULTS,
        "sessions": [session] if with_session else [],
        "profiles": profiles,
        "default_profile": "new" if default else None,
    }
    try:
        plan = update(str(files.config), str(files.credentials), request_from_options(options)).plan
    except InputError:
        assert files.config.read_text() == config
        return
    for profile in [*profiles, *([{**profiles[1], "name": "default"}] if default else [])]:
        name = str(profile["name"])
        found = botocore_role(name)
        assert found is not None
        assert found[:3] == ("111111111111", profile["role_name"], "s") and len(found) == 5
        assert not with_session or found[3:] == (START_URLS[0], "eu-west-1")
        if region is not None:
            found_region = Session(profile=name).get_config_variable("region")
            assert found_region == region or any(f"{name} (" in warning for warning in plan.warnings)


@pytest.mark.parametrize("tool", TOOLS)
def test_adopted_profiles_lead_to_the_same_role(files: AwsFiles, tool: str) -> None:
    files.config.write_text(TOOLS[tool].text)
    files.credentials.write_text("")
    os.utime(files.config, (0, 0))
    options = {
        **DEFAULTS,
        "sessions": [ACME_SESSION],
        "access": [access(), access(role_name="Admin")],
        "profile_name": TOOLS[tool].profile_name,
        "adopt": True,
    }
    plan = update(str(files.config), str(files.credentials), request_from_options(options)).plan
    for profile, role in zip(plan.adopted, ("ReadOnly", "Admin")):
        expected = ("111122223333", role, "acme", ACME_SESSION["start_url"], "eu-west-1")
        assert botocore_role(str(profile["name"])) == expected
    assert len(plan.adopted) == 2
