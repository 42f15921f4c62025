"""What signing in asks of users: `PasswordTable` and `UserTable` in one, over our own tables."""

from examples.own_users_sqlalchemy.tables import User, WayIn
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dojang.auth import AlreadyTaken, Holder, Login
from dojang.auth.providers import AccountClosed, AlreadyLinked, Identity
from dojang.tokens import Issued


class Users:
    """Each method is one transaction; over a network write them with `AsyncSession`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def find_login(self, login: Login) -> Holder | None:
        with Session(self._engine) as db:
            row = db.scalar(select(User).where(User.login == login.key))
        return Holder(str(row.id), row.password_hash, disabled=not row.is_active) if row else None

    async def sign_up(self, login: Login, password_hash: str) -> str:
        user = User(login=login.key, password_hash=password_hash)
        return self._add(user, AlreadyTaken(login.field))

    async def replace_hash(self, user: str, *, old: str, new: str) -> None:
        its = update(User).where(User.id == int(user), User.password_hash == old)
        with self._engine.begin() as db:
            db.execute(its.values(password_hash=new))

    async def find(self, identity: Identity) -> str | None:
        with Session(self._engine) as db:
            way = db.get(WayIn, (identity.issuer, identity.subject))
            if way and not way.user.is_active:
                raise AccountClosed
        return str(way.user_id) if way else None

    async def find_by_email(self, email: str) -> None:
        """Nobody: addresses here were typed, and never shown to be theirs."""

    async def create(self, identity: Identity) -> str:
        way = WayIn(issuer=identity.issuer, subject=identity.subject)
        return self._add(User(ways_in=[way]), AlreadyLinked())

    async def link(self, user: str, identity: Identity) -> None:
        way = WayIn(issuer=identity.issuer, subject=identity.subject, user_id=int(user))
        self._add(way, AlreadyLinked())

    async def keep(self, identity: Identity, issued: Issued) -> None:
        """Nothing: kept tokens would end the link at the provider, see `dojang.auth.links`."""

    def _add(self, row: User | WayIn, otherwise: Exception) -> str:
        try:
            with Session(self._engine, expire_on_commit=False) as db, db.begin():
                db.add(row)
        except IntegrityError:
            raise otherwise from None
        return str(getattr(row, "id", ""))
