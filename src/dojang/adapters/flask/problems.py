"""Problem documents as Flask's responses."""

from flask import Response
from werkzeug.datastructures import Headers

from dojang.adapters.bodies import close
from dojang.adapters.problems import log
from dojang.errors import DojangError, Misuse
from dojang.wire import problem

__all__ = ["answer", "refuse"]

#: Headers that describe a body, besides those that begin with Content-.
_OF_A_BODY = {"etag", "last-modified", "location", "accept-ranges"}


def answer(error: DojangError) -> Response:
    """Return the problem document of what a view raised; an error handler.

    Raises:
        Misuse: `error` is one: a fault of the application, which Flask logs or debugs.
    """
    if isinstance(error, Misuse):
        raise error
    log(error)
    return Response(problem.body(error), error.status, problem.headers(error))


def refuse(response: Response, error: DojangError) -> None:
    """Make `response` the problem document of `error`; headers about anything else stay."""
    log(error)
    close(response.response)
    kept = [
        (name, value)
        for name, value in response.headers
        if name.lower() not in _OF_A_BODY and not name.lower().startswith("content-")
    ]
    response.headers = Headers(kept)
    response.headers.update(problem.headers(error))
    response.status_code = error.status
    response.set_data(problem.body(error))
