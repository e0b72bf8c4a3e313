# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration file under the hands of others: what stays, what changes, what is undone."""

from __future__ import annotations

import os
import pathlib
import random
import signal
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config import (
    update as aws_config_update,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.desired import InputError
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import (
    ConfigError,
    read_config,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.planner import Plan
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.update import (
    request_from_options,
    update,
)

DEFAULTS: t.Dict[str, t.Any] = {
    "state": "present",
    "sessions": [],
    "profiles": [],
    "access": [],
    "profile_name": "{role_name}-{account_id}",
    "region": None,
    "output": None,
    "options": None,
    "overrides": [],
    "accounts": [],
    "roles": [],
    "exclude_accounts": [],
    "exclude_roles": [],
    "default_profile": None,
    "force_default": False,
    "purge": False,
}
SESSION = {"name": "acme", "start_url": "https://acme.awsapps.com/start", "region": "eu-west-1"}
ACME = (
    "[sso-session acme]\n# managed by workstation.aws_sso\nsso_start_url = https://acme.awsapps.com/start\n"
    "sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n"
)


class Config:
    """A configuration file in a directory of its own."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.credentials = path.parent / "credentials"

    @property
    def text(self) -> str:
        return self.path.read_bytes().decode()

    @text.setter
    def text(self, text: str) -> None:
        self.path.write_bytes(text.encode())

    def run(self, check_mode: bool = False, **options: t.Any) -> Plan:
        request = request_from_options({**DEFAULTS, **options})
        return update(str(self.path), str(self.credentials), request, check_mode=check_mode).plan

    def profile(self, name: str) -> t.Dict[str, t.Any]:
        return read_config(str(self.path)).profiles[name]


@pytest.fixture
def config(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / ".aws").mkdir()
    return Config(tmp_path / ".aws" / "config")


def profile(name: str = "p", **fields: t.Any) -> t.Dict[str, t.Any]:
    return {"name": name, "session": "acme", "account_id": "111122223333", "role_name": "ReadOnly", **fields}


def access(number: int) -> t.List[t.Dict[str, t.Any]]:
    return [
        {"session": "acme", "account_id": f"{index // 5:012}", "role_name": f"Role{index % 5}"}
        for index in range(number)
    ]


def test_a_new_file(config: Config) -> None:
    config.path.parent.rmdir()
    plan = config.run(sessions=[SESSION], profiles=[profile(region="eu-west-1", options={"s3": {"a": "b"}})])
    assert config.text == ACME + (
        "\n[profile p]\n# managed by workstation.aws_sso\nsso_session = acme\nsso_account_id = 111122223333\n"
        "sso_role_name = ReadOnly\nregion = eu-west-1\ns3 =\n    a = b\n"
    )
    assert (plan.added, plan.changed) == (
        {"sso-session": ["acme"], "profile": ["p"]},
        {"sso-session": [], "profile": []},
    )
    assert os.stat(config.path).st_mode & 0o777 == 0o600
    assert config.run(sessions=[SESSION], profiles=[profile(region="eu-west-1")]).data is None


class TestDefectsOfTheWriterOfTheAwsCli:
    """What `aws configure` does to a file, case by case; none of it happens here."""

    def test_1_section_with_other_quotes_is_found(self, config: Config) -> None:
        config.text = ACME + '[profile "with space"]\nregion = eu-west-1\n'
        config.run(profiles=[profile("with space", region="us-east-1")])
        assert config.text.count("[profile") == 1
        assert config.profile("with space")["region"] == "us-east-1"

    def test_2_keys_have_no_case(self, config: Config) -> None:
        config.text = ACME + "[profile p]\nRegion = eu-west-1\n"
        config.run(profiles=[profile(region="us-east-1")])
        assert "Region = us-east-1\n" in config.text
        assert config.profile("p")["region"] == "us-east-1"

    def test_3_indented_header_is_found(self, config: Config) -> None:
        config.text = "  [profile p]\n  region = eu-west-1\n" + ACME
        config.run(profiles=[profile(region="us-east-1")])
        assert config.text.count("[profile") == 1
        assert config.profile("p") == {
            "region": "us-east-1",
            "sso_session": "acme",
            "sso_account_id": "111122223333",
            "sso_role_name": "ReadOnly",
        }

    def test_4_nested_keys_of_the_same_name_are_left_alone(self, config: Config) -> None:
        config.text = ACME + "[profile p]\nservices =\n  endpoint_url = http://nested\n"
        config.run(profiles=[profile(options={"endpoint_url": "https://outer.example"})])
        assert "services =\n  endpoint_url = http://nested\n" in config.text
        assert config.profile("p")["endpoint_url"] == "https://outer.example"

    def test_5_value_of_several_lines_is_replaced_whole(self, config: Config) -> None:
        config.text = ACME + "[profile p]\nregion = eu\n  # which one?\n\n  -west-1\noutput = json\n"
        config.run(profiles=[profile(region="us-east-1")])
        assert "region = us-east-1\n  # which one?\noutput = json\n" in config.text
        assert config.profile("p")["region"] == "us-east-1"

    def test_6_file_with_a_byte_order_mark_gets_no_second_section(self, config: Config) -> None:
        self.assert_refused(
            config, "\ufeff[profile p]\nregion = eu-west-1\n", "line 1: it starts with a byte order mark"
        )

    def test_7_of_two_sections_that_count_for_one_the_last_is_edited(self, config: Config) -> None:
        config.text = ACME + "[profile p]\nregion = 1\n[profile  p]\nregion = 2\n"
        config.run(profiles=[profile(region="us-east-1")])
        assert "[profile p]\nregion = 1\n[profile  p]\nregion = us-east-1\n" in config.text
        self.assert_refused(
            config,
            "[profile p]\n[profile p]\n",
            r"line 2: section \[profile p\] is already on line 1; merge the two",
        )

    def test_8_default_under_its_other_name_is_found(self, config: Config) -> None:
        config.text = ACME + "[profile default]\nregion = eu-west-1\n"
        config.run(profiles=[profile("default", region="us-east-1")])
        assert "[default]" not in config.text
        assert config.profile("default")["region"] == "us-east-1"

    def test_9_bare_relative_path_and_dangling_link(
        self, config: Config, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(config.path.parent)
        config.path = pathlib.Path("config")
        config.path.symlink_to("elsewhere/config")
        config.run(sessions=[SESSION])
        assert config.path.is_symlink()
        assert (config.path.parent / "elsewhere" / "config").read_text() == ACME

    @pytest.mark.parametrize("name", ["o'neil", 'say "hi"', "DOM\\user", "a]b"])
    def test_10_names_that_would_be_lost_are_refused(self, config: Config, name: str) -> None:
        with pytest.raises(InputError, match="cannot be the name of a profile"):
            config.run(sessions=[SESSION], profiles=[profile(name)])
        assert not config.path.exists()

    def assert_refused(self, config: Config, text: str, reason: str) -> None:
        config.text = text
        with pytest.raises(ConfigError, match=f"config, {reason}"):
            config.run(sessions=[SESSION], profiles=[profile(region="us-east-1")])
        assert config.text == text


HAND_MADE = [
    "",
    "\n",
    "# only a comment",
    "[default]\nregion = eu-west-1",
    "[default]\r\nregion = eu-west-1\r\n\r\n",
    "[default]\rregion = eu-west-1\r",
    "# tended for years\n\n[default]\n\tregion: eu-west-1   \n\n\n[plugins]\nendpoint = plugin\n\n# end\n",
    "[profile old]\nrole_arn = arn:x\nsource_profile = default\ns3 =\n  a = b\n\n  # c\n",
    "[DEFAULT]\nregion = eu-west-1\n[profile other]\n  output = json\n  cli_pager =\n   ",
    "[services x]\nsso =\n  endpoint_url = http://localhost:1\n[profile \u672c\u756a]\nk = v # \U0001f680\n;",
]


@pytest.mark.parametrize("text", HAND_MADE)
def test_added_sections_follow_what_was_there_and_absent_takes_them_out(config: Config, text: str) -> None:
    config.text = text
    options: t.Dict[str, t.Any] = {
        "sessions": [SESSION],
        "profiles": [profile(options={"s3": {"a": "b"}, "cli_pager": ""}), profile("q r")],
        "access": access(7),
    }
    assert config.run(**options).data is not None
    assert config.text.startswith(text)
    assert config.profile("q r")["sso_session"] == "acme"
    once = config.text
    assert config.run(**options).data is None
    plan = config.run(
        state="absent", sessions=[SESSION], profiles=[{"name": "q r"}, {"name": "p"}], access=access(7)
    )
    assert config.text == text
    assert sorted(plan.removed["profile"]) == sorted(["q r", "p", *request_names(7)])
    assert config.run(state="absent", sessions=[SESSION], access=access(7)).data is None
    assert once != text


def request_names(number: int) -> t.List[str]:
    return [f"{entry['role_name']}-{entry['account_id']}" for entry in access(number)]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_new_lines_end_as_their_neighbours_do(config: Config, line_end: str) -> None:
    config.text = (ACME + "[profile p]\noutput = json\n").replace("\n", line_end)
    config.run(profiles=[profile(), profile("q")])
    assert config.text.replace(line_end, "").count("\n") == config.text.replace(line_end, "").count("\r") == 0
    assert config.profile("q")["sso_role_name"] == "ReadOnly"


class TestSectionsOfOthers:
    BEFORE = (
        ACME + "[profile p]\n# mine\n  region = eu-west-1\n  cli_pager = less\n# p ends\n\n[dev]\nx = y\n"
    )

    def test_keys_are_added_under_a_comment_and_taken_out_by_it(self, config: Config) -> None:
        config.text = self.BEFORE
        assert config.run(profiles=[profile(region="eu-west-1")]).changed["profile"] == ["p"]
        assert config.text == self.BEFORE.replace(
            "  cli_pager = less\n",
            "  cli_pager = less\n"
            "  # keys added by workstation.aws_sso: sso_session, sso_account_id, sso_role_name\n"
            "  sso_session = acme\n  sso_account_id = 111122223333\n  sso_role_name = ReadOnly\n",
        )
        config.run(profiles=[profile(output="json")])
        assert "sso_role_name, output\n" in config.text
        plan = config.run(state="absent", profiles=[{"name": "p"}])
        assert config.text == self.BEFORE
        assert (plan.changed["profile"], plan.removed["profile"]) == (["p"], [])

    def test_keys_that_were_there_are_not_undone(self, config: Config) -> None:
        config.text = (
            ACME
            + "[profile p]\nsso_session = acme\nsso_account_id = 444455556666\nsso_role_name = ReadOnly\n"
        )
        config.run(profiles=[profile()])
        assert "sso_account_id = 111122223333\n" in config.text
        assert "keys added" not in config.text
        before = config.text
        plan = config.run(state="absent", profiles=[{"name": "p"}])
        assert config.text == before
        assert plan.warnings == ["[profile p] stays: this module did not write it"]

    def test_other_credentials_are_not_mixed_with_a_session(self, config: Config) -> None:
        config.text = before = ACME + "\n[profile p]\nrole_arn = x\nsource_profile = y\n"
        with pytest.raises(
            InputError, match=r"line 7: \[profile p\] has other credentials \(role_arn, source_profile\)"
        ):
            config.run(profiles=[profile()])
        assert config.text == before

    def test_profile_of_the_older_form_follows_its_session(self, config: Config) -> None:
        config.text = (
            ACME + "[profile p]\nsso_start_url = https://acme.awsapps.com/start#/\nsso_region = us-east-1\n"
        )
        config.run(profiles=[profile()])
        settings = config.profile("p")
        assert (settings["sso_start_url"], settings["sso_region"]) == (
            "https://acme.awsapps.com/start",
            "eu-west-1",
        )

    def test_change_that_would_make_a_header_a_value_is_refused(self, config: Config) -> None:
        mark = "# managed by workstation.aws_sso"
        config.text = before = ACME + f"[profile p]\n{mark}\n  sso_session = acme\n  [profile q]\n  k = v\n"
        with pytest.raises(ConfigError, match="the wanted change would alter other settings, by the indents"):
            config.run(state="absent", profiles=[profile()])
        assert config.text == before


class TestMarks:
    def test_added_key_survives_an_update_and_a_deleted_mark_is_for_ever(self, config: Config) -> None:
        config.run(sessions=[SESSION], profiles=[profile(), profile("q")])
        config.text = config.text.replace("sso_role_name", "cli_pager = less\n# why not\nsso_role_name", 1)
        config.run(profiles=[profile(region="eu-west-1", role_name="Admin")])
        assert "cli_pager = less\n# why not\nsso_role_name = Admin\nregion = eu-west-1\n" in config.text
        start = config.text.index("[profile q]")
        config.text = config.text[:start] + config.text[start:].replace(
            "# managed by workstation.aws_sso\n", ""
        )
        config.run(sessions=[SESSION], profiles=[profile("q")], purge=True)
        assert set(read_config(str(config.path)).profiles) == {"q"}
        config.run(sessions=[SESSION], purge=True)
        plan = config.run(state="absent", sessions=[SESSION], profiles=[profile("q")])
        assert config.profile("q")["sso_session"] == "acme"
        assert "these profiles still name the session 'acme': q" in plan.warnings

    def test_mark_that_lost_its_section_marks_nothing(self, config: Config) -> None:
        config.text = ACME + "[profile mine]\nsso_session = acme\n# managed by workstation.aws_sso\n"
        config.run(sessions=[SESSION], purge=True)
        assert config.profile("mine") == {"sso_session": "acme"}


class TestPurge:
    def test_only_ours_and_only_of_the_sessions_named(self, config: Config) -> None:
        other = dict(SESSION, name="other")
        config.text = mine = "[profile mine]\nsso_session = acme\n# note\n"
        config.run(sessions=[SESSION, other], access=access(5), profiles=[profile("q", session="other")])
        plan = config.run(sessions=[SESSION], access=access(2), purge=True)
        assert sorted(plan.removed["profile"]) == request_names(5)[2:]
        assert set(read_config(str(config.path)).profiles) == {"mine", "q", *request_names(2)}
        plan = config.run(state="absent", sessions=[SESSION, other], purge=True)
        assert config.text == mine
        assert plan.warnings == ["these profiles still name the session 'acme': mine"]

    def test_without_purge_nothing_goes(self, config: Config) -> None:
        config.run(sessions=[SESSION], access=access(5))
        assert config.run(sessions=[SESSION], access=access(2)).data is None

    def test_default_goes_when_it_is_no_longer_wanted(self, config: Config) -> None:
        config.run(sessions=[SESSION], profiles=[profile()], default_profile="p")
        config.run(sessions=[SESSION], profiles=[profile()], default_profile="p", purge=True)
        assert "default" in read_config(str(config.path)).profiles
        plan = config.run(sessions=[SESSION], profiles=[profile()], purge=True)
        assert plan.removed["profile"] == ["default"]


class TestDefaultProfile:
    def test_mirrors_a_wanted_profile_and_follows_it(self, config: Config) -> None:
        config.run(
            sessions=[SESSION],
            profiles=[profile(region="eu-west-1"), profile("q", role_name="Admin")],
            default_profile="p",
        )
        assert config.profile("default") == config.profile("p")
        config.run(default_profile="q")
        assert config.profile("default")["sso_role_name"] == "Admin"
        plan = config.run(state="absent", default_profile="q")
        assert plan.removed["profile"] == ["default"]
        assert set(read_config(str(config.path)).profiles) == {"p", "q"}

    def test_adds_to_a_default_without_credentials(self, config: Config) -> None:
        config.text = before = "[default]\nregion = eu-west-1\n" + ACME
        config.run(profiles=[profile()], default_profile="p")
        config.run(profiles=[profile("q", role_name="Admin")], default_profile="q")
        assert config.profile("default")["sso_role_name"] == "Admin"
        config.run(state="absent", profiles=[profile(), profile("q")], default_profile="q")
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
    def test_leaves_other_credentials_alone_unless_forced(
        self, config: Config, credentials: str, header: str
    ) -> None:
        config.text = before = f"[{header}]\n{credentials}\n" + ACME
        for wanted in (
            {"profiles": [profile()], "default_profile": "p"},
            {"profiles": [profile("default")]},
        ):
            with pytest.raises(InputError, match=r"has credentials of its own .* or set force_default"):
                config.run(**wanted)
            assert config.text == before
            config.run(force_default=True, **wanted)
            settings = config.profile("default")
            assert settings["sso_session"] == "acme"
            assert not {"aws_access_key_id", "credential_process", "role_arn", "login_session"} & set(
                settings
            )
            assert settings.get("sso_start_url") in (None, "https://acme.awsapps.com/start")
            config.text = before

    def test_leaves_the_default_of_the_credentials_file_alone_unless_forced(self, config: Config) -> None:
        config.credentials.write_text(
            "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n"
        )
        options = {"sessions": [SESSION], "profiles": [profile()], "default_profile": "p"}
        with pytest.raises(
            InputError, match=r"\[default\] of the credentials file holds aws_access_key_id, aws_sec"
        ):
            config.run(**options)
        assert not config.path.exists()
        plan = config.run(force_default=True, **options)
        assert plan.shadowed == ["default"]

    def test_unknown_profile_is_an_error_with_near_names(self, config: Config) -> None:
        with pytest.raises(
            InputError, match=r"default_profile 'sandbx' is neither .*; did you mean sandbox\?"
        ):
            config.run(sessions=[SESSION], profiles=[profile("sandbox")], default_profile="sandbx")
        with pytest.raises(InputError, match="at once"):
            config.run(sessions=[SESSION], profiles=[profile("default")], default_profile="default")


def test_unknown_session_is_an_error_with_near_names(config: Config) -> None:
    with pytest.raises(
        InputError, match=r"session 'acne' is neither in sessions nor in .*; did you mean acme\?"
    ):
        config.run(sessions=[SESSION], profiles=[profile(session="acne")])


def test_sections_of_the_credentials_file_are_reported_as_shadowing(config: Config) -> None:
    config.credentials.write_text("[p]\naws_access_key_id = x\n[other]\n")
    plan = config.run(sessions=[SESSION], profiles=[profile(), profile("q")])
    assert plan.shadowed == ["p"]
    assert plan.warnings == [
        "sections of the credentials file have the names of these profiles, and their keys win: p"
    ]
    config.credentials.write_text("broken")
    plan = config.run(profiles=[profile(region="eu-west-1")])
    assert "credentials, line 1: the line stands before the first" in plan.warnings[0]
    assert config.profile("p")["region"] == "eu-west-1"


def test_values_keep_their_delimiters_and_null_removes(config: Config) -> None:
    config.text = (
        ACME
        + "[profile p]\nregion:eu-west-1\noutput=b\ncli_pager   =   c\nretry_mode = d\ns3 = e\nx =\n  y = z\n"
    )
    wanted = {"cli_pager": "C", "retry_mode": None, "s3": {"k": "v"}, "x": "X", "none": None}
    config.run(profiles=[profile(region="us-east-1", output="text", options=wanted)])
    assert (
        "[profile p]\nregion:us-east-1\noutput=text\ncli_pager   = C\ns3 =\n    k = v\nx = X\n" in config.text
    )


def test_diff_shows_changed_lines_alone_and_no_secret(config: Config) -> None:
    config.text = "[default]\n# mine\nAWS_Secret_Access_Key = hush\nregion = eu-west-1\n" + ACME
    plan = config.run(profiles=[profile("default", region="us-east-1")], force_default=True)
    assert plan.diff().splitlines() == [
        "@@ line 3 [default] @@",
        "-AWS_Secret_Access_Key = ********",
        "@@ line 4 [default] @@",
        "-region = eu-west-1",
        "+region = us-east-1",
        "@@ line 5 [default] @@",
        "+# keys added by workstation.aws_sso: sso_session, sso_account_id, sso_role_name",
        "+sso_session = acme",
        "+sso_account_id = 111122223333",
        "+sso_role_name = ReadOnly",
    ]


def test_check_mode_tells_the_same_and_touches_nothing(config: Config, tmp_path: pathlib.Path) -> None:
    options: t.Dict[str, t.Any] = {"sessions": [SESSION], "access": access(3)}
    predicted = config.run(check_mode=True, **options)
    assert os.listdir(tmp_path) == [".aws"]
    assert os.listdir(config.path.parent) == []
    done = config.run(**options)
    assert (predicted.data, predicted.added) == (done.data, done.added)
    assert predicted.data == config.path.read_bytes()


def test_what_another_program_writes_meanwhile_is_not_lost(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.text = ACME
    plan_changes = aws_config_update.plan_changes
    writes = iter(["[profile theirs]\nregion = 1\n", "[profile more]\nregion = 2\n"])

    def plan_while_others_write(*arguments: t.Any) -> Plan:
        with config.path.open("a") as stream:
            stream.write(next(writes, ""))
        return plan_changes(*arguments)

    monkeypatch.setattr(aws_config_update, "plan_changes", plan_while_others_write)
    config.run(profiles=[profile()])
    assert set(read_config(str(config.path)).profiles) == {"theirs", "more", "p"}


def test_file_that_is_just_being_written_is_waited_for(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_config_update, "_SECONDS_OF_ANOTHER_WRITER", 60.0)
    config.text = ""

    def write() -> None:
        time.sleep(0.05)
        config.text = ACME

    pid = fork(write)
    config.run(profiles=[profile()])
    os.waitpid(pid, 0)
    assert config.text.startswith(ACME)
    assert config.profile("p")["sso_session"] == "acme"


def test_processes_that_write_at_the_same_time_lose_nothing(config: Config) -> None:
    config.text = ACME
    pids = [fork(lambda number=number: config.run(profiles=[profile(f"p{number}")])) for number in range(20)]
    assert [os.waitpid(pid, 0)[1] for pid in pids] == [0] * 20
    assert set(read_config(str(config.path)).profiles) == {f"p{number}" for number in range(20)}


def test_kill_at_any_moment_leaves_one_of_the_two_files_and_no_litter(config: Config) -> None:
    old = ACME + "[profile mine]\nk = v\n"
    config.text = old
    entries = access(200)
    config.run(access=entries)
    new = config.text
    chance = random.Random(1)
    outcomes = set()
    for _attempt in range(60):
        config.text = old
        pid = fork(lambda: config.run(access=entries))
        time.sleep(chance.uniform(0.0, 0.03))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        outcomes.add(config.text)
        assert set(os.listdir(config.path.parent)) <= {"config", ".config.aws_sso"}
    assert outcomes <= {old, new}
    assert old in outcomes
    config.run(access=entries)
    assert config.text == new


def fork(action: t.Callable[[], t.Any]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            action()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return pid
