# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans for the AWS configuration file: which sections are added, changed, removed or rejected."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import read_config
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError
from support.aws_config_file import (
    ACME,
    SESSION,
    ConfigFile,
    access,
    access_entries,
    generated_names,
    profile_entry,
)


class TestForeignSections:
    """Sections that sso_profiles did not write."""

    OTHERS = (
        "[profile p]\n# mine\nrole_arn = x\nsource_profile = y\n"
        "[profile prod]\nsso_session = acme\nsso_account_id = 999999999999\nsso_role_name = ReadOnly\n"
        "[sso-session my-sso]\nsso_start_url = https://other.awsapps.com/start\n\nsso_region = us-east-1\n"
    )
    OPTIONS: t.ClassVar[t.Dict[str, t.Any]] = {
        "sessions": [SESSION, dict(SESSION, name="my-sso")],
        "profiles": [profile_entry(), profile_entry("prod"), profile_entry("new")],
    }

    def test_with_other_credentials_are_refused_in_one_message(self, config: ConfigFile) -> None:
        config.text = before = self.OTHERS
        with pytest.raises(InputError) as raised:
            config.run(**self.OPTIONS)
        for text in (
            "[profile p] on line 1 (role_arn, source_profile)",
            "[profile prod] on line 5 (sso_account_id = 999999999999)",
            "[sso-session my-sso] on line 9 (sso_start_url = https://other.awsapps.com/start)",
        ):
            assert text in str(raised.value)
        assert "new" not in str(raised.value)
        assert config.text == before

    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    @pytest.mark.parametrize("end", ["", "\n"])
    def test_are_changed_with_force_and_restored_by_absent(
        self, config: ConfigFile, line_end: str, end: str
    ) -> None:
        config.text = before = f"{self.OTHERS[:-1]}{end}".replace("\n", line_end)
        plan = config.run(force=True, **self.OPTIONS)
        assert plan.changed == {"profile": ["p", "prod"], "sso-session": ["my-sso"]}
        assert config.profile("prod")["sso_account_id"] == "111122223333"
        assert "role_arn" not in config.profile("p")
        assert config.run(force=True, **self.OPTIONS).data is None
        assert config.run(**self.OPTIONS).data is None
        config.run(profiles=[profile_entry("prod", role_name="Admin")], force=True)
        config.run(profiles=[profile_entry("prod", role_name="Other", region="eu-west-1")], force=True)
        config.run(state="absent", **self.OPTIONS)
        assert config.text == before

    def test_replaced_values_of_any_shape_are_restored(self, config: ConfigFile) -> None:
        config.text = before = (
            f"{ACME}  [profile p]\n  Region:eu\n    # which?\n\n    -west-1\n  s3=\n    a = b \n    # c\n"
            "  cli_pager\t=  less # x\n  output = json\n  ; end\n[profile q]\n"
        )
        for changed in ({"s3": {"k": "v"}, "cli_pager": None}, {"s3": None, "cli_pager": "x"}, {"s3": "y"}):
            config.run(profiles=[profile_entry(region="us-east-1", output="text", options=changed)])
            assert config.profile("p")["output"] == "text"
        config.run(state="absent", profiles=[profile_entry()])
        assert config.text == before

    def test_of_the_same_role_and_portal_need_no_force(self, config: ConfigFile) -> None:
        config.text = before = (
            f"{ACME}[profile p]\nsso_start_url = https://acme.awsapps.com/start/#/\nsso_region = eu-west-1\n"
            "sso_account_id = 111122223333\nsso_role_name = ReadOnly\nregion = us-east-1\n"
        )
        config.run(profiles=[profile_entry(region="eu-west-1")])
        assert config.profile("p")["sso_session"] == "acme"
        config.run(state="absent", profiles=[profile_entry()])
        assert config.text == before

    @pytest.mark.parametrize("force", [False, True])
    @pytest.mark.parametrize(
        "section", ["sso_account_id = 999999999999\nsso_role_name = ReadOnly", "region = x", "role_arn = x"]
    )
    def test_are_never_taken_by_the_name_of_an_account(
        self, config: ConfigFile, section: str, force: bool
    ) -> None:
        config.text = before = f"{ACME}[profile Acme-Prod]\n{section}\n"
        options = {"access": [access()], "profile_name": "{account_name}", "force": force}
        with pytest.raises(
            InputError, match=r"\[profile Acme-Prod\] on line 6 .*List the profiles in profiles"
        ):
            config.run(**options)
        assert config.text == before
        config.run(profiles=[profile_entry("Acme-Prod")], force=True)
        config.run(**options)

    def test_default_needs_force_default(self, config: ConfigFile) -> None:
        config.text = before = f"[default]\naws_access_key_id = a\n  aws_secret_access_key = b\n{ACME}"
        options = {"profiles": [profile_entry()], "default_profile": "p"}
        with pytest.raises(InputError, match="set force_default"):
            config.run(force=True, **options)
        config.run(force_default=True, **options)
        assert set(config.profile("default")) == {"sso_session", "sso_account_id", "sso_role_name"}
        config.run(state="absent", **options)
        assert config.text == before


