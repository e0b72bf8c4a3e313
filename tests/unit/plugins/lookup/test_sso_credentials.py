# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup sso_credentials as a play uses it, against the emulator."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import botocore.session
import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.plugins.loader import lookup_loader
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.doc_fragments import _access
from identity_center import IdentityCenter
from identity_center.world import big_world
from support.logins import LEGACY, change, in_seconds, token_file
from support.role_credentials import (
    ACCESS,
    CREDENTIALS,
    DEPLOY,
    PROFILES,
    START_URL,
    as_the_cli_writes,
    lookup,
    one,
    role_file,
    sign_in,
)

READ_ONLY = "ef7c0373a8420e194e9d028ad5acc50a222b4714"
DIRECT = {"account_id": "111122223333", "role_name": "ReadOnly"}


@pytest.fixture(autouse=True)
def profiles(aws_config: pathlib.Path, center: IdentityCenter) -> None:
    aws_config.write_text(PROFILES)


@pytest.fixture
def signed_in(center: IdentityCenter, profiles: None) -> IdentityCenter:
    sign_in(center)
    return center


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, *more, **options: heard.append(text))
    return heard


def who_am_i(credentials: dict[str, t.Any], **more: t.Any) -> str:
    """The ARN that STS returns for keys in the format of amazon.aws."""
    client = botocore.session.Session(session_vars={"profile": (None, None, None, None)}).create_client(
        "sts",
        region_name="eu-west-1",
        aws_access_key_id=credentials["access_key"],
        aws_secret_access_key=credentials["secret_key"],
        aws_session_token=credentials["session_token"],
        **more,
    )
    arn: str = client.get_caller_identity()["Arn"]
    return arn


class TestSources:
    def test_a_profile_of_a_session(self, signed_in: IdentityCenter) -> None:
        arn = who_am_i(one("dev"))
        assert arn.startswith("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_")

    def test_a_profile_without_a_session(self, center: IdentityCenter) -> None:
        sign_in(center, LEGACY)
        assert ":012345678901:assumed-role/AWSReservedSSO_ReadOnly_" in who_am_i(one("old"))

    def test_an_account_and_a_role_of_a_session(self, signed_in: IdentityCenter) -> None:
        assert ":111122223333:" in who_am_i(one(session="corp", **DIRECT))
        assert signed_in.count("GetRoleCredentials") == 1
        one("dev")
        assert signed_in.count("GetRoleCredentials") == 1, "the same role is one entry of the cache"

    def test_no_configuration_file_is_needed(
        self, signed_in: IdentityCenter, aws_config: pathlib.Path
    ) -> None:
        aws_config.unlink()
        found = one(session="corp", start_url=START_URL, region="eu-west-1", **DIRECT)
        assert ":111122223333:" in who_am_i(found)

    def test_the_session_needs_no_name_with_start_url_and_region(
        self, center: IdentityCenter, aws_config: pathlib.Path
    ) -> None:
        aws_config.unlink()
        sign_in(center, LEGACY)
        assert ":111122223333:" in who_am_i(one(start_url=START_URL, region="eu-west-1", **DIRECT))

    def test_several_profiles(self, signed_in: IdentityCenter) -> None:
        arns = [who_am_i(found) for found in lookup(CREDENTIALS, "dev", "prod")]
        assert [arn.split(":")[4] for arn in arns] == ["111122223333", "222233334444"]

    def test_a_profile_that_assumes_a_role(self, signed_in: IdentityCenter) -> None:
        found = one("deploy")
        assert who_am_i(found).startswith("arn:aws:sts::222233334444:assumed-role/Deploy/ansible-")
        assert found["region"] == "eu-north-1"

    def test_a_role_on_top_of_a_profile_and_of_an_account(self, signed_in: IdentityCenter) -> None:
        audit = {
            "role_arn": "arn:aws:iam::222233334444:role/Audit",
            "external_id": "acme-audit",
            "duration": 900,
        }
        assert ":222233334444:assumed-role/Audit/" in who_am_i(one("dev", **audit))
        assert ":222233334444:assumed-role/Audit/" in who_am_i(one(session="corp", **DIRECT, **audit))
        assert (signed_in.count("AssumeRole"), signed_in.count("GetRoleCredentials")) == (1, 1)

    def test_a_token_of_another_session_with_the_same_portal_is_not_used(
        self, signed_in: IdentityCenter
    ) -> None:
        with pytest.raises(AnsibleError, match="needs a sign-in"):
            one("old")


