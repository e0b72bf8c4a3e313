# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup sso_access against the emulator."""

from __future__ import annotations

import pathlib
import subprocess
import sys
import typing as t

import pytest
from ansible.errors import AnsibleError
from ansible.utils.display import Display

from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import paced_client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.rate_limit import Backoff
from identity_center import IdentityCenter
from identity_center.world import HOSTILE_NAMES, big_world, hostile_world
from support.logins import LEGACY
from support.role_credentials import ACCESS, PROFILES, START_URL, lookup, sign_in

Center = t.Callable[..., IdentityCenter]


@pytest.fixture
def start(aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Center]:
    """Starts an emulator in which somebody has signed in."""
    running = []

    def start_center(*arguments: t.Any, **knobs: t.Any) -> IdentityCenter:
        center = IdentityCenter(*arguments, **knobs).start()
        running.append(center)
        for name, value in center.environment().items():
            monkeypatch.setenv(name, value)
        sign_in(center)
        return center

    yield start_center
    for center in running:
        center.stop()
        assert not center.mistakes and not center.invalid_requests


def names(found: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(access["account_name"], access["role_name"]) for access in found]


def test_every_role_in_every_account_sorted(start: Center) -> None:
    start()
    found = lookup(ACCESS, "corp")
    assert found[0] == {
        "session": "corp",
        "account_id": "111122223333",
        "account_name": "Development",
        "email": "aws+development@acme.example",
        "role_name": "AdministratorAccess",
        "console_url": f"{START_URL}/#/console?account_id=111122223333&role_name=AdministratorAccess",
    }
    assert names(found) == [
        ("Development", "AdministratorAccess"),
        ("Development", "ReadOnly"),
        ("Log Archive", "ReadOnly"),
        ("Production", "AdministratorAccess"),
        ("Production", "ReadOnly"),
    ]


def test_globs_match_ids_and_names_and_save_calls(start: Center) -> None:
    center = start()
    assert names(lookup(ACCESS, "corp", accounts=["Prod*", "0123*"], roles=["Read*"])) == [
        ("Log Archive", "ReadOnly"),
        ("Production", "ReadOnly"),
    ]
    assert center.count("ListAccountRoles") == 2
    assert lookup(ACCESS, "corp", accounts=["prod*"]) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("[?role_name=='AdministratorAccess'].account_id", ["111122223333", "222233334444"]),
        ("length(@)", [5]),
        ("[?role_name=='Nope']", []),
    ],
)
def test_jmespath(start: Center, query: str, found: list[t.Any]) -> None:
    start()
    assert lookup(ACCESS, "corp", query=query) == found


@pytest.mark.parametrize("query", ["[?", "nope(@)", "abs(@)"])
def test_a_query_that_is_none_is_named(start: Center, query: str) -> None:
    start()
    with pytest.raises(AnsibleError, match="query is not a valid JMESPath expression"):
        lookup(ACCESS, "corp", query=query)


def test_all_sessions_of_the_configuration(start: Center, aws_config: pathlib.Path) -> None:
    center = start()
    aws_config.write_text(PROFILES)
    sign_in(center, LEGACY)
    found = lookup(ACCESS)
    assert {access["session"] for access in found} == {"corp", START_URL}
    assert len(found) == 10


def test_a_session_that_is_not_configured(start: Center, aws_config: pathlib.Path) -> None:
    start()
    aws_config.unlink()
    session = {"name": "corp", "start_url": START_URL, "region": "eu-west-1"}
    assert len(lookup(ACCESS, sessions=[session])) == 5


def test_unknown_sessions_have_near_names(start: Center) -> None:
    start()
    with pytest.raises(AnsibleError, match="Did you mean corp"):
        lookup(ACCESS, "crop")


def test_lists_are_complete_over_pages(start: Center) -> None:
    center = start(big_world(accounts=230, roles=2))
    found = lookup(ACCESS, "corp", roles=["Role01"])
    assert len({access["account_id"] for access in found}) == 230
    assert center.count("ListAccounts") == 3


