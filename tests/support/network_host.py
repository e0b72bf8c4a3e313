# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of one of several distributions, as a directory, for tests of proxies and CA certificates."""

from __future__ import annotations

import pathlib
import typing as t

from ansible_collections.workstation.aws_sso.plugins.module_utils._network.certificates import (
    read_certificates,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.proxy import parse_proxy
from ansible_collections.workstation.aws_sso.plugins.module_utils._network.settings import (
    Machine,
    NetworkResult,
    NetworkSettings,
    apply_settings,
)

from .company_network import Authority

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


class Computer:
    """A directory with the files of a distribution; *programs* are those that are installed."""

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
        """Rebuild the bundle, as update-ca-certificates and update-ca-trust do."""
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


def everything(authority: Authority, url: str = URL) -> NetworkSettings:
    return NetworkSettings(
        parse_proxy(url, [".example.com", "mirror.example.com"]), read_certificates(authority.pem)
    )
