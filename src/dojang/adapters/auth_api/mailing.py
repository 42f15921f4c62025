"""What the API has mailed, where somebody sends mail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request

from dojang.auth import Unverified
from dojang.auth.claims import Claim

__all__ = ["Mailing"]


@dataclass(frozen=True, slots=True)
class Mailing:
    """Who is told of what is to be mailed.

    Attributes:
        claimed: Of a sign-up, whether or not an account has the address: whoever signs up is told
            the same in both cases.
        remind: Of somebody who may not sign in before they have verified their address.
        verified_only: Whether there is such a rule.
    """

    claimed: Callable[[Request, Claim], Awaitable[None]]
    remind: Callable[[Request, Unverified], Awaitable[None]]
    verified_only: bool = False