class TestFormats:
    def test_options_are_what_amazon_aws_takes(self, signed_in: IdentityCenter) -> None:
        found = one("dev")
        assert set(found) == {"access_key", "secret_key", "session_token", "profile", "region"}
        assert (found["profile"], found["region"]) == ("", "eu-central-1")
        assert "region" not in one("prod")

    def test_environment_is_used_by_botocore(
        self, signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = one("dev", format="environment")
        assert found["AWS_REGION"] == found["AWS_DEFAULT_REGION"] == "eu-central-1"
        assert found["AWS_ACCOUNT_ID"] == "111122223333"
        assert set(one("prod", format="environment")) == set(found) - {"AWS_REGION", "AWS_DEFAULT_REGION"}
        script = (
            "import botocore.session\n"
            "print(botocore.session.Session().create_client('sts').get_caller_identity()['Arn'])\n"
        )
        shown = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, **found},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ":111122223333:assumed-role/" in shown.stdout

    def test_process_is_taken_by_botocore(
        self, signed_in: IdentityCenter, tmp_path: pathlib.Path, aws_config: pathlib.Path
    ) -> None:
        document = tmp_path / "document.json"
        document.write_text(json.dumps(one("dev", format="process")))
        aws_config.write_text(f"[profile p]\ncredential_process = cat {document}\n")
        session = botocore.session.Session(profile="p")
        keys = session.get_credentials().get_frozen_credentials()
        assert keys.account_id == "111122223333"
        assert (
            keys.access_key
            == one(session="corp", start_url=START_URL, region="eu-west-1", **DIRECT)["access_key"]
        )

    def test_details(self, signed_in: IdentityCenter) -> None:
        found = one("deploy", format="details")
        assert {
            name: found[name] for name in ("account_id", "role_name", "role_arn", "session", "region")
        } == {
            "account_id": "222233334444",
            "role_name": "ReadOnly",
            "role_arn": DEPLOY,
            "session": "corp",
            "region": "eu-north-1",
        }
        assert in_seconds(3500) < found["expiration"] < in_seconds(3700)

    def test_details_of_a_plain_role_are_the_same_with_and_without_the_cache(
        self, signed_in: IdentityCenter
    ) -> None:
        cold, warm = one("dev", format="details"), one("dev", format="details")
        assert cold == warm
        assert (warm["role_arn"], warm["account_id"]) == (None, "111122223333")


