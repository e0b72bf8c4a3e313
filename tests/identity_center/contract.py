# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""botocore's own models of the services: each request and each answer has to fit them.

So the emulator cannot drift from AWS: what botocore could not have sent is refused, and what botocore could
not read is a mistake of ours that fails loudly.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import typing as t
import urllib.parse

from identity_center.messages import ApiError, InvalidRequest, Request, Response

if t.TYPE_CHECKING:  # `--help` works where botocore is not installed
    from botocore.model import OperationModel, Shape

SERVICES = ("sso-oidc", "sso", "sts")

# Errors that AWS answers with although the operations' models, or those of an older botocore, lack them.
UNMODELLED_ERRORS = {
    "sso-oidc": {"ServiceUnavailableException": 503, "SlowDownException": 400},
    "sso": {"ForbiddenException": 403, "InternalServerException": 500, "ServiceUnavailableException": 503},
    "sts": {
        "AccessDenied": 403,
        "ExpiredToken": 403,
        "IncompleteSignature": 403,
        "InternalFailure": 500,
        "InvalidClientTokenId": 403,
        "MissingAuthenticationToken": 403,
        "ServiceUnavailable": 503,
        "SignatureDoesNotMatch": 403,
        "Throttling": 400,
        "ValidationError": 400,
    },
}
INVALID_REQUEST = {
    "sso-oidc": "InvalidRequestException",
    "sso": "InvalidRequestException",
    "sts": "ValidationError",
}


class OwnMistake(Exception):
    """The emulator was about to answer something that botocore's model does not allow."""


@dataclasses.dataclass(frozen=True)
class Operation:
    service: str
    name: str
    model: OperationModel

    def status_of(self, error_code: str) -> int:
        """The HTTP status of an error of this operation."""
        for shape in self.model.error_shapes:
            if error_code in (shape.name, shape.error_code):
                return int(shape.metadata["error"]["httpStatusCode"])
        try:
            return UNMODELLED_ERRORS[self.service][error_code]
        except KeyError:
            raise OwnMistake(f"{self.name} has no error {error_code}") from None


class Contract:
    """See load_contract()."""

    def __init__(self) -> None:
        from botocore.loaders import Loader
        from botocore.model import ServiceModel
        from botocore.parsers import create_parser
        from botocore.validate import ParamValidator

        self._validator = ParamValidator()
        loader = Loader()
        self._operations: dict[str, Operation] = {}
        self._routes: dict[tuple[str, str], Operation] = {}
        for service in SERVICES:
            model = ServiceModel(loader.load_service_model(service, "service-2"), service)
            for name in model.operation_names:
                self._add(Operation(service, name, model.operation_model(name)))
        self._parsers = {
            service: create_parser("query" if service == "sts" else "rest-json") for service in SERVICES
        }

    def _add(self, operation: Operation) -> None:
        self._operations[operation.name] = operation
        http = operation.model.http
        if operation.service != "sts" and "?" not in http["requestUri"]:
            self._routes[http["method"], http["requestUri"]] = operation

    def operation(self, name: str) -> Operation:
        return self._operations[name]

    def service_of(self, operation_name: str) -> str | None:
        operation = self._operations.get(operation_name)
        return operation.service if operation else None

    def has_error(self, operation_name: str, error: ApiError) -> bool:
        """Whether an operation can return an error with these members."""
        operation = self._operations[operation_name]
        for shape in operation.model.error_shapes:
            if error.code in (shape.name, shape.error_code):
                return set(error.members) <= set(shape.members)
        return error.code in UNMODELLED_ERRORS[operation.service]

    def operation_for(self, request: Request) -> Operation | None:
        """The operation that a request is for; None if it is for none, such as a page."""
        if (request.method, request.path) == ("POST", "/"):
            operation = self._operations.get(request.form.get("Action", ""))
            return operation if operation and operation.service == "sts" else None
        return self._routes.get((request.method, request.path))

    def read(self, operation: Operation, request: Request) -> dict[str, t.Any]:
        """The parameters of a request. Raises InvalidRequest for one that botocore could not have sent."""
        shape = operation.model.input_shape
        if operation.service == "sts":
            parameters, problems = _from_query_protocol(shape, request.form)
        else:
            parameters, problems = _from_rest_json(shape, request)
        report = self._validator.validate(parameters, shape) if shape else None
        if report is not None and report.has_errors():
            problems.append(report.generate_report())
        if shape:
            problems += _beyond_limits(shape, parameters, operation.name)
        if problems:
            raise _refusal(operation, parameters, "; ".join(problems))
        return parameters

    def check_answer(self, operation: Operation, answer: dict[str, t.Any], response: Response) -> None:
        """Raises OwnMistake unless the model allows the answer and botocore reads it from the response."""
        shape = operation.model.output_shape
        present = {name: value for name, value in answer.items() if value is not None}
        if shape is not None:
            report = self._validator.validate(present, shape)
            if report.has_errors():
                raise OwnMistake(f"answer of {operation.name}: {report.generate_report()}")
        parsed = self._parse(operation, response)
        parsed.pop("ResponseMetadata", None)
        if parsed != present:
            raise OwnMistake(f"botocore reads the answer of {operation.name} as something else than it is")

    def check_error(self, operation: Operation, code: str, response: Response) -> None:
        """Raises OwnMistake unless botocore reads the response as the error *code* of the operation."""
        parsed = self._parse(operation, response)
        if response.status != operation.status_of(code) or parsed.get("Error", {}).get("Code") != code:
            raise OwnMistake(f"botocore does not read the error {code} of {operation.name} from our answer")

    def _parse(self, operation: Operation, response: Response) -> dict[str, t.Any]:
        wire = {
            "status_code": response.status,
            "headers": {name.lower(): value for name, value in response.headers.items()},
            "body": response.body,
        }
        parsed: dict[str, t.Any] = self._parsers[operation.service].parse(wire, operation.model.output_shape)
        return parsed


