# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile portal, or somebody between it and the controller: no response is trusted."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import shutil
import typing as t

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible.vars.manager import VariableManager

from adversary.conftest import attempt, refuse
from adversary.hostile_portal import HostilePortal
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._login.login import (
    DEVICE,
    LoginOptions,
    ensure_login,
)
from identity_center import IdentityCenter
from support.logins import CORP, FakeUser, token_file
from support.role_credentials import ACCESS, lookup, one, sign_in

FULL_WIDTH = "".join(chr(0xFF10 + int(digit)) for digit in "111122223333")
DEEP = b"[" * 100_000 + b"]" * 100_000
JINJA = "{{ lookup('pipe', 'touch $HOME/executed') }}"
ESCAPES = "\x1b]0;pwned\x07\x1b[2Jname"
WRONG_TYPES: tuple[t.Any, ...] = (None, 7, True, "x", [7], {"x": 7}, [[]])

DOCUMENT = t.Dict[str, t.Any]


@pytest.fixture(scope="module")
def running_portal(center: IdentityCenter, environment: pytest.MonkeyPatch) -> t.Iterator[HostilePortal]:
    sign_in(center)
    with HostilePortal(center) as portal:
        environment.setenv("AWS_ENDPOINT_URL_SSO", portal.url)
        environment.setenv("AWS_ENDPOINT_URL_SSO_OIDC", portal.url)
        yield portal


@pytest.fixture
def portal(running_portal: HostilePortal, home: pathlib.Path) -> HostilePortal:
    """A portal that a user is signed in to."""
    running_portal.behave()
    shutil.rmtree(home / ".aws" / "cli", ignore_errors=True)
    return running_portal


@pytest.fixture
def signed_out(portal: HostilePortal) -> t.Iterator[HostilePortal]:
    """A portal at which the next login begins with a registration."""
    kept = {path: path.read_bytes() for path in token_file().parent.iterdir()}
    for path in kept:
        path.unlink()
    yield portal
    for path, content in kept.items():
        path.write_bytes(content)


def with_fields(**fields: t.Any) -> t.Callable[[DOCUMENT], DOCUMENT]:
    return lambda document: {**document, **fields}


def with_account(**fields: t.Any) -> t.Callable[[DOCUMENT], DOCUMENT]:
    """The list of accounts with other *fields* of the first one."""
    return lambda document: {
        **document,
        "accountList": [{**document["accountList"][0], **fields}, *document["accountList"][1:]],
    }


def with_role(**fields: t.Any) -> t.Callable[[DOCUMENT], DOCUMENT]:
    return lambda document: {**document, "roleList": [{**document["roleList"][0], **fields}]}


def with_credentials(**fields: t.Any) -> t.Callable[[DOCUMENT], DOCUMENT]:
    return lambda document: {"roleCredentials": {**document["roleCredentials"], **fields}}


def assert_only_valid_access(found: list[t.Any]) -> None:
    for entry in found:
        assert re.fullmatch(r"[0-9]{12}", entry["account_id"], re.ASCII)
        assert re.fullmatch(r"[\w+=,.@-]{1,64}", entry["role_name"], re.ASCII)
        assert all(isinstance(value, str) for value in entry.values())


def refused_or_valid(call: t.Callable[[], list[t.Any]]) -> None:
    found: list[t.Any] = []
    attempt(lambda: found.extend(call()))
    assert_only_valid_access(found)


@pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles"])
@pytest.mark.parametrize("value", WRONG_TYPES, ids=repr)
def test_lists_of_wrong_types_are_refused(portal: HostilePortal, operation: str, value: t.Any) -> None:
    key = {"ListAccounts": "accountList", "ListAccountRoles": "roleList"}[operation]
    portal.change(operation, with_fields(**{key: value}))
    refused_or_valid(lambda: lookup(ACCESS, "corp"))


@pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles", "GetRoleCredentials"])
@pytest.mark.parametrize(
    "content", [b"", b"null", b"7", b'"x"', b"[]", b"{", b"\xff\xfe", DEEP, b"1" * 5000, b"<html></html>"]
)
def test_documents_that_are_no_response_are_refused(
    portal: HostilePortal, operation: str, content: bytes
) -> None:
    portal.change(operation, lambda _document: content)
    if operation == "GetRoleCredentials":
        refuse(lambda: one("dev"))
    else:
        refused_or_valid(lambda: lookup(ACCESS, "corp"))


