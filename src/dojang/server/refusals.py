"""What becomes of errors that nobody caught: a page for people, a problem for programs."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.auth_api.callers import bearer
from dojang.errors import DojangError, Refused, Rejected
from dojang.server import problems
from dojang.server.errors import BadRequest, MethodNotAllowed, NotFound
from dojang.server.pages import error_page

__all__ = ["HANDLERS", "answer"]


#: Addresses where no person looks.
_FOR_PROGRAMS = ("/api/", "/oauth/", "/.well-known/")


def answer(request: Request, error: DojangError) -> Response:
    """Return an error in the form that whoever asks can use."""
    if not _wants_page(request):
        response = problems.answer(error)
        if error.status == HTTPStatus.UNAUTHORIZED:
            response.headers.setdefault("www-authenticate", _challenge(request))
        return response
    shown = str(error) if error.shown else "Something went wrong here; it has been logged."
    if isinstance(error, NotFound):
        shown = "There is no page at this address."
    return error_page(request, error.status, HTTPStatus(error.status).phrase, shown)


def _challenge(request: Request) -> str:
    """Return what a 401 says where tokens may come. Source: RFC 6750 section 3."""
    return "Bearer" if bearer(request) is None else 'Bearer error="invalid_token"'


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, DojangError)
    return answer(request, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = answer(request, _named(error))
    response.headers.update(error.headers or {})
    return response


def _named(error: HTTPException) -> Refused:
    match error.status_code:
        case 404:
            return NotFound()
        case 405:
            return MethodNotAllowed((error.headers or {}).get("Allow", "other methods"))
        case _:
            return BadRequest("this request cannot be read")


def _wants_page(request: Request) -> bool:
    path: str = request.scope["path"]
    return not path.startswith(_FOR_PROGRAMS) and "text/html" in request.headers.get("accept", "")


#: An error of a store, or of ours, is not among them: it goes on to the session middleware, which
#: then saves nothing.
HANDLERS = {HTTPException: _http, Refused: _refused, Rejected: _refused}
