# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company as its administrators see it: moto serves sso-admin, identitystore and organizations on loopback.

Three things are ours because moto has them not: the accounts that a permission set is provisioned to, of
which moto returns its own only and on one page, without the status of users; and IDs of accounts that a test
chooses. The first and the last are in moto's state.
"""

from __future__ import annotations

import collections
import io
import json
import re
import threading
import time
import typing as t
import urllib.request

import botocore.session
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.organizations.models import organizations_backends
from moto.ssoadmin.models import ssoadmin_backends
from werkzeug.serving import WSGIRequestHandler, make_server

REGION = "eu-west-1"
MANAGEMENT_ACCOUNT = "123456789012"
ACCESS_KEY = "AKIAEXAMPLE"
KEYS = {"access_key": ACCESS_KEY, "secret_key": "never shown", "session_token": "not shown either"}

_VARIABLES = (
    "AWS_ENDPOINT_URL_SSO_ADMIN",
    "AWS_ENDPOINT_URL_IDENTITYSTORE",
    "AWS_ENDPOINT_URL_ORGANIZATIONS",
)
_SETUP = "setup"
_MISSING = "ListAccountsForProvisionedPermissionSet"

_LISTS_OF_ORGANIZATIONS = (
    "ListAccounts",
    "ListAccountsForParent",
    "ListOrganizationalUnitsForParent",
    "ListRoots",
)

Answer = t.Tuple[int, t.Dict[str, t.Any]]


class Company:
    """The server, what was asked of it, and what it answers wrongly.

    *faults* holds for an operation the answers that it gives before it works; *denied* are operations that
    are never allowed; *page_size* shrinks the pages; *rate* is how many calls a second it answers.
    """

    def __init__(self) -> None:
        self._clients: dict[str, t.Any] = {}
        self._lock = threading.Lock()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._serve, threaded=True, request_handler=_Quiet)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Company:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.found()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def found(self) -> None:
        """Start again: an organization with an instance of IAM Identity Center and no users."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")).close()
        self.calls: list[str] = []
        self.access_keys: set[str] = set()
        self.regions: set[str] = set()
        self.faults: dict[str, list[Answer]] = collections.defaultdict(list)
        self.denied: set[str] = set()
        self.disabled: set[str] = set()
        self.page_size: int | None = None
        self.rate: float | None = None
        self.throttled = 0
        self._allowance = 20.0
        self._refilled_at = time.monotonic()
        self._permission_sets: dict[str, str] = {}
        self._call("organizations", "create_organization", FeatureSet="ALL")
        instance = self._call("sso-admin", "list_instances")["Instances"][0]
        self.instance_arn, self.identity_store_id = instance["InstanceArn"], instance["IdentityStoreId"]

    def environment(self) -> dict[str, str]:
        return {
            **dict.fromkeys(_VARIABLES, self.url),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
        }

    def count(self, operation: str) -> int:
        return self.calls.count(operation)

    def calls_by_operation(self) -> collections.Counter[str]:
        return collections.Counter(self.calls)

    def account(
        self, name: str, email: str = "aws@example.com", closed: bool = False, chosen_id: str = ""
    ) -> str:
        created = self._call("organizations", "create_account", AccountName=name, Email=email)
        account_id = str(created["CreateAccountStatus"]["AccountId"])
        if chosen_id:
            stored = organizations_backends[MANAGEMENT_ACCOUNT]["aws"].get_account_by_id(account_id)
            stored.id = account_id = chosen_id
        if closed:
            self._call("organizations", "close_account", AccountId=account_id)
        return account_id

    def unit(self, name: str, parent: str | None = None) -> str:
        """The ID of a new organizational unit in the one with the ID *parent*, or in the root."""
        created = self._call(
            "organizations", "create_organizational_unit", ParentId=parent or self.root_id(), Name=name
        )
        return str(created["OrganizationalUnit"]["Id"])

    def root_id(self) -> str:
        return str(self._call("organizations", "list_roots")["Roots"][0]["Id"])

    def move(self, account_id: str, unit: str, source: str | None = None) -> None:
        """Move an account into an organizational unit, from the one with the ID *source* or the root."""
        self._call(
            "organizations",
            "move_account",
            AccountId=account_id,
            SourceParentId=source or self.root_id(),
            DestinationParentId=unit,
        )

    def tag(self, account_id: str, tags: t.Mapping[str, str]) -> None:
        listed = [{"Key": name, "Value": value} for name, value in tags.items()]
        self._call("organizations", "tag_resource", ResourceId=account_id, Tags=listed)

    def user(self, name: str, email: str | None = None) -> str:
        created = self._call(
            "identitystore",
            "create_user",
            IdentityStoreId=self.identity_store_id,
            UserName=name,
            DisplayName=name,
            Name={"GivenName": "Some", "FamilyName": "Body"},
            **({"Emails": [{"Value": email, "Type": "work", "Primary": True}]} if email else {}),
        )
        return str(created["UserId"])

    def group(self, name: str, *members: str) -> str:
        store = {"IdentityStoreId": self.identity_store_id}
        group_id = self._call("identitystore", "create_group", DisplayName=name, **store)["GroupId"]
        for user_id in members:
            member = {"UserId": user_id}
            self._call("identitystore", "create_group_membership", GroupId=group_id, MemberId=member, **store)
        return str(group_id)

    def assign(self, kind: str, principal_id: str, role_name: str, *account_ids: str) -> None:
        for account_id in account_ids:
            self._call(
                "sso-admin",
                "create_account_assignment",
                InstanceArn=self.instance_arn,
                TargetType="AWS_ACCOUNT",
                TargetId=account_id,
                PermissionSetArn=self.permission_set(role_name),
                PrincipalType=kind,
                PrincipalId=principal_id,
            )

    def permission_set(self, name: str) -> str:
        if name not in self._permission_sets:
            created = self._call(
                "sso-admin", "create_permission_set", Name=name, InstanceArn=self.instance_arn
            )
            self._permission_sets[name] = created["PermissionSet"]["PermissionSetArn"]
        return self._permission_sets[name]

    def _call(self, service: str, operation: str, **parameters: t.Any) -> dict[str, t.Any]:
        if service not in self._clients:
            self._clients[service] = botocore.session.Session().create_client(
                service,
                region_name=REGION,
                endpoint_url=self.url,
                aws_access_key_id=_SETUP,
                aws_secret_access_key=_SETUP,
            )
        answer: dict[str, t.Any] = getattr(self._clients[service], operation)(**parameters)
        return answer

    def _serve(self, environ: dict[str, t.Any], start_response: t.Any) -> t.Iterable[bytes]:
        if f"Credential={_SETUP}/" in environ.get("HTTP_AUTHORIZATION", "") or environ["PATH_INFO"] != "/":
            return t.cast("t.Iterable[bytes]", self._moto(environ, start_response))
        signed = re.search(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/", environ["HTTP_AUTHORIZATION"])
        assert signed
        self.access_keys.add(signed[1])
        if signed[3] != "organizations":
            self.regions.add(signed[2])
        operation = environ["HTTP_X_AMZ_TARGET"].partition(".")[2]
        request = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        status, answer = self._answer(operation, request, environ)
        start_response(f"{status} Response", [("Content-Type", "application/x-amz-json-1.1")])
        return [json.dumps(answer).encode()]

    def _answer(self, operation: str, request: dict[str, t.Any], environ: dict[str, t.Any]) -> Answer:
        with self._lock:
            self.calls.append(operation)
            if self._is_too_fast():
                self.throttled += 1
                return fault("ThrottlingException", "Rate exceeded")
            if self.faults[operation]:
                return self.faults[operation].pop(0)
        if operation in self.denied:
            return fault(
                "AccessDeniedException", f"User: arn:aws:sts::1:x is not authorized to do {operation}"
            )
        if request.get("MaxResults", 1) > (20 if operation in _LISTS_OF_ORGANIZATIONS else 100):
            return fault("ValidationException", "maxResults is too large")
        if "MaxResults" in request and self.page_size:
            request["MaxResults"] = self.page_size
        if operation == _MISSING:
            return 200, self._provisioned_accounts(request)
        status, answer = self._ask_moto(request, environ)
        for user in [answer, *answer.get("Users", [])]:
            if user.get("UserId") in self.disabled:
                user["UserStatus"] = "DISABLED"
        return status, answer

    def _ask_moto(self, request: dict[str, t.Any], environ: dict[str, t.Any]) -> Answer:
        body = json.dumps(request).encode()
        started: list[str] = []
        chunks = self._moto(
            {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))},
            lambda status, _headers, _error=None: started.append(status),
        )
        return int(started[0].split()[0]), json.loads(b"".join(chunks))

    def _provisioned_accounts(self, request: dict[str, t.Any]) -> dict[str, t.Any]:
        assigned = ssoadmin_backends[MANAGEMENT_ACCOUNT][REGION].account_assignments
        wanted = request["PermissionSetArn"]
        account_ids = sorted({item.target_id for item in assigned if item.permission_set_arn == wanted})
        start = int(request.get("NextToken") or 0)
        end = start + request["MaxResults"]
        more = {"NextToken": str(end)} if end < len(account_ids) else {}
        return {"AccountIds": account_ids[start:end], **more}

    def _is_too_fast(self) -> bool:
        if self.rate is None:
            return False
        now = time.monotonic()
        self._allowance = min(20.0, self._allowance + (now - self._refilled_at) * self.rate)
        self._refilled_at = now
        if self._allowance < 1:
            return True
        self._allowance -= 1
        return False


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_what: object) -> None:
        pass


def fault(error_type: str, message: str = "", status: int = 400) -> Answer:
    return status, {"__type": error_type, "message": message}
