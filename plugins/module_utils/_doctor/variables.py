# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings about the environment variables that the AWS CLI and the SDKs read.

PRIVATE to the collection.
"""

from __future__ import annotations

import os
import shlex
import typing as t

from .._aws_cli.urls import displayable
from .._aws_config.parser import DEFAULT_CONFIG_PATH
from .._host.startup_variables import setting_of
from .._sso.endpoints import overriding_url
from .._text import similar_names
from .config import Configuration
from .finding import Finding, place

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


def variable_findings(environment: t.Mapping[str, str], configuration: Configuration) -> t.List[Finding]:
    """What variables in *environment* change about a sign-in with *configuration*."""
    return [
        *_profile_findings(environment, configuration),
        *_key_findings(environment),
        *_region_findings(environment, configuration),
        *_file_findings(environment, configuration),
        *_endpoint_findings(environment, configuration),
    ]


def active_profile(environment: t.Mapping[str, str]) -> t.Tuple[str, str]:
    """The variable that selects the profile, and the profile's name; ("", "default") if none is set."""
    for variable in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        if environment.get(variable):
            return variable, environment[variable]
    return "", "default"


def _unset(*variables: str) -> str:
    """The fix that removes *variables* from this shell, and the first of them from the startup file."""
    return _also_at_login(f"unset {' '.join(variables)}", variables[0], "remove {variable}")


def _set(variable: str, value: str) -> str:
    """The fix that sets *variable* in this shell, and in the startup file where it is set."""
    command = f"export {variable}={shlex.quote(value)}"
    return _also_at_login(command, variable, f"change {{variable}} to {value}")


def _also_at_login(command: str, variable: str, task: str) -> str:
    """*command*, which is for this shell, and *task* in the startup file if that sets *variable*."""
    found = setting_of(variable, os.path.expanduser("~"))
    if found is None:
        return command
    path, line = found
    return f"run {command}, and {place(path, line)}, {task.replace('{variable}', variable)}"


def _profile_findings(environment: t.Mapping[str, str], configuration: Configuration) -> t.Iterator[Finding]:
    variable, name = active_profile(environment)
    known = configuration.profile_names
    if not variable or configuration.errors or name in known:
        return
    similar = similar_names(name, known)
    yield Finding(
        "variable-unknown-profile",
        "error",
        variable,
        f"It is set to the profile {name}, which does not exist.",
        "Every AWS CLI command fails, including aws sso login.",
        _set(variable, similar[0]) if similar else _unset(variable),
    )


def _key_findings(environment: t.Mapping[str, str]) -> t.Iterator[Finding]:
    keys = [name for name in _KEYS if environment.get(name)]
    if "AWS_ACCESS_KEY_ID" in keys:
        yield Finding(
            "variable-access-keys",
            "warning",
            "AWS_ACCESS_KEY_ID",
            "The environment contains access keys.",
            "They take precedence over AWS_PROFILE and over every sign-in, even after they have expired.",
            _unset(*keys),
        )


def _region_findings(environment: t.Mapping[str, str], configuration: Configuration) -> t.Iterator[Finding]:
    _variable, name = active_profile(environment)
    configured = configuration.config.profiles.get(name, {}).get("region")
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        region = environment.get(variable)
        if region and configured and region != configured:
            yield Finding(
                "variable-region-override",
                "info",
                variable,
                f"It is set to {region} and overrides the region {configured} of the profile {name}.",
                "Commands look for resources in a region other than the profile's.",
                _unset(variable),
            )


def _file_findings(environment: t.Mapping[str, str], configuration: Configuration) -> t.Iterator[Finding]:
    files = (
        ("AWS_CONFIG_FILE", configuration.path),
        ("AWS_SHARED_CREDENTIALS_FILE", configuration.credentials_path),
    )
    for variable, path in files:
        if variable not in environment:
            continue
        exists = os.path.exists(path)
        yield Finding(
            "variable-file-override",
            "info" if exists else "warning",
            variable,
            f"It points to {path}{'' if exists else ', which does not exist'}.",
            f"Programs without this variable read another file, such as {DEFAULT_CONFIG_PATH}.",
            _unset(variable),
        )


def _endpoint_findings(environment: t.Mapping[str, str], configuration: Configuration) -> t.Iterator[Finding]:
    overrides = {}
    for variable in ("AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_SSO"):
        url = overriding_url(variable, environment)
        if url:
            overrides[variable if environment.get(variable) else "AWS_ENDPOINT_URL"] = url
    for variable, url in overrides.items():
        yield Finding(
            "variable-endpoint-override",
            "info",
            variable,
            f"Sign-ins go to {displayable(url)} instead of AWS.",
            "This is meant for tests and for private endpoints.",
            _unset(variable),
        )
    _variable, name = active_profile(environment)
    if configuration.config.profiles.get(name, {}).get("endpoint_url"):
        yield Finding(
            "profile-endpoint-override",
            "warning",
            f"profile {name}",
            "Its endpoint_url applies to all services, including IAM Identity Center.",
            "Sign-ins go there instead of AWS.",
            configuration.place("profile", name, "endpoint_url") + ", move it to a [services] section",
        )
