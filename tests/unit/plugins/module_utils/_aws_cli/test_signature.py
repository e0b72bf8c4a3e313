# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures as gpgv and gpg judge them, with keys of every kind and with AWS's own."""

from __future__ import annotations

import os
import pathlib
import shutil
import time
import typing as t

import pytest

from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.public_key import (
    FINGERPRINT,
    PUBLIC_KEY,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._aws_cli.signature import (
    Verified,
    Verifier,
    binary_key,
    judge,
    read_key,
)
from ansible_collections.workstation.aws_sso.plugins.module_utils._errors import WorkstationError
from bundles import SigningKey, new_key
from bundles.keys import GnupgKey
from support.scratch_host import run_program

AWS_SIGNATURE = pathlib.Path(__file__).with_name("awscli-exe-linux-x86_64-2.36.6.zip.sig")
DATA = b"what was signed"


@pytest.fixture(params=["gpgv", "gpg"])
def find_program(request: pytest.FixtureRequest) -> t.Callable[[str], t.Optional[str]]:
    """A host that has one of the two programs only."""
    return lambda name: shutil.which(name) if name == request.param else None


class Check:
    """A signed file, checked with one program."""

    def __init__(self, directory: pathlib.Path, find_program: t.Callable[[str], t.Optional[str]]) -> None:
        self.scratch = directory / "scratch"
        self.scratch.mkdir(mode=0o700)
        self.file = directory / "signed file"
        self.file.write_bytes(DATA)
        self._find_program = find_program

    def verify(self, key: SigningKey, fingerprint: str = "", public_key: str = "") -> Verified:
        signature = self.file.with_name(self.file.name + ".sig")
        if not signature.exists():
            key.sign(self.file)
        return self.verify_signature(signature, public_key or key.public_key, fingerprint or key.fingerprint)

    def verify_signature(self, signature: pathlib.Path, public_key: str, fingerprint: str) -> Verified:
        verifier = Verifier([public_key.encode()], [fingerprint], run_program, self._find_program)
        return verifier.verify(str(self.file), str(signature), str(self.scratch))


@pytest.fixture
def check(tmp_path: pathlib.Path, find_program: t.Callable[[str], t.Optional[str]]) -> Check:
    return Check(tmp_path, find_program)


def test_valid_signature_is_accepted(check: Check, signing_key: SigningKey, find_program: t.Any) -> None:
    program = "gpgv" if find_program("gpgv") else "gpg"
    before = int(time.time())
    verified = check.verify(signing_key)
    assert verified == Verified(program, "", signing_key.fingerprint, verified.signed_at)
    assert before - 1 <= verified.signed_at <= time.time() + 1


def test_fingerprint_may_contain_blanks_and_lower_case(check: Check, signing_key: SigningKey) -> None:
    fingerprint = signing_key.fingerprint.lower()
    blocks = " ".join(fingerprint[start : start + 4] for start in range(0, 40, 4))
    assert check.verify(signing_key, fingerprint=blocks).warning == ""


def test_changed_data_is_refused(check: Check, signing_key: SigningKey) -> None:
    signing_key.sign(check.file)
    check.file.write_bytes(DATA + b"!")
    with pytest.raises(WorkstationError, match="does not match its signature"):
        check.verify(signing_key)


def test_signature_by_an_unknown_key_is_refused(check: Check, signing_key: SigningKey) -> None:
    with new_key() as other_key:
        other_key.sign(check.file)
        with pytest.raises(
            WorkstationError, match=f"{other_key.fingerprint[-16:]}, not by {signing_key.fingerprint}"
        ):
            check.verify(signing_key)


def test_key_without_the_pinned_fingerprint_is_refused(check: Check, signing_key: SigningKey) -> None:
    with new_key() as other_key:
        other_key.sign(check.file)
        both = signing_key.public_key + other_key.public_key
        with pytest.raises(WorkstationError, match=f"by the key {other_key.fingerprint}, not by"):
            check.verify(signing_key, public_key=both)


def test_revoked_key_is_refused(check: Check) -> None:
    with new_key() as key:
        assert isinstance(key, GnupgKey)
        key.sign(check.file)
        key.revoke()
        with pytest.raises(WorkstationError, match="with a revoked key"):
            check.verify(key)


def test_expired_key_is_accepted_with_a_warning(check: Check) -> None:
    with new_key(created="20200101T000000", expires="1d") as key:
        assert "has expired. Update the collection" in check.verify(key).warning


def test_signature_by_several_keys_is_refused(
    check: Check, signing_key: SigningKey, tmp_path: pathlib.Path
) -> None:
    with new_key() as other:
        first = signing_key.sign(check.file).read_bytes()
        second = other.sign(check.file).read_bytes()
        (tmp_path / "signed file.sig").write_bytes(first + second)
        both = signing_key.public_key + other.public_key
        with pytest.raises(WorkstationError):
            check.verify(signing_key, public_key=both)


@pytest.mark.parametrize(
    "content", [b"", b"<html>Not Found</html>", b"\x00\xff" * 100], ids=["empty", "html", "binary"]
)
def test_file_without_a_signature_is_refused(
    check: Check, signing_key: SigningKey, content: bytes, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "signed file.sig").write_bytes(content)
    with pytest.raises(WorkstationError):
        check.verify(signing_key)


def test_clock_before_the_creation_of_the_key_is_reported(check: Check) -> None:
    """WSL's clock may be off after a sleep; the verifier then sees a key from the future."""
    with new_key(created="20500101T000000") as key, pytest.raises(WorkstationError, match="Check the clock"):
        check.verify(key)


def test_missing_gpgv_and_gpg_are_an_error(tmp_path: pathlib.Path, signing_key: SigningKey) -> None:
    with pytest.raises(WorkstationError, match=r"gpgv \(Debian, Ubuntu\), gnupg2 \(Fedora"):
        Check(tmp_path, lambda _name: None).verify(signing_key)


# the key of the AWS CLI team


def test_signature_of_aws_is_attributed_to_the_shipped_key(check: Check) -> None:
    """Over other data it is a bad signature by that key, and not one by a other_key."""
    status, output, _errors = run_gpgv_with_the_shipped_key(check)
    assert status == 1
    assert f"[GNUPG:] BADSIG {FINGERPRINT[-16:]} AWS CLI Team <aws-cli@amazon.com>" in output.splitlines()
    with pytest.raises(WorkstationError, match="does not match its signature"):
        check.verify_signature(AWS_SIGNATURE, PUBLIC_KEY, FINGERPRINT)


def run_gpgv_with_the_shipped_key(check: Check) -> t.Tuple[int, str, str]:
    keyring = check.scratch / "aws.gpg"
    keyring.write_bytes(binary_key(PUBLIC_KEY.encode()))
    return run_program(
        ["gpgv", "--keyring", str(keyring), "--status-fd", "1", str(AWS_SIGNATURE), str(check.file)]
    )


# public keys of options


def test_armor_is_removed_from_a_public_key(signing_key: SigningKey) -> None:
    armored = signing_key.public_key
    packets = binary_key(armored.encode())
    assert packets[0] & 0x80
    assert binary_key(packets) == packets
    assert binary_key(armored.replace("\n", "\r\n").encode()) == packets
    assert binary_key(f"To whom it may concern:\n\n{armored}\nRegards\n".encode()) == packets
    assert binary_key(armored.replace("\n", "\nComment: a header\n", 1).encode()) == packets
    assert binary_key((armored + armored).encode()) == packets * 2


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"<html>Not Found</html>",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQINBF2",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!!!\n-----END PGP PUBLIC KEY BLOCK-----\n",
    ],
    ids=["empty", "html", "truncated", "not base64"],
)
def test_invalid_public_key_is_an_error(key: bytes) -> None:
    with pytest.raises(WorkstationError):
        binary_key(key)


