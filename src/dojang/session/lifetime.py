"""How long a session lives: two clocks and a rule for moving the first."""

from dataclasses import dataclass, replace

from dojang.errors import Misuse
from dojang.session.record import Record
from dojang.wire.cookies import MAX_AGE
from dojang.wire.seconds import whole

__all__ = ["Lifetime"]

_HOUR = 3600
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """Idle limit, absolute limit, and when to renew.

    Args:
        idle: Seconds a session lives without being looked at, or None for no such limit.
        absolute: Seconds it lives after its login whatever happens, or None for no such limit.
        renew: The share of the idle time, 0 to 1, that must have passed before it is extended:
            0 on every request, 0.5 at half-life, 1 never.
        unremembered: Seconds of the absolute limit of a session that ends with the browser, or
            None for no other limit than that of the rest.
        seen_every: Seconds between two updates of "last seen" in a device list.

    A number without a fraction, as `timedelta.total_seconds()` gives, is kept as an integer.

    Raises:
        Misuse: A limit is not positive or has a fraction, or `renew` is not a share.
    """

    idle: int | None = 7 * _DAY
    absolute: int | None = 30 * _DAY
    renew: float = 0.5
    unremembered: int | None = 12 * _HOUR
    seen_every: int = 300

    def __post_init__(self) -> None:
        for name in ("idle", "absolute", "unremembered"):
            if getattr(self, name) is None:
                continue
            if self._whole(name) <= 0:
                raise Misuse(
                    f"{name} is {getattr(self, name)} s; write a positive number, or None for "
                    "no limit"
                )
        self._whole("seen_every")
        if not 0 <= self.renew <= 1:
            raise Misuse(f"renew is {self.renew}; write a share of the idle time from 0 to 1")

    def expiry(self, *, created: int, remember: bool, now: int) -> int | None:
        """Return when a session looked at `now` is over, in unix milliseconds; None for never."""
        end = self.end(created=created, remember=remember)
        if self.idle is None:
            return end
        quiet = now + self.idle * 1000
        return quiet if end is None else min(end, quiet)

    def end(self, *, created: int, remember: bool) -> int | None:
        """Return the absolute limit in unix milliseconds, or None for none."""
        limits = [self.absolute, None if remember else self.unremembered]
        seconds = min((limit for limit in limits if limit is not None), default=None)
        return None if seconds is None else created + seconds * 1000

    def is_live(self, record: Record, *, now: int) -> bool:
        """Return whether neither limit has passed at `now`, by the record and by this rule."""
        end = self.end(created=record.created, remember=record.remember)
        return (record.expires is None or now < record.expires) and (end is None or now < end)

    def bounded(self, record: Record, *, issued: int | None, now: int) -> Record:
        """Return `record` with an expiry that this rule could have given it.

        A peer may write a later one, or none, and leave the end to its cookie.

        Args:
            record: As it was found.
            issued: When its text was made, in unix milliseconds; None where that is not known.
            now: Unix milliseconds.
        """
        if self.idle is None:
            return record
        idle = self.idle * 1000
        if record.expires is None:
            return replace(record, expires=now + idle)
        if issued is None or record.expires - issued <= idle:
            return record
        return replace(record, expires=min(record.expires, now + idle))

    def renewal(self, expires: int | None) -> float | None:
        """Return from when on a look extends a session, in unix milliseconds; None for never.

        Args:
            expires: When it is over otherwise, in unix milliseconds; None for never.
        """
        if self.idle is None or expires is None or self.renew == 1:
            return None
        return expires - (1 - self.renew) * self.idle * 1000

    def renewed(self, record: Record, *, now: int) -> Record:
        """Return `record` with a later expiry where one is due, else `record` itself.

        The absolute limit is never passed, and the expiry never moves back.
        """
        due = self.renewal(record.expires)
        if due is None or now < due or record.expires is None:
            return record
        later = self.expiry(created=record.created, remember=record.remember, now=now)
        if later is None or later <= record.expires:
            return record
        return replace(record, expires=later)

    def noticed(self, record: Record, *, now: int) -> Record:
        """Return `record` as last seen `now`, if that was more than `seen_every` ago."""
        if now - record.seen < self.seen_every * 1000:
            return record
        return replace(record, seen=now)

    def max_age(self, record: Record, *, now: int) -> int | None:
        """Return the seconds left to the cookie, or None for one that ends with the browser.

        It follows the absolute limit, else the idle one, so that renewing a session kept on the
        server need not send the cookie again.
        """
        if not record.remember:
            return None
        end = self.end(created=record.created, remember=True)
        until = record.expires if end is None else end
        return MAX_AGE if until is None else max(0, -((now - until) // 1000))

    @property
    def follows_idle(self) -> bool:
        """Whether the cookie's Max-Age moves with every renewal."""
        return self.absolute is None

    def _whole(self, name: str) -> int:
        seconds = whole(getattr(self, name), name)
        object.__setattr__(self, name, seconds)
        return seconds
