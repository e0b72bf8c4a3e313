# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sign-in shows while it waits: blocks, reminders and endings, against the emulator."""

from __future__ import annotations

import itertools
import os
import pathlib
import re
import sys
import threading
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws import client
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._aws.errors import AwsRefused
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._display import (
    Terminal,
    draw,
    printable_url,
    show,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import device_code, lock, prompt
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    PKCE,
    LoginOptions,
    ensure_login,
)
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.prompt import LoginUser
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._remote.login import sign_in_for_host
from identity_center import IdentityCenter
from support import terminal as terminals
from support.logins import CORP, FakeUser, absent_user, approving_user

TESTS = pathlib.Path(__file__).resolve().parents[4]
SMALL = Terminal("/dev/pts/7", 80, 24, supports_ansi=True)
LARGE = Terminal("/dev/pts/7", 120, 50, supports_ansi=True)


class Clock:
    """Time that passes only while somebody sleeps; *at* maps a second to what the person does then."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.at: dict[float, t.Callable[[], None]] = {}

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for moment in [moment for moment in self.at if moment <= self.now - 1000]:
            self.at.pop(moment)()


@pytest.fixture
def clock(center: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> Clock:
    center.set(fast_polls_allowed=100_000)
    clock = Clock()
    monkeypatch.setattr(prompt, "time", clock)
    monkeypatch.setattr(device_code, "time", clock)
    return clock


def lines_of(block: str) -> list[str]:
    assert block.isascii()
    return block.strip("\n").split("\n")


def ask(user: LoginUser, method: str = DEVICE, timeout: float = 2) -> str:
    """The error of a sign-in to which nobody comes."""
    with pytest.raises(WorkstationError) as caught:
        ensure_login(CORP, LoginOptions(method, timeout=timeout), user)
    return str(caught.value)


def test_without_a_browser_any_device_will_do(center: IdentityCenter, clock: Clock) -> None:
    someone = absent_user()
    ask(someone.at(open_page=None))
    first, page, last = lines_of(someone.shown[0])
    code = page.partition("user_code=")[2]
    assert first == "Sign in to corp: open this page on any device:"
    assert page == f"{center.url}/device?user_code={code}" and re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", code)
    assert last == f"Code: {code} (the page must show it too). 2 seconds left."
    assert not someone.pages


@pytest.mark.parametrize("browser", ["browser", "Windows browser"])
@pytest.mark.parametrize("method", [DEVICE, PKCE])
def test_a_browser_that_opens_is_named(
    center: IdentityCenter, clock: Clock, method: str, browser: str
) -> None:
    someone = approving_user(center)
    ensure_login(CORP, LoginOptions(method), someone.at(browser=browser, terminal=SMALL))
    first, *rest = lines_of(someone.shown[0])
    assert first == f"Sign in to corp: your {browser} opens now. If it does not, open:"
    assert someone.pages[0] in rest and "10 minutes left; Ctrl-C cancels." in rest[-1]
    assert all(len(line) <= 80 for line in [first, rest[-1]])


def test_a_page_of_pkce_keeps_its_distance_and_names_the_other_method(
    center: IdentityCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone = absent_user()
    error = ask(someone.at(open_page=None), PKCE, timeout=1)
    first, before, page, after, last = lines_of(someone.shown[0])
    assert first == "Sign in to corp: open this page in a browser on this machine:"
    assert page.startswith(f"{center.url}/authorize?") and not before + after
    assert last == "1 second left. For a browser elsewhere, set `method: device`."
    assert "did not complete the sign-in to corp within 1 second." in error and "`method: device`" in error


def test_each_minute_page_code_and_time_left_are_shown_again(center: IdentityCenter, clock: Clock) -> None:
    someone = absent_user()
    error = ask(someone.at(open_page=None), timeout=200)
    block, *reminders = someone.shown
    page = lines_of(block)[1]
    code = page.partition("user_code=")[2]
    for left, reminder in itertools.zip_longest(("2 minutes", "80 seconds", "20 seconds"), reminders):
        assert lines_of(reminder) == [
            f"Still waiting for the sign-in to corp: {left} left, code {code}. Open on any device:",
            page,
        ]
    assert error.startswith("The sign-in to corp was not approved within 3 minutes. Run the login again")
    assert "option timeout" in error


def test_a_reminder_of_pkce_has_the_page_too(center: IdentityCenter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt, "SECONDS_BETWEEN_REMINDERS", 0.4)
    someone = absent_user()
    ask(someone.at(open_page=None), PKCE, timeout=1)
    block, *reminders = someone.shown
    page = lines_of(block)[2]
    assert len(reminders) == 2
    for reminder in reminders:
        first, shown = lines_of(reminder)
        assert first.startswith("Still waiting for the sign-in to corp: ") and shown == page
        assert first.endswith("left. Open in a browser on this machine:")


def test_a_code_that_expires_first_is_named(center: IdentityCenter, clock: Clock) -> None:
    center.set(device_code_seconds=120)
    someone = absent_user()
    error = ask(someone.user, timeout=600)
    assert "2 minutes left" in someone.shown[0]
    assert error.startswith(
        "The code for the sign-in to corp expired after 2 minutes, before it was approved"
    )
    assert "Run the login again for a new code" in error


@pytest.mark.parametrize("method", [DEVICE, PKCE])
def test_who_denied_learns_what_to_choose(center: IdentityCenter, clock: Clock, method: str) -> None:
    error = ask(FakeUser(center.deny).user, method, timeout=30)
    assert "Run the login again and choose Allow." in error


class TestForHosts:
    def test_a_host_that_waits_alone_is_named_and_its_page_is_not_shifted(
        self, center: IdentityCenter, clock: Clock
    ) -> None:
        someone = absent_user()
        with pytest.raises(WorkstationError):
            sign_in_for_host(CORP, someone.at(open_page=None, host="dev@one"), 70)
        block, reminder = someone.shown
        first, page, _last = lines_of(block)
        assert first == "Sign in to corp (acme.awsapps.com/start) for dev@one: open this page on any device:"
        assert page.startswith("http") and lines_of(reminder)[1] == page

    @pytest.mark.parametrize("browser", [False, True])
    def test_among_others_two_lines_hold_all(
        self, center: IdentityCenter, clock: Clock, browser: bool
    ) -> None:
        someone = absent_user()
        place: dict[str, t.Any] = {"host": "one", "among_others": True, "terminal": LARGE}
        drawings: list[str] = []
        user = someone.at(**place, draw=drawings.append, **({} if browser else {"open_page": None}))
        with pytest.raises(WorkstationError):
            sign_in_for_host(CORP, user, 600)
        page = lines_of(someone.shown[0])[1]
        code = page.partition("user_code=")[2]
        opens = ": your browser opens" if browser else ""
        assert lines_of(someone.shown[0]) == [
            f"Sign in to {PORTAL}{opens}, code {code} (10 minutes left):",
            page,
        ]
        for left, reminder in zip(range(9, 1, -1), someone.shown[1:]):
            assert lines_of(reminder) == [
                f"Sign in to {PORTAL}, code {code} ({left} minutes left):",
                page,
            ]
        assert len(someone.shown) == 10 and not drawings

    def test_the_host_is_on_every_line_and_all_lines_are_one_text(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        show("one\ntwo", "laptop")
        show("three")
        assert capsys.readouterr() == ("", "[laptop] one\n[laptop] two\nthree\n")


class TestDrawing:
    @pytest.mark.parametrize(
        ("place", "drawn"),
        [
            ({}, True),
            ({"terminal": LARGE}, True),
            ({"host": "one"}, True),
            ({"terminal": None}, False),
            ({"terminal": SMALL._replace(supports_ansi=False)}, False),
            ({"terminal": SMALL._replace(lines=16)}, False),
            ({"terminal": SMALL._replace(columns=30)}, False),
            ({"terminal": SMALL._replace(columns=0, lines=0)}, False),
            ({"among_others": True}, False),
            ({"open_page": print}, False),
        ],
    )
    def test_where_there_is_a_drawing(
        self, center: IdentityCenter, clock: Clock, place: dict[str, t.Any], drawn: bool
    ) -> None:
        someone, drawings = absent_user(), []
        place = {"terminal": SMALL, "open_page": None, "draw": drawings.append, **place}
        ask(someone.at(**place))
        assert len(drawings) == drawn
        if drawn:
            lines = [*someone.shown[0].split("\n"), *drawings[0].split("\n")]
            assert len(lines) < place["terminal"].lines

    def test_pkce_has_none(self, center: IdentityCenter) -> None:
        someone, drawings = absent_user(), []
        ask(someone.at(open_page=None, terminal=LARGE, draw=drawings.append), PKCE, timeout=1)
        assert not drawings

    def test_a_log_stays_readable(
        self, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        draw("\033[0m█")
        assert capsys.readouterr().err == "\033[0m█\n"
        assert not caplog.text


PORTAL = "acme.awsapps.com/start"
HOSTILE = "\033[2J\r\n\x9b0m\u202e\u2028fatal: all"


class TestHostileData:
    def test_nothing_from_aws_leaves_its_line(
        self, center: IdentityCenter, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        honest = client.call_in_turn

        def hostile(aws: t.Any, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
            answer = honest(aws, operation, **parameters)
            fields = ("userCode", "verificationUri", "verificationUriComplete")
            return {name: value + HOSTILE if name in fields else value for name, value in answer.items()}

        monkeypatch.setattr(device_code.aws_client, "call_in_turn", hostile)
        for among_others in (False, True):
            someone = absent_user()
            ask(someone.at(among_others=among_others), timeout=70)
            block, reminder = someone.shown
            assert [len(lines_of(block)), len(lines_of(reminder))] == [2 if among_others else 3, 2]
            assert all(character.isprintable() or character == "\n" for character in block + reminder)
            assert lines_of(reminder)[1].endswith("%1B[2J%0D%0A%C2%9B0m%E2%80%AE%E2%80%A8fatal:%20all")

    def test_nor_the_name_of_a_session_of_a_host(self, center: IdentityCenter, clock: Clock) -> None:
        someone = absent_user()
        session = type(CORP)("corp" + HOSTILE, CORP.start_url, CORP.region)
        with pytest.raises(WorkstationError):
            sign_in_for_host(session, someone.user, 2)
        assert len(lines_of(someone.shown[0])) == 3 and "\033" not in someone.shown[0]

    def test_nor_a_refusal(self, center: IdentityCenter, clock: Clock) -> None:
        refusal = AwsRefused("CreateToken", "X" + HOSTILE, 400, HOSTILE, HOSTILE)
        assert str(refusal).isprintable()

    @pytest.mark.parametrize(
        "url",
        [
            "https://acme.awsapps.com/start/#/device?user_code=ABCD-EFGH",
            "https://oidc.eu-west-1.amazonaws.com/authorize?redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fa&b=c+d~_.",
            "https://[::1]:8/;a=b,c@d!$'()*",
        ],
    )
    def test_a_valid_url_stays_as_it_is(self, url: str) -> None:
        assert printable_url(url) == url


OTHER_RUN = """
import os, sys
print(os.ttyname(2), flush=True)
sys.path.insert(0, sys.argv[1])
import conftest
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login import login
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.prompt import LoginUser
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
session = SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")
prompt = LoginUser(lambda text: print(text, flush=True), print)
login.ensure_login(session, login.LoginOptions(login.PKCE), prompt)
"""


class TestAnotherProcess:
    @pytest.fixture
    def terminal(self, center: IdentityCenter) -> t.Iterator[str]:
        """The terminal in which another run waits for a sign-in."""
        with terminals.Terminal([sys.executable, "-c", OTHER_RUN, str(TESTS)]) as other_run:
            name = other_run.wait_for(r"/dev/\S+")
            other_run.wait_for("Sign in to corp")
            yield name

    @pytest.fixture(autouse=True)
    def fast_polling(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lock, "_SECONDS_WITHOUT_MESSAGE", 0)
        monkeypatch.setattr(lock, "_SECONDS_BETWEEN_LOOKS", 0.3)

    def test_it_is_named_with_its_terminal_and_its_time(
        self, terminal: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(lock, "SECONDS_BETWEEN_REMINDERS", 0.6)
        someone = absent_user()
        error = ask(someone.user, timeout=1)
        assert len(someone.shown) == 2 and not someone.pages
        process = rf"Process {os.getpid()} in {terminal} is"
        for text, left in zip(someone.shown, ("1 second", "0 seconds")):
            assert re.fullmatch(
                rf"{process} waiting for a sign-in to corp, for \d+ seconds? now\.\n"
                r"Finish it there, or open this page in a browser on this machine:\nhttp\S+\n"
                rf"This run waits up to {left} for its token\.",
                text,
            )
        assert error == (
            f"{process} still waiting for a sign-in to corp after 1 second. Finish it there or end that"
            " process, then run the login again."
        )

    def test_of_the_hosts_of_a_run_one_says_so(self, terminal: str) -> None:
        hosts = [absent_user() for _number in range(5)]
        threads = [threading.Thread(target=ask, args=(host.user, DEVICE, 2)) for host in hosts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(len(host.shown) for host in hosts) == 1 and not any(host.pages for host in hosts)
