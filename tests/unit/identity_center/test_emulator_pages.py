# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that a user sees: readable without scripts, and safe with whatever names there are."""

from __future__ import annotations

import html.parser
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity_center import IdentityCenter, pages, write_browser
from identity_center.messages import Response
from support.emulator_clients import SCOPE, START_URL, Clients, send

VOID = {"meta", "link", "input", "br"}
NAME = "<script>alert('x')</script>&\"'</h1>"


class Outline(html.parser.HTMLParser):
    """What a page is made of; fails for tags that do not nest."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.visible_inputs: set[str] = set()
        self.text = ""
        self.feed(response.body.decode())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if values.get("id"):
            self.ids.append(values["id"] or "")
        if tag == "label":
            self.labelled.add(values["for"] or "")
        if tag == "input" and values.get("type") != "hidden":
            self.visible_inputs.add(values["id"] or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data


def all_pages(name: str) -> list[Response]:
    return [
        pages.sign_in(name, (name, name), name, name),
        pages.ask_user_code(name),
        pages.confirm_user_code(name),
        pages.allow(name, name, [SCOPE, name], name),
        pages.approved(),
        pages.denied(),
        pages.start(name, [(name, name)]),
        pages.wrong(name),
    ]


@given(st.text(min_size=1))
def test_no_name_becomes_markup(name: str) -> None:
    for plain, page in zip(all_pages("name"), all_pages(name)):
        assert Outline(page).tags == Outline(plain).tags


def test_a_name_is_shown_as_it_is() -> None:
    assert NAME in Outline(pages.allow("x", NAME, [], "alice")).text


@pytest.mark.parametrize("page", all_pages("name"), ids=lambda page: str(page.status))
def test_pages_are_accessible(page: Response) -> None:
    outline = Outline(page)
    assert outline.tags.count("h1") == 1
    assert outline.visible_inputs <= outline.labelled
    assert len(outline.ids) == len(set(outline.ids))
    text = page.body.decode()
    assert '<html lang="en">' in text
    assert "width=device-width" in text
    assert "prefers-color-scheme:dark" in text


def test_pages_load_nothing() -> None:
    for page in all_pages("name"):
        assert not {"script", "img", "iframe", "object"} & set(Outline(page).tags)
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_ids_of_elements_are_stable() -> None:
    assert {"username", "password", "sign-in"} <= set(Outline(pages.sign_in("/", ("alice", "secret"))).ids)
    assert {"user-code", "next"} <= set(Outline(pages.ask_user_code()).ids)
    assert {"code", "confirm"} <= set(Outline(pages.confirm_user_code("BBBB-BBBB")).ids)
    assert {"allow", "deny"} <= set(Outline(pages.allow("x", "x", [], "x")).ids)
    assert "<h1>Request approved</h1>" in pages.approved().body.decode()


def test_buttons_have_the_texts_of_those_of_aws() -> None:
    assert ">Confirm and continue</button>" in pages.confirm_user_code("BBBB-BBBB").body.decode()
    allow = pages.allow("x", "x", [], "x").body.decode()
    assert ">Allow access</button>" in allow and ">Deny access</button>" in allow


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example/", ""])
def test_signing_in_never_leads_elsewhere(center: IdentityCenter, target: str) -> None:
    form = {"username": "alice", "password": "correct horse", "next": target}
    answer = send(center, "POST", "/sign-in", urllib.parse.urlencode(form).encode())
    assert answer.headers["location"] == "/start"
    assert "HttpOnly" in answer.headers["set-cookie"]


def test_the_start_page_shows_the_accounts(center: IdentityCenter) -> None:
    form = {"username": "bob", "password": "battery staple", "next": "/start"}
    cookie = send(center, "POST", "/sign-in", urllib.parse.urlencode(form).encode()).headers["set-cookie"]
    page = send(center, "GET", "/start", headers={"Cookie": cookie.split(";")[0]})
    assert b"Log Archive (012345678901)" in page.body
    assert b"AdministratorAccess" not in page.body


def test_allowing_requires_a_signed_in_user(center: IdentityCenter, clients: Clients) -> None:
    device = clients.device(clients.register(SCOPE))
    form = urllib.parse.urlencode({"request": device["userCode"], "answer": "allow"}).encode()
    for cookie in ("", "identity-center-session=guess", "broken=\x01"):
        assert send(center, "POST", "/allow", form, {"Cookie": cookie}).status == 403
    page = send(center, "GET", f"/allow?request={device['userCode']}")
    assert page.headers["location"].startswith("/sign-in?")


def test_the_allow_page_names_the_client(center: IdentityCenter, clients: Clients) -> None:
    answer = clients.oidc.register_client(clientName=NAME, clientType="public", scopes=[SCOPE])
    client = {name: answer[name] for name in ("clientId", "clientSecret")}
    device = clients.oidc.start_device_authorization(startUrl=START_URL, **client)
    form = {"username": "alice", "password": "correct horse", "next": f"/allow?request={device['userCode']}"}
    signed_in = send(center, "POST", "/sign-in", urllib.parse.urlencode(form).encode())
    cookie = {"Cookie": signed_in.headers["set-cookie"].split(";")[0]}
    page = send(center, "GET", signed_in.headers["location"], headers=cookie)
    assert NAME in Outline(Response(page.status, page.body)).text


def test_a_browser_script_quotes_what_it_is_given(tmp_path: object) -> None:
    path = write_browser(f"{tmp_path}/browser", user="o'neil $(id)", deny=True, delay=0)
    with open(path, encoding="utf-8") as stream:
        script = stream.read()
    assert """--user 'o'"'"'neil $(id)' --deny -- "$1"\n""" in script
