"""The accounts that the settings name, for one command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from dojang import blocking
from dojang.auth import Accounts, User
from dojang.auth.event import Fact
from dojang.auth.events import Events
from dojang.errors import Misuse
from dojang.server.assembly import assemble, close, open_accounts
from dojang.server.parts import Parts
from dojang.server.settings import Settings

__all__ = ["asked_password", "found", "noted", "opened", "opened_parts"]


@contextmanager
def opened() -> Iterator[Accounts]:
    """Open the accounts of the server that DOJANG_* and .env describe; it may be running.

    Raises:
        BadSettings: They cannot be opened as configured.
    """
    accounts = open_accounts(Settings.load())
    try:
        yield accounts
    finally:
        accounts.close()


@contextmanager
def opened_parts() -> Iterator[Parts]:
    """Open accounts and sessions of the server that DOJANG_* and .env describe, for their changes.

    Raises:
        BadSettings: They cannot be opened as configured.
        Misuse: The sessions are out of reach.
    """
    settings = Settings.load()
    if settings.sessions.startswith("memory:"):
        raise Misuse(
            "memory: sessions are in the server, and cannot be ended from here: keep them in "
            "DOJANG_SESSIONS=sqlite:///..., or make the change there"
        )
    parts = assemble(settings)
    try:
        yield parts
    finally:
        close(parts)


def found(accounts: Accounts, login: str) -> User:
    """Return the account that signs in as `login`, disabled or not.

    Raises:
        Misuse: There is none.
        Unavailable: The database did not answer.
    """
    user = blocking.run(accounts.find_login(login))
    if user is None:
        raise Misuse(f"no account signs in as {login!r}: `dojang users create {login}` makes one")
    return user


def noted(accounts: Accounts, kind: str, user: User | None = None, **facts: Fact) -> None:
    """Keep among the events what was done to an account from here; the server's hooks do not hear.

    Args:
        accounts: Where events are kept, too.
        kind: As in `Event`.
        user: Whose account; None for no one's.
        facts: What else is known.
    """
    events = Events(accounts.engine, clock=accounts.clock, days=Settings.load().event_days)
    by = {**facts, "by": "administrator"}
    blocking.run(events.happened(kind, user=user.id if user else None, facts=by))


def asked_password() -> str:
    """Return a new password: typed twice, or the first line of what is piped in."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
