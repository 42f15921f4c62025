"""A browser without a network: keeps cookies, and lets a handler work on its session."""

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

from dojang import blocking
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.visits.visit import Visit


class Browser:
    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.cookies: dict[str, str] = {}
        self.sent: list[str] = []

    @property
    def header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    @property
    def cookie(self) -> str:
        return self.cookies[self.sessions.cookie.name]

    def open(self) -> Visit:
        return blocking.run(self.sessions.open(self.header))

    def close(self, visit: Visit, status: int = 200) -> list[str]:
        self.sent = list(blocking.run(visit.close(status)))
        for line in self.sent:
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return self.sent

    def visit(self, work: Callable[[Session], Any], status: int = 200) -> Any:
        visit = self.open()
        result = work(visit.session)
        self.close(visit, status)
        return result

    def twin(self) -> "Browser":
        """Another tab, or another request under way: the same cookies, now."""
        twin = Browser(self.sessions)
        twin.cookies = dict(self.cookies)
        return twin

    @contextmanager
    def under_way(self) -> Any:
        """A request that has opened its session and answers when the block ends."""
        visit = self.open()
        visit.session.get("open it")
        yield visit.session
        self.close(visit)


def put(**members: Any) -> Callable[[Session], None]:
    return lambda session: session.update(members)


def look(session: Session) -> dict[str, Any]:
    return session.copy()
