"""What the server is made of, for every route to reach."""

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from dojang.adapters.auth_api.confirming import Confirming
from dojang.adapters.auth_api.entrance import Entrance, Factors
from dojang.adapters.auth_api.journal import Journal, Told
from dojang.auth import AccountChanges, Accounts, SignIn, Throttle
from dojang.auth.claims import Claims
from dojang.auth.emails import Emails
from dojang.auth.events import Events
from dojang.auth.known_devices import KnownDevices
from dojang.auth.links import Links, Revoke
from dojang.auth.mail import Mailer
from dojang.auth.mailed_sign_in import MailedSignIn
from dojang.auth.one_time import OneTimeTokens
from dojang.auth.password_reset import PasswordReset
from dojang.auth.providers import SignInWith
from dojang.auth.showing import Showing
from dojang.server.forward_auth.rules import Rules
from dojang.server.log import log_of
from dojang.server.metrics.numbers import Numbers
from dojang.server.settings import Settings
from dojang.sessions import Sessions
from dojang.tokens import Tokens
from dojang.tokens.service_keys import ServiceKeys
from dojang.wire.keyring import Keyring

__all__ = ["Parts", "parts_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One running server.

    Attributes:
        settings: How it runs.
        keyring: Its secrets; derive a key for each purpose.
        sessions: Who is signed in.
        accounts: Who may sign in.
        throttle: How often passwords may be tried.
        tokens: Access and refresh tokens.
        service_keys: Who may ask about tokens.
        links: Who accounts are at providers.
        sign_in_with: The providers that are offered.
        events: What happened.
        one_time: What is mailed and good for once.
        claims: What browsers have typed to have an account.
        known_devices: Who signed in with which browser before.
        arrived: Is told of everybody who signs in.
        changed: Is told of every change of what opens an account.
        mailer: Sends mail; None where no mail server is set.
        factors: The second factors of accounts.
        rules: Who may pass where, of applications behind proxies.
        numbers: How much of what happened.
        note: What whoever starts it should know of its secret, or empty.
    """

    settings: Settings
    keyring: Keyring
    sessions: Sessions
    accounts: Accounts
    throttle: Throttle
    tokens: Tokens
    service_keys: ServiceKeys
    links: Links
    sign_in_with: SignInWith
    events: Events
    one_time: OneTimeTokens
    claims: Claims
    known_devices: KnownDevices
    arrived: Told
    changed: Told
    rules: Rules
    mailer: Mailer | None = None
    factors: Factors
    numbers: Numbers = field(default_factory=Numbers)
    note: str = ""

    @property
    def changes(self) -> AccountChanges:
        """How accounts are changed, with all that is signed in to them."""
        return self.changes_with(self.sign_in_with.revoke)

    def changes_with(self, revoke: Revoke) -> AccountChanges:
        """Return how accounts are changed, where somebody wants to know what a provider ended.

        Args:
            revoke: Ends at a provider what was allowed, and says whether that is known to be done.
        """
        return AccountChanges(
            self.accounts,
            sign_out=self.tokens.end_all,
            throttle=self.throttle,
            farewell=self.links.farewell(revoke),
        )

    @property
    def journal(self) -> Journal:
        """Where what happens is noted."""
        return Journal(
            log=lambda request: log_of(request.scope),
            events=self.events,
            arrived=self.arrived,
            changed=self.changed,
        )

    @property
    def emails(self) -> Emails:
        """How e-mail addresses are changed."""
        return Emails(self.accounts, self.one_time, sign_out=self.tokens.end_all)

    @property
    def showing(self) -> Showing:
        """How addresses are shown to be somebody's."""
        return Showing(self.accounts, self.changes, tokens=self.one_time, claims=self.claims)

    @property
    def sign_in(self) -> SignIn:
        """Who comes in with a password."""
        return SignIn(self.accounts, self.throttle, verified_only=self.settings.verified_only)

    @property
    def password_reset(self) -> PasswordReset | None:
        """Who forgot their password; None where nothing can be mailed."""
        if self.mailer is None:
            return None
        return PasswordReset(
            self.accounts,
            self.changes,
            tokens=self.one_time,
            throttle=self.throttle,
            url=self.settings.url,
        )

    @property
    def mailed_sign_in(self) -> MailedSignIn | None:
        """Who comes in by mail; None where nothing can be mailed."""
        if self.mailer is None:
            return None
        return MailedSignIn(
            self.accounts,
            tokens=self.one_time,
            throttle=self.throttle,
            url=self.settings.url,
            secret=self.keyring,
        )

    @property
    def entrance(self) -> Entrance:
        """What everybody passes who signs in."""
        return Entrance(self.accounts, self.journal, self.factors)

    @property
    def confirming(self) -> Confirming:
        """What renews the login of a session."""
        return Confirming(
            self.changes, self.journal, self.factors.second, clock=self.sessions.clock
        )


def parts_of(connection: HTTPConnection) -> Parts:
    """Return the parts of the server that a request came to."""
    parts: Parts = connection.app.state.parts
    return parts
