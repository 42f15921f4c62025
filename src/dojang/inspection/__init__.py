"""What a cookie or token is, and what is inside."""

from dojang.inspection.kinds import Guess, identify
from dojang.inspection.opening import Opening, open_with
from dojang.inspection.secrets import weaknesses
from dojang.inspection.text import Token, token_in

__all__ = ["Guess", "Opening", "Token", "identify", "open_with", "token_in", "weaknesses"]
