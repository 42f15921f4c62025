"""Tokens for clients without cookies: short access tokens, and refresh tokens that rotate."""

from dojang.tokens.access import AccessToken, AccessTokens
from dojang.tokens.device import TokenDevice
from dojang.tokens.keys import FixedKeys, Keys
from dojang.tokens.pair import Pair
from dojang.tokens.service import Tokens

__all__ = [
    "AccessToken",
    "AccessTokens",
    "FixedKeys",
    "Keys",
    "Pair",
    "TokenDevice",
    "Tokens",
]