def test_legacy_keys_of_a_profile_follow_its_session(config: ConfigFile) -> None:
    config.text = (
        ACME + "[profile p]\nsso_start_url = https://acme.awsapps.com/start#/\nsso_region = us-east-1\n"
    )
    config.run(profiles=[profile_entry()])
    settings = config.profile("p")
    assert (settings["sso_start_url"], settings["sso_region"]) == (
        "https://acme.awsapps.com/start",
        "eu-west-1",
    )


class TestPurge:
    def test_purge_removes_managed_profiles_of_the_given_sessions_only(self, config: ConfigFile) -> None:
        other = dict(SESSION, name="other")
        config.text = mine = "[profile mine]\nsso_session = acme\n# note\n"
        config.run(
            sessions=[SESSION, other],
            access=access_entries(5),
            profiles=[profile_entry("q", session="other")],
        )
        plan = config.run(sessions=[SESSION], access=access_entries(2), purge=True)
        assert sorted(plan.removed["profile"]) == generated_names(5)[2:]
        assert set(read_config(str(config.path)).profiles) == {"mine", "q", *generated_names(2)}
        plan = config.run(state="absent", sessions=[SESSION, other], purge=True)
        assert config.text == mine
        assert plan.warnings == ["These profiles still use the removed session 'acme': mine."]

    def test_profiles_are_kept_without_purge(self, config: ConfigFile) -> None:
        config.run(sessions=[SESSION], access=access_entries(5))
        assert config.run(sessions=[SESSION], access=access_entries(2)).data is None

    def test_purge_removes_default_without_default_profile(self, config: ConfigFile) -> None:
        config.run(sessions=[SESSION], profiles=[profile_entry()], default_profile="p")
        config.run(sessions=[SESSION], profiles=[profile_entry()], default_profile="p", purge=True)
        assert "default" in read_config(str(config.path)).profiles
        plan = config.run(sessions=[SESSION], profiles=[profile_entry()], purge=True)
        assert plan.removed["profile"] == ["default"]


