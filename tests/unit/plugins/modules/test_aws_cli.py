# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The aws_cli module through its main(): options, results and messages; with stubs, and with real CLIs."""

from __future__ import annotations

import calendar
import contextlib
import functools
import hashlib
import http.server
import os
import pathlib
import shutil
import ssl
import subprocess
import threading
import time
import typing as t

import pytest
from ansible.module_utils.basic import AnsibleModule

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli import archive, installer
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.public_key import FINGERPRINT
from ansible_collections.workstation.aws_sso.plugins.modules.aws_cli import PROGRESS_PATH
from bundles import Mirror, SigningKey, new_key, pack_stub, serving, serving_by, wheel_with
from support.module_run import WITH_INVOCATION, run_module


class Host:
    """The home directory of a user, and the module with options that suit it."""

    def __init__(self, home: pathlib.Path, base_url: str, key: SigningKey) -> None:
        self.home = home
        self.base_url = base_url
        self.install_dir = home / ".local/share/aws-cli"
        self.aws = home / ".local/bin/aws"
        self._options = {
            "install_dir": "~/.local/share/aws-cli",
            "bin_dir": "~/.local/bin",
            "base_url": base_url,
            "public_key": key.public_key,
            "fingerprint": key.fingerprint,
        }

    def run(self, check_mode: bool = False, **options: t.Any) -> dict[str, t.Any]:
        wanted = {name: value for name, value in {**self._options, **options}.items() if value is not None}
        return run_module("aws_cli", wanted, check_mode=check_mode, diff=True)

    def version(self) -> str:
        output = subprocess.run([self.aws, "--version"], capture_output=True, text=True, check=True).stdout
        return output.split()[0][len("aws-cli/") :]

    def files(self) -> set[str]:
        return {str(path.relative_to(self.home)) for path in self.home.rglob("*")}


@pytest.fixture
def host(home: pathlib.Path, mirror: Mirror) -> t.Iterator[Host]:
    with serving(mirror.directory) as url:
        yield Host(home, url, mirror.key)


def test_installation_is_reported_and_idempotent(host: Host) -> None:
    result = host.run(version="2.27.1")
    assert {name: result[name] for name in result if name not in ("diff", "invocation", PROGRESS_PATH)} == {
        "changed": True,
        "version": "2.27.1",
        "previous_version": "",
        "executable": str(host.aws),
        "architecture": "x86_64",
        "source": f"{host.base_url}/awscli-exe-linux-x86_64-2.27.1.zip",
        "verified_by": "gpgv",
        "removed_versions": [],
        "replaced_links": {},
        "shadowed_by": "",
        "record": result["record"],
        "ansible_facts": {"aws_cli_record": result["record"]},
    }
    assert host.version() == "2.27.1"
    again = host.run(version="2.27.1")
    assert (again["changed"], again["diff"]["before"]) == (False, again["diff"]["after"])


class Warnings:
    """The warnings of the modules that run in this process, where newer ansible-core displays each once."""

    def __init__(self) -> None:
        self._given: list[str] = []

    def add(self, text: str) -> None:
        self._given.append(text)

    def take(self) -> str:
        """The warnings since the last call."""
        given, self._given = self._given, []
        return "\n".join(given)


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> Warnings:
    recorded = Warnings()
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: recorded.add(text))
    return recorded


def test_record_of_the_installation_is_returned(host: Host, mirror: Mirror) -> None:
    assert host.run(check_mode=True, version="2.27.1")["record"] == {}
    record = host.run(version="2.27.1")["record"]
    signed_at = record.pop("signed_at")
    assert record == {
        "version": "2.27.1",
        "sha256": hashlib.sha256(mirror.bundle("2.27.1").read_bytes()).hexdigest(),
        "source": f"{host.base_url}/awscli-exe-linux-x86_64-2.27.1.zip",
        "verified_by": "gpgv",
        "key": mirror.key.fingerprint,
        "signature_sha256": hashlib.sha256(
            pathlib.Path(f"{mirror.bundle('2.27.1')}.sig").read_bytes()
        ).hexdigest(),
    }
    assert abs(calendar.timegm(time.strptime(signed_at, "%Y-%m-%dT%H:%M:%SZ")) - time.time()) < 86400
    record["signed_at"] = signed_at
    for options in ({}, {"check_mode": True}, {"version": "2.27.1"}, {"keep_versions": 2, "state": "latest"}):
        result = host.run(**options)
        assert result["ansible_facts"] == {"aws_cli_record": result["record"]}
        assert (result["record"]["version"], result["record"] == record) == (
            result["version"],
            result["version"] == "2.27.1",
        )
    assert host.run(version="2.27.1", keep_versions=2)["record"] == record
    assert host.run(state="absent")["record"] == {}


