"""Paths that have no session."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn

from dojang.adapters.asgi.messages import Scope
from dojang.adapters.asgi.opening import KEY
from dojang.errors import Misuse
from dojang.session.content import Content
from dojang.session.session import Session
from dojang.sessions import Sessions

__all__ = ["Skip", "Skipped", "path_of"]


class Skip:
    """Says of a path whether it has no session."""

    def __init__(self, paths: Collection[str]) -> None:
        """Take the paths.

        Raises:
            Misuse: They are one text, one does not begin with a slash, or one is all of them.
        """
        if isinstance(paths, str):
            raise Misuse(f"skip is several paths: write skip=[{paths!r}]")
        for path in paths:
            if not path.startswith("/") or not path.strip("/"):
                raise Misuse(f"skip has {path!r}, and a path there is such as '/static'")
        self._within = tuple(f"{path.rstrip('/')}/" for path in paths)

    def covers(self, scope: Scope) -> bool:
        """Return whether the path of a connection is one of them, or below one."""
        return self.holds(path_of(scope))

    def holds(self, path: str) -> bool:
        """Return whether `path` is one of them, or below one."""
        return f"{path}/".startswith(self._within)


class Skipped(Session):
    """Stands where a session would be, so that whoever looks for one learns why there is none."""

    def __init__(self, scope: Scope, sessions: Sessions) -> None:
        """Take the place of the session of a connection."""
        nowhere = _Nowhere(path_of(scope))
        super().__init__(
            nowhere.load, clock=sessions.clock, keeper=nowhere, lifetime=sessions.lifetime
        )
        scope[KEY] = self


@dataclass(frozen=True, slots=True)
class _Nowhere:
    path: str

    def load(self) -> NoReturn:
        raise Misuse(f"there is no session at {self.path}: it is in SessionMiddleware(skip=...)")

    async def save(self, session: Content) -> None:
        del session
        self.load()

    async def reload(self, session: Content) -> None:
        del session
        self.load()


def path_of(scope: Scope) -> str:
    """Return the path as routes within the application see it."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path.removeprefix(root) if f"{path}/".startswith(f"{root}/") else path
