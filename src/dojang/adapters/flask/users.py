"""Who is asking, for views that do not want to look it up themselves."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import flask
from flask import current_app, g
from werkzeug.local import LocalProxy

from dojang.adapters.flask.extension import of
from dojang.adapters.flask.session import FlaskSession
from dojang.adapters.nobody import nobody
from dojang.adapters.step_up import check_within, where_first

__all__ = ["current_user", "fresh_login_required", "login_required", "session"]

P = ParamSpec("P")
R = TypeVar("R")


#: `flask.session`, with its own type.
session = cast("FlaskSession", flask.session)


def _load() -> Any:  # noqa: ANN401 - the application's own user
    principal = session.user
    if principal is None:
        return None
    load_user = of(current_app).load_user
    if load_user is None:
        return principal
    known = g.get("_dojang_user")
    if known is None or known[0] != principal:
        known = g._dojang_user = principal, load_user(principal)  # noqa: SLF001 - a key of ours
    return known[1]


#: The user of the request, as `load_user` gives it, or the principal itself; false for nobody.
current_user: Any = LocalProxy(_load)


def login_required(view: Callable[P, R]) -> Callable[P, R]:
    """Let only users in; anybody else is answered 401, with the reason.

    Raises:
        Rejected: By the view, when nobody is signed in.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if _load() is None:
            raise nobody(session)
        return view(*args, **kwargs)

    return guarded


def fresh_login_required(
    *, within: int, confirm: str | None = None
) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Return a decorator that lets in users who proved lately who they are.

    Others are answered 401, `stale-login`; or a GET is sent to the page that asks for the proof,
    which calls `session.login(session.user)` after it and goes back to `next`.

    Args:
        within: Seconds, inclusive; 1 or more.
        confirm: The address of that page, as `/confirm`.

    Raises:
        Misuse: `within` is less.
    """
    check_within(within)

    def around(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 - as the view answers
            where = where_first(
                session, within=within, confirm=confirm, method=flask.request.method, here=_here
            )
            return flask.redirect(where, 303) if where else view(*args, **kwargs)

        return guarded

    return around


def _here() -> str:
    return flask.request.full_path.removesuffix("?")
