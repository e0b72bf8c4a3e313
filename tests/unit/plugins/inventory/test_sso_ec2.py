# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory sso_ec2 as Ansible reads it: the real amazon.aws, the emulator, and moto for each account."""

from __future__ import annotations

import json
import os
import pathlib
import threading
import time
import typing as t

import pytest
from ansible.module_utils.compat.version import LooseVersion
from ansible.release import __version__ as core_version
from ansible.utils.display import Display

import ansible_collections.workstation.aws_sso as collection
from identity_center import IdentityCenter
from support.inventories import Listing, make_amazon_aws_importable, run_ansible
from support.logins import token_file
from support.moto_accounts import MotoAccounts, Seen, ec2_fault
from support.role_credentials import sign_in

DEVELOPMENT, PRODUCTION, LOGS = "111122223333", "222233334444", "012345678901"
REGION = "eu-central-1"
BY_ID = "aws_ec2: {hostnames: [instance-id]}\n"
BY_NAME = "aws_ec2: {hostnames: ['tag:Name', instance-id]}\n"
CACHE = "cache: true\ncache_plugin: ansible.builtin.jsonfile\ncache_connection: {}\ncache_prefix: test\n"


class Inventory:
    """Lists what Ansible makes of an inventory file."""

    def __init__(self, path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.path = path
        self._capsys = capsys

    def list(
        self, options: str, regions: str = REGION, roles: str = "ReadOnly", cache: bool = True
    ) -> Listing:
        self.path.write_text(
            f"plugin: workstation.aws_sso.sso_ec2\nregions: [{regions}]\nroles: [{roles}]\n{options}"
        )
        return Listing(self.path, cache)

    def said_of(self, *arguments: str, **options: str) -> str:
        """The messages of a listing."""
        self.list(*arguments, **options)
        return self.said()

    def said(self) -> str:
        """The messages since the last call, without blanks."""
        return "".join(self._capsys.readouterr().err.split())


@pytest.fixture
def inventory(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> Inventory:
    make_amazon_aws_importable()
    return Inventory(tmp_path / "corp.sso_ec2.yml", capsys)


@pytest.fixture
def aws(
    center: IdentityCenter, aws_config: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> t.Iterator[MotoAccounts]:
    """alice has signed in; she is ReadOnly in three accounts."""
    sign_in(center)
    with MotoAccounts(center) as accounts:
        for name, value in accounts.environment("EC2").items():
            monkeypatch.setenv(name, value)
        yield accounts


def test_instances_of_all_accounts_are_hosts_with_their_account(
    aws: MotoAccounts, inventory: Inventory
) -> None:
    development, production = aws.instance(DEVELOPMENT, team="web"), aws.instance(PRODUCTION)
    listing = inventory.list(BY_ID)
    assert set(listing.hosts) == {development, production}
    expected = {
        "aws_account_id": DEVELOPMENT,
        "aws_account_name": "Development",
        "aws_role_name": "ReadOnly",
        "aws_region": REGION,
        "aws_instance_id": development,
        "aws_sso_session": "corp",
        "instance_id": development,
        "instance_type": "m1.small",
    }
    assert {name: listing.hosts[development].get(name) for name in expected} == expected
    assert "ansible_connection" not in listing.hosts[development]
    assert listing.group(f"account_{PRODUCTION}") == [production]
    assert listing.group("sso_ec2") == listing.group("aws_ec2") == sorted(listing.hosts)


def test_the_example_of_the_documentation_works(aws: MotoAccounts, inventory: Inventory) -> None:
    source = (pathlib.Path(collection.__path__[0]) / "plugins" / "inventory" / "sso_ec2.py").read_text()
    example = source.partition('EXAMPLES = r"""')[2].partition('"""')[0]
    for old, new in (("prod-*", "Prod*"), ("~/.cache", str(inventory.path.parent))):
        assert old in example
        example = example.replace(old, new)
    if LooseVersion(core_version) < LooseVersion("2.17"):  # with amazon.aws before 11.2.0
        example = example.replace("key: ec2_tags", "key: tags")
    instance = aws.instance(PRODUCTION, Name="web", patch="monday")
    aws.instance(DEVELOPMENT)
    inventory.path.write_text(example)
    listing = Listing(inventory.path)
    assert set(listing.hosts) == {"web"} and listing.hosts["web"]["instance_id"] == instance
    assert listing.group("tag_patch_monday") == listing.group("region_eu_central_1") == ["web"]


def test_each_account_is_asked_with_its_own_credentials(aws: MotoAccounts, inventory: Inventory) -> None:
    inventory.list(BY_ID, regions=f"{REGION}, eu-west-1")
    assert sorted(aws.seen) == sorted(
        Seen(account, region, "ec2", "DescribeInstances")
        for account in (DEVELOPMENT, PRODUCTION, LOGS)
        for region in (REGION, "eu-west-1")
    )


def test_the_first_role_that_matches_is_used(
    aws: MotoAccounts, center: IdentityCenter, inventory: Inventory
) -> None:
    aws.instance(DEVELOPMENT), aws.instance(LOGS)
    hosts = inventory.list(BY_ID, roles="Admin*, ReadOnly").hosts.values()
    assert {host["aws_account_id"]: host["aws_role_name"] for host in hosts} == {
        DEVELOPMENT: "AdministratorAccess",
        LOGS: "ReadOnly",
    }
    assert center.count("GetRoleCredentials") == 3


def test_accounts_are_chosen_before_their_roles_are_requested(
    aws: MotoAccounts, center: IdentityCenter, inventory: Inventory
) -> None:
    aws.instance(PRODUCTION)
    assert len(inventory.list(f"accounts: [Prod*]\n{BY_ID}").hosts) == 1
    assert center.count("ListAccountRoles") == center.count("GetRoleCredentials") == 1


def test_all_enabled_regions_are_listed_by_default(aws: MotoAccounts, inventory: Inventory) -> None:
    far = aws.instance(PRODUCTION, "sa-east-1")
    listing = inventory.list(f"accounts: [Production]\n{BY_ID}", regions="")
    assert listing.hosts[far]["aws_region"] == "sa-east-1"
    operations = [seen.operation for seen in aws.seen]
    assert operations.count("DescribeRegions") == 1 and operations.count("DescribeInstances") > 10


class TestOptionsOfAwsEc2:
    def test_they_apply_to_each_account(self, aws: MotoAccounts, inventory: Inventory) -> None:
        for account in (DEVELOPMENT, PRODUCTION):
            aws.instance(account, Name=f"web-{account}", patch="monday")
            aws.instance(account, Name=f"db-{account}", patch="tuesday")
        listing = inventory.list(
            "aws_ec2:\n  filters: {'tag:patch': monday}\n  hostnames: ['tag:Name']\n"
            "  hostvars_prefix: i_\n  strict: true\n  compose: {label: \"'i ' ~ i_tags.Name\"}\n"
            "  keyed_groups: [{key: i_tags.patch, prefix: day}]\n"
        )
        names = [f"web-{DEVELOPMENT}", f"web-{PRODUCTION}"]
        assert sorted(listing.hosts) == listing.group("day_monday") == names
        host = listing.hosts[names[0]]
        assert host["label"] == f"i {names[0]}" and host["i_instance_id"] == host["aws_instance_id"]
        assert "instance_id" not in host

    @pytest.mark.parametrize(
        ("option", "message"),
        [
            ("filter: {}", "There is no option 'filter'. Did you mean filters"),
            ("regions: [eu-west-1]", "aws_ec2 must not contain regions. Set regions beside aws_ec2."),
            ("profile: dev", "aws_ec2 must not contain profile. The credentials are those of the accounts"),
            ("aws_secret_access_key: x", "aws_ec2 must not contain aws_secret_access_key. The credentials"),
            ("iam_role_arn: 'arn:aws:iam::1:role/x'", "aws_ec2 must not contain iam_role_arn."),
            ("cache: true", "aws_ec2 must not contain cache. Set cache beside aws_ec2."),
        ],
    )
    def test_what_cannot_be_meant_is_refused_before_anything_is_requested(
        self,
        aws: MotoAccounts,
        center: IdentityCenter,
        inventory: Inventory,
        option: str,
        message: str,
    ) -> None:
        listing = inventory.list(f"aws_ec2: {{{option}}}\n")
        assert message.replace(" ", "") in inventory.said() and not listing.hosts
        assert center.count("ListAccounts") == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("account: [x]", "There is no option 'account'. Did you mean accounts"),
        ("accounts: [1402433619]", "accounts must be a string of 12 digits, not the number 1402433619."),
        ("unavailable: ignore", "unavailable must be one of fail, skip"),
    ],
)
def test_wrong_options_are_refused(
    aws: MotoAccounts, center: IdentityCenter, inventory: Inventory, options: str, message: str
) -> None:
    assert message.replace(" ", "") in inventory.said_of(f"{options}\n")
    assert center.count("ListAccounts") == 0


def test_a_wrong_region_is_refused(aws: MotoAccounts, center: IdentityCenter, inventory: Inventory) -> None:
    said = inventory.said_of(BY_ID, regions="eu-west-1a")
    assert "'eu-west-1a'isanAvailabilityZone;itsregioniseu-west-1" in said
    assert center.count("ListAccounts") == 0


def test_amazon_aws_is_required(aws: MotoAccounts, inventory: Inventory, tmp_path: pathlib.Path) -> None:
    only_ours = tmp_path / "ansible_collections" / "workstation"
    only_ours.mkdir(parents=True)
    (only_ours / "aws_sso").symlink_to(pathlib.Path(collection.__path__[0]).resolve())
    inventory.list(BY_ID)  # writes the file
    listed = run_ansible(
        "inventory", "-i", str(inventory.path), "--list", ANSIBLE_COLLECTIONS_PATH=str(tmp_path)
    )
    assert "ansible-galaxy collection install amazon.aws" in " ".join(listed.stderr.split())


def test_variables_and_groups_are_constructed_with_those_of_the_account(
    aws: MotoAccounts, inventory: Inventory
) -> None:
    instance = aws.instance(PRODUCTION, patch="monday")
    listing = inventory.list(
        f"{BY_ID}keyed_groups:\n  - {{key: tags, prefix: tag}}\n  - {{key: aws_region, prefix: region}}\n"
        "groups: {live: \"aws_account_name == 'Production'\"}\n"
        "compose: {label: \"aws_account_name ~ ' ' ~ instance_id\"}\n"
    )
    assert listing.hosts[instance]["label"] == f"Production {instance}"
    for group in ("tag_patch_monday", "region_eu_central_1", "live"):
        assert listing.group(group) == [instance], group


class TestNames:
    def test_equal_names_in_accounts_are_hosts_of_their_own(
        self, aws: MotoAccounts, inventory: Inventory
    ) -> None:
        one, two = aws.instance(DEVELOPMENT, Name="web"), aws.instance(PRODUCTION, Name="web")
        aws.instance(PRODUCTION, Name="db")
        listing = inventory.list(BY_NAME)
        assert set(listing.hosts) == {f"web_{one}", f"web_{two}", "db"}
        assert listing.hosts[f"web_{one}"]["ansible_host"] == "web"
        assert listing.hosts[f"web_{two}"]["aws_account_id"] == PRODUCTION
        assert "ansible_host" not in listing.hosts["db"]

    def test_equal_names_in_one_region_do_not_hide_an_instance(
        self, aws: MotoAccounts, inventory: Inventory
    ) -> None:
        ids = {aws.instance(DEVELOPMENT, Name="web") for _number in range(3)}
        hosts = inventory.list(f"{BY_NAME}compose: {{ansible_host: private_ip_address}}\n").hosts
        assert {host["instance_id"] for host in hosts.values()} == ids
        assert all(host["ansible_host"] == host["private_ip_address"] for host in hosts.values())

    def test_an_instance_may_have_several_names(self, aws: MotoAccounts, inventory: Inventory) -> None:
        instance = aws.instance(DEVELOPMENT, Name="web")
        options = "aws_ec2: {hostnames: ['tag:Name', instance-id], allow_duplicated_hosts: true}\n"
        assert set(inventory.list(options).hosts) == {"web", instance}

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("localhost", "localhost_ID"),
            ("127.0.0.1", "127.0.0.1_ID"),
            ("all", "all_ID"),
            ("sso_ec2", "sso_ec2_ID"),
            ("tag_env_prod", "tag_env_prod_ID"),
            ("-oProxyCommand=touch x", "_oProxyCommand=touch x"),
            ("a{{ b }}{% c %}", "a__ b __{% c %}".replace("{", "_").replace("}", "_")),
            ("two\nlines\tand more", "two_lines_and more"),
            ("web server 1", "web server 1"),
        ],
    )
    def test_a_tag_cannot_take_the_place_of_another_host_or_group(
        self, aws: MotoAccounts, inventory: Inventory, name: str, expected: str
    ) -> None:
        prod, evil = aws.instance(PRODUCTION, env="prod"), aws.instance(DEVELOPMENT, Name=name)
        listing = inventory.list(
            f"{BY_NAME}keyed_groups: [{{key: tags.env, prefix: tag_env}}]\n"
            "groups: {everything: 'true'}\ncompose: {ansible_host: private_ip_address}\n"
        )
        assert set(listing.hosts) == {prod, expected.replace("ID", evil)}
        assert listing.hosts[prod]["ansible_host"] == listing.hosts[prod]["private_ip_address"]
        assert listing.group("tag_env_prod") == [prod]


