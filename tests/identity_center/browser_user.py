# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A scripted user: follows the pages of the emulator as a user with a browser would.

Standard library only, and nothing else of this package, so that it starts at once when it is run as a
program.
"""

from __future__ import annotations

import argparse
import html.parser
import http.cookiejar
import os
import shlex
import ssl
import sys
import time
import typing as t
import urllib.error
import urllib.parse
import urllib.request

VARIABLES = "IDENTITY_CENTER_USER_"
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")
MAX_PAGES = 12


class BrowserUserError(ValueError):
    """The pages did not lead to an answer; the text says what the last one was."""


class Form(t.NamedTuple):
    action: str
    method: str
    fields: dict[str, str]
    ids: dict[str, tuple[str, str]]
    """id of an input or a button -> its name and value."""


class Page(html.parser.HTMLParser):
    """The heading and the form of a page; ours have one of each at most."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.heading = ""
        self.form: Form | None = None
        self._in_heading = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "h1":
            self._in_heading = True
        elif tag == "form":
            self.form = Form(values.get("action", ""), values.get("method", "get").lower(), {}, {})
        elif tag in ("input", "button") and self.form is not None:
            name, value = values.get("name", ""), values.get("value", "")
            if tag == "input" and name:
                self.form.fields[name] = value
            self.form.ids[values.get("id", "")] = (name, value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "h1":
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        if self._in_heading:
            self.heading += data


class BrowserUser:
    """*code* is the user code to type where a page asks for one; *delay* is how many seconds a page is looked
    at; *cookies* is a file to keep the browser's session in. Without *verify*, any certificate will do."""

    def __init__(
        self,
        user: str = "alice",
        password: str = "correct horse",
        *,
        deny: bool = False,
        code: str = "",
        delay: float = 0,
        cookies: str = "",
        verify: bool = True,
    ) -> None:
        self._user = user
        self._password = password
        self._deny = deny
        self._code = code
        self._delay = delay
        self._jar = http.cookiejar.LWPCookieJar(cookies or None)
        if cookies and os.path.exists(cookies):
            self._jar.load(ignore_discard=True)
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self._jar),
            *([] if verify else [urllib.request.HTTPSHandler(context=ssl._create_unverified_context())]),
        )

    def visit(self, url: str) -> str:
        """Open *url* and do what the pages ask for. Returns the heading of the last page.

        Raises BrowserUserError when the pages end in an error.
        """
        address, page = self._open(url)
        for _unused in range(MAX_PAGES):
            if page.form is None:
                if self._jar.filename:
                    self._jar.save(ignore_discard=True)
                return page.heading
            time.sleep(self._delay)
            address, page = self._submit(address, page)
        raise BrowserUserError(f"there are too many pages; the last one is {page.heading!r}")

    def _submit(self, address: str, page: Page) -> tuple[str, Page]:
        form = page.form
        assert form is not None
        fields = dict(form.fields)
        if "username" in form.ids:
            fields.update({"username": self._user, "password": self._password})
        elif "allow" in form.ids:
            fields.update([form.ids["deny" if self._deny else "allow"]])
        elif "user-code" in form.ids and self._code:
            fields["user_code"] = self._code
        elif "confirm" not in form.ids:
            raise BrowserUserError(f"the scripted user cannot handle the page {page.heading!r}")
        data = urllib.parse.urlencode(fields)
        target = urllib.parse.urljoin(address, form.action)
        if form.method == "post":
            return self._open(target, data.encode())
        return self._open(f"{target}?{data}")

    def _open(self, url: str, data: bytes | None = None) -> tuple[str, Page]:
        if urllib.parse.urlsplit(url).hostname not in LOOPBACK_HOSTS:
            raise BrowserUserError("the scripted user visits pages on loopback only")
        try:
            with self._opener.open(url, data, timeout=60) as response:
                return response.url, Page(response.read().decode("utf-8", "replace"))
        except urllib.error.HTTPError as error:
            with error:
                heading = Page(error.read().decode("utf-8", "replace")).heading
            raise BrowserUserError(f"the page {heading!r} came with status {error.code}") from None
        except OSError as error:
            raise BrowserUserError(f"the page did not open: {error}") from None


def write_browser(path: str, **options: t.Any) -> str:
    """Write an executable for the variable BROWSER: it takes one URL, returns at once, and visits it.

    *options* are those of the command line, such as user="bob" or deny=True. Returns *path*.
    """
    words = [sys.executable, "-I", os.path.abspath(__file__), "--detach"]
    for name, value in options.items():
        if value is True:
            words.append(f"--{name}")
        elif value:
            words += [f"--{name}", str(value)]
    script = f'#!/bin/sh\nexec {shlex.join(words)} -- "$1"\n'
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o700)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(script)
    return path


def detach(log: str | None) -> None:
    """Go on in the background, as a child of init, with nothing open that the caller could wait for."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    null = os.open(os.devnull, os.O_RDWR)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) if log else null
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m identity_center.browser_user",
        description="Visit a page of the emulator: sign in, allow, and print the heading of the last page.",
        epilog=f"Each option has its default in a variable, such as {VARIABLES}USER.",
    )

    def default(name: str, otherwise: str = "") -> str:
        return os.environ.get(VARIABLES + name, otherwise)

    parser.add_argument("url", nargs="?", help="what a browser would be called with")
    parser.add_argument("--user", default=default("USER", "alice"))
    parser.add_argument("--password", default=default("PASSWORD", "correct horse"))
    parser.add_argument("--deny", action="store_true", default=bool(default("DENY")), help="click Deny")
    parser.add_argument(
        "--delay", type=float, default=float(default("DELAY", "0")), help="seconds to look at a page"
    )
    parser.add_argument("--code", default=default("CODE"), help="the user code, where a page asks for it")
    parser.add_argument("--cookies", default=default("COOKIES"), help="file that keeps the sign-in session")
    parser.add_argument(
        "--detach", action="store_true", help="return at once, as the browser's launcher does"
    )
    parser.add_argument("--log", default=default("LOG"), help="file for the output, with --detach")
    parser.add_argument(
        "--write-browser", metavar="PATH", help="write an executable for the variable BROWSER"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    options = parse_arguments(arguments)
    kept = {name: getattr(options, name) for name in ("user", "password", "deny", "code", "delay", "cookies")}
    if options.write_browser:
        usual = parse_arguments([])
        chosen = {name: value for name, value in vars(options).items() if value != getattr(usual, name)}
        chosen.pop("write_browser")
        write_browser(options.write_browser, **chosen)
        return 0
    if not options.url:
        print("There is no URL: give the page to visit.", file=sys.stderr)
        return 2
    if options.detach:
        detach(options.log)
    try:
        print(BrowserUser(**kept).visit(options.url))
    except BrowserUserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
