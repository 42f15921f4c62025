"""Putting the parts together as the settings say."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from dojang import blocking, clock
from dojang.adapters.auth_api.entrance import Factors
from dojang.auth import Accounts, PasswordHasher, PasswordPolicy, Throttle
from dojang.auth.claims import Claims
from dojang.auth.events import Events, Hook
from dojang.auth.known_devices import KnownDevices
from dojang.auth.links import Links
from dojang.auth.mail import SmtpMailer
from dojang.auth.one_time import OneTimeTokens
from dojang.auth.second_factor import SecondFactor
from dojang.errors import Misuse, Unavailable
from dojang.server import arrivals, changes, secret
from dojang.server.errors import BadSettings
from dojang.server.forward_auth.reached import rules_of
from dojang.server.health import readiness
from dojang.server.metrics.numbers import Numbers
from dojang.server.metrics.timed import time_calls
from dojang.server.parts import Parts
from dojang.server.providers import sign_in_with
from dojang.server.settings import Settings
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.record import Principal
from dojang.sessions import Sessions
from dojang.stores.sqlite import SqliteStore
from dojang.stores.whole import WholeStore
from dojang.tokens import Tokens
from dojang.tokens.service_keys import ServiceKeys
from dojang.tokens.stored_keys import StoredKeys
from dojang.wire.cookies import Cookie
from dojang.wire.keyring import Keyring

__all__ = ["assemble", "close", "open_accounts", "prepare", "session_cookie"]

_PRIVATE = 0o700


def assemble(
    settings: Settings,
    *,
    hasher: PasswordHasher | None = None,
    clock: Callable[[], int] = clock.now,
    hooks: Sequence[Hook] = (),
) -> Parts:
    """Return the parts of a server; its directory and its accounts database are made.

    Args:
        settings: How it runs.
        hasher: Argon2id as OWASP advises, by default.
        clock: Returns unix milliseconds.
        hooks: Are told of every event.

    Raises:
        BadSettings: Something cannot be as configured.
    """
    _make_home(settings.home)
    found = secret.find(settings)
    sessions = _sessions(settings, found.keyring, clock)
    accounts = open_accounts(settings, hasher=hasher, clock=clock)
    # Beside the sessions, or beside what ended of them.
    store = cast("WholeStore", sessions.strategy.shared)
    tokens = _tokens(settings, found.keyring, sessions, accounts, store)
    links = Links(accounts, secret=found.keyring)
    throttle = Throttle.beside(sessions)
    second_factor = SecondFactor(
        engine=accounts.engine, secret=found.keyring, throttle=throttle, clock=clock
    )
    return Parts(
        settings=settings,
        keyring=found.keyring,
        sessions=sessions,
        accounts=accounts,
        throttle=throttle,
        events=Events(
            accounts.engine,
            clock=clock,
            days=settings.event_days,
            addresses=settings.event_addresses,
            hooks=hooks,
        ),
        one_time=OneTimeTokens(accounts.engine, clock=clock),
        claims=Claims(found.keyring, cookie=sessions.cookie, clock=clock),
        known_devices=KnownDevices(secret=found.keyring, cookie=sessions.cookie),
        arrived=arrivals.arrived,
        changed=changes.changed,
        mailer=_mailer(settings),
        tokens=tokens,
        service_keys=ServiceKeys(store),
        links=links,
        sign_in_with=sign_in_with(
            settings,
            links,
            store=store,
            keyring=found.keyring,
            cookie=sessions.cookie,
            clock=sessions.clock,
            throttle=throttle,
        ),
        factors=Factors.of(
            second_factor,
            sessions,
            issuer=urlsplit(settings.url).netloc,
            verified_only=bool(settings.mail_host),
        ),
        rules=rules_of(settings),
        numbers=_numbers(store, sessions),
        note=found.note,
    )


def open_accounts(
    settings: Settings,
    *,
    hasher: PasswordHasher | None = None,
    clock: Callable[[], int] = clock.now,
) -> Accounts:
    """Return the accounts of a server; its directory and their database are made.

    Args:
        settings: How it runs.
        hasher: Argon2id as OWASP advises, by default.
        clock: Returns unix milliseconds.

    Raises:
        BadSettings: They cannot be opened as configured.
    """
    _make_home(settings.home)
    try:
        return Accounts.on_sqlite(
            settings.home / "accounts.db",
            clock=clock,
            hasher=hasher,
            policy=PasswordPolicy(
                minimum=settings.password_minimum, pattern=settings.password_pattern
            ),
            username_pattern=settings.username_pattern,
        )
    except (Unavailable, Misuse) as error:
        raise BadSettings(f"DOJANG_HOME is {str(settings.home)!r}: {error}") from None


def prepare(settings: Settings) -> Parts:
    """Return the parts, after each has answered once, with nothing left open.

    A server that cannot work says so before it starts its processes, which then find all made.

    Raises:
        BadSettings: Something cannot be as configured, or does not answer.
    """
    parts = assemble(settings)
    try:
        troubles = blocking.run(readiness(parts)) or blocking.run(_first_trouble(parts))
    finally:
        close(parts)
    if troubles:
        raise BadSettings(
            f"{part}: {reason} (DOJANG_HOME, DOJANG_SESSIONS)" for part, reason in troubles.items()
        )
    return parts


def close(parts: Parts) -> None:
    """Finish what is queued and close the files; using the parts again opens them again."""
    parts.accounts.close()
    parts.sessions.close()


async def _first_trouble(parts: Parts) -> dict[str, str]:
    """Make what is made once, and return what could not be."""
    now, revocations = parts.sessions.clock(), parts.sessions.strategy.revocations
    try:
        await parts.tokens.keys.current(now=now)
        if revocations is not None:
            # Before anybody signs in, so that it is older than all logins, whoever is first.
            await revocations.log.begin(now=now)
    except Unavailable as error:
        return {"keys": str(error)}
    return {}


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        reason = "" if os.access(home, os.W_OK | os.X_OK) else "Permission denied"
    except OSError as error:
        reason = error.strerror or "it cannot be made"
    if reason:
        raise BadSettings(
            f"DOJANG_HOME is {str(home)!r}: {reason}; write a directory that can be written"
        )


def _sessions(settings: Settings, keyring: Keyring, clock: Callable[[], int]) -> Sessions:
    make = partial(
        Sessions.from_url,
        settings.sessions,
        secret=keyring,
        lifetime=_lifetime(settings),
        cookie=session_cookie(settings),
        limit=_limit(settings),
        clock=clock,
    )
    if settings.sessions == "sealed:":
        # The data stay in the cookie; what was ended is on disk, so that it stays ended.
        return make(revocations=SqliteStore(settings.home / "revocations.db"))
    return make()


def session_cookie(settings: Settings) -> Cookie:
    """Return the cookie that sessions come in."""
    domain = settings.cookie_domain
    if domain is None:
        return Cookie() if settings.https else Cookie.for_local_development()
    name = "__Secure-session" if settings.https else "session"
    return Cookie(name=name, secure=settings.https, domain=domain)


def _numbers(store: WholeStore, sessions: Sessions) -> Numbers:
    numbers = Numbers()
    time_calls(store, numbers.store)
    # Tokens have seen to it that what ends is logged, whichever home sessions have.
    if (revocations := sessions.strategy.revocations) is not None:
        revocations.tell(lambda late: numbers.revocation_lag.observe(late / 1000))
    return numbers


def _tokens(
    settings: Settings,
    keyring: Keyring,
    sessions: Sessions,
    accounts: Accounts,
    store: WholeStore,
) -> Tokens:
    async def is_there(user: Principal) -> bool:
        return await accounts.find(str(user)) is not None

    return Tokens(
        store,
        secret=keyring,
        issuer=settings.url,
        audience=settings.access_audience or settings.url,
        sessions=sessions,
        keys=None
        if settings.access_algorithm == "HS256"
        else StoredKeys(
            store, secret=keyring, algorithm=settings.access_algorithm, life=settings.access_life
        ),
        life=settings.access_life,
        absolute=settings.refresh_absolute,
        grace=settings.refresh_grace,
        renewing=is_there,
        clock=sessions.clock,
    )


def _mailer(settings: Settings) -> SmtpMailer | None:
    if settings.mail_host is None or settings.mail_sender is None:
        return None
    return SmtpMailer(
        settings.mail_host,
        sender=settings.mail_sender,
        sender_name=settings.mail_sender_name,
        port=settings.mail_port,
        security=settings.mail_security,
        login=settings.mail_login,
    )


def _limit(settings: Settings) -> Limit | None:
    count = settings.sessions_per_account
    return None if count is None else Limit(count, settings.when_full)


def _lifetime(settings: Settings) -> Lifetime:
    return Lifetime(
        idle=settings.session_idle,
        absolute=settings.session_absolute,
        renew=settings.session_renew,
    )
