"""The data of a Django session, whose end moves whenever it is saved."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from dojang.errors import NotJson
from dojang.session.record import Record
from dojang.session.session import Session
from dojang.wire import json

__all__ = ["DjangoSession"]

#: Where `set_expiry` keeps what it was given.
_EXPIRY = "_session_expiry"

#: What django.contrib.auth keeps beside the user.
_OF_A_LOGIN = ("_auth_user_backend", "_auth_user_hash")


class DjangoSession(Session):
    """What a `SessionStore` holds.

    Attributes:
        anew: Whether its end moves although nothing has changed.
        keeps: Whether it is stored although there is nothing in it: somebody asked for that.
    """

    anew = False
    keeps = False

    @property
    def rotating(self) -> bool:
        """Whether it will go on under a new id."""
        return self._rotate or self._renewed

    @property
    def text(self) -> str | None:
        """The data as they would be stored; None for what cannot be."""
        try:
            return json.dumps(self._as_json())
        except NotJson:
            return None

    def settled(self) -> Record | None:
        """Return the record this session has become, with the end that Django gives it.

        Raises:
            NotJson: The data hold something that JSON does not have.
            Misuse: The data use the reserved member.
        """
        current, expiry = self._opened().current, self._unwatched().get(_EXPIRY)
        if current is None or self.anew or self.changed_late:
            closing = settings.SESSION_EXPIRE_AT_BROWSER_CLOSE if expiry is None else expiry == 0
            self._remember = not closing
        after = super().settled()
        if after is None and (self.keeps or self._came_empty):
            after = self._emptied()
        if after is None or (after is current and not self.anew) or self._answered:
            # Once the headers have left, the end stays what the cookie says.
            return after
        return replace(after, expires=self._end(after, expiry))

    def clear(self) -> None:
        """Remove all data and end the principal."""
        super().clear()
        self.keeps = False

    def forgo_login(self) -> None:
        """Undo the gain of a principal, and nothing else: the answer was an error."""
        gained = self.user
        super().forgo_login()
        if gained is not None and self.user is None:
            data = self._unwatched()
            self._fill({key: data[key] for key in data if key not in _OF_A_LOGIN})

    @property
    def _came_empty(self) -> bool:
        # Such as it is by somebody's wish, it stays until it is left.
        current = self._opened().current
        return current is not None and not self.left and _is_empty(current)

    def _emptied(self) -> Record:
        current = self._opened().current
        if current is None:
            return Record(created=self._now, expires=None, remember=self._remember, seen=self._now)
        if self._rotate or current.user is not None:
            return replace(current, handle="", data="{}", user=None, login=None)
        return current if _is_empty(current) else replace(current, data="{}")

    def _end(self, record: Record, expiry: object) -> int | None:
        now, life = self._clock(), self._lifetime
        if not isinstance(expiry, int | str) or expiry == 0:
            return life.expiry(created=record.created, remember=record.remember, now=now)
        wanted = _instant(expiry) if isinstance(expiry, str) else now + expiry * 1000
        end = life.end(created=record.created, remember=record.remember)
        return wanted if end is None else min(wanted, end)


def _is_empty(record: Record) -> bool:
    return record.user is None and not json.loads_object(record.data)


def _instant(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    return int(moment.timestamp() * 1000)