class TestOwner:
    """Several tasks can own profiles of one session."""

    BY_ID: t.ClassVar[t.Dict[str, t.Any]] = {"purge": True, "owner": "by-id"}
    BY_NAME: t.ClassVar[t.Dict[str, t.Any]] = {
        "purge": True,
        "owner": "by-name",
        "profile_name": "by-{account_id}",
    }

    @pytest.mark.parametrize("other", [BY_NAME, {**BY_NAME, "owner": None}])
    def test_tasks_with_purge_keep_the_profiles_of_each_other(
        self, config: ConfigFile, other: t.Dict[str, t.Any]
    ) -> None:
        tasks = [(self.BY_ID, access_entries(3)), (other, access_entries(11)[::5])]
        for options, entries in tasks:
            config.run(sessions=[SESSION], access=entries, **options)
        assert len(read_config(str(config.path)).profiles) == 6
        for options, entries in tasks:
            assert config.run(sessions=[SESSION], access=entries, **options).data is None
        plan = config.run(sessions=[SESSION], access=access_entries(1), **self.BY_ID)
        assert plan.removed["profile"] == generated_names(3)[1:]
        plan = config.run(sessions=[SESSION], access=access_entries(1), **other)
        assert plan.removed["profile"] == ["by-000000000001", "by-000000000002"]

    def test_profiles_without_an_owner_get_one_and_keep_it(self, config: ConfigFile) -> None:
        config.run(sessions=[SESSION], access=access_entries(2))
        plan = config.run(sessions=[SESSION], access=access_entries(1), **self.BY_ID)
        assert (plan.changed["profile"], plan.removed["profile"]) == (generated_names(1), [])
        assert config.text.count("# managed by workstation.aws_sso: by-id\n") == 1
        assert config.run(sessions=[SESSION], access=access_entries(2)).data is None
        plan = config.run(sessions=[SESSION], purge=True)
        assert plan.removed["profile"] == generated_names(2)[1:]
        plan = config.run(sessions=[SESSION], **self.BY_ID)
        assert plan.removed["profile"] == generated_names(1)

    def test_absent_removes_named_profiles_unless_another_owner_is_given(self, config: ConfigFile) -> None:
        config.run(sessions=[SESSION], access=access_entries(2), **self.BY_ID)
        absent: t.Dict[str, t.Any] = {"state": "absent", "access": access_entries(1)}
        assert config.run(owner="by-name", **absent).data is None
        assert config.run(owner="by-id", **absent).removed["profile"] == generated_names(1)
        config.run(state="absent", sessions=[SESSION], access=access_entries(2))
        assert config.text == ""

    @pytest.mark.parametrize("owner", ["", "a b", "a\nb", "a#", "\u00e4"])
    def test_is_a_word(self, config: ConfigFile, owner: str) -> None:
        with pytest.raises(InputError, match="owner must consist of letters"):
            config.run(sessions=[SESSION], owner=owner)


