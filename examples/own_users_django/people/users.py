"""What signing in asks of users: `PasswordTable` and `UserTable` in one, over Django's `User`."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from dojang.auth import AlreadyTaken, Holder, Login
from dojang.auth.providers import AccountClosed, AlreadyLinked, Identity
from dojang.tokens import Issued
from people.models import WayIn


class Users:
    """The coroutines ask the database as any view does, and never wait for a loop."""

    async def find_login(self, login: Login) -> Holder | None:
        user = User.objects.filter(username__iexact=login.key).first()
        return user and Holder(str(user.pk), user.password, disabled=not user.is_active)

    async def sign_up(self, login: Login, password_hash: str) -> str:
        if User.objects.filter(username__iexact=login.key).exists():
            raise AlreadyTaken(login.field)
        try:
            return str(User.objects.create(username=login.key, password=password_hash).pk)
        except IntegrityError:
            raise AlreadyTaken(login.field) from None

    async def replace_hash(self, user: str, *, old: str, new: str) -> None:
        User.objects.filter(pk=user, password=old).update(password=new)

    async def find(self, identity: Identity) -> str | None:
        its = WayIn.objects.filter(issuer=identity.issuer, subject=identity.subject)
        way = its.select_related("user").first()
        if way and not way.user.is_active:
            raise AccountClosed
        return str(way.user.pk) if way else None

    async def find_by_email(self, email: str) -> None:
        """Nobody: Django's addresses were typed, and never shown to be theirs."""

    async def create(self, identity: Identity) -> str:
        with transaction.atomic():
            user = User.objects.create_user(f"{identity.provider}-{get_random_string(16)}")
            await self.link(str(user.pk), identity)
        return str(user.pk)

    async def link(self, user: str, identity: Identity) -> None:
        way = WayIn(issuer=identity.issuer, subject=identity.subject, user_id=int(user))
        try:
            with transaction.atomic():
                way.save()
        except IntegrityError:
            raise AlreadyLinked from None

    async def keep(self, identity: Identity, issued: Issued) -> None:
        """Nothing: kept tokens would end the link at the provider, see `dojang.auth.links`."""
