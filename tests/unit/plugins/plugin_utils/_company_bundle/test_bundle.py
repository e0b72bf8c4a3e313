# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The published directory: what it contains, and what a second run changes."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import signal
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._laptop._bundle import manifest, signature
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle import directory
from ansible_collections.workstation.aws_sso.plugins.plugin_utils._company_bundle.directory import files_in
from bundles import Mirror, SigningKey
from support.company_bundles import Company, add_wheel, install_collection, key_of, new_key

TAGS = {"anywhere": "py3-none-any", "machine": "cp312-cp312-manylinux2014_x86_64"}
WHEELS = ["anywhere-1.0-py3-none-any.whl", "machine-1.0-cp312-cp312-manylinux2014_x86_64.whl"]
SCRIPTS = {"setup.sh", "wsl-user-data", "intune.ps1"}


def published(company: Company) -> manifest.Manifest:
    """The manifest in the directory, after its signature was verified as laptops do."""
    folder = company.directory
    signers = folder.parent / "signers"
    signers.write_text(signature.allowed_signers([key_of(company.key)]))
    signature.verify(str(folder / "manifest.json"), str(folder / "manifest.json.sig"), str(signers))
    found = manifest.parse((folder / "manifest.json").read_bytes())
    for path, file in found.files.items():
        assert files_in(str(folder / os.path.dirname(path)))[os.path.basename(path)] == file
    return found


def require_wheels(company: Company) -> None:
    company.require(*(add_wheel(company.wheels, name, tag) for name, tag in TAGS.items()))


def test_a_first_version(company: Company) -> None:
    require_wheels(company)
    before = time.time()
    result = company.publish(expire_days=30)
    found = published(company)
    assert {path.name for path in company.directory.iterdir()} == {
        "1",
        "manifest.json",
        "manifest.json.sig",
        *SCRIPTS,
    }
    assert [path.removeprefix("1/") for path in found.environments["3.12-x86_64"]] == WHEELS
    assert {path.name for path in (company.directory / "1").iterdir()} == {
        *WHEELS,
        "company.yml",
        "variables.json",
        "workstation-update.pyz",
        "workstation-aws_sso-1.2.3.tar.gz",
    }
    assert found.name == "acme" and int(before) <= found.serial <= time.time()
    assert (found.expires - found.issued).days == 30
    assert [*found.keys] == [key_of(company.key)] and found.settings.become
    assert result["changed"] and result["new_version"] and result["content_id"] == found.content_id
    assert result["command"] == "curl -fsSL https://example.com/laptops/setup.sh | sh"


