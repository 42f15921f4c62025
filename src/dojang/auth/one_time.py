"""What is mailed to somebody and good for once: a link, or six digits for one browser.

What only takes something back, as signing a device out does, has a purpose that begins with
`undo-`: it opens nothing, so it may wait for a week until somebody reads their mail, several may
wait beside each other, and only their use ends them, and not whoever came in by force.

Hashed at rest. A link that somebody's mail scanner opens must not be used by that: look with `peek`
when it is opened, and `redeem` when a form is sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from sqlalchemy import Engine

from dojang.auth import one_time_rows
from dojang.auth.errors import Spent
from dojang.auth.identifiers import one_spelling
from dojang.auth.one_time_rows import OneTimeRow, Use
from dojang.auth.threads import off_loop
from dojang.errors import Misuse
from dojang.wire import base64url, entropy, json

__all__ = ["LONGEST", "LONGEST_UNDO", "Code", "OneTimeTokens", "Redeemed", "nobody"]

#: Seconds, inclusive; a code or link that comes by another way is good for ten minutes at most.
#: Source: OWASP ASVS 6.6.2.
LONGEST = 600

#: Seconds, inclusive, for what only takes something back: it authenticates nobody.
LONGEST_UNDO = 7 * 86_400

_UNDO = "undo-"
_BYTES = 32  # 256 random bits
_TRIES = 5  # of a million codes: an attempt in 200,000 is right
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a token stood for.

    Attributes:
        user: Whose it was, as in `User.id`.
        target: Where it was sent: an e-mail address that is proven by it.
    """

    user: str
    target: str


@dataclass(frozen=True, slots=True)
class Code:
    """Six digits, and the ticket of the browser that asked for them. Both are secrets.

    Attributes:
        ticket: For the browser, in a hidden field or a sealed cookie.
        code: For the mail.
    """

    ticket: str
    code: str


