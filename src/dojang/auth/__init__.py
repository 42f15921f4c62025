"""Accounts: who may sign in, by e-mail address or user name and password."""

from dojang.auth.accounts import Accounts
from dojang.auth.changes import AccountChanges
from dojang.auth.errors import AlreadyTaken, InvalidCredentials, InvalidInput, TooBusy
from dojang.auth.passwords import PasswordHasher
from dojang.auth.policy import PasswordPolicy
from dojang.auth.user import User

__all__ = [
    "AccountChanges",
    "Accounts",
    "AlreadyTaken",
    "InvalidCredentials",
    "InvalidInput",
    "PasswordHasher",
    "PasswordPolicy",
    "TooBusy",
    "User",
]
