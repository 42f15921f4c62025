"""Somebody is signed in, before the first request of a test."""

import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from dojang import blocking
from dojang.errors import Misuse
from dojang.session.record import Principal
from dojang.sessions import Sessions

__all__ = ["cookies_for", "header_for", "sign_in"]

T = TypeVar("T")
Client = TypeVar("Client")


def cookies_for(sessions: Sessions, user: Principal | None, **data: Any) -> dict[str, str]:
    """Return the cookies of a new session of `user`, by name: one, or its pieces.

    Args:
        sessions: Those of the application under test.
        user: Who is signed in; None for nobody, with `data`.
        data: Members of the session.

    Raises:
        Misuse: There is neither a user nor data, so there is no session.
        NotJson: The data hold something that JSON does not have.
        Unavailable: The store did not answer.
    """

    async def begin() -> dict[str, str]:
        visit = await sessions.open()
        visit.session.update(data)
        if user is not None:
            visit.session.login(user)
        lines = await visit.close(200)
        pairs = (line.partition(";")[0].partition("=") for line in lines)
        return {name: value for name, _, value in pairs}

    cookies = _finished(begin())
    if not cookies:
        raise Misuse("an empty session of nobody is none: give a user, or data")
    return cookies


def header_for(sessions: Sessions, user: Principal | None, **data: Any) -> str:
    """Return the same as the Cookie header of a request, for clients that take headers."""
    cookies = cookies_for(sessions, user, **data)
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def sign_in(client: Client, sessions: Sessions, user: Principal | None, **data: Any) -> Client:
    """Give a test client the cookies of a new session of `user`, and return the client.

    It takes Starlette's TestClient and so FastAPI's and Litestar's, httpx2, httpx and requests,
    the clients of Flask and Quart, and Django's, of which `force_login` does more.

    Args:
        client: It keeps other cookies that it has.
        sessions: Those of the application under test.
        user: Who is signed in.
        data: Members of the session.

    Raises:
        Misuse: The client is of no kind that is known, or there is no session.
    """
    known: Any = client
    for name, value in cookies_for(sessions, user, **data).items():
        if hasattr(known, "set_cookie"):
            _set(known, name, value)
        elif hasattr(getattr(known, "cookies", None), "set"):
            known.cookies.set(name, value)
        elif hasattr(known, "cookies"):
            known.cookies[name] = value
        else:
            raise Misuse(f"a {type(client).__name__} has no cookies; give it header_for(...)")
    return client


def _set(client: Any, name: str, value: str) -> None:  # noqa: ANN401 - of Flask or Quart
    is_quart = type(client).__module__.startswith("quart")
    app = client.app if is_quart else client.application
    host = (app.config.get("SERVER_NAME") or "localhost").partition(":")[0]
    if is_quart:
        client.set_cookie(host, name, value)
    else:
        client.set_cookie(name, value, domain=host)


def _finished(work: Coroutine[Any, Any, T]) -> T:
    # A test may be a coroutine itself; where an event loop runs, nothing else may wait for one.
    result: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            result.append(blocking.run(work))
        except BaseException as failure:  # noqa: BLE001 - it is raised again where it is waited for
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return result[0]