class TestDefaultProfile:
    def test_default_mirrors_the_profile_and_follows_it(self, config: ConfigFile) -> None:
        config.run(
            sessions=[SESSION],
            profiles=[profile_entry(region="eu-west-1"), profile_entry("q", role_name="Admin")],
            default_profile="p",
        )
        assert config.profile("default") == config.profile("p")
        config.run(default_profile="q")
        assert config.profile("default")["sso_role_name"] == "Admin"
        plan = config.run(state="absent", default_profile="q")
        assert plan.removed["profile"] == ["default"]
        assert set(read_config(str(config.path)).profiles) == {"p", "q"}

    def test_default_without_credentials_gets_the_keys(self, config: ConfigFile) -> None:
        config.text = before = "[default]\nregion = eu-west-1\n" + ACME
        config.run(profiles=[profile_entry()], default_profile="p")
        config.run(profiles=[profile_entry("q", role_name="Admin")], default_profile="q")
        assert config.profile("default")["sso_role_name"] == "Admin"
        config.run(state="absent", profiles=[profile_entry(), profile_entry("q")], default_profile="q")
        assert config.text == before

    @pytest.mark.parametrize(
        "credentials",
        [
            "aws_access_key_id = AKIAEXAMPLE",
            "credential_process = /bin/true",
            "role_arn = x",
            "login_session = x",
            "sso_session = other",
            "sso_start_url = https://other.awsapps.com/start",
        ],
    )
    @pytest.mark.parametrize("header", ["default", "profile default"])
    def test_default_with_other_credentials_requires_force_default(
        self, config: ConfigFile, credentials: str, header: str
    ) -> None:
        config.text = before = f"[{header}]\n{credentials}\n" + ACME
        for desired in (
            {"profiles": [profile_entry()], "default_profile": "p"},
            {"profiles": [profile_entry("default")]},
        ):
            with pytest.raises(InputError, match=r"has other credentials .* or set force_default"):
                config.run(**desired)
            assert config.text == before
            config.run(force_default=True, **desired)
            settings = config.profile("default")
            assert settings["sso_session"] == "acme"
            assert not {"aws_access_key_id", "credential_process", "role_arn", "login_session"} & set(
                settings
            )
            assert settings.get("sso_start_url") in (None, "https://acme.awsapps.com/start")
            config.text = before

    def test_default_in_the_credentials_file_requires_force_default(self, config: ConfigFile) -> None:
        config.credentials.write_text(
            "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n"
        )
        options = {"sessions": [SESSION], "profiles": [profile_entry()], "default_profile": "p"}
        with pytest.raises(
            InputError, match=r"\[default\] in the credentials file has aws_access_key_id, aws_sec"
        ):
            config.run(**options)
        assert not config.path.exists()
        plan = config.run(force_default=True, **options)
        assert plan.shadowed == ["default"]

    def test_unknown_default_profile_is_an_error_that_suggests_names(self, config: ConfigFile) -> None:
        with pytest.raises(
            InputError, match=r"default_profile 'sandbx' is neither .*\. Did you mean sandbox\?"
        ):
            config.run(sessions=[SESSION], profiles=[profile_entry("sandbox")], default_profile="sandbx")
        with pytest.raises(InputError, match="cannot be combined with a profile called default"):
            config.run(sessions=[SESSION], profiles=[profile_entry("default")], default_profile="default")


def test_unknown_session_is_an_error_that_suggests_names(config: ConfigFile) -> None:
    with pytest.raises(
        InputError, match=r"The session 'acne' is neither in sessions nor in .*\. Did you mean acme\?"
    ):
        config.run(sessions=[SESSION], profiles=[profile_entry(session="acne")])


def test_sections_of_the_credentials_file_are_reported_as_shadowing(config: ConfigFile) -> None:
    config.credentials.write_text("[p]\naws_access_key_id = x\n[other]\n")
    plan = config.run(sessions=[SESSION], profiles=[profile_entry(), profile_entry("q")])
    assert plan.shadowed == ["p"]
    assert plan.warnings == [
        "The credentials file has sections with the names of these profiles, and its keys take precedence: p"
        " (aws_access_key_id on line 2)."
    ]


def test_a_credentials_file_that_botocore_rejects_is_an_error(config: ConfigFile) -> None:
    config.run(sessions=[SESSION], profiles=[profile_entry()])
    before = config.text
    config.credentials.write_text("broken")
    with pytest.raises(InputError, match=r"credentials, line 1: The line is before the first .* reject all"):
        config.run(profiles=[profile_entry(region="eu-west-1")])
    assert config.text == before
    config.run(state="absent", sessions=[SESSION], profiles=[profile_entry()])
    assert config.text == ""