def test_record_of_an_archive_without_a_signature(host: Host, tmp_path: pathlib.Path) -> None:
    pack_stub("2.27.1", tmp_path / "a.zip")
    checksum = "sha256:" + hashlib.sha256((tmp_path / "a.zip").read_bytes()).hexdigest()
    result = host.run(source=str(tmp_path / "a.zip"), verify_signature=False, checksum=checksum)
    assert result["record"] == {
        "version": "2.27.1",
        "sha256": checksum[len("sha256:") :],
        "source": str(tmp_path / "a.zip"),
        "verified_by": "checksum",
    }


@pytest.mark.parametrize("content", ["", "[]", '{"version": 5, "files": 7}', "x" * (2 << 20), "\x00"])
def test_damaged_record_is_ignored(host: Host, content: str) -> None:
    host.run(version="2.27.1")
    (host.install_dir / "v2/2.27.1/install-record.json").write_text(content)
    result = host.run(version="2.27.1")
    assert (result["changed"], result["record"]) == (False, {})


@pytest.mark.parametrize(
    ("missing", "changed"),
    [
        ("dist/awscli/data/metadata.json", True),
        ("dist/awscli", True),
        ("dist/library.so", True),
        ("dist/aws_completer", True),
        ("dist/awscli/examples/s3.rst", False),
        ("dist/awscli/examples", False),
        ("install-record.json", False),
    ],
)
def test_incomplete_installation_is_repaired(
    host: Host, tmp_path: pathlib.Path, missing: str, changed: bool
) -> None:
    """The version that the program reports says nothing of its other files."""
    files = {"library.so": b"x", "awscli/examples/s3.rst": b"x"}
    pack_stub("2.27.1", tmp_path / "a.zip", files=files)
    options = {"source": str(tmp_path / "a.zip"), "verify_signature": False, "version": "2.27.1"}
    host.run(**options)
    path = host.install_dir / "v2/2.27.1" / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert [host.run(**options)["changed"] for _run in range(2)] == [changed, False]
    assert path.exists() == changed


def test_changed_and_additional_files_are_kept(host: Host) -> None:
    """Such as a certificate authority that an administrator appended."""
    host.run(version="2.27.1")
    data = host.install_dir / "v2/2.27.1/dist/awscli/data"
    (data / "metadata.json").write_text("changed")
    (data / "more.json").write_text("more")
    assert not host.run(version="2.27.1")["changed"]


def shadowing_program(host: Host, content: str = "#!/bin/sh\n") -> pathlib.Path:
    """An aws that a login shell of the user of *host* finds first."""
    path = host.home / "tools" / "aws"
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    path.chmod(0o755)
    (host.home / ".profile").write_text('PATH="$HOME/tools:$HOME/.local/bin:$PATH"\n')
    (host.home / ".bash_profile").write_text('PATH="$HOME/tools:$HOME/.local/bin:$PATH"\n')
    return path


def test_other_program_that_a_login_shell_finds_first_is_named(host: Host, warnings: Warnings) -> None:
    script = "#!/opt/py/bin/python3\nimport sys\nfrom awscli.clidriver import main\nsys.exit(main())\n"
    path = shadowing_program(host, script)
    for options in ({"check_mode": True}, {}, {}):
        result = host.run(version="2.27.1", **options)
        assert result["shadowed_by"] == str(path)
        shown = warnings.take()
        assert f"runs {path} (installed by pip), not {host.aws}." in shown
        assert "/opt/py/bin/python3 -m pip uninstall awscli" in shown
        assert f"put {host.aws.parent} before {path.parent} on PATH" in shown
    path.unlink()
    result = host.run(version="2.27.1")
    assert (result["shadowed_by"], warnings.take()) == ("", "")


