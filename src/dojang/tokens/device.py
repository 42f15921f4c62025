"""What a list of devices with refresh tokens shows."""

from dataclasses import dataclass
from datetime import datetime

from dojang.session.family import Family
from dojang.session.instants import instant
from dojang.session.record import Device

__all__ = ["TokenDevice"]


@dataclass(frozen=True, slots=True)
class TokenDevice:
    """One line of a list of devices with refresh tokens.

    Attributes:
        handle: Its public name; `Tokens.end` takes it.
        session: The handle of the session it was made from, with which it ends; None for none.
        created: When it began.
        seen: When it was last refreshed.
        expires: When it is over, however often it is refreshed.
        device: Where it began.
        reused: When a used token came back, which signed it out; None for one that is good.
    """

    handle: str
    session: str | None
    created: datetime
    seen: datetime
    expires: datetime
    device: Device
    reused: datetime | None

    @classmethod
    def of(cls, family: Family) -> "TokenDevice":
        """Return the line of `family`."""
        return cls(
            handle=family.handle,
            session=family.session,
            created=instant(family.created),
            seen=instant(family.seen),
            expires=instant(family.expires),
            device=family.device,
            reused=None if family.reused is None else instant(family.reused),
        )
