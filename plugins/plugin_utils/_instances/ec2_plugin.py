# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory aws_ec2 of amazon.aws, run for one account and Region with keys that are only in memory.

PRIVATE to the collection.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import json
import threading
import typing as t

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.plugins.loader import inventory_loader

from ...module_utils._errors import WorkstationError
from .._aws.client import CONNECT_TIMEOUT
from .._aws.session import ACTIVE_PROFILE, ca_bundle_setting, session_with
from .._aws.silence import MOST_SILENT_ATTEMPTS, limit_silent_attempts
from .._cached_credentials import RoleCredentials
from .._controller_python import missing_library_text
from .._environment import environment_without
from .._options import refuse_unknown

PLUGIN = "amazon.aws.aws_ec2"
SET_BY_INVENTORY = frozenset(("inventory_file", "inventory_dir"))
"""Variables that Ansible sets for each host."""

_HOW_TO_INSTALL = (
    "It is part of amazon.aws 7.0.0 and later. Run: ansible-galaxy collection install amazon.aws"
)
_OPTIONS_FROM_ELSEWHERE = {
    "plugin": "The plugin is always amazon.aws.aws_ec2.",
    "regions": "Set regions beside aws_ec2.",
    "region": "Set regions beside aws_ec2.",
    "access_key": "The credentials are those of the accounts and roles.",
    "secret_key": "The credentials are those of the accounts and roles.",
    "session_token": "The credentials are those of the accounts and roles.",
    "profile": "The credentials are those of the accounts and roles.",
    "assume_role_arn": "The instances would be of another account than their variables say. Choose roles.",
    "cache": "Set cache beside aws_ec2.",
    "cache_connection": "Set cache_connection beside aws_ec2.",
    "cache_plugin": "Set cache_plugin beside aws_ec2.",
    "cache_prefix": "Set cache_prefix beside aws_ec2.",
    "cache_timeout": "Set cache_timeout beside aws_ec2.",
}
_CLIENT = {
    "connect_timeout": CONNECT_TIMEOUT,
    "read_timeout": 30,
    "retries": {"mode": "adaptive", "max_attempts": 8},
}
"""By default, botocore waits minutes for a Region that a firewall blocks, and gives up early if throttled."""

_ANY_REGION = "us-east-1"

_templating = threading.Lock()
"""Ansible loads filters and tests while it evaluates templates, which is not meant for several threads."""


def refuse_misplaced(given: t.Iterable[str], known: t.Container[str]) -> None:
    """Raises AnsibleParserError for an option of aws_ec2 in *given*, which are beside the option aws_ec2."""
    unknown = [name for name in given if name not in known]
    if not unknown:
        return
    with contextlib.suppress(WorkstationError):  # without amazon.aws, its options are unknown
        names = _names_of_options(_plugin_class()({}, True).option_definitions)
        for name in unknown:
            if name in names:
                where = _OPTIONS_FROM_ELSEWHERE.get(names[name], "Write it under aws_ec2.")
                raise AnsibleParserError(f"There is no option '{name}'. It is an option of {PLUGIN}. {where}")


class FoundHost(t.NamedTuple):
    """A host as aws_ec2 names it, which is not unique; *variables* contain values of JSON only."""

    name: str
    instance_id: str
    variables: dict[str, t.Any]
    groups: list[str]


class Found(t.NamedTuple):
    """The hosts in a Region of an account, and which of their groups contain which others."""

    account_id: str
    region: str
    hosts: list[FoundHost]
    children: dict[str, list[str]]


class Ec2Inventory:
    """aws_ec2 with *options*; *loader* and *path* are those of the inventory file.

    The methods may be called from several threads, within prepared(). They raise AnsibleError and the errors
    of botocore.
    """

    def __init__(self, options: t.Mapping[str, t.Any], loader: t.Any, path: str) -> None:
        """Raises WorkstationError without amazon.aws, and AnsibleError for an option that it lacks."""
        self._class = _plugin_class()
        self._options = {**options, "cache": False, "profile": ""}
        self._verify: str | bool = True
        self._loader = loader
        self._path = path
        _check(options, self._class({}, True).option_definitions)

    @contextlib.contextmanager
    def prepared(self) -> t.Iterator[None]:
        """Run the body where no profile in the environment has a say, and botocore starts fast."""
        found = ca_bundle_setting(session_with(ACTIVE_PROFILE))
        self._verify = True if found is None else found[1]
        with environment_without("AWS_PROFILE", "AWS_DEFAULT_PROFILE"), _shared_service_models():
            yield

    def find(self, account_id: str, region: str, credentials: RoleCredentials) -> Found:
        """The instances in *region* of the account that *credentials* are for."""
        plugin, inventory = self._plugin(region, credentials), InventoryData()
        plugin.parse(inventory, self._loader, self._path, cache=False)
        groups = groups_by_host(inventory)
        hosts = [
            FoundHost(name, instance_id, _plain(inventory.hosts[entry].vars), groups[entry])
            for entry, (name, instance_id) in plugin.instances.items()
        ]
        return Found(account_id, region, hosts, child_groups(inventory))

    def enabled_regions(self, region: str, credentials: RoleCredentials) -> list[str]:
        """The Regions that are enabled in an account; *region* is any of its partition."""
        plugin = self._plugin(region, credentials)
        if not hasattr(plugin, "templar"):  # which ansible-core before 2.19 sets in parse()
            plugin.templar = None
        plugin.read_options()
        listed = plugin.client("ec2", region=region).describe_regions()["Regions"]
        return [str(item["RegionName"]) for item in listed]

    def _plugin(self, region: str, credentials: RoleCredentials) -> t.Any:
        keys = {
            "access_key": credentials.access_key_id,
            "secret_key": credentials.secret_access_key,
            "session_token": credentials.session_token,
        }
        return self._class({**self._options, **keys, "regions": [region], "region": region}, self._verify)