def test_everybody_may_read_it(company: Company) -> None:
    before = os.umask(0o077)
    try:
        company.publish()
    finally:
        os.umask(before)
    for path in (company.directory, *company.directory.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


class TestSecondRun:
    def test_the_same_content_is_signed_again(self, company: Company) -> None:
        first = company.publish()
        old = published(company)
        ring = {"percent": 12.5, "start": "2026-05-01T10:00:00+02:00"}
        second = company.publish(paused=True, rings=[ring, {"percent": 100, "start": "2026-05-02"}])
        new = published(company)
        assert not second["new_version"] and second["content_id"] == first["content_id"]
        assert new.serial > old.serial and new.files == old.files
        assert new.rollout.paused and not old.rollout.paused
        times = [(ring.percent, f"{ring.start:%d %H}") for ring in new.rollout.rings]
        assert times == [(12.5, "01 08"), (100, "02 00")]

    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"interval": "weekly"}, "settings"),
            ({"report": {"destination": "/mnt/reports", "token_variable": "", "every_days": 1}}, "settings"),
            ({"machines": ["x86_64", "aarch64"]}, "settings"),
            ({"variables": {"workstation_region": "eu-west-3"}}, r"company\.yml"),
            ({"collection": "print()"}, r"workstation-aws_sso-1\.2\.3\.tar\.gz, workstation-update\.pyz"),
        ],
    )
    def test_other_content_requires_a_new_version(
        self, company: Company, changes: dict[str, t.Any], named: str
    ) -> None:
        company.publish()
        before = {path: path.read_bytes() for path in company.directory.rglob("*") if path.is_file()}
        company.variables.update(changes.pop("variables", {}))
        if code := changes.pop("collection", ""):
            install_collection(company.root, updater=code)
        with pytest.raises(
            WorkstationError, match=rf"Version 1 is in .* with other content: {named}\. Laptops may"
        ):
            company.publish(**changes)
        assert before == {path: path.read_bytes() for path in company.directory.rglob("*") if path.is_file()}
        assert company.publish(version="2", **changes)["new_version"]

    def test_what_is_published_is_not_downloaded_again(self, company: Company) -> None:
        require_wheels(company)
        company.publish()
        shutil.rmtree(company.wheels)
        assert company.publish(version="2")["new_version"]
        wheel = company.directory / "2" / WHEELS[0]
        wheel.write_bytes(b"something else")
        with pytest.raises(WorkstationError, match="pip cannot download"):
            company.publish(version="3")

    def test_an_older_version_is_a_way_back(self, company: Company) -> None:
        first = company.publish()
        company.variables["workstation_region"] = "eu-west-3"
        second = company.publish(version="2")
        del company.variables["workstation_region"]
        back = company.publish()
        assert back["content_id"] == first["content_id"] and back["serial"] > second["serial"]
        assert not back["new_version"]

    def test_the_serial_increases_with_a_clock_that_does_not(self, company: Company) -> None:
        company.publish()
        path = company.directory / "manifest.json"
        document = json.loads(path.read_text())
        document["serial"] = int(time.time()) + 86400
        path.write_text(json.dumps(document))
        assert company.publish()["serial"] == document["serial"] + 1

    def test_another_company(self, company: Company) -> None:
        company.publish()
        with pytest.raises(
            WorkstationError, match=r"contains the bundle acme\. Choose another directory for other"
        ):
            company.publish(name="other")

    def test_a_manifest_that_is_none(self, company: Company) -> None:
        company.publish()
        (company.directory / "manifest.json").write_text("<html>")
        with pytest.raises(WorkstationError, match=r"manifest\.json: The manifest is not JSON\. Choose"):
            company.publish()


class TestSignOnly:
    def test_the_content_does_not_matter(self, company: Company) -> None:
        first = company.publish()
        shutil.rmtree(company.root)
        company.variables["workstation_region"] = "eu-west-3"
        again = company.publish(version=None, sign_only=True, paused=True, interval="weekly")
        assert again["content_id"] == first["content_id"] and again["version"] == "1"
        assert published(company).rollout.paused and again["serial"] > first["serial"]

    def test_of_another_version_or_of_none(self, company: Company) -> None:
        with pytest.raises(WorkstationError, match="contains no manifest"):
            company.publish(version=None, sign_only=True)
        company.publish()
        with pytest.raises(WorkstationError, match="contains version 1, not 2"):
            company.publish(version="2", sign_only=True)

    def test_another_key(self, company: Company, tmp_path: pathlib.Path) -> None:
        """The next key is announced by the current one, and then signs."""
        company.publish()
        current, following = company.key, new_key(tmp_path / "next")
        announced = company.publish(sign_only=True, next_keys=[str(following.with_suffix(".pub"))])
        assert announced["public_keys"] == [key_of(current), key_of(following)]
        setup = (company.directory / "setup.sh").read_text()
        assert key_of(current) in setup and key_of(following) in setup
        company.key = following
        assert company.publish(sign_only=True)["public_keys"] == [key_of(following)]
        assert published(company).files


def test_the_key_is_not_published(company: Company) -> None:
    company.directory.mkdir()
    company.key = new_key(company.directory / "key")
    with pytest.raises(WorkstationError, match="is in the directory that is to be published"):
        company.publish()
    (company.directory.parent / "link").symlink_to(company.key)
    company.key = company.directory.parent / "link"
    with pytest.raises(WorkstationError, match="is in the directory that is to be published"):
        company.publish()


