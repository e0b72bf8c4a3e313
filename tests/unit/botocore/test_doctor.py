# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor finds in configuration files, and what botocore makes of them before and after the fix."""

from __future__ import annotations

import pathlib
import re
import tempfile
import typing as t

import botocore.configloader
import botocore.exceptions
import botocore.utils
import pytest
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.resolution import (
    Kind,
    UnresolvedProfile,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor._configuration.findings import (
    config_findings,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.config import Configuration
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor.finding import Finding
from support.advice import follow, opened

SESSION = """\
[sso-session corp]
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access
"""
SSO = "sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
LEGACY = SSO.replace("sso_session = corp", "sso_start_url = https://acme.awsapps.com/start")
ROLE = "role_arn = arn:aws:iam::111122223333:role/Admin\n"
KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = hush\n"

HEADERS = """\
[default]
[Default]
[ default ]
[profile default]
[DEFAULT]
[profile a]
[profile "a"]
[ profile a ]
["profile a "]
[Profile a]
[a]
[profile:a]
[profile-a]
[a b]
[profile a b]
[profile 'a b']
[profile o'neil]
[profile DOM\\user]
[sso-session s]
[sso_session s]
[ sso-session s ]
[sso session s]
[s]
[services q]
[plugins]
[profile]
[sso-session]
  [profile c]
\t[sso-session s]
  [default]
""".splitlines()
LINES = """\
sso_session = s
sso_start_url = https://acme.awsapps.com/start
sso_region = eu-west-1
sso_region = eu-west-1 # Ireland
sso_account_id = 111122223333
sso_account_id = "111122223333"
sso_role_name = x
  sso_role_name = x
    sso_account_id = 111122223333
sso_registration_scopes = sso:account:access
region = eu-west-1
region = "eu-west-1"
  region = us-east-1
output = json
ouptut = json
sso-session = s
sso_account = 1
role_arn = arn
aws_access_key_id = A
aws_secret_access_key = B
credential_process = x
s3 =
s3 = signature_version = s3v4
signature_version = s3v4
  signature_version = s3v4
  max_queue_size = 5
  garbage
# comment
""".splitlines()
FILES = st.builds(
    lambda header, lines: "\n".join([header, *lines, ""]),
    st.sampled_from(HEADERS),
    st.lists(
        st.one_of(st.sampled_from(HEADERS), st.sampled_from(LINES), st.sampled_from(LINES)), max_size=10
    ),
)
CREDENTIALS = st.one_of(st.just(""), FILES)


class Home:
    """A scratch directory with both files."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.config = directory / "config"
        self.credentials = directory / "credentials"

    @property
    def environment(self) -> t.Dict[str, str]:
        return {
            "AWS_CONFIG_FILE": str(self.config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.credentials),
        }

    def write(self, config: str, credentials: str = "") -> None:
        self.config.write_text(config)
        self.credentials.write_text(credentials)

    def findings(self) -> t.List[Finding]:
        return config_findings(Configuration(self.environment))

    def parse(self) -> None:
        botocore.configloader.load_config(str(self.config))
        botocore.configloader.raw_config_parse(str(self.credentials))

    def error(self, profile: str) -> str:
        """Why botocore cannot use the credentials of *profile*; "" if it would sign in or assume a role."""
        session = Session(profile=profile)
        session.set_config_variable("config_file", str(self.config))
        session.set_config_variable("credentials_file", str(self.credentials))
        try:
            credentials = session.get_credentials()
            botocore.utils.validate_region_name(session.get_config_variable("region"))
        except (botocore.exceptions.BotoCoreError, ValueError) as error:
            return str(error)
        return "" if credentials else "nothing"


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "for credential_source")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    return Home(tmp_path)


@settings(max_examples=100, deadline=None)
@given(FILES, CREDENTIALS)
def test_a_fix_that_is_followed_to_the_letter_leaves_files_that_botocore_parses_and_removes_its_finding(
    config: str, credentials: str
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        home = Home(pathlib.Path(directory))
        home.write(config, credentials)
        try:
            home.parse()
        except botocore.exceptions.ConfigParseError:
            return
        before = home.findings()
        for finding in before:
            if is_for_a_person(finding.fix) or "credential_process" in finding.what:
                continue
            home.write(config, credentials)
            follow(finding.fix)
            home.parse()
            assert count(home.findings(), finding) < count(before, finding), finding


def is_for_a_person(fix: str) -> bool:
    """Whether *fix* leaves to its reader what is meant, or which profile or session."""
    return re.search("PROFILE|SESSION|move its keys|correct the lines|write each", fix) is not None


def count(findings: t.Sequence[Finding], wanted: Finding) -> int:
    """How many of *findings* are about the same in the same file; the line numbers of others change."""
    if wanted.id.startswith(("config-", "credentials-section")):
        return sum((found.id, digits(found.what)) == (wanted.id, digits(wanted.what)) for found in findings)
    return sum(in_file(found) == in_file(wanted) for found in findings)


def in_file(finding: Finding) -> t.Tuple[t.Any, ...]:
    return (*finding[:3], digits(finding.what), opened(finding.fix)[0])


def digits(text: str) -> str:
    return re.sub(r"\d+", "", text)


@pytest.mark.parametrize(
    ("profile", "id"),
    [
        (SSO.replace("sso_session = corp\n", ""), "profile-incomplete"),
        (SSO.replace("sso_session = ", "sso-session = "), "config-key-misspelled"),
        (SSO.replace("sso_session = ", "SSO_Sesion = "), "config-key-misspelled"),
        (SSO.replace("sso_session = corp", "sso_session = corp # Acme"), "profile-unknown-session"),
        (SSO.replace("sso_role_name = ", "sso_role = "), "config-key-misspelled"),
        (SSO.replace("sso_account_id = ", "sso_account = "), "config-key-misspelled"),
        (LEGACY, "profile-incomplete"),
        (LEGACY.replace("sso_start_url", "sso_region = eu-west-1\nsso_url"), "config-key-misspelled"),
        ("region = eu-west-1 # home\n" + SSO, "profile-invalid-value"),
        ("region = 'eu-west-1'\n" + SSO, "profile-invalid-value"),
        ("region = eu_west_1\n" + SSO, "profile-invalid-value"),
        ("region = eu-west-1\n  sso_account_id = 111122223333\nsso_role_name = x\n", "config-line-indented"),
        (SSO.replace("\nsso_account", "\n  sso_account").replace("\nsso_role", "\n  sso_role"),
         "config-line-indented"),
        (SSO + ROLE, "profile-source-unusable"),
        (ROLE, "profile-source-unusable"),
        (ROLE + "source_profile = gone\n", "profile-source-unusable"),
        (ROLE + "source_profile = base # all\n", "profile-source-unusable"),
        (ROLE + "source_profile = dev\n", "profile-source-unusable"),
        (SSO + ROLE + "source_profile = dev\n", "profile-source-unusable"),
        (ROLE + "source_profile = b\n[profile b]\nsource_profile = dev\n" + ROLE, "profile-source-unusable"),
        (ROLE + "source_profile = b\n[profile b]\nregion = eu-west-1\n", "profile-source-unusable"),
        (ROLE + "source_profile = base\ncredential_source = Environment\n", "profile-source-unusable"),
        (ROLE + "credential_source = environment\n", "profile-source-unusable"),
        ("web_identity_token_file = /tmp/token\n" + SSO, "profile-incomplete"),
        ("aws_access_key_id = AKIA\n", "profile-incomplete"),
        ("aws_secret_access_key = hush\n", "profile-incomplete"),
        ("aws_access_key = AKIA\naws_secret_access_key = hush\n", "config-key-misspelled"),
        ("region = us-east-1\nsso_region = us-east-1\n" + SSO, "profile-contradicts-session"),
    ],
)  # fmt: skip
def test_a_profile_that_botocore_rejects_is_an_error_and_its_fix_makes_it_work(
    home: Home, profile: str, id: str
) -> None:
    home.write(f"[profile dev]\n{profile}{SESSION}[profile base]\n{SSO}")
    assert home.error("dev")
    found = {finding.id: finding for finding in home.findings()}
    assert id in found and found[id].severity == "error"
    values = {"PROFILE": "base", "KEY": "AKIA", "ROLE_ARN": ROLE.split()[-1]}
    for _attempt in range(4):
        errors = [finding for finding in home.findings() if finding.severity == "error"]
        if not errors:
            break
        follow(errors[0].fix, values)
    assert home.error("dev") == "", home.config.read_text()


@pytest.mark.parametrize(
    "header", ["region = eu-west-1\n  [profile prod]\n", "region = eu-west-1\n\t[default]\n"]
)
def test_a_profile_whose_header_is_indented_exists_after_the_fix(home: Home, header: str) -> None:
    home.write(f"[profile dev]\n{header}" + SSO.replace("sso_", "  sso_") + SESSION)
    name = "prod" if "prod" in header else "default"
    assert home.error(name)
    (finding,) = home.findings()
    assert (finding.id, finding.severity) == ("config-line-indented", "error")
    follow(finding.fix)
    assert home.error(name) == "" and home.findings() == []


@pytest.mark.parametrize(
    ("defaults", "session"), [("region = us-east-1\n", ""), ("", "region = us-east-1\n"), (ROLE, "")]
)
def test_what_leaks_from_another_section_is_removed_there(home: Home, defaults: str, session: str) -> None:
    home.write(f"[DEFAULT]\n{defaults}{SESSION}{session}[profile dev]\nregion = eu-west-1\n{SSO}")
    assert home.error("dev")
    error = next(finding for finding in home.findings() if finding.severity == "error")
    follow(error.fix)
    assert home.error("dev") == "", home.config.read_text()


PROFILE_LINES = [
    *SSO.splitlines(),
    *KEYS.splitlines(),
    ROLE.strip(),
    "source_profile = a",
    "source_profile = b",
    "source_profile = c",
    "credential_source = Environment",
    "web_identity_token_file = /nowhere",
    "sso_start_url = https://acme.awsapps.com/start",
    "sso_region = eu-west-1",
    "sso_region = us-east-1",
    "sso_session = gone",
    "region = eu-west-1",
]
SECTIONS = st.lists(st.sampled_from(PROFILE_LINES), max_size=6, unique_by=lambda line: line.split()[0])


@settings(max_examples=60, deadline=None)
@given(st.lists(SECTIONS, min_size=1, max_size=3), st.lists(SECTIONS, max_size=2))
def test_the_doctor_and_botocore_reject_the_same_profiles(
    config: t.List[t.List[str]], credentials: t.List[t.List[str]]
) -> None:
    with tempfile.TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        home = Home(pathlib.Path(directory))
        patch.setenv("AWS_ACCESS_KEY_ID", "for credential_source")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
        home.write(SESSION + sections("profile ", "abc", config), sections("", "bc", credentials))
        errors = [finding for finding in home.findings() if finding.severity == "error"]
        profiles = Configuration(home.environment).profiles
        for name in profiles:
            assert cause_of(home, name) in [None, *(finding.what for finding in errors)]
            error = home.error(name)
            if error and error != "nothing":
                assert about(errors, "profile-").intersection(sources(profiles, name)), (name, error)
            elif name in about(errors, "profile-incomplete", "profile-source-unusable"):
                assert error, (name, errors)


def cause_of(home: Home, name: str) -> t.Optional[str]:
    """What is wrong with the profile *name* itself, in the words of the lookup sso_credentials."""
    resolver = Configuration(home.environment).resolver
    try:
        resolver.resolve(name)
    except UnresolvedProfile as error:
        cause = error.cause
        is_example = cause.kind is Kind.SESSION and cause.key != "sso_session"  # for several profiles
        return None if error.works or error.profile != name or is_example else cause.what
    return None


def sections(kind: str, names: str, contents: t.List[t.List[str]]) -> str:
    lines = ([f"[{kind}{name}]", *content, ""] for name, content in zip(names, contents))
    return "".join(map("\n".join, lines))


def about(errors: t.Sequence[Finding], *ids: str) -> t.Set[str]:
    """The profiles that the errors of *ids* are about."""
    subjects = [error.subject for error in errors if error.id.startswith(ids)]
    return {name for subject in subjects for name in subject.replace("profile ", "").split(", ")}


def sources(profiles: t.Mapping[str, t.Mapping[str, t.Any]], name: str) -> t.Set[str]:
    """The profile *name*, and those from which it gets credentials."""
    found: t.Set[str] = set()
    while name in profiles and name not in found:
        found.add(name)
        name = str(profiles[name].get("source_profile"))
    return found
