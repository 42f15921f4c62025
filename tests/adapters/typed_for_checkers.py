"""Handlers as ruff's TC rules write them: annotations name what only type checkers import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

from dojang.adapters.starlette import session_of

if TYPE_CHECKING:
    from starlette import requests
    from starlette.requests import Request


async def count(asked: Request) -> PlainTextResponse:
    session = session_of(asked)
    session["n"] = session.get("n", 0) + 1
    await session.save()
    return PlainTextResponse(str(session["n"]))


async def count_too(asked: requests.Request) -> PlainTextResponse:
    return await count(asked)