HOSTILE = "{{ lookup('pipe', 'touch FILE') }}"
EVIL = "#jinja2: variable_start_string: '[[', variable_end_string: ']]'\n[[ lookup('pipe', 'touch FILE') ]]"
SHOW = """\
- hosts: sso_ec2
  gather_facts: false
  connection: local
  tasks:
    - debug:
        msg: "{{ tags }} {{ label }} {{ inventory_hostname }} {{ groups }} {{ group_names }}"
    - debug:
        msg: "{{ hostvars[inventory_hostname].tags.Name }}"
"""


@pytest.mark.parametrize("text", [HOSTILE, EVIL, "{% set x = lookup('pipe', 'touch FILE') %}"])
def test_tags_are_never_evaluated(
    aws: MotoAccounts, inventory: Inventory, tmp_path: pathlib.Path, text: str
) -> None:
    file, play = tmp_path / "evaluated", tmp_path / "show.yml"
    text = text.replace("FILE", str(file))
    aws.instance(PRODUCTION, Name=text, patch=text)
    options = (
        f"{BY_NAME}{CACHE.format(tmp_path / 'cache')}compose: {{label: \"'i ' ~ tags.patch\"}}\n"
        "keyed_groups: [{key: tags, prefix: tag}]\n"
    )
    play.write_text(SHOW)
    inventory.list(options)
    for _cached in (False, True):
        done = run_ansible("playbook", "-i", str(tmp_path / "corp.sso_ec2.yml"), str(play))
        assert done.returncode == 0 and "touch" in done.stdout, done.stdout + done.stderr
    assert not file.exists()


