"""An authenticator on its way to an account: shown, and not kept before a code proves it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from dojang.auth.errors import Spent
from dojang.auth.totp import Authenticator
from dojang.errors import Rejected
from dojang.wire import json, sealed_box
from dojang.wire.keyring import Keyring

__all__ = ["LIFE", "PURPOSE", "Enrolment", "Enrolments"]

#: Seconds, exclusive: as long as somebody may look for an app.
LIFE = 900

#: What the key is for; nothing else is sealed with it.
PURPOSE = "second-factor-enrolment"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is shown of an authenticator. All of it is secret.

    Attributes:
        authenticator: For the app, as text or as a QR code.
        ticket: Comes back with the first code.
    """

    authenticator: Authenticator
    ticket: str = field(repr=False)


class Enrolments:
    """Begins them, and knows its own: what nobody finishes leaves nothing behind."""

    def __init__(self, secret: Keyring, *, clock: Callable[[], int]) -> None:
        """Take the parts.

        Args:
            secret: Seals the tickets; a key for this purpose alone is derived.
            clock: Returns unix milliseconds.
        """
        self._keys = secret.derive(PURPOSE)
        self._clock = clock

    def begin(self, user_id: str) -> Enrolment:
        """Return a new authenticator for a user."""
        authenticator = Authenticator()
        facts = {"secret": authenticator.secret, "until": self._clock() + LIFE * 1000}
        plain = json.dumps(facts, root="ticket").encode("ascii")
        return Enrolment(authenticator, sealed_box.seal(plain, name=user_id, keys=self._keys))

    def reopen(self, user_id: str, ticket: str) -> Authenticator:
        """Return the authenticator of a ticket.

        Args:
            user_id: Whose it has to be.
            ticket: Any text is safe to pass.

        Raises:
            Spent: It is too old, or not theirs.
        """
        try:
            facts = json.loads_object(sealed_box.open_box(ticket, name=user_id, keys=self._keys))
        except Rejected:
            raise Spent from None
        if self._clock() >= facts["until"]:
            raise Spent
        return Authenticator(facts["secret"])
