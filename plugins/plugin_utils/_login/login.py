# Copyright: (c) 2026, workstation.aws_sso contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ensure a valid token on the controller: from the cache, by a refresh, or else by one sign-in.

PRIVATE to the collection.
"""

from __future__ import annotations

import dataclasses
import math
import typing as t

from ...module_utils._errors import WorkstationError
from ...module_utils._host.clock import how_to_set_the_clock
from ...module_utils._sso.session import SsoSession
from ...module_utils._sso.token_cache import (
    Registration,
    Token,
    utc_now,
)
from .._aws import client
from .._aws.errors import AwsRefused
from .._display import debug
from .._errors import LoginRequired
from .._sso.logout import SessionTokens, end_sessions
from .._sso.refresh import REFRESH_WINDOW, obtain_token, refresh_lock
from .._sso.tokens import DamagedToken, cached_token_or_none, remove_token, store_token, token_document
from . import browser, device_code, pkce
from .errors import NoCallback, translated_errors, warn_about_scopes
from .lifetime import TokenLifetime
from .lock import exclusive_login
from .prompt import LoginUser, duration
from .registration import (
    forget_registration,
    is_known,
    new_registration,
    stored_registration,
)
from .start_url import at_portal

CACHE = "cache"
REFRESH = "refresh"
DEVICE = device_code.METHOD
PKCE = pkce.METHOD

_SECONDS_UNTIL_A_CODE = 30
"""Most sign-ins in a browser take less. Half of the option timeout, if that is less."""
_HIGHEST_PORT = 65535
SECONDS_OF_SKEW_THAT_AWS_ACCEPTS = 300
"""Signature Version 4 allows five minutes; beyond that, AWS refuses signed requests."""


@dataclasses.dataclass(frozen=True)
class LoginOptions:
    """How to sign in: *method* DEVICE or PKCE, times in seconds, *redirect_port* 0 for a free one.

    A *method* that is expensive to choose may be a function, which is called when a user has to sign in. If a
    sign-in by PKCE has not ended *code_after* seconds, a device code is offered as well. *interactive* False
    fails where a user would have to sign in. *task* identifies a task of a run: with *force*, one sign-in is
    enough for all of its hosts.
    """

    method: str | t.Callable[[], str]
    timeout: float = 600
    min_ttl: float = 900
    force: bool = False
    redirect_port: int = 0
    interactive: bool = True
    task: str = ""
    code_after: float = math.inf

    def chosen_method(self) -> str:
        """DEVICE or PKCE."""
        return self.method if isinstance(self.method, str) else self.method()

    @classmethod
    def from_options(
        cls, options: t.Mapping[str, t.Any], method: str | t.Callable[[], str], task: str = ""
    ) -> LoginOptions:
        """Those of sso_login, for a *method* that was chosen. Raises WorkstationError."""
        port = options["redirect_port"]
        if not 0 <= port <= _HIGHEST_PORT:
            raise WorkstationError(
                f"redirect_port is {port}, which is not a port. Set it to a port from 1 to {_HIGHEST_PORT},"
                " or to 0 for any free one."
            )
        if options["force"] and not options["interactive"]:
            raise WorkstationError(
                "force=true requires a sign-in, and interactive=false does not allow one. Remove one of the"
                " two options."
            )
        names = ("timeout", "min_ttl", "force", "redirect_port", "interactive")
        code_after = math.inf
        if options.get("method") == "auto":
            code_after = min(_SECONDS_UNTIL_A_CODE, options["timeout"] / 2)
        return cls(method=method, task=task, code_after=code_after, **{name: options[name] for name in names})


@dataclasses.dataclass(frozen=True)
class Login:
    """A token and how it was obtained: CACHE, REFRESH, DEVICE or PKCE."""

    token: Token
    method: str


def choose_method(session: SsoSession, method: str, open_browser: bool, command: t.Sequence[str] = ()) -> str:
    """*method*, or for "auto" the one that can work here, in the browser of *command* if there is one.

    PKCE is preferred because it binds the sign-in to this machine, but it requires a browser here. Sessions
    without a name use a device code, as in the AWS CLI.
    """
    if method != "auto":
        return method
    if session.name is None:
        reason = "the session has no name"
    elif not open_browser:
        reason = "open_browser is false"
    else:
        reason = browser.loopback_obstacle(command)
    if not reason:
        debug(f"{session.label}: method=pkce, the browser of this machine can be opened")
        return PKCE
    debug(f"{session.label}: method=device, {reason}")
    return DEVICE


def ensure_login(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> Login:
    """Ensure a token that is valid for *wanted.min_ttl* seconds more, or as long as AWS issues them.

    Of all processes that need a session at once, one prompts the user; the others wait and use its token.

    Raises LoginRequired where *wanted.interactive* is False, ServiceError, Unreachable and WorkstationError.
    """
    before = cached_token_or_none(session)
    if not wanted.force or TokenLifetime(session, user.warn).is_of_task(before, wanted.task):
        try:
            return _login_without_prompt(session, wanted, user)
        except LoginRequired as error:
            require_interactive(wanted, error, TokenLifetime(session, user.warn).last_sign_in)
            if isinstance(error, DamagedToken):
                user.warn(f"{error} It will be replaced.")
            debug(f"{session.label}: {error}")
    with exclusive_login(session, user, wanted.timeout) as prompted:
        now = cached_token_or_none(session)
        if now is not None and now.seconds_left(utc_now()) > 0 and not _is_same(now, before):
            debug(f"{session.label}: using the token that another process has just stored")
            return Login(now, CACHE)
        return _sign_in(session, wanted, prompted)


def require_interactive(
    wanted: LoginOptions, error: LoginRequired, last_sign_in: str = "", command: str = ""
) -> None:
    """Raises LoginRequired, with further sentences around *error*, where no user may be asked to sign in."""
    if not wanted.interactive:
        text = ("interactive is false, so no user is asked to sign in.", last_sign_in, str(error), command)
        raise LoginRequired(" ".join(filter(None, text))) from error


def preview_login(session: SsoSession, wanted: LoginOptions) -> str:
    """The method that ensure_login() would use, according to the cache alone; changes nothing.

    Raises LoginRequired where *wanted.interactive* is False.
    """
    token = None if wanted.force else cached_token_or_none(session)
    method = _preview(session, wanted, token)
    if method in (DEVICE, PKCE) and not wanted.interactive:
        try:
            obtain_token(session, _required_ttl(session, wanted, token), lambda text: None)
        except LoginRequired as error:
            require_interactive(wanted, error)
    return method


def _preview(session: SsoSession, wanted: LoginOptions, token: Token | None) -> str:
    if token is None:
        return wanted.chosen_method()
    left, min_ttl = token.seconds_left(utc_now()), _required_ttl(session, wanted, token)
    if left > max(min_ttl, REFRESH_WINDOW):
        return CACHE
    if token.refreshable(utc_now()):
        return REFRESH
    return CACHE if left > min_ttl else wanted.chosen_method()


def _required_ttl(session: SsoSession, wanted: LoginOptions, token: Token | None) -> float:
    """The lifetime to require of *token*: that of *wanted*, or less where no token of the session has it."""
    if token is None:
        return wanted.min_ttl
    lifetime = TokenLifetime(session, lambda text: None)
    return lifetime.reachable(wanted.min_ttl, token.expires_at, token.refreshable(utc_now()))


def _login_without_prompt(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> Login:
    min_ttl = _required_ttl(session, wanted, cached_token_or_none(session))
    token, renewed = obtain_token(session, min_ttl, user.warn)
    lifetime = TokenLifetime(session, user.warn)
    if renewed:
        lifetime.issued(token, wanted.min_ttl)
    else:
        lifetime.used(token.seconds_left(utc_now()), wanted.min_ttl, token.refreshable(utc_now()))
    return Login(token, REFRESH if renewed else CACHE)


def _sign_in(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> Login:
    warn_about_scopes(session, user.warn)
    if wanted.force:
        _end_old_session(session, user)
    with translated_errors(session):
        wanted = dataclasses.replace(wanted, method=wanted.chosen_method())
        login = _login_by_sign_in(session, wanted, user)
    hint = ""
    if login.method != wanted.method:
        hint = " If the browser here can never finish, set `method: device` for a code at once."
    user.show(f"Signed in to {session.label}. {_expiry_text(login.token)}{hint}")
    TokenLifetime(session, user.warn).issued(login.token, wanted.min_ttl, by_sign_in=True, task=wanted.task)
    return login


def _expiry_text(token: Token) -> str:
    """When *token* expires, in the time zone of this machine, and what that means for its user."""
    left, moment = duration(token.seconds_left(utc_now())), token.expires_at.astimezone()
    text = f"The token expires in {left} ({moment:%H:%M UTC%z})"
    if token.refreshable(utc_now()):
        return f"{text} and is renewed without a browser while the session lasts."
    return f"{text}. Then a sign-in is required."


def _end_old_session(session: SsoSession, user: LoginUser) -> None:
    """End the session at AWS: a sign-in in a browser that is still signed in inherits what it has left."""
    token = cached_token_or_none(session)
    if token is not None and any(end_sessions([SessionTokens(session, [token])], user.warn)):
        debug(f"{session.label}: the old session was ended at AWS")
        with refresh_lock(session):
            remove_token(session)


def _login_by_sign_in(session: SsoSession, wanted: LoginOptions, user: LoginUser) -> Login:
    oidc = client.session_client("sso-oidc", at_portal(session), seconds=wanted.timeout)
    uses_code = wanted.method == PKCE
    stored = stored_registration(session, uses_code, user.warn)
    try:
        if stored is not None and uses_code and not is_known(stored, session, wanted.timeout):
            raise AwsRefused("CreateToken", "InvalidClient", 401)
        registration = stored or new_registration(session, oidc, uses_code)
        return _sign_in_as(registration, session, oidc, wanted, user)
    except AwsRefused as error:
        if error.code != "InvalidClient":
            raise
        user.warn("AWS no longer knows the registered client. It is registered again.")
        forget_registration(session)
        registration = new_registration(session, oidc, uses_code)
        return _sign_in_as(registration, session, oidc, wanted, user)
    except NoCallback as error:
        if stored is None:
            raise
        forget_registration(session)
        raise WorkstationError(
            f"{error} If the page showed an error, AWS may no longer know the client that was registered"
            " earlier: its registration was removed, and the next login registers the client again."
        ) from error


def _sign_in_as(
    registration: Registration, session: SsoSession, oidc: t.Any, wanted: LoginOptions, user: LoginUser
) -> Login:
    if wanted.method == PKCE:
        port, code_after = wanted.redirect_port, wanted.code_after
        grant = pkce.sign_in(session, oidc, registration, user, wanted.timeout, port, code_after)
    else:
        grant = device_code.sign_in(session, oidc, registration, user, wanted.timeout)
    _warn_about_clock(grant.clock_skew, user)
    document = token_document(session, grant.response, utc_now(), grant.registration.token_fields())
    with refresh_lock(session):
        return Login(store_token(session, document), grant.method)


def _warn_about_clock(skew: float, user: LoginUser) -> None:
    if abs(skew) > SECONDS_OF_SKEW_THAT_AWS_ACCEPTS:
        relation = "ahead of" if skew > 0 else "behind"
        user.warn(
            f"The clock of this machine is {duration(abs(skew))} {relation} AWS's. Beyond five minutes, AWS"
            f" refuses signed requests. Correct it: {how_to_set_the_clock(ahead=skew)}"
        )


def _is_same(one: Token | None, other: Token | None) -> bool:
    return (one and one.access_token) == (other and other.access_token)
