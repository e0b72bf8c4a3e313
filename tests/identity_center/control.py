# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API, /_control/…: what a test in another process turns and reads, as JSON."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from identity_center.messages import Request, Response, json_response

if t.TYPE_CHECKING:
    from identity_center.center import IdentityCenter


class Control:
    def __init__(self, center: IdentityCenter) -> None:
        self._center = center
        self._calls: dict[tuple[str, str], t.Callable[[dict[str, t.Any]], t.Any]] = {
            ("GET", "journal"): self._journal,
            ("DELETE", "journal"): lambda _: center.journal.clear(),
            ("GET", "counters"): lambda _: self._counters(),
            ("GET", "knobs"): lambda _: dataclasses.asdict(center.knobs),
            ("POST", "knobs"): lambda knobs: center.set(**knobs),
            ("GET", "faults"): lambda _: center.faults.pending(),
            ("POST", "faults"): self._add_fault,
            ("DELETE", "faults"): lambda _: center.faults.clear(),
            ("POST", "expire"): lambda document: center.expire(document["kind"], document.get("user")),
            ("POST", "revoke"): lambda document: center.revoke(document["kind"], document.get("user")),
            ("POST", "approve"): lambda document: center.approve(document["request"], document.get("user")),
            ("POST", "deny"): lambda document: center.deny(document["request"], document.get("user")),
            ("GET", "environment"): lambda _: center.environment(),
        }

    def answer(self, request: Request) -> Response:
        call = self._calls.get((request.method, request.path[len("/_control/") :]))
        if call is None:
            known = sorted(f"{method} /_control/{name}" for method, name in self._calls)
            return json_response({"error": f"unknown control; available: {', '.join(known)}"}, 404)
        try:
            return json_response({"result": call(_document(request))})
        except KeyError as error:
            return json_response({"error": f"{error} is missing"}, 400)
        except (ValueError, TypeError) as error:
            return json_response({"error": str(error)}, 400)

    def _journal(self, document: dict[str, t.Any]) -> list[dict[str, t.Any]]:
        return [entry.as_data() for entry in self._center.journal.entries(document.get("operation"))]

    def _counters(self) -> dict[str, t.Any]:
        center = self._center
        return {
            "requests": center.journal.counts(),
            "invalid_requests": len(center.invalid_requests),
            "burnt_refresh_tokens": center.records.burnt_refresh_tokens,
            "mistakes": center.mistakes,
        }

    def _add_fault(self, document: dict[str, t.Any]) -> None:
        self._center.faults.add(**document)


def _document(request: Request) -> dict[str, t.Any]:
    """The JSON object of the body, or for GET the parameters of the query string."""
    if not request.body:
        return dict(request.arguments)
    document = json.loads(request.body)
    if not isinstance(document, dict):
        raise ValueError("the body has to be a JSON object")
    return document