@functools.lru_cache(maxsize=1)
def load_contract() -> Contract:
    """The contract of all services; it does not change, so one is enough for a process."""
    return Contract()


def _refusal(operation: Operation, parameters: dict[str, t.Any], problem: str) -> InvalidRequest:
    if operation.service == "sso" and not parameters.get("accessToken"):
        return InvalidRequest("UnauthorizedException", "Session token not found or invalid", problem)
    return InvalidRequest(INVALID_REQUEST[operation.service], problem, problem)


def _from_rest_json(shape: Shape, request: Request) -> tuple[dict[str, t.Any], list[str]]:
    problems: list[str] = []
    arguments = urllib.parse.parse_qsl(request.query, keep_blank_values=True)
    names = {
        member.serialization["name"]: (name, member)
        for name, member in shape.members.items()
        if member.serialization.get("location") == "querystring"
    }
    parameters: dict[str, t.Any] = {}
    for key, text in arguments:
        if key not in names:
            problems.append(f"unknown parameter {key!r} in the query string")
        elif names[key][0] in parameters:
            problems.append(f"parameter {key!r} is given twice in the query string")
        else:
            parameters[names[key][0]] = _scalar(names[key][1], text)
    for name, member in shape.members.items():
        if member.serialization.get("location") == "header":
            value = request.headers.get(member.serialization["name"])
            if value:
                parameters[name] = value
    in_body = [name for name, member in shape.members.items() if "location" not in member.serialization]
    if in_body or request.body:
        body, problem = _json_body(request)
        problems += problem
        parameters.update(body)
    return parameters, problems


def _json_body(request: Request) -> tuple[dict[str, t.Any], list[str]]:
    content_type = request.headers.get_content_type()
    if content_type != "application/json":
        return {}, [f"the content type is {content_type}, not application/json"]
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}, ["the body is not JSON"]
    if not isinstance(body, dict):
        return {}, ["the body is not a JSON object"]
    return body, []


def _scalar(shape: Shape, text: str) -> t.Any:
    if shape.type_name in ("integer", "long"):
        try:
            return int(text)
        except ValueError:
            return text
    if shape.type_name == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if shape.type_name == "timestamp":
        try:
            return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            return text
    return text


def _from_query_protocol(shape: Shape | None, form: dict[str, str]) -> tuple[dict[str, t.Any], list[str]]:
    """AWS's query protocol: Action and Version, and members flattened to Tags.member.1.Key."""
    tree: dict[str, t.Any] = {}
    problems = []
    for key, text in form.items():
        if key in ("Action", "Version"):
            continue
        *parents, leaf = key.split(".")
        node = tree
        for parent in parents:
            node = node.setdefault(parent, {})
            if not isinstance(node, dict):
                return {}, [f"parameter {key!r} contradicts another one"]
        if leaf in node:
            problems.append(f"parameter {key!r} contradicts another one")
        node[leaf] = text
    if shape is None:
        return {}, [*problems, *(f"unknown parameter {name!r}" for name in tree)]
    return _unflatten(shape, tree), problems


def _unflatten(shape: Shape, node: t.Any) -> t.Any:
    if shape.type_name == "structure" and isinstance(node, dict):
        return {
            name: _unflatten(shape.members[name], value) if name in shape.members else value
            for name, value in node.items()
        }
    if shape.type_name == "list" and isinstance(node, dict) and set(node) == {"member"}:
        entries = node["member"]
        return [_unflatten(shape.member, entries[index]) for index in sorted(entries, key=int)]
    return _scalar(shape, node) if isinstance(node, str) else node


def _beyond_limits(shape: Shape, value: t.Any, name: str) -> list[str]:
    """Upper limits and enumerations, which botocore leaves to the service."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return [
            problem
            for member, inner in value.items()
            if member in shape.members
            for problem in _beyond_limits(shape.members[member], inner, f"{name}.{member}")
        ]
    if shape.type_name == "list" and isinstance(value, list):
        return [problem for inner in value for problem in _beyond_limits(shape.member, inner, name)]
    size = value if isinstance(value, int) else len(value) if isinstance(value, (str, list)) else 0
    problems = []
    if size > shape.metadata.get("max", size):
        problems.append(f"{name} is beyond its maximum of {shape.metadata['max']}")
    if shape.metadata.get("enum") and value not in shape.metadata["enum"]:
        problems.append(f"{name} is not one of {', '.join(shape.metadata['enum'])}")
    return problems
