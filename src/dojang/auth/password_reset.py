"""Another password for somebody who has forgotten theirs, by a link that is mailed to them."""

from functools import partial

from sqlalchemy import Connection

from dojang.auth import rows
from dojang.auth.accounts import Accounts
from dojang.auth.changes import AccountChanges
from dojang.auth.errors import Spent
from dojang.auth.identifiers import one_spelling
from dojang.auth.mail import Mail, Write
from dojang.auth.mails import reset_password
from dojang.auth.one_time import LONGEST, OneTimeTokens, nobody
from dojang.auth.one_time_rows import OneTimeRow
from dojang.auth.throttle import Throttle
from dojang.auth.user import User
from dojang.words import Language

__all__ = ["PAGE", "PURPOSE", "PasswordReset"]

#: What the links are good for, and what the mails are counted as.
PURPOSE = "reset-password"

#: Where links lead, which read `token` in the query.
PAGE = "/reset-password"


class PasswordReset:
    """Mails links that set a password; no link opens an account by itself."""

    def __init__(
        self,
        accounts: Accounts,
        changes: AccountChanges,
        *,
        tokens: OneTimeTokens,
        throttle: Throttle,
        url: str,
        page: str = PAGE,
    ) -> None:
        """Take the parts.

        Args:
            accounts: Whose passwords.
            changes: Sets them, and signs out who was signed in.
            tokens: Of the same accounts.
            throttle: How often mails may be asked for.
            url: The public address of the site; never made of what a request says.
            page: Where links lead: a path, whose page reads `token` in the query.
        """
        self._accounts = accounts
        self._changes = changes
        self._tokens = tokens
        self._throttle = throttle
        self._url = url
        self._page = page

    async def ask(self, login: str, *, address: str, language: Language) -> Write:
        """Return what writes a mail with a link to whoever `login` is, if it is somebody.

        No account is looked at before that is awaited, once the answer has left: so whoever asks is
        answered alike and in the same time, whether or not there is an account, it is open or has
        a password.

        Args:
            login: As typed; with an `@` an e-mail address, otherwise a user name.
            address: Of whoever asks, as a proxy that is believed has it.
            language: Of the mail, as `ko`.

        Raises:
            TooManyAttempts: It was asked too often; no mail is sent.
            Unavailable: The store did not answer.
        """
        await self._throttle.ask(PURPOSE, one_spelling(login), address=address)
        return partial(self._write, login, language)

    async def peek(self, token: str) -> User:
        """Return whose password a link may set, and leave it good.

        Args:
            token: Of the link; any text is safe to pass.

        Raises:
            Spent: It is good for nothing.
            Unavailable: The database did not answer.
        """
        found = await self._tokens.peek(PURPOSE, token)
        user = await self._accounts.find(found.user)
        if user is None or user.email != found.target:
            raise Spent(account=found.user)
        return user

    async def set_password(self, token: str, password: str, *, end_sessions: bool = True) -> User:
        """Set a password, and return whose it is. Nobody is signed in by that.

        The link is used up with that, and whatever else was mailed to the account. Of parallel
        uses one succeeds.

        Args:
            token: Of the link; any text is safe to pass.
            password: As typed; `Accounts.policy` has the limits.
            end_sessions: Whether everybody is signed out who was signed in before. They are in any
                case where a stranger may have typed the address; then linked providers open the
                account no more, either (see `AccountChanges.claim`).

        Raises:
            Spent: The link is good for nothing.
            InvalidInput: `password` breaks a rule; the link stays good, and nobody was signed out.
            TooBusy: As before: too many callers wait for their password to be hashed.
            Unavailable: The database or the store of the sessions did not answer. Who was signed in
                may be signed out; the new password holds only if it opens the account.
        """
        user = await self.peek(token)
        new = await self._changes.hash(user, password)

        def use(connection: Connection, row: OneTimeRow) -> None:
            now = self._accounts.clock()
            if not rows.write_password(connection, row.user_id, old=None, new=new, now=now):
                raise Spent(account=row.user_id)
            rows.write_claim(connection, row.user_id, row.target)

        redeem = partial(self._tokens.redeem, PURPOSE, token, use=use)
        apart = end_sessions or user.claims
        await (self._changes.apart(user.id, redeem) if apart else redeem())
        return user

    async def _write(self, login: str, language: Language) -> Mail | None:
        user = await self._accounts.find_login(login)
        to = user.email if user and not user.disabled else None
        name = user.id if user and to else nobody(login)
        token = await self._tokens.issue(PURPOSE, user=name, target=to or "", beside=True)
        if to is None:
            return None
        return reset_password(
            language=language,
            to=to,
            url=self._url,
            link=f"{self._url}{self._page}?token={token}",
            minutes=LONGEST // 60,
        )
