# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates of certificate authorities, as people hand them on.

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
    """*problem* is why it is of no use today; "" if it is."""

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
    """The certificates of *given*, which is PEM text or the path of a file with such; each one once.

    Raises WorkstationError, which shows nothing of the text.
    """
    text = given
    if "-----BEGIN" not in given:
        text = _read_file(given)
    blocks = _BLOCK.findall(text)
    for label, _body in blocks:
        if "PRIVATE KEY" in label:
            raise WorkstationError(
                "ca_certificates holds a private key, which belongs to nobody but the certificate authority."
                " Give the certificate alone, and have whoever issued the key replace it"
            )
        if label != _CERTIFICATE:
            raise WorkstationError(
                f"ca_certificates holds a {label[:40]!r}, which is no certificate in PEM form"
            )
    if not blocks or text.count("-----BEGIN") != len(blocks):
        raise WorkstationError(
            "ca_certificates holds no certificate in PEM form, or one that is cut off. A file in DER form"
            " becomes one by: openssl x509 -inform der -in FILE -out FILE.pem"
        )
    certificates = (_certificate(number, body) for number, (_label, body) in enumerate(blocks, 1))
    return list({certificate.der: certificate for certificate in certificates}.values())


def _read_file(given: str) -> str:
    path = os.path.expanduser(given)
    if "\n" in given or not os.path.isabs(path):
        raise WorkstationError(
            "ca_certificates is neither PEM text nor the absolute path of a file with such"
        )
    try:
        with open(path, encoding="ascii", errors="replace") as stream:
            return stream.read()
    except OSError as error:
        raise WorkstationError(f"ca_certificates names {path} on the host: {error.strerror}") from error


def _certificate(number: int, body: str) -> Certificate:
    which = f"certificate {number} of ca_certificates"
    store = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        der = _der(body)
        store.load_verify_locations(cadata=der)
    except (ValueError, ssl.SSLError):
        raise WorkstationError(f"{which} cannot be read; it may be cut off or changed on its way") from None
    authorities = store.get_ca_certs()
    if len(authorities) != 1:
        raise WorkstationError(
            f"{which} is not that of a certificate authority, so that nothing it signed would be trusted."
            " Give the certificate of the authority; it has the constraint CA:TRUE"
        )
    subject = _name(t.cast(t.Any, authorities[0]["subject"]))
    return Certificate(der, subject, _problem(t.cast(t.Dict[str, str], authorities[0])))


def _der(body: str) -> bytes:
    try:
        return binascii.a2b_base64("".join(body.split()).encode("ascii"))
    except UnicodeEncodeError as error:
        raise ValueError from error


def _name(subject: t.Iterable[t.Iterable[t.Tuple[str, str]]]) -> str:
    """The common name, else all that there is; others choose it, so it is made printable."""
    fields = [field for group in subject for field in group]
    common = [value for key, value in fields if key == "commonName"]
    name = common[-1] if common else ", ".join(value for _key, value in fields)
    return "".join(character if character.isprintable() else "?" for character in name)[:100]


def _problem(fields: t.Mapping[str, str]) -> str:
    now = time.time()
    if ssl.cert_time_to_seconds(fields["notAfter"]) < now:
        return f"ended on {fields['notAfter']}"
    if ssl.cert_time_to_seconds(fields["notBefore"]) > now:
        return f"begins on {fields['notBefore']} only"
    return ""


def fingerprints(bundle: str) -> t.List[str]:
    """The SHA-256 fingerprints of the certificates in a bundle, sorted; what cannot be read is left out."""
    found = set()
    for label, body in _BLOCK.findall(bundle):
        if label == _CERTIFICATE:
            try:
                found.add(hashlib.sha256(_der(body)).hexdigest())
            except ValueError:
                continue
    return sorted(found)
