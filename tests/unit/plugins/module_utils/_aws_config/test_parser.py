# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of botocore for the configuration file, and the errors for broken files."""

from __future__ import annotations

import os
import pathlib
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_config.parser import (
    AwsConfig,
    ConfigError,
    config_path,
    credentials_path,
    read_config,
)


def read(tmp_path: pathlib.Path, content: t.Union[str, bytes]) -> AwsConfig:
    path = tmp_path / "config"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_config(str(path))


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("k = v # x ; y", {"k": "v # x ; y"}),
        ("# c\n  ; c\nk = v", {"k": "v"}),
        ("KEY = V", {"key": "V"}),
        ("k: v = w", {"k": "v = w"}),
        ("k = v: w", {"k": "v: w"}),
        ("k =", {"k": ""}),
        ('k = "%(v)s"', {"k": '"%(v)s"'}),
        ("k = v  \t", {"k": "v"}),
        ("k = v\n  l = w", {"k": "v\nl = w"}),
        ("k = v\n\n  w\n# c\n  x", {"k": "v\n\nw\nx"}),
        ("  k = v\n  l = w", {"k": "v", "l": "w"}),
        ("s3 =\n  A = b\n  # c\n\n  d=e = f\nk = v", {"s3": {"A": "b", "d": "e = f"}, "k": "v"}),
        ("k = v\n  [profile b]\n  l = w", {"k": "v\n[profile b]\nl = w"}),
        ("[profile b]\nk = w", {}),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_keys_and_values(
    tmp_path: pathlib.Path, text: str, settings: t.Dict[str, t.Any], line_end: str
) -> None:
    content = f"[profile a]\n{text}\n".replace("\n", line_end)
    assert read(tmp_path, content).profiles["a"] == settings


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("[default]", "default"),
        ("[profile default]", "default"),
        ("[profile a]", "a"),
        ('[profile "a b"]', "a b"),
        ("[profile 'a b']", "a b"),
        ("[profile  a]", "a"),
        ("[profile\ta]", "a"),
        ("[profile a] # note", "a"),
        ("  [profile a]", "a"),
        ("[profile a]b]", "a]b"),
        ("[profile DOM\\user]", "DOMuser"),
        ("[profilesX a]", "a"),
        ("[profile a b]", None),
        ("[profile o'neil]", None),
        ("[profile]", None),
        ("[ profile a ]", None),
        ("[Profile a]", None),
        ("[a]", None),
    ],
)
def test_headers_of_profiles(tmp_path: pathlib.Path, header: str, name: t.Optional[str]) -> None:
    assert read(tmp_path, header + "\nk = v\n").profiles == ({name: {"k": "v"}} if name else {})


def test_sessions(tmp_path: pathlib.Path) -> None:
    config = read(tmp_path, "[sso-session a]\nk = v\n[sso-session 'b c']\n[sso-sessions d]\n[profile a]\n")
    assert config.sessions == {"a": {"k": "v"}, "b c": {}, "d": {}}


def test_the_last_section_of_a_name_replaces_the_others(tmp_path: pathlib.Path) -> None:
    config = read(
        tmp_path,
        '[profile a]\nk = 1\nl = 1\n[profile "a"]\nk = 2\n[default]\nk = 1\n[profile default]\nm = 2\n',
    )
    assert config.profiles == {"a": {"k": "2"}, "default": {"m": "2"}}


def test_the_section_of_configparser_leaks_into_all_others(tmp_path: pathlib.Path) -> None:
    config = read(tmp_path, "[DEFAULT]\nk = 1\nl = 1\n[profile a]\nk = 2\n[DEFAULT]\nm = 3\n")
    assert config.profiles == {"a": {"k": "2", "l": "1", "m": "3"}}


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"k = v\n", 1, "The line is before the first [section] header"),
        (b"[profile a]\r\nk = v\r\nK = w\r\n", 3, "Key 'k' is already set in section [profile a]"),
        (
            b"[profile a]\nregion = x\n  [profile b]\nregion = y\n",
            4,
            "Key 'region' is already set in section [profile a]. The header on line 3 is indented, so it",
        ),
        (
            b"[profile a]\n\n[profile b]\n[profile a]\n",
            4,
            "Section [profile a] already exists on line 1. Merge the two.",
        ),
        (
            b"[DEFAULT]\nk = 1\n[DEFAULT]\nk = 2\n",
            4,
            "Key 'k' is already set in an earlier section [DEFAULT]",
        ),
        (b"[profile a]\nk\n", 2, "The line is neither a [section] header nor of the form 'key = value'"),
        (b"[profile a]\n= v\n", 2, "The line is neither a [section] header nor of the form 'key = value'"),
        (
            b"[profile a]\ns3 =\n  k = v\n  broken\n",
            4,
            "The nested block has a line that is not of the form 'key = value'",
        ),
        (
            b"\xef\xbb\xbf[profile a]\n",
            1,
            "The file starts with a byte order mark. Save it as UTF-8 without BOM.",
        ),
        (b"[profile a]\n# caf\xe9\n", 2, "Byte 0xe9 is not UTF-8"),
        ("[profile a]\n".encode("utf-16"), 1, "Byte 0xff is not UTF-8"),
    ],
)
def test_broken_file_is_refused_with_line_and_reason(
    tmp_path: pathlib.Path, content: bytes, line: int, reason: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, content)
    assert str(caught.value).startswith(f"{tmp_path}/config, line {line}: {reason}")


def test_what_is_no_file_is_empty(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "dangling").symlink_to("nowhere")
    for path in ("missing", "", "file/config", "dangling", "."):
        assert read_config(str(tmp_path / path)).profiles == {}
    assert read_config(os.devnull).profiles == {}


def test_file_that_cannot_be_read_is_an_error(tmp_path: pathlib.Path) -> None:
    (tmp_path / "config").symlink_to("config")
    with pytest.raises(ConfigError, match="config: It cannot be read: Too many levels of symbolic links"):
        read_config(str(tmp_path / "config"))


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (None, "/home/jane/.aws/config"),
        ("", ""),
        ("~/x", "/home/jane/x"),
        ("~", "/home/jane"),
        ("$BASE/x/${BASE}", "/srv/x//srv"),
        ("$NONE/${NONE}", "$NONE/${NONE}"),
        ("a~/x", "a~/x"),
    ],
)
def test_path_of_the_configuration(value: t.Optional[str], path: str) -> None:
    environment = {"HOME": "/home/jane", "BASE": "/srv"}
    if value is not None:
        environment["AWS_CONFIG_FILE"] = value
    assert config_path(environment) == path


def test_path_of_the_credentials() -> None:
    assert credentials_path({"HOME": "/home/jane/"}) == "/home/jane/.aws/credentials"
    assert credentials_path({"AWS_SHARED_CREDENTIALS_FILE": "/x"}) == "/x"


def test_path_without_home_is_that_of_the_account() -> None:
    assert config_path({}) == os.path.expanduser("~/.aws/config")