@pytest.mark.parametrize(
    "account_id",
    ["", "1", "11112222333", "1111222233334", "../../../etc", FULL_WIDTH, JINJA, 7, None],
)
def test_account_ids_that_are_none_are_refused(portal: HostilePortal, account_id: t.Any) -> None:
    portal.change("ListAccounts", with_account(accountId=account_id))
    refuse(lambda: lookup(ACCESS, "corp"))


@pytest.mark.parametrize(
    "role_name", ["", "a b", "a/b", "../x", "a\nb", JINJA, ESCAPES, "r" * 65, "Rôle", "]\n[default", 7, None]
)
def test_role_names_that_aws_does_not_allow_are_refused(portal: HostilePortal, role_name: t.Any) -> None:
    portal.change("ListAccountRoles", with_role(roleName=role_name))
    refuse(lambda: lookup(ACCESS, "corp"))


@pytest.mark.parametrize("name", [JINJA, "{% for x in [1] %}" + JINJA + "{% endfor %}", "{# #}" + JINJA])
def test_nothing_in_an_inventory_is_executed(
    portal: HostilePortal, home: pathlib.Path, tmp_path: pathlib.Path, name: str
) -> None:
    portal.change("ListAccounts", with_account(accountName=name, emailAddress=name))
    source = tmp_path / "corp.sso_accounts.yml"
    source.write_text("plugin: workstation.aws_sso.sso_accounts\nsessions: [corp]\n")
    loader = DataLoader()
    manager = InventoryManager(loader, sources=[str(source)])
    variables = VariableManager(loader, manager)
    for host in manager.get_hosts():
        known = variables.get_vars(host=host)
        templar = Templar(loader, known)
        for variable in ("inventory_hostname", "aws_account_name", "aws_account_email", "group_names"):
            templar.template(known.get(variable))
        assert not {"{", "}", "%"} & set(host.name)
    assert manager.get_hosts() and not (home / "executed").exists()


@pytest.mark.parametrize("operation", ["ListAccounts", "ListAccountRoles"])
def test_paging_that_repeats_a_token_ends(portal: HostilePortal, operation: str) -> None:
    portal.change(operation, with_fields(nextToken="again"))
    refuse(lambda: lookup(ACCESS, "corp"))
    assert len(portal.requests) < 50


@pytest.mark.parametrize(
    "fields",
    [
        {"expiration": -1},
        {"expiration": 0},
        {"expiration": 10**30},
        {"expiration": "tomorrow"},
        {"expiration": None},
        {"accessKeyId": ""},
        {"accessKeyId": "ASIA\nX: y"},
        {"accessKeyId": 7},
        {"secretAccessKey": None},
        {"secretAccessKey": ["hunter2"]},
        {"sessionToken": {"hunter2": 1}},
        {"sessionToken": "hunter2\r\nX-Injected: 1"},
    ],
    ids=repr,
)
def test_credentials_that_aws_would_not_issue_are_refused_and_not_cached(
    portal: HostilePortal, home: pathlib.Path, fields: dict[str, t.Any]
) -> None:
    portal.change("GetRoleCredentials", with_credentials(**fields))
    assert "hunter2" not in refuse(lambda: one("dev"))
    assert not list((home / ".aws").glob("cli/cache/*.json"))


def test_a_token_is_not_sent_to_the_target_of_a_redirect(
    portal: HostilePortal, center: IdentityCenter
) -> None:
    with HostilePortal(center) as elsewhere:
        portal.redirect("ListAccounts", f"{elsewhere.url}/assignment/accounts")
        portal.redirect("GetRoleCredentials", f"{elsewhere.url}/federation/credentials")
        refuse(lambda: lookup(ACCESS, "corp"))
        refuse(lambda: one("dev"))
        assert not elsewhere.authorizations and portal.authorizations


def sign_in_by_device_code(center: IdentityCenter, seconds: int = 2) -> None:
    """Sign in as a user who approves, whatever page is shown."""

    def approve(page: str) -> None:
        for device in list(center.records.device_codes.values()):
            with contextlib.suppress(ValueError):
                center.approve(device.user_code)

    ensure_login(CORP, LoginOptions(DEVICE, timeout=seconds), FakeUser(approve).user)


