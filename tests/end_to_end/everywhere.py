# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/credentials-everywhere.md as tests use it: its examples, and a user who runs them against moto."""

from __future__ import annotations

import contextlib
import json
import pathlib
import re
import sys
import typing as t

from end_to_end import readme, real_terraform
from end_to_end.controller import Controller, Play
from end_to_end.signed_in import sign_in
from identity_center import IdentityCenter
from support.moto_accounts import MotoAccounts, Seen
from support.session_manager_plugin import ANSWERS, SessionManagerPlugin

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "credentials-everywhere.md"
BLOCKS = readme.blocks(GUIDE)
PLAYS = {
    block.text.partition("\n")[0].partition("- name: ")[2]: block
    for block in BLOCKS
    if block.text.startswith("- name: ")
}
INVENTORY_NAMES = re.findall(r"`([a-z]+\.aws_\w+\.yml)`:$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
INVENTORIES = dict(
    zip(INVENTORY_NAMES, (block for block in BLOCKS if block.text.startswith("plugin: ")), strict=True)
)
BY_PROFILE, EC2_BY_KEYS, RDS_BY_KEYS = INVENTORY_NAMES
DEVELOPMENT, PRODUCTION = "111122223333", "222233334444"
BUCKET = "shop-transfer"
COLLECTIONS = ("amazon.aws", "community.aws", "community.general")
SERVICES = ("S3", "EC2", "RDS", "SSM", "SECRETS_MANAGER", "SNS", "EKS")
AWS_PROFILES = {"unset": {}, "existing": {"AWS_PROFILE": "other"}, "missing": {"AWS_PROFILE": "missing"}}
"""The environments of Ansible that each example works in."""
_KEYS = ("AccessKeyId", "SecretAccessKey", "SessionToken")


class User:
    """A user who is signed in, with the files of the guide in their home."""

    def __init__(self, controller: Controller, center: IdentityCenter, moto: MotoAccounts) -> None:
        self.center, self.moto, self.controller = center, moto, controller
        self.home = controller.home
        self.cache = self.home / ".aws" / "cli" / "cache"
        self.instances = {account: moto.instance(account) for account in (DEVELOPMENT, PRODUCTION)}
        self._fill()
        controller.environment.update(moto.environment(*SERVICES))
        sign_in(controller, center, *COLLECTIONS)
        programs = self.home / "programs"
        programs.mkdir()
        self.plugin = SessionManagerPlugin(programs)
        if not real_terraform.missing():
            real_terraform.write_terraform(programs)
        controller.environment["PATH"] += f":{programs}"
        # moto on loopback has no host name for each bucket
        controller.environment["TF_CLI_ARGS_init"] = "-backend-config=use_path_style=true"
        self._write_files()

    def play(self, text: str, *arguments: str, **variables: str) -> Play:
        """Start a play, and forget what moto has seen before."""
        self.moto.seen.clear()
        return self.controller.play(text, *arguments, **variables)

    def run(self, text: str, *arguments: str, **variables: str) -> str:
        with self.play(text, *arguments, **variables) as play:
            return play.succeed()

    def seen(self) -> set[tuple[str, str]]:
        """The accounts and services of the last play."""
        return {(request.account_id, request.service) for request in self.requests()}

    def requests(self) -> list[Seen]:
        return list(self.moto.seen)

    def cached_keys(self) -> list[dict[str, str]]:
        """All credentials in the cache of the AWS CLI: the key ID, the secret key and the token of each."""
        entries = [json.loads(path.read_text()) for path in self.cache.glob("*.json")]
        return [{name: entry["Credentials"][name] for name in _KEYS} for entry in entries]

    def write_config(self, text: str) -> None:
        """Append profiles."""
        with (self.home / ".aws" / "config").open("a") as config:
            config.write(text)

    def _fill(self) -> None:
        region = {"LocationConstraint": "eu-central-1"}
        for account in (DEVELOPMENT, PRODUCTION):
            client = self.moto.client("ssm", account)
            client.put_parameter(Name="/shop/greeting", Value=f"Hello from {account}", Type="String")
        secrets = self.moto.client("secretsmanager", DEVELOPMENT)
        secrets.create_secret(Name="shop/password", SecretString="the-password")
        self.moto.client("s3", DEVELOPMENT).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=region)
        self.moto.client("rds", PRODUCTION).create_db_instance(
            DBInstanceIdentifier="orders",
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="orders",
            MasterUserPassword="not used",
        )
        role = f"arn:aws:iam::{DEVELOPMENT}:role/cluster"
        network: dict[str, list[str]] = {"subnetIds": []}
        eks = self.moto.client("eks", DEVELOPMENT)
        eks.create_cluster(name="shop", roleArn=role, resourcesVpcConfig=network)
        self.moto.answers.update(ANSWERS)

    def _write_files(self) -> None:
        for name, block in INVENTORIES.items():
            (self.home / name).write_text(block.text)
        (self.home / "shop.conf.j2").write_text(readme.block("Lookups", "jinja", path=GUIDE).text)
        project = self.home / "network"
        project.mkdir()
        text = readme.block("Terraform and the AWS CLI", "hcl", path=GUIDE).text
        (project / "main.tf").write_text(text)
        self._write_bastion()

    def _write_bastion(self) -> None:
        """A host whose modules find neither profiles nor a token, nor variables of the controller."""
        python = self.home / "python-of-the-bastion"
        python.write_text(f'#!/bin/sh\nunset AWS_PROFILE\nHOME=/nonexistent exec {sys.executable} "$@"\n')
        python.chmod(0o755)
        (self.home / "bastion.ini").write_text(
            f"bastion ansible_connection=local ansible_python_interpreter={python}\n"
        )


@contextlib.contextmanager
def user_in(home: pathlib.Path, collections_path: pathlib.Path) -> t.Iterator[User]:
    with IdentityCenter() as center, MotoAccounts(center) as moto:
        yield User(Controller(home, collections_path, center.environment()), center, moto)
        assert not center.invalid_requests
