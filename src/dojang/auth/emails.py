"""The e-mail addresses of accounts: changed, and put back."""

from dataclasses import dataclass

from sqlalchemy import Connection

from dojang.auth import rows
from dojang.auth.accounts import Accounts
from dojang.auth.changes import SignOut
from dojang.auth.errors import InvalidInput, SignInFirst, Spent
from dojang.auth.identifiers import Identifier, parse_email
from dojang.auth.one_time import LONGEST_UNDO, OneTimeTokens, Redeemed
from dojang.auth.one_time_rows import OneTimeRow
from dojang.auth.user import User

__all__ = ["Changed", "Emails"]

_CHANGE = "change-email"
_PUT_BACK = "undo-change-email"


@dataclass(frozen=True, slots=True)
class Changed:
    """An account with another address.

    Attributes:
        user: With the new one.
        old: The address until now; None where there was none.
        undo: A token for a mail to `old`; None where nobody has shown that it was theirs.
    """

    user: User
    old: str | None
    undo: str | None


class Emails:
    """Makes tokens for links in mails, and does what they are redeemed for.

    Look at a link with `peek_...` when it is opened, and redeem it when a form is sent: a mail
    scanner opens it too.
    """

    def __init__(self, accounts: Accounts, tokens: OneTimeTokens, *, sign_out: SignOut) -> None:
        """Take the parts.

        Args:
            accounts: Whose addresses they are.
            tokens: Beside them.
            sign_out: `tokens.end_all`; or `sessions.end_all` where there are no tokens.
        """
        self._accounts = accounts
        self._tokens = tokens
        self._sign_out = sign_out

    # -- another address -------------------------------------------------------------------------

    async def begin_changing(self, user: User, email: str) -> str:
        """Return a token for a mail to the address that somebody wants to have.

        Whether another account has it is for whoever reads mail there: look with `owner_of`, and
        tell them instead.

        Args:
            user: Who has just shown who they are.
            email: As typed.

        Raises:
            InvalidInput: It is none, or the one they have.
            Unavailable: The database did not answer.
        """
        target = self.wanted(user, email).text
        return await self._tokens.issue(_CHANGE, user=user.id, target=target)

    @staticmethod
    def wanted(user: User, email: str) -> Identifier:
        """Return the address that somebody wants to have.

        Args:
            user: Who wants it.
            email: As typed.

        Raises:
            InvalidInput: It is none, or the one they have.
        """
        wanted = parse_email(email)
        if user.email is not None and parse_email(user.email).key == wanted.key:
            raise InvalidInput("email", "that is the address this account has")
        return wanted

    async def owner_of(self, email: str) -> User | None:
        """Return the account that has an address, shown to be theirs or not; None if none has.

        Raises:
            Unavailable: The database did not answer.
        """
        return await self._accounts.find_login(email)

    async def peek_changing(self, token: str, *, user: str | None) -> Redeemed:
        """Return whose address a token changes, to what, and leave it good.

        Args:
            token: As for `change`, and so is the other.
            user: See there.

        Raises:
            Spent: It is good for nothing.
            SignInFirst: As for `change`.
            Unavailable: The database did not answer.
        """
        found = await self._tokens.peek(_CHANGE, token)
        if found.user != user:
            raise SignInFirst
        return found

    async def change(self, token: str, *, user: str | None) -> Changed:
        """Give an account the address that a token was mailed to. Of parallel uses one does.

        Its sessions stay; links that were mailed to the address until now are good for nothing.
        Whoever reads the mail may be another than who asked for it, and would give a stranger's
        account their address: so it is good for whoever is signed in to that account alone.

        Args:
            token: Any text is safe to pass.
            user: Who is signed in where it is redeemed, as in `User.id`; None for nobody.

        Raises:
            Spent: It is good for nothing.
            SignInFirst: That is not who asked for it; it stays good.
            AlreadyTaken: Another account has the address by now.
            Unavailable: The database did not answer; it may be used up.
        """
        before = await self._there((await self.peek_changing(token, user=user)).user)

        def use(connection: Connection, row: OneTimeRow) -> None:
            new = parse_email(row.target)
            if not rows.write_email(connection, row.user_id, old=before.email, new=new):
                raise Spent

        await self._tokens.redeem(_CHANGE, token, use=use)
        await self._tokens.revoke_all(before.id)
        return Changed(await self._there(before.id), before.email, await self._undoing(before))

    # -- the address until then ------------------------------------------------------------------

    async def peek_putting_back(self, token: str) -> Redeemed:
        """Return whose address a token puts back, and leave it good.

        Args:
            token: Any text is safe to pass.

        Raises:
            Spent: It is good for nothing.
            Unavailable: The database did not answer.
        """
        return await self._tokens.peek(_PUT_BACK, token)

    async def put_back(self, token: str) -> User:
        """Give an account the address back that it had, and sign everybody out of it.

        Whoever changed the address may have changed it again: what they got for that to undo is
        good for nothing any more, while an older token stays good.

        Args:
            token: Any text is safe to pass.

        Raises:
            Spent: It is good for nothing.
            AlreadyTaken: Another account has shown that the address is theirs.
            Unavailable: The database or the store of the sessions did not answer.
        """
        user = await self._there((await self.peek_putting_back(token)).user)

        def use(connection: Connection, row: OneTimeRow) -> None:
            if not rows.write_email_back(connection, row.user_id, parse_email(row.target)):
                raise Spent

        await self._tokens.undo(_PUT_BACK, token, use=use)
        await self._tokens.revoke_all(user.id)
        await self._sign_out(user.id)
        return await self._there(user.id)

    async def _undoing(self, before: User) -> str | None:
        # Somebody else's address, mistyped once, must not open an account for them.
        if before.email is None or not before.email_verified:
            return None
        return await self._tokens.issue(
            _PUT_BACK, user=before.id, target=before.email, seconds=LONGEST_UNDO
        )

    async def _there(self, user_id: str) -> User:
        user = await self._accounts.find(user_id)
        if user is None:
            raise Spent
        return user
