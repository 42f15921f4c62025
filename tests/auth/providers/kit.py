"""What the tests of the providers share: a browser on its way, and users in memory."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dojang.auth.providers import (
    AlreadyLinked,
    Attempts,
    Credentials,
    Finished,
    Identity,
    LinkFirst,
    Linking,
    Provider,
    RelyingParty,
    SignInWith,
    Web,
)
from dojang.auth.throttle import Throttle
from dojang.stores.drivers.waiting import running_loop
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from dojang.tokens import Issued
from dojang.wire.cookies import Cookie
from tests.conftest import SECRET
from tests.fakes.oauth import CLIENT, CLIENT_SECRET

T = TypeVar("T")

#: One for all tests: reading the certificates of the system takes a while.
WEB = Web(seconds=5)

BACK = "https://app.example/sign-in/with/{}/callback"


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the result under an event loop."""
    return asyncio.run(coroutine)


def party(provider: Provider, clock: Clock, *, web: Web = WEB) -> RelyingParty:
    credentials = Credentials(id=CLIENT, secret=CLIENT_SECRET)
    return RelyingParty(provider, credentials, web=web, clock=clock)


@dataclass
class Table:
    """Users of an application, in memory."""

    by_identity: dict[tuple[str, str], str] = field(default_factory=dict)
    proven: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    kept: dict[tuple[str, str], Issued] = field(default_factory=dict)
    made: int = 0

    async def find(self, identity: Identity) -> str | None:
        return self.by_identity.get((identity.issuer, identity.subject))

    async def find_by_email(self, email: str) -> str | None:
        return self.proven.get(email)

    async def create(self, identity: Identity) -> str:
        if identity.email_verified and identity.email in self.taken:
            raise LinkFirst
        self.made += 1
        user = f"user-{self.made}"
        await self.link(user, identity)
        return user

    async def link(self, user: str, identity: Identity) -> None:
        if running_loop() is not None:
            await asyncio.sleep(0)  # let others in
        key = identity.issuer, identity.subject
        if self.by_identity.setdefault(key, user) != user:
            raise AlreadyLinked

    async def keep(self, identity: Identity, issued: Issued) -> None:
        self.kept[identity.issuer, identity.subject] = issued


class Site:
    """An application with providers.

    Attributes:
        identity: Who came last.
    """

    identity: Identity

    def __init__(
        self,
        clock: Clock,
        *parties: RelyingParty,
        throttle: Throttle | None = None,
        **linking: Any,
    ) -> None:
        self.clock = clock
        self.users = Table()
        self.store = MemoryStore()
        self.attempts = Attempts(self.store, secret=SECRET, cookie=Cookie(), clock=clock)
        self.door = SignInWith(
            parties,
            attempts=self.attempts,
            linking=Linking(users=self.users, **linking),
            throttle=throttle,
        )

    def browser(self) -> "Traveller":
        return Traveller(self)


@dataclass
class Traveller:
    """A browser with a jar."""

    site: Site
    jar: dict[str, str] = field(default_factory=dict)

    @property
    def cookies(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.jar.items())

    def take(self, line: str) -> None:
        pair, *attributes = line.split("; ")
        name, _, value = pair.partition("=")
        assert {"Path=/", "HttpOnly", "Secure", "SameSite=Lax"} <= set(attributes)
        if "Max-Age=0" in attributes:
            self.jar.pop(name, None)
        else:
            self.jar[name] = value

    def go(self, name: str, *, user: str | None = None, target: str = "/account") -> str:
        begun = run(
            self.site.door.begin(
                name,
                redirect_uri=BACK.format(name),
                target=target,
                user=user,
                cookies=self.cookies,
            )
        )
        assert begun is not None
        for line in begun.cookies:
            self.take(line)
        return begun.address

    def come_back(self, name: str, query: str, *, user: str | None = None) -> Finished:
        try:
            finished = run(
                self.site.door.finish(name, query=query, cookies=self.cookies, user=user)
            )
        finally:
            self.take(self.site.door.dropped(query))
        assert finished is not None
        return finished
