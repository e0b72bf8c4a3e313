# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages that a user sees, as self-contained HTML: no script, no picture, no other host.

The ids are stable, for tests that drive a browser: username, password, sign-in, user-code, next, confirm,
allow, deny.
"""

from __future__ import annotations

import html
import typing as t

from identity_center.messages import Response

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ground:#f2f3f5;--ink:#16191f;--quiet:#545b64;--line:#8d949e;
--accent:#0b5cad;--on-accent:#fff;--bad:#b0130a}
@media (prefers-color-scheme:dark){:root{--paper:#1b2129;--ground:#0f1318;--ink:#eceff3;--quiet:#aab3bf;
--line:#707a87;--accent:#7db8f5;--on-accent:#0b1420;--bad:#ff9c94}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:27rem;padding:2rem;background:var(--paper);border-radius:.75rem;
box-shadow:0 1px 3px #0003;overflow-wrap:anywhere}
h1{margin:0 0 1rem;font-size:1.4rem;line-height:1.25}
label{display:block;margin:1rem 0 .25rem;font-weight:600}
input{width:100%;padding:.6rem .7rem;font:inherit;color:inherit;background:transparent;
border:1px solid var(--line);border-radius:.4rem}
button{padding:.6rem 1.2rem;margin:1.25rem .5rem 0 0;font:inherit;font-weight:600;cursor:pointer;
border-radius:.4rem;color:var(--on-accent);background:var(--accent);border:1px solid var(--accent)}
button.second{color:var(--accent);background:transparent}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.code{font:600 1.6rem/1.6 ui-monospace,monospace;letter-spacing:.1em}
p.code{margin:0}
.quiet{color:var(--quiet);font-size:.9rem}
.bad{color:var(--bad);font-weight:600}
""".replace("\n", "")

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"

SCOPE_MEANINGS = {"sso:account:access": "See your AWS accounts and roles, and get credentials for them"}


def page(title: str, body: str, status: int = 200) -> Response:
    """*title* is text; *body* is HTML."""
    heading = html.escape(title)
    document = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{heading}</title>\n<link rel="icon" href="data:,">\n<style>{STYLE}</style>\n</head>\n'
        f"<body>\n<main>\n<h1>{heading}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    )
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": POLICY + "; img-src data:",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(status, document.encode(), "text/html; charset=utf-8", headers)


def redirect(url: str) -> Response:
    return Response(303, b"", "text/plain", {"Location": url, "Cache-Control": "no-store"})


def sign_in(next_page: str, hint: tuple[str, str], complaint: str = "", user_name: str = "") -> Response:
    """*hint* is a user name and its password, shown because nothing else documents them."""
    known, password = map(html.escape, hint)
    body = (
        '<p class="quiet">This is an emulator in place of the identity provider of your company. Sign in as'
        f" <b>{known}</b> with the password <b>{password}</b>.</p>"
        + _complaint(complaint)
        + f'<form method="post" action="/sign-in">{_hidden("next", next_page)}'
        '<label for="username">User name</label>'
        f'<input id="username" name="username" value="{html.escape(user_name)}" autocomplete="username"'
        ' autocapitalize="none" spellcheck="false" required autofocus>'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required>'
        '<button id="sign-in" type="submit">Sign in</button></form>'
    )
    return page("Sign in", body, 403 if complaint else 200)


def ask_user_code(complaint: str = "") -> Response:
    body = (
        "<p>Enter the code that your device or application shows.</p>"
        + _complaint(complaint)
        + '<form method="get" action="/device"><label for="user-code">Code</label>'
        '<input id="user-code" name="user_code" class="code" autocomplete="off" autocapitalize="characters"'
        ' spellcheck="false" required autofocus><button id="next" type="submit">Next</button></form>'
    )
    return page("Enter the code", body, 400 if complaint else 200)


def confirm_user_code(user_code: str) -> Response:
    body = (
        "<p>Confirm that this is the code that your device or application shows."
        " If it is not, or if you did not start this, close this page.</p>"
        f'<p class="code" id="code">{html.escape(user_code)}</p>'
        f'<form method="post" action="/device">{_hidden("user_code", user_code)}'
        '<button id="confirm" type="submit">Confirm and continue</button></form>'
    )
    return page("Authorization requested", body)


def allow(request: str, client_name: str, scopes: t.Sequence[str], user_name: str) -> Response:
    meanings = [SCOPE_MEANINGS.get(scope, scope) for scope in scopes] or ["Your AWS accounts and roles"]
    body = (
        f"<p><strong>{html.escape(client_name)}</strong> would like to:</p><ul>"
        + "".join(f"<li>{html.escape(meaning)}</li>" for meaning in meanings)
        + f'</ul><p class="quiet">Signed in as {html.escape(user_name)}.</p>'
        f'<form method="post" action="/allow">{_hidden("request", request)}'
        '<button id="allow" type="submit" name="answer" value="allow">Allow access</button>'
        '<button id="deny" class="second" type="submit" name="answer" value="deny">Deny access</button>'
        "</form>"
    )
    return page(f"Allow {client_name} to access your data?", body)


def approved() -> Response:
    return page(
        "Request approved", "<p>You can close this page and go back to your device or application.</p>"
    )


def denied() -> Response:
    return page("Request denied", "<p>Nothing was granted. You can close this page.</p>")


def start(user_name: str, accounts: t.Sequence[tuple[str, str]]) -> Response:
    """*accounts* are pairs of an account's label and the names of its roles."""
    rows = "".join(
        f"<li><strong>{html.escape(label)}</strong><br>{html.escape(roles)}</li>" for label, roles in accounts
    )
    return page("AWS access portal", f"<p>Signed in as {html.escape(user_name)}.</p><ul>{rows}</ul>")


def wrong(explanation: str, status: int = 400) -> Response:
    return page("This did not work", f'<p class="bad">{html.escape(explanation)}</p>', status)


def _complaint(text: str) -> str:
    return f'<p class="bad" role="alert">{html.escape(text)}</p>' if text else ""


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{html.escape(value)}">'
