# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets as they appear in messages."""

from __future__ import annotations

SECRETS = (
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "https://jane:hunter2@proxy.example.com:3128",
    "https://jane:hun/ter2@proxy.example.com/?x=1",
    "https://bucket.s3.amazonaws.com/x?X-Amz-Credential=hunter2&X-Amz-Signature=hunter2",
    "https://acme.awsapps.com/start/#/device?user_code=hunter2",
    "AWS_SECRET_ACCESS_KEY=hunter2",
    "--client-secret=hunter2",
    '{"accessToken": "hunter2", "refreshToken": "hunter2"}',
    "{'client_secret': 'hunter2'}",
    "password: hunter2",
    "Authorization: Basic aHVudGVyMjpodW50ZXIy",
    "x-amz-sso_bearer_token: hunter2",
    "Bearer aHVudGVyMjpodW50ZXIy",
    "eyJraWQiOiJrZXktMTU2NDAyODA5OSJ9.aHVudGVyMg.hunter2",
    "aoaAAAAAGhunter2hunter2:MGUCMQhunter2",
    "IQoJb3JpZ2luX2VjEJ3hunter2hunter2hunter2hunter2hunter2" + "Ab1" * 20,
    "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\nhunter2",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\nhunter2\n-----END PGP PRIVATE KEY BLOCK-----",
    "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nhunter2\n---- END SSH2 ENCRYPTED PRIVATE KEY ----",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\\nhunter2\\n-----END ENCRYPTED PRIVATE KEY-----",
    "PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nhunter2\nPrivate-MAC: hunter2",
    "jane:hunter2@proxy.example.com:3128",
    "//jane:hun/ter2@proxy.example.com",
    "http_proxy=jane:hunter2@proxy:3128",
    "jdbc:oracle:thin:jane/hunter2@host",
    "bucket.s3.amazonaws.com/x?AWSAccessKeyId=hunter2&Signature=hunter2&Expires=1",
    "account.blob.core.windows.net/c?sv=2020&sig=hunter2%3D&se=1",
    "/oauth/callback?code=hunter2&state=hunter2",
    r"{\"accessToken\": \"hunter2\", \"refreshToken\":\"hunter2\"}",
    "{clientSecret: 'hunter2'}",
    "client_secret: hunter2hunter2",
    "X-Vault-Token: hunter2",
    "AWS_BEARER_TOKEN_BEDROCK=hunter2",
    "password=hunter2,hunter2",
    "passphrase: correct hunter2",
    "<Password type='plain'>hunter2</Password>",
    "--proxy-password hunter2",
    "['--client-secret', 'hunter2']",
    "curl --proxy-user jane:hunter2",
    "machine proxy login jane password hunter2",
    "hvs.CAESIhunter2hunter2",
)
"""Each is a secret, or holds one that is spelled hunter2."""


def leaks(secret: str, text: str) -> bool:
    return "hunter2" in text or secret in text
