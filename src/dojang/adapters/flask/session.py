"""The session that `flask.session` shows: ours, with what Flask promises beyond a dict."""

from collections.abc import Callable
from typing import Any

from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionMixin

from dojang.session.found import Found
from dojang.session.session import Session
from dojang.visits.visit import Visit
from dojang.wire import json

__all__ = ["FlaskSession"]


class FlaskSession(Session, SessionMixin):  # type: ignore[override] # new is a fact here, and not a variable
    """A session whose data may be tuples, bytes, UUIDs, Markup and datetimes too.

    They are stored as Flask stores them, in tags; each member on its own, so that two requests that
    change different members both win.
    """

    def __init__(
        self,
        load: Callable[[], Found],
        *,
        keeper: Visit,
        tags: TaggedJSONSerializer,
        permanent: bool = False,
        **rest: Any,
    ) -> None:
        """Stand for a session; see `Session`.

        Args:
            load: Gives what the request came with.
            keeper: The visit it is opened by.
            tags: Puts values into words that JSON lacks.
            permanent: Whether a new session outlives the browser.
            rest: What `Session` takes.
        """
        self.visit = keeper
        self.begins_remembered = permanent
        self._tags = tags
        self._marked = False
        super().__init__(load, keeper=keeper, **rest)

    @property
    def permanent(self) -> bool:
        """Whether the cookie outlives the browser: `remember`, by Flask's name."""
        return self.remember

    @permanent.setter
    def permanent(self, value: bool) -> None:
        self.remember = bool(value)

    @property
    def modified(self) -> bool:
        """Whether the data have changed, at any depth; nothing needs to set it."""
        return self._marked or self.changed_late

    @modified.setter
    def modified(self, value: bool) -> None:
        self._marked = value

    def _as_json(self) -> dict[str, Any]:
        return {key: self._tags.tag(value) for key, value in self._unwatched().items()}

    def _from_json(self, data: str) -> dict[str, Any]:
        return {key: self._untagged(value) for key, value in json.loads_object(data).items()}

    def _untagged(self, value: object) -> object:
        if isinstance(value, list):
            return [self._untagged(item) for item in value]
        if isinstance(value, dict):
            return self._tags.untag({key: self._untagged(item) for key, item in value.items()})
        return value
