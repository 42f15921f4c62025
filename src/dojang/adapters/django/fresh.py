"""Views for users who proved lately who they are."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponseRedirect

from dojang.adapters.django.store import SessionStore
from dojang.adapters.step_up import check_within, where_first

__all__ = ["fresh_login_required"]

View = Callable[..., Any]


def fresh_login_required(*, within: int, confirm: str | None = None) -> Callable[[View], View]:
    """Return a decorator that lets in users who proved lately who they are.

    Others are answered 401, `stale-login`; or a GET is sent to the page that asks for the proof,
    which calls `django.contrib.auth.login` again after it and goes back to `next`. Sessions need
    dojang's engine and middleware.

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


class _See(HttpResponseRedirect):
    status_code = 303
