# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets in options that need not contain any, and a module that neither logs nor returns them.

PRIVATE to the collection.

The type of an option cannot say whether a value is secret: a URL may contain a password, and a private key
may be given instead of a certificate. no_log would hide all values, also the paths and URLs that users need.
"""

from __future__ import annotations

import re
import typing as t

from ansible.module_utils.basic import AnsibleModule

_SECRET_NAME = re.compile(r"secret|session_token|passw|private_?key|api_?key", re.IGNORECASE)
_USER_INFORMATION = re.compile(r"//([^/\s]*@)")
_QUERY_SECRET = re.compile(
    r"[?&](?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|sig|token)=([^&\s]+)", re.IGNORECASE
)
_PRIVATE_KEY = "PRIVATE KEY"
_SHORTEST_LINE = 8
"""The shortest line of a private key that is hidden by itself; a shorter one would hide ordinary words."""


def secrets_in(value: t.Any, name: str = "") -> t.Iterator[str]:
    """The secrets in *value*, which is the option *name*, or an element of it by that name.

    They are private keys, the user names and passwords of URLs, signatures in queries of URLs, and all values
    whose name says that they are secret.
    """
    if isinstance(value, t.Mapping):
        for key, element in value.items():
            yield from secrets_in(element, str(key))
    elif isinstance(value, (list, tuple)):
        for element in value:
            yield from secrets_in(element, name)
    elif isinstance(value, str):
        yield from _secrets_in_text(value, name)


def _secrets_in_text(text: str, name: str) -> t.Iterator[str]:
    if _SECRET_NAME.search(name) and text.strip():
        yield text
    if "//" in text:
        yield from _USER_INFORMATION.findall(text)
        yield from _QUERY_SECRET.findall(text)
    if _PRIVATE_KEY in text:  # a part of it may be in a message, or escaped in a log
        yield text
        lines = (line.strip() for line in re.split(r"\n|\\n", text))
        yield from (line for line in lines if len(line) >= _SHORTEST_LINE and not line.startswith("-----"))


class HostModule(AnsibleModule):
    """An AnsibleModule that hides the secrets in its options, from the first line that it logs.

    *find_secrets* finds more secrets than secrets_in() does, in the options.
    """

    def __init__(
        self,
        argument_spec: t.Dict[str, t.Any],
        find_secrets: t.Callable[[t.Mapping[str, t.Any]], t.Iterable[str]] = lambda options: (),
        **keywords: t.Any,
    ) -> None:
        self._find_secrets = find_secrets
        # This logs the options, and fails with them in the result if they are invalid.
        super().__init__(argument_spec, **keywords)  # type: ignore[no-untyped-call]

    def _log_invocation(self) -> None:
        self._hide_secrets()
        super()._log_invocation()  # type: ignore[no-untyped-call]

    def fail_json(self, msg: str, **keywords: t.Any) -> t.NoReturn:
        self._hide_secrets()
        super().fail_json(msg, **keywords)

    def debug(self, msg: str) -> None:
        """Write *msg* to the system log, with ANSIBLE_DEBUG on the host."""
        super().debug(msg)  # type: ignore[no-untyped-call]

    def run(self, command: t.List[str]) -> t.Tuple[int, str, str]:
        """The exit code, output and errors of *command*. Raises OSError if it cannot be started."""
        result: t.Tuple[int, str, str] = self.run_command(command, handle_exceptions=False)  # type: ignore[no-untyped-call]
        return result

    def _hide_secrets(self) -> None:
        options = t.cast(t.Mapping[str, t.Any], self.params)
        self.no_log_values.update(secrets_in(options), self._find_secrets(options))