def test_other_program_that_remains_is_named(host: Host, warnings: Warnings) -> None:
    path = shadowing_program(host)
    (host.home / ".profile").write_text('PATH="$HOME/.local/bin:$HOME/tools:$PATH"\n')
    (host.home / ".bash_profile").write_text('PATH="$HOME/.local/bin:$HOME/tools:$PATH"\n')
    host.run(version="2.27.1")
    assert "tools" not in warnings.take()
    for changed in (True, False):
        result = host.run(state="absent")
        assert (result["changed"], result["shadowed_by"]) == (changed, "")
        assert f"still finds {path}, which this module did not install" in warnings.take()


def test_installation_of_this_module_that_remains_is_named(
    host: Host, tmp_path: pathlib.Path, warnings: Warnings
) -> None:
    for name in (".profile", ".bash_profile"):
        (host.home / name).write_text('PATH="$HOME/.local/bin:$PATH"\n')
    host.run(version="2.27.1")
    warnings.take()
    host.run(state="absent", install_dir=str(tmp_path / "cli"), bin_dir=str(tmp_path / "bin"))
    shown = warnings.take()
    assert f"still finds {host.aws} (installed by this collection), which is not in" in shown
    assert "did not install" not in shown


def test_link_to_another_program_is_named_before_it_is_replaced(
    host: Host, tmp_path: pathlib.Path, warnings: Warnings
) -> None:
    installed = host.home / ".local/share/pipx/venvs/awscli/bin/aws"
    installed.parent.mkdir(parents=True)
    installed.touch(mode=0o755)
    host.aws.parent.mkdir(parents=True)
    host.aws.symlink_to(installed)
    for check_mode in (True, False):
        result = host.run(check_mode=check_mode, version="2.27.1")
        assert result["replaced_links"] == {str(host.aws): str(installed)}
        shown = warnings.take()
        assert f"{host.aws} is a link to another program, {installed}, installed by pipx." in shown
        assert "pipx uninstall awscli" in shown
    assert (host.run(version="2.27.1")["replaced_links"], host.version()) == ({}, "2.27.1")


def test_installation_of_aws_in_another_directory_is_named(
    host: Host, mirror: Mirror, tmp_path: pathlib.Path, warnings: Warnings
) -> None:
    other = tmp_path / "opt" / "aws-cli"
    host.run(version="2.27.1", install_dir=str(other))
    warnings.take()
    result = host.run(version="2.38.5")
    assert result["replaced_links"] == {
        str(host.aws.with_name(name)): f"{other}/v2/current/bin/{name}" for name in ("aws", "aws_completer")
    }
    assert f"state=absent install_dir={other} bin_dir={host.aws.parent}" in warnings.take()
    assert host.run(state="absent", install_dir=str(other))["removed_versions"] == ["2.27.1"]
    assert host.version() == "2.38.5"


def test_broken_link_is_replaced_without_a_warning(host: Host, warnings: Warnings) -> None:
    host.aws.parent.mkdir(parents=True)
    host.aws.symlink_to("/nonexistent/aws")
    result = host.run(version="2.27.1")
    assert result["replaced_links"] == {str(host.aws): "/nonexistent/aws"}
    assert "link" not in warnings.take()


def test_check_mode_writes_nothing(host: Host) -> None:
    before = host.files()
    previewed = host.run(check_mode=True, state="latest")
    assert host.files() == before
    done = host.run(state="latest")
    assert [previewed[name] for name in ("changed", "version", "diff")] == [
        done[name] for name in ("changed", "version", "diff")
    ]
    before = host.files()
    assert host.run(check_mode=True, state="absent")["removed_versions"] == ["2.38.5"]
    assert host.files() == before


def test_absent_removes_the_installation(host: Host) -> None:
    host.run(version="2.27.1")
    result = host.run(state="absent")
    assert (result["changed"], result["version"], result["previous_version"]) == (True, "", "2.27.1")
    assert result["removed_versions"] == ["2.27.1"]
    assert not host.install_dir.exists()
    assert not host.run(state="absent")["changed"]


