"""The second factor of an account: an authenticator, and codes for whoever has lost it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from sqlalchemy import Engine

from dojang.auth import recovery_codes, second_factor_rows
from dojang.auth.enrolment import Enrolments
from dojang.auth.errors import AlreadyEnrolled, InvalidCode, NoSecondFactor
from dojang.auth.second_factor_rows import FactorRow
from dojang.auth.threads import off_loop
from dojang.auth.throttle import Throttle
from dojang.auth.totp import Authenticator
from dojang.errors import Rejected
from dojang.wire import sealed_box
from dojang.wire.keyring import Keyring

__all__ = ["PURPOSE", "Method", "SecondFactor", "State"]

#: What the key is for that seals what is kept.
PURPOSE = "second-factor"

#: What somebody showed, as in `Login.methods`. RFC 8176 has no word for the other one.
Method = Literal["otp", "recovery"]

_DIGITS = 6
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)}  # of a Korean or Japanese keyboard
_LOOKED_AT = 64  # characters, inclusive: no code comes near
_LOG = logging.getLogger("dojang")


@dataclass(frozen=True, slots=True)
class State:
    """What an account has.

    Attributes:
        made: When, in unix milliseconds.
        codes_left: How many recovery codes are good.
    """

    made: int
    codes_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """Adds, checks and removes second factors, also of users that an application keeps itself.

    Attributes:
        engine: Of the accounts; `dojang.auth.schema.upgrade` makes the tables.
        secret: Seals the secrets of authenticators, newest first; each use moves one to the newest.
        throttle: How often codes may be tried.
        clock: Returns unix milliseconds.
    """

    engine: Engine
    secret: Keyring = field(repr=False)
    throttle: Throttle
    clock: Callable[[], int]

    @property
    def enrolments(self) -> Enrolments:
        """Authenticators that nobody has shown a code of."""
        return Enrolments(self.secret, clock=self.clock)

    async def state(self, user_id: str) -> State | None:
        """Return what an account has; None where its password is enough.

        Raises:
            Unavailable: The database did not answer: nobody comes in by one factor then.
        """
        row = await self._row(user_id)
        if row is None:
            return None
        left = await off_loop(partial(second_factor_rows.codes_left, self.engine, user_id))
        return State(row.made, left)

    async def needed(self, user_id: str) -> bool:
        """Return whether an account has a second factor.

        Raises:
            Unavailable: As for `state`.
        """
        return await self._row(user_id) is not None

    async def add(self, user_id: str, ticket: str, code: str) -> tuple[str, ...]:
        """Add the authenticator that was begun, and return the recovery codes: this once.

        Args:
            user_id: Of whoever is signed in, and has proved lately who they are.
            ticket: Of `enrolments.begin`; any text is safe to pass.
            code: As the app shows it.

        Raises:
            Spent: The ticket is too old, or not theirs.
            InvalidCode: It is not the code of now.
            AlreadyEnrolled: The account has one; that has to be removed first.
            Unavailable: The database did not answer; try again.
        """
        authenticator = self.enrolments.reopen(user_id, ticket)
        now = self.clock()
        step = authenticator.step(_typed(code), now=now, after=-1)
        if step is None:
            raise InvalidCode(account=user_id)
        row = FactorRow(
            user_id=user_id, secret=self._sealed(user_id, authenticator), step=step, made=now
        )
        codes = recovery_codes.new_codes()
        work = partial(second_factor_rows.add, self.engine, row, _digests(user_id, codes))
        if not await off_loop(work):
            raise AlreadyEnrolled
        return codes

    async def check(self, user_id: str, code: str, *, address: str) -> Method:
        """Use up a code of the authenticator, or a recovery code; say which it was.

        Of parallel uses of one code, one succeeds. While too many codes were tried, a recovery code
        still opens: nobody locks the owner out by guessing.

        Args:
            user_id: Who has shown the first factor. Of whoever has not, nothing is to be asked.
            code: As typed; any text is safe to pass.
            address: Of whoever tries, as a proxy that is believed has it.

        Raises:
            InvalidCode: It is wrong, too old, was used, or there is no second factor.
            TooManyAttempts: Too many were wrong; nothing was looked at.
            Unavailable: The database or the store did not answer; it may be used up.
        """
        typed = _typed(code)
        if len(typed) == _DIGITS:
            async with self.throttle.code(user_id):
                await self._use(user_id, typed)
            return "otp"
        async with self.throttle.attempt(f"recovery:{user_id}", address=address):
            digest = recovery_codes.digest(user_id, typed)
            take = partial(second_factor_rows.take, self.engine, user_id, digest or "")
            if digest is None or not await off_loop(take):
                raise InvalidCode(account=user_id)
        return "recovery"

    async def renew_codes(self, user_id: str) -> tuple[str, ...]:
        """Return new recovery codes, this once; the old ones are good for nothing.

        Raises:
            NoSecondFactor: There is nothing to recover.
            Unavailable: The database did not answer.
        """
        codes = recovery_codes.new_codes()
        work = partial(second_factor_rows.renew, self.engine, user_id, _digests(user_id, codes))
        if not await off_loop(work):
            raise NoSecondFactor
        return codes

    async def remove(self, user_id: str) -> bool:
        """Remove a second factor with its recovery codes; say whether there was one.

        Who asks for it has to be known: by a code, if it is the owner.

        Raises:
            Unavailable: The database did not answer.
        """
        return await off_loop(partial(second_factor_rows.remove, self.engine, user_id))

    async def _use(self, user_id: str, code: str) -> None:
        row = await self._row(user_id)
        authenticator = self._opened(row) if row else None
        if row is None or authenticator is None:
            raise InvalidCode(account=user_id)
        step = authenticator.step(code, now=self.clock(), after=row.step)
        if step is None:
            raise InvalidCode(account=user_id)
        after = replace(row, step=step, secret=self._sealed(user_id, authenticator))
        if not await off_loop(partial(second_factor_rows.use, self.engine, row, after)):
            raise InvalidCode(account=user_id)

    async def _row(self, user_id: str) -> FactorRow | None:
        return await off_loop(partial(second_factor_rows.find, self.engine, user_id))

    def _sealed(self, user_id: str, authenticator: Authenticator) -> str:
        plain = authenticator.secret.encode("ascii")
        return sealed_box.seal(plain, name=user_id, keys=self.secret.derive(PURPOSE))

    def _opened(self, row: FactorRow) -> Authenticator | None:
        try:
            keys = self.secret.derive(PURPOSE)
            plain = sealed_box.open_box(row.secret, name=row.user_id, keys=keys)
        except Rejected:
            # Not as if there were none: that would open the account by one factor.
            _LOG.error(
                "the second factor of %s was sealed with a secret that is not here any more: put "
                "it back behind the newest, or remove the factor",
                row.user_id,
            )
            return None
        return Authenticator(plain.decode("ascii"))


def _typed(code: str) -> str:
    """Return a code without what people put between its digits."""
    return "".join(code[:_LOOKED_AT].split()).translate(_WIDE)


def _digests(user_id: str, codes: tuple[str, ...]) -> list[str]:
    made = (recovery_codes.digest(user_id, code) for code in codes)
    return [digest for digest in made if digest]
