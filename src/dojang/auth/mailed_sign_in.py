"""Signing in by mail: six digits, or the link beside them, in the browser that asked.

A link opens nothing by itself. It carries the digits to the browser that has the ticket; in any
other, and to whatever else looks at links in mails, it is a note of what to type where. So nobody
can be signed in to somebody else's account by a link that was sent to them.
"""

from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from dojang.auth.accounts import Accounts
from dojang.auth.errors import Spent
from dojang.auth.identifiers import one_spelling
from dojang.auth.mail import Mail, Write
from dojang.auth.mails import sign_in_code, sign_in_link
from dojang.auth.one_time import LONGEST, OneTimeTokens, nobody
from dojang.auth.sign_in import Proven
from dojang.auth.throttle import Throttle
from dojang.auth.user import User
from dojang.errors import Rejected
from dojang.wire import json, sealed_box
from dojang.wire.keyring import Keyring
from dojang.words import Language

__all__ = ["PAGE", "PURPOSE", "Asked", "MailedSignIn", "Ticket"]

#: What the codes are good for, what the mails are counted as, and what the key is for.
PURPOSE = "sign-in-code"

#: Where links lead, which read `code` in the query.
PAGE = "/sign-in/code"

_KEPT = 254  # characters of a login; nothing longer is one


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What the browser that asked has, sealed, so that it can say nothing else.

    Attributes:
        login: As typed.
        target: Where whoever signs in is sent then.
        began: Unix milliseconds.
        secret: What the code is good with.
    """

    login: str
    target: str = ""
    began: int
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What becomes of asking.

    Attributes:
        ticket: For the browser, in a cookie or a body: a secret, as long for everybody.
        write: To be awaited once the answer has left.
    """

    ticket: str = field(repr=False)
    write: Write


class MailedSignIn:
    """Mails codes, and takes them."""

    def __init__(
        self,
        accounts: Accounts,
        *,
        tokens: OneTimeTokens,
        throttle: Throttle,
        url: str,
        secret: Keyring | str | bytes,
        page: str = PAGE,
    ) -> None:
        """Take the parts.

        Args:
            accounts: Who may sign in.
            tokens: Of the same accounts.
            throttle: That of `SignIn`: whoever guesses does so no faster here.
            url: The public address of the site; never made of what a request says.
            secret: Seals the tickets; a key for this purpose alone is derived.
            page: Where links lead: a path, whose page reads `code` in the query.

        Raises:
            WeakSecret: A secret is too short.
        """
        self._accounts = accounts
        self._tokens = tokens
        self._throttle = throttle
        self._url = url
        self._page = page
        self._keys = Keyring.of(secret).derive(PURPOSE)

    async def ask(
        self,
        login: str,
        *,
        address: str,
        language: Language,
        target: str = "",
        link: bool = False,
    ) -> Asked:
        """Return a ticket, and what writes a mail with a code to whoever `login` is, if somebody.

        No account is looked at before that is awaited, once the answer has left: so whoever asks is
        answered alike and in the same time, whether or not there is an account, it is open or has
        a password.

        Args:
            login: As typed; with an `@` an e-mail address, otherwise a user name.
            address: Of whoever asks, as a proxy that is believed has it.
            language: Of the mail, as `ko`.
            target: Where whoever signs in is sent then; it comes back with the ticket.
            link: Whether there is a page for a link, in the browser that keeps the ticket.

        Raises:
            TooManyAttempts: It was asked too often; no mail is sent.
            Unavailable: The store did not answer.
        """
        await self._throttle.ask(PURPOSE, one_spelling(login), address=address, guessable=True)
        ticket = Ticket(
            login=login[:_KEPT],
            target=target,
            began=self._accounts.clock(),
            secret=self._tokens.new_ticket(),
        )
        return Asked(self._sealed(ticket), partial(self._write, ticket, language, link=link))

    def read(self, ticket: str) -> Ticket:
        """Return what a ticket says; whether its code is still good, only `redeem` says.

        Args:
            ticket: Any text is safe to pass.

        Raises:
            Spent: It is none of ours, or too old.
        """
        try:
            opened = sealed_box.open_box(ticket, name=PURPOSE, keys=self._keys)
        except Rejected:
            raise Spent from None
        facts: dict[str, Any] = json.loads_object(opened)
        found = Ticket(**facts)
        if self._accounts.clock() >= found.began + LONGEST * 1000:
            raise Spent
        return found

    async def redeem(self, ticket: str, code: str, *, address: str) -> Proven:
        """Return who has told the code that was mailed to them. Of parallel uses one succeeds.

        Args:
            ticket: Any text is safe to pass.
            code: As typed.
            address: Of whoever tries, as a proxy that is believed has it.

        Raises:
            Spent: It is wrong or too old, it was tried five times, or the account is closed.
            TooManyAttempts: It was tried too often, here or with passwords; it was not looked at.
            Unavailable: The database or the store did not answer; it is no attempt.
        """
        at = self._accounts.clock()
        asked = self.read(ticket)
        found = await self._accounts.find_login(asked.login)
        async with self._throttle.attempt(one_spelling(asked.login), address=address):
            try:
                return Proven(await self._opened(asked, code), at)
            except Spent:
                raise Spent(account=found.id if found else None) from None

    async def _opened(self, asked: Ticket, code: str) -> User:
        redeemed = await self._tokens.redeem_code(PURPOSE, asked.secret, code)
        user = await self._accounts.find(redeemed.user)
        if user is None or user.email != redeemed.target:
            raise Spent
        return user

    async def _write(self, ticket: Ticket, language: Language, *, link: bool) -> Mail | None:
        user = await self._accounts.find_login(ticket.login)
        to = user.email if user and not user.disabled else None
        name = user.id if user and to else nobody(ticket.login)
        made = await self._tokens.issue_code(
            PURPOSE, user=name, target=to or "", ticket=ticket.secret
        )
        if to is None:
            return None
        url, minutes = self._url, LONGEST // 60
        if not link:
            return sign_in_code(language=language, to=to, url=url, code=made.code, minutes=minutes)
        address = f"{url}{self._page}?code={made.code}"
        return sign_in_link(
            language=language, to=to, url=url, link=address, code=made.code, minutes=minutes
        )

    def _sealed(self, ticket: Ticket) -> str:
        plain = json.dumps(asdict(ticket), root="ticket").encode("utf-8")
        return sealed_box.seal(plain, name=PURPOSE, keys=self._keys)
