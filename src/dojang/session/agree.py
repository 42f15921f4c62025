"""Whether a cookie and a bearer token that came together mean the same session."""

from dojang.errors import Disagreeing
from dojang.session.found import Found

__all__ = ["agree"]


def agree(cookie: Found, bearer: Found) -> Found:
    """Return the one session that both mean.

    Args:
        cookie: What the cookie stands for; at least one came.
        bearer: What the token stands for; one came.

    Raises:
        Disagreeing: One of them is no good, or they are different sessions; the error says which.
    """
    if cookie.record is None and bearer.record is None:
        return cookie
    if cookie.record is not None and bearer.record is not None:
        same = cookie.record.handle == bearer.record.handle != ""
        if same or cookie.credential == bearer.credential:
            return cookie
        raise Disagreeing("cookie and bearer token are two different sessions; send one of them")
    raise Disagreeing(
        f"the cookie is {_verdict(cookie)} and the bearer token is {_verdict(bearer)}, so they do "
        "not match; send the good one alone"
    )


def _verdict(found: Found) -> str:
    return found.rejected.code if found.rejected else "good"
