"""The doctor's form: what is asked, with what was asked before still in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from dojang.doctor import Exchange, Situation
from dojang.doctor.engines import ENGINES
from dojang.doctor.set_cookie import value_of
from dojang.doctor.situation import Credentials, Way
from dojang.doctor.words import redacted

__all__ = ["CHOICES", "Question"]

_EVERY = ("chrome", "firefox", "safari")

#: What a field may say, and how that is shown. Whatever else comes is the first.
CHOICES: Final[Mapping[str, Mapping[str, str]]] = {
    "credentials": {
        "include": 'fetch with credentials: "include"',
        "same-origin": "fetch as it is by itself (same-origin)",
        "omit": 'fetch with credentials: "omit"',
    },
    "way": {
        "fetch": "by fetch, axios or XMLHttpRequest",
        "navigation": "as a link or a form",
        "frame": "in a frame",
        "image": "as an image or a script",
        "crossorigin": "as one of these with crossorigin, or a font",
        "websocket": "as a WebSocket",
    },
    "method": {"GET": "GET", "POST": "POST", "PUT": "PUT", "DELETE": "DELETE"},
    "browser": {"every": ", ".join(_EVERY), **{name: name for name in ENGINES}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the form says; each text may be any text.

    Attributes:
        front: The page that asks.
        api: What answers with the cookie.
        set_cookie: The value of its header.
        chosen: Of `CHOICES`, by field.
    """

    front: str = "http://localhost:3000"
    api: str = "https://api.example.com/login"
    set_cookie: str = ""
    chosen: Mapping[str, str]

    @classmethod
    def of(cls, form: Mapping[str, str]) -> "Question":
        """Return what a form says, or the first question where it says nothing."""
        chosen = {
            name: said if (said := form.get(name, "")) in known else next(iter(known))
            for name, known in CHOICES.items()
        }
        texts = {"front": "front", "api": "api", "set_cookie": "set-cookie"}
        given = {
            name: value_of(form[field].strip()) for name, field in texts.items() if field in form
        }
        return cls(chosen=chosen, **cast("dict[str, Any]", given))

    @property
    def shown(self) -> str:
        """The header without the value of its cookie."""
        return redacted(self.set_cookie)

    @property
    def situations(self) -> Sequence[Situation]:
        """The same as the doctor is asked, once for each browser."""
        exchange = Exchange(
            url=self.api,
            way=cast("Way", self.chosen["way"]),
            pages=(self.front,),
            method=self.chosen["method"],
            credentials=cast("Credentials", self.chosen["credentials"]),
        )
        browser = self.chosen["browser"]
        names = _EVERY if browser == "every" else (browser,)
        return [
            Situation(set_cookie=self.set_cookie, stored_by=exchange, browser=name)
            for name in names
        ]
