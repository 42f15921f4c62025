"""An e-mail address is shown to be somebody's: what that opens, and what it closes.

One rule: an address is whoever's who reads its mail, and nothing else that was said of it counts.
So where it is shown from elsewhere than the browser or the account that claimed it, what that had
opens nothing any more: no password, no provider, no session.
"""

from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from dojang.auth import rows
from dojang.auth.accounts import Accounts
from dojang.auth.changes import AccountChanges
from dojang.auth.claims import Claim, Claims
from dojang.auth.errors import AlreadyTaken, InvalidInput, SignInFirst, Spent
from dojang.auth.identifiers import parse_email
from dojang.auth.one_time import OneTimeTokens, nobody
from dojang.auth.one_time_rows import OneTimeRow
from dojang.auth.threads import off_loop
from dojang.auth.user import User

__all__ = ["PURPOSE", "Showing", "Shown", "Unshown"]

#: What the links are good for.
PURPOSE = "verify-email"


@dataclass(frozen=True, slots=True)
class Unshown:
    """What a link is about to show.

    Attributes:
        email: The address it was mailed to.
        user: The account that has it; None for one that is made then.
        claim: What this browser has claimed it with, where that makes the account.
        choose: Whether a password has to be chosen, because whoever has the link may be another
            than who claimed the address.
    """

    email: str
    user: User | None
    claim: Claim | None
    choose: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of a link.

    Attributes:
        user: Whose address it is.
        made: Whether the account is new.
        closed: Whether nothing opens it any more that was set before.
    """

    user: User
    made: bool = False
    closed: bool = False


class Showing:
    """Makes tokens for links in mails, and takes them back.

    Look at a link with `peek` when it is opened, and redeem it with `finish` when a form is sent: a
    mail scanner opens it too.

    Source: Sudhodanan and Paverd, "Pre-hijacked accounts", USENIX Security 2022.
    """

    def __init__(
        self,
        accounts: Accounts,
        changes: AccountChanges,
        *,
        tokens: OneTimeTokens,
        claims: Claims,
    ) -> None:
        """Take the parts.

        Args:
            accounts: Whose addresses they are.
            changes: Signs out who was signed in to what somebody else claimed.
            tokens: Beside the accounts.
            claims: What browsers have typed to have an account.
        """
        self._accounts = accounts
        self._changes = changes
        self._tokens = tokens
        self._claims = claims

    async def begin(self, user: User) -> str | None:
        """Return a token for a mail to the address of an account; None where there is no need.

        Raises:
            Unavailable: The database did not answer.
        """
        if user.email is None or user.email_verified or user.disabled:
            return None
        return await self._tokens.issue(PURPOSE, user=user.id, target=user.email)

    async def begin_new(self, email: str) -> str:
        """Return a token for a mail to an address that no account has.

        Those that were mailed before stay good: they show the same, whoever had them mailed.

        Raises:
            InvalidInput: It is no address.
            Unavailable: The database did not answer.
        """
        target = parse_email(email).text
        return await self._tokens.issue(PURPOSE, user=nobody(target), target=target, beside=True)

    async def peek(self, token: str, *, user: str | None = None, cookies: str = "") -> Unshown:
        """Return what a link is about to show, and leave it good.

        Args:
            token: Any text is safe to pass.
            user: Who is signed in where it is opened, as in `User.id`; None for nobody.
            cookies: The Cookie header of the browser where it is opened.

        Raises:
            Spent: It is good for nothing; or the address has an account, or is another's, by now.
            Unavailable: The database did not answer.
        """
        found = await self._tokens.peek(PURPOSE, token)
        if found.user != nobody(found.target):
            account = await self._accounts.find(found.user)
            if account is None or account.email != found.target:
                raise Spent(account=found.user)
            return Unshown(found.target, account, None, account.claims and account.id != user)
        if await self._accounts.find_login(found.target):
            raise Spent
        claim = self._claims.find(cookies, found.target)
        return Unshown(found.target, None, claim, claim is None)

    async def finish(
        self,
        token: str,
        *,
        user: str | None = None,
        cookies: str = "",
        password: str | None = None,
        username: str | None = None,
        name: str | None = None,
    ) -> Shown:
        """Note whose an address is. Of parallel uses of a link one does.

        Args:
            token: As for `peek`, and so are the next two.
            user: See there.
            cookies: See there.
            password: From now on, as typed; needed where `Unshown.choose`, and takes the place of
                what the browser has claimed the address with. Nothing where it is the account's.
            username: Of a new account, with the password.
            name: Of a new account, with the password.

        Raises:
            Spent: As for `peek`.
            SignInFirst: The account has a second factor: no mail by itself opens it.
            InvalidInput: A password is needed, or a value breaks a rule; the link stays good.
            AlreadyTaken: Another account has the user name by now; the link stays good.
            TooBusy: Too many callers wait for their password to be hashed.
            Unavailable: The database or the store of the sessions did not answer; the link may be
                used up.
        """
        found = await self.peek(token, user=user, cookies=cookies)
        if found.choose and not password:
            raise InvalidInput(
                "password", "choose a password: this link was asked for in another browser"
            )
        if found.user is None:
            return await self._make(token, found, password, username, name)
        if found.choose:
            return await self._close(token, found.user, password or "")
        await self._tokens.redeem(PURPOSE, token, use=_verified)
        return Shown(await self._there(found.user.id))

    async def _make(
        self,
        token: str,
        found: Unshown,
        password: str | None,
        username: str | None,
        name: str | None,
    ) -> Shown:
        if password or found.claim is None:
            claimed = self._accounts.claim(
                email=found.email, username=username, password=password or "", name=name
            )
            claim = await claimed
        else:
            claim = found.claim
        row = self._accounts.claimed_row(claim)

        def use(connection: Connection, _: OneTimeRow) -> None:
            connection.execute(rows.adding(row))

        try:
            await self._tokens.redeem(PURPOSE, token, use=use)
        except IntegrityError:  # somebody was faster
            if await off_loop(partial(rows.taken, self._accounts.engine, row)) == "username":
                raise AlreadyTaken("username") from None
            raise Spent from None
        return Shown(row.user, made=True)

    async def _close(self, token: str, account: User, password: str) -> Shown:
        new = await self._changes.hash(account, password)

        def use(connection: Connection, row: OneTimeRow) -> None:
            now = self._accounts.clock()
            if not rows.write_claim(connection, row.user_id, row.target):
                raise SignInFirst
            if not rows.write_password(connection, row.user_id, old=None, new=new, now=now):
                raise Spent(account=row.user_id)

        redeem = partial(self._tokens.redeem, PURPOSE, token, use=use)
        await self._changes.apart(account.id, redeem)
        return Shown(await self._there(account.id), closed=True)

    async def _there(self, user_id: str) -> User:
        user = await self._accounts.find(user_id)
        if user is None:
            raise Spent
        return user


def _verified(connection: Connection, row: OneTimeRow) -> None:
    if not rows.write_verified(connection, row.user_id, row.target):
        raise Spent(account=row.user_id)