class TestCache:
    def test_credentials_cached_by_the_aws_cli_are_used(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        as_the_cli_writes(role_file(home, READ_ONLY))
        assert one("dev")["access_key"] == "ASIAFROMTHECLI"
        assert signed_in.count("GetRoleCredentials") == 0

    def test_botocore_and_the_aws_cli_use_credentials_cached_by_the_lookup(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        fetched = one("dev")["access_key"]
        session = botocore.session.Session(profile="dev")
        resolver = session.get_component("credential_provider")
        cache = botocore.utils.JSONFileCache(str(home / ".aws" / "cli" / "cache"))
        resolver.get_provider("sso").cache = cache  # as awscli.customizations.sso.inject_json_file_cache does
        assert session.get_credentials().access_key == fetched
        assert signed_in.count("GetRoleCredentials") == 1

    def test_a_hit_sends_no_request(self, signed_in: IdentityCenter) -> None:
        first = one("dev")
        requests = len(signed_in.requests)
        assert one("dev") == first
        assert len(signed_in.requests) == requests

    @pytest.mark.parametrize("profile", ["dev", "old", "deploy"])
    def test_a_hit_imports_no_botocore_opens_no_socket_and_starts_no_process(
        self, signed_in: IdentityCenter, profile: str, tmp_path: pathlib.Path
    ) -> None:
        sign_in(signed_in, LEGACY)
        one(profile)
        script = tmp_path / "hit.py"
        script.write_text(
            "import sys\n"
            f"sys.path.insert(0, {str(pathlib.Path(__file__).parents[3])!r})\n"
            "import conftest\n"
            "from ansible.plugins.loader import lookup_loader\n"
            f"plugin = lookup_loader.get({CREDENTIALS!r})\n"
            "events = []\n"
            "watched = ('socket.', 'subprocess.Popen', 'os.exec', 'os.fork', 'os.posix_spawn', 'os.system')\n"
            "sys.addaudithook(lambda event, arguments: event.startswith(watched) and events.append(event))\n"
            f"found = plugin.run([{profile!r}], {{}})\n"
            "assert found[0]['access_key'].startswith('ASIA')\n"
            "assert not events, events\n"
            "heavy = ('botocore', 'boto3', 'urllib3', 'jmespath')\n"
            "assert not [name for name in sys.modules if name.startswith(heavy)]\n"
        )
        requests = len(signed_in.requests)
        subprocess.run([sys.executable, str(script)], check=True)
        assert len(signed_in.requests) == requests

    def test_a_hit_and_a_miss_are_shown_as_debug_output_without_secrets(
        self, signed_in: IdentityCenter, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown: list[str] = []
        monkeypatch.setattr(Display, "vvv", lambda self, text, host=None: shown.append(text))
        monkeypatch.setattr(Display(), "verbosity", 3)
        path = role_file(home, READ_ONLY)
        secrets = [value for name, value in one("dev").items() if name in ("secret_key", "session_token")]
        assert (
            f"workstation.aws_sso: ReadOnly in 111122223333 (corp): no cached credentials in {path}" in shown
        )
        shown.clear()
        one("dev")
        (hit,) = shown
        assert f"ReadOnly in 111122223333 (corp): using cached credentials in {path}" in hit
        assert not any(secret in text for secret in secrets for text in shown)

    def test_credentials_that_expire_soon_are_replaced(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        as_the_cli_writes(role_file(home, READ_ONLY), seconds=899)
        assert one("dev")["access_key"] != "ASIAFROMTHECLI"

    def test_min_ttl_is_the_minimum_remaining_lifetime(
        self, signed_in: IdentityCenter, home: pathlib.Path
    ) -> None:
        as_the_cli_writes(role_file(home, READ_ONLY), seconds=600)
        assert one("dev", min_ttl=500)["access_key"] == "ASIAFROMTHECLI"
        assert one("dev", min_ttl=1800)["access_key"] != "ASIAFROMTHECLI"

    def test_a_damaged_file_is_replaced(self, signed_in: IdentityCenter, home: pathlib.Path) -> None:
        path = role_file(home, READ_ONLY)
        path.parent.mkdir(parents=True)
        path.write_text('{"Credentials": {"AccessKeyId": "ASI')
        key = one("dev")["access_key"]
        assert json.loads(path.read_text())["Credentials"]["AccessKeyId"] == key

    def test_cached_credentials_are_returned_although_the_token_has_expired(
        self, signed_in: IdentityCenter
    ) -> None:
        first = one("dev")
        change(token_file(), expiresAt=in_seconds(-60))
        assert one("dev") == first

    @pytest.mark.parametrize("profile", ["dev", "deploy"])
    def test_cached_credentials_of_a_signed_out_session_are_not_returned(
        self, signed_in: IdentityCenter, profile: str
    ) -> None:
        one(profile)
        token_file().unlink()
        with pytest.raises(AnsibleError, match="The session corp needs a sign-in: it has no token"):
            one(profile)


class TestUnusableCacheDirectory:
    @pytest.fixture(autouse=True)
    def no_directory(self, signed_in: IdentityCenter, home: pathlib.Path) -> None:
        (home / ".aws" / "cli").write_text("a file in the place of the directory")

    def test_credentials_are_returned_with_cache_false(self) -> None:
        assert ":111122223333:" in who_am_i(one("dev", cache=False))


class TestShortSessions:
    @pytest.fixture
    def center(self, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[IdentityCenter]:
        with IdentityCenter(credential_seconds=600) as emulator:
            for name, value in emulator.environment().items():
                monkeypatch.setenv(name, value)
            yield emulator

    def test_a_lifetime_below_min_ttl_is_a_warning_and_credentials_are_cached(
        self, signed_in: IdentityCenter, warnings: list[str]
    ) -> None:
        keys = {one("dev")["access_key"] for _time in range(5)}
        assert len(keys) == 1 and signed_in.count("GetRoleCredentials") == 1
        assert len(warnings) == 5
        (warning,) = set(warnings)
        assert (
            "ReadOnly in the account 111122223333 are valid for 10 minutes, less than the 15 minutes"
            in warning
        )

    def test_a_run_shows_the_warning_once_for_each_role_cached_or_not(
        self, signed_in: IdentityCenter, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for _number in range(3):
            one("dev"), one("admin")
        said = "".join(capsys.readouterr().err.split())
        assert said.count("min_ttl") == 2
        one("dev", min_ttl=50000)
        assert "ofReadOnly" in "".join(capsys.readouterr().err.split())

    def test_cached_credentials_that_are_not_valid_for_the_whole_lifetime_are_warned_of(
        self, signed_in: IdentityCenter, warnings: list[str]
    ) -> None:
        assert one("dev", min_ttl=600) and not warnings
        one("dev", min_ttl=600)
        (warning,) = warnings
        assert "are valid for 10 minutes, not more than the 10 of min_ttl" in warning
        one("dev", min_ttl=500)
        assert len(warnings) == 1

    def test_without_the_cache_too(self, signed_in: IdentityCenter, warnings: list[str]) -> None:
        one("dev", cache=False)
        (warning,) = warnings
        assert "valid for 10 minutes, less than the 15 minutes" in warning


class TestRefusals:
    def test_a_missing_token_is_reported_with_the_commands_that_sign_in(self, center: IdentityCenter) -> None:
        with pytest.raises(AnsibleError) as caught:
            one("dev")
        message = str(caught.value)
        assert (
            "ansible-playbook workstation.aws_sso.login -e target=localhost -e workstation_session=corp"
            in message
        )
        assert "aws sso login --sso-session corp" in message

    def test_an_expired_token_is_reported_with_the_command_that_signs_in(
        self, signed_in: IdentityCenter
    ) -> None:
        change(token_file(), expiresAt=in_seconds(-60), refreshToken=None)
        with pytest.raises(AnsibleError, match="aws sso login --sso-session corp"):
            one("dev")

    def test_a_token_that_expires_is_refreshed(self, signed_in: IdentityCenter) -> None:
        change(token_file(), expiresAt=in_seconds(30))
        assert ":111122223333:" in who_am_i(one("dev"))
        assert signed_in.count("CreateToken") == 2

    def test_a_token_rejected_with_401_is_refreshed_once(self, signed_in: IdentityCenter) -> None:
        signed_in.revoke_tokens()
        assert ":111122223333:" in who_am_i(one("dev"))
        assert signed_in.count("GetRoleCredentials", 401) == 1

    def test_a_second_401_names_the_login(self, signed_in: IdentityCenter) -> None:
        signed_in.faults.add("GetRoleCredentials", "expired")
        with pytest.raises(AnsibleError, match=r"even after a refresh.*aws sso login --sso-session corp"):
            one("dev")
        assert signed_in.count("GetRoleCredentials") == 2

    def test_an_ended_sign_in_names_the_login(self, signed_in: IdentityCenter) -> None:
        signed_in.end_sessions()
        with pytest.raises(AnsibleError, match="aws sso login --sso-session corp"):
            one("dev")

    def test_a_role_that_is_not_yours_lists_those_that_are(self, signed_in: IdentityCenter) -> None:
        with pytest.raises(AnsibleError) as caught:
            one(session="corp", account_id="111122223333", role_name="Nope")
        assert str(caught.value).endswith(
            "You do not have the role Nope in the account 111122223333."
            " You have: AdministratorAccess, ReadOnly."
        )

    def test_an_account_that_is_not_yours(self, signed_in: IdentityCenter) -> None:
        with pytest.raises(AnsibleError, match="You have no role there"):
            one(session="corp", account_id="999999999999", role_name="ReadOnly")

    @pytest.mark.parametrize("fault", ["throttle", "server_error", "unavailable", "cut_before", "truncated"])
    def test_what_passes_is_tried_again(self, signed_in: IdentityCenter, fault: str) -> None:
        signed_in.faults.add("GetRoleCredentials", fault, times=2)
        assert ":111122223333:" in who_am_i(one("dev"))
        assert signed_in.count("GetRoleCredentials") == 3

    def test_a_page_of_a_proxy_is_reported_as_one(self, signed_in: IdentityCenter) -> None:
        signed_in.faults.add("GetRoleCredentials", "proxy_page")
        with pytest.raises(AnsibleError, match="not from AWS but from something in between"):
            one("dev")

    def test_a_role_that_does_not_trust(self, signed_in: IdentityCenter) -> None:
        with pytest.raises(AnsibleError, match=f"the name and the account of {DEPLOY}.* It must trust"):
            one("prod", role_arn=DEPLOY)

    def test_no_message_holds_a_secret(self, signed_in: IdentityCenter) -> None:
        token = json.loads(token_file().read_text())
        for fault in ("expired", "server_error"):
            signed_in.faults.clear()
            signed_in.faults.add("AssumeRole", fault)
            with pytest.raises(AnsibleError) as caught:
                one("deploy")
            keys = one("dev")
            for secret in (
                *keys.values(),
                token["accessToken"],
                token["refreshToken"],
                token["clientSecret"],
            ):
                assert not secret or secret in ("eu-central-1",) or secret not in str(caught.value)
            assert caught.value.__cause__ is None


class TestOptions:
    @pytest.mark.parametrize(
        ("terms", "options", "message"),
        [
            (["dve"], {}, "There is no profile dve in .* Did you mean dev"),
            ([], {}, "account_id is missing. Pass a profile as a term, or specify"),
            ([], {"account_id": "111122223333"}, "role_name is missing"),
            ([], DIRECT, "account_id and role_name require session, or start_url and region"),
            ([], {**DIRECT, "start_url": START_URL}, "require session, or start_url and region"),
            ([], {**DIRECT, "session": "crop"}, r"no \[sso-session crop\].*Did you mean corp"),
            (
                [],
                {**DIRECT, "session": "corp", "account_id": 11122223333},
                "string of 12 digits, not the number 11122223333. Quote it in YAML",
            ),
            ([], {**DIRECT, "session": "corp", "account_id": "1111-2222-33"}, "string of 12 digits"),
            (
                ["dev"],
                {"role_name": "x", "session": "corp"},
                "session and role_name cannot be combined with a profile",
            ),
            (
                ["dev"],
                {"region": "eu-central-1"},
                "region is the region of IAM Identity Center.* as AWS_REGION",
            ),
            (
                ["dev"],
                {"format": "env"},
                "format must be one of options, environment, process, details, not 'env'",
            ),
            (["dev"], {"min_tll": 1}, "no option 'min_tll'. Did you mean min_ttl"),
            (["dev"], {"min_ttl": True}, "min_ttl must be a whole number, not True"),
            (["dev"], {"role_arn": ["arn"]}, "role_arn must be a string, not list"),
            ([], {**DIRECT, "session": "corp", "account_id": True}, "account_id must be a string, not bool"),
            ([], {**DIRECT, "session": "corp", "account_id": 1.5}, "account_id must be a string, not float"),
            ([{"name": "dev"}], {}, "A term must be a string, not a dictionary"),
            (["dev"], {"role_arn": "Deploy"}, r"role/Deploy, not 'Deploy'\.$"),
            (["dev"], {"role_arn": "arn:aws:iam::1:role/x\x1b"}, r"role_arn must be .*, not 'arn:.*x\?'\.$"),
            (["dev"], {"role_arn": DEPLOY, "duration": 60}, "must be 900 to 3600 seconds, not 60"),
            (["dev"], {"role_arn": DEPLOY, "external_id": "x"}, "must have 2 to 1224 characters, not 1"),
            (
                [],
                {"session": "corp", "account_id": "Production", "role_name": "ReadOnly"},
                r"12 digits, not 'Production'\. The lookup workstation.aws_sso.sso_access lists the IDs",
            ),
            (
                [],
                {"session": "corp", "account_id": "11122223333", "role_name": "ReadOnly"},
                r"not '11122223333'\. It has 11 digits; leading zeros may be missing\.",
            ),
            (["dev"], {"foo": 1}, r"There is no option 'foo'\.$"),
            (["dev"], {"min_ttl": "soon"}, "min_ttl must be a whole number, not 'soon'"),
            (["dev"], {"cache": "perhaps"}, "cache must be true or false, not 'perhaps'"),
            (["dev"], {"external_id": "x"}, "external_id requires role_arn"),
            (["dev"], {"duration": 900}, "duration requires role_arn"),
        ],
    )
    def test_invalid_options_are_refused(
        self, terms: list[str], options: dict[str, t.Any], message: str
    ) -> None:
        with pytest.raises(AnsibleError, match=message):
            lookup(CREDENTIALS, *terms, **options)

    def test_integers_are_names_and_account_ids(self, signed_in: IdentityCenter) -> None:
        with pytest.raises(AnsibleError, match="You do not have the role 4711"):
            one(session="corp", account_id=111122223333, role_name=4711)
        with pytest.raises(AnsibleError, match="There is no profile 4711"):
            lookup(CREDENTIALS, 4711)  # type: ignore[arg-type]
        with pytest.raises(AnsibleError, match=r"no \[sso-session 4711\]"):
            one(session=4711, **DIRECT)

    def test_profiles_may_be_in_a_list(self, signed_in: IdentityCenter) -> None:
        assert lookup(CREDENTIALS, ["dev", ["prod"]]) == lookup(CREDENTIALS, "dev", "prod")  # type: ignore[arg-type]

    def test_strings_of_templates_are_converted(self, signed_in: IdentityCenter, home: pathlib.Path) -> None:
        as_the_cli_writes(role_file(home, READ_ONLY), seconds=600)
        assert one("dev", min_ttl="300", cache="yes")["access_key"] == "ASIAFROMTHECLI"

    def test_an_invalid_configuration_file_is_reported_with_its_line(self, aws_config: pathlib.Path) -> None:
        aws_config.write_text("[profile dev]\nregion eu-west-1\n")
        with pytest.raises(AnsibleError, match="config, line 2: The line is neither"):
            one("dev")

    def test_the_documentation_and_the_lookup_have_the_same_options(self) -> None:
        plugin = lookup_loader.get(CREDENTIALS)
        module = sys.modules[type(plugin).__module__]
        documented = yaml.safe_load(module.DOCUMENTATION)["options"]
        documented.update(yaml.safe_load(_access.ModuleDocFragment.ENVIRONMENT)["options"])
        del documented["_terms"]
        for option in documented.values():
            del option["description"]
        assert documented == plugin.option_definitions
        assert documented["format"]["choices"] == list(module.fast_path.FORMATS)


Crowd = t.Callable[[t.List[str]], t.List[str]]


@pytest.fixture
def crowd(signed_in: IdentityCenter, tmp_path: pathlib.Path) -> Crowd:
    """Processes that start together and print the access key of their profile."""
    script = tmp_path / "fork.py"
    script.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(pathlib.Path(__file__).parents[3])!r})\n"
        "import os, conftest\n"
        "from ansible.plugins.loader import lookup_loader\n"
        "lookup_loader.get('ansible.builtin.env')\n"
        "waiting, go = os.pipe()\n"
        "children = []\n"
        "for profile in sys.argv[1:]:\n"
        "    if os.fork() == 0:\n"
        "        os.close(go)\n"
        "        os.read(waiting, 1)\n"
        f"        key = lookup_loader.get({CREDENTIALS!r}).run([profile], {{}})[0]['access_key']\n"
        "        os.write(1, f'{profile} {key}\\n'.encode())\n"
        "        os._exit(0)\n"
        "os.close(go)\n"
        "statuses = [os.wait()[1] for profile in sys.argv[1:]]\n"
        "sys.exit(any(statuses))\n"
    )

    def run(profiles: list[str]) -> list[str]:
        done = subprocess.run(
            [sys.executable, str(script), *profiles], capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def test_40_forks_that_need_one_role_send_one_request(signed_in: IdentityCenter, crowd: Crowd) -> None:
    lines = crowd(["dev"] * 40)
    assert len(lines) == 40 and len(set(lines)) == 1
    assert signed_in.count("GetRoleCredentials") == 1


class TestTenRoles:
    @pytest.fixture
    def center(self, home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[IdentityCenter]:
        with IdentityCenter(big_world(accounts=10, roles=1)) as emulator:
            for name, value in emulator.environment().items():
                monkeypatch.setenv(name, value)
            yield emulator

    def test_40_forks_that_need_ten_roles_send_ten_requests(
        self, signed_in: IdentityCenter, crowd: Crowd, aws_config: pathlib.Path
    ) -> None:
        names = []
        for account in signed_in.world.accounts:
            names.append(account.id)
            keys = f"sso_session = corp\nsso_account_id = {account.id}\nsso_role_name = Role00\n"
            aws_config.write_text(f"{aws_config.read_text()}[profile {account.id}]\n{keys}")
        lines = crowd(names * 4)
        assert len(lines) == 40 and len(set(lines)) == 10
        assert signed_in.count("GetRoleCredentials") == 10


def test_a_crowd_with_a_dead_token_refreshes_it_once(signed_in: IdentityCenter, crowd: Crowd) -> None:
    signed_in.revoke_tokens()
    lines = crowd(["dev", "admin", "prod"] * 4)
    assert len(set(lines)) == 3
    assert signed_in.count("CreateToken") == 2


class TestRegionOfTheStartUrl:
    """A session whose start URL contains its region needs no region."""

    PORTAL = "https://ssoins-1.portal.eu-west-1.app.aws"

    @pytest.fixture(autouse=True)
    def token(self, signed_in: IdentityCenter, aws_config: pathlib.Path) -> None:
        aws_config.unlink()
        change(token_file(), startUrl=self.PORTAL)

    def test_credentials_and_access(self, signed_in: IdentityCenter) -> None:
        for _miss_and_hit in range(2):
            assert one(session="corp", start_url=self.PORTAL, **DIRECT)["access_key"]
        assert signed_in.count("GetRoleCredentials") == 1
        session = {"name": "corp", "start_url": self.PORTAL, "region": None}
        assert lookup(ACCESS, sessions=[session]) == lookup(
            ACCESS, sessions=[{**session, "region": "eu-west-1"}]
        )

    def test_a_given_region_has_precedence(self) -> None:
        with pytest.raises(AnsibleError, match="needs a sign-in"):  # the token is one of eu-west-1
            one(session="corp", start_url=self.PORTAL, region="eu-central-1", **DIRECT)

    @pytest.mark.parametrize("cached", [False, True])
    def test_another_start_url_needs_it(self, cached: bool) -> None:
        change(token_file(), startUrl=START_URL)
        if cached:
            one(session="corp", start_url=START_URL, region="eu-west-1", **DIRECT)
        with pytest.raises(AnsibleError, match=f"region, which {START_URL} does not contain"):
            one(session="corp", start_url=START_URL, **DIRECT)

    def test_a_section_of_the_configuration(self, aws_config: pathlib.Path) -> None:
        aws_config.write_text(
            PROFILES.replace("sso_region = eu-west-1\n", "").replace(START_URL, self.PORTAL)
        )
        assert one("dev")["access_key"]


class TestEnvironment:
    def test_it_applies_to_calls(self, signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
        endpoint = {"AWS_ENDPOINT_URL_SSO": signed_in.url}
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", "http://127.0.0.1:9")
        with pytest.raises(AnsibleError, match="cannot be reached"):
            one("dev")
        assert one("dev", environment=endpoint)["access_key"]
        assert os.environ["AWS_ENDPOINT_URL_SSO"] == "http://127.0.0.1:9"
        assert one("dev")["access_key"], "the cache serves lookups with and without it"
        assert signed_in.count("GetRoleCredentials") == 1

    def test_a_proxy_is_used(self, signed_in: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", "https://portal.example.invalid")
        monkeypatch.setenv("NO_PROXY", "")
        with pytest.raises(AnsibleError, match="the proxy of HTTPS_PROXY does not answer"):
            one("dev", environment={"HTTPS_PROXY": "http://127.0.0.1:9", "no_proxy": ""})

    def test_the_configuration_is_that_of_the_environment_on_a_miss_and_on_a_hit(
        self, signed_in: IdentityCenter, tmp_path: pathlib.Path
    ) -> None:
        other = tmp_path / "config"
        other.write_text(PROFILES.replace("profile dev", "profile elsewhere"))
        for _miss_and_hit in range(2):
            assert one("elsewhere", environment={"AWS_CONFIG_FILE": str(other)})["access_key"]
        with pytest.raises(AnsibleError, match="There is no profile elsewhere"):
            one("elsewhere")

    def test_it_must_be_a_dictionary(self) -> None:
        with pytest.raises(AnsibleError, match="environment"):
            one("dev", environment="HTTPS_PROXY=x")


def test_a_profile_of_aws_login_is_refused_with_the_way_to_use_it(aws_config: pathlib.Path) -> None:
    aws_config.write_text("[profile console]\nlogin_session = arn:aws:iam::111122223333:user/alice\n")
    with pytest.raises(AnsibleError) as caught:
        one("console")
    assert "gets its credentials from `aws login` (login_session)" in str(caught.value)
    assert "run: aws login --profile console" in str(caught.value)


def test_a_source_profile_of_aws_login_is_refused_too(aws_config: pathlib.Path) -> None:
    aws_config.write_text(
        "[profile console]\nlogin_session = arn:aws:iam::111122223333:user/alice\n"
        "[profile deploy]\nrole_arn = arn:aws:iam::222233334444:role/Deploy\nsource_profile = console\n"
    )
    with pytest.raises(AnsibleError, match="profile console gets its credentials from `aws login`"):
        one("deploy")


def test_a_profile_with_both_uses_identity_center(
    signed_in: IdentityCenter, aws_config: pathlib.Path
) -> None:
    aws_config.write_text(
        PROFILES.replace("[profile dev]", "[profile dev]\nlogin_session = arn:aws:iam::1:u")
    )
    assert one("dev")["access_key"]
