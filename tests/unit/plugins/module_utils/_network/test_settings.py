# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A corporate proxy and CA certificates on hosts of several distributions, which are directories here."""

from __future__ import annotations

import os
import pathlib
import shutil
import stat
import subprocess
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.workstation.aws_sso.plugins.module_utils._network.certificates import (
    fingerprints,
    read_certificates,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.proxy import Proxy, parse_proxy
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.settings import (
    Machine,
    NetworkResult,
    NetworkSettings,
    apply_settings,
)
from support.company_network import Authority
from support.network_host import URL, WITH_PASSWORD, Computer, everything

SHELLS = ("sh", "bash", "zsh", "fish")
NOTHING = NetworkSettings(Proxy(), [])


def test_settings_are_applied_once_and_removed_completely(computer: Computer, authority: Authority) -> None:
    before = computer.snapshot()
    settings = everything(authority)
    preview = computer.apply_settings(settings, check=True)
    assert computer.snapshot() == before and not computer.started
    done = computer.apply_settings(settings)
    assert preview == done
    assert len(computer.started) == 1
    assert done.ca_bundle == "/" + computer.bundle == done.environment["AWS_CA_BUNDLE"]
    assert {"HTTPS_PROXY", "https_proxy", "http_proxy", "NO_PROXY", "no_proxy"} < set(done.environment)
    changed = {os.path.relpath(change.path, str(computer.root)) for change in done.changes}
    after = computer.snapshot()
    assert changed == {path for path in after if after[path] != before.get(path)}
    assert settings.certificates is not None
    assert settings.certificates[0].fingerprint in fingerprints(computer.read(computer.bundle))
    again = computer.apply_settings(settings)
    assert not again.changes and not again.warnings and len(computer.started) == 1
    assert again.environment == done.environment

    preview = computer.apply_settings(NOTHING, check=True)
    assert computer.snapshot() == after
    gone = computer.apply_settings(NOTHING)
    assert preview == gone and gone.environment == {} and gone.ca_bundle == ""
    assert computer.snapshot() == before
    assert not computer.apply_settings(NOTHING).changes


def test_settings_that_are_omitted_are_kept(computer: Computer, authority: Authority) -> None:
    computer.apply_settings(everything(authority))
    assert computer.apply_settings(NetworkSettings(None, None)) == NetworkResult()
    bundle = computer.read(computer.bundle)
    assert computer.apply_settings(NetworkSettings(Proxy(), None)).changes
    assert not computer.apply_settings(NetworkSettings(Proxy(), read_certificates(authority.pem))).changes
    assert computer.read(computer.bundle) == bundle
    computer.apply_settings(everything(authority))
    assert computer.apply_settings(NetworkSettings(None, [])).changes
    assert not computer.apply_settings(everything(authority)._replace(certificates=[])).changes


def test_startup_files_of_all_users_are_readable_by_all(computer: Computer, authority: Authority) -> None:
    computer.apply_settings(everything(authority, WITH_PASSWORD))
    modes = {path: stat.S_IMODE(mode) for path, (mode, _content) in computer.snapshot().items()}
    assert modes["etc/profile.d/workstation-proxy.sh"] == 0o644
    assert modes["etc/profile.d/workstation-ca-bundle.sh"] == 0o644
    assert modes.get("etc/apt/apt.conf.d/95workstation-proxy", 0o600) == 0o600


def test_scope_user_changes_only_the_home_directory(
    computer: Computer, authority: Authority, public: Authority
) -> None:
    home = computer.root / "home" / "jane"
    home.mkdir(parents=True)
    (home / ".profile").write_text("# mine\n")
    (home / ".profile").chmod(0o644)
    before = computer.snapshot()
    settings = everything(authority, WITH_PASSWORD)
    preview = computer.apply_settings(settings, check=True, home=str(home))
    assert computer.snapshot() == before
    done = computer.apply_settings(settings, home=str(home))
    assert preview == done and not computer.started
    assert {change.path.startswith(str(home)) for change in done.changes} == {True}
    bundle = pathlib.Path(done.ca_bundle)
    assert bundle.read_text() == public.pem + authority.pem
    assert {done.environment[name] for name in ("AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")} == {
        str(bundle)
    }
    for path, (mode, content) in computer.snapshot().items():
        if b"s3cr" in content:
            assert stat.S_IMODE(mode) == 0o600, path
    assert not computer.apply_settings(settings, home=str(home)).changes

    computer.write(computer.bundle, authority.pem)
    (change,) = computer.apply_settings(settings, home=str(home)).changes
    assert change.path == str(bundle) and bundle.read_text() == authority.pem * 2

    computer.apply_settings(NOTHING, home=str(home))
    assert (home / ".profile").read_text() == "# mine\n" and not bundle.exists()


def environment_of(shell: str, scripts: t.Iterable[str], **variables: str) -> t.Dict[str, str]:
    """The variables after a shell has read *scripts*."""
    command = [shell, "-c", "; ".join([*(f". '{script}'" for script in scripts), "env -0"])]
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **variables}
    output = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout.decode()
    return dict(t.cast(t.Tuple[str, str], line.split("=", 1)) for line in output.split("\0")[:-1])


