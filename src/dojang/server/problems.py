"""Errors as problem documents, with a stable code."""

from starlette.responses import Response

from dojang.errors import DojangError
from dojang.wire import problem

__all__ = ["answer"]


def answer(error: DojangError) -> Response:
    """Return the problem document of an error."""
    return Response(
        problem.body(error), status_code=error.status, headers=dict(problem.headers(error))
    )