class TestUnavailable:
    DENIED = ec2_fault("UnauthorizedOperation", "not authorized to perform ec2:DescribeInstances", 403)

    def test_a_region_that_refuses_is_an_error_that_names_it(
        self, aws: MotoAccounts, inventory: Inventory
    ) -> None:
        aws.instance(DEVELOPMENT)
        aws.faults[PRODUCTION, "ap-east-1"] = ec2_fault("AuthFailure", "AWS was not able to validate")
        listing = inventory.list(BY_ID, regions=f"{REGION}, ap-east-1")
        assert not listing.hosts
        said = inventory.said()
        assert "Production(222233334444inap-east-1):Failedtodescribeinstances" in said
        assert "AuthFailure" in said and "exclude_accounts(222233334444)" in said

    def test_it_is_skipped_with_a_warning(self, aws: MotoAccounts, inventory: Inventory) -> None:
        instance = aws.instance(DEVELOPMENT)
        aws.faults[PRODUCTION, REGION] = self.DENIED
        listing = inventory.list(f"unavailable: skip\n{BY_ID}")
        assert set(listing.hosts) == {instance}
        said = inventory.said()
        assert "Production(222233334444ineu-central-1)" in said
        assert "UnauthorizedOperation" in said and DEVELOPMENT not in said

    @pytest.mark.parametrize("operation", ["GetRoleCredentials", "ListAccountRoles"])
    def test_so_is_an_account_whose_credentials_or_roles_are_refused(
        self, aws: MotoAccounts, center: IdentityCenter, inventory: Inventory, operation: str
    ) -> None:
        aws.instance(DEVELOPMENT), aws.instance(PRODUCTION), aws.instance(LOGS)
        center.faults.add(operation, "forbidden", account=PRODUCTION)
        listing = inventory.list(f"unavailable: skip\n{BY_ID}")
        assert len(listing.hosts) == 2
        assert "Instancesaremissing,whichcouldnotbelisted" in inventory.said()

    def test_everything_that_is_refused_is_an_error_all_the_same(
        self, aws: MotoAccounts, inventory: Inventory
    ) -> None:
        for account in (DEVELOPMENT, PRODUCTION, LOGS):
            aws.faults[account, REGION] = self.DENIED
        assert "Instancescouldnotbelisted." in inventory.said_of(f"unavailable: skip\n{BY_ID}")

    def test_a_region_that_throttles_is_requested_again(
        self, aws: MotoAccounts, inventory: Inventory
    ) -> None:
        instance = aws.instance(PRODUCTION)
        aws.faults[PRODUCTION, REGION] = ec2_fault("RequestLimitExceeded", "Request limit exceeded.", 503)
        refused = Seen(PRODUCTION, REGION, "ec2", "DescribeInstances")

        def stop_throttling() -> None:
            while aws.seen.count(refused) < 2:
                time.sleep(0.05)
            aws.faults.clear()

        threading.Thread(target=stop_throttling, daemon=True).start()
        assert set(inventory.list(BY_ID).hosts) == {instance}
        assert aws.seen.count(refused) >= 3

    def test_a_region_that_does_not_respond_is_not_waited_for_in_each_account(
        self, aws: MotoAccounts, inventory: Inventory, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9")
        assert "Couldnotconnecttotheendpoint" in inventory.said_of("unavailable: skip\n")


@pytest.mark.parametrize(
    ("variable", "profile"),
    [("AWS_PROFILE", "other"), ("AWS_PROFILE", "missing"), ("AWS_DEFAULT_PROFILE", "")],
)
def test_a_profile_in_the_environment_has_no_effect(
    aws: MotoAccounts,
    inventory: Inventory,
    aws_config: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    profile: str,
) -> None:
    aws_config.write_text(
        f"{aws_config.read_text()}[profile other]\nregion = us-west-2\naws_access_key_id = AKIAOTHER\n"
        "aws_secret_access_key = x\nendpoint_url = http://127.0.0.1:9\n"
    )
    instance = aws.instance(PRODUCTION)
    monkeypatch.setenv(variable, profile)
    assert set(inventory.list(BY_ID).hosts) == {instance}
    assert os.environ[variable] == profile


class TestCache:
    @pytest.fixture
    def options(self, tmp_path: pathlib.Path) -> str:
        return BY_ID + CACHE.format(tmp_path / "cache")

    def test_it_saves_all_calls_and_holds_no_key(
        self,
        aws: MotoAccounts,
        center: IdentityCenter,
        inventory: Inventory,
        options: str,
        tmp_path: pathlib.Path,
    ) -> None:
        aws.instance(PRODUCTION, patch="monday")
        constructed = f"{options}keyed_groups: [{{key: tags, prefix: tag}}]\n"
        first = inventory.list(constructed)
        calls = len(aws.seen), center.count("ListAccounts")
        second = inventory.list(constructed)
        assert second.hosts == first.hosts and second.group("tag_patch_monday")
        assert (len(aws.seen), center.count("ListAccounts")) == calls
        cached = "".join(path.read_text() for path in (tmp_path / "cache").iterdir())
        assert PRODUCTION in cached
        for key in center.records.role_credentials.values():
            for secret in (key.access_key_id, key.secret_access_key, key.session_token[:40]):
                assert secret not in cached

    def test_other_options_and_a_flush_are_other_lists(
        self, aws: MotoAccounts, inventory: Inventory, options: str
    ) -> None:
        one = aws.instance(PRODUCTION, patch="monday")
        assert set(inventory.list(options).hosts) == {one}
        two = aws.instance(PRODUCTION)
        assert set(inventory.list(options).hosts) == {one}
        monday = options.replace("{hostnames", "{filters: {'tag:patch': monday}, hostnames")
        assert set(inventory.list(monday).hosts) == {one}
        assert set(inventory.list(options, cache=False).hosts) == {one, two}

    def test_another_user_does_not_get_the_list(
        self, aws: MotoAccounts, center: IdentityCenter, inventory: Inventory, options: str
    ) -> None:
        aws.instance(PRODUCTION)
        assert inventory.list(options, roles="Admin*").hosts
        sign_in(center, user="bob", force=True)
        assert not inventory.list(options, roles="Admin*").hosts

    @pytest.mark.parametrize("damage", ["hosts", "region", "account_id", "variables"])
    def test_a_damaged_entry_is_requested_again(
        self, aws: MotoAccounts, inventory: Inventory, options: str, tmp_path: pathlib.Path, damage: str
    ) -> None:
        instance = aws.instance(PRODUCTION)
        inventory.list(options)
        (path,) = (tmp_path / "cache").iterdir()
        document = json.loads(path.read_text())
        entry = json.loads(document["__payload__"]) if "__payload__" in document else document
        item = entry["found"][0]
        (item["hosts"][0] if damage == "variables" else item)[damage] = 5
        path.write_text(
            json.dumps({**document, "__payload__": json.dumps(entry)} if "__payload__" in document else entry)
        )
        assert set(inventory.list(options).hosts) == {instance}


def test_an_expired_token_is_an_error_that_says_how_to_sign_in(
    aws: MotoAccounts, inventory: Inventory
) -> None:
    document = json.loads(token_file().read_text())
    document.pop("refreshToken")
    token_file().write_text(json.dumps({**document, "expiresAt": "2020-01-01T00:00:00Z"}))
    assert "awsssologin--sso-sessioncorp" in inventory.said_of(BY_ID)


CALLER = """\
- hosts: tag_patch_monday
  gather_facts: false
  connection: local
  module_defaults:
    group/aws: "{{ aws_credentials }}"
  tasks:
    - amazon.aws.ec2_instance_info:
        instance_ids: ["{{ aws_instance_id }}"]
      register: found
      no_log: true
    - debug:
        msg: "{{ found.instances | map(attribute='instance_id') | first }} in {{ aws_account_name }}"
"""


def test_tasks_get_the_credentials_of_the_account_of_their_host(
    aws: MotoAccounts, inventory: Inventory, tmp_path: pathlib.Path
) -> None:
    one = aws.instance(PRODUCTION, patch="monday")
    two = aws.instance(DEVELOPMENT, "us-west-2", patch="monday")
    aws.instance(LOGS, patch="tuesday")
    inventory.list(f"{BY_ID}keyed_groups: [{{key: tags, prefix: tag}}]\n", regions=f"{REGION}, us-west-2")
    aws.seen.clear()
    play = tmp_path / "caller.yml"
    play.write_text(CALLER)
    done = run_ansible("playbook", "-i", str(tmp_path / "corp.sso_ec2.yml"), str(play))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{one} in Production" in done.stdout and f"{two} in Development" in done.stdout
    asked = {seen for seen in aws.seen if seen.operation != "DescribeInstances"}
    described = [seen for seen in aws.seen if seen.account_id != LOGS]
    assert Seen(DEVELOPMENT, "us-west-2", "ec2", "DescribeInstances") in described
    assert all(seen.account_id in (DEVELOPMENT, PRODUCTION) for seen in asked)


def test_globs_that_match_nothing_are_warned_of_with_and_without_the_cache(
    aws: MotoAccounts,
    center: IdentityCenter,
    inventory: Inventory,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(Display, "warning", lambda self, text, *_unused, **_named: warnings.append(text))
    options = f"accounts: [Prodution, Dev*, Staging]\n{BY_ID}{CACHE.format(tmp_path / 'cache')}"
    for _run in range(2):
        inventory.list(options, roles="Readonly")
    assert center.count("ListAccounts") == 1
    assert [text.partition(", ")[0] for text in warnings if "You have: " in text] == [
        "No account matches accounts: Prodution. You have: Production (222233334444)",
        "No role in the selected accounts matches roles: Readonly. You have: ReadOnly",
    ] * 2
    warnings.clear()
    inventory.list("exclude_roles: [Readonly, Audit]\n" + BY_ID)
    assert [
        "exclude_roles: Readonly. You have: ReadOnly" in text for text in warnings if "You have" in text
    ] == [True]


@pytest.mark.parametrize(
    ("option", "hint"),
    [
        (
            "filters: {instance-state-name: running}",
            "It is an option of amazon.aws.aws_ec2. Write it under aws_ec2.",
        ),
        (
            "aws_profile: x",
            "It is an option of amazon.aws.aws_ec2. The credentials are those of the accounts",
        ),
    ],
)
def test_an_option_of_aws_ec2_beside_aws_ec2_is_refused_with_its_place(
    aws: MotoAccounts, inventory: Inventory, option: str, hint: str
) -> None:
    said = inventory.said_of(f"{option}\n{BY_ID}")
    assert "".join(f"There is no option '{option.partition(':')[0]}'. {hint}".split()) in said
