"""Views for users who proved lately who they are."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponseRedirect

from dojang.adapters.django.store import SessionStore
from dojang.adapters.step_up import check_within, where_first

__all__ = ["confirm_login", "fresh_login_required"]

View = Callable[..., Any]


def fresh_login_required(*, within: int, confirm: str | None = None) -> Callable[[View], View]:
    """Return a decorator that lets in users who proved lately who they are.

    Others are answered 401, `stale-login`; or a GET is sent to the page that asks for the proof,
    which calls `confirm_login` after it and goes back to `next`. Both need dojang's engine and
    middleware.

    Args:
        within: Seconds, inclusive; 1 or more.
        confirm: The address of that page, as `/confirm/`.

    Raises:
        Misuse: `within` is less.
    """
    check_within(within)

    def around(view: View) -> View:
        def where(request: HttpRequest) -> HttpResponseRedirect | None:
            store = cast("SessionStore", request.session)
            found = where_first(
                store.visit.session,
                within=within,
                confirm=confirm,
                method=request.method or "",
                here=request.get_full_path,
            )
            return None if found is None else _See(found)

        if inspect.iscoroutinefunction(view):

            @wraps(view)
            async def guarded_later(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the view has them
                return where(request) or await view(request, *args, **kwargs)

            return guarded_later

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the view has them
            return where(request) or view(request, *args, **kwargs)

        return guarded

    return around


def confirm_login(request: HttpRequest, *, methods: tuple[str, ...] = ("pwd",)) -> None:
    """Note that whoever is signed in has proved once more who they are; see `Session.confirm`.

    `django.contrib.auth.login` does nothing for a user who is signed in already.

    Args:
        request: Theirs, with dojang's engine.
        methods: What they showed, as in RFC 8176.

    Raises:
        Misuse: Nobody is signed in.
    """
    store = cast("SessionStore", request.session)
    store.data.confirm(methods=methods)
    store.accessed = store.modified = True


class _See(HttpResponseRedirect):
    status_code = 303
