# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that signs in to a session, for messages.

PRIVATE to the collection. A command that names a session works only where the AWS configuration has it; for
another one, the command describes it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import typing as t

from ...module_utils._aws_config.parser import (
    AwsConfig,
    ConfigError,
    config_path,
    read_config,
)
from ...module_utils._sso import session as sso_session
from ...module_utils._sso.session import SsoSession

_PLAYBOOK = "ansible-playbook workstation.aws_sso.login -e target=localhost"
_MODULE = "ansible localhost -m workstation.aws_sso.sso_login"
_PLAIN = re.compile(r"[\w.@+:/,#-]+")
_TEMPLATE = re.compile(r"\{[{%#]")


def how_to_sign_in(session: SsoSession) -> str:
    """A sentence with the command that signs in to *session* on this machine."""
    config = _config()
    if _is_configured(session, config):
        theirs = session.login_command(config.profiles)
        return f"Run: {_PLAYBOOK} -e {_arguments({'workstation_session': session.label})} (or: {theirs})"
    described = {
        "session": session.name,
        "start_url": session.start_url,
        "region": session.region,
        "registration_scopes": _further_scopes(session),
    }
    arguments = _arguments({name: value for name, value in described.items() if value})
    return f"Run: {_MODULE} -a {arguments} (or the role workstation.aws_sso.workstation with its part login)"


def how_to_sign_in_on_host(session: SsoSession, target: t.Sequence[str], is_described: bool) -> str:
    """A sentence with the command that signs in the user of a host; *target* are arguments of ansible.

    Unless *is_described*, the session is that of the AWS configuration of the host.
    """
    values = {"token_store": "host", "session": session.label}
    if is_described:
        values.update(start_url=session.start_url, region=session.region)
        if session.name is None:
            del values["session"]
        elif _further_scopes(session):
            values["registration_scopes"] = _further_scopes(session)
    command = shlex.join(["ansible", *target, "-m", _MODULE.rpartition(" ")[2]])
    return f"Run: {command} -a {_arguments(values)}"


def _config() -> AwsConfig:
    try:
        return read_config(config_path(os.environ))
    except ConfigError:
        return AwsConfig()


def _is_configured(session: SsoSession, config: AwsConfig) -> bool:
    try:
        found = sso_session.session_in(config, "", session.label)
    except (sso_session.IncompleteSession, sso_session.UnknownSession):
        return False
    return (found.name, found.start_url, found.region) == (session.name, session.start_url, session.region)


def _further_scopes(session: SsoSession) -> str:
    scopes = session.registration_scopes or sso_session.DEFAULT_SCOPES
    return "" if scopes == sso_session.DEFAULT_SCOPES else ",".join(scopes)


def _arguments(values: t.Mapping[str, str]) -> str:
    """*values* as one word of a shell that Ansible reads back as they are."""
    if all(_PLAIN.fullmatch(value) for value in values.values()):
        text = " ".join(f"{name}={value}" for name, value in values.items())
    else:
        text = json.dumps({name: _TEMPLATE.sub(_escaped, value) for name, value in values.items()})
    return shlex.quote(text)


def _escaped(opening: t.Match[str]) -> str:
    """The *opening* of a template as a template, because Ansible evaluates both kinds of arguments."""
    return "{{ '" + opening[0] + "' }}"