def test_secrets_make_nothing(company: Company) -> None:
    company.variables["workstation_proxy"] = "http://ann:geheim@proxy.example.com"
    with pytest.raises(WorkstationError, match="workstation_proxy contains"):
        company.publish()
    assert not company.directory.exists()


@pytest.mark.parametrize("become", [False, "false", "no"])
def test_without_root(company: Company, become: t.Any) -> None:
    company.variables["workstation_become"] = become
    company.publish()
    assert not published(company).settings.become


@pytest.mark.parametrize(("pinned", "version"), [({}, "2.38.5"), ({"version": "2.38.4"}, "2.38.4")])
def test_the_aws_cli(
    company: Company, signing_key: SigningKey, tmp_path: pathlib.Path, pinned: dict[str, str], version: str
) -> None:
    (tmp_path / "mirror").mkdir()
    mirror = Mirror(tmp_path / "mirror", signing_key)
    for published_version in ("2.38.4", "2.38.5"):
        mirror.add_stub(published_version)
    company.variables["workstation_aws_cli"] = {
        **pinned,
        "base_url": mirror.directory.as_uri(),
        "public_key": signing_key.public_key,
        "fingerprint": [signing_key.fingerprint],
        "install_dir": "~/aws-cli",
    }
    company.publish(aws_cli=True)
    variables = json.loads((company.directory / "1" / "variables.json").read_text())
    found = variables["workstation_aws_cli"]
    assert found["version"] == version and found["install_dir"] == "~/aws-cli" and "base_url" not in found
    assert found["source"] == (
        "{{ workstation_bundle_files }}/awscli-exe-linux-{{ workstation_bundle_machine }}.zip"
    )
    archive = company.directory / "1" / "awscli-exe-linux-x86_64.zip"
    assert archive.read_bytes() == mirror.bundle(version).read_bytes() and published(company).files
    assert archive.with_name(archive.name + ".sig").exists()
    shutil.rmtree(mirror.directory)  # the second run needs no server for the latest version
    shutil.rmtree(pathlib.Path.home() / ".cache")
    assert not company.publish(aws_cli=True)["new_version"]
    company.variables["workstation_aws_cli"]["source"] = "/mnt/awscli.zip"
    with pytest.raises(WorkstationError, match="exclude one another"):
        company.publish(version="2", aws_cli=True)


class Killed:
    """Ends this process at the call *step* of one of the functions that change the directory."""

    def __init__(self, step: int) -> None:
        self._left = step

    def counted(self, function: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
        def call(*arguments: t.Any, **options: t.Any) -> t.Any:
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return call


def publish_and_be_killed(company: Company, step: int) -> int:
    """The status of a process that publishes version 2, or is killed."""
    process = os.fork()
    if not process:
        try:
            killed = Killed(step)
            for module, name in (
                (os, "rename"),
                (os, "chmod"),
                (directory, "replace_file"),
                (directory, "_sync"),
            ):
                setattr(module, name, killed.counted(getattr(module, name)))
            company.publish(version="2")
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def test_laptops_find_a_whole_version_whenever_the_controller_is_killed(company: Company) -> None:
    company.publish()
    before = published(company)
    company.variables["workstation_region"] = "eu-west-3"
    status, steps = -signal.SIGKILL, 0
    while status == -signal.SIGKILL:
        steps += 1
        status = publish_and_be_killed(company, steps)
        found = manifest.parse((company.directory / "manifest.json").read_bytes())
        assert found == before if status else found.version == "2"
        assert all((company.directory / path).is_file() for path in found.files)
    assert status == 0 and steps > 10 and published(company).version == "2"
    left = [path.name for path in company.directory.iterdir() if path.name.startswith(".new-")]
    assert left == []