def test_default_key_is_that_of_the_aws_cli_team(host: Host) -> None:
    result = host.run(version="2.27.1", public_key=None, fingerprint=None)
    assert result["failed"]
    assert f"not by {FINGERPRINT}" in result["msg"]
    assert not host.install_dir.exists()


def test_public_key_may_be_a_file(host: Host, mirror: Mirror) -> None:
    (host.home / "key.asc").write_text(mirror.key.public_key)
    assert host.run(version="2.27.1", public_key="~/key.asc")["changed"]
    assert "Could not read the file" in host.run(version="2.9.19", public_key="~/missing.asc")["msg"]


def test_expired_public_key_is_a_warning(
    host: Host, tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with new_key(created="20200101T000000", expires="1d") as key:
        bundle = Mirror(tmp_path, key).add_stub("2.27.1")
        result = host.run(source=str(bundle), public_key=key.public_key, fingerprint=key.fingerprint)
    assert result["changed"]
    # within one process with the controller's code, newer ansible-core displays it instead of returning it
    warnings = f"{result.get('warnings')}{capfd.readouterr().err}"
    assert "has expired. Update the collection" in warnings


def test_local_archive_with_its_signature_in_another_place(host: Host, mirror: Mirror) -> None:
    shutil.copy(mirror.bundle("2.27.1"), host.home / "aws.zip")
    shutil.copy(f"{mirror.bundle('2.27.1')}.sig", host.home / "proof")
    assert "There is no readable signature" in host.run(source="~/aws.zip")["msg"]
    assert (
        host.run(source="~/aws.zip", signature="~/proof", base_url="http://127.0.0.1:1")["version"]
        == "2.27.1"
    )


def test_unsigned_archive_is_installed_with_verify_signature_false(
    host: Host, tmp_path: pathlib.Path
) -> None:
    pack_stub("2.27.1", tmp_path / "unsigned.zip")
    result = host.run(source=str(tmp_path / "unsigned.zip"), verify_signature=False)
    assert (result["changed"], result["verified_by"]) == (True, "")


def test_version_is_determined_in_a_scratch_home(host: Host, tmp_path: pathlib.Path) -> None:
    """Some versions create ~/.aws even then, which as root would lock the user out."""
    (host.home / "settings").write_text("not an AWS configuration")
    bundle = tmp_path / "bundle.zip"
    pack_stub("2.27.1", bundle, commands='mkdir "$HOME/.aws" && test ! -s "$AWS_CONFIG_FILE" || exit 1')
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CONFIG_FILE", str(host.home / "settings"))
        assert host.run(source=str(bundle), verify_signature=False)["version"] == "2.27.1"
    assert not (host.home / ".aws").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"version": "2.38"}, "must be three numbers such as 2.38.5"),
        ({"version": "latest"}, "must be three numbers such as 2.38.5"),
        ({"version": "2.38.5/../../x"}, "must be three numbers such as 2.38.5"),
        ({"checksum": "md5:0123"}, "sha256:HEXADECIMAL"),
        ({"checksum": "0" * 64}, "sha256:HEXADECIMAL"),
        ({"keep_versions": 0}, "1 or more"),
        ({"install_dir": ""}, "install_dir must be an absolute path"),
        ({"bin_dir": ""}, "bin_dir must be an absolute path"),
        ({"install_dir": "aws-cli", "bin_dir": "bin"}, "install_dir must be an absolute path"),
        ({"state": "absent", "install_dir": "aws-cli"}, "install_dir must be an absolute path"),
        ({"state": "latest", "minimum_version": "2.40.0"}, "which is older than minimum_version 2.40.0"),
        ({"state": "latest", "version": "2.38.5"}, "mutually exclusive with version and source"),
        ({"state": "latest", "source": "/tmp/x.zip"}, "mutually exclusive with version and source"),
        ({"version": "2.0.99"}, "There is no archive at http://127.0.0.1"),
        ({"public_key": "<html>"}, "Could not read"),
        ({"checksum": "sha256:" + "0" * 64}, "The checksum of the archive is"),
    ],
)
def test_invalid_option_is_an_error(options: dict[str, t.Any], message: str, host: Host) -> None:
    result = host.run(**options)
    assert result["failed"]
    assert message in result["msg"]
    assert not host.install_dir.exists()


