"""Accounts: who may sign in, by e-mail address or user name and password."""

from dojang.auth.accounts import Accounts
from dojang.auth.changes import AccountChanges
from dojang.auth.errors import (
    AlreadyTaken,
    InvalidCredentials,
    InvalidInput,
    TooBusy,
    TooManyAttempts,
    Unverified,
)
from dojang.auth.event import Event
from dojang.auth.events import Events
from dojang.auth.identifiers import Login
from dojang.auth.own_users import Holder, OwnUsers, PasswordTable
from dojang.auth.passwords import PasswordHasher
from dojang.auth.policy import PasswordPolicy
from dojang.auth.second_factor import SecondFactor
from dojang.auth.sign_in import Proven, SignIn
from dojang.auth.throttle import Limits, Rate, Throttle
from dojang.auth.user import User

__all__ = [
    "AccountChanges",
    "Accounts",
    "AlreadyTaken",
    "Event",
    "Events",
    "Holder",
    "InvalidCredentials",
    "InvalidInput",
    "Limits",
    "Login",
    "OwnUsers",
    "PasswordHasher",
    "PasswordPolicy",
    "PasswordTable",
    "Proven",
    "Rate",
    "SecondFactor",
    "SignIn",
    "Throttle",
    "TooBusy",
    "TooManyAttempts",
    "Unverified",
    "User",
]
