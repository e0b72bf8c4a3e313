# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CA certificates in PEM format, validated before anything trusts them.

PRIVATE to the collection.
"""

from __future__ import annotations

import binascii
import hashlib
import os
import re
import ssl
import time
import typing as t

from .._errors import WorkstationError

_BLOCK = re.compile(r"-----BEGIN ([^\r\n]*?)-----(.*?)-----END \1-----", re.DOTALL)
_CERTIFICATE = "CERTIFICATE"


class Certificate(t.NamedTuple):
    """A CA certificate. *problem* says why it is not valid now, to end a sentence; "" if it is valid."""

    der: bytes
    subject: str
    problem: str = ""

    @property
    def pem(self) -> str:
        return ssl.DER_cert_to_PEM_cert(self.der)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.der).hexdigest()


def read_certificates(given: str) -> t.List[Certificate]:
    """The certificates in *given*, which is PEM text or the absolute path of a PEM file, without duplicates.

    Raises WorkstationError; the message contains nothing of the text.
    """
    text = given
    if "-----BEGIN" not in given:
        text = _read_file(given)
    blocks = _BLOCK.findall(text)
    for label, _body in blocks:
        if "PRIVATE KEY" in label:
            raise WorkstationError(
                "ca_certificates contains a private key, which only the certificate authority may have."
                " Pass the certificate only, and have the exposed key replaced."
            )
        if label != _CERTIFICATE:
            raise WorkstationError(
                f"ca_certificates contains a block {label[:40]!r}, which is not a certificate in PEM format."
            )
    if not blocks or text.count("-----BEGIN") != len(blocks):
        raise WorkstationError(
            "ca_certificates contains no certificate in PEM format, or one that is truncated. To convert a"
            " file in DER format, run: openssl x509 -inform der -in FILE -out FILE.pem"
        )
    certificates = (_certificate(number, body) for number, (_label, body) in enumerate(blocks, 1))
    return list({certificate.der: certificate for certificate in certificates}.values())


def _read_file(given: str) -> str:
    path = os.path.expanduser(given)
    if "\n" in given or not os.path.isabs(path):
        raise WorkstationError(
            "ca_certificates must be PEM text or the absolute path of a PEM file on the host."
        )
    try:
        with open(path, encoding="ascii", errors="replace") as stream:
            return stream.read()
    except OSError as error:
        raise WorkstationError(
            f"Could not read {path} on the host (option ca_certificates): {error.strerror}."
        ) from error


def _certificate(number: int, body: str) -> Certificate:
    which = f"Certificate {number} in ca_certificates"
    store = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        der = _der(body)
        store.load_verify_locations(cadata=der)
        authorities = store.get_ca_certs()
    except (ValueError, ssl.SSLError):
        raise WorkstationError(f"{which} cannot be parsed; it may be truncated or damaged.") from None
    if len(authorities) != 1:
        raise WorkstationError(
            f"{which} is not a CA certificate, so no certificate would be trusted because of it."
            " Pass the certificate of the authority, which has the basic constraint CA:TRUE."
        )
    subject = _name(t.cast(t.Any, authorities[0]["subject"]))
    try:
        problem = _problem(t.cast(t.Dict[str, str], authorities[0]))
    except (ValueError, OverflowError):
        raise WorkstationError(f"{which} has a damaged date of validity. Export it again.") from None
    return Certificate(der, subject, problem)


def _der(body: str) -> bytes:
    try:
        return binascii.a2b_base64("".join(body.split()).encode("ascii"))
    except UnicodeEncodeError as error:
        raise ValueError from error


def _name(subject: t.Iterable[t.Iterable[t.Tuple[str, str]]]) -> str:
    """The common name, otherwise all fields; untrusted input, so unprintable characters are replaced."""
    fields = [field for group in subject for field in group]
    common = [value for key, value in fields if key == "commonName"]
    name = common[-1] if common else ", ".join(value for _key, value in fields)
    return "".join(character if character.isprintable() else "?" for character in name)[:100]


def _problem(fields: t.Mapping[str, str]) -> str:
    now = time.time()
    if ssl.cert_time_to_seconds(fields["notAfter"]) < now:
        return f"expired on {fields['notAfter']}"
    if ssl.cert_time_to_seconds(fields["notBefore"]) > now:
        return f"is not valid before {fields['notBefore']}"
    return ""


def fingerprints(bundle: str) -> t.List[str]:
    """The sorted SHA-256 fingerprints of the certificates in a bundle; unreadable ones are left out."""
    found = set()
    for label, body in _BLOCK.findall(bundle):
        if label == _CERTIFICATE:
            try:
                found.add(hashlib.sha256(_der(body)).hexdigest())
            except ValueError:
                continue
    return sorted(found)


def ca_bundle_problem(path: str) -> str:
    """Why the CA bundle at *path* cannot be used, to follow "which"; empty if it can be used."""
    if not os.path.exists(path):
        return "does not exist"
    try:
        ssl.create_default_context(cafile=path)
    except ssl.SSLError:
        return "contains no certificates in PEM format"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""