class TestSessionOptions:
    OPTIONS: t.ClassVar = {"sso_use_device_code": True, "services": "x", "s3": {"addressing_style": "path"}}

    def test_are_written_changed_and_removed(self, config: ConfigFile) -> None:
        session = dict(SESSION, options=self.OPTIONS)
        assert config.run(sessions=[session]).added["sso-session"] == ["acme"]
        assert config.text == ACME + (
            "sso_use_device_code = true\nservices = x\ns3 =\n    addressing_style = path\n"
        )
        assert config.run(sessions=[session]).data is None
        assert config.run(sessions=[SESSION]).data is None  # as for profiles, other keys are never removed
        changed = {"sso_use_device_code": False, "services": None, "S3": None}
        plan = config.run(sessions=[dict(SESSION, options=changed)])
        assert plan.changed["sso-session"] == ["acme"]
        assert config.text == ACME + "sso_use_device_code = false\n"
        config.run(state="absent", sessions=[{"name": "acme", "options": changed}])
        assert config.text == ""

    def test_in_a_foreign_section_are_removed_again(self, config: ConfigFile) -> None:
        config.text = before = ACME.replace("# managed by workstation.aws_sso\n", "# mine\n")
        config.run(sessions=[dict(SESSION, options={"sso_use_device_code": True})])
        assert "# keys added by workstation.aws_sso: sso_use_device_code\n" in config.text
        assert "sso_use_device_code = true\n" in config.text
        config.run(state="absent", sessions=[SESSION])
        assert config.text == before

    @pytest.mark.parametrize(
        "options",
        [
            {"sso_start_url": "https://x.awsapps.com/start"},
            {"SSO_Region": "eu-west-1"},
            {"sso_registration_scopes": "x"},
            {"sso_account_id": "111122223333"},
            {"region": "eu-west-1"},
            {"credential_process": "x"},
            {"aws_secret_access_key": "x"},
            {"a b": "x"},
            {"x": "y # z"},
            {"x": ["y"]},
            {"x": "y\n[profile evil]"},
            {"x": {}},
        ],
    )
    def test_are_validated_as_those_of_profiles(
        self, config: ConfigFile, options: t.Dict[str, t.Any]
    ) -> None:
        with pytest.raises(InputError, match="Session 'acme': ") as of_session:
            config.run(sessions=[dict(SESSION, options=options)])
        with pytest.raises(InputError) as of_profile:
            config.run(sessions=[SESSION], profiles=[profile_entry(options=options)])
        assert str(of_session.value).partition(": ")[2] == str(of_profile.value).partition(": ")[2]
        assert not config.path.exists()

    def test_must_not_differ_from_a_key_of_a_profile(self, config: ConfigFile) -> None:
        """As botocore requires, see tests/unit/botocore/test_aws_config.py."""
        config.text = ACME + "retry_mode = standard\n"
        with pytest.raises(InputError, match=r"line 6: retry_mode = standard .* from retry_mode = adaptive"):
            config.run(profiles=[profile_entry(options={"retry_mode": "adaptive"})])
        config.run(profiles=[profile_entry(options={"retry_mode": "standard"})])

    def test_that_would_break_a_foreign_profile_are_an_error(self, config: ConfigFile) -> None:
        config.text = before = f"{ACME}[profile mine]\nsso_session = acme\nretry_mode = adaptive\n"
        with pytest.raises(InputError, match=r"retry_mode = adaptive in \[profile mine\] \(line 8\)"):
            config.run(sessions=[dict(SESSION, options={"retry_mode": "standard"})])
        assert config.text == before
        config.run(sessions=[dict(SESSION, options={"retry_mode": "adaptive", "cli_pager": ""})])

    def test_profiles_that_were_broken_before_do_not_stop_others(self, config: ConfigFile) -> None:
        config.text = (
            f"{ACME}retry_mode = standard\n[profile mine]\nsso_session = acme\nretry_mode = adaptive\n"
        )
        config.run(sessions=[SESSION], profiles=[profile_entry()])

    def test_of_purged_profiles_do_not_count(self, config: ConfigFile) -> None:
        config.run(sessions=[SESSION], profiles=[profile_entry(options={"retry_mode": "adaptive"})])
        session = dict(SESSION, options={"retry_mode": "standard"})
        with pytest.raises(InputError, match="retry_mode"):
            config.run(sessions=[session])
        plan = config.run(sessions=[session], purge=True)
        assert plan.removed["profile"] == ["p"]


START_URL = SESSION["start_url"]


def test_access_of_a_legacy_session_without_a_session_says_what_to_do(config: ConfigFile) -> None:
    config.text = f"[profile old]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n"
    with pytest.raises(InputError, match=r"is a start URL.* add a session with this start URL to sessions"):
        config.run(access=[access(session=START_URL)])