@pytest.mark.parametrize(
    "key",
    [
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQVYBGhunter2\n-----END PGP PRIVATE KEY BLOCK-----\n",
        "-----BEGIN PGP PRIVATE KEY BLOCK----- lQVYBGhunter2 -----END PGP PRIVATE KEY BLOCK-----",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----\n",
        "lQVYBGhunter2\nhunter2\n",
    ],
    ids=["armored", "on one line", "of SSH", "without armor"],
)
def test_text_that_may_be_a_private_key_is_not_shown(key: str, tmp_path: pathlib.Path) -> None:
    with pytest.raises(WorkstationError, match="option public_key") as caught:
        read_key(key)
    assert "hunter2" not in str(caught.value)
    (tmp_path / "key").write_text(key)
    with pytest.raises(WorkstationError, match="option public_key") as caught:
        binary_key(read_key(str(tmp_path / "key")))
    assert "hunter2" not in str(caught.value)


def test_private_key_in_a_binary_file_is_refused() -> None:
    with new_key() as key:
        assert isinstance(key, GnupgKey)
        exported = key.private_key()
    with pytest.raises(WorkstationError, match="contains a private key"):
        binary_key(exported)


def test_public_key_that_is_no_file_or_too_large_is_refused(tmp_path: pathlib.Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WorkstationError, match="is not a regular file"):
        read_key(str(tmp_path / "pipe"))
    with open(tmp_path / "large", "wb") as stream:
        stream.truncate(1 << 21)
    with pytest.raises(WorkstationError, match="larger than 1048576 bytes"):
        read_key(str(tmp_path / "large"))


