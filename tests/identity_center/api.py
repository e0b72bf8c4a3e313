# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call of an API: the fault that is due, the contract for the request, the work, the contract again."""

from __future__ import annotations

import dataclasses
import threading
import typing as t

from identity_center import wire
from identity_center.contract import Contract, Operation, OwnMistake
from identity_center.faults import PAGING_KINDS, Fault, Faults
from identity_center.journal import Entry
from identity_center.messages import (
    ApiError,
    CutConnection,
    Handler,
    InvalidRequest,
    Request,
    Response,
    json_response,
)


class Api:
    """*handlers* do the operations, by name, and only one of them at a time, under *lock*."""

    def __init__(
        self, contract: Contract, faults: Faults, handlers: dict[str, Handler], lock: threading.RLock
    ) -> None:
        self._contract = contract
        self._faults = faults
        self._lock = lock
        self.handlers = handlers
        self.mistakes: list[str] = []

    def answer(
        self, operation: Operation, request: Request, entry: Entry, pause: t.Callable[[float], None]
    ) -> Response:
        """The answer to a call; *entry* gets what the journal should know. Raises CutConnection."""
        try:
            return self._with_fault(operation, request, entry, pause)
        except OwnMistake as mistake:
            entry.problem = str(mistake)
            self.mistakes.append(str(mistake))
            return json_response({"message": f"The emulator made a mistake: {mistake}"}, 500)

    def _with_fault(
        self, operation: Operation, request: Request, entry: Entry, pause: t.Callable[[float], None]
    ) -> Response:
        fault = self._faults.take(operation.name, request)
        if fault is None:
            return self._call(operation, request, entry)
        entry.fault = fault.kind
        error = fault.error_for(operation.service)
        if error:
            return self._refuse(operation, error, entry)
        _before_the_work(fault, pause)
        if fault.kind == "proxy_page":
            return wire.proxy_page(403 if fault.status is None else fault.status)
        if fault.kind == "answer":
            return Response(200 if fault.status is None else fault.status, fault.body.encode())
        if fault.kind in PAGING_KINDS:
            request = dataclasses.replace(request, paging=fault.kind)
        response = self._call(operation, request, entry)
        _after_the_work(fault, response, pause)
        return response

    def _call(self, operation: Operation, request: Request, entry: Entry) -> Response:
        try:
            parameters = self._contract.read(operation, request)
            entry.note_parameters(parameters)
            handler = self.handlers.get(operation.name)
            if handler is None:
                raise ApiError("ValidationError", f"The emulator does not do {operation.name}")
            with self._lock:
                answer = handler(parameters, request)
        except ApiError as error:
            if isinstance(error, InvalidRequest):
                entry.problem = error.problem
            return self._refuse(operation, error, entry)
        response = wire.success(operation, answer)
        self._contract.check_answer(operation, answer, response)
        return response

    def _refuse(self, operation: Operation, error: ApiError, entry: Entry) -> Response:
        entry.error = error.code
        response = wire.failure(operation, error)
        self._contract.check_error(operation, error.code, response)
        return response


def _before_the_work(fault: Fault, pause: t.Callable[[float], None]) -> None:
    if fault.kind in ("slow", "hang"):
        _wait(fault, pause)
    if fault.kind in ("cut_before", "hang"):
        raise CutConnection


def _after_the_work(fault: Fault, response: Response, pause: t.Callable[[float], None]) -> None:
    if fault.kind in ("late", "lost"):
        _wait(fault, pause)
    if fault.kind in ("cut_after", "lost"):
        raise CutConnection
    if fault.kind == "truncated":
        raise CutConnection(partial=response)


def _wait(fault: Fault, pause: t.Callable[[float], None]) -> None:
    otherwise = threading.TIMEOUT_MAX if fault.kind in ("hang", "lost") else 1
    pause(otherwise if fault.seconds is None else fault.seconds)
