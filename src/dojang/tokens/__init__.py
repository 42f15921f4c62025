"""Tokens: for clients without cookies, and those that somebody else issued."""

from dojang.tokens.access import AccessToken, AccessTokens
from dojang.tokens.device import TokenDevice
from dojang.tokens.issued import Issued
from dojang.tokens.keys import FixedKeys, Keys
from dojang.tokens.pair import Pair
from dojang.tokens.service import Tokens
from dojang.tokens.upstream import Upstream
from dojang.tokens.vault import Vault

__all__ = [
    "AccessToken",
    "AccessTokens",
    "FixedKeys",
    "Issued",
    "Keys",
    "Pair",
    "TokenDevice",
    "Tokens",
    "Upstream",
    "Vault",
]