def test_public_key_is_read_from_a_file(tmp_path: pathlib.Path, signing_key: SigningKey) -> None:
    path = tmp_path / "key.asc"
    path.write_text(signing_key.public_key)
    assert read_key(str(path)) == read_key(signing_key.public_key) == signing_key.public_key.encode()
    with pytest.raises(WorkstationError, match=r"missing\.asc"):
        read_key(str(tmp_path / "missing.asc"))


# status lines that the keys of these tests do not produce


def test_expired_signature_is_refused() -> None:
    with pytest.raises(WorkstationError, match="signature itself has expired"):
        judged(0, status_lines("EXPSIG 1234 someone", f"VALIDSIG {FINGERPRINT} {FINGERPRINT}"))


def test_exit_code_of_gpg_counts_too() -> None:
    with pytest.raises(WorkstationError, match="could not be verified: out of memory"):
        lines = status_lines("GOODSIG 1234 x", f"VALIDSIG {FINGERPRINT} {FINGERPRINT}")
        judged(2, lines, "out of memory")


def test_success_without_a_valid_signature_is_refused() -> None:
    with pytest.raises(WorkstationError, match="signature is not valid"):
        judged(0, status_lines(f"VALIDSIG {FINGERPRINT} {FINGERPRINT}"))


def test_name_of_a_signer_is_not_taken_for_a_status_line() -> None:
    with pytest.raises(WorkstationError, match="one valid signature, not 0"):
        judged(0, f"[GNUPG:] GOODSIG 1234 x\u2028[GNUPG:] VALIDSIG {FINGERPRINT}\n")


def judged(status: int, output: str, errors: str = "") -> Verified:
    return judge(status, output, errors, [FINGERPRINT])


def status_lines(*lines: str) -> str:
    return "".join(f"[GNUPG:] {line}\n" for line in lines)


# what gpgv leaves undecided


SEQUOIA = "gpgv: Signature made Wed Jan  1 00:00:00 2020\ngpgv: Can't check signature: Bad public key\n"