class OneTimeTokens:
    """Issues and redeems them, beside the accounts.

    A newer link takes the place of an older, unless it is `beside` it. Codes belong to their
    tickets, so that nobody makes those of somebody else good for nothing by asking for one.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], int]) -> None:
        """Take the parts.

        Args:
            engine: Of the accounts.
            clock: Returns unix milliseconds.
        """
        self._engine = engine
        self._clock = clock

    async def issue(
        self,
        purpose: str,
        *,
        user: str,
        target: str,
        seconds: int = LONGEST,
        browser: str = "",
        beside: bool = False,
    ) -> str:
        """Return a token for a link.

        Args:
            purpose: What it is good for, as `reset-password`; it is good for nothing else.
            user: Whose, as in `User.id`.
            target: Where it is sent.
            seconds: How long it is good, from 1 to 600; to 604,800 for what takes something back.
            browser: What only the browser that asked for it knows; it is then good there alone.
            beside: Whether older ones for the same stay good: where strangers may ask for one, or
                whoever asks for another spoils that of the owner. So it is for what takes back.

        Raises:
            Misuse: `seconds` is out of bounds.
            Unavailable: The database did not answer.
        """
        token = entropy.token(_BYTES)
        row = self._row(_digest(purpose, token, browser), purpose, user, target, seconds)
        beside = beside or purpose.startswith(_UNDO)
        add = partial(one_time_rows.add, self._engine, row, now=self._clock(), beside=beside)
        await off_loop(add)
        return token

    async def peek(self, purpose: str, token: str, *, browser: str = "") -> Redeemed:
        """Return what a token stands for, and leave it good.

        Args:
            purpose: As it was issued for.
            token: Any text is safe to pass.
            browser: As it was issued for.

        Raises:
            Spent: It is good for nothing, or not for this.
            Unavailable: The database did not answer.
        """
        digest = _digest(purpose, token, browser)
        found = await off_loop(partial(one_time_rows.find, self._engine, digest, now=self._clock()))
        if found is None or found.code_digest is not None:
            raise Spent
        return _redeemed(found)

    async def redeem(
        self, purpose: str, token: str, *, browser: str = "", use: Use | None = None
    ) -> Redeemed:
        """Use a token up, and return what it stood for. Of parallel uses one succeeds.

        Args:
            purpose: As it was issued for.
            token: Any text is safe to pass.
            browser: As it was issued for.
            use: What it is used for, in the same transaction of the accounts: what this raises
                leaves the token good.

        Raises:
            Spent: It is good for nothing, or not for this.
            Unavailable: The database did not answer; it may be used up.
        """
        digest = _digest(purpose, token, browser)
        taking = partial(one_time_rows.take, self._engine, digest, now=self._clock(), use=use)
        return _redeemed(await off_loop(taking))

    async def undo(self, purpose: str, token: str, *, use: Use) -> Redeemed:
        """Redeem a token, and with it those issued later for the same: what they undo is undone.

        Args:
            purpose: As it was issued for.
            token: Any text is safe to pass.
            use: As for `redeem`.

        Raises:
            Spent: It is good for nothing, or not for this.
            Unavailable: The database did not answer; it may be used up.
        """
        take = partial(one_time_rows.take, self._engine, _digest(purpose, token, ""))
        return _redeemed(await off_loop(partial(take, now=self._clock(), and_later=True, use=use)))

    async def issue_code(
        self,
        purpose: str,
        *,
        user: str,
        target: str,
        seconds: int = LONGEST,
        ticket: str | None = None,
    ) -> Code:
        """Return six digits for a mail, with the ticket that they are told with.

        Args:
            purpose: What it is good for, as `sign-in`.
            user: Whose, as in `User.id`.
            target: Where it is sent.
            seconds: How long it is good, from 1 to 600.
            ticket: From `new_ticket`, where the browser had to have it before; a new one unless
                given.

        Raises:
            Misuse: `seconds` is out of bounds.
            Unavailable: The database did not answer.
        """
        made = Code(ticket=ticket or self.new_ticket(), code=entropy.digits(_DIGITS))
        row = self._row(
            _digest(purpose, made.ticket),
            purpose,
            user,
            target,
            seconds,
            code=_digest(purpose, made.ticket, made.code),
        )
        add = partial(one_time_rows.add, self._engine, row, now=self._clock(), beside=True)
        await off_loop(add)
        return made

    @staticmethod
    def new_ticket() -> str:
        """Return a ticket that no code has yet: 256 random bits."""
        return entropy.token(_BYTES)

    async def redeem_code(self, purpose: str, ticket: str, code: str) -> Redeemed:
        """Use a code up, and return what it stood for. After five wrong ones none is right.

        Args:
            purpose: As it was issued for.
            ticket: Any text is safe to pass.
            code: As typed; blanks between digits are passed over.

        Raises:
            Spent: It is wrong, or good for nothing.
            Unavailable: The database did not answer; it may be used up.
        """
        typed = "".join(code.split())
        work = partial(
            one_time_rows.try_code,
            self._engine,
            _digest(purpose, ticket),
            _digest(purpose, ticket, typed),
            now=self._clock(),
        )
        return _redeemed(await off_loop(work))

    async def revoke_all(self, user: str) -> None:
        """Make all good for nothing that lets a user in: after a change of their password.

        What takes something back stays.

        Raises:
            Unavailable: The database did not answer.
        """
        await off_loop(partial(one_time_rows.remove_all, self._engine, user, but=f"{_UNDO}%"))

    def _row(
        self,
        digest: str,
        purpose: str,
        user: str,
        target: str,
        seconds: int,
        *,
        code: str | None = None,
    ) -> OneTimeRow:
        longest = LONGEST_UNDO if purpose.startswith(_UNDO) else LONGEST
        if not 1 <= seconds <= longest:
            raise Misuse(f"{seconds} seconds for what is mailed; write 1 to {longest}")
        return OneTimeRow(
            digest=digest,
            purpose=purpose,
            user_id=user,
            target=target,
            expires=self._clock() + seconds * 1000,
            code_digest=code,
            tries=0 if code is None else _TRIES,
        )


def nobody(login: str) -> str:
    """Return what stands for the user in a token that no mail has.

    It is made all the same for a login that nobody has, so that the same work is done for all: then
    and when whoever asked for it tries it.

    Args:
        login: As typed.
    """
    return f"nobody:{_digest(one_spelling(login))}"


def _redeemed(row: OneTimeRow | None) -> Redeemed:
    if row is None:
        raise Spent
    return Redeemed(row.user_id, row.target)


def _digest(*parts: str) -> str:
    # Random beyond guessing, so that one round is enough; a code is only ever hashed with its
    # ticket, which the database does not have.
    return base64url.encode(sha256(json.dumps(list(parts)).encode()).digest())
