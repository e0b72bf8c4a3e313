# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user does what the fix of each finding about files, variables and tokens says; then the finding is gone.

The playbook and the AWS CLI are programs that do what the real ones do as far as these fixes call them. The
real ones run the same commands in tests/end_to_end.
"""

from __future__ import annotations

import grp
import os
import pathlib
import re
import subprocess
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils import _doctor
from ansible_collections.workstation.aws_sso.plugins.module_utils._doctor import connectivity, finding
from ansible_collections.workstation.aws_sso.plugins.module_utils._sso.session import SsoSession
from support.advice import PLACE, follow
from support.scratch_workstation import PROFILE, SESSION, ScratchWorkstation

PACKAGE = pathlib.Path(next(iter(_doctor.__path__)))
PROGRAMS = ("cli", "connectivity", "connectivity_findings", "proxy_and_ca", "wsl")
"""Files whose findings are about programs and the network, and are tested with them."""

Arrange = t.Callable[[ScratchWorkstation, pytest.FixtureRequest], t.Any]

KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = hush\n"
ROLE = "role_arn = arn:aws:iam::111122223333:role/Admin\n"
BASE = "[profile base]\n" + PROFILE
TWO = "region = eu-west-1\ncli_pager = less -x\n"
REGISTRATION = "sso/cache/97a9fe18b9a6eedd34128795d876df7399aea547.json"


def config(text: str, credentials: str = "") -> Arrange:
    def arrange(host: ScratchWorkstation, _request: pytest.FixtureRequest) -> None:
        host.write_config(SESSION + text)
        host.write_credentials(credentials)

    return arrange


def whole_config(text: str) -> Arrange:
    return lambda host, _request: host.write_config(text)


def mode(path: str, permissions: int) -> Arrange:
    def arrange(host: ScratchWorkstation, _request: pytest.FixtureRequest) -> None:
        host.write_credentials("[other]\n")
        (host.home / path).chmod(permissions)

    return arrange


def variables(**values: str) -> Arrange:
    def arrange(host: ScratchWorkstation, _request: pytest.FixtureRequest) -> None:
        host.write_config(SESSION + "[default]\nregion = eu-west-1\n[profile corp]\n")
        host.environment.update(values)

    return arrange


def token(minutes: float = 60, without: str = "", **fields: str) -> Arrange:
    return lambda host, _request: host.sign_in(minutes, without, **fields)


def startup(text: str, **values: str) -> Arrange:
    """Variables that are set by a startup file, until it is changed."""

    def arrange(host: ScratchWorkstation, request: pytest.FixtureRequest) -> None:
        variables(**values)(host, request)
        path = host.home / ".profile"
        path.write_text(text)
        read = host.examine

        def examine(*arguments: t.Any) -> t.Any:
            host.environment.update(re.findall(r"export (\w+)=(\S+)", path.read_text()))
            return read(*arguments)

        request.getfixturevalue("monkeypatch").setattr(host, "examine", examine)

    return arrange


def endpoint(host: ScratchWorkstation, _request: pytest.FixtureRequest) -> None:
    del host.environment["AWS_ENDPOINT_URL_SSO"]


def foreign_owner(host: ScratchWorkstation, request: pytest.FixtureRequest) -> None:
    """Only root can give a file away; any other user is another one until sudo runs."""
    owner = os.geteuid()
    if owner == 0:
        os.chown(host.home / ".aws" / "config", 12345, -1)
        return
    marker = host.bin / "sudo-ran"
    host.add_program("sudo", f'#!/bin/sh\n>{marker}\nexec "$@"\n')
    monkeypatch = request.getfixturevalue("monkeypatch")
    monkeypatch.setattr(os, "geteuid", lambda: owner if marker.exists() else owner + 1)


def group_writable(host: ScratchWorkstation, request: pytest.FixtureRequest) -> None:
    entry = grp.struct_group(("staff", "x", 7, []))
    request.getfixturevalue("monkeypatch").setattr(grp, "getgrgid", lambda _number: entry)
    (host.home / ".aws" / "config").chmod(0o620)


def on_windows(host: ScratchWorkstation, request: pytest.FixtureRequest) -> None:
    target = request.getfixturevalue("windows_bin").parents[1] / "ann" / ".aws"
    target.parent.mkdir(parents=True)
    (host.home / ".aws").rename(target)
    (host.home / ".aws").symlink_to(target)


def unreadable(host: ScratchWorkstation, request: pytest.FixtureRequest) -> None:
    """As for a user who is not root, whom permissions do not stop."""
    path = host.home / ".aws" / "config"
    path.chmod(0)

    def refuse(name: str, *arguments: t.Any, **options: t.Any) -> t.Any:
        if str(name) == str(path) and not path.stat().st_mode & 0o400:
            raise PermissionError(13, "Permission denied", str(path))
        return open(name, *arguments, **options)

    patch = request.getfixturevalue("monkeypatch")
    patch.setattr(
        finding.__name__.replace("_doctor.finding", "_aws_config.parser.open"), refuse, raising=False
    )


def unconfigured(host: ScratchWorkstation, _request: pytest.FixtureRequest) -> None:
    host.write_config("")
    host.sessions = [SsoSession("corp", "https://acme.awsapps.com/start", "eu-west-1")]


def mismatch(host: ScratchWorkstation, request: pytest.FixtureRequest) -> None:
    unconfigured(host, request)
    host.write_config(SESSION.replace("eu-west-1", "us-east-1"))


def unknown(host: ScratchWorkstation, _request: pytest.FixtureRequest) -> None:
    host.write_config("")
    host.sessions = ["corp"]


FAULTS: t.Sequence[t.Tuple[str, Arrange]] = (
    ("cache-damaged", lambda host, _request: host.write_cache("cli/cache/0.json", "")),
    ("config-block-ignored", config("[profile x]\ns3 =\nsignature_version = s3v4\nmax_queue_size = 5\n")),
    ("config-block-ignored", config("[profile x]\ns3 = signature_version = s3v4\n")),
    ("config-block-ignored", config("[profile x]\ns3 =\noutput = json\nmax_queue_size = 5\n")),
    ("config-default-uppercase", config("[DEFAULT]\noutput = json\n")),
    ("config-default-uppercase", config("[DEFAULT]\noutput = json\n[default]\noutput = text\nregion = x\n")),
    ("config-default-uppercase", config("", "[DEFAULT]\n" + KEYS)),
    ("config-key-misspelled", config("[profile x]\nouptut = json\n")),
    ("config-key-misspelled", config("[profile x]\noutput = text\noutptu = json\n")),
    ("config-key-misspelled", config("[profile x]\n" + PROFILE.replace("sso_role_name", "sso_role"))),
    ("config-key-misspelled", config("[profile x]\n" + PROFILE.replace("sso_session", "sso-session"))),
    ("config-key-misspelled", config("", "[x]\n" + KEYS.replace("_access_key_id", "_access_key"))),
    ("config-line-indented", config("[profile x]\nregion = eu-west-1\n  [profile y]\noutput = json\n")),
    ("config-line-indented", config("[profile x]\nregion = eu-west-1\n  output = json\n")),
    ("config-line-indented", config("[profile x]\n" + PROFILE.replace("\nsso_", "\n    sso_"))),
    ("config-line-indented", config("[profile x]\nregion = eu-west-1\n  region = us-east-1\n")),
    ("config-section-ignored", config("[local]\nregion = eu-west-1\n")),
    ("config-section-ignored", config("[local]\nregion = eu-west-1\n[profile local]\noutput = json\n")),
    ("config-section-ignored", config("[ profile a ]\nregion = eu-west-1\n")),
    ("config-section-ignored", config('["profile a "]\nregion = eu-west-1\n')),
    ("config-section-ignored", config("[my team]\nregion = eu-west-1\n")),
    ("config-section-ignored", config(SESSION.replace("sso-session corp", "sso_session acme"))),
    ("config-section-ignored", config(SESSION.replace("sso-session corp", " sso-session acme "))),
    ("config-section-ignored", config(SESSION.replace("sso-session corp", "acme"))),
    ("config-section-shadowed", config("[default]\nregion = a\n[profile default]\noutput = json\n")),
    ("config-unparseable", whole_config("\ufeff" + SESSION)),
    ("config-unparseable", whole_config(SESSION + "[profile a]\nregion = x\n [profile b]\nregion = y\n")),
    ("config-unreadable", unreadable),
    ("credentials-mixed-with-sso", config("[profile x]\n" + PROFILE, "[x]\n" + KEYS)),
    ("credentials-section-name", config("", "[profile x]\n" + KEYS)),
    ("credentials-section-name", config("", "[profile x]\n" + KEYS + "[x]\noutput = json\n")),
    ("credentials-section-name", config("", "[ x ]\n" + KEYS)),
    ("credentials-section-name", config("", "[profile 'a b']\n" + KEYS)),
    ("credentials-session", config("", SESSION)),
    ("credentials-session", config("", SESSION.replace("corp", "acme"))),
    ("credentials-shadow-config", config("[profile x]\n" + TWO, "[x]\n" + TWO.replace("-", "_"))),
    ("directory-on-windows", on_windows),
    ("files-foreign-owner", foreign_owner),
    ("files-group-writable", group_writable),
    ("files-too-permissive", mode(".aws/config", 0o644)),
    ("files-world-writable", mode(".aws/cli/cache", 0o777)),
    ("home-writable", mode("", 0o777)),
    ("profile-contradicts-session", config("[profile x]\nsso_region = us-east-1\n" + PROFILE)),
    ("profile-contradicts-session", config("region = x\n[profile x]\nregion = eu-west-1\n" + PROFILE)),
    ("profile-duplicates-session", config("[profile x]\nsso_region = eu-west-1\n" + PROFILE)),
    ("profile-endpoint-override", config("[default]\nendpoint_url = http://localhost:4566\n")),
    ("profile-incomplete", config("[profile x]\nsso_session = corp\nsso_role_name = ReadOnly\n")),
    ("profile-incomplete", config("[profile x]\n" + PROFILE.replace("sso_session = corp\n", ""))),
    ("profile-incomplete", config("[profile x]\naws_access_key_id = AKIA\n")),
    ("profile-incomplete", config("[profile x]\nrole_arn =\nweb_identity_token_file = /t\n")),
    ("profile-invalid-value", config("[profile x]\n" + PROFILE.replace("3333\n", "3333 # prod\n"))),
    ("profile-invalid-value", config("[profile x]\n" + PROFILE.replace("111122223333", '"1111-2222-3333"'))),
    ("profile-invalid-value", config("[profile x]\nregion = eu-west-1 ; home\n")),
    ("profile-invalid-value", config("[profile x]\noutput = 'json'\n")),
    ("profile-invalid-value", config("[profile x]\ncli_pager = ''\n")),
    ("profile-mixed-credentials", config("[profile x]\ncredential_process = x\n" + PROFILE)),
    ("profile-mixed-credentials", config("[profile x]\nlogin_session = x\n" + PROFILE)),
    ("profile-source-unusable", config("[profile x]\n" + PROFILE + ROLE)),
    ("profile-source-unusable", config("[profile x]\nsource_profile = bsae\n" + ROLE + BASE)),
    ("profile-unknown-session", config("[profile x]\n" + PROFILE.replace("corp", "crop"))),
    ("profile-unknown-session", config("[profile x]\n" + PROFILE.replace("corp", ""))),
    ("registration-damaged", lambda host, _request: host.write_cache(REGISTRATION, '{"clientId": "x"}')),
    ("secrets-too-permissive", mode(".aws/credentials", 0o640)),
    ("session-incomplete", whole_config(SESSION.replace("sso_region = eu-west-1\n", ""))),
    ("session-incomplete", whole_config(SESSION.replace("eu-west-1", ""))),
    ("session-incomplete", whole_config(SESSION.replace("eu-west-1", "'eu-west-1'"))),
    ("session-incomplete", whole_config(SESSION.replace("com/start", "com/start>"))),
    ("session-mismatch", mismatch),
    ("session-missing", whole_config("")),
    ("session-not-configured", unconfigured),
    ("session-unknown", unknown),
    ("session-without-scopes", whole_config(SESSION.rpartition("sso_registration_scopes")[0])),
    ("token-damaged", token(without="expiresAt")),
    ("token-expired", token(-1)),
    ("token-expired", token(-1, "refreshToken")),
    ("token-expired", token(-9 * 60)),
    ("token-expires-soon", token(14, "refreshToken")),
    ("token-missing", lambda host, _request: host.sign_in().unlink()),
    ("token-not-refreshable", token(60, "refreshToken")),
    ("token-other-session", token(region="us-east-1")),
    ("variable-access-keys", variables(AWS_ACCESS_KEY_ID="AKIA", AWS_SECRET_ACCESS_KEY="hush")),
    ("variable-endpoint-override", endpoint),
    ("variable-file-override", variables(AWS_CONFIG_FILE="/nowhere")),
    ("variable-region-override", variables(AWS_REGION="us-east-1")),
    ("variable-unknown-profile", variables(AWS_PROFILE="crop")),
    ("variable-unknown-profile", variables(AWS_PROFILE="zzz")),
    ("variable-unknown-profile", startup("\nexport AWS_PROFILE=zzz\n")),
    ("variable-unknown-profile", startup("umask 022\nexport AWS_PROFILE=crop\n")),
    ("variable-region-override", startup("export AWS_REGION=us-east-1\n")),
)  # fmt: skip

END_TO_END = {"registration-expires-soon": "test_commands_in_messages.py"}
"""Findings whose fix only the real AWS CLI can make effective, with the file in tests/end_to_end."""


def test_the_fix_of_each_finding_is_tried() -> None:
    files = [path for path in PACKAGE.rglob("*.py") if path.stem not in PROGRAMS]
    ids = re.compile(r'(?:Finding|_Fault|Fault|_writable)\(\s*"([a-z-]+)"')
    found = {id for path in files for id in ids.findall(path.read_text())}
    assert found == {id for id, _arrange in FAULTS} | set(END_TO_END)
    assert len(found) > 40


def test_no_file_of_the_doctor_is_left_out() -> None:
    assert set(PROGRAMS) <= {path.stem for path in PACKAGE.glob("*.py")}


@pytest.mark.parametrize(
    ("id", "arrange"), FAULTS, ids=[f"{id}-{at}" for at, (id, _arrange) in enumerate(FAULTS)]
)
def test_a_finding_is_gone_after_its_fix(
    host: ScratchWorkstation,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: pathlib.Path,
    id: str,
    arrange: Arrange,
) -> None:
    add_programs(host, tmp_path)
    if id == "variable-endpoint-override":
        monkeypatch.setattr(connectivity.Network, "probe", lambda *_arguments: [])
    arrange(host, request)
    before = [found for found in examine(host) if found.id == id]
    assert len(before) == 1, examine(host)
    carry_out(host, before[0].fix, tmp_path)
    assert [found for found in examine(host) if found.id in (id, "config-unparseable")] == []


def examine(host: ScratchWorkstation) -> t.Sequence[finding.Finding]:
    return host.examine(host.sessions).findings


def add_programs(host: ScratchWorkstation, directory: pathlib.Path) -> None:
    good = host.sign_in()
    (directory / "token").write_bytes(good.read_bytes())
    (directory / "config").write_text(SESSION)
    host.add_program("sudo", '#!/bin/sh\nexec "$@"\n')
    host.add_program(
        "aws",
        "#!/bin/sh\n"
        'case "$*" in\n'
        "    --version) echo 'aws-cli/2.38.5 Python/3.14.0 Linux/6.6 exe/x86_64' ;;\n"
        f"    'sso login --sso-session corp') cat {directory}/token >{good} && chmod 600 {good} ;;\n"
        "    *) exit 2 ;;\n"
        "esac\n",
    )
    host.add_program(
        "ansible-playbook",
        "#!/bin/sh\n"
        "[ \"$*\" = 'workstation.aws_sso.workstation -e @company.yml -e target=HOST' ] || exit 2\n"
        f'cat {directory}/config >"$HOME/.aws/config"\n',
    )


def carry_out(host: ScratchWorkstation, fix: str, directory: pathlib.Path) -> None:
    """Type the command of *fix* into a shell, and edit the file that it names."""
    place = PLACE.search(fix)
    command = fix[: place.start()] if place else fix
    if command.startswith(f"run {finding.SET_UP}") and place:
        command = ""  # the fix after "or"
    also = re.fullmatch("run (.+), and ", command)
    command = also[1] if also else command
    environment = {**host.environment, "PATH": f"{host.bin}:{os.environ['PATH']}"}
    script = f"set -e\n{command}\nenv -0 >{directory}/environment"
    subprocess.run(["sh", "-c", script], env=environment, check=True)
    now = dict(line.split("=", 1) for line in (directory / "environment").read_text().split("\0") if line)
    changed = {name for name in environment if now.get(name) != environment[name]} | (
        set(now) - set(environment)
    )
    for name in changed - {"PWD", "SHLVL", "_", "OLDPWD"}:
        if name in now:
            host.environment[name] = now[name]
        else:
            del host.environment[name]
    if place:
        follow(fix, {"KEY": "hush", "SESSION": "corp"})
