# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A company's proxy and CA on machines of several distributions, which are directories here."""

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

from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.certificates import (
    Certificate,
    fingerprints,
    read_certificates,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.package_managers import (
    BLOCK,
    REPLACED,
    for_apt,
    for_dnf,
    for_zypper,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.proxy import (
    Proxy,
    parse_proxy,
    secrets_in,
    without_secrets,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.settings import (
    Machine,
    NetworkResult,
    NetworkSettings,
    apply_settings,
)
from support.company_network import Authority

URL = "http://proxy.example.com:3128"
WITH_PASSWORD = "http://jane:s3cr%40t%2Fhome@proxy.example.com:3128"
DNF_CONF = """\
# see `man dnf.conf`
[main]
gpgcheck=True
proxy=http://old.example.com:8080
 /continued
proxy_username = bob
best=False

[extra]
proxy=_none_
"""
SUSE_PROXY = """\
## Path:\tNetwork/Proxy
## Type:\tyesno
PROXY_ENABLED="no"
HTTP_PROXY=""
NO_PROXY="localhost, 127.0.0.1"
"""
OS_RELEASES = {
    "debian": "ID=debian\n",
    "fedora": "ID=almalinux\nID_LIKE='rhel centos fedora'\n",
    "suse": "ID='opensuse-tumbleweed'\nID_LIKE='opensuse suse'\n",
    "arch": "ID=arch\n",
}
BUNDLES = {
    "debian": "etc/ssl/certs/ca-certificates.crt",
    "fedora": "etc/pki/tls/certs/ca-bundle.crt",
    "suse": "etc/ssl/ca-bundle.pem",
    "arch": "etc/ssl/certs/ca-certificates.crt",
}
ANCHORS = {
    "debian": "usr/local/share/ca-certificates",
    "fedora": "etc/pki/ca-trust/source/anchors",
    "suse": "etc/pki/trust/anchors",
    "arch": "etc/ca-certificates/trust-source/anchors",
}
SHELLS = ("sh", "bash", "zsh", "fish")


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom everybody trusts."""
    return Authority(tmp_path_factory.mktemp("public"), "Public CA")


class Computer:
    """A directory with the files of a distribution, whose programs are here."""

    def __init__(self, root: pathlib.Path, family: str, public: str) -> None:
        self.root = root
        self.family = family
        self.public = public
        self.programs = {"update-ca-certificates", "update-ca-trust", "zsh", "fish"}
        self.bundle = BUNDLES.get(family, "")
        self.update_fails = False
        self.started: t.List[t.List[str]] = []
        self.write("etc/os-release", OS_RELEASES.get(family, "ID=plan9\n"))
        self.write("etc/apt/apt.conf.d/00own" if family == "debian" else "etc/own", "// own\n")
        if family == "fedora":
            self.write("etc/dnf/dnf.conf", DNF_CONF)
        if family == "suse":
            self.write("etc/zypp/zypp.conf", "")
            self.write("etc/sysconfig/proxy", SUSE_PROXY)
        if self.bundle:
            self.update()

    def write(self, path: str, text: str) -> pathlib.Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def update(self) -> None:
        """What the programs of the distributions do."""
        added = sorted((self.root / ANCHORS[self.family]).glob("*.crt"))
        self.write(self.bundle, self.public + "".join(path.read_text() for path in added))

    def run(self, command: t.List[str]) -> t.Tuple[int, str, str]:
        self.started.append(command)
        if self.update_fails:
            return 1, "", "distrusted by policy"
        self.update()
        return 0, "", ""

    def apply_settings(self, settings: NetworkSettings, check: bool = False, home: str = "") -> NetworkResult:
        return apply_settings(settings, Machine(self.find, self.run, check, home, str(self.root)))

    def find(self, name: str) -> t.Optional[str]:
        return f"/usr/sbin/{name}" if name in self.programs else None

    def snapshot(self) -> t.Dict[str, t.Tuple[int, bytes]]:
        return {
            str(path.relative_to(self.root)): (path.stat().st_mode, path.read_bytes())
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }

    def read(self, path: str) -> str:
        return (self.root / path).read_text()


@pytest.fixture(params=sorted(OS_RELEASES))
def computer(request: pytest.FixtureRequest, tmp_path: pathlib.Path, public: Authority) -> Computer:
    return Computer(tmp_path, request.param, public.pem)


@pytest.fixture
def debian(tmp_path: pathlib.Path, public: Authority) -> Computer:
    return Computer(tmp_path, "debian", public.pem)


def everything(authority: Authority, url: str = URL) -> NetworkSettings:
    return NetworkSettings(
        parse_proxy(url, [".example.com", "mirror.example.com"]), read_certificates(authority.pem)
    )


NOTHING = NetworkSettings(Proxy(), [])


# Machines


def test_all_comes_once_and_goes_without_a_trace(computer: Computer, authority: Authority) -> None:
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


def test_what_is_not_wished_for_stays(computer: Computer, authority: Authority) -> None:
    computer.apply_settings(everything(authority))
    assert computer.apply_settings(NetworkSettings(None, None)) == NetworkResult()
    bundle = computer.read(computer.bundle)
    assert computer.apply_settings(NetworkSettings(Proxy(), None)).changes
    assert not computer.apply_settings(NetworkSettings(Proxy(), read_certificates(authority.pem))).changes
    assert computer.read(computer.bundle) == bundle
    computer.apply_settings(everything(authority))
    assert computer.apply_settings(NetworkSettings(None, [])).changes
    assert not computer.apply_settings(everything(authority)._replace(certificates=[])).changes


def test_everybody_can_read_what_shells_read(computer: Computer, authority: Authority) -> None:
    computer.apply_settings(everything(authority, WITH_PASSWORD))
    modes = {path: stat.S_IMODE(mode) for path, (mode, _content) in computer.snapshot().items()}
    assert modes["etc/profile.d/workstation-proxy.sh"] == 0o644
    assert modes["etc/profile.d/workstation-ca-bundle.sh"] == 0o644
    assert modes.get("etc/apt/apt.conf.d/95workstation-proxy", 0o600) == 0o600


def test_a_certificate_that_is_exchanged_is_no_longer_trusted(
    debian: Computer, authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = Authority(tmp_path_factory.mktemp("other"))
    debian.apply_settings(NetworkSettings(None, read_certificates(authority.pem)))
    preview = debian.apply_settings(NetworkSettings(None, read_certificates(other.pem)), check=True)
    assert preview == debian.apply_settings(NetworkSettings(None, read_certificates(other.pem)))
    trusted = fingerprints(debian.read(debian.bundle))
    assert read_certificates(authority.pem)[0].fingerprint not in trusted
    assert read_certificates(other.pem)[0].fingerprint in trusted


def test_the_bundle_decides_and_not_the_file(debian: Computer, authority: Authority) -> None:
    settings = NetworkSettings(None, read_certificates(authority.pem))
    debian.apply_settings(settings)
    debian.write(debian.bundle, debian.public)
    (change,) = debian.apply_settings(settings).changes
    assert change.path.endswith("ca-certificates.crt")
    debian.write(debian.bundle, debian.public)
    debian.update_fails = True
    with pytest.raises(
        WorkstationError, match=r"did not add to .*: Acme Inspection CA\..* Output: distrusted by"
    ):
        debian.apply_settings(settings)


def test_without_the_package_the_certificate_waits_for_it(debian: Computer, authority: Authority) -> None:
    debian.programs.clear()
    (debian.root / debian.bundle).unlink()
    settings = NetworkSettings(None, read_certificates(authority.pem))
    outcome = debian.apply_settings(settings)
    assert outcome.ca_bundle == "/etc/ssl/certs/ca-certificates.crt"
    (warning,) = outcome.warnings
    assert warning.startswith("update-ca-certificates is not installed")
    debian.update()
    again = debian.apply_settings(settings)
    assert not again.changes and not again.warnings


def test_a_new_fedora_has_its_bundle_elsewhere(tmp_path: pathlib.Path, authority: Authority) -> None:
    fedora = Computer(tmp_path, "fedora", "")
    (tmp_path / fedora.bundle).unlink()
    fedora.bundle = "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"
    fedora.update()
    settings = NetworkSettings(None, read_certificates(authority.pem))
    assert fedora.apply_settings(settings).ca_bundle == f"/{fedora.bundle}"


def test_an_unknown_distribution_is_named_before_anything_is_changed(
    tmp_path: pathlib.Path, authority: Authority
) -> None:
    computer = Computer(tmp_path, "plan9", "")
    before = computer.snapshot()
    with pytest.raises(WorkstationError, match="scope=user"):
        computer.apply_settings(everything(authority))
    assert computer.snapshot() == before


def test_a_user_is_served_alone(computer: Computer, authority: Authority, public: Authority) -> None:
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


# What shells make of it


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
def test_shells_export_what_tasks_get(debian: Computer, authority: Authority, shell: str) -> None:
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
def test_what_is_set_already_stays(debian: Computer, authority: Authority, shell: str, name: str) -> None:
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
def test_nothing_in_a_value_is_code(
    tmp_path_factory: pytest.TempPathFactory, authority: Authority, shell: str, password: str, folder: str
) -> None:
    home = tmp_path_factory.mktemp("homes") / folder
    home.mkdir()
    url = f"http://user:{password}@proxy.example.com:3128"
    machine = Machine(dict(zip(SHELLS, SHELLS)).get, lambda command: (1, "", ""), False, str(home), str(home))
    outcome = apply_settings(NetworkSettings(parse_proxy(url), read_certificates(authority.pem)), machine)
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
    assert {name: exported.get(name) for name in outcome.environment} == outcome.environment


# Proxies


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("proxy.example.com:3128", "must be a URL"),
        ("jane:hush@proxy.example.com:3128", "must be a URL"),
        ("socks5://proxy.example.com:1080", "must be a URL"),
        ("http://proxy.example.com", "requires a port"),
        ("http://proxy.example.com:0", "requires a port"),
        ("http://proxy.example.com:99999", "must be a URL"),
        ("http://:3128", "requires a host name"),
        ("http://pro_xy@[::1:3128", "must be a URL"),
        ("http://proxy.example.com:3128/path", "must be a URL"),
        ("http://proxy.example.com:3128?x", "characters that are not allowed"),
        ("http://proxy.example.com:3128\nexport PATH=/tmp", "characters that are not allowed"),
        ('http://jane:hu"sh@proxy.example.com:3128', "characters that are not allowed"),
        ("http://jane:hu`sh@proxy.example.com:3128", "characters that are not allowed"),
        ("http://jane:hush%0aproxy=x@proxy.example.com:3128", "control characters"),
        (" ", "characters that are not allowed"),
    ],
)
def test_what_is_no_proxy_is_named_without_its_password(url: str, message: str) -> None:
    with pytest.raises(WorkstationError, match=message) as error:
        parse_proxy(url)
    assert "hush" not in str(error.value) and "hu" not in str(error.value).split()


@pytest.mark.parametrize("exception", ["", "a b", "a,b", "a\nb", "http://x y", "$(id)", "'"])
def test_what_is_no_host_is_named(exception: str) -> None:
    with pytest.raises(WorkstationError, match="no_proxy contains"):
        parse_proxy(URL, [exception])


def test_loopback_is_never_proxied() -> None:
    proxy = parse_proxy("http://[2001:db8::1]:3128/", ["localhost", "10.0.0.0/8", "*.example.com"])
    assert proxy.environment()["NO_PROXY"] == "localhost,10.0.0.0/8,*.example.com,127.0.0.1,::1"
    assert proxy.url == "http://[2001:db8::1]:3128"


def test_secrets_are_found_and_hidden() -> None:
    assert secrets_in(WITH_PASSWORD) == ["jane:s3cr%40t%2Fhome@"]
    assert secrets_in("jane:hush@proxy:1") == ["jane:hush@"]
    assert secrets_in(URL) == [] == secrets_in("")
    text = f'Acquire "{WITH_PASSWORD}";\nproxy_password = hush\n{REPLACED}proxy_username=bob\nbest=1\n'
    hidden = without_secrets(text)
    assert not [secret for secret in ("jane", "s3cr", "hush", "bob") if secret in hidden]
    assert "proxy.example.com:3128" in hidden and hidden.endswith("best=1\n")


# Package managers


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "[main]",
                "[updates]",
                "proxy=http://other:1",
                "proxy_password = x",
                "  continued",
                "#proxy=no",
                "best=True",
                'HTTP_PROXY="http://other:1"',
                "export NO_PROXY=''",
                "PROXY_ENABLED=no\r",
                "",
            ]
        ),
        st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=8),
    )
).map(lambda lines: "".join(f"{line}\n" for line in lines))
PROXIES = st.sampled_from([URL, WITH_PASSWORD, "https://[::1]:8443"]).map(parse_proxy)


@given(LINES, PROXIES, PROXIES, st.sampled_from([for_dnf, for_zypper]))
def test_files_of_others_come_back_as_they_were(
    text: str, first: Proxy, second: Proxy, edit: t.Callable[[str, Proxy], str]
) -> None:
    once = edit(text, first)
    assert edit(once, first) == once
    assert edit(once, second) == edit(text, second)
    assert edit(once, Proxy()) == text
    kept = [line[len(REPLACED) :] if line.startswith(REPLACED) else line for line in once.split("\n")]
    assert [line for line in text.split("\n") if line not in kept] == []


@given(LINES, PROXIES)
def test_shells_and_dnf_see_our_proxy_alone(text: str, proxy: Proxy) -> None:
    lines = for_zypper(text, proxy).split("\n")
    settings_of_proxy = [line for line in lines if line.lstrip().startswith(("HTTP_PROXY=", "export HTTP"))]
    assert settings_of_proxy == [f'HTTP_PROXY="{proxy.url}"']
    section, found = "", []
    for line in for_dnf(text, proxy).split("\n"):
        if line.strip(" \t").startswith("["):
            section = line.strip(" \t").partition("]")[0]
        elif section == "[main" and line.startswith("proxy="):
            found.append(line)
    assert f"proxy={proxy.without_credentials}" in found
    assert len(found) == 1 or text.count("[main]") > 1


def test_dnf() -> None:
    edited = for_dnf(DNF_CONF, parse_proxy("http://jane:pa%40ss@proxy.example.com:3128"))
    assert (
        edited
        == f"""\
# see `man dnf.conf`
[main]
# BEGIN {BLOCK}
proxy=http://proxy.example.com:3128
proxy_username=jane
proxy_password=pa@ss
# END {BLOCK}
gpgcheck=True
{REPLACED}proxy=http://old.example.com:8080
{REPLACED} /continued
{REPLACED}proxy_username = bob
best=False

[extra]
proxy=_none_
"""
    )
    with pytest.raises(WorkstationError):
        for_dnf(DNF_CONF, parse_proxy(WITH_PASSWORD.replace("%40", "%24")))


def test_somebody_elses_proxy_is_told_of_without_its_password(
    tmp_path: pathlib.Path, authority: Authority
) -> None:
    fedora = Computer(tmp_path, "fedora", authority.pem)
    old = "http://bob:hush@old.example.com:8080"
    fedora.write("etc/dnf/dnf.conf", DNF_CONF.replace("http://old.example.com:8080", old))
    settings = NetworkSettings(parse_proxy(URL), None)
    (warning,) = fedora.apply_settings(settings).warnings
    assert "dnf.conf already had proxy settings" in warning and "old.example.com:8080" in warning
    assert "hush" not in warning and "bob" not in warning
    assert not fedora.apply_settings(settings).warnings


def test_apt_has_no_proxy_for_single_hosts() -> None:
    lines = for_apt(parse_proxy(URL, ["mirror.example.com", ".example.com", "10.0.0.0/8"])).splitlines()
    assert 'Acquire::http::Proxy "http://proxy.example.com:3128";' in lines
    assert 'Acquire::https::Proxy::mirror.example.com "DIRECT";' in lines
    assert len(lines) == 1 + 2 * (1 + len(["mirror.example.com", "127.0.0.1", "localhost"]))


# Certificates


def test_several_certificates_with_words_between_them(authority: Authority, public: Authority) -> None:
    text = f"Acme\n{authority.pem}\n# Public\r\n{public.pem}{authority.pem}"
    found = read_certificates(text)
    assert [certificate.subject for certificate in found] == ["Acme Inspection CA", "Public CA"]
    assert not [certificate.problem for certificate in found if certificate.problem]
    assert found[0].pem == authority.pem


def test_a_file_of_the_host(authority: Authority, tmp_path: pathlib.Path) -> None:
    assert read_certificates(str(authority.file)) == read_certificates(authority.pem)
    with pytest.raises(WorkstationError, match="No such file"):
        read_certificates(str(tmp_path / "none.pem"))
    with pytest.raises(WorkstationError, match="Is a directory"):
        read_certificates(str(tmp_path))


def test_what_is_no_certificate_of_an_authority_is_named(authority: Authority) -> None:
    server = authority.issue("www.example.com").read_text()
    with pytest.raises(WorkstationError, match="contains a private key") as error:
        read_certificates(server)
    assert server.splitlines()[-3] not in str(error.value)
    certificate, end, _key = server.partition("-----END CERTIFICATE-----\n")
    with pytest.raises(WorkstationError, match=r"Certificate 2 .* is not a CA certificate"):
        read_certificates(authority.pem + certificate + end)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda pem: "relative.pem", "PEM text or the absolute path"),
        (lambda pem: "MIIB\nAAAA\n", "PEM text or the absolute path"),
        (lambda pem: pem[:-30], "truncated"),
        (lambda pem: pem + "-----BEGIN CERTIFICATE-----\n", "truncated"),
        (lambda pem: pem.replace(pem.splitlines()[2], ""), "Certificate 1 .* cannot be parsed"),
        (lambda pem: pem.replace(pem.splitlines()[2], "\u00e9"), "Certificate 1 .* cannot be parsed"),
        (lambda pem: pem.replace("CERTIFICATE", "X509 CRL"), "'X509 CRL', which is not a certificate"),
        (lambda pem: "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "cannot be parsed"),
    ],
)
def test_damaged_text_is_named(authority: Authority, damage: t.Callable[[str], str], message: str) -> None:
    with pytest.raises(WorkstationError, match=message):
        read_certificates(damage(authority.pem))


def test_a_certificate_out_of_its_time_is_warned_of(
    debian: Computer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    now = time.time()
    for years, problem in ((-1, "is not valid before"), (1, "expired on")):
        monkeypatch.setattr(time, "time", lambda years=years: now + years * 365 * 86400)
        found: t.List[Certificate] = read_certificates(authority.pem)
        monkeypatch.undo()
        assert found[0].problem.startswith(problem)
        (warning,) = debian.apply_settings(NetworkSettings(None, found), check=True).warnings
        assert f"'Acme Inspection CA' {problem}" in warning and "clock" in warning


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    if not text.startswith("/"):
        with pytest.raises(WorkstationError):
            read_certificates(text)
    assert fingerprints(text) == []