def sequoia(directory: pathlib.Path, key: SigningKey) -> str:
    """A gpgv that answers as that of Sequoia does for a key whose self-signatures are all newer."""
    program = directory / "gpgv"
    program.write_text(
        f"#!/bin/sh\necho '[GNUPG:] NEWSIG'\necho '[GNUPG:] ERRSIG {key.fingerprint[-16:]} 1 10 00 15778368"
        f"00 6 {key.fingerprint}'\nprintf '%s' \"{SEQUOIA}\" >&2\nexit 2\n"
    )
    program.chmod(0o755)
    return str(program)


def test_gpg_decides_where_gpgv_cannot(tmp_path: pathlib.Path, signing_key: SigningKey) -> None:
    programs = {"gpgv": sequoia(tmp_path, signing_key), "gpg": shutil.which("gpg")}
    assert Check(tmp_path, programs.get).verify(signing_key).program == "gpg"


@pytest.mark.parametrize("content", ["", "#!/nonexistent/interpreter\n", "#!/bin/sh\nexit 127\n"])
def test_gpg_decides_where_gpgv_does_not_start(
    tmp_path: pathlib.Path, signing_key: SigningKey, content: str
) -> None:
    program = tmp_path / "gpgv"
    program.write_text(content)
    program.chmod(0o755)
    programs = {"gpgv": str(program), "gpg": shutil.which("gpg")}
    assert Check(tmp_path, programs.get).verify(signing_key).program == "gpg"


def test_gpg_is_not_asked_about_a_bad_signature(tmp_path: pathlib.Path, signing_key: SigningKey) -> None:
    check = Check(tmp_path, lambda name: shutil.which("gpgv") if name == "gpgv" else "/bin/false")
    signing_key.sign(check.file)
    check.file.write_bytes(b"changed")
    with pytest.raises(WorkstationError, match=r"does not match its signature.*BAD signature from"):
        check.verify(signing_key)


def test_message_has_the_words_of_the_program(tmp_path: pathlib.Path, signing_key: SigningKey) -> None:
    check = Check(tmp_path, {"gpgv": sequoia(tmp_path, signing_key)}.get)
    with pytest.raises(WorkstationError, match=r"Can't check signature: Bad public key\. .*self-signatures"):
        check.verify(signing_key)


def test_fingerprint_without_its_public_key_is_named(check: Check, signing_key: SigningKey) -> None:
    signing_key.sign(check.file)
    with pytest.raises(WorkstationError, match=f"by the key {signing_key.fingerprint}.*Set public_key to it"):
        check.verify(signing_key, public_key=PUBLIC_KEY)


def test_one_of_several_keys_and_fingerprints_suffices(
    check: Check, signing_key: SigningKey, find_program: t.Any
) -> None:
    """As on the day of a change of the key."""
    signature = signing_key.sign(check.file)
    keys = [PUBLIC_KEY.encode(), signing_key.public_key.encode()]
    fingerprints = [FINGERPRINT, "0x" + signing_key.fingerprint.lower()]
    for order in (1, -1):
        verifier = Verifier(keys[::order], fingerprints[::order], run_program, find_program, "a warning")
        verified = verifier.verify(str(check.file), str(signature), str(check.scratch))
        assert (verified.fingerprint, verified.warning) == (signing_key.fingerprint, "a warning")
    with pytest.raises(WorkstationError, match=f"not by {FINGERPRINT} or {'A' * 40}"):
        Verifier(keys, [FINGERPRINT, "A" * 40], run_program, find_program).verify(
            str(check.file), str(signature), str(check.scratch)
        )


def test_gpg_works_where_the_path_of_the_scratch_directory_is_long(
    tmp_path: pathlib.Path, signing_key: SigningKey
) -> None:
    check = Check(
        tmp_path, lambda name: shutil.which(name) if name.startswith("gpg") and name != "gpgv" else None
    )
    check.scratch = tmp_path / ("long " * 40)
    check.scratch.mkdir()
    assert check.verify(signing_key).program == "gpg"