@pytest.mark.parametrize("fault", ["server_error", "proxy_page", "expired"])
def test_a_list_with_gaps_is_an_error(start: Center, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    center = start()
    center.faults.add("ListAccountRoles", fault, after=2)
    monkeypatch.setattr(paced_client, "Backoff", lambda seconds: Backoff(1))
    with pytest.raises(AnsibleError):
        lookup(ACCESS, "corp")
    center.faults.clear()
    assert len(lookup(ACCESS, "corp")) == 5


def test_throttling_is_waited_out(start: Center) -> None:
    center = start()
    center.faults.add("ListAccountRoles", "throttle", times=3)
    assert len(lookup(ACCESS, "corp")) == 5
    assert center.count("ListAccountRoles", 429) == 3


def test_a_quota_that_others_use_too_is_kept_to(start: Center) -> None:
    center = start(big_world(accounts=60, roles=1), portal_rate=10.0, portal_burst=5)
    assert len(lookup(ACCESS, "corp")) == 60
    assert center.count("ListAccountRoles", 429) < 30


def test_alone_there_is_no_429(start: Center) -> None:
    center = start(big_world(accounts=80, roles=1), portal_rate=20.0, portal_burst=20)
    assert len(lookup(ACCESS, "corp")) == 80
    assert not [entry for entry in center.requests if entry.status == 429]


def test_a_list_is_used_again_for_as_long_as_is_asked(start: Center) -> None:
    center = start()
    first = lookup(ACCESS, "corp", cache_ttl=60)
    assert lookup(ACCESS, "corp", cache_ttl=60) == first
    assert lookup(ACCESS, "corp", cache_ttl=60, roles=["ReadOnly"]) == [
        access for access in first if access["role_name"] == "ReadOnly"
    ]
    assert center.count("ListAccounts") == 1
    lookup(ACCESS, "corp")
    lookup(ACCESS, "corp", accounts=["Prod*"], cache_ttl=60)
    assert center.count("ListAccounts") == 3


def test_processes_that_ask_together_list_once(start: Center, tmp_path: pathlib.Path) -> None:
    center = start(latency=0.2)
    script = tmp_path / "ask.py"
    script.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(pathlib.Path(__file__).parents[3])!r})\n"
        "import os, time, conftest\n"
        "from ansible.plugins.loader import lookup_loader\n"
        f"plugin = lookup_loader.get({ACCESS!r})\n"
        "waiting, go = os.pipe()\n"
        "for _number in range(6):\n"
        "    if os.fork() == 0:\n"
        "        os.close(go)\n"
        "        os.read(waiting, 1)\n"
        "        os._exit(len(plugin.run(['corp'], {})) != 5)\n"
        "os.close(go)\n"
        "sys.exit(any([os.wait()[1] for _number in range(6)]))\n"
    )
    subprocess.run([sys.executable, str(script)], check=True, timeout=120)
    assert center.count("ListAccounts") == 1


def test_hostile_names_come_through_as_they_are(start: Center) -> None:
    start(hostile_world())
    found = {access["account_name"] for access in lookup(ACCESS, "corp")}
    assert found == {name or "" for name in HOSTILE_NAMES}


def test_a_token_that_aws_refuses_is_replaced(start: Center) -> None:
    center = start()
    center.revoke_tokens()
    assert len(lookup(ACCESS, "corp")) == 5
    assert center.count("CreateToken") == 2


def test_accounts_that_refuse_are_named_or_skipped(start: Center, capsys: pytest.CaptureFixture[str]) -> None:
    center = start()
    center.faults.add("ListAccountRoles", "not_found", account="222233334444")
    with pytest.raises(AnsibleError, match=r"Production \(222233334444: ResourceNotFound: Not found\)"):
        lookup(ACCESS, "corp")
    assert names(lookup(ACCESS, "corp", exclude_accounts=["222233334444"])) == [
        ("Development", "AdministratorAccess"),
        ("Development", "ReadOnly"),
        ("Log Archive", "ReadOnly"),
    ]
    capsys.readouterr()
    assert len(lookup(ACCESS, "corp", unavailable="skip")) == 3
    warning = "".join(capsys.readouterr().err.split())
    assert warning.count("222233334444") == 1 and "leftout" in warning
    with pytest.raises(AnsibleError, match="unavailable must be one of fail, skip, not 'ignore'"):
        lookup(ACCESS, "corp", unavailable="ignore")