def test_links_to_the_console_are_not_written(config: ConfigFile) -> None:
    config.run(sessions=[SESSION], access=[access()])
    assert "ReadOnly-111122223333" in config.text
    assert "console" not in config.text


class TestResolution:
    """What would not work is an error that names the line; see also tests/unit/botocore."""

    @pytest.mark.parametrize(
        ("stray", "message"),
        [
            (
                "[DEFAULT]\nregion = us-east-1\n",
                r"config, line 2: region = us-east-1 in \[DEFAULT\] ",
            ),
            ("[DEFAULT]\nrole_arn = x\nsource_profile = base\n", r"line 3: There is no profile base"),
            ("[DEFAULT]\ncredential_source = Environment\nrole_arn = x\n", r"line 3: .* credential_source"),
            ("[DEFAULT]\nrole_arn = x\n", r"line 2: .*remove role_arn from \[DEFAULT\]"),
            (
                "[DEFAULT]\nweb_identity_token_file = /x\n",
                r"line 2: web_identity_token_file takes",
            ),
        ],
    )
    def test_leaks_from_default(self, config: ConfigFile, stray: str, message: str) -> None:
        config.text = before = stray
        with pytest.raises(InputError, match=message):
            config.run(sessions=[SESSION], profiles=[profile_entry(region="eu-west-1")])
        assert config.text == before

    @pytest.mark.parametrize("key", ["region = us-east-1", "sso_account_id = 999999999999", "output = text"])
    def test_keys_of_the_session(self, config: ConfigFile, key: str) -> None:
        config.text = before = f"{ACME}{key}\n"
        with pytest.raises(InputError, match=f"config, line 6: {key}"):
            config.run(profiles=[profile_entry(region="eu-west-1", output="json")])
        assert config.text == before

    @pytest.mark.parametrize("missing", ["sso_start_url", "sso_region"])
    def test_incomplete_session(self, config: ConfigFile, missing: str) -> None:
        config.text = ACME.replace(missing, "x")
        with pytest.raises(InputError, match=rf"line 1: \[sso-session acme\] has no {missing}"):
            config.run(profiles=[profile_entry()])

    def test_all_causes_are_in_one_message(self, config: ConfigFile) -> None:
        config.credentials.write_text("[p]\nsso_role_name = Admin\n[q]\nrole_arn = x\n")
        with pytest.raises(InputError) as raised:
            config.run(
                sessions=[SESSION],
                profiles=[profile_entry(), profile_entry("q"), profile_entry("r")],
            )
        text = str(raised.value)
        assert "credentials, line 2: sso_role_name in [p] of the credentials file (line 2) takes prec" in text
        assert "credentials, line 4: The profile has role_arn but no source_profile" in text
        assert "Profile r" not in text

    def test_one_cause_of_many_profiles_is_reported_once(self, config: ConfigFile) -> None:
        config.text = "[DEFAULT]\nregion = us-east-1\n"
        with pytest.raises(InputError) as raised:
            config.run(sessions=[SESSION], access=access_entries(500), region="eu-west-1")
        assert str(raised.value).count("[DEFAULT]") == 2
        assert "and 490 more" in str(raised.value)

    def test_a_region_of_the_credentials_file_is_a_warning(self, config: ConfigFile) -> None:
        config.credentials.write_text("[p]\nregion = us-east-1\n")
        plan = config.run(sessions=[SESSION], profiles=[profile_entry(region="eu-west-1")])
        assert "p (region on line 2)" in plan.warnings[0]

    def test_default_is_resolved_as_well(self, config: ConfigFile) -> None:
        config.text = ACME + "[default]\nsso_region = eu-west-1\nretry_mode = x\n[DEFAULT]\nretry_mode = y\n"
        with pytest.raises(InputError, match=r"Remove retry_mode from \[DEFAULT\]\. \(Profile default\.\)"):
            config.run(profiles=[profile_entry()], default_profile="p")