class _FromMemory:
    """Methods in front of those of the plugin: its options are *given*, and each instance is a host.

    *verify* is a CA bundle, or True for that of botocore.
    """

    def __init__(self, given: t.Mapping[str, t.Any], verify: str | bool) -> None:
        super().__init__()
        self._given = given
        self._verify = verify
        self.instances: dict[str, tuple[str, str]] = {}
        """The names and instance IDs of the hosts, by how they are called in the inventory."""

    def read_options(self) -> None:
        plugin: t.Any = self
        plugin.set_options(direct=self._given)

    def _read_config_data(self, path: str) -> None:
        self.read_options()

    def client(self, *args: t.Any, **options: t.Any) -> t.Any:
        from botocore.config import Config

        plugin: t.Any = super()
        made = plugin.client(*args, config=Config(**_CLIENT), verify=self._verify, **options)
        limit_silent_attempts(made, MOST_SILENT_ATTEMPTS)
        return made

    def _populate(self, *args: t.Any, **options: t.Any) -> None:
        plugin: t.Any = super()
        with _templating:
            plugin._populate(*args, **options)

    def iter_entry(self, *args: t.Any, **options: t.Any) -> t.Iterator[tuple[str, t.Any]]:
        """Without this, instances of the same name are one host, with the variables of the last one."""
        plugin: t.Any = super()
        affixes = [t.cast(t.Any, self).get_option(f"hostvars_{name}") or "" for name in ("prefix", "suffix")]
        for name, variables in plugin.iter_entry(*args, **options):
            entry = f"{name} #{len(self.instances)}"
            self.instances[entry] = name, variables["instance_id".join(affixes)]
            yield entry, variables


@functools.lru_cache(maxsize=None)
def _plugin_class() -> t.Any:
    plugin = inventory_loader.get(PLUGIN, class_only=True)
    if not hasattr(plugin, "iter_entry"):
        raise WorkstationError(f"The inventory plugin {PLUGIN} is required. {_HOW_TO_INSTALL}")
    try:
        import boto3  # noqa: F401
    except ImportError as error:
        raise WorkstationError(missing_library_text("boto3")) from error
    name = plugin.__name__  # from which Ansible derives that it is an inventory plugin
    return type(name, (_FromMemory, plugin), {})


def groups_by_host(inventory: InventoryData) -> dict[str, list[str]]:
    """The groups that each host in *inventory* is in by itself, and not by another group."""
    found: dict[str, list[str]] = {name: [] for name in inventory.hosts}
    for group in inventory.groups.values():
        for host in group.hosts:
            found[host.name].append(group.name)
    return found


def child_groups(inventory: InventoryData) -> dict[str, list[str]]:
    return {
        group.name: [child.name for child in group.child_groups]
        for group in inventory.groups.values()
        if group.child_groups and group.name != "all"
    }


def _names_of_options(definitions: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, str]:
    """The names of options by their names and aliases."""
    return {
        alias: name
        for name, definition in definitions.items()
        for alias in (name, *definition.get("aliases", ()))
    }


def _check(options: t.Mapping[str, t.Any], definitions: t.Mapping[str, t.Mapping[str, t.Any]]) -> None:
    known = _names_of_options(definitions)
    refuse_unknown(options, known)
    for option in options:
        reason = _OPTIONS_FROM_ELSEWHERE.get(known[option])
        if reason:
            raise AnsibleError(f"aws_ec2 must not contain {option}. {reason}")


def _plain(variables: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """*variables* as an inventory cache returns them, so that a second run sees the same."""
    given = {
        name: value for name, value in variables.items() if name not in ("inventory_file", "inventory_dir")
    }
    plain: dict[str, t.Any] = json.loads(json.dumps(given, default=_text))
    return plain


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime.datetime) else str(value)


@contextlib.contextmanager
def _shared_service_models() -> t.Iterator[None]:
    """Meanwhile, botocore reads the description of a service once, and not once for each session.

    amazon.aws creates a session for each client. A client of EC2 takes 11 ms then instead of 105 ms of CPU
    time; for 800 accounts with two Regions, that would be three minutes.
    """
    import botocore.session
    from botocore.loaders import Loader

    create = botocore.session.create_loader

    class SharedLoader(Loader):  # type: ignore[misc]
        @property
        def search_paths(self) -> list[str]:
            """A copy: each session of boto3 appends a directory, where all would be looked for again."""
            return list(super().search_paths)

    @functools.lru_cache(maxsize=None)
    def shared_loader(data_path: str | None = None) -> Loader:
        paths = create(data_path).search_paths
        return SharedLoader(extra_search_paths=paths, include_default_search_paths=False)

    botocore.session.create_loader = shared_loader
    try:
        # The first client reads everything; twenty threads at once would read it twenty times.
        botocore.session.Session().create_client("ec2", region_name=_ANY_REGION)
        yield
    finally:
        botocore.session.create_loader = create