def test_a_refusal_of_the_list_of_accounts_is_never_skipped(start: Center) -> None:
    start().faults.add("ListAccounts", "forbidden")
    with pytest.raises(AnsibleError, match="AWS refused ListAccounts: Forbidden: No access"):
        lookup(ACCESS, "corp", unavailable="skip")


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, *_unused, **_named: found.append(text))
    return found


ACCOUNTS_TEXT = (
    "No account matches accounts: Prodution. You have: Production (222233334444), Development (111122223333),"
    " Log Archive (012345678901)."
)
ROLES_TEXT = (
    "No role in the selected accounts matches roles: Readonly. You have: ReadOnly, AdministratorAccess. Upper"
    " and lower case differ."
)


def test_globs_that_match_nothing_are_warned_of_with_what_there_is(
    start: Center, warnings: list[str]
) -> None:
    start()
    assert lookup(ACCESS, "corp", accounts=["Prodution"]) == []
    assert lookup(ACCESS, "corp", roles=["Readonly"]) == []
    assert warnings == [ACCOUNTS_TEXT, ROLES_TEXT]


def test_a_glob_that_matches_nothing_is_warned_of_beside_one_that_does(
    start: Center, warnings: list[str]
) -> None:
    start()
    found = lookup(ACCESS, "corp", accounts=["Prodution", "Dev*"], roles=["Readonly", "Admin*"])
    assert names(found) == [("Development", "AdministratorAccess")]
    assert warnings == [ACCOUNTS_TEXT, ROLES_TEXT]


def test_a_cached_list_warns_as_a_new_one(start: Center, warnings: list[str]) -> None:
    center = start()
    for _run in range(2):
        lookup(ACCESS, "corp", accounts=["Prodution", "Dev*"], cache_ttl=3600)
    assert warnings == [ACCOUNTS_TEXT] * 2
    assert center.count("ListAccounts") == 1


def test_exclusions_that_match_nothing_and_excluded_accounts_are_no_mistakes(
    start: Center, warnings: list[str]
) -> None:
    start()
    lookup(ACCESS, "corp", exclude_accounts=["Staging"], exclude_roles=["Audit*"])
    lookup(ACCESS, "corp", accounts=["Prod*"], exclude_accounts=["Prod*"], roles=["Readonly"])
    assert warnings == []


def test_a_misspelled_exclusion_is_warned_of(start: Center, warnings: list[str]) -> None:
    start()
    lookup(ACCESS, "corp", exclude_accounts=["Staging", "Prodution"], exclude_roles=["Readonly"])
    assert [text.partition(". You have: ")[0] for text in warnings] == [
        "No account matches exclude_accounts: Prodution",
        "No role in the selected accounts matches exclude_roles: Readonly",
    ]


def test_a_glob_that_matches_in_another_session_is_no_mistake(
    start: Center, aws_config: pathlib.Path, warnings: list[str]
) -> None:
    aws_config.write_text(PROFILES)
    center = start()
    sign_in(center, LEGACY)
    assert len(lookup(ACCESS, accounts=["Prod*"])) == 4
    assert warnings == []
    lookup(ACCESS, accounts=["Prodution"])
    assert warnings == [ACCOUNTS_TEXT]


def test_hostile_names_are_shown_without_control_characters(start: Center, warnings: list[str]) -> None:
    start(hostile_world())
    lookup(ACCESS, "corp", accounts=["Prodution"])
    (text,) = warnings
    assert text.isprintable()