def scripts_for(shell: str, computer: Computer, authority: Authority, url: str) -> t.List[str]:
    computer.apply_settings(everything(authority, url))
    pattern = {"fish": "etc/fish/conf.d/*", "zsh": "etc/zsh*"}.get(shell, "etc/profile.d/*")
    scripts = list(map(str, sorted(computer.root.glob(pattern))))
    bundle = computer.bundle
    for script in map(pathlib.Path, scripts):
        script.write_text(script.read_text().replace(f" /{bundle}", f" {computer.root / bundle}"))
    return scripts


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
def test_shells_export_the_returned_environment(debian: Computer, authority: Authority, shell: str) -> None:
    scripts = scripts_for(shell, debian, authority, WITH_PASSWORD)
    exported = environment_of(shell, scripts)
    expected = parse_proxy(WITH_PASSWORD, [".example.com", "mirror.example.com"]).environment()
    assert {name: exported.get(name) for name in expected} == expected
    assert exported["NO_PROXY"] == ".example.com,mirror.example.com,127.0.0.1,localhost,::1"
    assert "AWS_CA_BUNDLE" in exported
    (debian.root / debian.bundle).unlink()
    assert "AWS_CA_BUNDLE" not in environment_of(shell, scripts)


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
@pytest.mark.parametrize("name", ["http_proxy", "HTTPS_PROXY"])
def test_variables_that_are_already_set_are_kept(
    debian: Computer, authority: Authority, shell: str, name: str
) -> None:
    scripts = scripts_for(shell, debian, authority, URL)
    exported = environment_of(shell, scripts, **{name: "", "AWS_CA_BUNDLE": "/own.pem"})
    assert (exported[name], exported["AWS_CA_BUNDLE"]) == ("", "/own.pem")
    assert not {"https_proxy", "HTTP_PROXY", "NO_PROXY"}.intersection(exported)


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])
@settings(max_examples=25, deadline=None)
@given(
    st.text("abc%2'$&;()!*+,=~", max_size=12).filter(lambda text: "%" not in text),
    st.text("abc \"\\'$`;\t", min_size=1, max_size=10),
)
def test_no_shell_interprets_a_value_as_code(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, shell: str, password: str, folder: str
) -> None:
    home = tmp_path_factory.mktemp("homes") / folder
    home.mkdir()
    url = f"http://user:{password}@proxy.example.com:3128"
    machine = Machine(dict(zip(SHELLS, SHELLS)).get, lambda command: (1, "", ""), False, str(home), str(home))
    result = apply_settings(NetworkSettings(parse_proxy(url), read_certificates(authority.pem)), machine)
    if shell == "fish":
        sources = sorted((home / ".config/fish/conf.d").iterdir())
    else:
        sources = [home / (".zshenv" if shell == "zsh" else ".profile")]
    scripts = []
    for number, source in enumerate(sources):
        script = home.parent / f"{number}"
        script.write_text(source.read_text())
        scripts.append(str(script))
    exported = environment_of(shell, scripts)
    assert {name: exported.get(name) for name in result.environment} == result.environment