LOGIN_RESPONSES: list[tuple[str, dict[str, t.Any]]] = [
    ("RegisterClient", {"clientId": None}),
    ("RegisterClient", {"clientId": 7}),
    ("RegisterClient", {"clientSecret": ["hunter2"]}),
    ("RegisterClient", {"clientSecretExpiresAt": "never"}),
    ("RegisterClient", {"clientSecretExpiresAt": 10**30}),
    ("StartDeviceAuthorization", {"deviceCode": None}),
    ("StartDeviceAuthorization", {"deviceCode": {"x": 1}}),
    ("StartDeviceAuthorization", {"userCode": 7}),
    ("StartDeviceAuthorization", {"verificationUri": 7}),
    ("StartDeviceAuthorization", {"verificationUriComplete": ["http://127.0.0.1"]}),
    ("StartDeviceAuthorization", {"expiresIn": -5}),
    ("StartDeviceAuthorization", {"expiresIn": "soon"}),
    ("StartDeviceAuthorization", {"expiresIn": 10**30}),
    ("StartDeviceAuthorization", {"interval": 10**30}),
    ("StartDeviceAuthorization", {"interval": "x"}),
    ("CreateToken", {"accessToken": None}),
    ("CreateToken", {"accessToken": 7}),
    ("CreateToken", {"accessToken": "hunter2\r\nX-Injected: 1"}),
    ("CreateToken", {"expiresIn": -5}),
    ("CreateToken", {"expiresIn": 0}),
    ("CreateToken", {"expiresIn": 10**30}),
    ("CreateToken", {"expiresIn": "x"}),
    ("CreateToken", {"refreshToken": ["hunter2"]}),
]


@pytest.mark.parametrize(("operation", "fields"), LOGIN_RESPONSES, ids=repr)
def test_a_login_with_hostile_responses_stores_no_unusable_token(
    signed_out: HostilePortal,
    center: IdentityCenter,
    operation: str,
    fields: dict[str, t.Any],
) -> None:
    """It is refused, or the field does not matter and the token is valid."""
    signed_out.change(operation, with_fields(**fields))
    message = attempt(lambda: sign_in_by_device_code(center))
    assert "hunter2" not in message
    if message:
        assert not token_file().exists()
        return
    document = json.loads(token_file().read_text())
    assert document["accessToken"] in center.records.access_tokens
    assert re.fullmatch(r"20\d\d-[0-9T:-]+Z", document["expiresAt"])


@pytest.mark.parametrize(
    "fields",
    [
        {"userCode": ESCAPES},
        {"verificationUri": f"http://127.0.0.1/{ESCAPES}"},
        {"verificationUriComplete": f"http://127.0.0.1/{ESCAPES}"},
        {"userCode": "AAAA-BBBB\nsudo rm -rf /"},
    ],
    ids=repr,
)
def test_nothing_that_the_service_sends_controls_the_terminal(
    signed_out: HostilePortal, center: IdentityCenter, fields: dict[str, t.Any]
) -> None:
    signed_out.change("StartDeviceAuthorization", with_fields(**fields))
    user = FakeUser(lambda page: None)
    options = LoginOptions(DEVICE, timeout=1, force=True)
    attempt(lambda: ensure_login(CORP, options, user.at(open_page=None)))
    shown = "\n".join([*user.shown, *user.warned])
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "\nsudo" not in shown


@pytest.mark.parametrize("operation", ["RegisterClient", "StartDeviceAuthorization", "CreateToken"])
@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", DEEP, b"1" * 5000, b"\xff"], ids=lambda data: data[:8]
)
def test_documents_that_are_no_response_end_a_login(
    signed_out: HostilePortal, center: IdentityCenter, operation: str, content: bytes
) -> None:
    signed_out.change(operation, lambda _document: content)
    refuse(lambda: sign_in_by_device_code(center))
    assert not token_file().exists()


def test_the_directory_of_tokens_holds_nothing_but_private_files(
    signed_out: HostilePortal, center: IdentityCenter
) -> None:
    sign_in_by_device_code(center, 60)
    found = [path for path in token_file().parent.iterdir() if path.stat().st_mode & 0o077]
    assert not found and os.stat(token_file().parent).st_mode & 0o077 == 0
