# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits of the AWS configuration file: what changes, what is kept byte for byte, and what is restored."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.editor import REPLACED_MARK
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import (
    ConfigError,
    read_config,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.validation import InputError
from support.aws_config_file import ACME, SESSION, ConfigFile, access_entries, generated_names, profile_entry

LINES_WITH_MARKS = (
    "# managed by workstation.aws_sso\n",
    "  # managed by workstation.aws_sso\n",
    "# keys added by workstation.aws_sso: region\n",
    "# keys added by workstation.aws_sso: s3, sso_session\n",
    "    # keys added by workstation.aws_sso: output\n",
    "region = x\n",
    "output = json\n",
    "sso_session = acme\n",
    "s3 =\n",
    "    a = b\n",
    "    more\n",
    "\n",
    "# a comment\n",
)


class TestDefectsOfAwsConfigure:
    """Cases in which `aws configure` damages a file or adds a second section."""

    def test_section_with_other_quotes_is_updated(self, config: ConfigFile) -> None:
        config.text = ACME + '[profile "with space"]\nregion = eu-west-1\n'
        config.run(profiles=[profile_entry("with space", region="us-east-1")])
        assert config.text.count("[profile") == 1
        assert config.profile("with space")["region"] == "us-east-1"

    def test_keys_are_case_insensitive(self, config: ConfigFile) -> None:
        config.text = ACME + "[profile p]\nRegion = eu-west-1\n"
        config.run(profiles=[profile_entry(region="us-east-1")])
        assert "Region = us-east-1\n" in config.text
        assert config.profile("p")["region"] == "us-east-1"

    def test_section_with_an_indented_header_is_updated(self, config: ConfigFile) -> None:
        config.text = "  [profile p]\n  region = eu-west-1\n" + ACME
        config.run(profiles=[profile_entry(region="us-east-1")])
        assert config.text.count("[profile") == 1
        assert config.profile("p") == {
            "region": "us-east-1",
            "sso_session": "acme",
            "sso_account_id": "111122223333",
            "sso_role_name": "ReadOnly",
        }

    def test_nested_keys_of_the_same_name_are_not_changed(self, config: ConfigFile) -> None:
        config.text = ACME + "[profile p]\nservices =\n  endpoint_url = http://nested\n"
        config.run(profiles=[profile_entry(options={"endpoint_url": "https://outer.example"})])
        assert "services =\n  endpoint_url = http://nested\n" in config.text
        assert config.profile("p")["endpoint_url"] == "https://outer.example"

    def test_multi_line_value_is_replaced_completely(self, config: ConfigFile) -> None:
        config.text = ACME + "[profile p]\nregion = eu\n  # which one?\n\n  -west-1\noutput = json\n"
        config.run(profiles=[profile_entry(region="us-east-1")])
        kept = ["region = eu", "  # which one?", "", "  -west-1"]
        assert "".join(f"{REPLACED_MARK} {line}\n" for line in kept) + "region = us-east-1\n" in config.text
        assert config.profile("p")["region"] == "us-east-1"

    def test_file_with_a_byte_order_mark_is_rejected(self, config: ConfigFile) -> None:
        self.assert_rejected(
            config,
            "\ufeff[profile p]\nregion = eu-west-1\n",
            "line 1: The file starts with a byte order mark",
        )

    def test_last_of_two_sections_for_one_profile_is_updated(self, config: ConfigFile) -> None:
        config.text = ACME + "[profile p]\nregion = 1\n[profile  p]\nregion = 2\n"
        config.run(profiles=[profile_entry(region="us-east-1")])
        mark = f"{REPLACED_MARK} region = 2\n"
        assert f"[profile p]\nregion = 1\n[profile  p]\n{mark}region = us-east-1\n" in config.text
        self.assert_rejected(
            config,
            "[profile p]\n[profile p]\n",
            r"line 2: Section \[profile p\] already exists on line 1. Merge the two",
        )

    def test_section_profile_default_is_updated_as_default(self, config: ConfigFile) -> None:
        config.text = ACME + "[profile default]\nregion = eu-west-1\n"
        config.run(profiles=[profile_entry("default", region="us-east-1")])
        assert "[default]" not in config.text
        assert config.profile("default")["region"] == "us-east-1"

    def test_relative_path_and_dangling_link_are_followed(
        self, config: ConfigFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(config.path.parent)
        config.path = pathlib.Path("config")
        config.path.symlink_to("elsewhere/config")
        config.run(sessions=[SESSION])
        assert config.path.is_symlink()
        assert (config.path.parent / "elsewhere" / "config").read_text() == ACME

    @pytest.mark.parametrize("name", ["o'neil", 'say "hi"', "DOM\\user", "a]b"])
    def test_names_that_would_be_read_differently_are_rejected(self, config: ConfigFile, name: str) -> None:
        with pytest.raises(InputError, match="is not a valid profile name"):
            config.run(sessions=[SESSION], profiles=[profile_entry(name)])
        assert not config.path.exists()

    def assert_rejected(self, config: ConfigFile, text: str, reason: str) -> None:
        config.text = text
        with pytest.raises(ConfigError, match=f"config, {reason}"):
            config.run(sessions=[SESSION], profiles=[profile_entry(region="us-east-1")])
        assert config.text == text


HAND_WRITTEN = [
    "",
    "\n",
    "# only a comment",
    "[default]\nregion = eu-west-1",
    "[default]\r\nregion = eu-west-1\r\n\r\n",
    "[default]\rregion = eu-west-1\r",
    "# written by hand\n\n[default]\n\tregion: eu-west-1   \n\n\n[plugins]\nendpoint = plugin\n\n# end\n",
    "[profile old]\nrole_arn = arn:x\nsource_profile = default\ns3 =\n  a = b\n\n  # c\n",
    "[DEFAULT]\nregion = eu-west-1\n[profile other]\n  output = json\n  cli_pager =\n   ",
    "[services x]\nsso =\n  endpoint_url = http://localhost:1\n[profile \u672c\u756a]\nk = v # \U0001f680\n;",
]


@pytest.mark.parametrize("text", HAND_WRITTEN)
def test_sections_are_appended_and_state_absent_restores_the_file(config: ConfigFile, text: str) -> None:
    config.text = text
    options: t.Dict[str, t.Any] = {
        "sessions": [SESSION],
        "profiles": [profile_entry(options={"s3": {"a": "b"}, "cli_pager": ""}), profile_entry("q r")],
        "access": access_entries(7),
    }
    assert config.run(**options).data is not None
    assert config.text.startswith(text)
    assert config.profile("q r")["sso_session"] == "acme"
    once = config.text
    assert config.run(**options).data is None
    plan = config.run(
        state="absent",
        sessions=[SESSION],
        profiles=[{"name": "q r"}, {"name": "p"}],
        access=access_entries(7),
    )
    assert config.text == text
    assert sorted(plan.removed["profile"]) == sorted(["q r", "p", *generated_names(7)])
    assert config.run(state="absent", sessions=[SESSION], access=access_entries(7)).data is None
    assert once != text


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_new_lines_have_the_line_endings_of_the_file(config: ConfigFile, line_end: str) -> None:
    config.text = (ACME + "[profile p]\noutput = json\n").replace("\n", line_end)
    config.run(profiles=[profile_entry(), profile_entry("q")])
    assert config.text.replace(line_end, "").count("\n") == config.text.replace(line_end, "").count("\r") == 0
    assert config.profile("q")["sso_role_name"] == "ReadOnly"


class TestForeignSections:
    BEFORE = (
        ACME + "[profile p]\n# mine\n  region = eu-west-1\n  cli_pager = less\n# p ends\n\n[dev]\nx = y\n"
    )

    def test_added_keys_are_listed_in_a_comment_and_removed_with_it(self, config: ConfigFile) -> None:
        config.text = self.BEFORE
        assert config.run(profiles=[profile_entry(region="eu-west-1")]).changed["profile"] == ["p"]
        assert config.text == self.BEFORE.replace(
            "  cli_pager = less\n",
            "  cli_pager = less\n"
            "  # keys added by workstation.aws_sso: sso_session, sso_account_id, sso_role_name\n"
            "  sso_session = acme\n  sso_account_id = 111122223333\n  sso_role_name = ReadOnly\n",
        )
        config.run(profiles=[profile_entry(output="json")])
        assert "sso_role_name, output\n" in config.text
        plan = config.run(state="absent", profiles=[{"name": "p"}])
        assert config.text == self.BEFORE
        assert (plan.changed["profile"], plan.removed["profile"]) == (["p"], [])

    def test_existing_keys_are_kept_with_state_absent(self, config: ConfigFile) -> None:
        config.text = before = (
            ACME
            + "[profile p]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = ReadOnly\n"
        )
        assert config.run(profiles=[profile_entry()]).data is None
        plan = config.run(state="absent", profiles=[{"name": "p"}])
        assert config.text == before
        assert plan.warnings == [
            f"[profile p] in {config.path} is kept because sso_profiles did not write it."
        ]

    def test_change_that_would_turn_a_header_into_a_value_is_rejected(self, config: ConfigFile) -> None:
        mark = "# managed by workstation.aws_sso"
        config.text = before = ACME + f"[profile p]\n{mark}\n  sso_session = acme\n  [profile q]\n  k = v\n"
        with pytest.raises(
            ConfigError, match="The change would alter other settings, because of the indentation"
        ):
            config.run(state="absent", profiles=[profile_entry()])
        assert config.text == before


class TestManagedSections:
    def test_absent_removes_the_keys_of_all_comments_that_list_added_keys(self, config: ConfigFile) -> None:
        mark = "# keys added by workstation.aws_sso:"
        config.text = (
            f"{ACME}[profile p]\n{mark} sso_session, region\n{mark} output\nregion = x\noutput = y\n"
        )
        config.run(state="absent", profiles=[{"name": "p"}])
        assert config.text == f"{ACME}[profile p]\n"
        assert config.run(state="absent", profiles=[{"name": "p"}]).data is None

    def test_a_comment_within_a_nested_block_lists_no_added_keys(self, config: ConfigFile) -> None:
        mark = "# keys added by workstation.aws_sso:"
        text = f"{ACME}[profile p]\nregion = x\ns3 =\n  a = b\n  {mark} region\n  c = d\n"
        config.text = text
        config.run(state="absent", profiles=[{"name": "p"}])
        assert config.text == text

    def test_a_comment_below_the_first_key_does_not_mark_the_section_once_that_key_is_removed(
        self, config: ConfigFile
    ) -> None:
        marks = "# keys added by workstation.aws_sso: region", "# managed by workstation.aws_sso"
        config.text = f"{ACME}[profile p]\n{marks[0]}\nregion = x\n{marks[1]}\noutput = json\n"
        config.run(state="absent", profiles=[{"name": "p"}])
        assert config.profile("p") == {"output": "json"}
        assert config.run(state="absent", profiles=[{"name": "p"}]).data is None

    @given(lines=st.lists(st.sampled_from(LINES_WITH_MARKS), max_size=12), value=st.sampled_from([None, "v"]))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def test_wherever_comments_are_a_second_run_changes_nothing_and_foreign_keys_stay(
        self, config: ConfigFile, lines: list[str], value: str | None
    ) -> None:
        text = f"{ACME}[profile p]\n{''.join(lines)}[profile q]\nregion = x\n"
        for options in (
            {"profiles": [profile_entry(options={"s3": value, "cli_pager": value})]},
            {"profiles": [{"name": "p"}], "state": "absent"},
        ):
            config.text = text
            try:
                config.run(**options)
            except (ConfigError, InputError):
                assert config.text == text
                continue
            assert config.run(**options).data is None
            assert config.profile("q") == {"region": "x"}

    def test_own_keys_are_kept_and_a_section_without_the_comment_is_never_removed(
        self, config: ConfigFile
    ) -> None:
        config.run(sessions=[SESSION], profiles=[profile_entry(), profile_entry("q")])
        config.text = config.text.replace("sso_role_name", "cli_pager = less\n# why not\nsso_role_name", 1)
        config.run(profiles=[profile_entry(region="eu-west-1", role_name="Admin")])
        assert "cli_pager = less\n# why not\nsso_role_name = Admin\nregion = eu-west-1\n" in config.text
        start = config.text.index("[profile q]")
        config.text = config.text[:start] + config.text[start:].replace(
            "# managed by workstation.aws_sso\n", ""
        )
        config.run(sessions=[SESSION], profiles=[profile_entry("q")], purge=True)
        assert set(read_config(str(config.path)).profiles) == {"q"}
        config.run(sessions=[SESSION], purge=True)
        plan = config.run(state="absent", sessions=[SESSION], profiles=[profile_entry("q")])
        assert config.profile("q")["sso_session"] == "acme"
        assert "These profiles still use the removed session 'acme': q." in plan.warnings

    def test_comment_below_the_first_key_does_not_mark_a_section(self, config: ConfigFile) -> None:
        config.text = ACME + "[profile mine]\nsso_session = acme\n# managed by workstation.aws_sso\n"
        config.run(sessions=[SESSION], purge=True)
        assert config.profile("mine") == {"sso_session": "acme"}


def test_values_keep_their_delimiters_and_null_removes_a_key(config: ConfigFile) -> None:
    config.text = (
        ACME
        + "[profile p]\nregion:eu-west-1\noutput=b\ncli_pager   =   c\nretry_mode = d\ns3 = e\nx =\n  y = z\n"
    )
    desired = {"cli_pager": "C", "retry_mode": None, "s3": {"k": "v"}, "x": "X", "none": None}
    config.run(profiles=[profile_entry(region="us-east-1", output="text", options=desired)])
    text = "\n".join(line for line in config.text.split("\n") if not line.startswith(REPLACED_MARK))
    assert "[profile p]\nregion:us-east-1\noutput=text\ncli_pager   = C\ns3 =\n    k = v\nx = X\n" in text


def test_diff_has_only_changed_lines_and_no_secret(config: ConfigFile) -> None:
    config.text = "[default]\n# mine\nAWS_Secret_Access_Key = hush\nregion = eu-west-1\n" + ACME
    plan = config.run(profiles=[profile_entry("default", region="us-east-1")], force_default=True)
    assert plan.diff().splitlines() == [
        "@@ line 3 [default] @@",
        "-AWS_Secret_Access_Key = ********",
        f"+{REPLACED_MARK} AWS_Secret_Access_Key = ********",
        "@@ line 4 [default] @@",
        "-region = eu-west-1",
        f"+{REPLACED_MARK} region = eu-west-1",
        "+region = us-east-1",
        "@@ line 5 [default] @@",
        "+# keys added by workstation.aws_sso: sso_session, sso_account_id, sso_role_name",
        "+sso_session = acme",
        "+sso_account_id = 111122223333",
        "+sso_role_name = ReadOnly",
    ]