def test_messages_contain_no_credentials_of_urls(host: Host) -> None:
    result = host.run(source="http://user:hunter2@127.0.0.1:1/aws.zip?signature=0123abcd")
    assert "http://127.0.0.1:1/aws.zip" in result["msg"]
    assert "hunter2" not in result["msg"]
    assert "0123abcd" not in result["msg"]


@pytest.mark.parametrize(
    "options", [{}, {"versoin": "2.27.1"}, {"keep_versions": "many"}, {"state": "latest"}]
)
def test_secrets_of_the_options_are_neither_logged_nor_returned(
    host: Host, options: dict[str, t.Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda _module, text, **_options: logged.append(str(text)))
    result = host.run(
        source="http://user:hunter2@127.0.0.1:1/aws.zip?X-Amz-Signature=0123abcd",
        signature="http://token4711@127.0.0.1:1/aws.zip.sig",
        base_url=host.base_url.replace("http://", "http://user:hunter2@"),
        public_key="-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQVYBGprivate\n-----END",
        **WITH_INVOCATION,
        **options,
    )
    assert result["failed"]
    assert "aws.zip" in str(result["invocation"])
    for secret in ("hunter2", "0123abcd", "token4711", "lQVYBGprivate"):
        assert secret not in f"{result}{logged}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create files of other users")
