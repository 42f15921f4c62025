"""One adapter, over sessions that a test chooses."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from dojang.sessions import Sessions
from dojang.testing import Clock
from tests.adapters.asking import Client
from tests.adapters.homes import PRINCIPAL
from tests.adapters.served import SERVERS, Say, inner

#: What Django keeps beside the user.
_OF_A_LOGIN = {PRINCIPAL, "_auth_user_backend", "_auth_user_hash"}


class Stage:
    def __init__(self, server: str, clock: Clock) -> None:
        self.server = server
        self.clock = clock
        self.stack = ExitStack()
        self.opened: list[Sessions] = []

    def open(self, sessions: Sessions, **works: Callable[[Any], Say]) -> Client:
        """Serve the works of a test, and a few that most tests need."""
        self.opened.append(sessions)
        serving = SERVERS[self.server](sessions, _COMMON | works)
        return Client(self.stack.enter_context(serving))

    def close(self) -> None:
        for sessions in self.opened:
            sessions.close()


def peek(session: Any) -> Say:
    return Say(f"{inner(session).user} {sorted(set(session.keys()) - _OF_A_LOGIN)}")


def login(session: Any) -> Say:
    inner(session).login("ada")
    return Say()


def put(session: Any) -> Say:
    session["n"] = 1
    return Say()


def logout(session: Any) -> Say:
    inner(session).logout()
    return Say()


def why(session: Any) -> Say:
    return Say(str(inner(session).rejected))


def plain(_: Any) -> Say:
    return Say("plain", headers={"X-Plain": "yes"})


_COMMON = {"peek": peek, "login": login, "put": put, "logout": logout, "why": why, "plain": plain}


def in_thread(work: Callable[[], object]) -> None:
    """Run what waits for a store where no event loop runs."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
