"""The accounts that the settings name, for one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from dojang import blocking
from dojang.auth import Accounts, User
from dojang.errors import Misuse
from dojang.server.assembly import open_accounts
from dojang.server.settings import Settings

__all__ = ["found", "opened"]


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