def test_root_writes_nothing_to_the_temporary_directory_of_another_user(
    host: Host, tmp_path: pathlib.Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    victim.chmod(0o600)
    temporary = tmp_path / "ansible-tmp"
    temporary.mkdir()
    for name in ("progress", ".aws"):
        (temporary / name).symlink_to(victim)
    os.chown(temporary, 4242, 4242)
    bundle = tmp_path / "bundle.zip"
    pack_stub("2.27.1", bundle, commands='touch "$HOME/written"')
    with serving(tmp_path) as url:
        assert host.run(source=f"{url}/bundle.zip", verify_signature=False, _ansible_tmpdir=str(temporary))[
            "changed"
        ]
    assert (victim.read_text(), victim.stat().st_mode & 0o777) == ("precious", 0o600)
    assert sorted(path.name for path in temporary.iterdir()) == [".aws", "progress"]


def test_file_with_the_progress_is_removed_and_readable_for_others(
    host: Host, mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    path = host.install_dir / "v2" / ".aws_sso-progress"
    unpack = archive.unpack

    def look(*arguments: t.Any) -> None:
        modes.append(path.stat().st_mode & 0o777)
        unpack(*arguments)

    monkeypatch.setattr(installer, "unpack", look)
    assert host.run(version="2.27.1")[PROGRESS_PATH] == str(path)
    assert (modes, path.exists()) == ([0o644], False)


def test_proxy_of_the_environment_is_used(
    host: Host, mirror: Mirror, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mirror's name has no address, so that only a proxy can reach it; a proxy receives whole URLs."""
    (tmp_path / "http:").mkdir()
    (tmp_path / "http:" / "mirror.invalid").symlink_to(mirror.directory)
    with serving(tmp_path) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        assert host.run(state="latest", base_url="http://mirror.invalid")["version"] == "2.38.5"


def test_certificates_of_the_environment_are_trusted(
    host: Host, mirror: Mirror, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = tmp_path / "certificate.pem"
    with serving_by_tls(mirror.directory, certificate) as url:
        assert "its certificate is not trusted" in host.run(version="2.27.1", base_url=url)["msg"]
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert host.run(version="2.27.1", base_url=url)["changed"]


@contextlib.contextmanager
def serving_by_tls(directory: pathlib.Path, certificate: pathlib.Path) -> t.Iterator[str]:
    """Serve *directory* by TLS with a new certificate, written to *certificate*, and return the URL."""
    key = certificate.with_suffix(".key")
    names = ["-subj", "/CN=mirror", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names]
    subprocess.run([*command, "-out", certificate, "-keyout", key], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(directory))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.full  # the other tests do this with stubs, those in tests/end_to_end install the real AWS CLI
def test_real_clis_are_upgraded_downgraded_pruned_and_repaired(
    home: pathlib.Path, signing_key: SigningKey, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = Mirror(tmp_path, signing_key)
    for version in ("2.27.1", "2.36.12", "2.38.5"):
        mirror.add_wheel(wheel_with(version))
    with serving(mirror.directory) as url:
        host = Host(home, url, signing_key)
        host.run(version="2.27.1")
        assert host.version() == "2.27.1"

        upgraded = host.run(state="latest", keep_versions=2)
        assert (upgraded["version"], upgraded["previous_version"]) == ("2.38.5", "2.27.1")
        assert completions(host, "aws s3 l") == ["ls"]
        with monkeypatch.context() as patch:
            patch.setenv("AWS_PROFILE", "missing")
            patch.setenv("AWS_DEFAULT_OUTPUT", "nonsense")
            assert not host.run(version="2.38.5", keep_versions=2)["changed"]

        back = host.run(version="2.27.1", keep_versions=2)
        assert (back["version"], back["verified_by"], host.version()) == ("2.27.1", "", "2.27.1")

        between = host.run(version="2.36.12")
        assert between["removed_versions"] == ["2.27.1", "2.38.5"]
        assert host.version() == "2.36.12"
        assert not host.run(version="2.36.12")["changed"]

        library = next(host.install_dir.glob("v2/2.36.12/dist/libpython3*"))
        library.write_bytes(library.read_bytes()[:1000])
        repaired = host.run()
        assert (repaired["changed"], repaired["version"]) == (True, "2.36.12")
        assert repaired["previous_version"] == ""
        assert host.version() == "2.36.12"


class SlowBucket(http.server.BaseHTTPRequestHandler):
    """A bucket of S3 whose objects arrive when the test allows it."""

    requested: t.ClassVar[threading.Event]
    allowed: t.ClassVar[threading.Event]

    def do_GET(self) -> None:
        if "list-type" in self.path:
            keys = "".join(
                f"<Contents><Key>{number}</Key><Size>4</Size><ETag>x</ETag>"
                "<LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
                for number in range(4)
            )
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{keys}</ListBucketResult>".encode()
        else:
            self.requested.set()
            self.allowed.wait(300)
            body = b"data"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"x"')
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: t.Any) -> None:
        """The output of the test stays clean."""


@pytest.mark.full
@pytest.mark.timeout(500)
def test_upgrade_does_not_end_a_running_download(
    home: pathlib.Path, signing_key: SigningKey, tmp_path: pathlib.Path, warnings: Warnings
) -> None:
    """The real CLI starts itself again while it works."""
    mirror = Mirror(tmp_path, signing_key)
    mirror.add_wheel(wheel_with("2.27.1"))
    mirror.add_stub("2.38.5")
    SlowBucket.requested, SlowBucket.allowed = threading.Event(), threading.Event()
    with serving(mirror.directory) as url, serving_by(SlowBucket) as bucket:
        host = Host(home, url, signing_key)
        host.run(version="2.27.1")
        command = [host.aws, "s3", "sync", "s3://b/", tmp_path / "out", "--endpoint-url", bucket]
        environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "AWS_REGION": "us-east-1"}
        with subprocess.Popen(
            [*command, "--no-sign-request"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as sync:
            assert SlowBucket.requested.wait(300)
            upgraded = host.run(version="2.38.5")
            assert (upgraded["version"], upgraded["removed_versions"]) == ("2.38.5", [])
            assert (
                f"2.27.1 is not removed yet, because it is running (process ID {sync.pid}" in warnings.take()
            )
            time.sleep(4)
            SlowBucket.allowed.set()
            output, _none = sync.communicate(timeout=300)
            assert (sync.returncode, sorted(os.listdir(tmp_path / "out"))) == (0, list("0123")), output
        assert host.run(version="2.38.5")["removed_versions"] == ["2.27.1"]
        assert warnings.take() == ""


def completions(host: Host, line: str) -> list[str]:
    environment = {
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "HOME": str(host.home),
        "PATH": "/usr/bin:/bin",
    }
    completer = host.aws.with_name("aws_completer")
    return subprocess.run(
        [completer], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
